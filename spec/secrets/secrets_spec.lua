local base64 = require "azion.secrets.base64"
local core = require "azion.core"
local secrets = require "azion.secrets"
local wire = require "azion.api.wire"
local names = require("azion.api.v3").secret_names()

local key = 'AKID/exa+mple=="q\\b'
local pem = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg/kqhkiG9w0B+AQEFAASC==\r\n\tx\n-----END PRIVATE KEY-----\n"

local function mask(text, ...)
  return secrets.masker({ ... }, names)(text)
end

describe("a known value", function()
  it("is masked wherever it stands", function()
    assert.equal("a *** b *** c", mask("a token-1234 b token-1234 c", "token-1234"))
    assert.equal("***", mask("token-1234", "token-1234"))
    assert.equal("******", mask("token-1234token-1234", "token-1234"))
    assert.equal("x***x", mask("xtoken-1234x", "token-1234"))
  end)

  it("is taken literally, whatever characters it has", function()
    for _, value in ipairs { "a.b*c", "%d+%d", "(abc)", "[a-z]", "^abcd$", "a%1b%2", "%%%%", "a-b-c", "\0\1\2\3" } do
      assert.equal("< *** >", mask("< " .. value .. " >", value))
    end
    assert.equal("axbyc", mask("axbyc", "a.b.c"))
  end)

  local spellings = {
    ["as it is"] = key,
    ["in a URL"] = wire.escape(key),
    ["in a URL in lower case"] = (wire.escape(key):gsub("%%%x%x", string.lower)),
    ["in JSON"] = 'AKID/exa+mple==\\"q\\\\b',
    ["in JSON that escapes slashes"] = 'AKID\\/exa+mple==\\"q\\\\b',
  }
  for name, spelling in pairs(spellings) do
    it("is masked " .. name, function()
      assert.equal("<***>", mask("<" .. spelling .. ">", key))
    end)
  end

  local others = {
    ["in a URL in mixed case"] = "AKID%2fexa%2Bmple%3d%3D%22q%5cb",
    ["in a URL twice"] = wire.escape(wire.escape(key)),
    ["in a URL in which every byte is encoded"] = (key:gsub(".", function(byte)
      return ("%%%02x"):format(byte:byte())
    end)),
    ["in JSON in JSON"] = core.encode(core.encode(key):sub(2, -2)):sub(2, -2),
    ["in JSON in letters by number"] = (key:gsub(".", function(byte) return ("\\u%04X"):format(byte:byte()) end)),
    ["in HTML"] = "AKID&#47;exa&#x2B;mple==&quot;q\\b",
    ["in Base64"] = "QUtJRC9leGErbXBsZT09InFcYg==",
  }
  for name, spelling in pairs(others) do
    it("is masked " .. name, function()
      assert.equal("<***>", mask("<" .. spelling .. ">", key))
    end)
  end

  it("is masked in Base64 among other bytes", function()
    for _, text in ipairs { "user:" .. key, "a" .. key .. "b", "ab" .. key .. "cd" } do
      local shown = mask("Basic " .. base64.encode(text), key)
      assert.truthy(shown:find("***", 1, true))
      assert.is_nil(base64.decode(shown:sub(7)))
    end
  end)

  it("beyond ASCII is masked in JSON that is ASCII", function()
    assert.equal('{"a":"***"}', mask('{"a":"p\\u00e4ss\\ud834\\udd1e"}', "p\195\164ss\240\157\132\158"))
    assert.equal('{"a":"***"}', mask('{"a":"p\\u00E4ss\\uD834\\uDD1E"}', "p\195\164ss\240\157\132\158"))
  end)

  it("of several lines is masked line by line, too", function()
    assert.equal("line 2 is *** .", mask("line 2 is MIIEvQIBADANBg/kqhkiG9w0B+AQEFAASC== .", pem))
  end)

  it("leaves text without it in its own writing", function()
    local text = [[{"a":"x\u0041 100%25 &amp; \"b\""}]]
    assert.equal(text, mask(text, key))
  end)

  it("of several lines is masked too", function()
    assert.equal('{"a":"***"}', mask('{"a":"' .. pem:gsub("\n", "\\n"):gsub("\r", "\\r"):gsub("\t", "\\t") .. '"}',
    pem)) assert.equal("<***>", mask("<" .. pem .. ">", pem))
  end)

  it("leaves nothing of a longer one that begins with it, in any order", function()
    for _, known in ipairs { { "secret", "secret-longer" }, { "secret-longer", "secret" } } do
      assert.equal("*** ***", secrets.masker(known, names)("secret-longer secret"))
    end
    assert.equal("*** ***", mask("prefix-abcd abcd", "abcd", "prefix-abcd"))
  end)

  it("is masked beside others", function()
    assert.equal("*** and ***", mask("first-1 and second-2", "first-1", "second-2"))
  end)

  it("of up to three characters is too common to be masked", function()
    assert.equal("a cat sat", mask("a cat sat", "cat"))
    assert.equal("a *** sat", mask("a cats sat", "cats"))
    assert.equal("text", mask("text", ""))
  end)

  it("that is not UTF-8 is masked", function()
    assert.equal("<***>", mask("<pass\255word>", "pass\255word"))
  end)

  it("is no trouble in a long text", function()
    local text = ("x"):rep(2 ^ 20)
    local before = os.clock()
    assert.equal(text .. "***" .. text, mask(text .. "token-1234" .. text, "token-1234"))
    assert.is_true(os.clock() - before < 2) -- #time
  end)

  it("that was none leaves the text as it was", function()
    assert.equal("text", secrets.masker({}, names)("text"))
    assert.equal("", secrets.masker({ "token-1234" }, names)(""))
  end)
end)

