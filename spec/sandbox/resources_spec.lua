-- The resources of the sandbox's model: what the API was seen to answer (v3.md, sections 2 and 4), as tables.

local json = require "azion.sandbox.model.json"
local support = require "spec.support.sandbox_model"

local rule, with = support.rule, support.with

local null = json.null

local APPLICATION = 1618339282
local ROOT = "/edge_applications/" .. APPLICATION
local RULES, RESPONSE_RULES = ROOT .. "/rules_engine/request/rules", ROOT .. "/rules_engine/response/rules"
local CERTIFICATE = "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----"
local KEY = "-----BEGIN RSA PRIVATE KEY-----\nx\n-----END RSA PRIVATE KEY-----"
local UUID_V4 = "^%x%x%x%x%x%x%x%x%-%x%x%x%x%-4%x%x%x%-[89ab]%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x$"

local SEED = {
  edge_applications = 2, origins = 3, cache_settings = 2, rules = 4, response_rules = 2, device_groups = 2,
  functions_instances = 2, domains = 0, digital_certificates = 2, personal_tokens = 1, variables = 2,
  intelligent_dns = 2, records = 3,
}

describe("the sandbox's", function()
  local api

  before_each(function()
    api = support.new { seed = SEED }
  end)

  local function call(...)
    return api:call(...)
  end

  local function succeeds(...)
    return api:expect(...)
  end

  local function item_of(value)
    return value.results or value
  end

  -- One row a resource: a body that is enough, what it becomes, where it may differ from the common ways.
  local resources = {
    { path = "/edge_applications", key = "id", body = { name = "new" } },
    { path = ROOT .. "/cache_settings", key = "id", body = { name = "new" } },
    { path = RULES, key = "id", body = rule { { name = "deliver" } } },
    { path = RESPONSE_RULES, key = "id", body = rule { { name = "deliver" } } },
    { path = ROOT .. "/device_groups", key = "id", body = { name = "new", user_agent = "x" } },
    { path = ROOT .. "/functions_instances", key = "id", body = { name = "new", edge_function_id = 7 } },
    { path = "/domains", key = "id", body = { name = "new", edge_application_id = APPLICATION } },
    { path = "/digital_certificates", key = "id",
      body = { name = "new", certificate = CERTIFICATE, private_key = KEY }, bare = { PUT = true, PATCH = true } },
    { path = "/iam/personal_tokens", key = "uuid", body = { name = "new", expires_at = "2030-01-01T00:00" },
      bare = { GET = true, POST = true }, lacks = { PUT = true, PATCH = true }, repeats = true },
    { path = "/variables", key = "uuid", body = { key = "NEW", value = "x" },
      bare = { GET = true, POST = true, PUT = true }, lacks = { PATCH = true }, whole_list = true },
    { path = "/intelligent_dns", key = "id", body = { name = "new", domain = "new.example.com" },
      lacks = { PATCH = true } },
  }

  for _, resource in ipairs(resources) do
    describe(resource.path, function()
      local function check_shape(method, value)
        local bare = (resource.bare or {})[method]
        assert.equal(bare and "nil" or "table", type(value.results), method)
        return item_of(value)
      end

      local function listed(query)
        local value = select(1, call("GET", resource.path, nil, { query = query or { page_size = "100" } }))
        return value.results or value
      end

      it("lists items, each under a key of its own that leads to it", function()
        local seen, items = {}, listed()
        assert.equal(resource.whole_list or false, call("GET", resource.path).count == nil)
        for _, item in ipairs(items) do
          local key = item[resource.key]
          assert.is_nil(seen[key])
          seen[key] = true
          local path = resource.path .. "/" .. (type(key) == "number" and ("%d"):format(key) or key)
          local value = check_shape("GET", succeeds(200, "GET", path))
          assert.equal(key, value[resource.key])
        end
      end)

      it("creates, gets, overwrites, updates and deletes", function()
        local before = #listed()
        local created = check_shape("POST", succeeds(201, "POST", resource.path, resource.body))
        assert.equal(before + 1, #listed())
        local key = created[resource.key]
        local path = resource.path .. "/" .. (type(key) == "number" and ("%d"):format(key) or key)
        for name in pairs(check_shape("GET", succeeds(200, "GET", path))) do
          assert.not_nil(created[name], name)
        end
        for _, method in ipairs { "PUT", "PATCH" } do
          local lacks = resource.lacks and resource.lacks[method]
          local value, reply = succeeds(lacks and 405 or 200, method, path, resource.body)
          if lacks then
            assert.is_nil(reply.headers.Allow:find(method, 1, true))
          else
            assert.equal(key, check_shape(method, value)[resource.key])
          end
        end
        succeeds(204, "DELETE", path)
        succeeds(404, "GET", path)
        assert.equal(before, #listed())
      end)

      if not resource.repeats then
        it("refuses a name that is taken", function()
          succeeds(201, "POST", resource.path, resource.body)
          local _, status = call("POST", resource.path, resource.body)
          assert.equal(resource.path == "/digital_certificates" and 400 or 409, status)
        end)
      end

      it("refuses nothing at all", function()
        local _, status = call("POST", resource.path, "{}")
        assert.equal(400, status)
      end)
    end)
  end

  describe("edge applications", function()
    it("have ports as lists, or as numbers, if told so", function()
      local body = { name = "new", http_port = 8080, https_port = { 443, 8443 } }
      local item = succeeds(201, "POST", "/edge_applications", body).results
      assert.same({ { 8080 }, { 443, 8443 } }, { item.http_port, item.https_port })
      api = support.new { seed = SEED, ports = "scalar" }
      item = succeeds(201, "POST", "/edge_applications", body).results
      assert.same({ 8080, { 443, 8443 } }, { item.http_port, item.https_port })
      item = succeeds(200, "PATCH", "/edge_applications/" .. ("%d"):format(item.id), { http3 = true }).results
      assert.same({ 8080, { 443, 8443 } }, { item.http_port, item.https_port })
      assert.equal(80, succeeds(200, "GET", ROOT).results.http_port)
    end)

    it("have a smaller shape in lists", function()
      local item = succeeds(200, "GET", "/edge_applications").results[1]
      assert.is_nil(item.http_port)
      assert.truthy(item.origins[1].origin_id:find(UUID_V4))
      assert.truthy(item.last_modified:find "^%d+%-%d+%-%d+T%d+:%d+:%d+%.%d%d%d%d%d%dZ$")
      local details = succeeds(200, "GET", ROOT).results
      assert.is_nil(details.origins)
      assert.equal(null, details.websocket)
    end)

    it("come with an origin, a cache setting and a rule that uses both", function()
      local item = succeeds(201, "POST", "/edge_applications", {
        name = "new", address = "a.example", host_header = "h", origin_protocol_policy = "https",
        cdn_cache_settings = "override", cdn_cache_settings_maximum_ttl = 90,
      }).results
      assert.is_nil(item.address)
      local root = ("/edge_applications/%d"):format(item.id)
      local origin = succeeds(200, "GET", root .. "/origins").results[1]
      local cache_setting = succeeds(200, "GET", root .. "/cache_settings").results[1]
      local default_rule = succeeds(200, "GET", root .. "/rules_engine/request/rules").results[1]
      assert.same({ "Default Origin", "a.example", "h", "https" },
        { origin.name, origin.addresses[1].address, origin.host_header, origin.origin_protocol_policy })
      assert.same({ "Default Cache Settings", "override", 90 },
        { cache_setting.name, cache_setting.cdn_cache_settings, cache_setting.cdn_cache_settings_maximum_ttl })
      assert.same({ "Default Rule", "default", 1 }, { default_rule.name, default_rule.phase, default_rule.order })
      assert.same({
        { name = "set_origin", target = ("%d"):format(origin.origin_id) },
        { name = "set_cache_policy", target = ("%d"):format(cache_setting.id) },
      }, default_rule.behaviors)
      assert.equal(0, succeeds(200, "GET", root .. "/rules_engine/response/rules").count)
      assert.equal(1, succeeds(200, "GET", root .. "/error_responses").count)
      assert.equal(409, select(2, call("DELETE", root .. "/origins/" .. origin.origin_key)))
      assert.equal(409, select(2, call("DELETE", root .. ("/cache_settings/%d"):format(cache_setting.id))))
      assert.equal(400, select(2, call("DELETE", root .. ("/rules_engine/request/rules/%d"):format(default_rule.id))))
    end)

    it("take the fields of creation then only", function()
      local item = succeeds(200, "PATCH", ROOT, { address = 5 }).results
      assert.is_nil(item.address)
      local value, status = call("POST", "/edge_applications", { name = "new", address = 5 })
      assert.equal(400, status)
      assert.same({ address = { "Not a valid string." } }, value)
    end)

    it("refuse a module that is not in the contract", function()
      api = support.new { seed = SEED, without_products = { "image_optimization" } }
      for _, request in ipairs { { "PATCH", ROOT }, { "PUT", ROOT }, { "POST", "/edge_applications" } } do
        local value, status = call(request[1], request[2], { name = "new", image_optimization = true })
        assert.equal(400, status)
        assert.same({ user_has_no_product = "image_optimization" }, value)
      end
      succeeds(200, "PATCH", ROOT, { image_optimization = false, edge_functions = true })
    end)

    it("are not created while another one is", function()
      api = support.new { seed = SEED, latency = 0.5 }
      local function create(name)
        return select(2, call("POST", "/edge_applications", { name = name }))
      end
      assert.equal(201, create "one")
      assert.equal(500, create "two")
      succeeds(201, "POST", "/domains", { name = "d", edge_application_id = APPLICATION })
      succeeds(200, "PATCH", ROOT, { http3 = true })
      api.clock = api.clock + 0.49
      assert.equal(500, create "two")
      api.clock = api.clock + 0.01
      assert.equal(201, create "two")
      assert.equal(4, succeeds(200, "GET", "/edge_applications").count)
    end)

    it("go with all that belongs to them, but not while a domain uses them", function()
      local domain = succeeds(201, "POST", "/domains", { name = "d", edge_application_id = APPLICATION }).results
      local value, status = call("DELETE", ROOT)
      assert.equal(409, status)
      assert.equal("string", type(value))
      succeeds(204, "DELETE", ("/domains/%d"):format(domain.id))
      succeeds(204, "DELETE", ROOT)
      for _, name in ipairs { "origins", "cache_settings", "device_groups", "rules_engine/request/rules" } do
        succeeds(404, "GET", ROOT .. "/" .. name)
      end
      assert.equal(3, #succeeds(200, "GET", "/intelligent_dns/3100/records").results.records)
    end)
  end)

  describe("domains", function()
    local function create(more)
      return call("POST", "/domains", with({ name = "new", edge_application_id = APPLICATION }, more))
    end

    local certificate_ids = {
      { "an integer", 24001, 24001 },
      { "a number as a string", "24002", 24002 },
      { "null", null, null },
      { "nothing", nil, null },
      { "lets_encrypt", "lets_encrypt", 24003 },
    }
    for _, case in ipairs(certificate_ids) do
      it("take as digital_certificate_id " .. case[1], function()
        local value, status = create { digital_certificate_id = case[2], cnames = { "a.example" } }
        assert.equal(201, status)
        assert.equal(case[3], value.results.digital_certificate_id)
      end)
    end

    it("make a certificate that is not there yet for lets_encrypt", function()
      create { digital_certificate_id = "lets_encrypt", cnames = { "a.example" } }
      local item = succeeds(200, "GET", "/digital_certificates/24003").results
      assert.same({ true, "Pending", null, { "a.example" } },
        { item.managed, item.status, item.validity, item.subject_name })
    end)

    local gone = 'Invalid pk "5" - object does not exist.'
    local refused = {
      { "no application", { edge_application_id = 5 }, 400, { edge_application_id = { gone } } },
      { "no certificate", { digital_certificate_id = 5 }, 400, { digital_certificate_id = { gone } } },
      { "a word for a certificate", { digital_certificate_id = "none" }, 400,
        { digital_certificate_id = { "A valid integer is required." } } },
      { "half a certificate", { digital_certificate_id = 1.5 }, 400,
        { digital_certificate_id = { "A valid integer is required." } } },
      { "a word for the cnames", { cnames = "a.example" }, 400,
        { cnames = { 'Expected a list of items but got type "str".' } } },
      { "an unknown environment", { environment = "x" }, 400, { environment = { '"x" is not a valid choice.' } } },
      { "a name too long", { name = ("x"):rep(101) }, 400,
        { name = { "Ensure this field has no more than 100 characters." } } },
      { "the name of another", { name = "first" }, 409, { duplicated_domain_name = { "first is already in use." } } },
      { "the cname of another", { cnames = { "WWW.first.example" } }, 409,
        { duplicated_domain_name = { "www.first.example is already in use." } } },
    }
    for _, case in ipairs(refused) do
      it("refuse " .. case[1], function()
        create { name = "first", cnames = { "www.first.example" } }
        local value, status = create(case[2])
        assert.equal(case[3], status)
        assert.same(case[4], value)
      end)
    end

    it("have a name of the API's own, and go back to the defaults with PUT", function()
      local item = create({ cnames = { "a.example" }, cname_access_only = true, is_active = false,
        digital_certificate_id = 24001 }).results
      assert.truthy(item.domain_name:find("^" .. ("%x"):rep(10) .. "%.map%.azionedge%.net$"))
      local path = ("/domains/%d"):format(item.id)
      local patched = succeeds(200, "PATCH", path, { name = "newer" }).results
      assert.same(with(item, { name = "newer" }), patched)
      local put = succeeds(200, "PUT", path, { name = "newer", edge_application_id = APPLICATION }).results
      assert.same({ false, true, null, item.domain_name },
        { put.cname_access_only, put.is_active, put.digital_certificate_id, put.domain_name })
      local _, _, reply = call("GET", path)
      assert.truthy(reply.body:find('"cnames":[]', 1, true))
    end)

    it("do not know the documentation's field cname", function()
      assert.same({}, create({ cname = { "a.example" } }).results.cnames)
    end)

    it("of a seed belong to its last application", function()
      api = support.new { seed = with(SEED, { domains = 2 }) }
      for _, item in ipairs(succeeds(200, "GET", "/domains").results) do
        assert.equal(APPLICATION + 1, item.edge_application_id)
        assert.equal(1, #item.cnames)
      end
      succeeds(204, "DELETE", ROOT)
    end)
  end)

  describe("digital certificates", function()
    local function typed(code, message)
      return { errors = { { message = message, error = code } }, schema_version = 3 }
    end
    local pair = { name = "new", certificate = CERTIFICATE, private_key = KEY }
    local together = "certificate: certificate and private_key must be sent together."

    local refused = {
      { "POST", "", { name = "x", certificate = CERTIFICATE }, 400, typed("bad_request", together) },
      { "POST", "", { name = "x" }, 400, { errors = {
        { message = "certificate: This field is required.", error = "bad_request" },
        { message = "private_key: This field is required.", error = "bad_request" },
      }, schema_version = 3 } },
      { "POST", "", with(pair, { private_key = "x" }), 400,
        typed("bad_request", "private_key: Not a valid PEM text.") },
      { "PATCH", "/24001", { certificate = CERTIFICATE }, 400, typed("bad_request", together) },
      { "PATCH", "/24001", { private_key = KEY }, 400, typed("bad_request", together) },
      { "PUT", "/24001", { name = "x" }, 400 },
      { "GET", "/5", nil, 404, typed("not_found", "Digital certificate not found") },
      { "DELETE", "/5", nil, 404, typed("not_found", "Digital certificate not found") },
      { "POST", "", with(pair, { name = "certificate-001" }), 400, {
        detail = "The field name needs to be unique. "
          .. "There is already another certificate with this name in your account.",
      } },
    }
    for _, case in ipairs(refused) do
      it(("refuse %s %s: %d"):format(case[1], case[2], case[4]), function()
        local value, status = call(case[1], "/digital_certificates" .. case[2], case[3])
        assert.equal(case[4], status)
        if case[5] then
          assert.same(case[5], value)
        end
      end)
    end

    it("never give a private key back", function()
      for _, request in ipairs {
        { "POST", "", pair }, { "GET", "/24003" }, { "GET", "" }, { "PATCH", "/24003", { name = "newer" } },
        { "PUT", "/24003", pair },
      } do
        local _, status, reply = call(request[1], "/digital_certificates" .. request[2], request[3])
        assert.is_true(status < 300)
        assert.is_nil(reply.body:find("PRIVATE", 1, true))
      end
    end)

    it("write their validity with a space and an offset", function()
      local item = succeeds(201, "POST", "/digital_certificates", pair).results
      assert.truthy(item.validity:find "^%d%d%d%d%-%d%d%-%d%d %d%d:%d%d:%d%d[+-]%d%d:%d%d$")
      assert.equal(CERTIFICATE, item.certificate_content)
    end)

    it("of an authority need no key", function()
      succeeds(201, "POST", "/digital_certificates",
        { name = "ca", certificate_type = "trusted_ca_certificate", certificate = CERTIFICATE })
    end)

    it("are ordered by id or name only", function()
      local descending = { query = { order_by = "name", sort = "desc" } }
      local value = call("GET", "/digital_certificates", nil, descending)
      assert.equal("certificate-002", value.results[1].name)
      value = call("GET", "/digital_certificates", nil, { query = { order_by = "status" } })
      assert.truthy(value.invalid_order_field)
    end)

    it("stay while a domain uses them", function()
      local body = { name = "d", edge_application_id = APPLICATION, digital_certificate_id = 24001 }
      local domain = succeeds(201, "POST", "/domains", body).results
      local value, status = call("DELETE", "/digital_certificates/24001")
      assert.equal(409, status)
      assert.equal("conflict", value.errors[1].error)
      succeeds(200, "PATCH", ("/domains/%d"):format(domain.id), { digital_certificate_id = null })
      succeeds(204, "DELETE", "/digital_certificates/24001")
    end)

    it("begin as a request, which is pending until the certificate comes", function()
      local request = { name = "csr", common_name = "a.example", sans = { "b.example" }, email = "a@a.example" }
      local item = succeeds(201, "POST", "/digital_certificates/csr", request).results
      assert.same({ "Pending", null, null, { "a.example", "b.example" } },
        { item.status, item.validity, item.certificate_content, item.subject_name })
      assert.truthy(item.csr:find "^%-%-%-%-%-BEGIN CERTIFICATE REQUEST")
      local path = ("/digital_certificates/%d"):format(item.id)
      local issued = succeeds(200, "PATCH", path, { certificate = CERTIFICATE, private_key = KEY })
      assert.same({ "Active", item.csr }, { issued.status, issued.csr })
      assert.equal(400, select(2, call("POST", "/digital_certificates/csr", request)))
      assert.equal(400, select(2, call("POST", "/digital_certificates/csr", { name = "x" })))
      assert.equal(405, select(2, call("GET", "/digital_certificates/csr")))
    end)
  end)

  describe("cache settings", function()
    local allowed = "This field is allowed only if %s is whitelist or blacklist."
    local refused = {
      { { cache_by_query_string = "whitelist" }, { query_string_fields = { "This field is required." } } },
      { { cache_by_cookies = "blacklist", cookie_names = { "" } }, { cookie_names = { "This field is required." } } },
      { { query_string_fields = { "a" } },
        { query_string_fields = { allowed:format "cache_by_query_string" } } },
      { { cache_by_cookies = "all", cookie_names = { "a" } },
        { cookie_names = { allowed:format "cache_by_cookies" } } },
      { { slice_configuration_range = 512 },
        { slice_configuration_range = { "Ensure this value is greater than or equal to 1024." } } },
      { { cdn_cache_settings_maximum_ttl = 31536001 },
        { cdn_cache_settings_maximum_ttl = { "Ensure this value is less than or equal to 31536000." } } },
      { { l2_region = "x" }, { l2_region = { '"x" is not a valid choice.' } } },
      { { cookie_names = { 1 }, cache_by_cookies = "whitelist" }, { cookie_names = { "Not a valid string." } } },
    }
    for number, case in ipairs(refused) do
      it("refuse what does not fit, case " .. number, function()
        local value, status = call("POST", ROOT .. "/cache_settings", with({ name = "new" }, case[1]))
        assert.equal(400, status)
        assert.same(case[2], value)
      end)
    end

    it("take null and [\"\"] for a list of nothing, and keep null", function()
      local item = succeeds(201, "POST", ROOT .. "/cache_settings",
        { name = "new", cookie_names = { "" }, query_string_fields = null, l2_region = null }).results
      assert.same({ { "" }, null, null, null },
        { item.cookie_names, item.query_string_fields, item.l2_region, item.slice_configuration_range })
    end)
  end)

  describe("other resources", function()
    it("refuse a device group in sentences", function()
      local value, status = call("POST", ROOT .. "/device_groups", "{}")
      assert.equal(400, status)
      assert.same({ errors = { "name: This field is required.", "user_agent: This field is required." } }, value)
      value = call("POST", ROOT .. "/device_groups", { name = "a/b", user_agent = "x" })
      assert.same({ errors = { "name: Enter letters and digits only." } }, value)
    end)

    it("keep a function's arguments as they are", function()
      local args = { a = { b = { 1, 2 } }, c = "x", d = null }
      local body = { name = "new", edge_function_id = 7, args = args }
      local item = succeeds(201, "POST", ROOT .. "/functions_instances", body).results
      assert.same(args, item.args)
      local list = { { a = 1 }, { b = 2 } }
      local path = ROOT .. ("/functions_instances/%d"):format(item.id)
      assert.same(list, succeeds(200, "PATCH", path, { args = list }).results.args)
      local _, _, reply = call("PUT", path, { name = "new", edge_function_id = 7 })
      assert.truthy(reply.body:find('"args":{}', 1, true))
      assert.equal(400, select(2, call("PATCH", path, { args = "x" })))
    end)

    it("have one set of error responses, changed with 202", function()
      local list = succeeds(200, "GET", ROOT .. "/error_responses")
      assert.equal(1, #list.results)
      local path = ROOT .. ("/error_responses/%d"):format(list.results[1].id)
      local body = { origin_id = null, error_responses = {
        { code = "any", timeout = 0 }, { code = "404", uri = "/404.html", custom_status_code = "200", timeout = 5 },
      } }
      local item = succeeds(202, "PATCH", path, body).results
      assert.equal("/404.html", item.error_responses[2].uri)
      body.error_responses[2].uri = "404.html"
      local value, status = call("PATCH", path, body)
      assert.equal(400, status)
      assert.same({ error_responses = { {}, { uri = { "Enter a valid path: it begins with a slash." } } } }, value)
      for _, method in ipairs { "PUT", "DELETE" } do
        succeeds(405, method, path, body)
      end
      succeeds(405, "POST", ROOT .. "/error_responses", body)
    end)

    it("show a personal token's key once, and take it until it expires or is deleted", function()
      local body = { name = "new", expires_at = "2023-11-15T00:00" }
      local token = succeeds(201, "POST", "/iam/personal_tokens", body)
      local expected = {
        name = "new", description = null, created = "2023-11-14T22:13:20Z",
        expires_at = "2023-11-15T00:00:00Z", user_id = 1001, uuid = token.uuid,
        key = token.key,
      }
      assert.same(expected, token)
      assert.truthy(token.key:find("^azion" .. ("%x"):rep(35) .. "$"))
      local path = "/iam/personal_tokens/" .. token.uuid
      expected.key, expected.user_id = nil, nil
      assert.same(expected, succeeds(200, "GET", path))
      local _, _, list = call("GET", "/iam/personal_tokens")
      assert.is_nil(list.body:find("azion%x"))
      local function status_with(key)
        return select(2, call("GET", "/domains", nil, { token = key }))
      end
      assert.equal(200, status_with(token.key))
      api.clock = 1700006399
      assert.equal(200, status_with(token.key))
      api.clock = 1700006400
      assert.equal(401, status_with(token.key))
      body.expires_at = "2030-01-01T00:00"
      local other = succeeds(201, "POST", "/iam/personal_tokens", body)
      assert.not_equal(token.key, other.key)
      assert.equal(200, status_with(other.key))
      succeeds(204, "DELETE", "/iam/personal_tokens/" .. other.uuid)
      assert.equal(401, status_with(other.key))
    end)

    local times = {
      { "2024-02-29T12:00", "2024-02-29T12:00:00Z" }, { "2024-03-01T00:30:10+01:00", "2024-02-29T23:30:10Z" },
      { "2023-12-31T23:00:00.5-02:30", "2024-01-01T01:30:00Z" }, { "2100-03-01T00:00:00Z", "2100-03-01T00:00:00Z" },
      { "2024-02-29" }, { "tomorrow" }, { 5 }, { "2024-02-29T12:00x" },
    }
    for _, case in ipairs(times) do
      it(("read %s as %s"):format(tostring(case[1]), tostring(case[2])), function()
        local value, status = call("POST", "/iam/personal_tokens", { name = "new", expires_at = case[1] })
        assert.equal(case[2] and 201 or 400, status)
        assert.equal(case[2], type(value.expires_at) == "string" and value.expires_at or nil)
      end)
    end

    it("list variables as a bare array, and never tell a secret one's value", function()
      local list, reply = succeeds(200, "GET", "/variables")
      assert.equal("[", reply.body:sub(1, 1))
      assert.equal(2, #list)
      assert.truthy(list[1].uuid:find(UUID_V4))
      local item, created = succeeds(201, "POST", "/variables", { key = "S", value = "hush", secret = true })
      assert.equal("", item.value)
      assert.is_nil(created.body:find("hush", 1, true))
      local changed = succeeds(200, "PUT", "/variables/" .. list[1].uuid, { key = "NEWER", value = "w" })
      assert.same({ "NEWER", "w", list[1].created_at }, { changed.key, changed.value, changed.created_at })
      api = support.new()
      local _, empty = succeeds(200, "GET", "/variables")
      assert.equal("[]", empty.body)
    end)

    it("list a zone's records under an object", function()
      local value = call("GET", "/intelligent_dns/3101/records", nil, { query = { page_size = "2" } })
      assert.same({ 3, 2 }, { value.count, value.total_pages })
      assert.same({ 3101, "zone2.example.com", 2 },
        { value.results.zone_id, value.results.zone_domain, #value.results.records })
      assert.equal("host-001", value.results.records[1].entry)
      succeeds(404, "GET", "/intelligent_dns/5/records")
    end)
  end)
end)
