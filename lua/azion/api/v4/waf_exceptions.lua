local schema = require "azion.api.schema"
local resource, text, integer, boolean, choice, list, object =
  schema.resource, schema.text, schema.integer, schema.boolean, schema.choice, schema.list, schema.object

local on_name = { match = { "specific_body_form_field_name", "specific_http_header_name",
  "specific_query_string_name" } }
local on_value = { match = { "specific_body_form_field_value", "specific_http_header_value",
  "specific_query_string_value" } }

return resource "waf_exceptions" {
  item = "WAF exception",
  path = "/workspace/wafs/{wafs}/exceptions",
  lists = {
    order_by = { "id", "description", "path", "last_editor", "last_modified", "created_at" },
    search = { "description", "path", "last_editor" },
    filters = { "id", "description", "path", "last_editor", "last_modified__gte", "last_modified__lte",
      "created_at__gte", "created_at__lte" },
    means = { description = "name" },
  },
  columns = { "id", "name", "rule_id", "path", "active" },
  fields = {
    integer "id" { read_only = true },
    text "name" { required = true, length = { 1, 255 }, unique = true },
    choice "rule_id" { 0, 1, 2, 10, 11, 12, 13, 14, 15, 16, 17, 18, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007,
      1008, 1009, 1010, 1011, 1013, 1015, 1016, 1017, 1100, 1101, 1102, 1103, 1104, 1105, 1106, 1107, 1108, 1109, 1110,
      1198, 1199, 1200, 1202, 1203, 1204, 1205, 1206, 1207, 1208, 1209, 1210, 1302, 1303, 1310, 1311, 1312, 1314, 1315,
      1400, 1401, 1402, 1500, 2001, default = 0, about = "0: all rules" },
    text "path" { length = { 0, 255 }, nullable = true, blank = true },
    list "conditions" {
      object {
        choice "match" { "any_http_header_name", "any_http_header_value", "any_query_string_name",
          "any_query_string_value", "any_url", "body_form_field_name", "body_form_field_value", "file_extension",
          "raw_body", "specific_body_form_field_name", "specific_http_header_name", "specific_query_string_name",
          "specific_body_form_field_value", "specific_http_header_value", "specific_query_string_value",
          required = true },
        text "name" { when = on_name, required = true, length = { 1 } },
        text "value" { when = on_value, required = true, length = { 1 } },
      },
      required = true, length = { 1 },
    },
    choice "operator" { "regex", "contains", default = "contains" },
    boolean "active" { default = true },
  },
  stamps = { "last_editor", "last_modified", "created_at" },
}
