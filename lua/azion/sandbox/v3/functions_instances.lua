-- Instances of edge functions in an edge application (v3.md, section 4.7).

local rows = require "azion.sandbox.v3.rows"

local functions_instances = rows.complete {
  resource = require "azion.api.v3.functions_instances",
  first_id = 9700,
  names = { "id", "edge_function_id", "name", "args" },
  seed_name = rows.numbered "instance",
  used_by = { "rules", "response_rules" },
  in_use = "Function Instance can not be deleted because it is being used on Rules Engine.",
}

function functions_instances.seed_input(_, serial)
  return {
    name = functions_instances.seed_name(_, serial),
    edge_function_id = 5000 + serial,
    args = { location = "sandbox", retries = serial },
  }
end

function functions_instances.check(values)
  if values.edge_function_id < 1 then
    return { edge_function_id = { "Ensure this value is greater than or equal to 1." } }
  end
end

return functions_instances
