-- The examples for version 4, on the stand-in.
-- #seconds 15
local azion = require("azion")
local child = require("spec.support.child")
local core = require("azion.core")

describe("of version 4, the example", function()
  local sandbox, client, seen

  before_each(function()
    sandbox = assert(azion.v4.sandbox.start({ seed = 4 }))
    client = assert(sandbox:client())
    seen = 0
  end)

  after_each(function()
    client:close()
    sandbox:stop()
  end)

  local function run(example, words)
    local line = { "examples/" .. example .. ".lua" }
    for _, word in ipairs(words) do
      line[#line + 1] = word
    end
    local status, output, errors = child.run(line, { environment = { AZION_TOKEN = sandbox.token,
      AZION_V4_BASE_URL = sandbox.base_url, AZION_CA_FILE = sandbox.ca_file, AZION_BASE_URL = false } })
    assert.is_nil((output .. errors):find("PRIVATE KEY", 1, true))
    assert.is_nil((output .. errors):find(sandbox.token, 1, true))
    return status, output, errors
  end

  -- Requests that changed something, since the last time.
  local function writes()
    local found, journal = {}, sandbox:journal()
    for position = seen + 1, #journal do
      local entry = journal[position]
      if entry.method ~= "GET" then
        found[#found + 1] = entry.method .. " " .. entry.path:gsub("^/v4/workspace", ""):gsub("/%d+", "/:id")
      end
    end
    seen = #journal
    return found
  end

  for _, example in ipairs({ "failover_v4", "export_connectors" }) do
    it(example .. " explains itself, and runs on a sandbox of its own", function()
      local status, output, errors = child.run({ "examples/" .. example .. ".lua", "--help" })
      assert.equal("", errors)
      assert.equal(0, status)
      assert.matches("%-%-sandbox", output)
      status, output, errors = child.run({ "examples/" .. example .. ".lua", "--sandbox" },
        { environment = { AZION_TOKEN = false, AZION_V4_BASE_URL = false } })
      assert.equal("", errors)
      assert.equal(0, status)
      assert.is_true(#output > 50)
    end)
  end

  describe("failover_v4", function()
    local hmac = { enabled = true, config = { type = "aws4_hmac_sha256",
      attributes = { region = "r", access_key = "access-4f1d9a", secret_key = "secret-77be02" } } }

    local function create(fields)
      local function address(name, role, port)
        return { address = name, http_port = port, modules = { load_balancer = { server_role = role, weight = 7 } } }
      end
      local modules = { load_balancer = { enabled = true, config = { method = "ip_hash", max_retries = 3 } } }
      if fields then
        modules.origin_shield = { enabled = true, config = { hmac = fields } }
      end
      return assert(client:connectors():create({ name = "shop", type = "http", attributes = {
        addresses = { address("a.example", "primary", 8080), address("b.example", "backup"),
          address("c.example", "primary") },
        connection_options = { path_prefix = "/v2" }, modules = modules } }))
    end

    it("flips to the backup and back, twice is as once, and changes nothing else", function()
      local created = create()
      local function activity()
        local found = {}
        for index, entry in ipairs(assert(client:connectors():get(created)).attributes.addresses) do
          found[index] = tostring(entry.active)
        end
        return table.concat(found, " ")
      end
      local status, output = run("failover_v4", { "--connector", "shop" })
      assert.equal(0, status)
      assert.matches("primary  a.example: active %-> inactive\n", output)
      assert.equal("true true true", activity())
      for _ = 1, 2 do
        assert.equal(0, (run("failover_v4", { "--connector", "shop", "--apply" })))
        assert.equal("false true false", activity())
      end
      assert.equal(0, (run("failover_v4", { "--connector", "shop", "--apply", "--to", "primary" })))
      local after = assert(client:connectors():get(created))
      assert.same(created.attributes, after.attributes)
    end)

    it("refuses one without a backup, and one whose keys it would have to send", function()
      writes()
      local status, _, errors = run("failover_v4", { "--connector", "connector-001", "--apply" })
      assert.equal(1, status)
      assert.equal("examples/failover_v4.lua: connector connector-001 has no backup address\n", errors)
      create(hmac)
      writes()
      status, _, errors = run("failover_v4", { "--connector", "shop", "--apply" })
      assert.equal(1, status)
      assert.matches("signs its requests", errors)
      assert.is_nil(errors:find("77be02", 1, true))
      assert.same({}, writes())
    end)

    it("asks for the connector's name", function()
      assert.matches("option '%-%-connector' is needed", (select(3, run("failover_v4", {}))))
    end)

    describe("and export_connectors", function()
      it("has all connectors, and keys only where they are asked for", function()
        create(hmac)
        local status, output, errors = run("export_connectors", {})
        assert.equal("", errors)
        assert.equal(0, status)
        local exported = core.decode(output)
        assert.equal(5, #exported)
        assert.equal("connector-001", exported[1].name)
        assert.equal("aws4_hmac_sha256", exported[5].attributes.modules.origin_shield.config.hmac.config.type)
        assert.is_nil(output:find("4f1d9a", 1, true))
        assert.is_nil(output:find("77be02", 1, true))
        local path = os.tmpname()
        status, output = run("export_connectors", { "--with-keys", "--output", path })
        assert.equal(0, status)
        assert.equal("connectors written to " .. path .. ": 5\n", output)
        local file = assert(io.open(path, "rb"))
        output = file:read("*a")
        file:close()
        os.remove(path)
        assert.same(assert(client:connectors():all({ ordering = "id" })), core.decode(output))
      end)
    end)
  end)
end)

describe("one program with a client of each version on one token", function()
  it("maps calls across both", function()
    local sandbox = assert(azion.sandbox.start({ seed = 6 }))
    local options = { token = sandbox.token, ca_file = sandbox.ca_file }
    local older = assert(sandbox:client())
    options.base_url = sandbox.base_url .. "/v4"
    local newer = assert(azion.v4.client(options))
    local items = assert(older:origins(1618339282):all())
    for _, connector in ipairs(assert(newer:connectors():all())) do
      items[#items + 1] = connector
    end
    local results, failures = newer:map(items, function(item)
      local collection = item.origin_key and older:origins(1618339282) or newer:connectors()
      return collection:update(item, { name = item.name .. "-moved" })
    end, { concurrency = 6 })
    assert.same({}, failures)
    assert.equal(31, results.n)
    assert.equal("origin-001-moved", results[1].name)
    assert.equal("connector-025-moved", results[31].name)
    -- Each kept to its own: its budget, its journal, its errors.
    assert.equal("number", type(older:rate().write.remaining))
    assert.is_nil(newer:rate().write)
    local counts = {}
    for _, entry in ipairs(sandbox:journal()) do
      local version = entry.path:find("^/v4/") and "v4" or "v3"
      counts[version] = (counts[version] or 0) + (entry.method == "PATCH" and 1 or 0)
    end
    assert.same({ v3 = 6, v4 = 25 }, counts)
    local _, refused = older:map({ 1, 2 }, function(index)
      return (index == 1 and older:domains() or newer:workloads()):get(5)
    end)
    assert.equal(2, #refused)
    older:close()
    assert.equal(25, #assert(newer:connectors():all()))
    newer:close()
    sandbox:stop()
  end)
end)
