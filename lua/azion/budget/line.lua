--- The calls of one bucket that want a slot, in the order in which they came. Only the first of them asks the budget,
--- which may take its time; when it has its slot, or has gone, the next one is called. The line belongs to the budget,
--- whichever clients draw on it: a reply to one calls whoever is first.
local queue = require "azion.runtime.queue"

local line = {}

---@class azion.Line
---@field tickets integer
---@field length integer about how many wait: for estimates
---@field waiting azion.Queue
---@field returned azion.LineEntry[] calls that gave their slot back unused, by ticket: they go before the others
local methods = {}
local metatable = { __index = methods }

---@class azion.LineEntry
---@field line azion.Line
---@field runtime azion.Runtime
---@field waiter azion.Waiter|false
---@field gone boolean
---@field called boolean there is news since it last asked

---@return azion.Line
function line.new()
  return setmetatable({ tickets = 0, length = 0, waiting = queue.new(), returned = {} }, metatable)
end

local function first(self)
  while self.returned[1] and self.returned[1].gone do
    table.remove(self.returned, 1)
  end
  if self.returned[1] then
    return self.returned[1]
  end
  local entry = self.waiting:first()
  while entry and entry.gone do
    self.waiting:pop()
    entry = self.waiting:first()
  end
  if not entry then
    self.length = 0
  end
  return entry
end

--- There may be a slot now: whoever is first looks.
function methods:call_first()
  local entry = first(self)
  while entry do
    entry.called = true
    if not entry.waiter or entry.waiter.woken or entry.runtime:wake(entry.waiter, "called") then
      return
    end
    entry.gone, self.length = true, self.length - 1
    entry = first(self)
  end
end

local function join(self, entry, ticket)
  self.length = self.length + 1
  if not ticket then
    self.tickets = self.tickets + 1
    entry.ticket = self.tickets
    self.waiting:push(entry)
    return
  end
  local index = #self.returned + 1
  while index > 1 and self.returned[index - 1].ticket > ticket do
    index = index - 1
  end
  entry.ticket = ticket
  table.insert(self.returned, index, entry)
end

--- Leaves the line, wherever in it the call stands.
---@param entry azion.LineEntry
function methods:leave(entry)
  if not entry.gone then
    entry.gone, self.length = true, self.length - 1
  end
  self:call_first()
end

---@class azion.LineCall what the line needs to know of a call
---@field engine { budget: azion.Budget, runtime: azion.Runtime, closed: boolean } of its client
---@field bucket string
---@field deadline number
---@field slot any is given here
---@field entry azion.LineEntry|false while it waits
---@field ticket integer|false its turn, where it had one
---@field on_wait fun(self: azion.LineCall, seconds: number) is told how long there will be no slot

-- The mark is there before there is a slot: an error in between must not lose it.
local asking = "asking"

local function ask(call, now)
  call.slot = asking
  local taken, wait = call.engine.budget:reserve(call.bucket, now)
  call.slot = taken
  return taken, wait
end

-- Until the call has its slot. `wait` is how long there will be none, as far as that is known.
local function wait_in_line(self, call, entry, wait)
  local owner, runtime, taken = call.engine, call.engine.runtime, false
  while not owner.closed do
    if entry.called and first(self) == entry then
      entry.called = false
      taken, wait = ask(call, runtime.now())
    end
    local now = runtime.now()
    if taken or now + (wait or 0) >= call.deadline then
      return taken, wait
    elseif not entry.called or first(self) ~= entry then
      entry.waiter = runtime:waiter(owner)
      if wait then
        call:on_wait(wait)
      end
      local reason = runtime:wait(entry.waiter, wait and now + wait or call.deadline)
      entry.called = entry.called or reason == "time"
    end
    wait = nil
  end
  return false
end

--- Gets a slot for a call, waiting for it if need be.
---@param call azion.LineCall
---@return boolean taken false if the deadline would come first, or the client was closed
---@return number? wait seconds that were too long
function methods:take(call)
  local runtime, least = call.engine.runtime, nil
  local now = runtime.now()
  if first(self) then
    least = call.engine.budget:least_wait(call.bucket, self.length + 1, now)
    if least and now + least >= call.deadline then
      return false, least
    end
  end
  local entry = { line = self, runtime = runtime, waiter = false, gone = false, called = false }
  call.entry = entry
  join(self, entry, call.ticket)
  entry.called = first(self) == entry
  local taken, wait = wait_in_line(self, call, entry, least)
  call.ticket = entry.ticket
  self:leave(entry)
  call.entry = false
  return taken, wait
end

return line
