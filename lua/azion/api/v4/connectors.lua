local schema = require "azion.api.schema"
local resource, text, integer, boolean, choice, list, object, reference, one_of, case =
  schema.resource, schema.text, schema.integer, schema.boolean, schema.choice, schema.list, schema.object,
  schema.reference, schema.one_of, schema.case

local enabled = { enabled = true }

local address = object {
  text "address" { required = true, length = { 1, 255 }, about = "host name or IP address" },
  boolean "active" { default = true },
  integer "http_port" { range = { 1, 65535 }, default = 80 },
  integer "https_port" { range = { 1, 65535 }, default = 443 },
  object "modules" {
    object "load_balancer" {
      choice "server_role" { "primary", "backup", default = "primary" },
      integer "weight" { range = { 1, 100 }, default = 1 },
      nullable = true, blank = true,
    },
    nullable = true, blank = true, about = "null unless the load balancer is enabled",
  },
}

local connection_options = object "connection_options" {
  choice "dns_resolution" { "both", "force_ipv4", default = "both" },
  choice "transport_policy" { "preserve", "force_https", "force_http", default = "preserve" },
  choice "http_version_policy" { "http1_1", default = "http1_1" },
  text "host" { length = { 1, 255 }, default = "${host}", about = "`${host}` passes the visitor's on" },
  text "path_prefix" { length = { 0, 255 }, default = "" },
  boolean "following_redirect" { default = false },
  text "real_ip_header" { length = { 1, 100 }, default = "X-Real-IP" },
  text "real_port_header" { length = { 1, 100 }, default = "X-Real-PORT" },
  default = {},
}

local load_balancer = object "load_balancer" {
  boolean "enabled" { default = false },
  object "config" {
    choice "method" { "round_robin", "least_conn", "ip_hash", default = "round_robin" },
    integer "max_retries" { range = { 0, 20 }, default = 0 },
    integer "connection_timeout" { range = { 1, 300 }, default = 60, unit = "seconds" },
    integer "read_write_timeout" { range = { 1, 600 }, default = 120, unit = "seconds" },
    when = enabled, nullable = true, blank = true,
  },
  default = {},
}

local hmac = object "hmac" {
  boolean "enabled" { required = true },
  object "config" {
    choice "type" { "aws4_hmac_sha256", required = true },
    object "attributes" {
      text "region" { required = true, length = { 1, 255 } },
      text "service" { length = { 1, 255 }, default = "s3" },
      text "access_key" { required = true, length = { 1, 255 }, secret = true },
      text "secret_key" { required = true, length = { 1, 255 }, secret = true },
      required = true,
    },
    when = enabled, nullable = true, blank = true,
  },
}

local origin_shield = object "origin_shield" {
  boolean "enabled" { default = false },
  object "config" {
    object "origin_ip_acl" { boolean "enabled" { default = false }, default = {} },
    hmac,
    when = enabled, nullable = true, blank = true,
  },
  default = {},
}

return resource "connectors" {
  item = "connector",
  about = [[Shared by the applications of an account. An update brings the `type` along by itself. One that a rule or a
custom page uses cannot be deleted.]],
  path = "/workspace/connectors",
  always_sends = { "type" },
  lists = {
    order_by = { "id", "name", "type", "last_editor", "last_modified", "active" },
    search = { "id", "name", "type", "last_editor", "last_modified", "active" },
    filters = { "id", "name", "active", "last_editor", "type__in", "last_modified__gte", "last_modified__lte" },
  },
  columns = { "id", "name", "type", "active", "attributes.addresses.1.address" },
  fields = {
    integer "id" { read_only = true },
    text "name" { required = true, length = { 1, 255 }, unique = true },
    boolean "active" { default = true },
    choice "type" { required = true, decides = true },
    one_of "attributes" {
      case { "http", is = object {
        list "addresses" { address, required = true, length = { 1 }, by = "address",
          about = "exactly one unless the load balancer is enabled" },
        connection_options,
        object "modules" { load_balancer, origin_shield, default = {} },
        required = true,
      } },
      case { "storage", is = object {
        reference "bucket" { to = "buckets", as = "text", required = true },
        text "prefix" { length = { 1, 255 } },
        required = true,
      } },
      case { "live_ingest", is = object {
        choice "region" { "us-east-1", "us-east-2", "br-east-1", "br-east-2", "br-east-3", required = true },
        required = true,
      } },
      by = "type",
    },
  },
  stamps = { "last_editor", "last_modified", "created_at", "product_version", "version_id", "version_state" },
}
