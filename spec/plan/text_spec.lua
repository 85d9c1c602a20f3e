-- A plan as people and programs read it, and what it says of its cost.
local azion = require("azion")
local change = require("azion.plan.change")
local core = require("azion.core")
local plans = require("spec.support.plans")

local function site(more)
  local origin = { name = "Static files", addresses = { { address = "static.example.net" } },
    hmac_authentication = true, hmac_region_name = "r", hmac_access_key = "ACCESS", hmac_secret_key = "SECRET" }
  local conditions = {}
  for position = 1, 12 do
    conditions[position] = { { variable = "${uri}", operator = "starts_with", conditional = "if",
      input_value = "/" .. position } }
  end
  for name, value in pairs(more or {}) do
    origin[name] = value
  end
  return {
    edge_applications = { { name = "shop", origins = { origin },
      rules = { request = { { name = "Static", criteria = conditions,
        behaviors = { { name = "set_origin", target = "Static files" } } } } } } },
    domains = { { name = "shop", edge_application_id = "shop" } },
  }
end

describe("a plan", function()
  local account

  before_each(function()
    account = plans.start("v3", { limits = { read = 200, write = 20 } })
  end)

  after_each(function()
    account:stop()
  end)

  it("is a list of steps in the order of application, with what changes", function()
    local plan = assert(account.client:plan(site()))
    local step = plan.steps[1]
    assert.same({ action = "create", resource = "edge_applications", name = "shop",
      changes = { name = { to = "shop" } } }, step)
    assert.is_false(plan.empty)
    for _, entry in ipairs(plan.steps) do
      if entry.resource == "rules" then
        assert.same({ "shop", "request", "Static" }, { entry.parent, entry.phase, entry.name })
        assert.same({ { name = "set_origin", target = "Static files" } }, entry.changes.behaviors.to)
      elseif entry.resource == "domains" then
        assert.same({ to = "shop" }, entry.changes.edge_application_id)
      end
    end
    local other = assert(account.client:plan(site()))
    assert.same(plan:table(), other:table())
    assert.equal(tostring(plan), tostring(other))
    assert.is_string(core.encode(plan:table()))
    assert.is_nil(core.encode(plan:table()):find("SECRET", 1, true))
  end)

  it("shows what changes, and only the lines that differ", function()
    assert(assert(account.client:plan(site())):apply())
    local document = site({ hmac_secret_key = "OTHER", host_header = "h.example" })
    document.edge_applications[1].rules.request[1].criteria[7][1].input_value = "/seven"
    local plan = assert(account.client:plan(document))
    local text = tostring(plan)
    assert.equal([[
~ edge_applications "shop".origins "Static files"
    host_header: "${host}" -> "h.example"
    hmac_secret_key: "***" -> "***"
~ edge_applications "shop".rules.request "Static"
    criteria:
      - 7. {"conditional":"if","input_value":"/7","operator":"starts_with","variable":"${uri}"}
      + 7. {"conditional":"if","input_value":"/seven","operator":"starts_with","variable":"${uri}"}

0 to create, 2 to change, 0 to delete: 4 requests (2 reads, 2 writes), 1 window of the rate limit, about 0 s]], text)
    assert.same({ from = "${host}", to = "h.example" }, plan.steps[1].changes.host_header)
    local colored = plan:text({ color = true })
    assert.equal(text, (colored:gsub("\27%[[%d;]*m", "")))
    assert.is_truthy(colored:find("\27[33m~ edge", 1, true))
  end)

  it("tells what it costs", function()
    local client = account:new_client()
    local plan = assert(client:plan(site()))
    assert.same({ 4, 1 }, { plan.operations, plan.windows })
    assert.matches("200 requests a window are assumed", tostring(plan), 1, true)
    assert(client:edge_applications():create({ name = "first" })) -- the limit of writes is known now
    local document = { edge_applications = {} }
    for number = 1, 45 do
      document.edge_applications[number] = { name = "app " .. number }
    end
    plan = assert(client:plan(document))
    assert.same({ 45, 3 }, { plan.operations, plan.windows })
    assert.is_true(plan.eta > 100 and plan.eta < 130, tostring(plan.eta)) -- two windows have to pass
    assert.is_nil(tostring(plan):find("assumed", 1, true))
    local empty = assert(client:plan({}))
    assert.same({ true, 0, 0, 0 }, { empty.empty, empty.operations, empty.windows, empty.eta })
    assert.equal("Nothing to do: everything is as the document wants it.", tostring(empty))
  end)

  it("goes into objects, and shows of long texts the lines that differ", function()
    local newer = plans.start("v4")
    local function document(host, secret, code)
      return {
        functions = { { name = "f", code = code } },
        connectors = { { name = "c", type = "http", attributes = {
          addresses = { { address = host } },
          connection_options = { host = host, path_prefix = "/p" },
          modules = { origin_shield = { enabled = true, config = { hmac = { enabled = true, config = {
            type = "aws4_hmac_sha256", attributes = { region = "r", access_key = "AK", secret_key = secret } } } } } },
        } } },
      }
    end
    newer:apply(document("b.example", "SK", "first\nsecond\nthird\n"))
    local text = tostring(assert(newer.client:plan(document("c.example", "SK", "first\n2\27[0m\nthird\n"))))
    assert.equal([[
~ connectors "c"
    attributes.addresses:
      - {"active":true,"address":"b.example","http_port":80,"https_port":443,"modules":null}
      + {"address":"c.example"}
    attributes.connection_options.host: "b.example" -> "c.example"
~ functions "f"
    code:
      - "second"
      + "2\u001b[0m"
]], text:match("^(.-)\n%d+ to create"))
    text = tostring(assert(newer.client:plan(document("b.example", "NEW", "first\nsecond\nthird\n"))))
    assert.equal('~ connectors "c"\n    attributes: (a secret)\n', text:match("^(.-)\n%d+ to create"))
    newer:stop()
  end)

  it("names of an order the items that get another place", function()
    local lines = {}
    change.add_moves(lines, { "a", "b", "c" }, { "c", "b", "a" })
    assert.same({ '    "a": place 1 -> 3' }, lines)
  end)

  it("cuts long values in the middle", function()
    local document = { variables = { { key = "K", value = "v" } }, edge_applications = { { name = "shop",
      device_groups = { { name = "g", user_agent = ("x"):rep(400) .. "end" } } } } }
    local text = tostring(assert(account.client:plan(document)))
    assert.is_truthy(text:find("xxx…xxx.-end\""))
    assert.is_nil(text:find(("x"):rep(200), 1, true))
  end)
end)

