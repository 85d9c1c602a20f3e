--- First in, first out. An error between any two instructions (a hook that raises) leaves it usable: at the worst the
--- item that was being added is not in it.
local queue = {}

---@class azion.Queue
---@field head integer index of the first item, or of a hole before it
---@field tail integer index of the last item
local methods = {}
local metatable = { __index = methods }

---@return azion.Queue
function queue.new()
  return setmetatable({ head = 1, tail = 0 }, metatable)
end

---@param item any
function methods:push(item)
  local tail = self.tail + 1
  self[tail] = item
  self.tail = tail
end

--- The item that has been in it longest; it stays there.
---@return any item nil if there is none
function methods:first()
  local head, tail = self.head, self.tail
  while head <= tail do
    local item = self[head]
    if item ~= nil then
      return item
    end
    head = head + 1
    self.head = head
  end
  self.tail = 0
  self.head = 1
end

--- Takes the item out that has been in it longest.
---@return any item nil if there is none
function methods:pop()
  local item = self:first()
  if item ~= nil then
    self[self.head] = nil
  end
  return item
end

return queue
