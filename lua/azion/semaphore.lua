--- At most so many at once.
local semaphore = {}

---@class azion.Semaphore
local methods = {}
local metatable = { __index = methods }

---@param runtime azion.Runtime
---@param places integer
---@return azion.Semaphore
function semaphore.new(runtime, places)
  return setmetatable({ runtime = runtime, free = places, signal = {} }, metatable)
end

--- Takes a place, waiting for one if need be. It is noted at the same moment: no error can come in between, not even
--- for want of memory if `holder` has the field already.
---@param deadline number by the runtime's clock
---@param holder table
---@param name string the holder's field that gets the semaphore
---@return boolean taken false if the deadline came first, or the client was closed
function methods:take(deadline, holder, name)
  while self.free == 0 and not self.runtime.closed and self.runtime.now() < deadline do
    self.runtime:wait(self.signal, deadline)
  end
  if self.free == 0 or self.runtime.closed then
    return false
  end
  self.free, holder[name] = self.free - 1, self
  return true
end

--- Gives a place back.
---@param holder table
---@param name string
function methods:give(holder, name)
  self.free, holder[name] = self.free + 1, false
  self.runtime:notify(self.signal)
end

return semaphore
