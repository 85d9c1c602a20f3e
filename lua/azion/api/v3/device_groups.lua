local schema = require "azion.api.schema"
local resource, text, integer = schema.resource, schema.text, schema.integer

return resource "device_groups" {
  item = "device group",
  permission = "View / Edit Edge Application",
  path = "/edge_applications/{edge_applications}/device_groups",
  lists = { filters = { "filter" } },
  columns = { "id", "name", "user_agent" },
  fields = {
    integer "id" { read_only = true },
    text "name" { required = true, length = { 1, 255 }, unique = true, about = "letters and digits" },
    text "user_agent" { required = true, length = { 1 }, about = "regular expression" },
  },
}
