local schema = require "azion.api.schema"
local resource, text, integer, boolean, choice, list, object, reference, one_of, case =
  schema.resource, schema.text, schema.integer, schema.boolean, schema.choice, schema.list, schema.object,
  schema.reference, schema.one_of, schema.case

local function value_of(field)
  return object { field, required = true }
end

local function up_to(characters)
  return value_of(text "value" { required = true, length = { 1, characters } })
end

local function id_of(name)
  return value_of(reference "value" { to = name, required = true })
end

local argument = one_of "argument" {
  case { "is_equal", "is_not_equal", "starts_with", "does_not_start_with", "matches", "does_not_match",
    is = text { also = "integer", nullable = true, default = "" } },
  case { "is_in_list", "is_not_in_list", is = reference { to = "network_lists", required = true } },
  case { "exists", "does_not_exist" },
  by = "operator", nullable = true, blank = true,
}

return resource "rules" {
  item = "rule",
  about = [[A new rule is the last of its phase; `rules:order { id, id, … }` takes the ids of all in the order in which
they are to be evaluated. The "Default Rule" of the request phase can be neither created nor deleted. `run_function`
takes the id of a function instance.]],
  path = "/workspace/applications/{applications}/{phase}_rules",
  phases = { "request", "response" },
  comes_with_parent = { "Default Rule", phase = "request" },
  created_in_order = true,
  ordered_by = "order",
  ordered_by_call = "order",
  methods = {
    order = {
      verb = "PUT",
      path = "/workspace/applications/{applications}/{phase}_rules/order",
      about = "Orders the rules of a phase. Returns a page of them.",
      takes = "ids",
      returns = "page",
    },
  },
  lists = {
    order_by = { "id", "name", "description", "last_editor", "last_modified", "order" },
    search = { "name" },
    filters = { "id", "name", "description", "last_editor", "order__gte", "order__lte", "last_modified__gte",
      "last_modified__lte" },
  },
  columns = { "id", "order", "name", "active" },
  fields = {
    integer "id" { read_only = true },
    text "name" { required = true, length = { 1, 250 }, unique = true },
    boolean "active" { default = true },
    text "description" { length = { 0, 1000 }, default = "", blank = true },
    list "criteria" {
      list {
        object {
          choice "conditional" { "if", "and", "or", required = true, about = 'of the first of a group "if"' },
          text "variable" { required = true, length = { 1 }, about = "`${uri}`, `${host}`, `${http_<name>}`, …" },
          choice "operator" { required = true },
          argument,
        },
        length = { 1, 10 },
      },
      required = true, length = { 1, 5 }, about = "groups of conditions",
    },
    list "behaviors" {
      object {
        choice "type" { required = true },
        one_of "attributes" {
          case { "deliver", "enable_gzip" },
          case { "deny", "no_content", "finish_request_phase", "forward_cookies", "optimize_images", "bypass_cache",
            "redirect_http_to_https", phase = "request" },
          case { "redirect_to_301", "redirect_to_302", is = up_to(2000) },
          case { "add_request_header", is = up_to(2000), phase = "request" },
          case { "rewrite_request", "filter_request_header", "add_request_cookie", "filter_request_cookie",
            is = up_to(255), phase = "request" },
          case { "add_response_header", "filter_response_header", "set_cookie", "filter_response_cookie",
            is = up_to(2000), phase = "response" },
          case { "set_connector", is = id_of "connectors", phase = "request" },
          case { "set_cache_policy", is = id_of "cache_settings", phase = "request" },
          case { "run_function", is = id_of "function_instances" },
          case { "set_origin", phase = "request", is = value_of(reference "value" {
            outside = "origins of an account that has not moved", required = true,
          }) },
          case { "capture_match_groups", is = object {
            text "subject" { required = true, length = { 4, 50 } },
            text "regex" { required = true, length = { 1, 255 } },
            text "captured_array" { required = true, length = { 1, 10 } },
            required = true,
          } },
          by = "type", nullable = true, blank = true,
        },
      },
      required = true, length = { 1, 10 },
    },
    integer "order" { read_only = true, range = { 0, 199 } },
  },
  stamps = { "last_editor", "last_modified", "created_at" },
}
