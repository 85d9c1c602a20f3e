local azion = require "azion"
local options = require "azion.client.options"

local known = { timeout = options.seconds, max_attempts = options.count, token = { type = "string" },
  base_url = { type = "string" }, pace = { type = "boolean" }, on_event = { type = "function" } }

-- The line of this file that a raised message names, and the message.
local function raised(call)
  local ok, message = pcall(call)
  assert.is_false(ok)
  assert.equal("string", type(message))
  local line, rest = message:match("options_spec%.lua:(%d+): (.*)$")
  return tonumber(line), rest or message
end

local function check(given)
  return options.check(given, known, "client")
end

describe("an unknown option", function()
  for given, nearest in pairs { tokem = "token", Token = "token", TIMEOUT = "timeout", time_out = "timeout",
    timeouts = "timeout", base_uri = "base_url", maxattempts = "max_attempts", max_attempt = "max_attempts",
    onevent = "on_event", pase = "pace" } do
    it(("raises, and %s is told to be near %s"):format(given, nearest), function()
      local _, message = raised(function() check { [given] = 1 } end)
      assert.equal(("client: unknown option '%s'; the nearest known one is '%s'"):format(given, nearest), message)
    end)
  end

  it("raises whatever its name is", function()
    for _, name in ipairs { 1, true, 1.5, "", ("x"):rep(5000), print, {} } do
      local _, message = raised(function() check { [name] = 1 } end)
      assert.truthy(message:find("unknown option", 1, true))
    end
  end)

  it("raises whatever its value is, and does not tell it", function()
    local _, message = raised(function() check { tokn = "hunter2" } end)
    assert.is_nil(message:find("hunter2", 1, true))
  end)
end)

