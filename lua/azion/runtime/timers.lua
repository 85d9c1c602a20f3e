--- Waiters by the time at which their wait ends: a binary heap, since each is taken out again, mostly long before its
--- time.
local timers = {}

---@class azion.Timers
---@field count integer
local methods = {}
local metatable = { __index = methods }

---@return azion.Timers
function timers.new()
  return setmetatable({ count = 0 }, metatable)
end

local function put(self, index, waiter)
  self[index], waiter.timer = waiter, index
end

local function rise(self, index, waiter)
  while index > 1 do
    local parent = (index - index % 2) / 2
    if self[parent].time <= waiter.time then
      break
    end
    put(self, index, self[parent])
    index = parent
  end
  put(self, index, waiter)
end

local function sink(self, index, waiter)
  local child = 2 * index
  while child <= self.count do
    if child < self.count and self[child + 1].time < self[child].time then
      child = child + 1
    end
    if waiter.time <= self[child].time then
      break
    end
    put(self, index, self[child])
    index, child = child, 2 * child
  end
  put(self, index, waiter)
end

--- The waiter's `time` says when.
---@param waiter azion.Waiter
function methods:add(waiter)
  self.count = self.count + 1
  rise(self, self.count, waiter)
end

---@param waiter azion.Waiter
---@return boolean
function methods:has(waiter)
  local index = waiter.timer
  return index ~= nil and self[index] == waiter
end

--- Does nothing if it is not in it.
---@param waiter azion.Waiter
function methods:remove(waiter)
  if not self:has(waiter) then
    return
  end
  local index = waiter.timer
  waiter.timer = nil
  local last = self[self.count]
  self[self.count], self.count = nil, self.count - 1
  if last ~= waiter then
    rise(self, index, last)
    sink(self, last.timer, last)
  end
end

--- The one whose time comes first.
---@return azion.Waiter? waiter
function methods:first()
  return self[1]
end

return timers
