--- At most so many at once; who waits longest is next. A place that is given back belongs to that one at once, so nobody
--- can overtake, and only one is woken.
local queue = require "azion.runtime.queue"

local semaphore = {}

---@class azion.Semaphore
---@field holders table<table, true> the truth; `free` is what they leave of the places
---@field torn boolean an error (a hook that raises) left a change half done: whoever comes next mends it
local methods = {}
local metatable = { __index = methods }

---@param runtime azion.Runtime
---@param places integer
---@return azion.Semaphore
function semaphore.new(runtime, places)
  return setmetatable({ runtime = runtime, places = places, free = places, holders = {}, waiting = queue.new(),
    torn = false }, metatable)
end

local function mend(self)
  local free = self.places
  for _ in pairs(self.holders) do
    free = free - 1
  end
  self.free = free
end

local function grant(self, waiter)
  local holder = waiter.holder
  if not self.holders[holder] then
    waiter.granting = true
    self.free = self.free - 1
    self.holders[holder] = true
  end
  if not self.runtime:wake(waiter, "granted") and waiter.woken ~= "granted" and waiter.granting then
    self.holders[holder] = nil
    self.free = self.free + 1
  end
  waiter.granting = false
end

-- To those who wait, as long as there are places: where one is left, nobody waits. An error may have left the first one's grant half done.
local function pass_on(self)
  local waiter = self.waiting:first()
  while waiter and (self.free > 0 or waiter.granting) do
    if not waiter.woken or waiter.granting then
      grant(self, waiter)
    end
    self.waiting:pop()
    waiter = self.waiting:first()
  end
end

local function change(self)
  if self.torn then
    mend(self)
    pass_on(self)
  end
  self.torn = true
end

--- Takes a place, waiting for one if need be.
---@param holder table who gives it back
---@param deadline number by the runtime's clock
---@param owner table the engine of the client
---@return boolean taken false if the deadline came first, or the client was closed
function methods:take(holder, deadline, owner)
  change(self)
  if self.free > 0 then
    self.holders[holder] = true
    self.free = self.free - 1
    self.torn = false
    return true
  end
  local waiter = self.runtime:waiter(owner)
  waiter.holder = holder
  self.waiting:push(waiter)
  self.torn = false
  return self.runtime:wait(waiter, deadline) == "granted"
end

--- Gives a place back; does nothing if the holder has none.
---@param holder table
function methods:give(holder)
  if self.holders[holder] or self.torn then
    change(self)
    if self.holders[holder] then
      self.holders[holder] = nil
      self.free = self.free + 1
    end
    pass_on(self)
    self.torn = false
  end
end

return semaphore
