local schema = require "azion.api.schema"
local resource, text, integer, boolean, choice, list, object, reference, one_of, case =
  schema.resource, schema.text, schema.integer, schema.boolean, schema.choice, schema.list, schema.object,
  schema.reference, schema.one_of, schema.case

return resource "firewall_rules" {
  item = "firewall rule",
  about = "A new rule is the last one; `firewall_rules:order { id, id, … }` takes the ids of all in their order.",
  path = "/workspace/firewalls/{firewalls}/request_rules",
  created_in_order = true,
  ordered_by = "order",
  ordered_by_call = "order",
  methods = {
    order = {
      verb = "PUT",
      path = "/workspace/firewalls/{firewalls}/request_rules/order",
      about = "Orders the rules. Returns a page of them.",
      takes = "ids",
      returns = "page",
    },
  },
  lists = {
    order_by = { "id", "name", "description", "last_editor", "last_modified", "order" },
    search = { "name", "last_editor" },
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
          choice "variable" { "${header_accept}", "${header_accept_encoding}", "${header_accept_language}",
            "${header_cookie}", "${header_origin}", "${header_referer}", "${header_user_agent}", "${host}",
            "${network}", "${request_args}", "${request_method}", "${request_uri}", "${scheme}",
            "${ssl_verification_status}", "${client_certificate_validation}", required = true },
          choice "operator" { required = true },
          one_of "argument" {
            case { "is_equal", "is_not_equal", "starts_with", "does_not_start_with", "matches", "does_not_match",
              is = text { also = "integer", nullable = true, default = "" } },
            case { "is_in_list", "is_not_in_list", is = reference { to = "network_lists", required = true } },
            case { "exists", "does_not_exist" },
            by = "operator", nullable = true, blank = true,
          },
        },
        length = { 1, 10 },
      },
      required = true, length = { 1, 5 }, about = "groups of conditions",
    },
    list "behaviors" {
      object {
        choice "type" { required = true },
        one_of "attributes" {
          case { "deny", "drop" },
          case { "run_function", is = object {
            reference "value" { to = "firewall_function_instances", required = true },
            required = true,
          } },
          case { "set_waf", is = object {
            reference "waf_id" { to = "wafs", required = true },
            choice "mode" { "logging", "blocking", required = true },
            required = true,
          } },
          case { "set_rate_limit", is = object {
            choice "type" { "second", "minute", default = "second" },
            choice "limit_by" { "client_ip", "global", required = true },
            integer "average_rate_limit" { required = true, range = { 1 } },
            integer "maximum_burst_size" { nullable = true, when = { type = "second" } },
            required = true,
          } },
          case { "set_custom_response", is = object {
            integer "status_code" { required = true, range = { 200, 499 } },
            text "content_type" { length = { 0, 255 } },
            text "content_body" { length = { 0, 500 } },
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
