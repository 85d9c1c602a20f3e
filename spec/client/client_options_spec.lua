-- What azion.client takes: names, types, values, the environment.
local azion = require("azion")
local child = require("spec.support.child")
local support = require("spec.support.sandbox")

local function here()
  return debug.getinfo(2, "S").short_src .. ":" .. debug.getinfo(2, "l").currentline .. ":"
end

describe("an option", function()
  it("that is unknown raises at the caller's line and names the nearest", function()
    local nearest = { time_out = "timeout", tokn = "token", BASE_URL = "base_url", maxAttempts = "max_attempts",
      proxies = "proxy", on_events = "on_event", concurency = "concurrency" }
    for wrong, known in pairs(nearest) do
      local line
      local message = support.raised(function()
        line = here(); local client = azion.client({ token = "t", [wrong] = 1 })
        return client
      end)
      assert.equal(line .. (" azion.client: unknown option '%s'; the nearest known one is '%s'"):format(wrong, known),
        message)
    end
  end)

  it("at a number's place raises without showing the value", function()
    local message = support.raised(azion.client, { "a-secret-token" })
    assert.truthy(message:find("unknown option '1'", 1, true))
    assert.is_nil(message:find("secret", 1, true))
    message = support.raised(azion.client, "a-secret-token")
    assert.truthy(message:find("options must be a table, got a string", 1, true))
    assert.is_nil(message:find("secret", 1, true))
  end)

  it("of a wrong type raises at the caller's line and names both types", function()
    local types = { token = "string", base_url = "string", timeout = "number", connect_timeout = "number",
      deadline = "number", max_attempts = "number", concurrency = "number", pace = "boolean", budget = "table",
      max_response_bytes = "number", ca_file = "string", proxy = "string", user_agent = "string",
      on_event = "function" }
    local wrong = { string = 1, number = "1", boolean = "true", table = "x", ["function"] = {} }
    local shown = { string = "1", number = '"1"', boolean = '"true"', table = '"x"', ["function"] = "a table" }
    local secret = { token = true, base_url = true, proxy = true }
    for name, kind in pairs(types) do
      local line
      local message = support.raised(function()
        line = here(); local client = azion.client({ [name] = wrong[kind] })
        return client
      end)
      assert.equal(line .. (" azion.client: option '%s' must be a %s, got %s"):format(name,
        name == "budget" and "budget from azion.budget" or kind, secret[name] and "a number" or shown[kind]), message)
    end
  end)

  local bad = {
    timeout = { 0, -1, 0 / 0, -math.huge },
    budget = { {}, { host = "127.0.0.1" }, io },
    connect_timeout = { 0, -0.5 },
    deadline = { 0, -1 },
    max_attempts = { 0, -1, 1.5, 0 / 0, math.huge },
    concurrency = { 0, 2.5 },
    max_response_bytes = { 0, -1, 0.5 },
    ca_file = { "", "a\0b", "a\nb" },
    proxy = { "http://x\r\ny" },
    user_agent = { "", "a\r\nX-Evil: 1", "a\nb", "a\0b", "a\rb" },
    token = { "", " ", "a b", "a\nb", "a\r\nX-Evil: 1", "a\0b", "a\tb", "tök", "a\127" },
    base_url = { "", "api.azionapi.net", "ftp://api.azionapi.net", "http://api.azionapi.net", "https://", "https:///x",
      "https://user@host", "https://user:password@host/", "https://host/?a=b", "https://host/#x", "https://host/?",
      "https://host/#", "https://ho st", "https://host/a b", "https://host:0", "https://host:65536", "https://host:x",
      "https://host/../x", "https://host/%2e%2E/x", "https://host\r\nX-Evil: 1", "https://host/\0", "https://host\\x",
      "http://127.0.0.1.example.com", "http://10.0.0.1", "http://localhost.example.com", "http://[::2]",
      "http://127.0.0.1@example.com", "https://host//x", " https://host", "https://host ", "javascript:alert(1)",
      "file:///etc/passwd", "http://0.0.0.0", "http://127.0.0.999" },
  }
  for name, values in pairs(bad) do
    it(("'%s' with a value that cannot be is refused, and the error names it"):format(name), function()
      for _, value in ipairs(values) do
        local options = { token = "t", base_url = "http://127.0.0.1:1" }
        options[name] = value
        local client, err = azion.client(options)
        local label = ("%s = %q"):format(name, tostring(value))
        assert.is_nil(client, label)
        assert.equal("invalid", err.kind, label)
        assert.equal(0, err.attempts, label)
        assert.is_false(err.retryable, label)
        assert.truthy(err.message:find("^" .. name .. ": expected "), label .. ": " .. err.message)
        assert.same({ [name] = { (err.message:gsub("^[%w_]+: ", "")) } }, err.fields, label)
        assert.is_nil(tostring(err):find("[%c]"), label)
      end
    end)
  end

  it("that is fine is taken", function()
    for _, base_url in ipairs({ "https://api.azionapi.net", "HTTPS://API.azionapi.net/", "https://host:443/v3",
      "https://host/v3/", "https://[2001:db8::1]:8443", "https://192.0.2.1", "http://127.0.0.1:8080",
      "http://localhost", "http://[::1]:80/prefix", "http://127.255.1.2", "https://a_b.example" }) do
      local client, err = azion.client({ token = "t", base_url = base_url })
      assert.truthy(client, base_url .. ": " .. tostring(err))
      client:close()
    end
    local client = assert(azion.client({ token = "t", timeout = 0.5, connect_timeout = 1e-3, deadline = math.huge,
      max_attempts = 1, concurrency = 1, pace = false, max_response_bytes = 1, on_event = print }))
    client:close()
  end)

  it("table is left as it was", function()
    local options = { token = "t", timeout = 5 }
    local client = assert(azion.client(options))
    options.timeout = 6
    options.token = nil
    assert.same({ timeout = 6 }, options)
    client:close()
  end)
end)

