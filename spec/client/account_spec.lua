-- Which version an account speaks, and who says how to find out.
local azion = require("azion")
local scripted_server = require("spec.support.scripted_server")

local server

local function start(answers)
  server = scripted_server.start(answers)
end

local function ask(options)
  local given = { token = "the-token", account_url = server.url, max_attempts = 1 }
  for name, value in pairs(options or {}) do
    given[name] = value
  end
  return azion.api_version(given)
end

local path = "GET /api/account/info"

describe("azion.api_version", function()
  after_each(function()
    if server then
      server:stop()
      server = nil
    end
  end)

  for flags, version in pairs {
    ['["block_apiv3_access"]'] = "v4", ['["block_apiv4_incompatible_endpoints"]'] = "v3", ["[]"] = "v4",
    ['["block_apiv4_incompatible_endpoints","block_apiv3_access"]'] = "v4",
    ['["other",5,null,"block_apiv4_incompatible_endpoints"]'] = "v3", ['["other"]'] = "v4",
  } do
    it("is " .. version .. " for the flags " .. flags, function()
      start({ [path] = { 200, ('{"id":1,"client_flags":%s}'):format(flags) } })
      local name, err, response = ask()
      assert.is_nil(err)
      assert.equal(version, name)
      assert.equal(200, response.status)
      local request = server:requests()[1]
      assert.equal("Token the-token", request.authorization)
      assert.equal("application/json; version=1", request.accept)
      assert.equal("", request.query)
      assert.equal(1, #server:requests())
    end)
  end

  for _, body in ipairs { "{}", '{"client_flags":null}', '{"client_flags":"block_apiv3_access"}',
    '{"client_flags":{"a":1}}', "[]", "5", "<html>" } do
    it("takes no other reply: " .. body, function()
      start({ [path] = { 200, body } })
      local name, err = ask()
      assert.is_nil(name)
      assert.equal("protocol", err.kind)
    end)
  end

  it("is an error where it cannot be told", function()
    start({ [path] = { { 401, '{"detail":"Invalid token."}' }, { 403, "{}" }, { 200, "" } } })
    local results = { n = select("#", ask()) }
    assert.equal(2, results.n)
    local name, err = ask()
    assert.is_nil(name)
    assert.equal("forbidden", err.kind)
    assert.is_nil(err.message:find("api_version", 1, true))
    assert.equal("protocol", select(2, ask()).kind)
  end)

  it("takes the options of a client but base_url", function()
    start({ [path] = { 200, '{"client_flags":[]}' } })
    assert.equal("v4", ask { timeout = 3, pace = false, strict = true, on_event = function() end })
    local ok, message = pcall(ask, { base_url = server.url })
    assert.is_false(ok)
    assert.is_truthy(message:find("azion.api_version: unknown option 'base_url'", 1, true), message)
    local name, err = ask { account_url = "http://elsewhere.example" }
    assert.is_nil(name)
    assert.equal("invalid", err.kind)
    assert.is_truthy(err.fields.account_url)
    assert.equal("invalid", select(2, ask { token = "" }).kind)
  end)
end)

describe("a refusal of a version 3 client", function()
  after_each(function() server:stop() end)

  local function client_of(version, options)
    local given = { token = "the-token", base_url = server.url, max_attempts = 1 }
    for name, value in pairs(options or {}) do
      given[name] = value
    end
    return assert(azion[version].client(given))
  end

  it("names azion.api_version until there was a success", function()
    start({ ["GET /domains"] = { { 403, '{"detail":"No."}' }, { 401, '{"detail":"No."}' }, { 404, '{"detail":"No."}' },
      { 403, "" }, { 200, '{"results":[]}' }, { 403, '{"detail":"No."}' }, { 401, '{"detail":"No."}' } } })
    local client = client_of "v3"
    local hinted = { true, true, false, true, nil, false, false }
    for position = 1, 7 do
      local page, err = client:domains():list()
      assert.equal(position == 5, page ~= nil)
      if err then
        assert.equal(hinted[position], err.message:find("azion.api_version", 1, true) ~= nil, position)
        assert.equal(position ~= 4, err.message:find("No.", 1, true) == 1)
      end
    end
    assert.equal(7, #server:requests())
    client:close()
  end)

  it("does so by request too, and not for session tokens", function()
    start({ ["GET /x"] = { 401, "" }, ["POST /tokens"] = { 401, '{"detail":"Wrong."}' } })
    local client = client_of "v3"
    assert.matches("azion%.api_version", select(2, client:request("GET", "/x")).message)
    client:close()
    client = client_of "v4"
    assert.is_nil(select(2, client:request("GET", "/x")).message:find("api_version", 1, true))
    client:close()
    local _, err = azion.create_token { email = "a@example.com", password = "p", base_url = server.url,
      max_attempts = 1 }
    assert.equal("Wrong.", err.message)
  end)
end)
