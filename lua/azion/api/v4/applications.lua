local schema = require "azion.api.schema"
local resource, text, boolean, object, integer =
  schema.resource, schema.text, schema.boolean, schema.object, schema.integer

local function part(name, enabled)
  return object(name) { boolean "enabled" { default = enabled }, default = {} }
end

return resource "applications" {
  item = "application",
  about = [[A new application comes with a "Default Rule" in the request phase, which cannot be deleted.]],
  path = "/workspace/applications",
  methods = {
    clone = {
      path = "/workspace/applications/{id}/clone",
      about = "Copies an application with all that belongs to it.",
      item = "application clone",
      fields = { text "name" { required = true, length = { 1, 100 } } },
    },
  },
  lists = {
    order_by = { "name", "id", "last_editor", "last_modified", "active", "debug", "product_version" },
    search = { "id", "name", "last_editor", "last_modified", "active" },
    filters = { "id", "name", "active", "last_editor", "last_modified__gte", "last_modified__lte" },
  },
  columns = { "id", "name", "active", "last_modified" },
  fields = {
    integer "id" { read_only = true },
    text "name" { required = true, length = { 1, 100 }, unique = true },
    boolean "active" { default = true },
    boolean "debug" { default = false },
    object "modules" {
      part("cache", true),
      part("functions", true),
      part("application_accelerator", false),
      part("image_processor", false),
      default = {},
    },
  },
  stamps = { "last_editor", "last_modified", "product_version", "version_id", "version_state" },
}
