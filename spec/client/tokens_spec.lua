-- Session tokens: made and revoked with e-mail address and password.
local azion = require("azion")
local dates = require("azion.api.dates")
local memory = require("azion.budget.memory")
local support = require("spec.support.sandbox")
local web = require("spec.support.web_server")

describe("a session token", function()
  local server
  setup(function()
    server = support.start({ seed = 3, faults = {
      { method = "POST", path = "/busy/tokens", nth = 1, status = 503, headers = { ["Retry-After"] = "1" } },
      { method = "POST", path = "/busy/tokens", status = 200,
      body = '{"token":"abc","created_at":"x","expires_at":"y"}' },
      { method = "POST", path = "/wrapped/tokens", status = 200,
      body = '{"results":{"token":"abc"},"schema_version":3}' },
      { method = "POST", path = "/odd/tokens", status = 200, body = '{"token":5}' },
      { method = "POST", path = "/empty/tokens", status = 201, body = "" },
      { method = "DELETE", path = "/again/tokens/abc", nth = 1, action = "reset" },
      { method = "DELETE", path = "/again/tokens/abc", status = 404 },
    } })
  end)
  teardown(function() server:stop() end)

  local function options(more)
    local all = { base_url = server.sandbox.base_url, ca_file = server.sandbox.ca_file, email = server.sandbox.email,
      password = server.sandbox.password }
    for name, value in pairs(more or {}) do
      all[name] = value
    end
    return all
  end

  it("is created, works, is revoked, and works no more", function()
    local created, err, response = azion.create_token(options())
    assert.is_nil(err)
    assert.truthy(created.token:find("^%x+$"))
    assert.equal(40, #created.token)
    assert.is_number(dates.iso(created.created_at))
    assert.equal(86400, dates.iso(created.expires_at) - dates.iso(created.created_at))
    assert.equal(201, response.status)
    assert.equal("POST", response.method)
    assert.equal(server.sandbox.base_url .. "/tokens", response.url)
    local origins = server:origins({ token = created.token })
    assert.equal(3, origins:list().count)

    local given = options({ token = created.token })
    local revoked
    revoked, err, response = azion.revoke_token(given)
    assert.is_true(revoked)
    assert.is_nil(err)
    assert.equal(204, response.status)
    assert.equal(server.sandbox.base_url .. "/tokens/***", response.url)
    assert.same(options({ token = created.token }), given)
    local page
    page, err = origins:list()
    assert.is_nil(page)
    assert.equal("unauthorized", err.kind)

    revoked, err = azion.revoke_token(given)
    assert.is_nil(revoked)
    assert.equal("not_found", err.kind)
    assert.equal("/tokens/***", err.path)
    assert.equal(server.sandbox.base_url .. "/tokens/***", err.response.url)
    assert.is_nil(tostring(err):find(created.token, 1, true))
  end)

  it("is sent for with an empty body", function()
    assert(azion.create_token(options()))
    local requests = server:requests("/tokens")
    assert.equal("", requests[#requests].body)
    assert.equal("POST", requests[#requests].method)
  end)

  it("takes the client's options", function()
    local events = {}
    local created, _, response = azion.create_token(options({ base_url = server.sandbox.base_url .. "/busy",
      user_agent = "spec/1", on_event = function(event) events[#events + 1] = event.type end }))
    assert.equal("abc", created.token)
    assert.equal(2, response.attempts)
    assert.same({ "request", "response", "retry", "request", "response" }, events)
    assert.equal("spec/1", server:requests("/busy/tokens")[1].user_agent)
    assert.equal("abc", azion.create_token(options({ base_url = server.sandbox.base_url .. "/wrapped" })).token)
    local message = support.raised(azion.create_token, options({ timeot = 5 }))
    assert.truthy(message:find("unknown option 'timeot'; the nearest known one is 'timeout'", 1, true), message)
  end)

  it("names the account to a shared budget by what no password can be guessed from", function()
    local names = {}
    local budget = { bind = function(_, name)
      names[#names + 1] = name
      return memory.new()
    end }
    for _, password in ipairs { "one-password", "another-password" } do
      azion.create_token(options({ password = password, budget = budget, max_attempts = 1 }))
    end
    azion.create_token(options({ email = "somebody@example.com", budget = budget, max_attempts = 1 }))
    assert.equal(3, #names)
    assert.equal(names[1], names[2])
    assert.are_not.equal(names[1], names[3])
  end)

  it("that the reply lacks is a protocol error", function()
    for _, prefix in ipairs({ "/odd", "/empty" }) do
      local created, err = azion.create_token(options({ base_url = server.sandbox.base_url .. prefix }))
      assert.is_nil(created)
      assert.equal("protocol", err.kind)
      assert.is_true(err.maybe_applied)
    end
  end)

  it("that is gone at the second try is revoked", function()
    local revoked, err = azion.revoke_token(options({ base_url = server.sandbox.base_url .. "/again", token = "abc" }))
    assert.is_nil(err)
    assert.is_true(revoked)
  end)

  it("is refused for a wrong password", function()
    local created, err = azion.create_token(options({ password = "wrong" }))
    assert.is_nil(created)
    assert.equal("unauthorized", err.kind)
    assert.equal("Invalid username/password.", err.message)
    assert.equal(1, err.attempts)
    local revoked
    revoked, err = azion.revoke_token(options({ token = server.sandbox.token, email = "nobody@example.com" }))
    assert.is_nil(revoked)
    assert.equal("unauthorized", err.kind)
    assert.equal(3, server:origins():list().count)
  end)

  it("is not asked for with credentials that cannot be", function()
    local before = #server:requests()
    for name, values in pairs({ email = { "", " ", "a:b@example.com", "a@example.com\r\n", "a\0b" },
      password = { "", "a\nb", "a\0b", "a\r" } }) do
      for _, value in ipairs(values) do
        for _, call in ipairs({ azion.create_token, azion.revoke_token }) do
          local outcome, err = call(options({ token = "t", [name] = value }))
          assert.is_nil(outcome)
          assert.equal("invalid", err.kind)
          assert.truthy(err.fields[name], err.message)
        end
      end
    end
    for _, token in ipairs({ "", " ", ".", "..", "a\nb", "../x", "a\0" }) do
      local outcome, err = azion.revoke_token(options({ token = token }))
      assert.is_nil(outcome)
      assert.equal("invalid", err.kind)
      assert.truthy(err.fields.token, err.message)
    end
    for _, missing in ipairs({ "email", "password" }) do
      local given = options({ token = "t" })
      given[missing] = nil
      for _, call in ipairs({ azion.create_token, azion.revoke_token }) do
        local outcome, err = call(given)
        assert.is_nil(outcome)
        assert.equal("invalid", err.kind)
        assert.truthy(err.fields[missing], err.message)
      end
    end
    local outcome, err = azion.revoke_token(options())
    assert.is_nil(outcome)
    assert.equal("invalid", err.kind)
    assert.equal(before, #server:requests())
  end)

  it("raises where the program is wrong, at its line", function()
    for index, mistake in ipairs({
      function() local r = azion.create_token() return r end,
      function() local r = azion.create_token("user@example.com") return r end,
      function() local r = azion.create_token({ email = 5 }) return r end,
      function() local r = azion.revoke_token(nil) return r end,
      function() local r = azion.revoke_token({ password = 5 }) return r end,
      function() local r = azion.revoke_token({ pass = "x" }) return r end,
    }) do
      assert.truthy(support.raised(mistake):find("tokens_spec.lua:", 1, true), index)
    end
  end)
end)

describe("the credentials", function()
  local server
  setup(function()
    server = web.start({ locations = [[
      location / { content_by_lua_block {
        local head = ngx.req.raw_header():gsub("[^%g ]", "|")
        ngx.print('{"token":"t","head":"', head, '"}')
      } }
    ]] })
  end)
  teardown(function() server:stop() end)

  it("are sent as Basic, without a line feed at their end", function()
    local cases = {
      { "user@domain", "password", "dXNlckBkb21haW46cGFzc3dvcmQ=" },
      { "user@domain", "passwor", "dXNlckBkb21haW46cGFzc3dvcg==" },
      { "user@domain", "passwo", "dXNlckBkb21haW46cGFzc3dv" },
      { "user@domain", "a:b\195\169 \255", "dXNlckBkb21haW46YTpiw6kg/w==" },
    }
    for _, case in ipairs(cases) do
      local created, err = azion.create_token({ base_url = server.plain_url, email = case[1], password = case[2] })
      assert.is_nil(err)
      assert.truthy(created.head:find("||Authorization: Basic " .. case[3] .. "||", 1, true), created.head)
      assert.truthy(created.head:find("||Accept: application/json; version=3||", 1, true), created.head)
      assert.is_nil(created.head:find("[Cc]ontent%-[Tt]ype"))
    end
  end)
end)
