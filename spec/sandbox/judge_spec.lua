-- What makes the sandbox a judge: ids that differ, names that repeat, work that is late or early, empty accounts.
local azion = require("azion")
local sandboxes = require("azion.sandbox")
local v4 = require("spec.support.sandbox_v4")

local CONNECTORS = "/workspace/connectors"

local function started(options)
  options.limits = { read = false, write = false }
  return assert(sandboxes.start(options))
end

describe("a sandbox with ids at random", function()
  it("has others in each run, in both versions", function()
    local seen = {}
    for run = 1, 2 do
      local sandbox = started({ ids = "random", seed = { edge_applications = 2, origins = 1, domains = 1 } })
      local client = assert(sandbox:client())
      local found = {}
      for _, application in ipairs(assert(client:edge_applications():all())) do
        found[#found + 1] = application.id
        assert.equal(application.id, assert(client:edge_applications():get(application.id)).id)
        assert.equal(1, #assert(client:origins(application.id):all()))
      end
      assert.equal(found[2], assert(client:domains():all())[1].edge_application_id)
      found[3] = assert(client:request("GET", "/v4" .. CONNECTORS)).results[1].id
      seen[run] = found
      client:close()
      sandbox:stop()
    end
    for position in ipairs(seen[1]) do
      assert.not_equal(seen[1][position], seen[2][position])
    end
  end)

  it("has the same in each run without", function()
    local sandbox = started({})
    local client = assert(sandbox:client())
    assert.equal(1618339282, assert(client:edge_applications():all())[1].id)
    client:close()
    sandbox:stop()
  end)
end)

describe("a sandbox where names may repeat", function()
  it("takes one twice, in both versions", function()
    local sandbox = started({ repeated_names = true })
    local client = assert(sandbox:client())
    for _ = 1, 2 do
      assert(client:edge_applications():create({ name = "twice", delivery_protocol = "http",
        origin_type = "single_origin", address = "a.example", origin_protocol_policy = "preserve",
        host_header = "a.example" }))
      assert(client:request("POST", "/v4" .. CONNECTORS, { body = v4.connector("twice") }))
      assert(client:request("POST", "/digital_certificates/csr", { body = { name = "twice", common_name = "c" } }))
    end
    local _, err = client:edge_applications():find("twice")
    assert.equal("conflict", err.kind)
    for status, name in pairs({ [201] = "one", [400] = "other" }) do
      local _, _, response = client:request("POST", "/v4/workspace/workloads",
        { body = { name = name, domains = { "same.example" } } })
      assert.equal(status, (response or {}).status or 400)
    end
    client:close()
    sandbox:stop()
  end)
end)

describe("an empty seed of the sandbox", function()
  it("is an account with nothing in it", function()
    local sandbox = started({ seed = {} })
    local client = assert(sandbox:client())
    for _, name in ipairs({ "edge_applications", "domains", "digital_certificates" }) do
      assert.same({}, assert(client[name](client):all()))
    end
    for _, path in ipairs({ "/variables", "/intelligent_dns", "/iam/personal_tokens" }) do
      local body = assert(client:request("GET", path))
      assert.same({}, body.results or body)
    end
    client:close()
    sandbox:stop()
    local server = v4.start({ seed = {} })
    for _, resource in ipairs(require("azion.api.v4.resources")) do
      if not resource.parent then
        assert.same({}, server:expect(200, "GET", resource.path).results, resource.name)
      end
    end
    server:stop()
  end)

  it("is not what a seed of some resources is", function()
    local server = v4.start({ seed = { connectors = 2, rules = 4 } })
    assert.equal(2, server:expect(200, "GET", CONNECTORS).count)
    assert.equal(4, server:expect(200, "GET", ("/workspace/applications/%d/request_rules"):format(
      server:id("/workspace/applications"))).count)
    server:stop()
    local ok, problem = pcall(sandboxes.start, { seed = { origins = 1 } }, "v4")
    assert.is_false(ok)
    assert.matches("judge_spec.lua:%d+: azion%.v4%.sandbox%.start: unknown option 'seed%.origins'", problem)
  end)
end)

describe("a sandbox that is slow", function()
  local sandbox, client

  teardown(function()
    client:close()
    sandbox:stop()
  end)

  -- A creation that the client gives up, then what the list has at once and later.
  local function given_up(fault)
    fault.method, fault.path, fault.nth = "POST", "/v4" .. CONNECTORS, 1
    if sandbox then
      client:close()
      sandbox:stop()
    end
    sandbox = started({ faults = { fault } })
    client = assert(azion.client({ base_url = sandbox.base_url, token = sandbox.token, ca_file = sandbox.ca_file }))
    local _, err = client:request("POST", "/v4" .. CONNECTORS, { body = v4.connector("slow"), timeout = 0.3 })
    assert.same({ "timeout", true }, { err.kind, err.maybe_applied })
    local function count()
      return assert(client:request("GET", "/v4" .. CONNECTORS)).count
    end
    return count
  end

  it("carries a request out before a late reply", function()
    assert.equal(26, given_up({ delay = 5 })())
  end)

  it("carries a request out late, though the client has gone", function()
    local count = given_up({ work_delay = 2 })
    assert.equal(25, count())
    local deadline = os.time() + 20
    repeat
      local now = count()
    until now == 26 or os.time() > deadline
    assert.equal(26, count())
    local journal = sandbox:journal()
    assert.equal("GET", journal[1].method)
    local posts = {}
    for _, entry in ipairs(journal) do
      posts[#posts + 1] = entry.method == "POST" and { entry.status, entry.applied } or nil
    end
    assert.same({ { 201, true } }, posts)
  end)

  it("may be late with every work", function()
    client:close()
    sandbox:stop()
    sandbox = started({ work_latency = 0.2 })
    client = assert(azion.client({ base_url = sandbox.base_url, token = sandbox.token, ca_file = sandbox.ca_file }))
    local _, _, response = client:request("GET", "/v4" .. CONNECTORS)
    assert.truthy(response.elapsed >= 0.19)
    assert.equal(200, response.status)
  end)
end)

describe("a sandbox of version 4", function()
  it("is the same with another base URL, another seed and other clients", function()
    local sandbox = assert(azion.v4.sandbox.start({ seed = 3 }))
    assert.equal(sandbox.account_url .. "/v4", sandbox.base_url)
    local client = assert(sandbox:client({ timeout = 20 }))
    assert.equal(3, #assert(client:connectors():all()))
    local application = assert(client:applications():all())[1]
    assert.equal("Default Rule", assert(client:rules(application, "request"):all())[1].name)
    local v3 = assert(azion.client({
      base_url = sandbox.account_url, token = sandbox.token, ca_file = sandbox.ca_file,
    }))
    assert.equal(1, #assert(v3:edge_applications():all()))
    assert.equal("v4", azion.api_version({ token = sandbox.token, ca_file = sandbox.ca_file,
      account_url = sandbox.account_url }))
    local ok, problem = pcall(sandbox.client, sandbox, { colour = 1 })
    assert.is_false(ok)
    assert.matches("unknown option 'colour'", problem)
    client:close()
    v3:close()
    sandbox:stop()
  end)
end)
