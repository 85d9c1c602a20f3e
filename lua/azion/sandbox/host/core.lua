-- What the descriptions of the API need of the C core, for the stand-in's own process: there is no core in it.

local json = require "azion.sandbox.model.json"

local core = { null = json.null, array_metatable = json.array_metatable }

---@param value any
---@return boolean whether it is marked as a list
function core.is_array(value)
  return type(value) == "table" and getmetatable(value) == json.array_metatable
end

return core
