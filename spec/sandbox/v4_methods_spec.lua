-- What version 4 of the sandbox makes by itself, and the methods beyond create, read, change and delete.
local sandboxes = require("spec.support.sandbox_v4")

local APPLICATIONS, CERTIFICATES = "/workspace/applications", "/workspace/tls/certificates"

describe("version 4 of the sandbox", function()
  local server

  setup(function()
    server = sandboxes.start({})
  end)

  teardown(function()
    server:stop()
  end)

  local function new_application(name, more)
    local fields = { name = name }
    for key, value in pairs(more or {}) do
      fields[key] = value
    end
    return ("%s/%d"):format(APPLICATIONS, server:expect(201, "POST", APPLICATIONS, fields).id)
  end

  it("makes a Default Rule with an application, and nothing else", function()
    local path = new_application("bare")
    local rules = server:expect(200, "GET", path .. "/request_rules").results
    assert.same({ { type = "deliver" } }, rules[1].behaviors)
    assert.same({ "Default Rule", 0, true }, { rules[1].name, rules[1].order, rules[1].active })
    assert.equal(1, #rules)
    for _, name in ipairs({ "response_rules", "cache_settings", "device_groups", "functions" }) do
      assert.equal(0, server:expect(200, "GET", path .. "/" .. name).count, name)
    end
    local default = ("%s/request_rules/%d"):format(path, rules[1].id)
    assert.same({ "/data 10000 The Default Rule cannot be deleted." }, server:refused("DELETE", default))
    assert.same({ "/data/name 10000 This rule name is already in use." },
      server:refused("POST", path .. "/request_rules", sandboxes.rule("Default Rule")))
    assert.equal("x", server:expect(200, "PATCH", default, { description = "x" }).description)
  end)

  it("appends rules, and closes up where one is deleted", function()
    local rules = new_application("appends") .. "/response_rules"
    local ids = {}
    for number = 1, 3 do
      local made = server:expect(201, "POST", rules, sandboxes.rule("r" .. number))
      assert.equal(number - 1, made.order)
      ids[number] = made.id
    end
    server:expect(200, "PATCH", ("%s/%d"):format(rules, ids[3]), { order = 0 })
    server:expect(200, "DELETE", ("%s/%d"):format(rules, ids[1]))
    assert.same({ 0, 1 }, server:listed(rules, "order"))
    assert.same({ ids[2], ids[3] }, server:listed(rules, "id"))
  end)

  local function with_rules(other, path)
    for number = 1, 3 do
      other:expect(201, "POST", path, sandboxes.rule("r" .. number, { { type = "deny" } },
        path:find("firewalls", 1, true) and { { { conditional = "if", variable = "${host}", operator = "exists" } } }))
    end
    return other:listed(path, "id")
  end

  it("orders rules by the list of their ids", function()
    local path = new_application("ordered") .. "/request_rules"
    local ids = with_rules(server, path)
    local page = server:expect(200, "PUT", path .. "/order", { order = { ids[4], ids[2], ids[3] } })
    assert.same({ 4, 1, 1 }, { page.count, page.page, page.total_pages })
    assert.same({ ids[1], ids[4], ids[2], ids[3] }, server:listed(path, "id"))
    assert.same({ 0, 1, 2, 3 }, server:listed(path, "order"))
    server:expect(200, "PUT", path .. "/order", { order = ids })
    assert.same(ids, server:listed(path, "id"))
    for order, wrong in pairs({
      [{ ids[2], ids[3] }] = "/data/order 10000 All rules must be in the order.",
      [{ ids[2], ids[3], ids[2] }] = "/data/order/2 10000 The rule is named twice.",
      [{ ids[2], 7 }] = "/data/order/1 10000 There is no such rule.",
      [{ "a" }] = "/data/order/0 10000 There is no such rule.",
    }) do
      assert.same({ wrong }, server:refused("PUT", path .. "/order", { order = order }))
    end
    assert.same({ "/data/order 10059 The {field} field is required." }, server:refused("PUT", path .. "/order", {}))
    assert.same({ "/data/order 10049 Ensure this field has at least 1 elements." },
      server:refused("PUT", path .. "/order", { order = require("azion").array({}) }))
    local firewall = ("/workspace/firewalls/%d/request_rules"):format(server:id("/workspace/firewalls"))
    ids = with_rules(server, firewall)
    server:expect(200, "PUT", firewall .. "/order", { order = { ids[4], ids[3], ids[2], ids[1] } })
    assert.same({ ids[4], ids[3], ids[2], ids[1] }, server:listed(firewall, "id"))
  end)

  it("takes the Default Rule in an order, or not, and orders of some rules, as options say", function()
    local function orders(options)
      options.seed = { rules = 0, applications = 1 }
      local other = sandboxes.start(options)
      local path = ("%s/%d/request_rules"):format(APPLICATIONS, other:id(APPLICATIONS))
      local ids = with_rules(other, path)
      local found = {}
      for position, order in ipairs({ { ids[4], ids[3], ids[2] }, { ids[1], ids[4], ids[3], ids[2] }, { ids[3] },
        { ids[1], ids[3] } }) do
        found[position] = select(2, other:call("PUT", path .. "/order", { order = order }))
      end
      local last = other:listed(path, "name")
      other:stop()
      return found, last
    end
    assert.same({ 200, 200, 400, 400 }, (orders({})))
    assert.same({ 400, 200, 400, 400 }, (orders({ default_rule_in_order = "always" })))
    assert.same({ 200, 400, 400, 400 }, (orders({ default_rule_in_order = "never" })))
    local statuses, last = orders({ partial_order = "append" })
    assert.same({ 200, 200, 200, 200 }, statuses)
    assert.same({ "Default Rule", "r2", "r3", "r1" }, last)
  end)

  it("copies an application with all that belongs to it, and its references among that", function()
    local path = new_application("original", { debug = true, modules = { image_processor = { enabled = true } } })
    local setting = server:expect(201, "POST", path .. "/cache_settings", { name = "s" })
    local group = server:expect(201, "POST", path .. "/device_groups", { name = "g", user_agent = "x" })
    server:expect(201, "POST", path .. "/cache_settings", { name = "t", modules = { application_accelerator = {
      cache_vary_by_devices = { behavior = "allowlist", device_group = { group.id } } } } })
    local connector = server:id("/workspace/connectors")
    server:expect(201, "POST", path .. "/request_rules", sandboxes.rule("r", {
      { type = "set_cache_policy", attributes = { value = setting.id } },
      { type = "set_connector", attributes = { value = connector } },
    }))
    local copy = server:expect(201, "POST", path .. "/clone", { name = "copy" })
    assert.same({ "copy", true, true }, { copy.name, copy.debug, copy.modules.image_processor.enabled })
    local copied = ("%s/%d"):format(APPLICATIONS, copy.id)
    assert.same({ "Default Rule", "r" }, server:listed(copied .. "/request_rules", "name"))
    local settings = server:expect(200, "GET", copied .. "/cache_settings").results
    local rule = server:expect(200, "GET", copied .. "/request_rules").results[2]
    assert.same({ settings[1].id, connector },
      { rule.behaviors[1].attributes.value, rule.behaviors[2].attributes.value })
    assert.not_equal(setting.id, settings[1].id)
    assert.same({ server:id(copied .. "/device_groups") },
      settings[2].modules.application_accelerator.cache_vary_by_devices.device_group)
    assert.same({ "/data/name 10000 This application name is already in use." },
      server:refused("POST", path .. "/clone", { name = "copy" }))
    server:refused("POST", path .. "/clone", {})
    server:expect(404, "POST", APPLICATIONS .. "/7/clone", { name = "x" })
    local default = server:id(copied .. "/request_rules")
    server:expect(400, "DELETE", ("%s/request_rules/%d"):format(copied, default))
    server:expect(200, "DELETE", path)
  end)

  it("copies firewalls and WAFs", function()
    for _, name in ipairs({ "firewalls", "wafs" }) do
      local path = ("/workspace/%s/%d"):format(name, server:id("/workspace/" .. name))
      local copy = server:expect(201, "POST", path .. "/clone", { name = "copy" })
      local below = name == "wafs" and "exceptions" or "request_rules"
      assert.same(server:listed(path .. "/" .. below, "name"),
        server:listed(("/workspace/%s/%d/%s"):format(name, copy.id, below), "name"))
    end
  end)

  it("makes certificates that were asked for, which are pending at first", function()
    local wanted = { name = "asked", challenge = "dns", authority = "lets_encrypt", common_name = "*.example.com" }
    local made = server:expect(201, "POST", CERTIFICATES .. "/request", wanted)
    assert.same({ "pending", true, "dns", "lets_encrypt", "ecc_384" },
      { made.status, made.managed, made.challenge, made.authority, made.key_algorithm })
    assert.same({ "*.example.com" }, made.subject_name)
    assert.is_nil(made.certificate)
    local path = ("%s/%d"):format(CERTIFICATES, made.id)
    local active = server:expect(200, "GET", path)
    assert.equal("active", active.status)
    assert.matches("BEGIN CERTIFICATE", active.certificate)
    local slow = sandboxes.start({ issue_after = 600 })
    made = slow:expect(201, "POST", CERTIFICATES .. "/request", wanted)
    assert.equal("pending", slow:expect(200, "GET", ("%s/%d"):format(CERTIFICATES, made.id)).status)
    slow:stop()
  end)

  it("has DNSSEC for each zone", function()
    local zone = server:expect(201, "POST", "/workspace/dns/zones", { name = "z", domain = "z.example", active = true })
    local path = ("/workspace/dns/zones/%d"):format(zone.id)
    assert.equal(3, #zone.nameservers)
    assert.same({ enabled = false, status = "unconfigured" }, (server:expect(200, "GET", path .. "/dnssec")))
    for _, verb in ipairs({ "PUT", "PATCH" }) do
      local on = server:expect(200, verb, path .. "/dnssec", { enabled = true })
      assert.same({ true, "waiting", 13 }, { on.enabled, on.status, on.delegation_signer.algorithm_type.id })
      assert.equal("unconfigured", server:expect(200, verb, path .. "/dnssec", { enabled = false }).status)
    end
    server:refused("PUT", path .. "/dnssec", {})
    server:expect(405, "DELETE", path .. "/dnssec")
    assert.equal("pending", server:expect(202, "DELETE", path).state)
    server:expect(404, "GET", path .. "/dnssec")
  end)

  it("answers 202 to the deletion of records, too", function()
    local path = ("/workspace/dns/zones/%d/records"):format(server:id("/workspace/dns/zones"))
    assert.equal("pending", server:expect(202, "DELETE", ("%s/%d"):format(path, server:id(path))).state)
  end)

  it("shares personal tokens with version 3, bare", function()
    local azion, sandbox = require("azion"), server.sandbox
    local made = server:expect(201, "POST", "/iam/personal_tokens",
      { name = "t", description = "d", expires_at = "2099-07-26T00:00" })
    assert.same({ "t", "d", "2099-07-26T00:00:00Z" }, { made.name, made.description, made.expires_at })
    assert.matches("^azion%x+$", made.key)
    local page = server:expect(200, "GET", "/iam/personal_tokens")
    assert.same({ count = page.count, results = page.results }, page)
    assert.same({ made.uuid, nil }, { page.results[page.count].uuid, page.results[page.count].key })
    local options = { base_url = sandbox.account_url, token = made.key, ca_file = sandbox.ca_file, max_attempts = 1 }
    local v3 = assert(azion.client(options))
    assert(v3:request("GET", "/edge_applications"))
    assert.same({ state = "executed" }, (server:expect(200, "DELETE", "/iam/personal_tokens/" .. made.uuid)))
    local _, err = v3:request("GET", "/edge_applications")
    assert.equal(401, err.status)
    v3:close()
    server:expect(404, "DELETE", "/iam/personal_tokens/" .. made.uuid)
  end)

  it("purges, and says what", function()
    local data, body = server:expect(201, "POST", "/workspace/purge/url", { items = { "a.example/x", "http://b/y" } })
    assert.same({ items = { "a.example/x", "http://b/y" }, layer = "cache" }, data)
    assert.equal("executed", body.state)
    data = server:expect(201, "POST", "/workspace/purge/cachekey", { items = { "k" }, layer = "tiered_cache" })
    assert.equal("tiered_cache", data.layer)
    local many = {}
    for number = 1, 51 do
      many[number] = "a.example/" .. number
    end
    assert.same({ "/data/items 10000 Expected 1 to 50 entries, got 51." },
      server:refused("POST", "/workspace/purge/url", { items = many }))
    many[51] = nil
    server:expect(201, "POST", "/workspace/purge/url", { items = many })
    server:expect(404, "POST", "/workspace/purge/nothing", { items = many })
    local buckets = {}
    for _, entry in ipairs(server.sandbox:journal()) do
      buckets[entry.path] = entry.bucket
    end
    assert.same({ "purge", "purge" }, { buckets["/v4/workspace/purge/url"], buckets["/v4/workspace/purge/cachekey"] })
  end)

  it("finds buckets by name, unique over all accounts", function()
    local fields = { name = "my-bucket", workloads_access = "read_only" }
    server:expect(201, "POST", "/workspace/storage/buckets", fields)
    assert.same({ "/data/name 10000 This bucket name is already in use." },
      server:refused("POST", "/workspace/storage/buckets", fields))
    local path = "/workspace/storage/buckets/my-bucket"
    assert.equal("restricted", server:expect(200, "PATCH", path, { workloads_access = "restricted" }).workloads_access)
    server:refused("PATCH", path, { name = "other-bucket" })
    local connector = server:expect(201, "POST", "/workspace/connectors",
      { name = "uses a bucket", type = "storage", attributes = { bucket = "my-bucket" } })
    server:refused("DELETE", path)
    server:expect(200, "DELETE", ("/workspace/connectors/%d"):format(connector.id))
    server:expect(200, "DELETE", path)
  end)
end)
