--- What an item has one of, at a path of its own: read and changed, without a key.
local mistake = require "azion.client.mistake"
local operation = require "azion.client.operation"

---@class azion.Single: azion.Collection
local methods = {}
local metatable = { __index = methods, __name = "azion.single" }

function metatable:__tostring()
  return "azion." .. self.name .. (self.path and " (" .. self.path .. ")" or "")
end

--- Reads it.
---@param call_options? azion.CallOptions
---@return table? object
---@return azion.Error? err
---@return azion.Response? response
function methods:get(call_options)
  local err = operation.refusal(self, call_options)
  if err then
    return nil, err
  end
  return operation.read(self, self.path, call_options)
end

for name, verb in pairs { overwrite = "PUT", update = "PATCH" } do
  methods[name] = function(self, fields, call_options)
    operation.check_fields(fields)
    local err = operation.refusal(self, call_options)
    if err then
      return nil, err
    end
    return operation.write(self, { method = verb, path = self.path, mode = name }, fields, call_options)
  end
end

mistake.guard(methods, metatable, "object")

return metatable
