local schema = require "azion.api.schema"
local resource, text, integer, boolean, choice, object =
  schema.resource, schema.text, schema.integer, schema.boolean, schema.choice, schema.object

local function named_number(name)
  return object(name) { integer "id", text "slug" }
end

return resource "dnssec" {
  item = "DNSSEC",
  about = "Each zone has it: `client:dns_zones():dnssec(zone)`.",
  path = "/workspace/dns/zones/{dns_zones}/dnssec",
  single = true,
  comes_with_parent = true,
  lacks = { "list", "pages", "each", "all", "find", "create", "delete" },
  columns = { "enabled", "status" },
  fields = {
    boolean "enabled" { required = true },
    choice "status" { "unconfigured", "waiting", "ready", read_only = true },
    object "delegation_signer" {
      named_number "algorithm_type",
      text "digest",
      named_number "digest_type",
      integer "key_tag",
      read_only = true, nullable = true,
    },
  },
}
