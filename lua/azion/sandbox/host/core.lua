-- What the descriptions of the API need of the C core, for the stand-in's own process: there is no core in it.

local core = { null = require("cjson").null, array_metatable = {} }

---@param value any
---@return boolean whether it is marked as a list
function core.is_array(value)
  return type(value) == "table" and getmetatable(value) == core.array_metatable
end

return core
