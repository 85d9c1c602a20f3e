local core = require "azion.core"
local body = require "azion.client.body"
local resources = require("azion.api.v3").resources

local origins = resources.by_name.origins
local null = core.null

local function marked(list)
  return setmetatable(list, core.array_metatable)
end

local function encode(given)
  return body.encode(origins, given, "create")
end

local function assert_refused(given, field, expected, got)
  local text, err = encode(given)
  assert.is_nil(text)
  assert.equal("invalid", err.kind)
  local problem = ("expected %s, got %s"):format(expected, got)
  assert.same({ [field] = { problem } }, err.fields)
  assert.equal(field .. ": " .. problem, err.message)
  assert.is_false(err.retryable)
  assert.equal(0, err.attempts)
end

describe("what is sent", function()
  local rows = {
    { "nothing", {}, "{}" },
    { "a string", { name = "x" }, '{"name":"x"}' },
    { "numbers and booleans", { connection_timeout = 60, hmac_authentication = false },
      '{"connection_timeout":60,"hmac_authentication":false}' },
    { "an integer written as a float", { connection_timeout = 60.0 }, '{"connection_timeout":60}' },
    { "addresses", { addresses = { { address = "a.example", weight = 3, server_role = "backup", is_active = true } } },
      '{"addresses":[{"address":"a.example","is_active":true,"server_role":"backup","weight":3}]}' },
    { "an empty list in a list's field", { addresses = {} }, '{"addresses":[]}' },
    { "a marked empty list in a list's field", { addresses = marked {} }, '{"addresses":[]}' },
    { "an empty table in an unknown field", { extra = {} }, '{"extra":{}}' },
    { "a marked empty list in an unknown field", { extra = marked {} }, '{"extra":[]}' },
    { "null in any known field",
      { addresses = null, name = null, connection_timeout = null, hmac_authentication = null },
      '{"addresses":null,"connection_timeout":null,"hmac_authentication":null,"name":null}' },
    { "null in an address", { addresses = { { address = "a", weight = null } } },
      '{"addresses":[{"address":"a","weight":null}]}' },
    { "unknown fields of any type", { a = 1, b = "x", c = true, d = { 1, 2 }, e = { f = { g = null } } },
      '{"a":1,"b":"x","c":true,"d":[1,2],"e":{"f":{"g":null}}}' },
    { "unknown fields of an address", { addresses = { { address = "a", extra = { 1 } } } },
      '{"addresses":[{"address":"a","extra":[1]}]}' },
    { "integers up to 2^53", { extra = 2 ^ 53, other = -2 ^ 53 },
      '{"extra":9007199254740992,"other":-9007199254740992}' },
    { "an item as it was read", { origin_id = 92779, origin_key = "k", name = "x", addresses = { { address = "a" } } },
      '{"addresses":[{"address":"a"}],"name":"x","origin_id":92779,"origin_key":"k"}' },
  }
  for _, row in ipairs(rows) do
    it("holds " .. row[1], function()
      local text, err = encode(row[2])
      assert.is_nil(err)
      assert.equal(row[3], text)
    end)
  end
end)

