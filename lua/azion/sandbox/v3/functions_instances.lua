-- Instances of edge functions in an edge application (v3.md, section 4.7).

local replies = require "azion.sandbox.model.replies"
local rows = require "azion.sandbox.model.rows"
local rules = require "azion.sandbox.v3.rules"

local functions_instances = rows.complete {
  name = "functions_instances",
  path = "/edge_applications/:edge_applications/functions_instances",
  parent = "edge_applications",
  first_id = 9700,
  field_list = {
    { name = "edge_function_id", type = "integer", required = true, minimum = 1 },
    { name = "name", type = "string", required = true, not_blank = true, max_length = 255 },
    { name = "args", type = "object", default = {} },
  },
  order_fields = { id = true, name = true, edge_function_id = true },
  seed_name = rows.numbered "instance",
}

function functions_instances.seed_input(_, serial)
  return {
    name = functions_instances.seed_name(_, serial),
    edge_function_id = 5000 + serial,
    args = { location = "sandbox", retries = serial },
  }
end

---@param collection azion.sandbox.Collection
---@param serial integer
---@return table|nil reply
function functions_instances.refuse_delete(collection, serial)
  local id = collection:item(serial).id
  if rules.use(collection.model, collection.parent, "run_function", id) then
    return replies.value(409, "Function Instance can not be deleted because it is being used on Rules Engine.")
  end
end

return functions_instances
