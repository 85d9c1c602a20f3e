-- Ids beyond what a double tells apart: exact where Lua has integers of 64 bits; elsewhere refused, for they may be
-- another's.
local core = require("azion.core")
local support = require("spec.support.sandbox")

local has_integers = math.type ~= nil
local path = "/edge_applications/9007199254740993/origins"
local bigs = { "9007199254740993", "9007199254740995", "12345678901234567", "100000000000000001",
  "9223372036854775806", "9223372036854775807" }

local function items_of(ids)
  local texts = {}
  for index, id in ipairs(ids) do
    texts[index] = ('{"id":%s,"name":"n%d","edge_application_id":%s}'):format(id, index, id)
  end
  return table.concat(texts, ",")
end

describe("ids beyond 2^53", function()
  local server, client
  -- Neighbours that are one and the same as doubles.
  local alike = { "9007199254740992", "9007199254740993", "9223372036854775806", "9223372036854775807" }

  setup(function()
    local faults = {
      { method = "GET", path = "/edge_applications/1/origins", status = 200,
        body = ('{"count":%d,"total_pages":1,"results":[%s]}'):format(#bigs, items_of(bigs)) },
      { method = "GET", path = "/edge_applications/2/origins", status = 200,
        body = ('{"count":%d,"total_pages":1,"results":[%s]}'):format(#alike, items_of(alike)) },
      { method = "POST", path = "/domains", status = 201, body = '{"results":{"id":1}}' },
      { method = "GET", path = path, status = 200, body = '{"count":0,"results":[]}' },
    }
    for _, id in ipairs(bigs) do
      for _, method in ipairs({ "GET", "PATCH", "DELETE" }) do
        faults[#faults + 1] = { method = method, path = "/edge_applications/1/origins/" .. id,
          status = method == "DELETE" and 204 or 200, body = method ~= "DELETE" and items_of({ id }) or nil }
      end
    end
    server = support.start({ faults = faults })
    client = server:client()
  end)
  teardown(function() server:stop() end)

  local function sent()
    return #server:requests()
  end

  -- What the call gives where integers are exact; elsewhere it is refused and sends nothing.
  local function assert_exact(expected_path, call)
    local before = sent()
    local value, err = call()
    if has_integers then
      assert.is_nil(err)
      assert.equal(before + 1, sent())
      assert.equal(expected_path, server:requests()[before + 1].path)
      return value
    end
    assert.is_nil(value)
    assert.equal("invalid", err.kind)
    assert.matches("2%^53", err.message)
    assert.equal(before, sent())
  end

  it("arrive exact and go to their own item", function()
    local origins = client:origins(1)
    local items = assert(origins:all())
    assert.equal(#bigs, #items)
    for index, item in ipairs(items) do
      local own = "/edge_applications/1/origins/" .. bigs[index]
      assert.equal(has_integers and bigs[index] or nil, has_integers and tostring(item.id) or nil)
      assert_exact(own, function() return origins:delete(item) end)
      assert_exact(own, function() return origins:get(item.id) end)
      local read = assert_exact(own, function() return origins:update(item, { name = "x" }) end)
      assert.equal(has_integers and item.id or nil, read and read.id)
      assert.equal("n1", origins:get(bigs[index]).name) -- digits are exact on every Lua
    end
  end)

  it("name the application that they are of", function()
    for _, parent in ipairs({ tonumber("9007199254740993"), { id = tonumber("9007199254740993") },
      { edge_application_id = tonumber("9007199254740993"), id = 3 } }) do
      assert_exact(path, function() return client:origins(parent):list() end)
    end
    assert(client:origins("9007199254740993"):list())
  end)

  it("leave exact as references, and in fields that are not known", function()
    local id = tonumber("9007199254740993")
    assert_exact("/domains", function() return client:domains():create({ edge_application_id = id }) end)
    if has_integers then
      local requests = server:requests("/domains")
      assert.equal('{"edge_application_id":9007199254740993}', requests[#requests].body)
      assert_exact("/domains", function()
        return client:domains():create({ extra = { math.maxinteger, math.mininteger } })
      end)
      requests = server:requests("/domains")
      assert.equal('{"extra":[9223372036854775807,-9223372036854775808]}', requests[#requests].body)
    end
  end)

  it("are not sent as doubles, whatever the Lua", function()
    local before = sent()
    for _, value in ipairs({ 2.0 ^ 53 + 2, -2.0 ^ 54, 2.0 ^ 63, 1e300, 0 / 0, 1 / 0 }) do
      for _, body in ipairs({ { edge_application_id = value }, { extra = value }, { extra = { { a = value } } } }) do
        local item, err = client:domains():create(body)
        assert.is_nil(item)
        assert.equal("invalid", err.kind)
      end
      local item, err = client:origins(1):get(value)
      assert.is_nil(item)
      assert.equal("invalid", err.kind)
    end
    assert.equal(before, sent())
  end)

  it("tell items apart, or do not count as keys", function()
    local names = {}
    for item in client:origins(2):each() do
      names[#names + 1] = item.name
    end
    assert.same({ "n1", "n2", "n3", "n4" }, names)
    local set = core.keyset()
    for _, item in ipairs(core.decode("[" .. items_of(alike) .. "]")) do
      assert.equal(has_integers and 0 or nil, (set:mark(item.id, 1)))
    end
  end)

  it("are keys up to the last digit that counts", function()
    local set = core.keyset()
    local ids = { "999999999999999", "1000000000000000", "1000000000000001", "9007199254740990", "9007199254740991" }
    for turn = 1, 2 do
      for _, item in ipairs(core.decode("[" .. items_of(ids) .. "]")) do
        assert.equal(turn - 1, set:mark(item.id, turn))
      end
    end
  end)
end)
