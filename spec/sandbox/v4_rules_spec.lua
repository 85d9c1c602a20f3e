-- What version 4 of the sandbox refuses: by the description, by what is there, and by rules across fields.
local azion = require("azion")
local sandboxes = require("spec.support.sandbox_v4")

local APPLICATIONS, CONNECTORS = "/workspace/applications", "/workspace/connectors"

describe("version 4 of the sandbox", function()
  local server, application, paths

  setup(function()
    server = sandboxes.start({})
    application = ("%s/%d"):format(APPLICATIONS, server:id(APPLICATIONS))
    paths = {
      application = application,
      firewall = ("/workspace/firewalls/%d"):format(server:id("/workspace/firewalls")),
      waf = ("/workspace/wafs/%d"):format(server:id("/workspace/wafs")),
      zone = ("/workspace/dns/zones/%d"):format(server:id("/workspace/dns/zones")),
      workload = ("/workspace/workloads/%d"):format(server:id("/workspace/workloads")),
    }
  end)

  teardown(function()
    server:stop()
  end)

  local function path_of(path)
    return (path:gsub("{(%l+)}", paths))
  end

  local function without(fields, name)
    local made = {}
    for key, value in pairs(fields) do
      made[key] = key ~= name and value or nil
    end
    return made
  end

  -- What a creation takes, and which of its fields it demands.
  local required = {
    { "/workspace/applications", { name = "n" } },
    { "{application}/cache_settings", { name = "n" } },
    { "{application}/device_groups", { name = "n", user_agent = "x" } },
    { "{application}/request_rules", sandboxes.rule("n") },
    { "{application}/response_rules", sandboxes.rule("n") },
    { "/workspace/functions", { name = "n", code = "x" } },
    { CONNECTORS, sandboxes.connector("n") },
    { "/workspace/workloads", { name = "n" } },
    { "/workspace/tls/crls", { name = "n", crl = "x" } },
    { "/workspace/tls/certificates", { name = "n" } },
    { "/workspace/tls/csr", { name = "csr", common_name = "c", country = "BR", state = "s", locality = "l",
      organization = "o", organization_unity = "u", email = "e" } },
    { "/workspace/tls/certificates/request",
      { name = "request", challenge = "dns", authority = "lets_encrypt", common_name = "c" } },
    { "/workspace/custom_pages", { name = "n", pages = azion.array({}) } },
    { "/workspace/firewalls", { name = "n" } },
    { "/workspace/wafs", { name = "n" } },
    { "{waf}/exceptions", { name = "n", conditions = { { match = "any_url" } } } },
    { "/workspace/network_lists", { name = "n", type = "asn", items = { "1" } } },
    { "/workspace/dns/zones", { name = "n", domain = "d.example", active = true } },
    { "{zone}/records", { name = "n", type = "A", rdata = { "192.0.2.1" } } },
    { "/workspace/storage/buckets", { name = "bucket", workloads_access = "read_only" } },
    { "/iam/personal_tokens", { name = "n", expires_at = "2099-01-01T00:00" } },
    { "/workspace/purge/url", { items = { "x" } } },
  }

  for _, case in ipairs(required) do
    it("demands what the description demands of " .. case[1], function()
      for name in pairs(case[2]) do
        local found = server:refused("POST", path_of(case[1]), without(case[2], name))
        assert.same({ ("/data/%s 10059 The {field} field is required."):format(name) }, found)
      end
      server:expect(201, "POST", path_of(case[1]), case[2])
    end)
  end

  -- Path, fields, and what is wrong with them.
  local wrong = {
    { APPLICATIONS, { name = ("x"):rep(101) }, "/data/name 10000 Expected 1 to 100 characters, got 101." },
    { APPLICATIONS, { name = 5 }, "/data/name 10000 Expected a string, got a number." },
    { APPLICATIONS, { name = "w", debug = azion.null }, "/data/debug 10000 Cannot be null." },
    { APPLICATIONS, azion.array({}), "/data 10000 Invalid data. Expected an object." },
    { "{application}/cache_settings", { name = "w", browser_cache = { behavior = "ignore" } },
      '/data/browser_cache/behavior 10000 Expected "honor" or "override" or "no-cache", got "ignore".' },
    { "{application}/cache_settings", { name = "w", modules = { cache = { max_age = 59 } } },
      "/data/modules/cache/max_age 10000 A value below 60 needs the application's application_accelerator." },
    { "{application}/cache_settings", { name = "w",
      modules = { application_accelerator = { cache_vary_by_cookies = { behavior = "allowlist" } } } },
      "/data/modules/application_accelerator/cache_vary_by_cookies/cookie_names 10059 The {field} field is required." },
    { "{application}/cache_settings", { name = "w",
      modules = { application_accelerator = {
        cache_vary_by_devices = { behavior = "allowlist", device_group = { 1 } } } } },
      "/data/modules/application_accelerator/cache_vary_by_devices/device_group/0 10000 "
        .. 'Invalid id "1": there is no such device group.' },
    { CONNECTORS, { name = "w", type = "http", attributes = { addresses = { { address = "a" }, { address = "b" } } } },
      "/data/attributes/addresses 10000 Only one address is allowed unless the load balancer is enabled." },
    { CONNECTORS, { name = "w", type = "http",
      attributes = { addresses = { { address = "a", modules = { load_balancer = { weight = 2 } } } } } },
      "/data/attributes/addresses/0/modules/load_balancer 10000 Must be null unless the load balancer is enabled." },
    { CONNECTORS, { name = "w", type = "http", attributes = { addresses = { { address = "a" } },
      modules = { load_balancer = { enabled = false, config = { max_retries = 1 } } } } },
      "/data/attributes/modules/load_balancer/config 10000 Can be given only if enabled is true." },
    { CONNECTORS, { name = "w", type = "storage", attributes = { bucket = "nothing" } },
      '/data/attributes/bucket 10000 Invalid id "nothing": there is no such bucket.' },
    { CONNECTORS, { name = "w", type = "live_ingest", attributes = { region = "mars" } },
      '/data/attributes/region 10000 Expected "us-east-1" or "us-east-2" or "br-east-1" or "br-east-2" or "br-east-3", '
        .. 'got "mars".' },
    { "{application}/request_rules", sandboxes.rule("w", nil, { { { conditional = "if", variable = "$(uri)",
      operator = "exists" } } }), "/data/criteria/0/0/variable 10000 Not a valid variable." },
    { "{application}/request_rules", sandboxes.rule("w", { { type = "set_connector", attributes = { value = 7 } } }),
      '/data/behaviors/0/attributes/value 10000 Invalid id "7": there is no such connector.' },
    { "{application}/response_rules", sandboxes.rule("w", { { type = "run_function", attributes = { value = 7 } } }),
      '/data/behaviors/0/attributes/value 10000 Invalid id "7": there is no such function instance.' },
    { "{application}/functions", { name = "w", ["function"] = 7 },
      '/data/function 10000 Invalid id "7": there is no such function.' },
    { "{application}/response_rules", sandboxes.rule("w", { { type = "deliver" }, { type = "forward_cookies" } }),
      "/data/behaviors/1/type 10000 Not a behavior of the response phase." },
    { "{application}/request_rules", sandboxes.rule("w", { { type = "set_cookie", attributes = { value = "a=b" } } }),
      "/data/behaviors/0/type 10000 Not a behavior of the request phase." },
    { "{firewall}/request_rules", sandboxes.rule("w", { { type = "set_waf",
      attributes = { waf_id = 7, mode = "blocking" } } }, { { { conditional = "if", variable = "${host}",
      operator = "is_in_list", argument = 8 } } }),
      '/data/behaviors/0/attributes/waf_id 10000 Invalid id "7": there is no such WAF.',
      '/data/criteria/0/0/argument 10000 Invalid id "8": there is no such network list.' },
    { "/workspace/tls/crls", { name = "w", crl = "x", active = false },
      "/data/active 10000 A certificate revocation list cannot be deactivated." },
    { "/workspace/tls/certificates", { name = "w", certificate = "x" },
      "/data/private_key 10059 The {field} field is required." },
    { "/workspace/tls/certificates", { name = "w", private_key = "x" },
      "/data/certificate 10059 The {field} field is required." },
    { "/workspace/tls/certificates/request", { name = "w", challenge = "dns", authority = "lets_encrypt",
      common_name = "c", source_certificate = 7 },
      '/data/source_certificate 10000 Invalid id "7": there is no such certificate.' },
    { "/workspace/workloads", { name = "w", tls = { certificate = 7 } },
      '/data/tls/certificate 10000 Invalid id "7": there is no such certificate.' },
    { "{workload}/deployments", { name = "w", strategy = { attributes = { application = 7, firewall = 8 } } },
      '/data/strategy/attributes/application 10000 Invalid id "7": there is no such application.',
      '/data/strategy/attributes/firewall 10000 Invalid id "8": there is no such firewall.' },
    { "/workspace/storage/buckets", { name = "azion-b", workloads_access = "read_only" },
      "/data/name 10000 The name cannot start with azion." },
    { "/workspace/storage/buckets", { name = "my_bucket", workloads_access = "read_only" },
      "/data/name 10000 Only letters, digits and hyphens are allowed." },
    { "/workspace/network_lists", { name = "w", type = "asn", items = { "1", "BR" } },
      "/data/items/1 10000 Not a valid entry of a list of type asn." },
    { "/workspace/network_lists", { name = "w", type = "countries", items = { "BRA" } },
      "/data/items/0 10000 Not a valid entry of a list of type countries." },
    { "/workspace/network_lists", { name = "w", type = "ip_cidr", items = { "10.0.0.0/8", "::1", "somewhere" } },
      "/data/items/2 10000 Not a valid entry of a list of type ip_cidr." },
    { "/workspace/network_lists", { name = "w", type = "asn", items = azion.array({}) },
      "/data/items 10049 Ensure this field has at least 1 elements." },
    { "{zone}/records", { name = "w", type = "TXT", rdata = { "x" }, policy = "weighted" },
      "/data/policy 10000 Records of type TXT cannot be weighted." },
    { "{zone}/records", { name = "w", type = "CNAME", rdata = { "a", "b" } },
      "/data/rdata 10000 Ensure this field has no more than 1 elements." },
    { "{zone}/records", { name = "w", type = "TXT", rdata = { "a", ("x"):rep(1001) } },
      "/data/rdata/1 10000 Ensure this field has no more than 1000 characters." },
    { "/workspace/dns/zones", { name = "w", domain = "a b", active = true },
      "/data/domain 10000 Not a valid domain." },
    { "/workspace/dns/zones", { name = "w", domain = "single", active = true },
      "/data/domain 10000 Not a valid domain." },
    { "/workspace/dns/zones", { name = "w", domain = "-a.example", active = true },
      "/data/domain 10000 Not a valid domain." },
    { "/iam/personal_tokens", { name = "w", expires_at = "soon" }, "/data/expires_at 10000 Datetime has wrong format. "
      .. "Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]." },
    { "/workspace/purge/wildcard", { items = { "a", "b" } }, "/data/items 10000 Expected 1 entries, got 2." },
    { "/workspace/purge/wildcard", { items = { "a" }, layer = "tiered_cache" },
      '/data/layer 10000 Expected "cache", got "tiered_cache".' },
    { "/workspace/purge/url", { items = { ("x"):rep(4097) } },
      "/data/items/0 10000 Expected 1 to 4096 characters, got 4097." },
  }

  for number, case in ipairs(wrong) do
    it(("refuses a value that cannot be, at %s (%d)"):format(case[1], number), function()
      assert.same({ (unpack or table.unpack)(case, 3) }, -- luacheck: ignore 143
        server:refused("POST", path_of(case[1]), case[2]))
    end)
  end

  it("takes what is at the edges of those rules", function()
    local right = {
      { "{zone}/records", { name = "e", type = "MX", rdata = { "1 a" }, policy = "weighted", weight = 0 } },
      { "/workspace/network_lists", { name = "e", type = "ip_cidr",
        items = { "10.0.0.1--LT2023-03-27T17:38:47Z", "10.0.0.2 #a comment", "2001:db8::/32" } } },
      { "/workspace/tls/certificates", { name = "e", certificate = "x", type = "trusted_ca_certificate" } },
      { CONNECTORS, { name = "e", type = "http", attributes = { modules = { load_balancer = { enabled = true } },
        addresses = { { address = "a" }, { address = "b", modules = { load_balancer = { weight = 2 } } } } } } },
      { CONNECTORS, { name = "s", type = "storage",
        attributes = { bucket = server:listed("/workspace/storage/buckets", "name")[1] } } },
      { "{application}/cache_settings", { name = "e", modules = { cache = { max_age = 60 } } } },
    }
    for _, case in ipairs(right) do
      server:expect(201, "POST", path_of(case[1]), case[2])
    end
    local fast = server:expect(201, "POST", APPLICATIONS,
      { name = "fast", modules = { application_accelerator = { enabled = true } } })
    server:expect(201, "POST", ("%s/%d/cache_settings"):format(APPLICATIONS, fast.id),
      { name = "e", modules = { cache = { max_age = 0 } } })
  end)

  it("refuses an instance of a function that is not active, without a pointer", function()
    local id = server:id("/workspace/functions")
    for _, parent in ipairs({ paths.application, paths.firewall }) do
      local fields = { name = "i", ["function"] = id, active = false }
      assert.same({ "- 29002 You can't deactivate a function instance." },
        server:refused("POST", parent .. "/functions", fields))
      fields.active = nil
      local made = server:expect(201, "POST", parent .. "/functions", fields)
      server:expect(200, "PATCH", ("%s/functions/%d"):format(parent, made.id), { active = false })
    end
  end)

  it("wants the type with every change of a connector", function()
    local path = ("%s/%d"):format(CONNECTORS, server:id(CONNECTORS))
    assert.same({ "/data/type 10059 The {field} field is required." },
      server:refused("PATCH", path, { active = false }))
    assert.is_false(server:expect(200, "PATCH", path, { type = "http", active = false }).active)
  end)

  it("keeps a certificate's type and a zone's domain", function()
    local certificate = ("/workspace/tls/certificates/%d"):format(server:id("/workspace/tls/certificates"))
    assert.same({ "/data/type 10000 Cannot be changed." },
      server:refused("PATCH", certificate, { type = "trusted_ca_certificate" }))
    server:expect(200, "PATCH", certificate, { type = "edge_certificate", name = "renamed" })
    local domain = server:expect(200, "GET", paths.zone).domain
    for _, verb in ipairs({ "PUT", "PATCH" }) do
      assert.same({ "/data/domain 10000 The domain cannot be changed." },
        server:refused(verb, paths.zone, { name = "z", active = true, domain = domain }))
    end
    assert.equal(domain, server:expect(200, "PUT", paths.zone, { name = "z", active = false }).domain)
  end)

  it("never shows a private key, and takes the certificate of a request without one", function()
    local made = server:expect(201, "POST", "/workspace/tls/certificates",
      { name = "secret", certificate = " PEM\n", private_key = "KEY" })
    assert.same({ "PEM", "active" }, { made.certificate, made.status })
    assert.is_nil(made.private_key)
    local asked = server:expect(201, "POST", "/workspace/tls/csr", { name = "asked", common_name = "c.example",
      country = "BR", state = "s", locality = "l", organization = "o", organization_unity = "u", email = "e",
      alternative_names = { "d.example" } })
    assert.matches("CERTIFICATE REQUEST", asked.csr)
    assert.same({ "pending", false }, { asked.status, asked.managed })
    assert.same({ "c.example", "d.example" }, asked.subject_name)
    local path = ("/workspace/tls/certificates/%d"):format(asked.id)
    assert.equal("active", server:expect(200, "PATCH", path, { certificate = "PEM" }).status)
  end)

  it("gives one name to one item of a list", function()
    server:expect(201, "POST", CONNECTORS, sandboxes.connector("twice"))
    local taken = { "/data/name 10000 This connector name is already in use." }
    assert.same(taken, server:refused("POST", CONNECTORS, sandboxes.connector("twice")))
    local other = server:expect(201, "POST", CONNECTORS, sandboxes.connector("other"))
    local path = ("%s/%d"):format(CONNECTORS, other.id)
    assert.same(taken, server:refused("PATCH", path, { type = "http", name = "twice" }))
    server:expect(200, "PATCH", path, { type = "http", name = "other" })
    for _, phase in ipairs({ "request", "response" }) do
      server:expect(201, "POST", ("%s/%s_rules"):format(application, phase), sandboxes.rule("twice"))
    end
    server:expect(201, "POST", "/workspace/workloads", { name = "a", domains = { "a.example", "b.example" } })
    assert.same({ "/data/domains 10000 This workload domains is already in use." },
      server:refused("POST", "/workspace/workloads", { name = "b", domains = { "c.example", "b.example" } }))
  end)

  it("deletes nothing that is in use, and says by what", function()
    local function in_use(path, by)
      local body = server:expect(400, "DELETE", path)
      assert.same({
        code = "10000", status = "400", title = "Validation Error",
        detail = "Cannot delete: referenced by another resource ({field}).",
        source = { pointer = "/data" }, meta = { offending_refs = { { resource_type = by } } },
      }, body.errors[1])
    end
    local connector = server:expect(201, "POST", CONNECTORS, sandboxes.connector("used"))
    local connector_path = ("%s/%d"):format(CONNECTORS, connector.id)
    local site = server:expect(201, "POST", APPLICATIONS, { name = "uses" })
    local site_path = ("%s/%d"):format(APPLICATIONS, site.id)
    local rule = server:expect(201, "POST", site_path .. "/request_rules",
      sandboxes.rule("r", { { type = "set_connector", attributes = { value = connector.id } } }))
    in_use(connector_path, "rule")
    server:expect(200, "DELETE", ("%s/request_rules/%d"):format(site_path, rule.id))
    local page = server:expect(201, "POST", "/workspace/custom_pages",
      { name = "p", pages = { { code = "404", page = { attributes = { connector = connector.id } } } } })
    in_use(connector_path, "custom_page")
    local workload = server:expect(201, "POST", "/workspace/workloads", { name = "uses" })
    local deployments = ("/workspace/workloads/%d/deployments"):format(workload.id)
    server:expect(201, "POST", deployments,
      { name = "d", strategy = { attributes = { application = site.id, custom_page = page.id } } })
    in_use(site_path, "deployment")
    in_use(("/workspace/custom_pages/%d"):format(page.id), "deployment")
    server:expect(200, "DELETE", ("/workspace/workloads/%d"):format(workload.id))
    server:expect(200, "DELETE", site_path)
    server:expect(200, "DELETE", ("/workspace/custom_pages/%d"):format(page.id))
    server:expect(200, "DELETE", connector_path)
    server:expect(404, "GET", site_path .. "/request_rules")
  end)

  it("counts a function's uses, which keep it", function()
    local made = server:expect(201, "POST", "/workspace/functions", { name = "counted", code = "x" })
    local path = ("/workspace/functions/%d"):format(made.id)
    assert.equal(0, server:expect(200, "GET", path).reference_count)
    local instance = server:expect(201, "POST", application .. "/functions", { name = "c", ["function"] = made.id })
    assert.equal(1, server:expect(200, "GET", path).reference_count)
    server:expect(400, "DELETE", path)
    local rule = server:expect(201, "POST", application .. "/request_rules",
      sandboxes.rule("runs", { { type = "run_function", attributes = { value = instance.id } } }))
    server:expect(400, "DELETE", ("%s/functions/%d"):format(application, instance.id))
    server:expect(200, "DELETE", ("%s/request_rules/%d"):format(application, rule.id))
    server:expect(200, "DELETE", ("%s/functions/%d"):format(application, instance.id))
    server:expect(200, "DELETE", path)
  end)

  it("switches a firewall's WAF on where it is sent without saying so", function()
    local function waf(modules)
      return server:expect(201, "POST", "/workspace/firewalls",
        { name = "f" .. math.random(1e9), modules = modules }).modules.waf.enabled
    end
    assert.same({ false, false, true, false },
      { waf(nil), waf({ functions = {} }), waf({ waf = {} }), waf({ waf = { enabled = false } }) })
    assert.same({ enabled = true }, server:expect(200, "GET", paths.firewall).modules.ddos_protection)
  end)

  it("has no more than 200 rules in an application, of both phases together", function()
    local site = server:expect(201, "POST", APPLICATIONS, { name = "many rules" })
    local path = ("%s/%d/"):format(APPLICATIONS, site.id)
    for number = 1, 199 do
      server:expect(201, "POST", path .. (number % 2 == 0 and "request_rules" or "response_rules"),
        sandboxes.rule("r" .. number))
    end
    assert.same({ "/data 10000 An application has at most 200 rules." },
      server:refused("POST", path .. "request_rules", sandboxes.rule("one more")))
  end)

  it("asks for modules of an application where an option says so", function()
    local strict = sandboxes.start({ require_modules = true })
    local path = ("%s/%d"):format(APPLICATIONS, strict:id(APPLICATIONS))
    local rule = sandboxes.rule("m", { { type = "bypass_cache" } })
    server:expect(201, "POST", application .. "/request_rules", rule)
    assert.same({ "/data/behaviors/0/type 10000 Needs the application's module application_accelerator." },
      strict:refused("POST", path .. "/request_rules", rule))
    strict:expect(200, "PATCH", path, { modules = { application_accelerator = { enabled = true } } })
    strict:expect(201, "POST", path .. "/request_rules", rule)
    strict:stop()
  end)
end)
