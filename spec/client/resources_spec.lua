-- Collections as the descriptions make them, and what they refuse before anything is sent.
local azion = require("azion")
local body = require("azion.client.body")
local core = require("azion.core")
local schema = require("azion.api.schema")
local secrets = require("azion.secrets")
local v3 = require("azion.api.v3")
local v4 = require("azion.api.v4")

local function names_of(set)
  local list = {}
  for name in pairs(set) do
    list[#list + 1] = name
  end
  table.sort(list)
  return list
end

local methods = { "list", "pages", "each", "all", "get", "create", "overwrite", "update", "delete", "find" }

for _, api in ipairs { v3, v4 } do
  describe("a client of " .. api.name, function()
    for _, resource in ipairs(api.resources) do
      if not resource.single then
        it("has a method for " .. resource.name, function()
          local client = assert(azion[api.name].client({ token = "the-token" }))
          local made = client[resource.name](client, 7, "request")
          assert.equal(("azion.%s (%s)"):format(resource.name,
            (resource.path:gsub("{phase}", "request"):gsub("{[%l_]+}", "7"))), tostring(made))
          for _, method in ipairs(methods) do
            assert.is_function(made[method])
          end
          for name in pairs(resource.methods) do
            assert.is_function(made[name])
          end
          client:close()
        end)
      end
    end
  end)
end

describe("a kind", function()
  local text, integer, boolean, list, object = schema.text, schema.integer, schema.boolean, schema.list, schema.object
  local resource = schema.resource "things" { path = "/things", fields = {
    schema.reference "one" { to = "things", words = { "lets_encrypt" } }, list "port" { integer, or_one = true },
    schema.own_object "args" { or_list = true },
    list "words" { text }, list "numbers" { integer },
    list "groups" { list { object { text "variable" } } }, object "object" { boolean "a" },
  } }

  local function refused(given, field, problem)
    local json, err = body.encode(resource, given, "create")
    assert.is_nil(json)
    assert.equal("invalid", err.kind)
    assert.same({ [field] = { problem } }, err.fields)
    assert.equal(field .. ": " .. problem, err.message)
  end

  local accepted = {
    { { one = 5 }, '{"one":5}' }, { { one = "lets_encrypt" }, '{"one":"lets_encrypt"}' },
    { { one = core.null }, '{"one":null}' }, { { one = { id = 7, name = "x" } }, '{"one":7}' },
    { { port = 80 }, '{"port":80}' }, { { port = { 80, 8080 } }, '{"port":[80,8080]}' },
    { { port = {} }, '{"port":[]}' },
    { { args = { a = 1 } }, '{"args":{"a":1}}' }, { { args = { { a = 1 } } }, '{"args":[{"a":1}]}' },
    { { args = {} }, '{"args":{}}' }, { { args = azion.array({}) }, '{"args":[]}' },
    { { words = {} }, '{"words":[]}' }, { { words = { "" } }, '{"words":[""]}' },
    { { words = core.null }, '{"words":null}' }, { { numbers = { 1, 2 } }, '{"numbers":[1,2]}' },
    { { groups = { { { variable = "${uri}", other = 1 } } } }, '{"groups":[[{"other":1,"variable":"${uri}"}]]}' },
    { { groups = {} }, '{"groups":[]}' }, { { groups = { {} } }, '{"groups":[[]]}' },
    { { object = { a = true, b = 1 } }, '{"object":{"a":true,"b":1}}' },
  }
  for _, case in ipairs(accepted) do
    it("takes what becomes " .. case[2], function()
      assert.equal(case[2], (body.encode(resource, case[1], "create")))
    end)
  end

  it("refuses anything else, and names the place", function()
    refused({ one = true }, "one", "expected an integer, a string or an item, got a boolean")
    refused({ one = 1.5 }, "one", "expected an integer, a string or an item, got 1.5")
    refused({ one = {} }, "one", "expected an integer, a string or an item, got a list")
    refused({ port = "80" }, "port", "expected an integer or a list, got a string")
    refused({ port = { a = 1 } }, "port", "expected an integer or a list, got a table with named fields")
    refused({ args = "{}" }, "args", "expected an object or a list, got a string")
    refused({ words = "a" }, "words", "expected a list, got a string")
    refused({ words = { "a", 5 } }, "words.2", "expected a string, got a number")
    refused({ words = { core.null } }, "words.1", "expected a string, got null")
    refused({ numbers = { "1" } }, "numbers.1", "expected an integer, got \"1\"")
    refused({ groups = { { variable = "x" } } }, "groups.1", "expected a list, got a table with named fields")
    refused({ groups = { { { variable = 5 } } } }, "groups.1.1.variable", "expected a string, got a number")
    refused({ object = { a = 1 } }, "object.a", "expected a boolean, got a number")
    refused({ object = { 1 } }, "object", "expected an object, got a list")
  end)

  it("tells all that is wrong at once, the first five of it in the message", function()
    local _, err = body.encode(resource, { words = { 1, 2, 3, 4 }, port = "x", object = "y", args = 5 }, "create")
    assert.same({ "args", "object", "port", "words.1", "words.2", "words.3", "words.4" }, names_of(err.fields))
    assert.equal("args: expected an object or a list, got a number; object: expected an object, got a string; "
      .. "port: expected an integer or a list, got a string; words.1: expected a string, got a number; "
      .. "words.2: expected a string, got a number; and 2 more", err.message)
  end)
end)

describe("a collection", function()
  local client

  before_each(function()
    client = assert(azion.client({ token = "the-token", base_url = "http://127.0.0.1:1", max_attempts = 1 }))
  end)

  after_each(function()
    client:close()
  end)

  local function assert_invalid(field, expected, value, err)
    assert.is_nil(value)
    assert.equal("invalid", err.kind)
    assert.equal(0, err.attempts)
    assert.equal(expected, err.fields and err.fields[field][1] or err.message)
  end

  it("of rules names the phase that came and those that are", function()
    for given, shown in pairs { requests = '"requests"', Request = '"Request"', [5] = "5", [""] = "an empty string" } do
      assert_invalid("phase", 'expected "request" or "response", got ' .. shown, client:rules(1, given):list())
    end
    assert_invalid("phase", 'expected "request" or "response", got nil', client:rules(1):get(2))
  end)

  it("has each method, and says which the API lacks", function()
    local tokens, variables = client:personal_tokens(), client:variables()
    assert_invalid(nil, "personal_tokens cannot be updated: the API has no PATCH for them",
      tokens:update("u", { name = "x" }))
    assert_invalid(nil, "personal_tokens cannot be overwritten: the API has no PUT for them",
      tokens:overwrite("u", { name = "x" }))
    assert_invalid(nil, "variables cannot be updated: the API has no PATCH for them; use overwrite",
      variables:update("u", { value = "x" }))
    assert.equal("network", select(2, variables:overwrite("u", { key = "K", value = "x" })).kind)
    assert.equal("network", select(2, tokens:delete("u")).kind)
  end)

  it("of rules is of one phase", function()
    assert.equal("/edge_applications/7/rules_engine/request/rules", client:rules(7, "request").path)
    assert.equal("/edge_applications/7/rules_engine/response/rules", client:rules("7", "response").path)
    for _, phase in ipairs({ "default", "", "Request", "../request", 1, true, {} }) do
      local rules = client:rules(7, phase)
      assert.equal("azion.rules", tostring(rules))
      local value, err = rules:list()
      assert.is_nil(value)
      assert.matches('^expected "request" or "response", got ', err.fields.phase[1])
      assert_invalid("phase", err.fields.phase[1], rules:get(1))
      assert_invalid("phase", err.fields.phase[1], rules:create({ name = "x" }))
      assert_invalid("phase", err.fields.phase[1], rules:delete(1))
      assert_invalid("phase", err.fields.phase[1], rules:all())
      assert.has_error(function() rules:each()() end, err)
    end
    assert_invalid("phase", 'expected "request" or "response", got nil', client:rules(7):find("x"))
    assert.matches("edge application id: ", select(2, client:rules("x", "request"):list()).message)
  end)

  it("takes the item that it belongs to", function()
    local domain = { id = 9, domain_name = "d", edge_application_id = 7 }
    for _, item in ipairs({ { id = 7 }, { id = "7", name = "x" }, domain }) do
      assert.equal("/edge_applications/7/origins", client:origins(item).path)
      assert.equal("/edge_applications/7/cache_settings", client:cache_settings(item).path)
      assert.equal("/edge_applications/7/rules_engine/response/rules", client:rules(item, "response").path)
    end
    for _, item in ipairs({ {}, { id = {} }, { id = "x" }, { edge_application_id = core.null }, { id = 1.5 } }) do
      assert.equal("invalid", select(2, client:origins(item):list()).kind)
    end
  end)

  it("has further methods only where its row says so", function()
    assert.is_function(client:digital_certificates().create_csr)
    assert.is_nil(client:domains().create_csr)
    assert_invalid("sans.1", "expected a string, got a number",
      client:digital_certificates():create_csr({ name = "x", sans = { 5 } }))
    assert.has_error(function() client:digital_certificates():create_csr("x") end)
    assert.has_error(function() client:digital_certificates():create_csr({}, { nonsense = 1 }) end)
  end)
end)

describe("the names of secrets", function()
  it("are those of every resource, and common ones in calls to their own resource only", function()
    local secret_names = v3.secret_names
    local everywhere = { "access_token", "hmac_access_key", "hmac_secret_key", "password", "private_key",
      "refresh_token", "token" }
    assert.same(everywhere, names_of(secret_names()))
    assert.same(everywhere, names_of(secret_names("/domains")))
    table.insert(everywhere, 4, "key")
    assert.same(everywhere, names_of(secret_names("/iam/personal_tokens")))
    assert.is_true(secret_names("/iam/personal_tokens/x").key)
    assert.is_true(secret_names("/v3/variables/x").value)
    assert.is_nil(secret_names("/variables/x").key)
  end)

  it("are followed by what masks and what collects", function()
    local text = '{"key":"azion-0123456789","value":"hidden"}'
    assert.equal(text, secrets.masker({}, v3.secret_names())(text))
    assert.equal('{"key":"***","value":"hidden"}', secrets.masker({}, v3.secret_names("/iam/personal_tokens"))(text))
    assert.equal('{"key":"azion-0123456789","value":"***"}', secrets.masker({}, v3.secret_names("/variables/u"))(text))
    assert.same({ "hidden" }, secrets.collect({ key = "NAME", value = "hidden" }, v3.secret_names("/variables")))
    assert.same({}, secrets.collect({ key = "NAME", value = "hidden" }, v3.secret_names("/domains")))
  end)
end)
