local schema = require "azion.api.schema"
local resource, text, integer, boolean, choice, list, reference =
  schema.resource, schema.text, schema.integer, schema.boolean, schema.choice, schema.list, schema.reference

local function listed(name)
  return { [name] = { "whitelist", "blacklist" } }
end

return resource "cache_settings" {
  item = "cache setting",
  permission = "View / Edit Edge Application",
  path = "/edge_applications/{edge_applications}/cache_settings",
  comes_with_parent = { "Default Cache Settings" },
  lists = { filters = { "filter" } },
  columns = { "id", "name", "browser_cache_settings", "cdn_cache_settings", "cdn_cache_settings_maximum_ttl" },
  fields = {
    integer "id" { read_only = true },
    text "name" { required = true, length = { 1, 255 }, unique = true },
    choice "browser_cache_settings" { "honor", "override", "ignore", default = "honor" },
    integer "browser_cache_settings_maximum_ttl" { range = { 0, 31536000 }, default = 0, unit = "seconds" },
    choice "cdn_cache_settings" { "honor", "override", default = "honor" },
    integer "cdn_cache_settings_maximum_ttl" { range = { 0, 31536000 }, default = 60, unit = "seconds" },
    choice "cache_by_query_string" { "ignore", "whitelist", "blacklist", "all", default = "ignore" },
    list "query_string_fields" { text, when = listed "cache_by_query_string", required = true, nullable = true,
      blank = true, unordered = true, about = "with whitelist and blacklist" },
    boolean "enable_query_string_sort" { default = false },
    choice "cache_by_cookies" { "ignore", "whitelist", "blacklist", "all", default = "ignore" },
    list "cookie_names" { text, when = listed "cache_by_cookies", required = true, nullable = true, blank = true,
      unordered = true, about = "with whitelist and blacklist" },
    choice "adaptive_delivery_action" { "ignore", "whitelist", "optimize", default = "ignore", open = true },
    list "device_group" { reference { to = "device_groups" }, default = {}, unordered = true },
    boolean "enable_caching_for_post" { default = false },
    boolean "enable_caching_for_options" { default = false },
    boolean "l2_caching_enabled" { default = false },
    choice "l2_region" { "sa-brazil", "na-united-states", nullable = true },
    boolean "is_slice_configuration_enabled" { default = false },
    boolean "is_slice_edge_caching_enabled" { default = false },
    boolean "is_slice_l2_caching_enabled" { default = false },
    integer "slice_configuration_range" { range = { 1024, 1024 }, nullable = true },
    boolean "enable_stale_cache" { default = false },
  },
}
