local schema = require "azion.api.schema"
local resource, text, integer, boolean, list =
  schema.resource, schema.text, schema.integer, schema.boolean, schema.list

return resource "dns_zones" {
  item = "DNS zone",
  path = "/workspace/dns/zones",
  methods = {
    dnssec = {
      opens = "dnssec",
      about = "What signs the zone: an object with `get()`, `overwrite(fields)` and `update(fields)`.",
    },
  },
  lists = {
    order_by = { "id", "name", "domain", "active" },
    search = { "name", "domain" },
    filters = { "name", "domain", "active" },
  },
  replies = { status = { delete = { 202 } } },
  columns = { "id", "name", "domain", "active" },
  fields = {
    integer "id" { read_only = true },
    text "name" { required = true, length = { 1, 50 }, unique = true },
    text "domain" { required = true, length = { 1, 200 }, create_only = true, unique = true },
    boolean "active" { required = true },
    list "nameservers" { text, read_only = true },
    text "product_version" { read_only = true },
  },
}
