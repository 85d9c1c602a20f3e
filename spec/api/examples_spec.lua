-- Bodies and replies as the API's own pages show them: each holds before the description, and a wrong one does not.
local check = require("azion.api.check")
local core = require("azion.core")

local null = core.null
local versions = { v3 = require("azion.api.v3.resources"), v4 = require("azion.api.v4.resources") }

local function problems_of(version, name, given, method)
  local resource = versions[version].by_name[name]
  local found = {}
  local _, problems = check.body(method and resource.methods[method] or resource, given, "create",
    { whole = true, strict = true })
  for _, problem in ipairs(problems or {}) do
    found[#found + 1] = problem.at .. ": " .. problem.rule
  end
  return found
end

local uri = { { { variable = "${uri}", operator = "starts_with", conditional = "if", input_value = "/api" } } }
local uri_v4 = { { { variable = "${uri}", operator = "starts_with", conditional = "if", argument = "/api" } } }

local connection_options = { dns_resolution = "both", transport_policy = "preserve", http_version_policy = "http1_1",
  host = "${host}", path_prefix = "", following_redirect = false, real_ip_header = "X-Real-IP",
  real_port_header = "X-Real-PORT" }

local examples = {
  v3 = {
    { "origins", "a reply", { origin_id = 92779, origin_key = "176fa5e2-a895-4862-9657-e2e37d9125a7", name = "one",
      origin_type = "single_origin",
      addresses = { { address = "httpbin.org", weight = null, server_role = "primary", is_active = true } },
      origin_protocol_policy = "http", is_origin_redirection_enabled = false, host_header = "shop.example", method = "",
      origin_path = "/requests", connection_timeout = 60, timeout_between_bytes = 120, hmac_authentication = false,
      hmac_region_name = "", hmac_access_key = "", hmac_secret_key = "" } },
    { "origins", "the least", { name = "one", addresses = { { address = "httpbin.org" } }, host_header = "h" } },
    { "origins", "a load balancer", { name = "Default Origin (RR3)", origin_type = "load_balancer", addresses = {
      { address = "example.com", weight = 3, server_role = "primary", is_active = true },
      { address = "example.org", weight = 1, server_role = "backup", is_active = false },
    }, host_header = "${host}", method = "round_robin" } },
    { "origins", "object storage", { name = "New Origin", origin_type = "object_storage", bucket = "my-bucket",
      prefix = "/test" } },
    { "origins", "live ingest", { name = "New Origin", origin_type = "live_ingest",
      streaming_endpoint = "br-east-1.azioningest.net" } },
    { "edge_applications", "ports as a list", { name = "shop", http_port = { 80, 8080 }, https_port = { 443 } } },
    { "edge_applications", "a port alone, and what comes with it", { name = "shop", http_port = 8008,
      address = "pages.example.net", origin_type = "single_origin", browser_cache_settings = "honor",
      websocket = null } },
    { "cache_settings", "lists of nothing", { name = "c", query_string_fields = { "" }, cookie_names = null,
      device_group = {}, slice_configuration_range = 1024, l2_region = null } },
    { "cache_settings", "a whitelist", { name = "c", cache_by_cookies = "whitelist", cookie_names = { "session" } } },
    { "rules", "targets of each kind", { name = "r", criteria = uri, order = 1, behaviors = {
      { name = "set_origin", target = "88144" }, { name = "set_cache_policy", target = 117000 }, { name = "deliver" },
      { name = "forward_cookies", target = null }, { name = "redirect_to_301", target = "https://www.example.com" },
      { name = "capture_match_groups", target = { captured_array = "c", subject = "${uri}", regex = "(.*)" } },
      { name = "something_new", target = "x" },
    } } },
    { "rules", "a criterion without a value", { name = "r", behaviors = { { name = "deny" } }, criteria = {
      { { variable = "${cookie_x}", operator = "exists", conditional = "if" } } } } },
    { "domains", "the first certificate", { name = "d", cnames = {}, edge_application_id = 1618339282,
      digital_certificate_id = "lets_encrypt", cname_access_only = false } },
    { "domains", "a number as text", { name = "d", cnames = { "www.example.com" }, edge_application_id = 1,
      digital_certificate_id = "37", crl_list = { 1 }, environment = "staging", edge_firewall_id = null } },
    { "functions_instances", "objects in a list", { name = "i", edge_function_id = 5, args = { { a = 1 } } } },
    { "error_responses", "a page", { error_responses = { { code = "any" }, { code = "503", uri = "/503.html",
      custom_status_code = 200, timeout = 5 } } } },
    { "digital_certificates", "an upload", { name = "c", certificate = "-----BEGIN CERTIFICATE-----\n",
      private_key = "-----BEGIN PRIVATE KEY-----\n" } },
    { "digital_certificates", "a request for one", { name = "c", common_name = "shop.example.com", country = "BR",
      private_key_type = "rsa_2048", sans = { "www.shop.example.com" } }, "create_csr" },
    { "device_groups", "one", { name = "phones", user_agent = "(Mobile|iP(hone|od))" } },
    { "personal_tokens", "one", { name = "ci", expires_at = "2023-07-26T00:00" } },
    { "variables", "one", { key = "A", value = "b", secret = true } },
  },
  v4 = {
    { "applications", "a reply", { id = 1708532389, name = "My App", last_editor = "user@example.com",
      last_modified = "2025-08-14T18:12:20.161667Z", modules = { cache = { enabled = true },
        functions = { enabled = true }, application_accelerator = { enabled = false },
        image_processor = { enabled = false } }, active = true, debug = false, product_version = "1.0" } },
    { "cache_settings", "much", { name = "c", browser_cache = { behavior = "no-cache", max_age = 0 }, modules = {
      cache = { behavior = "override", max_age = 60, tiered_cache = { enabled = true, topology = "br-east-1" },
        large_file_cache = { enabled = true, offset = 1024 } },
      application_accelerator = { cache_vary_by_method = { "post" },
        cache_vary_by_querystring = { behavior = "allowlist", fields = { "page" } },
        cache_vary_by_cookies = { behavior = "ignore", cookie_names = {} },
        cache_vary_by_devices = { behavior = "allowlist", device_group = { 5 } } } } } },
    { "rules", "the guide's", { name = "api", criteria = uri_v4, active = true, description = "", behaviors = {
      { type = "set_connector", attributes = { value = 4321 } },
      { type = "set_cache_policy", attributes = { value = 9 } },
    } } },
    { "rules", "other arguments", { name = "api", behaviors = { { type = "deliver" },
      { type = "add_response_header", attributes = { value = "A: b" } },
      { type = "capture_match_groups", attributes = { subject = "${uri}", regex = ".", captured_array = "c" } } },
      criteria = { { { variable = "${remote_addr}", operator = "is_in_list", conditional = "if", argument = 7 },
        { variable = "${arg_x}", operator = "does_not_exist", conditional = "and" } } } } },
    { "connectors", "the least", { name = "o", type = "http",
      attributes = { addresses = { { address = "httpbin.org" } } } } },
    { "connectors", "a reply", { id = 4321, name = "httpbin", active = true, product_version = "1.0", type = "http",
      attributes = {
        addresses = { { active = true, address = "httpbin.org", http_port = 80, https_port = 443, modules = null } },
        connection_options = connection_options,
        modules = { load_balancer = { enabled = false, config = null },
          origin_shield = { enabled = false, config = null } } } } },
    { "connectors", "balanced and signed", { name = "o", type = "http", attributes = {
      addresses = { { address = "a.example", modules = { load_balancer = { server_role = "backup", weight = 3 } } } },
      modules = { load_balancer = { enabled = true, config = { method = "least_conn", max_retries = 0 } },
        origin_shield = { enabled = true, config = { origin_ip_acl = { enabled = true }, hmac = { enabled = true,
          config = { type = "aws4_hmac_sha256",
            attributes = { region = "r", access_key = "a", secret_key = "s" } } } } } } } } },
    { "connectors", "storage", { name = "o", type = "storage", attributes = { bucket = "my-bucket" } } },
    { "connectors", "live ingest", { name = "o", type = "live_ingest", attributes = { region = "br-east-1" } } },
    { "workloads", "whole", { name = "w", infrastructure = 2, domains = {}, workload_domain_allow_access = true,
      tls = { certificate = null, ciphers = 7, minimum_version = "" },
      protocols = { http = { versions = { "http1" }, http_ports = { 80 }, https_ports = null, quic_ports = null } },
      mtls = { enabled = true, config = { certificate = 5, crl = { 6 }, verification = "enforce" } } } },
    { "deployments", "the guide's", { name = "Production", strategy = { type = "default",
      attributes = { application = 1708532389, firewall = null, custom_page = null } } } },
    { "certificates", "one asked for", { name = "c", challenge = "http", authority = "lets_encrypt",
      common_name = "*.example.com", alternative_names = { "example.com" }, key_algorithm = "ecc_384" }, "request" },
    { "custom_pages", "two", { name = "p", pages = {
      { code = "default", page = { type = "page_connector", attributes = { connector = 5 } } },
      { code = "404", page = { attributes = { connector = 5, ttl = 10, uri = "/404", custom_status_code = 200 } } },
    } } },
    { "firewall_rules", "each behavior", { name = "r", behaviors = { { type = "drop" },
      { type = "set_waf", attributes = { waf_id = 5, mode = "blocking" } }, { type = "run_function",
        attributes = { value = 5 } }, { type = "set_rate_limit", attributes = { type = "second",
        limit_by = "client_ip", average_rate_limit = 5, maximum_burst_size = 7 } },
      { type = "set_custom_response", attributes = { status_code = 403, content_body = "no" } } },
      criteria = { { { variable = "${network}", operator = "is_in_list", conditional = "if", argument = 5 } } } } },
    { "wafs", "sensitive", { name = "w", engine_settings = { attributes = { rulesets = { 1 },
      thresholds = { { threat = "sql_injection", sensitivity = "highest" } } } } } },
    { "waf_exceptions", "conditions", { name = "e", rule_id = 1000, conditions = { { match = "any_url" },
      { match = "specific_http_header_name", name = "A" }, { match = "specific_http_header_value", value = "b" } } } },
    { "network_lists", "addresses", { name = "n", type = "ip_cidr",
      items = { "10.0.0.0/8", "192.0.2.1 --LT2029-03-27T17:38:47Z" } } },
    { "dns_records", "a reply", { id = 1, description = "policy weight 50", name = "lbexample", ttl = 20, type = "A",
      rdata = { "192.111.0.1", "192.111.0.2" }, policy = "weighted", weight = 50 } },
    { "dns_zones", "one", { name = "z", domain = "example.com", active = true } },
    { "dnssec", "on", { enabled = true } },
    { "buckets", "one", { name = "my-bucket", workloads_access = "read_only" } },
    { "functions", "one", { name = "f", code = "x", default_args = {}, azion_form = {} } },
  },
}

for version, rows in pairs(examples) do
  describe("an example of " .. version, function()
    local covered = {}

    for _, row in ipairs(rows) do
      covered[row[1]] = true
      it(("passes: %s, %s"):format(row[1], row[2]), function()
        assert.same({}, problems_of(version, row[1], row[3], row[4]))
      end)
    end

    it("is there for what has fields of its own", function()
      assert.is_true(#rows >= 18)
      for _, name in ipairs(version == "v3" and { "origins", "rules" } or { "connectors", "rules", "workloads" }) do
        assert.is_true(covered[name])
      end
    end)
  end)
end

describe("what the API refuses", function()
  for _, row in ipairs({
    { "v3", "origins", { name = "x" }, "addresses: required" },
    { "v3", "origins", { name = "x", addresses = {} }, "addresses: length" },
    { "v3", "origins", { name = "x", origin_type = "load_balancer", addresses = { { address = "a", weight = 0 } } },
      "addresses.1.weight: range" },
    { "v3", "origins", { name = "x", origin_type = "object_storage", bucket = "b", host_header = "h" },
      "host_header: variant" },
    { "v3", "origins", { name = "x", origin_type = "live_ingest" }, "streaming_endpoint: required" },
    { "v3", "origins", { name = "x", origin_type = "cloud", addresses = { { address = "a" } } },
      "addresses: variant", "origin_type: choice" },
    { "v3", "rules", { name = "r", criteria = uri, behaviors = { { name = "set_origin" } } },
      "behaviors.1.target: required" },
    { "v3", "rules", { name = "r", criteria = uri, behaviors = { { name = "deny", target = "x" } } },
      "behaviors.1.target: variant" },
    { "v3", "rules", { name = "r", behaviors = { { name = "deny" } }, criteria = {
      { { variable = "${uri}", operator = "matches", conditional = "if" } } } }, "criteria.1.1.input_value: required" },
    { "v3", "cache_settings", { name = "c", cache_by_query_string = "whitelist", query_string_fields = { "" } },
      "query_string_fields: required" },
    { "v3", "domains", { name = ("d"):rep(101) }, "edge_application_id: required", "name: length" },
    { "v4", "cache_settings", { name = "c", modules = { application_accelerator = { cache_vary_by_devices = {
      behavior = "allowlist" }, cache_vary_by_cookies = { behavior = "denylist", cookie_names = {} },
      cache_vary_by_querystring = { behavior = "all", fields = { "x" } } } } },
      "modules.application_accelerator.cache_vary_by_cookies.cookie_names: required",
      "modules.application_accelerator.cache_vary_by_devices.device_group: required",
      "modules.application_accelerator.cache_vary_by_querystring.fields: variant" },
    { "v4", "connectors", { name = "o", type = "http", attributes = { bucket = "my-bucket" } },
      "attributes.addresses: required", "attributes.bucket: unknown" },
    { "v4", "connectors", { name = "o", type = "http", attributes = { addresses = { { address = "a", http_port = 0 } },
      connection_options = { host = "" } } }, "attributes.addresses.1.http_port: range",
      "attributes.connection_options.host: length" },
    { "v4", "connectors", { name = "o", type = "storage", attributes = { bucket = "b", prefix = "" } },
      "attributes.prefix: length" },
    { "v4", "rules", { name = "r", criteria = uri_v4, behaviors = { { type = "set_connector",
      attributes = { value = "4321" } } } }, "behaviors.1.attributes.value: kind" },
    { "v4", "rules", { name = "r", criteria = uri_v4, behaviors = { { type = "rewrite_request",
      attributes = { value = ("x"):rep(256) } } } }, "behaviors.1.attributes.value: length" },
    { "v4", "waf_exceptions", { name = "e", conditions = { { match = "any_url", name = "A" },
      { match = "specific_http_header_name" } } }, "conditions.1.name: variant", "conditions.2.name: required" },
    { "v4", "deployments", { name = "p", strategy = { attributes = {} } },
      "strategy.attributes.application: required" },
    { "v4", "dns_zones", { name = "z", domain = "example.com" }, "active: required" },
    { "v4", "buckets", { name = "short", workloads_access = "all" }, "name: length", "workloads_access: choice" },
  }) do
    it(("of %s, %s: %s"):format(row[1], row[2], table.concat(row, " and ", 4)), function()
      local wanted = { (unpack or table.unpack)(row, 4) } -- luacheck: ignore 143
      assert.same(wanted, problems_of(row[1], row[2], row[3]))
    end)
  end
end)
