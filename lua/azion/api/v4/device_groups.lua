local schema = require "azion.api.schema"
local resource, text, integer = schema.resource, schema.text, schema.integer

return resource "device_groups" {
  item = "device group",
  path = "/workspace/applications/{applications}/device_groups",
  lists = {
    order_by = { "id", "name", "user_agent" },
    search = { "name", "user_agent" },
    filters = { "id", "name", "user_agent" },
  },
  columns = { "id", "name", "user_agent" },
  fields = {
    integer "id" { read_only = true },
    text "name" { required = true, length = { 1, 250 }, unique = true },
    text "user_agent" { required = true, length = { 1, 512 }, about = "regular expression" },
  },
  stamps = { "created_at" },
}