describe("the environment", function()
  -- What a program under that environment says of azion.client(options).
  local function ask(options, environment)
    local settings = { AZION_TOKEN = false, AZION_BASE_URL = false }
    for name, value in pairs(environment) do
      settings[name] = value
    end
    local status, output, errors = child.run({ "-e", ([[
      local client, err = require("azion").client(%s)
      print(client and tostring(client) or tostring(err))
    ]]):format(options) }, { environment = settings })
    assert.equal(0, status, errors)
    return (output:gsub("\n$", ""))
  end

  it("gives the token and the base URL", function()
    assert.equal("azion.client (http://127.0.0.1:7)",
      ask("", { AZION_TOKEN = "from-there", AZION_BASE_URL = "http://127.0.0.1:7" }))
    assert.equal("azion.client (https://api.azionapi.net)", ask("", { AZION_TOKEN = "from-there" }))
  end)

  it("yields to the options", function()
    assert.equal("azion.client (https://other.example)", ask('{ token = "t", base_url = "https://other.example" }',
      { AZION_TOKEN = "bad token", AZION_BASE_URL = "nonsense" }))
  end)

  it("is checked as the options are", function()
    assert.truthy(ask("", { AZION_TOKEN = "bad token" }):find("^azion: invalid: token: "))
    assert.truthy(ask("", { AZION_TOKEN = "t", AZION_BASE_URL = "http://example.com" })
      :find("^azion: invalid: base_url: "))
  end)

  it("without a token, or with an empty one, makes an error that says what to do", function()
    for _, environment in ipairs({ {}, { AZION_TOKEN = "" } }) do
      assert.equal("azion: invalid: token: expected a token: pass the option 'token' or set AZION_TOKEN",
        ask("", environment))
    end
  end)

  it("with an empty base URL counts as without", function()
    assert.equal("azion.client (https://api.azionapi.net)", ask("", { AZION_TOKEN = "t", AZION_BASE_URL = "" }))
  end)

  it("is not looked at by require", function()
    local status, output, errors = child.run({ "-e", [[
      local asked = {}
      os.getenv = function(name) asked[#asked + 1] = name end
      require("azion")
      print(#asked, table.concat(asked, " "))
    ]] })
    assert.equal(0, status, errors)
    assert.equal("0\t\n", output)
  end)
end)
