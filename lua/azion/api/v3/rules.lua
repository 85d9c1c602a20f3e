local schema = require "azion.api.schema"
local resource, text, integer, boolean, choice, list, object, reference, one_of, case =
  schema.resource, schema.text, schema.integer, schema.boolean, schema.choice, schema.list, schema.object,
  schema.reference, schema.one_of, schema.case

local compared = { operator = { "is_equal", "is_not_equal", "starts_with", "does_not_start_with", "matches",
  "does_not_match" } }

-- Ids are kept as the text of their digits.
local function id_of(name)
  return reference { to = name, as = "text", required = true }
end

return resource "rules" {
  item = "rule",
  about = [[The default rule, of phase `default`, is in the list of the request phase; it cannot be created or deleted.
Targets are ids of other resources or texts, as the behavior wants it: `set_origin` takes the `origin_id`.]],
  permission = "View / Edit Edge Application",
  path = "/edge_applications/{edge_applications}/rules_engine/{phase}/rules",
  phases = { "request", "response" },
  comes_with_parent = { "Default Rule", phase = "request" },
  kept_by_api = { phase = "default" },
  created_in_order = true,
  ordered_by = "order",
  lists = { filters = { "filter" } },
  columns = { "id", "order", "name", "is_active" },
  fields = {
    integer "id" { read_only = true },
    text "name" { required = true, length = { 1, 255 }, unique = true },
    text "description" { length = { 0, 1000 }, nullable = true, blank = true, default = "" },
    integer "order" { range = { 1, 10000 }, about = "default: after the last" },
    boolean "is_active" { default = true },
    list "criteria" {
      list {
        object {
          text "variable" { required = true, length = { 1 }, about = "`${uri}`, `${host}`, …" },
          choice "operator" { "is_equal", "is_not_equal", "starts_with", "does_not_start_with", "matches",
            "does_not_match", "exists", "does_not_exist", required = true },
          choice "conditional" { "if", "and", "or", required = true, about = 'of the first of a group "if"' },
          text "input_value" { when = compared, required = true, about = "not with exists and does_not_exist" },
        },
        length = { 1 },
      },
      required = true, length = { 1 }, about = "groups of conditions",
    },
    list "behaviors" {
      object {
        choice "name" { required = true, open = true },
        one_of "target" {
          case { "bypass_cache_phase", "deliver", "deny", "enable_gzip", "finish_request_phase", "forward_cookies",
            "no_content", "optimize_images", "redirect_http_to_https" },
          case { "redirect_to_301", "redirect_to_302", "rewrite_request", "set_host_header", "add_request_header",
            "filter_request_header", "add_request_cookie", "filter_request_cookie", "add_response_header",
            "filter_response_header", "set_cookie", "filter_response_cookie",
            is = text { required = true, length = { 1 }, also = "integer" } },
          case { "set_origin", is = id_of "origins" },
          case { "set_cache_policy", is = id_of "cache_settings" },
          case { "run_function", is = id_of "functions_instances" },
          case { "capture_match_groups", is = object {
            text "captured_array" { required = true },
            text "subject" { required = true },
            text "regex" { required = true },
            required = true,
          } },
          by = "name", nullable = true, blank = true,
          about = "an id of what the behavior sets, a text, or nothing",
        },
      },
      required = true, length = { 1 },
    },
    choice "phase" { "request", "response", "default", read_only = true,
      about = "the default rule is among those of the request" },
  },
}
