-- Zones of the DNS, as much of them as their records need.

local rows = require "azion.sandbox.v3.rows"
local schema = require "azion.api.schema"

local intelligent_dns = rows.complete {
  resource = schema.resource "intelligent_dns" {
    path = "/intelligent_dns",
    lacks = { "update" },
    fields = {
      schema.integer "id" { read_only = true },
      schema.text "name" { required = true, length = { 1, 255 }, unique = true },
      schema.text "domain" { required = true, length = { 1 } },
      schema.boolean "is_active" { default = true },
    },
  },
  first_id = 3100,
  seed_name = rows.numbered "zone",
}

function intelligent_dns.seed_input(collection, serial)
  return {
    name = intelligent_dns.seed_name(collection, serial),
    domain = serial == 1 and "example.com" or ("zone%d.example.com"):format(serial),
  }
end

return intelligent_dns
