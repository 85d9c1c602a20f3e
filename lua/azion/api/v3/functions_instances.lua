local schema = require "azion.api.schema"
local resource, text, integer, reference, own_object =
  schema.resource, schema.text, schema.integer, schema.reference, schema.own_object

return resource "functions_instances" {
  item = "functions instance",
  about = "One that a rule uses cannot be deleted (`conflict`).",
  permission = "View / Edit Edge Application",
  path = "/edge_applications/{edge_applications}/functions_instances",
  lists = { order_by = { "id", "name", "edge_function_id" }, filters = { "filter" } },
  columns = { "id", "name", "edge_function_id" },
  fields = {
    integer "id" { read_only = true },
    text "name" { required = true, length = { 1, 255 }, unique = true },
    reference "edge_function_id" { outside = "edge functions", required = true },
    own_object "args" { or_list = true, default = {}, about = "what the function is called with" },
  },
}
