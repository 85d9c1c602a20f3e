-- examples/move_to_v4.lua: an application of version 3 on the stand-in, and what it becomes made in version 4 of the same.
-- #seconds 8
local azion = require("azion")
local child = require("spec.support.child")
local core = require("azion.core")

local application = 1618339282
local pem = "-----BEGIN %s-----\nYQ==\n-----END %s-----\n"
local everything = { { { variable = "${uri}", operator = "starts_with", conditional = "if", input_value = "/" } } }

local function by_name(list)
  local found = {}
  for _, item in ipairs(list or {}) do
    assert.is_nil(found[item.name])
    found[item.name] = item
  end
  return found
end

describe("the move to version 4", function()
  local sandbox, older, newer

  setup(function()
    sandbox = assert(azion.sandbox.start({ seed = { edge_applications = 2, origins = 9, cache_settings = 3, rules = 2,
      response_rules = 1, device_groups = 1, functions_instances = 1, domains = 0, digital_certificates = 0 },
      faults = { { method = "GET", path = "/edge_functions/5001", status = 200,
        body = '{"results":{"id":5001,"name":"hello","language":"javascript","code":"x","active":true,'
          .. '"json_args":{"a":1},"initiator_type":"edge_application"}}' } } }))
    older = assert(sandbox:client())
    newer = assert(azion.v4.client({ token = sandbox.token, ca_file = sandbox.ca_file,
      base_url = sandbox.base_url .. "/v4" }))
    assert(older:edge_applications():update(application, { name = "shop", delivery_protocol = "http,https",
      http3 = true, raw_logs = true, application_acceleration = true, supported_ciphers = "TLSv1.2_2021",
      https_port = { 443, 8443 }, minimum_tls_version = "tls_1_2" }))
    local origins = older:origins(application)
    local pages = assert(origins:create({ name = "pages", origin_protocol_policy = "https", host_header = "",
      is_origin_redirection_enabled = true, addresses = { { address = "pages.example.net:8443" } } }))
    local group = assert(older:device_groups(application):all())[1]
    local setting = assert(older:cache_settings(application):create({ name = "images",
      browser_cache_settings = "ignore", cdn_cache_settings = "override", cdn_cache_settings_maximum_ttl = 30,
      cache_by_query_string = "blacklist", query_string_fields = { "utm" }, cache_by_cookies = "all",
      adaptive_delivery_action = "whitelist", device_group = { group.id }, enable_caching_for_post = true,
      l2_caching_enabled = true, l2_region = "sa-brazil", enable_stale_cache = true }))
    local instance = assert(older:functions_instances(application):all())[1]
    local rules = older:rules(application, "request")
    assert(rules:create({ name = "to pages", criteria = everything, behaviors = {
      { name = "set_origin", target = pages.origin_id }, { name = "set_cache_policy", target = setting.id },
      { name = "run_function", target = instance.id }, { name = "bypass_cache_phase" },
      { name = "add_request_header", target = "X-A: b" } } }))
    assert(rules:create({ name = "host only", criteria = everything,
      behaviors = { { name = "set_host_header", target = "h.example" } } }))
    assert(older:error_responses(application):update(assert(older:error_responses(application):all())[1], {
      origin_id = pages.origin_id, error_responses = { { code = "any" },
        { code = "404", uri = "/404.html", custom_status_code = "200", timeout = 5 } } }))
    local certificate = assert(older:digital_certificates():create({ name = "shop certificate",
      certificate = pem:format("CERTIFICATE", "CERTIFICATE"), private_key = pem:format("PRIVATE KEY", "PRIVATE KEY") }))
    assert(older:domains():create({ name = "shop", cnames = { "shop.example.com" }, edge_application_id = application,
      digital_certificate_id = certificate.id, is_active = true, cname_access_only = true,
      environment = "preview", edge_firewall_id = 4711 }))
    assert(older:domains():create({ name = "other", edge_application_id = application + 1, is_active = true }))
  end)

  teardown(function()
    older:close()
    newer:close()
    sandbox:stop()
  end)

  local function run(...)
    local line = { "examples/move_to_v4.lua", "--application", tostring(application), ... }
    local before = #sandbox:journal()
    local status, output, errors = child.run(line, { environment = { AZION_TOKEN = sandbox.token,
      AZION_BASE_URL = sandbox.base_url, AZION_CA_FILE = sandbox.ca_file } })
    assert.equal("", errors)
    assert.equal(0, status)
    local journal = sandbox:journal()
    assert.is_true(#journal > before)
    for position = before + 1, #journal do
      assert.equal("GET", journal[position].method)
      assert.is_nil(journal[position].path:find("^/v4"))
    end
    return output
  end

  local function apply()
    return child.run({ "examples/move_to_v4.lua", "--application", tostring(application), "--apply" }, {
      environment = { AZION_TOKEN = sandbox.token, AZION_BASE_URL = sandbox.base_url, AZION_CA_FILE = sandbox.ca_file,
        AZION_V4_BASE_URL = sandbox.base_url .. "/v4" } })
  end

  local function load_document(text)
    local given = false
    local chunk = assert(load(function()
      local part = not given and "local null = ...\n" .. text or nil
      given = true
      return part
    end))
    return chunk(azion.null)
  end

  local function losses_of(...)
    local found = {}
    for _, loss in ipairs(core.decode(run("--json", ...)).lost) do
      found[loss.place .. ": " .. loss.field] = loss.why
    end
    return found
  end

  it("explains itself, and runs on a sandbox of its own", function()
    local status, output, errors = child.run({ "examples/move_to_v4.lua", "--sandbox" },
      { environment = { AZION_TOKEN = false } })
    assert.equal("", errors)
    assert.equal(0, status)
    assert.equal(6, #load_document(output).connectors)
    status, output, errors = child.run({ "examples/move_to_v4.lua", "--sandbox", "--apply" },
      { environment = { AZION_TOKEN = false } })
    assert.same({ "", 0 }, { errors, status })
    assert.matches('+ connectors "application-001: origin-001"\n', output, 1, true)
    assert.matches("%-%-application", (select(2, child.run({ "examples/move_to_v4.lua", "--help" }))))
  end)

  it("says the same in Lua and in JSON, and of each loss what and why", function()
    local text = run()
    local decoded = core.decode(run("--json"))
    assert.same(decoded.document.connectors, load_document(text).connectors)
    assert.same(decoded.document.applications, load_document(text).applications)
    assert.is_truthy(text:find("\n-- rules.request.host only: behaviors: ", 1, true))
    local count = 0
    for _, loss in ipairs(decoded.lost) do
      count = count + 1
      assert.is_truthy(text:find(("%s: %s\n"):format(loss.field, loss.why), 1, true), loss.field)
    end
    assert.equal(count, select(2, ("\n" .. text):gsub("\n%-%- ", "")))
  end)

  it("tells what could not be carried over", function()
    local found, expected = losses_of(), { "applications.shop: raw_logs", "certificates.shop certificate: private_key",
      "connectors.shop: origin-002: hmac_access_key, hmac_secret_key",
      "connectors.shop: origin-002: hmac_authentication", "rules.request.host only: behaviors",
      "workloads.shop: domain_name", "workloads.shop: edge_firewall_id" }
    for _, name in ipairs(expected) do
      assert.is_string(found[name], name)
      found[name] = nil
    end
    assert.same({}, found)
  end)

  it("writes no secret down unless it is asked to", function()
    local origin = assert(older:origins(application):find("origin-002"))
    for _, text in ipairs({ run(), run("--json") }) do
      assert.is_nil(text:find(origin.hmac_access_key, 1, true))
      assert.is_nil(text:find(origin.hmac_secret_key, 1, true))
      assert.is_nil(text:find("PRIVATE KEY", 1, true))
      assert.is_nil(text:find(sandbox.token, 1, true))
    end
    assert.is_truthy(run("--with-keys"):find(origin.hmac_secret_key, 1, true))
    assert.is_nil(losses_of("--with-keys")["connectors.shop: origin-002: hmac_access_key, hmac_secret_key"])
  end)

  it("makes one connector of equal origins when it is asked to", function()
    local origin = assert(older:origins(application):create({ name = "again", addresses = {
      { address = "backend-2.example.net" } } }))
    assert.is_truthy(by_name(load_document(run()).connectors)["shop: again"])
    local joined = load_document(run("--join"))
    assert.is_nil(by_name(joined.connectors)["shop: again"])
    assert(older:origins(application):delete(origin))
  end)

  it("translates what each thing was", function()
    local document = load_document(run())
    local connectors = by_name(document.connectors)
    assert.equal(10, #document.connectors)
    assert.same({ name = "shop: pages", type = "http", attributes = {
      addresses = { { address = "pages.example.net", https_port = 8443, active = true } },
      connection_options = { transport_policy = "force_https", host = "pages.example.net", path_prefix = "",
        following_redirect = true } } }, connectors["shop: pages"])
    assert.equal(8080, connectors["shop: origin-006"].attributes.addresses[1].http_port)
    assert.equal("storage", connectors["shop: origin-007"].type)
    local balanced = connectors["shop: origin-004"].attributes
    assert.same({ enabled = true, config = { method = "round_robin", connection_timeout = 60,
      read_write_timeout = 120 } }, balanced.modules.load_balancer)
    assert.same({ server_role = "backup", weight = 1 }, balanced.addresses[3].modules.load_balancer)
    assert.is_false(balanced.addresses[3].active)
    local made = document.applications[1]
    assert.same({ name = "images", browser_cache = { behavior = "no-cache", max_age = 0 }, modules = {
      cache = { behavior = "override", max_age = 30, stale_cache = { enabled = true },
        tiered_cache = { enabled = true, topology = "br-east-1" } },
      application_accelerator = { cache_vary_by_method = { "post" },
        cache_vary_by_querystring = { behavior = "denylist", fields = { "utm" }, sort_enabled = false },
        cache_vary_by_cookies = { behavior = "all" },
        cache_vary_by_devices = { behavior = "allowlist", device_group = { "group001" } } } } },
      by_name(made.cache_settings).images)
    local request = by_name(made.rules.request)
    assert.equal("Default Rule", made.rules.request[1].name)
    assert.is_nil(request["host only"])
    assert.same({ { type = "set_connector", attributes = { value = "shop: pages" } },
      { type = "set_cache_policy", attributes = { value = "images" } },
      { type = "run_function", attributes = { value = "instance-001" } }, { type = "bypass_cache" },
      { type = "add_request_header", attributes = { value = "X-A: b" } } }, request["to pages"].behaviors)
    assert.same({ { name = "hello", code = "x", active = true, default_args = { a = 1 },
      execution_environment = "application" } }, document.functions)
    assert.equal("hello", made.function_instances[1]["function"])
    assert.same({ { name = "shop", pages = { { code = "404", page = { type = "page_connector", attributes = {
      connector = "shop: pages", uri = "/404.html", ttl = 5, custom_status_code = 200 } } } } } },
      document.custom_pages)
    assert.same({ { name = "shop", active = true, domains = { "shop.example.com" }, infrastructure = 2,
      workload_domain_allow_access = false,
      tls = { certificate = "shop certificate", minimum_version = "tls_1_2", ciphers = 4 },
      protocols = { http = { versions = { "http1", "http2", "http3" }, http_ports = { 80 },
        https_ports = { 443, 8443 }, quic_ports = { 443 } } },
      deployments = { { name = "shop", strategy = { type = "default", attributes = { application = "shop",
        custom_page = "shop" } } } } } }, document.workloads)
  end)

  it("gives a document that version 4 takes, once what was told is added", function()
    assert(newer:buckets():create({ name = "bucket-7", workloads_access = "read_only" }))
    local document = load_document(run())
    local refused, err = newer:plan(document)
    assert.is_nil(refused)
    assert.equal("invalid", err.kind)
    local keys = by_name(document.connectors)["shop: origin-002"].attributes.modules.origin_shield.config.hmac.config
    keys.attributes.access_key, keys.attributes.secret_key = "access-4f1d9a", "secret-77be02"
    document.certificates[1].private_key = pem:format("PRIVATE KEY", "PRIVATE KEY")
    local plan = assert(newer:plan(document))
    local report = assert(plan:apply())
    assert.is_true(report.ok, report.failed[1] and tostring(report.failed[1].err))
    assert.is_true(assert(newer:plan(document)).empty)
    local app = assert(newer:applications():find("shop"))
    local deployment = assert(newer:deployments(assert(newer:workloads():find("shop"))):find("shop"))
    assert.equal(app.id, deployment.strategy.attributes.application)
    assert.equal(assert(newer:custom_pages():find("shop")).id, deployment.strategy.attributes.custom_page)
    assert.equal(assert(newer:connectors():find("shop: pages")).id,
      assert(newer:rules(app, "request"):find("to pages")).behaviors[1].attributes.value)
  end)

  it("makes the items itself where it is asked to, and says what is missing where it cannot", function()
    for _, name in ipairs({ "workloads", "applications", "custom_pages", "connectors", "certificates" }) do
      for _, item in ipairs(assert(newer[name](newer):all())) do
        assert(newer[name](newer):delete(item))
      end
    end
    local status, _, errors = apply()
    assert.equal(1, status)
    assert.matches("create of certificates shop certificate: [^\n]*The private_key field is required%.\n", errors)
    assert.matches("\nexamples/move_to_v4.lua: failed: 1, skipped: 2; run it again\n$", errors)
    assert(newer:certificates():create({ name = "shop certificate", certificate = pem:format("CERTIFICATE",
      "CERTIFICATE"), private_key = pem:format("PRIVATE KEY", "PRIVATE KEY") }))
    local output
    status, output, errors = apply()
    assert.same({ "", 0 }, { errors, status })
    local origin = assert(older:origins(application):find("origin-002"))
    for _, secret in ipairs({ origin.hmac_access_key, origin.hmac_secret_key, "PRIVATE KEY", sandbox.token }) do
      assert.is_nil(output:find(secret, 1, true))
    end
    assert.matches("\n%-%- workloads.shop: edge_firewall_id: ", output)
    assert.equal(origin.hmac_secret_key, assert(newer:connectors():find("shop: origin-002")).attributes.modules
      .origin_shield.config.hmac.config.attributes.secret_key)
    status, output = apply()
    assert.equal(0, status)
    assert.matches("\nNothing to do: everything is as the document wants it.\n$", output)
  end)
end)