describe("a known field of the wrong type", function()
  local strings = { "name", "origin_type", "origin_protocol_policy", "host_header", "method", "origin_path",
    "hmac_region_name", "hmac_access_key", "hmac_secret_key", "bucket", "prefix", "streaming_endpoint" }
  for _, name in ipairs(strings) do
    it(name .. " is a string", function()
      assert_refused({ [name] = 5 }, name, "a string", "a number")
      assert_refused({ [name] = true }, name, "a string", "a boolean")
      assert_refused({ [name] = {} }, name, "a string", "a list")
      assert_refused({ [name] = { 1 } }, name, "a string", "a list")
      assert_refused({ [name] = { a = 1 } }, name, "a string", "a table with named fields")
      assert_refused({ [name] = print }, name, "a string", "a function")
    end)
  end

  for _, name in ipairs { "connection_timeout", "timeout_between_bytes" } do
    it(name .. " is an integer", function()
      assert_refused({ [name] = 1.5 }, name, "an integer", "1.5")
      assert_refused({ [name] = 1 / 0 }, name, "an integer", "inf")
      assert_refused({ [name] = "60" }, name, "an integer", '"60"')
      assert_refused({ [name] = "" }, name, "an integer", "an empty string")
      assert_refused({ [name] = true }, name, "an integer", "a boolean")
      assert_refused({ [name] = {} }, name, "an integer", "a list")
      assert_refused({ [name] = 0 / 0 }, name, "an integer", "nan")
    end)
  end

  -- Most integers that are sent are ids of other items.
  it("is a double that may stand for several integers", function()
    for name, row in pairs { edge_application_id = resources.by_name.domains, edge_function_id =
      resources.by_name.functions_instances, origin_id = resources.by_name.error_responses } do
      for _, value in ipairs { 2.0 ^ 53, -2.0 ^ 53, 2.0 ^ 60 } do
        local text, err = body.encode(row, { [name] = value }, "create")
        assert.is_nil(text)
        assert.matches("^expected an integer below 2%^53 or an item, got %-?%d", err.fields[name][1])
      end
      local exact = tonumber("9007199254740993")
      local text = body.encode(row, { [name] = exact }, "create")
      assert.equal(math.type and ('{"%s":9007199254740993}'):format(name) or nil, text)
      assert.equal(('{"%s":9007199254740991}'):format(name), body.encode(row, { [name] = 2 ^ 53 - 1 }, "create"))
    end
    local text, err = body.encode(resources.by_name.domains, { digital_certificate_id = 2.0 ^ 53 }, "create")
    assert.is_nil(text)
    assert.matches("^expected an integer below 2%^53, a string or an item, got ", err.fields.digital_certificate_id[1])
    text, err = body.encode(resources.by_name.domains, { crl_list = { 5, 2.0 ^ 53 } }, "create")
    assert.is_nil(text)
    assert.is_not_nil(err.fields["crl_list.2"])
  end)

  for _, name in ipairs { "hmac_authentication", "is_origin_redirection_enabled" } do
    it(name .. " is a boolean", function()
      assert_refused({ [name] = 1 }, name, "a boolean", "a number")
      assert_refused({ [name] = "true" }, name, "a boolean", '"true"')
      assert_refused({ [name] = {} }, name, "a boolean", "a list")
    end)
  end

  it("addresses is a list", function()
    assert_refused({ addresses = "a.example" }, "addresses", "a list", "a string")
    assert_refused({ addresses = 5 }, "addresses", "a list", "a number")
    assert_refused({ addresses = true }, "addresses", "a list", "a boolean")
    assert_refused({ addresses = { address = "a.example" } }, "addresses", "a list", "a table with named fields")
  end)

  it("addresses holds objects", function()
    assert_refused({ addresses = { "a.example" } }, "addresses.1", "an object", "a string")
    assert_refused({ addresses = { {}, 5 } }, "addresses.2", "an object", "a number")
    assert_refused({ addresses = { null } }, "addresses.1", "an object", "null")
    assert_refused({ addresses = { { "a.example" } } }, "addresses.1", "an object", "a list")
    assert_refused({ addresses = { marked {} } }, "addresses.1", "an object", "a list")
  end)

  it("is named to the last part", function()
    local function with(address)
      return { name = "x", addresses = { { address = "a" }, address } }
    end
    assert_refused(with { address = 5 }, "addresses.2.address", "a string", "a number")
    assert_refused(with { weight = "3" }, "addresses.2.weight", "an integer", '"3"')
    assert_refused(with { weight = 2.5 }, "addresses.2.weight", "an integer", "2.5")
    assert_refused(with { server_role = true }, "addresses.2.server_role", "a string", "a boolean")
    assert_refused(with { is_active = "yes" }, "addresses.2.is_active", "a boolean", '"yes"')
  end)

  it("is told of every field that is wrong", function()
    local text, err = encode { name = 1, bucket = 2, prefix = "p" }
    assert.is_nil(text)
    local problem = "expected a string, got a number"
    assert.same({ bucket = { problem }, name = { problem } }, err.fields)
    assert.equal("bucket: " .. problem .. "; name: " .. problem, err.message)
  end)
end)

