local schema = require "azion.api.schema"
local resource, text, integer, boolean, choice, list, object =
  schema.resource, schema.text, schema.integer, schema.boolean, schema.choice, schema.list, schema.object

local over_http = { origin_type = { "single_origin", "load_balancer" } }
local alone = { origin_type = "single_origin" }
local storage = { origin_type = "object_storage" }
local ingest = { origin_type = "live_ingest" }
local signed = { hmac_authentication = true }

return resource "origins" {
  item = "origin",
  about = [[`origin_key` is the id in paths, `origin_id` the one that rules use. An origin of type `object_storage` is
updated by `name`, `bucket` and `prefix` only; anything else is `rejected`. One that a rule uses cannot be deleted
(`conflict`).]],
  permission = "View / Edit Edge Application",
  path = "/edge_applications/{edge_applications}/origins",
  key = "origin_key",
  key_also = { origin_id = "uuid" }, -- in older replies, and in the list of applications
  referred_to_by = "origin_id",
  comes_with_parent = { "Default Origin" },
  lists = {
    order_by = { "origin_id", "name", "origin_type", "origin_path", "host_header" },
    filters = { "filter" },
  },
  columns = { "origin_key", "name", "origin_type", "addresses.1.address" },
  fields = {
    integer "origin_id" { read_only = true, about = "the id in rules; in older replies the UUID" },
    text "origin_key" { read_only = true, about = "UUID: the id in paths" },
    text "name" { required = true, length = { 1, 255 }, unique = true },
    choice "origin_type" { "single_origin", "load_balancer", "object_storage", "live_ingest",
      default = "single_origin", decides = true, create_only = storage },
    list "addresses" {
      object {
        text "address" { required = true, length = { 1 },
          about = "host name or IP address, without scheme and path; with a port where the policy is http or https" },
        integer "weight" { range = { 1, 100 }, nullable = true, not_kept = alone, about = "of a load balancer" },
        choice "server_role" { "primary", "backup", default = "primary" },
        boolean "is_active" { default = true },
      },
      when = over_http, required = true, length = { 1 }, by = "address", about = "of a single origin exactly one",
    },
    choice "origin_protocol_policy" { "preserve", "http", "https", when = over_http, default = "preserve" },
    boolean "is_origin_redirection_enabled" { when = over_http, default = false },
    text "host_header" { when = over_http, default = "${host}", about = "`${host}` passes the visitor's on" },
    choice "method" { "", "ip_hash", "least_connections", "round_robin", when = over_http, not_kept = alone,
      kept_as = "", default = "ip_hash", about = "of a load balancer" },
    text "origin_path" { when = over_http, default = "", about = 'empty, or a path that starts with "/"' },
    integer "connection_timeout" { when = over_http, not_kept = true, default = 60, unit = "seconds" },
    integer "timeout_between_bytes" { when = over_http, not_kept = true, default = 120, unit = "seconds" },
    boolean "hmac_authentication" { when = over_http, default = false },
    text "hmac_region_name" { when = over_http, required = signed, default = "" },
    text "hmac_access_key" { when = over_http, required = signed, default = "", secret = true },
    text "hmac_secret_key" { when = over_http, required = signed, default = "", secret = true },
    text "bucket" { when = storage, required = true, length = { 1 } },
    text "prefix" { when = storage, default = "/" },
    choice "streaming_endpoint" { "br-east-1.azioningest.net", "br-east-2.azioningest.net",
      "br-east-3.azioningest.net", "us-east-1.azioningest.net", "us-east-2.azioningest.net", when = ingest,
      required = true, open = true },
  },
}
