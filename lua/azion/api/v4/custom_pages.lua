local schema = require "azion.api.schema"
local resource, text, integer, boolean, choice, list, object, reference =
  schema.resource, schema.text, schema.integer, schema.boolean, schema.choice, schema.list, schema.object,
  schema.reference

return resource "custom_pages" {
  item = "custom page",
  about = "Takes effect through a deployment's `custom_page`.",
  path = "/workspace/custom_pages",
  lists = {
    order_by = { "id", "name", "last_editor", "last_modified", "active" },
    search = { "id", "name", "last_editor", "last_modified", "active" },
    filters = { "id", "name", "active", "last_editor", "last_modified__gte", "last_modified__lte" },
  },
  columns = { "id", "name", "active", "last_modified" },
  fields = {
    integer "id" { read_only = true },
    text "name" { required = true, length = { 1, 255 }, unique = true },
    boolean "active" { default = true },
    list "pages" {
      object {
        choice "code" { "default", "400", "401", "403", "404", "405", "406", "408", "409", "410", "411", "414", "415",
          "416", "426", "429", "431", "500", "501", "502", "503", "504", "505", required = true },
        object "page" {
          choice "type" { "page_connector", default = "page_connector" },
          object "attributes" {
            reference "connector" { to = "connectors", required = true },
            integer "ttl" { range = { 0, 31536000 }, default = 0, unit = "seconds" },
            text "uri" { length = { 1, 250 }, nullable = true },
            integer "custom_status_code" { range = { 100, 599 }, nullable = true },
            required = true,
          },
          required = true,
        },
      },
      required = true, by = "code",
    },
  },
  stamps = { "last_editor", "last_modified", "created_at", "product_version", "version_id", "version_state" },
}