describe("what JSON cannot carry", function()
  local function loop()
    local table = {}
    table.again = table
    return table
  end
  local rows = {
    { "a function in an unknown field", { extra = { { print } } }, "extra.1.1", "function" },
    { "NaN", { extra = 0 / 0 }, "extra", "nan" },
    { "infinity", { extra = { a = 1 / 0 } }, "extra.a", "inf" },
    { "an integer beyond 2^53", { extra = 2 ^ 53 + 2 }, "extra", "9007199254740994" },
    { "a known integer beyond 2^53", { connection_timeout = 2 ^ 60 }, "connection_timeout", "" },
    { "a table of both kinds", { extra = { 1, a = 2 } }, "extra", "" },
    { "a list of both kinds", { addresses = { { address = "a" }, a = 2 } }, "addresses", "" },
    { "a list with gaps", { extra = { 1, nil, 3, nil, 5 } }, "extra", "" },
    { "a string that is not UTF-8", { name = "\255" }, "name", "" },
    { "a coroutine", { extra = coroutine.create(function() end) }, "extra", "thread" },
  }
  for _, row in ipairs(rows) do
    it("is refused: " .. row[1], function()
      local text, err = encode(row[2])
      assert.is_nil(text)
      assert.equal("invalid", err.kind)
      assert.truthy(err.fields[row[3]], err.message)
      assert.truthy(err.fields[row[3]][1]:find("^expected "))
      assert.truthy(err.message:lower():find(row[4], 1, true), err.message)
    end)
  end

  it("is refused: a table that contains itself", function()
    local text, err = encode { extra = loop() }
    assert.is_nil(text)
    assert.equal("invalid", err.kind)
    assert.equal("extra: expected plain data, got a table that contains itself", err.message)
  end)

  it("is refused: tables within tables beyond 100 levels", function()
    local deep = {}
    for _ = 1, 100 do
      deep = { deep }
    end
    local _, err = encode { extra = deep }
    assert.equal("extra: expected plain data, got tables nested deeper than 100 levels", err.message)
  end)

  it("is understood where a cjson marks it as a list", function()
    local before = package.loaded.cjson
    finally(function() package.loaded.cjson = before end)
    local mark = { array_mt = {}, empty_array_mt = {} }
    package.loaded.cjson = mark
    assert.equal('{"addresses":[],"extra":[]}',
      encode { addresses = setmetatable({}, mark.array_mt), extra = setmetatable({}, mark.empty_array_mt) })
    assert_refused({ addresses = { setmetatable({}, mark.array_mt) } }, "addresses.1", "an object", "a list")
    local _, err = encode(setmetatable({}, mark.empty_array_mt))
    assert.equal("fields: expected named fields, got a list", err.message)
    package.loaded.cjson = before
    assert.equal('{"extra":{}}', encode { extra = setmetatable({}, mark.empty_array_mt) })
  end)
end)

describe("fields that are no fields", function()
  for what, given in pairs { ["a list"] = { "name" }, ["a list of objects"] = { { name = "x" } },
    ["a marked empty list"] = marked {}, ["a list with names too"] = { "x", name = "y" } } do
    it("are refused: " .. what, function()
      local text, err = encode(given)
      assert.is_nil(text)
      assert.equal("invalid", err.kind)
      assert.truthy(err.fields.fields)
    end)
  end
end)

describe("the caller's tables", function()
  local function copy(value, seen)
    if type(value) ~= "table" then
      return value
    end
    local result = { fields = {}, metatable = getmetatable(value), identity = value }
    for key, inner in next, value do
      result.fields[key] = copy(inner, seen)
    end
    return result
  end

  it("are never changed, their metatables included", function()
    local guard = { __newindex = function() error("written to") end }
    local given = setmetatable({ name = "x", addresses = marked { setmetatable({ address = "a" }, guard) }, empty = {},
      marked = marked {}, deep = { { { list = {}, null = null } } } }, guard)
    local before = copy(given)
    assert(encode(given))
    assert.same(before, copy(given))
    given.addresses[1].address = 5
    before = copy(given)
    assert.is_nil((encode(given)))
    assert.same(before, copy(given))
  end)

  it("are read as they are, whatever their metatables say", function()
    local given = setmetatable({ name = "x" }, { __index = { bucket = 5 }, __pairs = function() error("called") end })
    assert.equal('{"name":"x"}', (encode(given)))
  end)
end)

describe("secrets", function()
  it("are never in the problem", function()
    local secret = "AKIDexample/secret+key=="
    for _, given in ipairs {
      { hmac_secret_key = { secret } }, { hmac_secret_key = { [secret] = secret } }, { hmac_secret_key = 73127312 },
      { hmac_access_key = 73127312.5 }, { hmac_secret_key = secret, name = 5 }, { hmac_secret_key = secret .. "\255" },
      { hmac_secret_key = secret, addresses = secret }, { hmac_secret_key = secret, addresses = { secret } },
      { hmac_secret_key = secret, extra = print }, { hmac_secret_key = secret, connection_timeout = secret },
      { hmac_secret_key = secret, hmac_authentication = secret },
    } do
      local text, err = encode(given)
      assert.is_nil(text)
      for _, shown in ipairs { err.message, tostring(err), (next(err.fields)), err.fields[next(err.fields)][1] } do
        assert.is_nil(shown:find("AKID", 1, true), shown)
        assert.is_nil(shown:find("7312", 1, true), shown)
      end
    end
  end)
end)
