-- The option `strict`: what the library does not know is refused, and nothing is sent.
local azion = require("azion")
local scripted_server = require("spec.support.scripted_server")

describe("a strict client", function()
  local server, v3, v4, lenient

  setup(function()
    server = scripted_server.start {
      ["GET /domains"] = { 200, '{"results":[]}' }, ["POST /domains"] = { 201, '{"results":{"id":1}}' },
      ["GET /workspace/connectors"] = { 200, '{"results":[]}' },
      ["GET /workspace/workloads/5/deployments"] = { 200, '{"results":[]}' },
      ["POST /workspace/connectors"] = { 201, '{"data":{"id":1,"unknown":true}}' },
      ["GET /other"] = { 200, "{}" },
    }
    v3 = assert(azion.v3.client { token = "t", base_url = server.url, strict = true })
    v4 = assert(azion.v4.client { token = "t", base_url = server.url, strict = true })
    lenient = assert(azion.v4.client { token = "t", base_url = server.url })
  end)

  teardown(function()
    v3:close()
    v4:close()
    lenient:close()
    server:stop()
  end)

  local function refuses(field, text, call)
    local before = #server:requests()
    local value, err = call()
    assert.is_nil(value)
    assert.equal("invalid", err.kind)
    assert.same({ text }, err.fields[field], tostring(err))
    assert.is_truthy(err.message:find(field .. ": " .. text, 1, true), err.message)
    assert.equal(before, #server:requests())
  end

  it("refuses unknown fields, wherever they stand, with the nearest known name", function()
    refuses("cname", "unknown; the nearest known name is 'cnames'", function()
      return v3:domains():create { name = "d", cname = { "a" } }
    end)
    refuses("quite_different", "unknown", function()
      return v3:domains():update(1, { quite_different = 1 })
    end)
    refuses("attributes.addresses.2.adress", "unknown; the nearest known name is 'address'", function()
      return v4:connectors():overwrite(5, { name = "c", type = "http",
        attributes = { addresses = { { address = "a" }, { adress = "b" } } } })
    end)
    refuses("comon_name", "unknown; the nearest known name is 'common_name'", function()
      return v4:certificates():create_csr { comon_name = "x" }
    end)
    refuses("enable", "unknown; the nearest known name is 'enabled'", function()
      return v4:dns_zones():dnssec(6):update { enable = true }
    end)
  end)

  it("refuses an update before it reads what the update lacks", function()
    refuses("atributes", "unknown; the nearest known name is 'attributes'", function()
      return v4:connectors():update(5, { atributes = {} })
    end)
  end)

  it("passes what is known: read-only fields, a user's own objects", function()
    assert(v3:domains():create { name = "d", edge_application_id = 1, id = 7, domain_name = "x" })
    assert.is_true(assert(v4:connectors():create { name = "c", type = "http", id = 5, last_editor = "x" }).unknown)
    local value, err = v4:function_instances(1):create { name = "f", ["function"] = 2, args = { anything = { 1 } } }
    assert.is_nil(value)
    assert.equal("not_found", err.kind)
  end)

  it("refuses unknown names in a query", function()
    refuses("pagesize", "unknown; the nearest known name is 'page_size'", function()
      return v3:domains():list { pagesize = 5 }
    end)
    refuses("serach", "unknown; the nearest known name is 'search'", function()
      return v4:connectors():all { serach = "x" }
    end)
    refuses("color", "unknown", function() return v4:connectors():list { color = false } end)
    refuses("reference_count", "unknown", function() return v4:connectors():list { reference_count = 1 } end)
    local ok, raised = pcall(function() for _ in v4:connectors():each { nam = "x" } do break end end)
    assert.is_false(ok)
    assert.equal("invalid", raised.kind)
    assert(v3:domains():list { page = 1, page_size = 5, order_by = "name", sort = "asc", name = "x" })
    assert(v4:connectors():all { name = "x", type__in = "http", ordering = "-id", fields = "id", prefetch = 0 })
    assert.equal("not_found", select(2, v4:deployments(5):find "x").kind)
  end)

  it("leaves requests of the program's own alone, and others refuse nothing", function()
    assert(v4:request("GET", "/other", { query = { anything = 1 } }))
    assert(lenient:connectors():list { color = "x" })
    assert(lenient:connectors():create { nmae = "c" })
  end)
end)
