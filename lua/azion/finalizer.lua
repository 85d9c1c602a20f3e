--- Something to do when an object is collected, on every Lua: tables have no `__gc` before 5.2.
local finalizer = {}

--- A guard: whoever holds it keeps `finish` from running.
---@param finish fun()
---@return userdata|table guard
function finalizer.guard(finish)
  if newproxy then
    local guard = newproxy(true)
    getmetatable(guard).__gc = finish
    return guard
  end
  return setmetatable({}, { __gc = finish })
end

return finalizer