describe("an export", function()
  it("is planned to nothing, and builds the same in an empty account", function()
    for _, version in ipairs({ "v3", "v4" }) do
      local account, other = plans.start(version, { seed = version == "v3" and 5 or 2 }), plans.start(version)
      local document, err, omitted = account.client:export()
      assert.is_nil(err)
      account:rests(document)
      account:rests(document, { prune = true })
      local places = {}
      for _, entry in ipairs(omitted) do
        places[entry.place] = entry.why
      end
      if version == "v3" then
        local origin = document.edge_applications[1].origins[2]
        assert.same({ "https" }, { origin.origin_protocol_policy, origin.hmac_secret_key, origin.hmac_authentication })
        local place = 'edge_applications "application-001".origins "origin-002".'
        assert.equal("a secret", places[place .. "hmac_secret_key"])
        assert.equal("needs a secret that is not carried over", places[place .. "hmac_authentication"])
        assert.is_truthy(places['digital_certificates "certificate-001"'])
        assert.is_nil(document.digital_certificates)
      else
        assert.equal("only one item of all accounts can have it", places['buckets "bucket-001".name'])
      end
      other:apply(document)
      other:rests(document)

      assert.same(document, plans.read_lua(azion.document.lua(document)))
      assert.same(document, core.decode(azion.document.json(document)))
      account:stop()
      other:stop()
    end
  end)

  it("takes parts by their names", function()
    local account = plans.start("v3")
    account:apply({ edge_applications = { { name = "one" }, { name = "two" } },
      domains = { { name = "d", edge_application_id = "two" } } })
    local document = assert(account.client:export({ edge_applications = { "two" } }))
    assert.same({ "two" }, { document.edge_applications[1].name, document.edge_applications[2] })
    assert.is_nil(document.domains)
    document = assert(account.client:export({ domains = true }))
    assert.equal("two", document.domains[1].edge_application_id)
    assert.is_nil(document.edge_applications)
    local nothing, err = account.client:export({ edge_applications = { "onf" } })
    assert.is_nil(nothing)
    assert.equal("not_found", err.kind)
    assert.equal('no edge application is named "onf"; there is "one"', err.message)
    assert.equal("invalid", select(2, account.client:export({ edge_application = true })).kind)
    account:stop()
  end)

  it("tells that a certificate was issued on request, which no word of the API stands for", function()
    local account = plans.start("v4")
    assert(account.client:certificates():request({ name = "issued", challenge = "dns", authority = "lets_encrypt",
      common_name = "a.example.com" }))
    account:apply({ workloads = { { name = "w", domains = { "a.example.com" }, tls = { certificate = "issued" } } } })
    local document, _, omitted = account.client:export({ workloads = true, certificates = true })
    assert.equal("issued", document.workloads[1].tls.certificate)
    assert.same({ place = 'certificates "issued"', why = "issued by the API: another account has to request its own" },
      omitted[1])
    account:rests(document, { prune = true })
    account:stop()
  end)

  it("gives what is unclear by its key or id", function()
    local account = plans.start("v4", { repeated_names = true })
    local connectors = account.client:connectors()
    local fields = { name = "c", type = "http", attributes = { addresses = { { address = "a.example" } } } }
    local one, two = assert(connectors:create(fields)), assert(connectors:create(fields))
    local application = assert(account.client:applications():create({ name = "app" }))
    assert(account.client:rules(application, "request"):create({ name = "r",
      criteria = { { { conditional = "if", variable = "${uri}", operator = "starts_with", argument = "/" } } },
      behaviors = { { type = "set_connector", attributes = { value = two.id } } } }))
    local document = assert(account.client:export())
    assert.same({ one.id, two.id }, { document.connectors[1].id, document.connectors[2].id })
    assert.equal(two.id, document.applications[1].rules.request[2].behaviors[1].attributes.value)
    account:rests(document)
    assert.is_truthy(account:mistakes({ connectors = { { name = "c", active = false } } })['connectors "c"'])
    account:stop()
  end)
end)
