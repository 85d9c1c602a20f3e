--- Something to do when an object is collected, on every Lua: tables have no `__gc` before 5.2.
local finalizer = {}

-- Looked for only where it is: a program may forbid to ask for globals that are not there.
local newproxy = _VERSION == "Lua 5.1" and newproxy

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
