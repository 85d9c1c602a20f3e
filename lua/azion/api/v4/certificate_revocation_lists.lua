local schema = require "azion.api.schema"
local resource, text, integer, boolean = schema.resource, schema.text, schema.integer, schema.boolean

return resource "certificate_revocation_lists" {
  item = "certificate revocation list",
  path = "/workspace/tls/crls",
  lists = {
    order_by = { "id", "name", "issuer", "last_update", "next_update", "last_modified" },
    search = { "name", "issuer" },
    filters = { "id", "name", "issuer", "last_update__gte", "last_update__lte", "next_update__gte",
      "next_update__lte" },
  },
  columns = { "id", "name", "issuer", "next_update" },
  fields = {
    integer "id" { read_only = true },
    text "name" { required = true, length = { 1, 250 }, unique = true },
    text "crl" { required = true, length = { 1, 30720000 }, trimmed = true, about = "PEM" },
    boolean "active" { default = true, about = "cannot be false" },
    text "issuer" { read_only = true },
    text "last_update" { read_only = true },
    text "next_update" { read_only = true },
  },
  stamps = { "last_editor", "last_modified", "product_version", "version_id", "version_state" },
}
