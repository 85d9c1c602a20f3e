local schema = require "azion.api.schema"
local resource, text, integer, boolean, object =
  schema.resource, schema.text, schema.integer, schema.boolean, schema.object

local function part(name, enabled)
  return object(name) { boolean "enabled" { default = enabled }, default = {} }
end

return resource "firewalls" {
  item = "firewall",
  about = "Takes effect through a deployment's `firewall`.",
  path = "/workspace/firewalls",
  methods = {
    clone = {
      path = "/workspace/firewalls/{id}/clone",
      about = "Copies a firewall with its rules and function instances.",
      item = "firewall clone",
      fields = { text "name" { required = true, length = { 1, 250 } } },
    },
  },
  lists = {
    order_by = { "id", "name", "last_editor", "last_modified", "active", "debug" },
    search = { "id", "name", "last_editor" },
    filters = { "id", "name", "active", "debug", "last_editor", "last_modified__gte", "last_modified__lte" },
  },
  columns = { "id", "name", "active", "last_modified" },
  fields = {
    integer "id" { read_only = true },
    text "name" { required = true, length = { 1, 250 }, unique = true },
    boolean "active" { default = true },
    boolean "debug" { default = false },
    object "modules" {
      part("functions", true),
      part("network_protection", true),
      object "waf" {
        boolean "enabled" { default = false, about = "true where `waf` is sent without it" },
        default = {},
      },
      object "ddos_protection" { boolean "enabled", read_only = true, about = "always on" },
      default = {},
    },
  },
  stamps = { "last_editor", "last_modified", "created_at", "product_version", "version_id", "version_state" },
}
