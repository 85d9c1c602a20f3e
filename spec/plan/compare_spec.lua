-- What a plan compares, what it sends, and what it never sends.
local azion = require("azion")
local plans = require("spec.support.plans")

local pem = "-----BEGIN %s-----\n%s\n-----END %s-----"

local function certificate(letter)
  return pem:format("CERTIFICATE", letter, "CERTIFICATE")
end

local function key(letter)
  return pem:format("PRIVATE KEY", letter, "PRIVATE KEY")
end

describe("a plan for version 3", function()
  local account

  before_each(function()
    account = plans.start("v3")
  end)

  after_each(function()
    account:stop()
  end)

  local function origins(...)
    return { edge_applications = { { name = "shop", origins = { ... } } } }
  end

  it("sees no difference in spelling", function()
    account:apply({
      edge_applications = { { name = "shop", http_port = 80, cache_settings = { { name = "c",
        cache_by_query_string = "whitelist", query_string_fields = { "b", "a" }, cookie_names = azion.null } },
        rules = { request = { { name = "r", description = azion.null, behaviors = { { name = "deliver" } },
          criteria = { { { variable = "${uri}", operator = "exists", conditional = "if" } } } } } } } },
      digital_certificates = { { name = "c", certificate = certificate("a"), private_key = key("a") } },
    })
    account:rests({
      edge_applications = { { name = "shop", http_port = { 80.0 }, cache_settings = { { name = "c",
        query_string_fields = { "a", "b" }, cookie_names = { "" } } },
        rules = { request = { { name = "r", description = "",
          behaviors = { { name = "deliver", target = "" } } } } } } },
      digital_certificates = { { name = "c", certificate = "\n " .. certificate("a") .. "\n",
        private_key = key("b") } },
    })
  end)

  it("ignores what the API sets, does not keep, or takes on creation only", function()
    local document = { edge_applications = { { name = "shop", address = "a.example.net", last_editor = "me", id = nil,
      origins = { { name = "o", connection_timeout = 5, timeout_between_bytes = 6, method = "round_robin",
        addresses = { { address = "a.example.net", weight = 7 } } } } } } }
    account:apply(document)
    document.edge_applications[1].address = "b.example.net"
    document.edge_applications[1].origins[1].connection_timeout = 7
    account:rests(document)
  end)

  it("compares members that are given only, and lists as a whole", function()
    account:apply(origins({ name = "o", origin_type = "load_balancer", addresses = {
      { address = "a.example.net", weight = 3 }, { address = "b.example.net", server_role = "backup" } } }))
    account:rests(origins({ name = "o", addresses = { { address = "a.example.net" }, { address = "b.example.net" } } }))
    for _, addresses in ipairs({ { { address = "a.example.net" } }, { { address = "b.example.net" } },
      { { address = "a.example.net" }, { address = "b.example.net" }, { address = "c.example.net" } } }) do
      assert.equal(1, #assert(account.client:plan(origins({ name = "o", addresses = addresses }))).steps)
    end
    local _, plan = account:apply(origins({ name = "o", addresses = { { address = "b.example.net", weight = 9 },
      { address = "a.example.net" } } }))
    assert.same({ { address = "b.example.net", weight = 9, server_role = "backup", is_active = true },
      { address = "a.example.net", weight = 3, server_role = "primary", is_active = true } },
      plan.steps[1].changes.addresses.to)
    local application = assert(account.client:edge_applications():find("shop"))
    assert.same(plan.steps[1].changes.addresses.to,
      assert(account.client:origins(application):find("o")).addresses)
  end)

  it("compares an object of the user's own as a whole", function()
    local function instance(args)
      return { edge_applications = { { name = "shop", functions_instances = { { name = "i", edge_function_id = 5001,
        args = args } } } } }
    end
    account:apply(instance({ a = 1, b = { c = { 1, "x" } }, d = azion.null }))
    account:rests(instance({ a = 1, b = { c = { 1, "x" } } })) -- null and absent are the same
    account:rests(instance({ a = 1, b = { c = { 1, "x" } }, d = azion.null, e = azion.null }))
    for _, args in ipairs({ { a = 1 }, { a = 1, b = { c = { 1 } } }, { a = 1, b = { c = { 1 } }, f = false }, {} }) do
      local _, plan = account:apply(instance(args))
      assert.same({ 1, args }, { #plan.steps, plan.steps[1].changes.args.to })
      account:rests(instance(args))
    end
    account:apply(instance({ { a = 1 }, "b" }))
    account:rests(instance({ { a = 1 }, "b" }))
  end)

  it("refuses changes that the API does not allow", function()
    account:apply({
      edge_applications = { { name = "shop",
        origins = { { name = "o", origin_type = "object_storage", bucket = "b" } } } },
      digital_certificates = { { name = "c", certificate = certificate("a"), private_key = key("a") } },
    })
    assert.same({
      ['edge_applications "shop".origins "o".origin_type'] = { "can be set on creation only" },
      ['digital_certificates "c".certificate_type'] = { "cannot be changed" },
    }, (account:mistakes({
      edge_applications = { { name = "shop", origins = { { name = "o", origin_type = "live_ingest",
        streaming_endpoint = "br-east-1.azioningest.net", bucket = "", prefix = "" } } } },
      digital_certificates = { { name = "c", certificate_type = "trusted_ca_certificate" } },
    })))
  end)

  it("sends what is never shown on creation and with other changes, or when it is told to", function()
    local document = {
      digital_certificates = { { name = "c", certificate = certificate("a"), private_key = key("a") } },
      variables = { { key = "K", value = "secret one", secret = true } } }
    account:apply(document)
    document.digital_certificates[1].private_key, document.variables[1].value = key("b"), "secret two"
    account:rests(document)
    local plan = assert(account.client:plan(document, { secrets = "send" }))
    assert.same({ "update", "update" }, { plan.steps[1].action, plan.steps[2].action })
    assert.is_nil(tostring(plan):find("secret two", 1, true) or tostring(plan):find("BEGIN PRIVATE", 1, true))
    assert.is_true(assert(plan:apply()).ok)
    document.digital_certificates[1].certificate = certificate("c")
    plan = select(2, account:apply(document))
    assert.same({ to = "***" }, plan.steps[1].changes.private_key)
    account:rests(document)
  end)

  it("does not send a secret that was only read", function()
    account:apply({ variables = { { key = "K", value = "v", secret = true } } })
    local fields = account:mistakes({ variables = { { key = "K", secret = false } } })
    assert.is_truthy(fields['variables "K".value'])
  end)
end)

describe("a plan for version 4", function()
  local account

  after_each(function()
    account:stop()
  end)

  local function connector(host, more, hmac_more)
    local attributes = { region = "r", access_key = "AK", secret_key = "SK" }
    for name, value in pairs(hmac_more or {}) do
      attributes[name] = value
    end
    local item = { name = "c", type = "http", attributes = { addresses = { { address = host } },
      modules = { origin_shield = { enabled = true, config = { hmac = { enabled = true,
        config = { type = "aws4_hmac_sha256", attributes = attributes } } } } } } }
    for name, value in pairs(more or {}) do
      item[name] = value
    end
    return { connectors = { item } }
  end

  it("lays what is wanted over what is there", function()
    account = plans.start("v4")
    account:apply({ connectors = { { name = "c", type = "http", attributes = {
      addresses = { { address = "a.example" } }, connection_options = { path_prefix = "/x", host = "h" } } } } })
    account:apply({ connectors = { { name = "c", attributes = { connection_options = { host = "i" } } } } })
    local item = assert(account.client:connectors():find("c"))
    assert.equal("i", item.attributes.connection_options.host)
    assert.equal("/x", item.attributes.connection_options.path_prefix)
    assert.equal("a.example", item.attributes.addresses[1].address)
  end)

  it("has no members of what an item of another type has, which the account tells", function()
    account = plans.start("v4")
    account:apply({ connectors = { { name = "c", type = "http", attributes = {
      addresses = { { address = "a.example" } } } } } })
    assert.same({ ['connectors "c".attributes.bucket'] = { "unknown" } },
      (account:mistakes({ connectors = { { name = "c", attributes = { bucket = "my-bucket" } } } })))
  end)

  it("asks for secrets that would have to be sent along", function()
    account = plans.start("v4")
    account:apply(connector("a.example"))
    local place = 'connectors "c".attributes.modules.origin_shield.config.hmac.config.attributes.'
    local fields, message = account:mistakes({ connectors = { { name = "c",
      attributes = { addresses = { { address = "b.example" } } } } } })
    for _, name in ipairs({ "access_key", "secret_key" }) do
      assert.matches("a secret that was read is never sent", fields[place .. name][1], 1, true)
    end
    assert.is_nil(message:find("SK", 1, true))
    account:apply({ connectors = { { name = "c", active = false } } }) -- has them not in it
    account:apply(connector("b.example"))
  end)

  it("carries nulls along", function()
    account = plans.start("v4")
    account:apply({ workloads = { { name = "w", tls = { minimum_version = azion.null } } } })
    account:apply({ workloads = { { name = "w", tls = { ciphers = 4 } } } })
    assert.same({ ciphers = 4 }, assert(account.client:workloads():find("w")).tls)
    account:rests({ workloads = { { name = "w", tls = { ciphers = 4, minimum_version = azion.null } } } })
    assert.equal(azion.null, assert(account.client:export({ workloads = true })).workloads[1].tls.minimum_version)
  end)

  it("lays entries of a list over those at their places, but not over others of another kind", function()
    account = plans.start("v4", { unknown_fields = "reject" })
    local function behaviors(...)
      return { firewalls = { { name = "f", firewall_rules = { { name = "r", behaviors = { ... }, criteria = { { {
        conditional = "if", variable = "${host}", operator = "is_equal", argument = "h.example" } } } } } } } }
    end
    local function behavior()
      local firewall = assert(account.client:firewalls():find("f"))
      return assert(account.client:firewall_rules(firewall):find("r")).behaviors[1]
    end
    account:apply(behaviors({ type = "set_rate_limit", attributes = { type = "minute", limit_by = "global",
      average_rate_limit = 10 } }))
    account:apply(behaviors({ type = "set_rate_limit", attributes = { limit_by = "global", average_rate_limit = 20 } }))
    assert.same({ type = "minute", limit_by = "global", average_rate_limit = 20 }, behavior().attributes)
    account:apply(behaviors({ type = "set_custom_response", attributes = { status_code = 403, content_body = "no",
      content_type = "text/plain" } }))
    assert.same({ status_code = 403, content_body = "no", content_type = "text/plain" }, behavior().attributes)
  end)

  it("neither compares nor sends what the API sets inside of an object", function()
    account = plans.start("v4", { unknown_fields = "reject" })
    local function firewall(functions)
      return { firewalls = { { name = "f", modules = { functions = { enabled = functions },
        ddos_protection = { enabled = false } } } } }
    end
    account:apply(firewall(true))
    account:rests(firewall(true))
    account:apply(firewall(false))
    account:apply({ firewalls = { { name = "f", modules = { functions = { enabled = true } } } } })
    assert.is_table(assert(account.client:firewalls():find("f")).modules.ddos_protection)
    for _, entry in ipairs(account.sandbox:journal()) do
      assert.is_nil((entry.body or ""):find("ddos_protection", 1, true))
    end
  end)

  it("clears what has no place any more", function()
    account = plans.start("v4", { patch_depth = "merge" })
    local function settings(more)
      return { applications = { { name = "app", cache_settings = { { name = "c",
        modules = { application_accelerator = { cache_vary_by_cookies = more } } } } } } }
    end
    account:apply(settings({ behavior = "allowlist", cookie_names = { "a" } }))
    account:apply(settings({ behavior = "all" }))
    account:rests(settings({ behavior = "all", cookie_names = {} }))
  end)

  it("takes stars for a secret that is not shown", function()
    account = plans.start("v4", { hmac_keys = "masked" })
    account:apply(connector("a.example"))
    account:rests(connector("a.example", nil, { secret_key = "other" }))
    local plan = assert(account.client:plan(connector("a.example"), { secrets = "send" }))
    assert.equal(1, #plan.steps)
    assert.is_nil(tostring(plan):find("SK", 1, true))
    account:apply(connector("a.example", { active = false }))
  end)

  local function rules(...)
    local list = {}
    for position, name in ipairs({ ... }) do
      list[position] = { name = name, behaviors = { { type = "deliver" } },
        criteria = { { { conditional = "if", variable = "${uri}", operator = "starts_with", argument = "/" } } } }
    end
    return { applications = { { name = "app", rules = { request = list } } } }
  end

  for _, default in ipairs({ "maybe", "always", "never" }) do
    it("orders rules as the document does, the default rule " .. default, function()
      account = plans.start("v4", { default_rule_in_order = default })
      account:apply(rules("a", "b", "c", "d"))
      local _, plan = account:apply(rules("d", "e", "b"))
      assert.same({ "create", "order" }, { plan.steps[1].action, plan.steps[2].action })
      assert.same({ order = { from = { "a", "b", "c", "d", "e" }, to = { "d", "e", "b", "a", "c" } } },
        plan.steps[2].changes)
      assert.matches('~ applications "app".rules.request (order)\n    "b": place 2 -> 3\n    "a": place 1 -> 4\n'
        .. '    "c": place 3 -> 5\n\n', tostring(plan), 1, true)
      local application = assert(account.client:applications():find("app"))
      local got = {}
      for _, rule in ipairs(assert(account.client:rules(application, "request"):all())) do
        got[#got + 1] = rule.name ~= "Default Rule" and rule.name or nil
      end
      assert.same({ "d", "e", "b", "a", "c" }, got)
      account:rests(rules("d", "e", "b"))
    end)
  end
end)
