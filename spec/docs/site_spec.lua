-- examples/site.lua: builds a whole site, does nothing when it is there, mends what was changed, and takes it down.
local azion = require("azion")
local child = require("spec.support.child")

local script = "examples/site.lua"
local site = { "--host", "shop.example.com", "--pages", "pages.example.net", "--static", "static.example.net",
  "--certificate", "self-signed" }

local function last_line(text)
  return text:match("([^\n]*)\n$")
end

describe("the example site", function()
  local sandbox, client

  before_each(function()
    sandbox = assert(azion.sandbox.start({ seed = 3 }))
    client = assert(sandbox:client())
  end)

  after_each(function()
    client:close()
    sandbox:stop()
  end)

  local function run(...)
    local line = { script, ... }
    local status, output, errors = child.run(line, { environment = { AZION_TOKEN = sandbox.token,
      AZION_BASE_URL = sandbox.base_url, AZION_CA_FILE = sandbox.ca_file } })
    assert.is_nil((output .. errors):find("PRIVATE KEY", 1, true))
    assert.is_nil((output .. errors):find(sandbox.token, 1, true))
    return status, output, errors
  end

  local function build(...)
    local words = { "--name", "shop", ... }
    for _, word in ipairs(site) do
      words[#words + 1] = word
    end
    return run((table.unpack or unpack)(words))
  end

  -- Requests that changed something, since the last time.
  local seen = 0
  local function writes()
    local found, journal = {}, sandbox:journal()
    for position = seen + 1, #journal do
      local entry = journal[position]
      if entry.method ~= "GET" then
        found[#found + 1] = entry.method .. " " .. entry.path:gsub("/[%x-]*%d[%x-]*", "/:id")
      end
    end
    seen = #journal
    return found
  end

  before_each(function()
    seen = 0
  end)

  it("explains itself, and asks for what it needs", function()
    local status, output = child.run({ script, "--help" })
    assert.equal(0, status)
    for _, word in ipairs({ "--sandbox", "--down", "--name", "--host", "--certificate", "AZION_TOKEN" }) do
      assert.is_truthy(output:find(word, 1, true), word)
    end
    local errors = select(3, run())
    assert.matches("option '%-%-name' is needed", errors)
    status, output, errors = run("--name", "shop")
    assert.equal(1, status)
    assert.equal("", output)
    assert.matches("option '%-%-host' is needed\n$", errors)
    assert.same({}, writes())
  end)

  it("builds, builds again and removes on the sandbox that it starts", function()
    local status, output, errors = child.run({ script, "--sandbox" }, { environment = {
      AZION_TOKEN = false, AZION_BASE_URL = false } })
    assert.equal("", errors)
    assert.equal(0, status)
    local ends = {}
    for line in output:gmatch("site shop: [^\n]*") do
      ends[#ends + 1] = line
    end
    assert.same({ "site shop: 6 created, 0 changed, 1 kept", "site shop: nothing to change", "site shop: 6 removed" },
      ends)
  end)

  it("is built in the order in which each part can be", function()
    local status, output, errors = build()
    assert.equal("", errors)
    assert.equal(0, status)
    assert.equal("site shop: 6 created, 0 changed, 1 kept", last_line(output))
    assert.same({ "POST /digital_certificates", "POST /edge_applications", "POST /edge_applications/:id/origins",
      "POST /edge_applications/:id/cache_settings", "POST /edge_applications/:id/rules_engine/request/rules",
      "POST /domains", "POST /purge/wildcard" }, writes())
    local application = assert(client:edge_applications():find("shop"))
    local origin = assert(client:origins(application):find("Static files"))
    local cache = assert(client:cache_settings(application):find("Static files"))
    assert.same({ { name = "set_origin", target = tostring(origin.origin_id) },
      { name = "set_cache_policy", target = tostring(cache.id) } },
      assert(client:rules(application, "request"):find("Static files")).behaviors)
    assert.equal("pages.example.net", assert(client:origins(application):find("Default Origin")).addresses[1].address)
    local domain = assert(client:domains():find("shop"))
    assert.equal(application.id, domain.edge_application_id)
    assert.equal(assert(client:digital_certificates():find("shop")).id, domain.digital_certificate_id)
    assert.same({ "shop.example.com" }, domain.cnames)
  end)

  it("is left alone when it is there, and it says so", function()
    assert.equal(0, (build()))
    writes()
    local status, output = build()
    assert.equal(0, status)
    assert.equal("site shop: nothing to change", last_line(output))
    assert.same({}, writes())
  end)

  it("is mended where somebody changed it, and nowhere else", function()
    assert.equal(0, (build()))
    local application = assert(client:edge_applications():find("shop"))
    local origins, rules = client:origins(application), client:rules(application, "request")
    local origin = assert(origins:find("Static files"))
    assert(origins:update(origin, { addresses = { { address = "wrong.example.net" } } }))
    assert(rules:delete((assert(rules:find("Static files")))))
    writes()
    local status, output = build()
    assert.equal(0, status)
    assert.equal("site shop: 1 created, 1 changed, 5 kept", last_line(output))
    assert.same({ "PATCH /edge_applications/:id/origins/:id", "POST /edge_applications/:id/rules_engine/request/rules",
      "POST /purge/wildcard" }, writes())
    assert.equal("static.example.net", assert(origins:find("Static files")).addresses[1].address)
  end)

  it("is finished where a step had failed", function()
    sandbox:stop()
    sandbox = assert(azion.sandbox.start({ seed = 3, faults = {
      { method = "POST", path = "/domains", nth = 1, status = 403, body = '{"detail":"No permission."}' } } }))
    local status, _, errors = build()
    assert.equal(1, status)
    assert.matches("^examples/site.lua: azion: forbidden: POST /domains: HTTP 403: No permission%.\n$", errors)
    local output
    status, output = build()
    assert.equal(0, status)
    assert.equal("site shop: 1 created, 0 changed, 6 kept", last_line(output))
  end)

  it("is removed in the right order, and nothing else with it", function()
    local function count()
      return #assert(client:edge_applications():all()) + #assert(client:digital_certificates():all())
        + #assert(client:domains():all())
    end
    local before = count()
    assert.equal(0, (build()))
    writes()
    local status, output, errors = run("--name", "shop", "--down")
    assert.equal("", errors)
    assert.equal(0, status)
    assert.equal("site shop: 6 removed", last_line(output))
    assert.same({ "DELETE /domains/:id", "DELETE /edge_applications/:id/rules_engine/request/rules/:id",
      "DELETE /edge_applications/:id/cache_settings/:id", "DELETE /edge_applications/:id/origins/:id",
      "DELETE /edge_applications/:id", "DELETE /digital_certificates/:id" }, writes())
    assert.equal(before, count())
    status, output = run("--name", "shop", "--down")
    assert.equal(0, status)
    assert.equal("site shop: nothing to remove", last_line(output))
  end)

  it("takes a certificate from a file, and none from a file without one", function()
    local path = os.tmpname()
    local words = { "--name", "shop", site[1], site[2], site[3], site[4], site[5], site[6], "--certificate", path }
    local status, _, errors = run((table.unpack or unpack)(words))
    assert.equal(1, status)
    assert.matches("has no certificate or no private key\n$", errors)
    local file = assert(io.open(path, "wb"))
    file:write("-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----\n",
      "-----BEGIN RSA PRIVATE KEY-----\nYg==\n-----END RSA PRIVATE KEY-----\n")
    file:close()
    local output
    status, output = run((table.unpack or unpack)(words))
    os.remove(path)
    assert.equal(0, status)
    assert.equal("site shop: 6 created, 0 changed, 1 kept", last_line(output))
    local certificate = assert(client:digital_certificates():find("shop"))
    assert.equal("-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----\n", certificate.certificate_content)
  end)
end)
