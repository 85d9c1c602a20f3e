local schema = require "azion.api.schema"
local resource, text, integer, boolean, own_object, reference =
  schema.resource, schema.text, schema.integer, schema.boolean, schema.own_object, schema.reference

return resource "function_instances" {
  item = "function instance",
  about = "One that a rule runs cannot be deleted. One that is not active cannot be created.",
  path = "/workspace/applications/{applications}/functions",
  lists = {
    order_by = { "id", "name", "last_editor", "last_modified" },
    search = { "name" },
    filters = { "id", "name", "last_editor", "last_modified__gte", "last_modified__lte" },
  },
  columns = { "id", "name", "function", "active" },
  fields = {
    integer "id" { read_only = true },
    text "name" { required = true, length = { 1, 100 }, unique = true },
    reference "function" { to = "functions", required = true },
    own_object "args" { or_list = true, default = {}, about = "what the function is called with" },
    own_object "azion_form" { default = {}, about = "JSON schema of a form for the arguments" },
    boolean "active" { default = true },
  },
  stamps = { "last_editor", "last_modified", "created_at" },
}
