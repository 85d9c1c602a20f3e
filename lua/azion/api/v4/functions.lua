local schema = require "azion.api.schema"
local resource, text, integer, boolean, choice, own_object =
  schema.resource, schema.text, schema.integer, schema.boolean, schema.choice, schema.own_object

return resource "functions" {
  item = "function",
  about = "Lists carry the code too: `fields = \"id,name\"` leaves it out.",
  path = "/workspace/functions",
  lists = {
    order_by = { "id", "name", "language", "runtime_environment", "active", "last_editor", "last_modified" },
    search = { "name", "last_editor", "language", "runtime_environment", "active" },
    filters = { "id", "name", "active", "last_editor", "language__in", "runtime_environment__in", "reference_count" },
    means = { language = "runtime", runtime_environment = "execution_environment" },
  },
  columns = { "id", "name", "execution_environment", "active" },
  fields = {
    integer "id" { read_only = true },
    text "name" { required = true, length = { 1, 250 }, unique = true },
    text "code" { required = true, length = { 1, 52428800 } },
    boolean "active" { default = true },
    choice "runtime" { "azion_js", default = "azion_js", open = true },
    choice "execution_environment" { "application", "firewall", default = "application" },
    own_object "default_args" { or_list = true, default = {} },
    own_object "azion_form" { default = {}, about = "JSON schema of a form for the arguments" },
    integer "reference_count" { read_only = true },
    text "version" { read_only = true },
    text "vendor" { read_only = true },
  },
  stamps = { "product_version", "last_editor", "last_modified", "version_id", "version_state" },
}
