--- Modules that many programs do without: each is loaded when something of it is first asked for, so that those
--- programs start sooner.
local later = {}

--- `require`, but after a failure it tries again: Lua 5.1 takes a module that could not be loaded, be it for want of
--- memory, for one that loads itself for ever.
---@param name string
---@return table module
function later.load(name)
  local whole, module = pcall(require, name)
  if not whole then
    package.loaded[name] = nil
    error(module, 0)
  end
  return module
end

--- Stands for a module whose fields stay what they are.
---@param name string
---@return table module
function later.module(name)
  return setmetatable({}, { __index = function(self, field)
    local value = later.load(name)[field]
    rawset(self, field, value)
    return value
  end })
end

return later
