-- Commands of version 4's collections, and the choice of a version.
local command = require "spec.support.command"
local core = require "azion.core"
local sandboxes = require "azion.sandbox"

describe("version 4", function()
  local sandbox, lazion

  setup(function()
    sandbox = assert(sandboxes.start())
    lazion = command.against(sandbox)
  end)

  teardown(function()
    sandbox:stop()
  end)

  local function id_of(text)
    return assert(text:match('"id":(%d+)'))
  end

  local function last()
    local journal = sandbox:journal()
    return journal[#journal]
  end

  it("is what the name of a collection says, else --api, else AZION_API, else version 3", function()
    local cases = {
      { { "connectors", "list" }, {}, "/v4/workspace/connectors" },
      { { "domains", "list" }, {}, "/domains" },
      { { "cache_settings", "list", "--of", "1" }, {}, "/edge_applications/1/cache_settings" },
      { { "cache_settings", "list", "--of", "1", "--api", "v4" }, {}, "/v4/workspace/applications/1/cache_settings" },
      { { "cache_settings", "list", "--of", "1" }, { AZION_API = "v4" },
        "/v4/workspace/applications/1/cache_settings" },
      { { "cache_settings", "list", "--of", "1", "--api", "v3" }, { AZION_API = "v4" },
        "/edge_applications/1/cache_settings" },
      { { "request", "GET", "/x", "--api", "v4" }, {}, "/v4/x" },
      { { "purge", "https://www.example.com/", "--api", "v4" }, {}, "/v4/workspace/purge/url" },
    }
    for _, case in ipairs(cases) do
      local before = #sandbox:journal()
      lazion(case[1], case[2])
      assert.equal(case[3], sandbox:journal()[before + 1].path, table.concat(case[1], " "))
    end
  end)

  it("is refused before anything is sent where a document or an export is of the other one", function()
    local before = #sandbox:journal()
    local status, _, errors = lazion({ "plan", "-" }, { AZION_API = "v4" }, '{"domains":[],"rules":[]}')
    assert.equal(4, status)
    assert.equal("lazion: domains is a collection of version 3 of the API: --api v3\n", errors)
    status, _, errors = lazion { "export", "wafs", "--api", "v3" }
    assert.equal(2, status)
    assert.matches("^lazion: wafs is a collection of version 4 of the API: %-%-api v4 ", errors)
    assert.equal(before, #sandbox:journal())
  end)

  it("is asked of the account", function()
    local status, output = lazion { "api-version" }
    assert.equal(0, status)
    assert.equal("v4\n", output)
    assert.equal('{"api_version":"v4"}\n', (select(2, lazion { "api-version", "--jsonl" })))
    status, output = lazion({ "api-version", "--account-url", sandbox.base_url }, { AZION_ACCOUNT_URL = "http://x.y" })
    assert.equal(0, status)
    assert.equal("v4\n", output)
  end)

  it("has no hint to itself in its refusals", function()
    local status, _, errors = lazion({ "connectors", "list" }, { AZION_TOKEN = "wrong" })
    assert.equal(4, status)
    assert.is_nil(errors:find("--api", 1, true))
  end)

  it("has items with fields inside fields", function()
    local status, output, errors = lazion { "applications", "create", "--set", "name=shop", "--set",
      "modules.cache.enabled=true", "--set", "debug=true", "--json" }
    assert.equal("", errors)
    assert.equal(0, status)
    assert.is_true(core.decode(output).modules.cache.enabled)
    local sent = core.decode(last().body)
    assert.same({ name = "shop", modules = { cache = { enabled = true } }, debug = true }, sent)
    status = lazion { "connectors", "create", "--set", "name=c", "--set", "type=http", "--set",
      "attributes.addresses.1.address=a.example" }
    assert.equal(0, status)
  end)

  it("has further methods", function()
    local _, output = lazion { "applications", "create", "--set", "name=original", "--jsonl" }
    local status
    status, output = lazion { "applications", "clone", id_of(output), "--set", "name=copy", "--json" }
    assert.equal(0, status)
    assert.equal("copy", core.decode(output).name)
    _, output = lazion { "dns_zones", "create", "--set", "name=zone", "--set", "domain=zone.example", "--set",
      "active=true", "--jsonl" }
    local zone = id_of(output)
    status, output = lazion { "dns_zones", "dnssec", zone, "--json" }
    assert.equal(0, status)
    assert.is_false(core.decode(output).enabled)
    status, output = lazion { "dns_zones", "dnssec", zone, "--set", "enabled=true", "--json" }
    assert.equal(0, status)
    assert.is_true(core.decode(output).enabled)
    assert.equal("PATCH", last().method)
  end)

  it("orders rules", function()
    assert.equal(0, (lazion { "applications", "create", "--set", "name=ordered" }))
    local of, ids = { "--of", "ordered", "--phase", "response", "--api", "v4" }, {}
    local function run(...)
      local words = { "rules", ... }
      for _, word in ipairs(of) do
        words[#words + 1] = word
      end
      return lazion(words)
    end
    for index = 1, 3 do
      local status, output, errors = run("create", "--set", "name=rule " .. index, "--set",
        'criteria=[[{"conditional":"if","variable":"${uri}","operator":"exists"}]]', "--set",
        "behaviors.1.type=deliver", "--jsonl")
      assert.equal(0, status, errors)
      ids[index] = id_of(output)
    end
    local status, output = run("order", ids[3], ids[1], ids[2], "--csv", "--columns", "name")
    assert.equal(0, status)
    assert.equal("name\nrule 3\nrule 1\nrule 2\n", output)
    assert.same({ 4 }, { (run("order", ids[1], ids[1])) })
  end)

  it("finds and deletes by its own keys", function()
    local status, output = lazion { "buckets", "create", "--set", "name=photos", "--set", "workloads_access=read_only",
      "--json" }
    assert.equal(0, status, output)
    status, output = lazion { "buckets", "delete", "photos", "--yes", "--csv" }
    assert.equal(0, status)
    assert.equal("key,deleted\nphotos,true\n", output)
    assert.equal(2, (lazion { "personal_tokens", "update", "x", "--set", "name=y" }))
  end)
end)
