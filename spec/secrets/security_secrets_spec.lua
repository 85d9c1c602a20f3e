-- Secrets by property: random ones, repeated by a server in every writing and every shape of a failure. Nothing that a
-- caller can print holds one. SECRET_SEEDS=200 tries more of them.
-- #seconds 15
local azion = require "azion"
local child = require "spec.support.child"
local generator = require "spec.support.random"
local web = require "spec.support.web_server"
local wire = require "azion.api.wire"

local seeds = tonumber(os.getenv("SECRET_SEEDS") or 3)

-- ---- the server: writes what it was sent as the path asks ----

local ECHO = [==[
local cjson = require "cjson"
local echo = {}

local function hex(format)
  return function(byte) return format:format(byte:byte()) end
end

local function percent(text)
  return (text:gsub("[^%w%-._~]", hex("%%%02X")))
end

local function json(text)
  return cjson.encode(text):sub(2, -2)
end

local writings = {
  function(text) return text end,
  percent,
  function(text) return (text:gsub("[^%w%-._~]", hex("%%%02x"))) end,
  function(text) return (text:gsub(".", function(byte)
    local code = ("%%%02X"):format(byte:byte())
    return byte:byte() % 2 == 0 and code:lower() or code
  end)) end,
  function(text) return (percent(text):gsub("%%20", "+")) end,
  function(text) return percent(percent(text)) end,
  ngx.encode_base64,
  function(text) return ngx.encode_base64("a" .. text .. "z") end,
  function(text) return (ngx.encode_base64("ab" .. text .. "yz"):gsub("+", "-"):gsub("/", "_")) end,
  json,
  function(text) return (json(text):gsub("\\/", "/")) end,
  function(text) return json(json(text)) end,
  function(text) return (text:gsub("[%z\1-\127]", hex("\\u%04X"))) end,
  function(text) return (text:gsub("[&<>\"'/]", hex("&#%d;"))) end,
  function(text) return (text:gsub("[&<>\"'/]", hex("&#x%X;"))) end,
  function(text) return json(percent(text)) end,
}
echo.writings = #writings

-- Text in JSON, and text that is put into JSON as it is: broken where the writing is not JSON.
local shapes = {
  function(text) return '{"detail":' .. cjson.encode("it is " .. text) .. "}" end,
  function(text) return '{"detail":"it is ' .. text .. '"}' end,
  function(text) return '{"errors":[' .. cjson.encode(text) .. "]}" end,
  function(text) return '{"addresses":[{"address":[' .. cjson.encode(text) .. "]}]}" end,
  function(text) return "{" .. cjson.encode(text) .. ':["unknown"]}' end,
  function(text) return '{"' .. text .. '":{"' .. text .. '":["x"]}}' end,
  function(text) return "[" .. cjson.encode(text) .. ",5]" end,
  function(text) return cjson.encode(text) end,
  function(text) return "no such thing: " .. text .. "; " .. text end,
  function(text) return "<html><title>" .. text .. "</title><p>" .. text .. "</p>" end,
  function(text) return '{"errors":[{"title":' .. cjson.encode(text)
    .. ',"source":{"pointer":' .. cjson.encode("/data/" .. text) .. "}}]}" end,
  function(text) return ("x"):rep(990) .. text end,
  function(text) return cjson.encode { detail = cjson.encode { detail = text } } end,
}
echo.shapes = #shapes

local statuses = { 400, 401, 403, 404, 409, 429, 500, 502, 302, 418 }

-- What the request holds that is secret.
local function secrets_of(body)
  local authorization = ngx.var.http_authorization
  local found = { authorization:match(" (.*)$") }
  found[2] = authorization:find("^Basic") and ngx.decode_base64(found[1]):match(":(.*)$") or nil
  for _, value in pairs(body ~= "" and cjson.decode(body) or {}) do
    found[#found + 1] = type(value) == "string" and #value > 7 and value or nil
  end
  found[#found + 1] = ngx.unescape_uri(ngx.var.uri):match("/tokens/(.+)$")
  return found
end

function echo.serve()
  ngx.req.read_body()
  local shape, writing = ngx.var.uri:match("(%d%d)(%d%d)")
  local parts = {}
  for _, secret in ipairs(secrets_of(ngx.req.get_body_data() or "")) do
    parts[#parts + 1] = writings[tonumber(writing)](secret)
  end
  local text = table.concat(parts, " | ")
  local number = tonumber(shape) + tonumber(writing)
  ngx.status = number % 11 == 0 and 200 or statuses[number % #statuses + 1]
  ngx.header["Content-Type"] = "application/json"
  ngx.header["Retry-After"] = "600"
  ngx.header["X-Echo"] = text:gsub("%c", " ")
  ngx.print(ngx.status == 200 and '{"cut' or "", shapes[tonumber(shape)](text))
  return ngx.exit(ngx.status)
end

return echo
]==]

local shapes, writings = 13, 16

-- ---- secrets ----

local function random_text(random, letters, length)
  local parts = {}
  for index = 1, length do
    local at = random(#letters)
    parts[index] = letters[at]
  end
  return table.concat(parts)
end

local function letters_of(text)
  local letters = {}
  for letter in text:gmatch("[%z\1-\127\194-\244][\128-\191]*") do
    letters[#letters + 1] = letter
  end
  return letters
end

local visible = letters_of [[!"#$%&'()*+,-./0123456789:;<=>?@ABCXYZ[\]^_`abcxyz{|}~]]
local base64_letters = letters_of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
local any = letters_of [[ !"#$%&'+/<>\^`{|}~09azAZäß€日😀]]

local function secrets_of(seed)
  local random = generator(seed)
  local lines = { "-----BEGIN PRIVATE KEY-----" }
  for _ = 1, 3 do
    lines[#lines + 1] = random_text(random, base64_letters, 64)
  end
  lines[#lines + 1] = "-----END PRIVATE KEY-----\n"
  return {
    token = random_text(random, visible, 8 + random(40)),
    other_token = random_text(random, base64_letters, 20):gsub("/", "-"),
    hmac_access_key = random_text(random, base64_letters, 20),
    hmac_secret_key = random_text(random, visible, 40),
    private_key = table.concat(lines, "\n"),
    password = "p" .. random_text(random, any, 7 + random(10)),
  }
end

-- ---- what can be found in a text ----

local function undo_percent(text)
  return (text:gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
end

local function undo_json(text)
  return (text:gsub("\\u00(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end)
    :gsub("\\(.)", function(letter) return letter == "n" and "\n" or letter end))
end

local function undo_html(text)
  return (text:gsub("&#x(%x+);", function(digits) return string.char(tonumber(digits, 16)) end)
    :gsub("&#(%d+);", function(digits) return string.char(tonumber(digits)) end))
end

local values = {}
for index = 0, 63 do
  local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  values[alphabet:sub(index + 1, index + 1)] = index
end
values["-"], values["_"] = 62, 63

local function undo_base64(run)
  local bits, count, bytes = 0, 0, {}
  for letter in run:gmatch(".") do
    bits, count = bits * 64 + values[letter], count + 6
    if count >= 8 then
      count = count - 8
      bytes[#bytes + 1] = string.char(math.floor(bits / 2 ^ count))
      bits = bits % 2 ^ count
    end
  end
  return table.concat(bytes)
end

-- All that the text may stand for, one after the other.
local function readings(text)
  local all = { text, undo_percent(text), undo_percent((text:gsub("+", " "))), undo_json(text), undo_html(text),
    undo_percent(undo_percent(text)), undo_json(undo_json(text)), undo_percent(undo_json(text)) }
  for run in text:gmatch("[%w+/_-]+") do
    for from = 1, #run >= 8 and 4 or 0 do
      all[#all + 1] = undo_base64(run:sub(from))
    end
  end
  return table.concat(all, "\n")
end

local function find_secret(text, secrets)
  local everything = readings(text)
  for name, secret in pairs(secrets) do
    if everything:find(secret, 1, true) then
      return name
    end
  end
  local line = secrets.private_key:match("\n([^\n]+)")
  return everything:find(line, 1, true) and "a line of private_key" or nil
end

-- Every text that can be reached by fields and metatables.
local function add_texts(value, texts, seen)
  if type(value) == "table" and not seen[value] then
    seen[value] = true
    texts[#texts + 1] = tostring(value)
    for key, inner in next, value do
      add_texts(key, texts, seen)
      add_texts(inner, texts, seen)
    end
    add_texts(getmetatable(value), texts, seen)
  elseif type(value) == "string" or type(value) == "userdata" then
    texts[#texts + 1] = tostring(value)
  end
end

local function texts_of(...)
  local texts = {}
  for index = 1, select("#", ...) do
    add_texts((select(index, ...)), texts, {})
  end
  return table.concat(texts, "\n")
end

describe("what can be printed of a failure", function()
  local server
  setup(function()
    server = web.start { package_cpath = "/nowhere/?.so;", files = { ["echo.lua"] = ECHO },
      locations = 'location / { content_by_lua_block { require("echo").serve() } }' }
  end)
  teardown(function() server:stop() end)

  local function check(secrets, label, ...)
    local found = find_secret(texts_of(...), secrets)
    assert.is_nil(found, found and ("%s in %s:\n%s"):format(found, label, texts_of(...):sub(1, 3000)))
  end

  local function options(events, more)
    local all = { base_url = server.base_url, ca_file = server.ca_file, max_attempts = 1, timeout = 20,
      on_event = function(event) events[#events + 1] = event end }
    for name, value in pairs(more) do
      all[name] = value
    end
    return all
  end

  -- One call each way; gives the errors.
  local function fail_all(client, secrets, id, events)
    local errors = {}
    local function fail(value, err)
      assert.is_nil(value)
      errors[#errors + 1] = err
    end
    fail(client:origins(id):create { name = "x", hmac_access_key = secrets.hmac_access_key,
      hmac_secret_key = secrets.hmac_secret_key })
    fail(client:request("POST", "/" .. id, { body = { private_key = secrets.private_key } }))
    local there = options(events, { base_url = server.base_url .. "/" .. id, email = "user@example.com",
      password = secrets.password })
    fail(azion.create_token(there))
    there.token = secrets.other_token
    fail(azion.revoke_token(there))
    errors[5] = select(2, pcall(function() for _ in client:origins(id):each() do break end end))
    return errors
  end

  for seed = 1, seeds do
    it(("holds no secret, however the server repeats it (seed %d)"):format(seed), function()
      local secrets, events, kinds, masked = secrets_of(seed), {}, {}, 0
      local client = assert(azion.client(options(events, { token = secrets.token })))
      local random = generator(seed + 1000)
      for writing = 1, writings do
        for _ = 1, 2 do
          local shape = random(shapes)
          for _, err in ipairs(fail_all(client, secrets, ("%02d%02d"):format(shape, writing), events)) do
            kinds[err.kind] = true
            masked = masked + select(2, texts_of(err):gsub("%*%*%*", ""))
            check(secrets, ("shape %d, writing %d"):format(shape, writing),
              err .. "", debug.traceback(tostring(err)), err)
          end
        end
      end
      check(secrets, "events and client", events, client:rate(), client)
      client:close()
      -- The secrets did come back, in failures of many kinds.
      assert.is_true(masked > 4 * writings, masked)
      local count = 0
      for _ in pairs(kinds) do
        count = count + 1
      end
      assert.is_true(count >= 6, count)
    end)
  end

  it("holds no secret of a proxy, however it is written", function()
    for seed = 1, 20 do
      local password = secrets_of(seed).password
      for _, form in ipairs { "http://user:%s@127.0.0.1:1", "user:%s@127.0.0.1:1", "odd://user:%s@127.0.0.1:1",
        "http://%s@127.0.0.1:99999", "://user:%s@", "http://user:%s@[::1", "socks5h://u:%s@127.0.0.1:1" } do
        for _, word in ipairs { password, wire.escape(password) } do
          local client, err = azion.client { base_url = "https://127.0.0.1:1", token = "token-0123456789",
            proxy = form:format((word:gsub("%%", "%%%%"))):gsub("%%%%", "%%"), max_attempts = 1, timeout = 1 }
          local value
          if client then
            value, err = client:request("GET", "/x")
            client:close()
          end
          assert.is_nil(value)
          check({ password = password, private_key = "\nnone of it" }, form, tostring(err), err, client)
        end
      end
    end
  end)

  it("holds no secret of a proxy that the environment names", function()
    for _, form in ipairs { "odd://user:%s@127.0.0.1:1", "http://user:%s@127.0.0.1:99999", "http://user:%s@[::1" } do
      for name, word in pairs { https_proxy = "pass/w@rd-1", ALL_PROXY = "pass%2Fw%40rd-1" } do
        local status, output, errors = child.run({ "-e", [[
          print(select(2, require("azion").client { base_url = "https://192.0.2.1", token = "token-0123" }))
        ]] }, { environment = { https_proxy = false, HTTPS_PROXY = false, all_proxy = false, ALL_PROXY = false,
          no_proxy = false, NO_PROXY = false, [name] = form:gsub("%%s", (word:gsub("%%", "%%%%"))) } })
        assert.equal(0, status, errors)
        assert.truthy(output:find("^azion: invalid: proxy: " .. name .. ": "), output)
        assert.is_nil(readings(output):find("rd-1", 1, true), output)
      end
    end
  end)

  it("holds no secret of a base URL or an option that is refused", function()
    for seed = 1, 20 do
      local secrets = secrets_of(seed)
      for _, form in ipairs { "https://user:%s@host", "https://host/?token=%s", "https://host/#%s", "%s",
        "ftp://%s@host", "https://%s", "https://host:%s", "https://host/../%s" } do
        local client, err = azion.client { token = "t", base_url = (form:gsub("%%s", function()
          return secrets.password
        end)) }
        if not client then
          check(secrets, form, tostring(err), err)
        end
      end
      local _, err = azion.client { token = secrets.password .. "\n" }
      check(secrets, "token", tostring(err), err)
    end
  end)
end)
