-- Version 4 where replies and arguments are at the edge of what the contract allows.
local azion = require("azion")
local core = require("azion.core")
local scripted_server = require("spec.support.scripted_server")
local v4 = require("azion.api.v4")

local server, client

local function start(answers, options)
  server = scripted_server.start(answers)
  client = server:client_of_v4(options)
end

local function last_body()
  local requests = server:requests()
  return requests[#requests].body
end

local function data(item)
  return { 200, assert(core.encode({ state = "executed", data = item })) }
end

describe("version 4 at its edges", function()
  after_each(function()
    if client then
      client:close()
      server:stop()
      client, server = nil, nil
    end
  end)

  it("ends a list where next is null, whatever its numbers say", function()
    for _, numbers in ipairs { "", '"count":9,', '"total_pages":4,', '"count":9,"total_pages":4,' } do
      start({ ["GET /v4/workspace/wafs"] = { 200, "{" .. numbers .. '"next":null,"results":[{"id":1},{"id":2}]}' } })
      assert.equal(2, #assert(client:wafs():all { page_size = 2 }))
      assert.equal(1, #server:requests())
      local page = assert(client:wafs():list())
      assert.same({}, page.links)
      client:close()
      server:stop()
    end
    start({ ["GET /v4/x"] = { 200, '{"next":null,"data":null,"results":[]}' } })
    assert.same({ results = {} }, (client:request("GET", "/x")))
  end)

  it("takes an empty reply to an order", function()
    start({ ["PUT /v4/workspace/applications/7/request_rules/order"] = { { 204, "" },
      { 202, '{"state":"pending"}' } } })
    local page, err, response = client:rules(7, "request"):order { 2, 1 }
    assert.is_nil(err)
    assert.is_true(page)
    assert.equal(204, response.status)
    assert.equal(2, select("#", client:rules(7, "request"):order { 2, 1 }))
    page, err = client:rules(7, "request"):order { 2, 1 }
    assert.is_nil(page)
    assert.equal("protocol", err.kind)
    assert.is_true(err.maybe_applied)
  end)

  it("orders nothing by a list with holes, or with names", function()
    start({})
    local rules = client:rules(7, "request")
    local function find()
      return { id = 5 }, nil, { status = 200 }
    end
    for _, ids in ipairs { { find() }, { 1, nil, 3 }, { [2] = 1 }, { [1] = 4, [2 ^ 40] = 5 }, { 1, name = "x" },
      { 1, [1.5] = 2 }, { [0] = 1 }, azion.array {} } do
      local page, err = rules:order(ids)
      assert.is_nil(page)
      assert.equal("invalid", err.kind)
    end
    assert.equal(0, #server:requests())
  end)

  it("holds a change of an item against the item's own type", function()
    start({}, { strict = true })
    local item, err = client:connectors():update({ id = 1, type = "live_ingest" }, { attributes = { regin = "x" } })
    assert.is_nil(item)
    assert.equal("invalid", err.kind)
    assert.is_truthy(err.message:find("'region'", 1, true), err.message)
    assert.equal(0, #server:requests())
  end)

  it("fills in the first kind that is told, and the pointer's last part as it is meant", function()
    local rows = {
      { { meta = { offending_refs = { {}, { resource_type = "" }, { resource_type = "cache_setting" } } } },
        "cache setting" },
      { { meta = { offending_refs = { { resource_type = 5 } } }, source = { pointer = "/data/args/a~1b~0c" } },
        "a/b~c" },
      { { source = { parameter = "ordering" } }, "{field}" },
    }
    for _, row in ipairs(rows) do
      row[1].detail = "No {field}."
      assert.equal("No " .. row[2] .. ".", v4.problem(400, assert(core.encode { errors = { row[1] } })).message)
    end
  end)

  it("finds a code beside errors that have none", function()
    assert.equal("10007", v4.problem(405, '{"errors":[{"detail":"No."}],"code":"10007"}').api_code)
    assert.equal("10003", v4.problem(403, '{"error":{"detail":"No.","code":"10003"}}').api_code)
    assert.is_nil(v4.problem(405, '{"errors":[{"detail":"No.","code":true}]}').api_code)
    assert.equal("Bad Request", v4.problem(400, '{"state":"executed","data":{}}').message)
    assert.same({ state = { "Too short." } }, v4.problem(400, '{"state":["Too short."]}').fields)
  end)

  it("hides the tokens of a session", function()
    start({ ["POST /v4/account/auth/login"] = { 401, '{"errors":[{"detail":"Not hunter-22."}],'
      .. '"access_token":"eyJ-first","refresh_token":"eyJ-second"}' } })
    local _, err = client:request("POST", "/account/auth/login",
      { body = { email = "a@example.com", password = "hunter-22" } })
    assert.equal("Not ***.", err.message)
    assert.is_nil(core.encode(err.response.body):find("eyJ", 1, true))
  end)

  it("puts a bucket's name where a bucket stands", function()
    start({ ["POST /v4/workspace/connectors"] = data { id = 1 }, ["PATCH /v4/workspace/connectors/5"] = data { id = 5 },
      ["GET /v4/workspace/connectors/5"] = data { id = 5, type = "storage" } })
    local bucket = { name = "my-bucket", workloads_access = "read_only" }
    assert(client:connectors():create { name = "c", type = "storage", attributes = { bucket = bucket } })
    assert.equal('{"attributes":{"bucket":"my-bucket"},"name":"c","type":"storage"}', last_body())
    assert(client:connectors():update(5, { attributes = { bucket = bucket } }))
    assert.equal('{"attributes":{"bucket":"my-bucket"},"type":"storage"}', last_body())
  end)
end)
