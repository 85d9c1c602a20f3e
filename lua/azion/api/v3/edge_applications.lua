local schema = require "azion.api.schema"
local resource, text, integer, boolean, choice, list, object =
  schema.resource, schema.text, schema.integer, schema.boolean, schema.choice, schema.list, schema.object

local function part(name, about)
  return boolean(name) { default = false, about = about or "a part of the product that the contract may lack" }
end

-- Taken when an application is made, for the origin and the cache settings that come with it.
local at_first = { create_only = true, write_only = true }

local function first(kind, name)
  return function(words)
    for word in pairs(at_first) do
      words[word] = true
    end
    return kind(name)(words)
  end
end

return resource "edge_applications" {
  item = "edge application",
  about = [[The API does not take two creations at once: a client makes them wait for each other. A new application
comes with an origin, cache settings and a rule, all called "Default …". Lists give less than `get`; `find` reads the
whole item. A module that the contract lacks is `rejected` (`user_has_no_product`).]],
  permission = "View / Edit Edge Application",
  path = "/edge_applications",
  created_in_turn = true,
  lists = {
    order_by = { "id", "name", "last_modified", "active" },
    filters = { "filter" },
    give = { "id", "name", "active", "debug_rules", "last_editor", "last_modified", "origins" },
  },
  columns = { "id", "name", "active", "last_modified" },
  fields = {
    integer "id" { read_only = true },
    text "name" { required = true, length = { 1, 255 }, unique = true },
    choice "delivery_protocol" { "http", "https", "http,https", default = "http" },
    list "http_port" { integer { range = { 1, 65535 } }, default = { 80 }, or_one = true, about = "80, 8008, 8080" },
    list "https_port" { integer { range = { 1, 65535 } }, default = { 443 }, or_one = true,
      about = "443, 8443, 9440 to 9443" },
    choice "minimum_tls_version" { "", "tls_1_0", "tls_1_1", "tls_1_2", "tls_1_3", default = "" },
    choice "supported_ciphers" { "all", "TLSv1.2_2018", "TLSv1.2_2019", "TLSv1.2_2021", "TLSv1.3_2022",
      default = "all" },
    boolean "active" { default = true },
    boolean "caching" { read_only = true },
    boolean "debug_rules" { default = false },
    boolean "http3" { default = false },
    boolean "websocket" { nullable = true, about = "null where the contract lacks it" },
    part "application_acceleration",
    part "device_detection",
    part "edge_firewall",
    part "edge_functions",
    part "image_optimization",
    part "l2_caching",
    part "load_balancer",
    part "raw_logs",
    part "web_application_firewall",
    first(choice, "origin_type") { "single_origin", "load_balancer" },
    first(text, "address") { length = { 1 }, about = "of the origin that comes with the application" },
    first(choice, "origin_protocol_policy") { "preserve", "http", "https" },
    first(text, "host_header") {},
    first(choice, "browser_cache_settings") { "honor", "override", "ignore" },
    first(integer, "browser_cache_settings_maximum_ttl") { range = { 0, 31536000 }, unit = "seconds" },
    first(choice, "cdn_cache_settings") { "honor", "override" },
    first(integer, "cdn_cache_settings_maximum_ttl") { range = { 0, 31536000 }, unit = "seconds" },
    text "last_editor" { read_only = true, only_in_lists = true },
    text "last_modified" { read_only = true, only_in_lists = true },
    list "origins" {
      object {
        text "name",
        text "origin_type",
        text "origin_id" { about = "the origin's `origin_key`" },
      },
      read_only = true, only_in_lists = true,
    },
  },
}