describe("a name that stands for a secret", function()
  for _, name in ipairs { "token", "password", "private_key", "hmac_access_key", "hmac_secret_key" } do
    it(name .. " hides its value in JSON", function()
      assert.equal('{"' .. name .. '":"***"}', mask('{"' .. name .. '":"value"}'))
      assert.equal('{"a":1,"' .. name .. '" : "***","b":2}', mask('{"a":1,"' .. name .. '" : "value","b":2}'))
      assert.equal('{"' .. name .. '"\n:\t"***"}', mask('{"' .. name .. '"\n:\t"value"}'))
    end)
  end

  local rows = {
    { "each time", '[{"token":"a"},{"token":"b"},{"x":{"token":"c"}}]',
      '[{"token":"***"},{"token":"***"},{"x":{"token":"***"}}]' },
    { "past escaped quotes", [[{"token":"a\"b\\\"c","x":"y"}]], [[{"token":"***","x":"y"}]] },
    { "up to a quote after an escaped backslash", [[{"token":"a\\","x":"y"}]], [[{"token":"***","x":"y"}]] },
    { "in JSON that was cut in the value", '{"x":"y","token":"abc', '{"x":"y","token":"***' },
    { "in JSON that was cut in an escape", [[{"token":"abc\]], [[{"token":"***]] },
    { "in JSON that was cut at its quote", '{"token":"', '{"token":"***' },
    { "in JSON in JSON", [[{"a":"{\"token\":\"b\\\"c\",\"x\":1}"}]], [[{"a":"{\"token\":\"***\",\"x\":1}"}]] },
    { "as Python prints it", "{'token': 'abc', 'x': 'y'}", "{'token': '***', 'x': 'y'}" },
    { "in HTML", "&quot;token&quot;: &quot;abc&quot;, x", "&quot;token&quot;: &quot;***&quot;, x" },
    { "in a query", "/x?token=abc&a=b", "/x?token=***&a=b" },
    { "if it is empty", '{"token":"","x":1}', '{"token":"***","x":1}' },
    { "on lines", '{\n  "hmac_secret_key": "a/b+c==",\n  "name": "x"\n}',
    '{\n  "hmac_secret_key": "***",\n  "name": "x"\n}' },
  }
  for _, row in ipairs(rows) do
    it("hides it " .. row[1], function()
      assert.equal(row[3], mask(row[2]))
    end)
  end

  for _, text in ipairs { '{"tokens":"value"}', '{"my_token":"value"}', "token: value", '{"token":null}', '{"token":5}',
    '{"hmac_secret_key":["This field is required."]}', '{"name":"token"}', "password", '"token"', '{"token"' } do
    it(("leaves alone: %s"):format(text), function()
      assert.equal(text, mask(text))
    end)
  end

  it("is no trouble in a long text", function()
    local before = os.clock()
    mask('{"token":"' .. ("x"):rep(2 ^ 20))
    mask('{"token":"' .. ("\\\\"):rep(2 ^ 19))
    mask(('{"token":"x"}'):rep(20000))
    mask(("token"):rep(200000))
    mask(('"token"'):rep(100000) .. (" "):rep(1000))
    assert.is_true(os.clock() - before < 3) -- #time
  end)
end)

describe("the secrets of a body", function()
  local function collect(body)
    local found = secrets.collect(body, names)
    table.sort(found)
    return found
  end

  it("are the strings under such names, however deep", function()
    assert.same({ "1", "2", "3", "4", "5" }, collect { hmac_access_key = "1", hmac_secret_key = "2", name = "x",
      deep = { { password = "3" }, { more = { token = "4" } } }, private_key = "5" })
  end)

  it("are none where there are none", function()
    assert.same({}, collect {})
    assert.same({}, collect(nil))
    assert.same({}, collect("token"))
    assert.same({}, collect { name = "x", token = 5, password = { "x" }, hmac_secret_key = core.null })
  end)

  it("are found in a table that contains itself, without end", function()
    local body = { token = "1" }
    body.again = body
    assert.equal("1", collect(body)[1])
  end)

  it("are found without touching the body", function()
    local body = setmetatable({ token = "1" }, { __index = function() error("read") end, __pairs = error })
    assert.same({ "1" }, collect(body))
  end)
end)
