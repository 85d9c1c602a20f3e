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

--- Takes a place, waiting for one if need be.
---@param deadline number by the runtime's clock
---@return boolean taken false if the deadline came first, or the client was closed
function methods:take(deadline)
  while self.free == 0 and not self.runtime.closed and self.runtime.now() < deadline do
    self.runtime:wait(self.signal, deadline)
  end
  if self.free == 0 or self.runtime.closed then
    return false
  end
  self.free = self.free - 1
  return true
end

--- Gives a place back.
function methods:give()
  self.free = self.free + 1
  self.runtime:notify(self.signal)
end

return semaphore
