-- The table of resources by itself: that its rows are whole, and what its kinds refuse.
local azion = require("azion")
local core = require("azion.core")
local fields = require("azion.fields")
local resources = require("azion.resources")
local secrets = require("azion.secrets")

local words = { string = true, integer = true, boolean = true, list = true, object = true }

local names = {}
for name in pairs(resources.rows) do
  names[#names + 1] = name
end
table.sort(names)

local function assert_kinds(known, where)
  assert.is_not_nil(next(known), where)
  for name, kind in pairs(known) do
    local at = where .. "." .. name
    while type(kind) == "table" and kind[1] do
      assert.equal(1, #kind, at)
      kind = kind[1]
    end
    if type(kind) == "table" then
      assert_kinds(kind, at)
    else
      for word in (kind .. "|"):gmatch("(.-)|") do
        assert.is_true(words[word], at .. ": " .. word)
      end
    end
  end
end

local function names_of(set)
  local list = {}
  for name in pairs(set) do
    list[#list + 1] = name
  end
  table.sort(list)
  return list
end

describe("the row of", function()
  local methods = {}
  for _, name in ipairs({ "list", "pages", "each", "all", "get", "create", "overwrite", "update", "delete", "find" }) do
    methods[name] = true
  end
  local known = { path = true, parent = true, phases = true, fields = true, lacks = true, actions = true,
    named_by = true, filters_by_name = true, lists_less = true, creates_in_turn = true, secret = true,
    secret_here = true, key = true }

  for _, name in ipairs(names) do
    local row = resources.rows[name]

    it(name .. " is whole", function()
      for part in pairs(row) do
        assert.is_true(known[part], part)
      end
      assert.matches("^/[%l_{}/]+[%l}]$", row.path)
      assert.equal(row.parent ~= nil, row.path:find("{parent}", 1, true) ~= nil)
      assert.equal(row.phases ~= nil, row.path:find("{phase}", 1, true) ~= nil)
      assert_kinds(row.fields, name)
      for method in pairs(row.lacks or {}) do
        assert.is_true(methods[method], method)
      end
      for action, descriptor in pairs(row.actions or {}) do
        assert.is_nil(methods[action])
        assert_kinds(descriptor.fields, action)
        assert.matches("^/%l+$", descriptor.path)
      end
      assert.is_not_nil(row.fields[row.named_by or "name"] or row.lacks.create)
    end)

    it(name .. " makes a method of the client", function()
      local client = assert(azion.client({ token = "the-token" }))
      local made = client[name](client, 7, "request")
      assert.equal(("azion.%s (%s)"):format(name, (row.path:gsub("{parent}", "7"):gsub("{phase}", "request"))),
        tostring(made))
      for method in pairs(methods) do
        assert.is_function(made[method])
      end
      client:close()
    end)
  end
end)

describe("a kind", function()
  local row = { fields = {
    one = "integer|string", port = "integer|list", args = "object|list", target = "string|integer|object",
    words = { "string" }, numbers = { "integer" }, groups = { { { variable = "string" } } }, object = { a = "boolean" },
  } }

  local function refused(given, field, problem)
    local text, err = fields.encode(row, given)
    assert.is_nil(text)
    assert.equal("invalid", err.kind)
    assert.same({ [field] = { problem } }, err.fields)
  end

  local accepted = {
    { { one = 5 }, '{"one":5}' }, { { one = "lets_encrypt" }, '{"one":"lets_encrypt"}' },
    { { one = core.null }, '{"one":null}' },
    { { port = 80 }, '{"port":80}' }, { { port = { 80, 8080 } }, '{"port":[80,8080]}' },
    { { port = {} }, '{"port":[]}' },
    { { args = { a = 1 } }, '{"args":{"a":1}}' }, { { args = { { a = 1 } } }, '{"args":[{"a":1}]}' },
    { { args = {} }, '{"args":{}}' }, { { args = azion.array({}) }, '{"args":[]}' },
    { { target = "x" }, '{"target":"x"}' }, { { target = 7 }, '{"target":7}' },
    { { target = { regex = "(.*)" } }, '{"target":{"regex":"(.*)"}}' }, { { target = core.null }, '{"target":null}' },
    { { words = {} }, '{"words":[]}' }, { { words = { "" } }, '{"words":[""]}' },
    { { words = core.null }, '{"words":null}' }, { { numbers = { 1, 2 } }, '{"numbers":[1,2]}' },
    { { groups = { { { variable = "${uri}", other = 1 } } } }, '{"groups":[[{"other":1,"variable":"${uri}"}]]}' },
    { { groups = {} }, '{"groups":[]}' }, { { groups = { {} } }, '{"groups":[[]]}' },
    { { object = { a = true, b = 1 } }, '{"object":{"a":true,"b":1}}' },
  }
  for _, case in ipairs(accepted) do
    it("takes what becomes " .. case[2], function()
      assert.equal(case[2], (fields.encode(row, case[1])))
    end)
  end

  it("refuses anything else, and names the place", function()
    refused({ one = true }, "one", "expected an integer or a string, got a boolean")
    refused({ one = 1.5 }, "one", "expected an integer or a string, got 1.5")
    refused({ one = {} }, "one", "expected an integer or a string, got a list")
    refused({ port = "80" }, "port", "expected an integer or a list, got a string")
    refused({ port = { a = 1 } }, "port", "expected an integer or a list, got a table with named fields")
    refused({ args = "{}" }, "args", "expected an object or a list, got a string")
    refused({ target = true }, "target", "expected a string or an integer or an object, got a boolean")
    refused({ target = { 1 } }, "target", "expected a string or an integer or an object, got a list")
    refused({ words = "a" }, "words", "expected a list, got a string")
    refused({ words = { "a", 5 } }, "words.2", "expected a string, got a number")
    refused({ words = { core.null } }, "words.1", "expected a string, got null")
    refused({ numbers = { "1" } }, "numbers.1", "expected an integer, got \"1\"")
    refused({ groups = { { variable = "x" } } }, "groups.1", "expected a list, got a table with named fields")
    refused({ groups = { { { variable = 5 } } } }, "groups.1.1.variable", "expected a string, got a number")
    refused({ object = { a = 1 } }, "object.a", "expected a boolean, got a number")
    refused({ object = { 1 } }, "object", "expected an object, got a list")
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
    local everywhere = { "hmac_access_key", "hmac_secret_key", "password", "private_key", "token" }
    assert.same(everywhere, names_of(resources.secret_names()))
    assert.same(everywhere, names_of(resources.secret_names("/domains")))
    table.insert(everywhere, 3, "key")
    assert.same(everywhere, names_of(resources.secret_names("/iam/personal_tokens")))
    assert.is_true(resources.secret_names("/iam/personal_tokens/x").key)
    assert.is_true(resources.secret_names("/v3/variables/x").value)
    assert.is_nil(resources.secret_names("/variables/x").key)
  end)

  it("are followed by what masks and what collects", function()
    local text = '{"key":"azion-0123456789","value":"hidden"}'
    assert.equal(text, secrets.masker({})(text))
    assert.equal('{"key":"***","value":"hidden"}', secrets.masker({}, "/iam/personal_tokens")(text))
    assert.equal('{"key":"azion-0123456789","value":"***"}', secrets.masker({}, "/variables/u")(text))
    assert.same({ "hidden" }, secrets.collect({ key = "NAME", value = "hidden" }, "/variables"))
    assert.same({}, secrets.collect({ key = "NAME", value = "hidden" }, "/domains"))
  end)
end)
