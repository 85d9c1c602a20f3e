-- A program in which everything fails, and which prints all there is to print: no secret is among it.
-- #seconds 15
local child = require("spec.support.child")
local core = require("azion.core")
local support = require("spec.support.sandbox")
local wire = require("azion.api.wire")

local secrets = {
  token = "tkn-7f3a9c/+=42-XYZ",
  other_token = "other-0815-token",
  hmac_access_key = "AKIA-hmac/access+1",
  hmac_secret_key = "hmac secret & \\ \"key\" 99/+",
  kept_key = "a-key-that-only-the-server-knows",
  email = nil,
  password = "pass wörd/%+\"1",
  proxy = "proxy-pass-77",
  bearer = "bearer-5e55ion",
}

local function json_text(text)
  return (core.encode({ text }):sub(2, -2))
end

-- "a" as \u0061 and so on.
local function spelled_out(text)
  return (text:gsub("[%g ]", function(letter) return ("\\u%04x"):format(letter:byte()) end))
end

-- What a server could repeat of the named secrets, in the forms in which it could: as text, and as JSON.
local function echo(...)
  local forms, plain = {}, {}
  for _, name in ipairs({ ... }) do
    local value = secrets[name]
    plain[#plain + 1] = value .. " | " .. wire.escape(value)
    for _, form in ipairs({ plain[#plain], json_text(value), (value:gsub("/", "\\/")) }) do
      forms[#forms + 1] = form
    end
  end
  local words, first = json_text(table.concat(plain, " | ")), secrets[(...)]
  return table.concat(forms, " | "),
    ('{"detail":%s,"token":%s,"hmac_secret_key":%s,"addresses":[{"address":[%s]}],%s:1,'
    .. '"name":["%s"]}'):format(words, json_text(secrets.kept_key), json_text(secrets.kept_key), words,
      json_text(first),
    spelled_out(first))
end

-- A failure for each application: what it answers to a read, and to a write.
local function failures(text, json, key)
  return {
    { status = 400, body = json }, { status = 401, body = text }, { status = 403, body = "<p>" .. text },
    { status = 404, body = json }, { status = 409, body = "[" .. json .. "]" }, { status = 503, body = json },
    { status = 429, body = json, headers = { ["Retry-After"] = "600" } },
    { status = 302, body = "", headers = { Location = "https://host/?token=" .. wire.escape(secrets.token),
      ["WWW-Authenticate"] = "token " .. secrets.token, ["X-Key"] = { key, secrets.token } } },
    { status = 200,
    body = '{"results":{"hmac_secret_key":' .. json_text(secrets.kept_key) .. ',"x":"' .. secrets.token },
    { status = 200, body = '{"results": 5, "hmac_secret_key" : ' .. json_text(secrets.kept_key) .. "}" },
    { status = 200, body = text }, { action = "reset" }, { action = "hang" },
    { action = "truncate", status = 500, body = json }, { action = "truncate", status = 200, body = json },
  }
end

local text_to_reads, json_to_reads = echo("token")
local to_reads = failures(text_to_reads, json_to_reads, secrets.token)
local text_to_writes, json_to_writes = echo("token", "hmac_access_key", "hmac_secret_key", "other_token")
local to_writes = failures(text_to_writes, json_to_writes, secrets.hmac_access_key)

local program = [=[
local azion = require("azion")
local settings = { base_url = os.getenv("BASE_URL"), ca_file = os.getenv("CA_FILE") }
local email, password, proxy = os.getenv("EMAIL"), os.getenv("PASSWORD"), os.getenv("PROXY_PASSWORD")

local function dump(value, seen)
  if type(value) == "table" and not seen[value] then
    seen[value] = true
    print(tostring(value))
    for key, inner in next, value do
      dump(key, seen)
      dump(inner, seen)
    end
    dump(getmetatable(value), seen)
  elseif type(value) ~= "function" then
    print(tostring(value))
  end
end

local failures, kinds = 0, {}
local function fail(...)
  local value, err, response = ...
  assert(value == nil and response == nil, "this was to fail")
  failures = failures + 1
  kinds[err.kind] = true
  print(err, "" .. err)
  dump(err, {})
end

-- Any JSON is what `request` was asked for.
local function fail_or_read(value, ...)
  if value == nil then
    fail(value, ...)
  end
end

local function raise(call, ...)
  local arguments = { n = select("#", ...), ... }
  local ok = xpcall(function()
    return call((table.unpack or unpack)(arguments, 1, arguments.n))
  end, function(raised)
    failures = failures + 1
    print(debug.traceback(tostring(raised), 1))
    dump(raised, {})
    return raised
  end)
  assert(not ok, "this was to raise")
end

local function options(more)
  local all = { on_event = function(event) dump(event, {}) end }
  for name, value in pairs(settings) do all[name] = value end
  for name, value in pairs(more or {}) do all[name] = value end
  return all
end

local keys = { name = "x", hmac_authentication = true, hmac_access_key = os.getenv("HMAC_ACCESS_KEY"),
  hmac_secret_key = os.getenv("HMAC_SECRET_KEY"), nested = { { token = os.getenv("OTHER_TOKEN") } } }
local client = assert(azion.client(options({ timeout = 0.4, max_attempts = 2, pace = false })))
dump(client, {})
for application = 1, tonumber(os.getenv("APPLICATIONS")) do
  local origins = client:origins(application)
  dump(origins, {})
  fail(origins:list())
  fail(origins:all())
  fail(origins:find("x"))
  fail(origins:get("k"))
  fail(origins:create(keys))
  fail(origins:overwrite("k", keys))
  fail(origins:update("k", keys))
  raise(function() for _ in origins:each() do error("an item") end end)
  raise(function() for _ in origins:pages() do error("a page") end end)
  fail_or_read(client:request("POST", ("/edge_applications/%d/origins"):format(application), { body = keys }))
  fail_or_read(client:request("GET", ("/edge_applications/%d/origins"):format(application),
    { query = { token = os.getenv("AZION_TOKEN"), filter = os.getenv("AZION_TOKEN") } }))
end
fail(client:request("GET", "/bearer", { headers = { Authorization = "Bearer " .. os.getenv("BEARER") } }))
fail(client:origins(1):get(os.getenv("AZION_TOKEN") .. "\n"))
fail(client:origins(1):get(("x"):rep(30) .. os.getenv("AZION_TOKEN") .. "\n"))
fail(client:origins(os.getenv("AZION_TOKEN") .. "\n"):list())
fail(client:origins(os.getenv("AZION_TOKEN")):list())
fail(client:rules(1, os.getenv("AZION_TOKEN")):list())
fail(client:origins(1):list({ sort = os.getenv("AZION_TOKEN"), page = os.getenv("AZION_TOKEN") }))
fail(client:origins(1):create({ connection_timeout = os.getenv("HMAC_SECRET_KEY") }))
fail(client:origins(1):create({ name = "x", hmac_secret_key = { os.getenv("HMAC_SECRET_KEY") } }))
fail(client:origins(1):create({ hmac_secret_key = os.getenv("HMAC_SECRET_KEY"), list = { 0 / 0 } }))
fail(client:request("GET", "/x", { headers = { Authorization = os.getenv("AZION_TOKEN") .. "\r\n" } }))
fail(client:request("GET", "/x?" .. os.getenv("AZION_TOKEN")))
fail(client:request(os.getenv("AZION_TOKEN"), "/x"))
fail(client:request("GET", "/deadline/" .. os.getenv("OTHER_TOKEN"), { deadline = 0.2,
  headers = { Authorization = os.getenv("OTHER_TOKEN") } }))
fail(azion.client(options({ token = os.getenv("AZION_TOKEN") .. " " })))
fail(azion.client(options({ base_url = "https://" .. email .. ":" .. proxy .. "@host" })))
for _, form in ipairs({ "http://user:%s@127.0.0.1:1", "user:%s@127.0.0.1:1" }) do
  local through = assert(azion.client(options({ proxy = form:format(proxy), max_attempts = 1 })))
  dump(through, {})
  fail(through:request("GET", "/x"))
end
for _, form in ipairs({ "odd://user:%s@127.0.0.1:1", "http://user:%s@h:99999" }) do
  fail(azion.client(options({ proxy = form:format(proxy) })))
end
fail(azion.client(options({ ca_file = "/nonexistent" })))
fail(assert(azion.client({ base_url = settings.base_url })):request("GET", "/x"))
raise(azion.client, { os.getenv("AZION_TOKEN") })
raise(azion.client, os.getenv("AZION_TOKEN"))
raise(azion.client, { token = { os.getenv("AZION_TOKEN") } })
raise(client.origins(client, 1).create, client:origins(1), os.getenv("HMAC_SECRET_KEY"))
raise(azion.create_token, password)
raise(azion.create_token, { email = email, password = { password } })
raise(azion.revoke_token, { email = email, pasword = password })
for _, path in ipairs({ "/1", "/2", "/3", "/4" }) do
  local there = options({ base_url = settings.base_url .. path, email = email, password = password, max_attempts = 1,
    timeout = 0.4 })
  fail(azion.create_token(there))
  there.token = os.getenv("OTHER_TOKEN")
  fail(azion.revoke_token(there))
end
fail(azion.create_token(options({ email = email, password = password .. "\n" })))
fail(azion.create_token(options({ email = email .. ":", password = password })))
fail(azion.revoke_token(options({ token = os.getenv("OTHER_TOKEN") .. "/..", email = email, password = password })))
client:close()
fail(client:origins(1):create(keys))
dump(client, {})
local names = {}
for kind in pairs(kinds) do names[#names + 1] = kind end
table.sort(names)
io.stderr:write(failures, " ", table.concat(names, " "))
]=]

describe("the output of a program in which everything fails", function()
  local server
  setup(function()
    local faults = {}
    local function add(path, fault, method)
      local copy = { path = path, method = method }
      for name, value in pairs(fault) do
        copy[name] = value
      end
      faults[#faults + 1] = copy
    end
    for application = 1, #to_reads do
      add(("/edge_applications/%d/*"):format(application), to_reads[application], "GET")
      add(("/edge_applications/%d/*"):format(application), to_writes[application])
    end
    for _, method in ipairs({ "POST", "DELETE" }) do
      local text, json = echo("password", method == "DELETE" and "other_token" or nil)
      add("/1/*", { status = 400, body = json }, method)
      add("/2/*", { status = method == "DELETE" and 409 or 200, body = text }, method)
      add("/3/*", { action = "reset" }, method)
      add("/4/*", { action = "hang" }, method)
    end
    add("/bearer", { status = 401, body = (echo("token", "bearer")) })
    faults[#faults + 1] = { path = "/deadline/*", action = "hang" }
    server = support.start({ faults = faults })
  end)
  teardown(function() server:stop() end)

  it("holds no secret in any form", function()
    local status, output, errors = child.run({ "-e", program }, { environment = {
      BASE_URL = server.sandbox.base_url, CA_FILE = server.sandbox.ca_file, APPLICATIONS = #to_reads,
      AZION_TOKEN = secrets.token, AZION_BASE_URL = false, OTHER_TOKEN = secrets.other_token,
      HMAC_ACCESS_KEY = secrets.hmac_access_key, HMAC_SECRET_KEY = secrets.hmac_secret_key,
      EMAIL = "user@example.com", PASSWORD = secrets.password, PROXY_PASSWORD = secrets.proxy, BEARER = secrets.bearer,
    } })
    assert.equal(0, status, errors)
    local count, kinds = errors:match("^(%d+) (.*)$")
    assert.is_true(tonumber(count) > 150, errors)
    for _, kind in ipairs({ "closed", "conflict", "forbidden", "invalid", "network", "not_found", "protocol",
      "rate_limited",
      "rejected", "server", "timeout", "tls", "unauthorized" }) do
      assert.truthy((" " .. kinds .. " "):find(" " .. kind .. " ", 1, true), kind .. " is not among " .. kinds)
    end
    assert.is_true(#output > 100000, #output)
    assert.truthy(output:find("***", 1, true))
    local basic = io.popen("printf %s '" .. ("user@example.com:" .. secrets.password) .. "' | base64"):read("*l")
    local forms = { basic }
    for _, value in pairs(secrets) do
      for _, form in ipairs({ value, wire.escape(value), json_text(value):sub(2, -2), (value:gsub("/", "\\/")),
        spelled_out(value) }) do
        forms[#forms + 1] = form
      end
    end
    for _, form in ipairs(forms) do
      local at = output:find(form, 1, true)
      assert.is_nil(at, at and ("%q in …%s…"):format(form, output:sub(at - 200, at + 100)))
    end
  end)
end)