describe("an unknown option that is near to none", function()
  it("raises with all that are known", function()
    for _, far in ipairs { "retries", "verify", "x", "", "headers", "banana", ("x"):rep(5000) } do
      local _, message = raised(function() check { [far] = 1 } end)
      local all = "; known are 'base_url', 'max_attempts', 'on_event', 'pace', 'timeout', 'token'"
      assert.truthy(message:find(all, 1, true), message)
      assert.is_nil(message:find("nearest", 1, true))
      assert.is_true(#message < 250)
    end
  end)

  it("is so for all functions that take options, and near ones are told by all", function()
    local client = assert(azion.client { token = "a-token", base_url = "http://127.0.0.1:9" })
    local domains = client:domains()
    local functions = {
      { azion.client, "tokn", "token" },
      { azion.create_token, "emial", "email" },
      { azion.revoke_token, "pasword", "password" },
      { azion.sandbox.start, "fualts", "faults" },
      { azion.budget.redis, "hots", "host" },
      { function(given) return client:request("GET", "/x", given) end, "qery", "query" },
      { function(given) return client:map({}, print, given) end, "on_progres", "on_progress" },
      { function(given) return client:purge(given) end, "wildcards", "wildcard" },
      { function(given) return client:purge({ urls = { "x" } }, given) end, "time_out", "timeout" },
      { function(given) return domains:list({}, given) end, "deadlines", "deadline" },
      { function(given) return domains:get(1, given) end, "connect_timeuot", "connect_timeout" },
      { function(given) return domains:create({}, given) end, "maxattempts", "max_attempts" },
    }
    for _, case in ipairs(functions) do
      local call, near, meant = case[1], case[2], case[3]
      local _, message = raised(function() local result = call { [near] = 1 } return result end)
      assert.truthy(message:find(("'%s'; the nearest known one is '%s'"):format(near, meant), 1, true), message)
      for _, far in ipairs { "colour", "zzz" } do
        _, message = raised(function() local result = call { [far] = 1 } return result end)
        assert.truthy(message:find(("'%s'; known are '"):format(far), 1, true), message)
        assert.truthy(message:find("'" .. meant .. "'", 1, true), message)
      end
    end
    client:close()
  end)
end)

describe("an option of the wrong type", function()
  it("raises with what was expected and got", function()
    local rows = {
      { { timeout = "30" }, "client: option 'timeout' must be a number, got \"30\"" },
      { { timeout = {} }, "client: option 'timeout' must be a number, got a table" },
      { { max_attempts = true }, "client: option 'max_attempts' must be a number, got true" },
      { { token = 5 }, "client: option 'token' must be a string, got 5" },
      { { pace = "no" }, "client: option 'pace' must be a boolean, got \"no\"" },
      { { timeout = ("x"):rep(16) }, "client: option 'timeout' must be a number, got \"" .. ("x"):rep(16) .. "\"" },
      { { timeout = ("x"):rep(17) }, "client: option 'timeout' must be a number, got a string" },
      { { pace = 0 }, "client: option 'pace' must be a boolean, got 0" },
      { { on_event = {} }, "client: option 'on_event' must be a function, got a table" },
      { { token = azion.null }, "client: option 'token' must be a string, got a userdata" },
    }
    for _, row in ipairs(rows) do
      local _, message = raised(function() check(row[1]) end)
      assert.equal(row[2], message)
    end
  end)

  it("raises if the options are no table", function()
    for _, given in ipairs { "token", 5, true, print } do
      local _, message = raised(function() check(given) end)
      assert.equal("client: options must be a table, got a " .. type(given), message)
    end
    local _, message = raised(function() check(false) end)
    assert.equal("client: options must be a table, got a boolean", message)
  end)
end)

describe("a value out of range", function()
  local nan, infinity = 0 / 0, 1 / 0
  for _, value in ipairs { 0, -1, -0.001, nan, -infinity } do
    it("is a problem, no error: seconds of " .. value, function()
      local name, problem = check { timeout = value }
      assert.equal("timeout", name)
      assert.truthy(problem:find("^expected seconds above 0, got "))
    end)
  end

  for _, value in ipairs { 0, -1, 0.5, 1.5, nan, infinity, -infinity, 2 ^ 53 } do
    it("is a problem, no error: a count of " .. value, function()
      local name, problem = check { max_attempts = value }
      assert.equal("max_attempts", name)
      assert.truthy(problem:find("^expected a whole number of at least 1, got "))
    end)
  end

  it("is the first by name if there are several", function()
    for _ = 1, 20 do
      assert.equal("max_attempts", (check { timeout = -1, max_attempts = 0, token = "x" }))
    end
  end)
end)

describe("good options", function()
  it("are no problem", function()
    assert.is_nil((check(nil)))
    assert.is_nil((check {}))
    assert.is_nil((check { timeout = 0.001, max_attempts = 1, token = "", pace = false, on_event = print }))
    assert.is_nil((check { timeout = math.huge, max_attempts = 2 ^ 53 - 1 }))
  end)

  it("are left as they were", function()
    local given = { timeout = 5, token = "x" }
    check(given)
    assert.same({ timeout = 5, token = "x" }, given)
  end)
end)

describe("a mistake in the program is shown at the caller's line", function()
  local client

  setup(function()
    client = assert(azion.client { token = "a-token", base_url = "http://127.0.0.1:9" })
  end)

  teardown(function()
    client:close()
  end)

  -- Each stands on one line of its own.
  local calls = {
    ["azion.client"] = function() azion.client { tokem = "x" } end,
    ["azion.client, type"] = function() azion.client { timeout = "x" } end,
    ["azion.client, no table"] = function() azion.client("token") end,
    ["create_token"] = function() azion.create_token { emial = "x" } end,
    ["revoke_token"] = function() azion.revoke_token { tokn = "x" } end,
    ["create_token, no table"] = function() azion.create_token("x") end,
    ["request"] = function() client:request("GET", "/x", { quer = {} }) end,
    ["request, path"] = function() client:request("GET", 5) end,
    ["list"] = function() client:origins(1):list({}, { timeuot = 1 }) end,
    ["list, query"] = function() client:origins(1):list("x") end,
    ["list, option in the query"] = function() client:origins(1):list { timeout = 1 } end,
    ["pages"] = function() client:origins(1):pages({}, { timeuot = 1 }) end,
    ["each"] = function() client:origins(1):each { deadline = 1 } end,
    ["all"] = function() client:origins(1):all { max_attempts = 1 } end,
    ["get"] = function() client:origins(1):get("x", { timeuot = 1 }) end,
    ["create"] = function() client:origins(1):create("x") end,
    ["create, options"] = function() client:origins(1):create({}, { timeuot = 1 }) end,
    ["overwrite"] = function() client:origins(1):overwrite("x") end,
    ["update"] = function() client:origins(1):update("x", 5) end,
    ["delete"] = function() client:origins(1):delete("x", { timeuot = 1 }) end,
    ["find"] = function() client:origins(1):find("x", { timeuot = 1 }) end,
    ["a dot for a colon"] = function() client.origins(client, 1).get("x") end,
    ["array"] = function() azion.array("x") end,
  }
  for name, call in pairs(calls) do
    it(name, function()
      assert.equal(debug.getinfo(call, "S").linedefined, (raised(call)))
    end)
  end
end)
