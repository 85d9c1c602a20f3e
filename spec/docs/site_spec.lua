-- examples/site.lua: builds a whole site, does nothing when it is there, mends what was changed, and takes it down; in
-- both versions.
-- #seconds 12
local azion = require("azion")
local child = require("spec.support.child")
local files = require("spec.support.files")

local script = "examples/site.lua"
local options = { "--host", "shop.example.com", "--pages", "pages.example.net", "--static", "static.example.net" }
local pem = "-----BEGIN %s-----\nYQ==\n-----END %s-----\n"

local function with(words, more)
  local all = {}
  for _, list in ipairs({ words, more }) do
    for _, word in ipairs(list) do
      all[#all + 1] = word
    end
  end
  return all
end

it("the example site explains itself, and asks for what it needs", function()
  local status, output = child.run({ script, "--help" })
  assert.equal(0, status)
  for _, word in ipairs({ "--sandbox", "--down", "--name", "--host", "--certificate", "--api", "AZION_TOKEN" }) do
    assert.is_truthy(output:find(word, 1, true), word)
  end
  assert.matches("option '%-%-name' is needed", (select(3, child.run({ script, "--down" }))))
  assert.matches("option '%-%-%l+' is needed", (select(3, child.run({ script, "--name", "shop" }))))
end)

-- What the same site is in each version.
local versions = {
  v3 = {
    created = { "POST /digital_certificates", "POST /domains", "POST /edge_applications",
      "POST /edge_applications/:id/cache_settings", "POST /edge_applications/:id/origins",
      "POST /edge_applications/:id/rules_engine/request/rules", "PATCH /edge_applications/:id/origins/:id",
      "POST /purge/wildcard" },
    removed = { "DELETE /domains/:id", "DELETE /edge_applications/:id", "DELETE /digital_certificates/:id" },
    collections = { "edge_applications", "digital_certificates", "domains" },
    last = "/domains",
    mended = { "PATCH /edge_applications/:id/origins/:id", "POST /edge_applications/:id/rules_engine/request/rules",
      "POST /purge/wildcard" },
  },
  v4 = {
    created = { "POST /applications", "POST /applications/:id/cache_settings", "POST /applications/:id/request_rules",
      "POST /applications/:id/request_rules", "POST /connectors", "POST /connectors", "POST /purge/wildcard",
      "POST /tls/certificates", "POST /workloads", "POST /workloads/:id/deployments" },
    removed = { "DELETE /workloads/:id", "DELETE /applications/:id", "DELETE /connectors/:id",
      "DELETE /connectors/:id", "DELETE /tls/certificates/:id" },
    collections = { "applications", "connectors", "workloads", "certificates" },
    last = "/v4/workspace/workloads",
    mended = { "PATCH /connectors/:id", "POST /applications/:id/request_rules", "POST /purge/wildcard" },
  },
}

function versions.v3.spoil(client)
  local application = assert(client:edge_applications():find("shop"))
  local origins, rules = client:origins(application), client:rules(application, "request")
  assert(origins:update(assert(origins:find("Static files")), { addresses = { { address = "wrong.example.net" } } }))
  assert(rules:delete((assert(rules:find("Static files")))))
end

function versions.v4.spoil(client)
  local application = assert(client:applications():find("shop"))
  local rules = client:rules(application, "request")
  assert(client:connectors():update(assert(client:connectors():find("shop static")),
    { attributes = { addresses = { { address = "wrong.example.net" } } } }))
  assert(rules:delete((assert(rules:find("Static files")))))
end

function versions.v3.check(client)
  local application = assert(client:edge_applications():find("shop"))
  local origin = assert(client:origins(application):find("Static files"))
  local cache = assert(client:cache_settings(application):find("Static files"))
  assert.same({ { name = "set_origin", target = tostring(origin.origin_id) },
    { name = "set_cache_policy", target = tostring(cache.id) } },
    assert(client:rules(application, "request"):find("Static files")).behaviors)
  assert.equal("static.example.net", origin.addresses[1].address)
  assert.equal("pages.example.net", assert(client:origins(application):find("Default Origin")).addresses[1].address)
  local domain = assert(client:domains():find("shop"))
  assert.equal(application.id, domain.edge_application_id)
  assert.equal(assert(client:digital_certificates():find("shop")).id, domain.digital_certificate_id)
  assert.same({ "shop.example.com" }, domain.cnames)
end

function versions.v4.check(client)
  local application = assert(client:applications():find("shop"))
  local static = assert(client:connectors():find("shop static"))
  assert.equal("static.example.net", static.attributes.addresses[1].address)
  assert.equal("force_https", static.attributes.connection_options.transport_policy)
  assert.same({ { type = "set_connector", attributes = { value = static.id } },
    { type = "set_cache_policy", attributes = {
      value = assert(client:cache_settings(application):find("Static files")).id } } },
    assert(client:rules(application, "request"):find("Static files")).behaviors)
  local workload = assert(client:workloads():find("shop"))
  assert.same({ "shop.example.com" }, workload.domains)
  assert.equal(assert(client:certificates():find("shop")).id, workload.tls.certificate)
  assert.equal(application.id, assert(client:deployments(workload):find("shop")).strategy.attributes.application)
end

for version, expected in pairs(versions) do
  describe("the example site in " .. version, function()
    local sandbox, client, certificate

    local function start(faults)
      sandbox = assert(azion[version].sandbox.start({ seed = 3, faults = faults }))
      client = assert(sandbox:client())
    end

    before_each(function()
      certificate = os.tmpname()
      files.write(certificate, pem:format("CERTIFICATE", "CERTIFICATE") .. pem:format("RSA PRIVATE KEY",
        "RSA PRIVATE KEY"))
      start()
    end)

    after_each(function()
      os.remove(certificate)
      client:close()
      sandbox:stop()
    end)

    local function run(words)
      local status, output, errors = child.run(with({ script, "--api", version }, words), { environment = {
        AZION_TOKEN = sandbox.token, AZION_CA_FILE = sandbox.ca_file,
        AZION_BASE_URL = version == "v3" and sandbox.base_url or false,
        AZION_V4_BASE_URL = version == "v4" and sandbox.base_url or false } })
      assert.is_nil((output .. errors):find("PRIVATE KEY", 1, true))
      assert.is_nil((output .. errors):find(sandbox.token, 1, true))
      return status, output, errors
    end

    local function build()
      return run(with({ "--name", "shop", "--certificate", certificate }, options))
    end

    -- Requests that changed something, since the last time.
    local seen = 0
    local function writes()
      local found, journal = {}, sandbox:journal()
      for position = seen + 1, #journal do
        local entry = journal[position]
        if entry.method ~= "GET" then
          found[#found + 1] = entry.method .. " " .. entry.path:gsub("^/v4/workspace", "")
            :gsub("/[%x-]*%d[%x-]*", "/:id")
        end
      end
      seen = #journal
      return found
    end

    before_each(function()
      seen = 0
    end)

    local function count()
      local sum = 0
      for _, name in ipairs(expected.collections) do
        sum = sum + #assert(client[name](client):all())
      end
      return sum
    end

    it("is built, built again and removed on a sandbox of its own", function()
      local status, output, errors = child.run({ script, "--sandbox", "--api", version }, { environment = {
        AZION_TOKEN = false, AZION_BASE_URL = false, AZION_V4_BASE_URL = false } })
      assert.equal("", errors)
      assert.equal(0, status)
      assert.matches("to create, .*\npurged shop%.example%.com\nNothing to do: .*\nremoved ", output)
    end)

    it("is built, and left alone when it is there", function()
      local status, output, errors = build()
      assert.equal("", errors)
      assert.equal(0, status)
      assert.matches("purged shop.example.com\n$", output)
      local made = writes()
      table.sort(made)
      table.sort(expected.created)
      assert.same(expected.created, made)
      expected.check(client)
      status, output = build()
      assert.equal(0, status)
      assert.equal("Nothing to do: everything is as the document wants it.\n", output)
      assert.same({}, writes())
    end)

    it("is mended where somebody changed it, and nowhere else", function()
      assert.equal(0, (build()))
      expected.spoil(client)
      writes()
      local status, output = build()
      assert.equal(0, status)
      assert.matches("1 to create, 1 to change, 0 to delete: ", output)
      local made = writes()
      table.sort(made)
      assert.same(expected.mended, made)
      expected.check(client)
    end)

    it("is finished where a step had failed", function()
      client:close()
      sandbox:stop()
      start({ { method = "POST", path = expected.last, nth = 1, status = 403, body = '{"detail":"No permission."}' } })
      local status, _, errors = build()
      assert.equal(1, status)
      assert.matches("create of %l+ shop: azion: forbidden: POST [/%w]+: HTTP 403: No permission%.", errors)
      assert.matches("\nexamples/site.lua: failed: 1, skipped: %d; run it again\n$", errors)
      assert.equal(0, (build()))
      expected.check(client)
    end)

    it("is removed in the right order, and nothing else with it", function()
      local before = count()
      assert.equal(0, (build()))
      writes()
      local status, output, errors = run({ "--name", "shop", "--down" })
      assert.equal("", errors)
      assert.equal(0, status)
      assert.equal(#expected.removed, select(2, output:gsub("removed [^\n]*\n", "")))
      assert.same(expected.removed, writes())
      assert.equal(before, count())
      status, output = run({ "--name", "shop", "--down" })
      assert.same({ 0, "" }, { status, output })
    end)

    it("takes no certificate from a file without one", function()
      files.write(certificate, pem:format("CERTIFICATE", "CERTIFICATE"))
      local status, _, errors = build()
      assert.equal(1, status)
      assert.matches("has no certificate or no private key\n$", errors)
      assert.same({}, writes())
    end)
  end)
end
