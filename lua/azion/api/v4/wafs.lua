local schema = require "azion.api.schema"
local resource, text, integer, boolean, choice, list, object =
  schema.resource, schema.text, schema.integer, schema.boolean, schema.choice, schema.list, schema.object

local threats = { "cross_site_scripting", "directory_traversal", "evading_tricks", "file_upload", "identified_attack",
  "remote_file_inclusion", "sql_injection", "unwanted_access" }

local all_threats = {}
for position, threat in ipairs(threats) do
  all_threats[position] = { threat = threat, sensitivity = "medium" }
end
threats.required = true

return resource "wafs" {
  item = "WAF",
  path = "/workspace/wafs",
  methods = {
    clone = {
      path = "/workspace/wafs/{id}/clone",
      about = "Copies a WAF.",
      item = "WAF clone",
      fields = { text "name" { required = true, length = { 1, 250 } } },
    },
  },
  lists = { order_by = { "id", "name" }, search = { "name" }, filters = { "id", "name" } },
  columns = { "id", "name", "active", "last_modified" },
  fields = {
    integer "id" { read_only = true },
    text "name" { required = true, length = { 1, 250 }, unique = true },
    boolean "active" { default = true },
    object "engine_settings" {
      choice "engine_version" { "2021-Q3", default = "2021-Q3" },
      choice "type" { "score", default = "score" },
      object "attributes" {
        list "rulesets" { choice { 1 }, default = { 1 }, unordered = true },
        list "thresholds" {
          object {
            choice "threat" (threats),
            choice "sensitivity" { "highest", "high", "medium", "low", "lowest", default = "medium" },
          },
          length = { 0, 8 }, default = all_threats, by = "threat", unordered = true,
        },
        default = {},
      },
      default = {},
    },
  },
  stamps = { "last_editor", "last_modified", "product_version", "version_id", "version_state" },
}
