local schema = require "azion.api.schema"
local resource, text, integer, choice, list = schema.resource, schema.text, schema.integer, schema.choice, schema.list

local weighted = { policy = "weighted" }

return resource "dns_records" {
  item = "DNS record",
  about = "Weighted records of one name and type are told apart by their description.",
  path = "/workspace/dns/zones/{dns_zones}/records",
  named_by = { "name", "type", { "description", when = weighted } },
  lists = {
    order_by = { "id", "name", "weight" },
    search = { "answers", "entry", "ttl", "type" },
    means = { answers = "rdata", entry = "name" },
  },
  replies = { status = { delete = { 202 } } },
  columns = { "id", "name", "type", "rdata", "ttl" },
  fields = {
    integer "id" { read_only = true },
    text "name" { required = true, length = { 1, 255 }, about = '"@" for the zone itself' },
    choice "type" { "A", "AAAA", "ANAME", "CNAME", "MX", "NS", "PTR", "SRV", "TXT", "CAA", "DS", required = true },
    list "rdata" { text { length = { 1 } }, required = true, length = { 1 }, unordered = true },
    integer "ttl" { range = { 1, 2147483647 }, default = 3600, unit = "seconds" },
    text "description" { length = { 0, 45 }, default = "" },
    choice "policy" { "simple", "weighted", default = "simple",
      about = "weighted only for A, AAAA, CNAME, ANAME and MX" },
    integer "weight" { range = { 0, 255 }, default = 255 },
  },
}
