-- Zones of the DNS, as much of them as their records need.

local rows = require "azion.sandbox.model.rows"

local intelligent_dns = rows.complete {
  name = "intelligent_dns",
  path = "/intelligent_dns",
  first_id = 3100,
  lacks = { PATCH = true },
  field_list = {
    { name = "name", type = "string", required = true, not_blank = true, max_length = 255 },
    { name = "domain", type = "string", required = true, not_blank = true },
    { name = "is_active", type = "boolean", default = true },
  },
  seed_name = rows.numbered "zone",
}

function intelligent_dns.seed_input(collection, serial)
  return {
    name = intelligent_dns.seed_name(collection, serial),
    domain = serial == 1 and "example.com" or ("zone%d.example.com"):format(serial),
  }
end

function intelligent_dns.removed(collection, serial)
  collection.model:forget("intelligent_dns", serial)
end

return intelligent_dns
