local schema = require "azion.api.schema"
local resource, text, integer, boolean, choice, object, reference =
  schema.resource, schema.text, schema.integer, schema.boolean, schema.choice, schema.object, schema.reference

return resource "deployments" {
  item = "deployment",
  about = "What a workload serves: an application, and maybe a firewall and custom pages.",
  path = "/workspace/workloads/{workloads}/deployments",
  lists = {
    order_by = { "id", "tag", "current" },
    search = { "id", "tag", "current" },
    filters = { "id", "tag", "current" },
    by_name = "tag",
    means = { tag = "name" },
  },
  replies = { status = { create = { 201, 202 }, overwrite = { 200, 202 }, update = { 200, 202 },
    delete = { 200, 202 } } },
  columns = { "id", "name", "current", "strategy.attributes.application" },
  fields = {
    integer "id" { read_only = true },
    text "name" { required = true, length = { 1, 254 }, unique = true },
    boolean "current" { default = true, exclusive = true },
    boolean "active" { default = true },
    object "strategy" {
      choice "type" { "default", default = "default" },
      object "attributes" {
        reference "application" { to = "applications", required = true },
        reference "firewall" { to = "firewalls", nullable = true },
        reference "custom_page" { to = "custom_pages", nullable = true },
        required = true,
      },
      required = true,
    },
  },
  stamps = { "last_editor", "last_modified", "created_at" },
}
