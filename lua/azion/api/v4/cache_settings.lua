local schema = require "azion.api.schema"
local resource, text, integer, boolean, choice, list, object, reference =
  schema.resource, schema.text, schema.integer, schema.boolean, schema.choice, schema.list, schema.object,
  schema.reference

local allowed = { behavior = "allowlist" }
local listed = { behavior = { "allowlist", "denylist" } }

return resource "cache_settings" {
  item = "cache setting",
  path = "/workspace/applications/{applications}/cache_settings",
  lists = {
    order_by = { "id", "name", "browser_cache_settings", "cdn_cache_settings", "cache_by_query_string",
      "cache_by_cookies", "adaptive_delivery_action", "enable_caching_for_post", "enable_caching_for_options",
      "enable_stale_cache", "l2_caching_enabled" },
    search = { "name", "browser_cache_settings", "cdn_cache_settings", "cache_by_query_string", "cache_by_cookies",
      "adaptive_delivery_action", "enable_caching_for_post", "enable_caching_for_options", "enable_stale_cache",
      "l2_caching_enabled" },
    filters = { "id", "name" },
    means = {
      browser_cache_settings = "browser_cache.behavior",
      cdn_cache_settings = "modules.cache.behavior",
      cache_by_query_string = "modules.application_accelerator.cache_vary_by_querystring.behavior",
      cache_by_cookies = "modules.application_accelerator.cache_vary_by_cookies.behavior",
      adaptive_delivery_action = "modules.application_accelerator.cache_vary_by_devices.behavior",
      enable_caching_for_post = "modules.application_accelerator.cache_vary_by_method",
      enable_caching_for_options = "modules.application_accelerator.cache_vary_by_method",
      enable_stale_cache = "modules.cache.stale_cache.enabled",
      l2_caching_enabled = "modules.cache.tiered_cache.enabled",
    },
  },
  columns = { "id", "name", "browser_cache.behavior", "modules.cache.behavior", "modules.cache.max_age" },
  fields = {
    integer "id" { read_only = true },
    text "name" { required = true, length = { 1, 250 }, unique = true },
    object "browser_cache" {
      choice "behavior" { "honor", "override", "no-cache", default = "honor" },
      integer "max_age" { range = { 0, 31536000 }, default = 0, unit = "seconds" },
      default = {},
    },
    object "modules" {
      object "cache" {
        choice "behavior" { "honor", "override", default = "honor" },
        integer "max_age" { range = { 0, 31536000 }, default = 60, unit = "seconds",
          about = "below 60 only with the application's accelerator" },
        object "stale_cache" { boolean "enabled" { default = false }, default = {} },
        object "large_file_cache" {
          boolean "enabled" { default = false },
          integer "offset" { range = { 1024, 1024 }, default = 1024 },
          default = {},
        },
        object "tiered_cache" {
          boolean "enabled" { default = true },
          choice "topology" { "nearest-region", "br-east-1", "us-east-1" },
          nullable = true, blank = true,
        },
        default = {},
      },
      object "application_accelerator" {
        list "cache_vary_by_method" { choice { "options", "post" }, length = { 0, 2 }, default = {}, unordered = true },
        object "cache_vary_by_querystring" {
          choice "behavior" { "ignore", "all", "allowlist", "denylist", default = "ignore" },
          list "fields" { text, when = listed, required = true, default = {}, blank = true, unordered = true },
          boolean "sort_enabled" { default = false },
          default = {},
        },
        object "cache_vary_by_cookies" {
          choice "behavior" { "ignore", "all", "allowlist", "denylist", default = "ignore" },
          list "cookie_names" { text, when = listed, required = true, default = {}, blank = true, unordered = true },
          default = {},
        },
        object "cache_vary_by_devices" {
          choice "behavior" { "ignore", "allowlist", default = "ignore" },
          list "device_group" { reference { to = "device_groups" }, when = allowed, required = true, default = {},
            blank = true, unordered = true },
          default = {},
        },
        default = {},
      },
      default = {},
    },
  },
  stamps = { "created_at" },
}
