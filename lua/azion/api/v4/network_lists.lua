local schema = require "azion.api.schema"
local resource, text, integer, boolean, choice, list =
  schema.resource, schema.text, schema.integer, schema.boolean, schema.choice, schema.list

return resource "network_lists" {
  item = "network list",
  about = [[Lists give less than `get`: they have no `items`. Lists that Azion keeps cannot be changed.]],
  path = "/workspace/network_lists",
  kept_by_api = { name = "Azion IP Tor Exit Nodes" }, -- each account has it
  lists = {
    order_by = { "id", "name", "last_editor", "last_modified", "list_type" },
    search = { "last_editor", "list_type", "name" },
    filters = { "id", "name", "list_type__in", "last_editor", "last_modified__gte", "last_modified__lte" },
    means = { list_type = "type" },
    lack = { "items" },
  },
  columns = { "id", "name", "type", "active" },
  fields = {
    integer "id" { read_only = true },
    text "name" { required = true, length = { 1, 250 }, unique = true },
    choice "type" { "asn", "countries", "ip_cidr", required = true },
    list "items" { text { length = { 1, 250 } }, required = true, length = { 1, 20000 }, unordered = true,
      about = "numbers of autonomous systems, countries of two letters, or addresses" },
    boolean "active" { default = true },
  },
  stamps = { "last_editor", "last_modified", "created_at", "version_id", "version_state" },
}
