local cjson = require "cjson"
local core = require "azion.core"
local generator = require "spec.support.random"

local has_integers = math.type ~= nil
local interpreter = jit and "luajit" or "lua" .. _VERSION:match("%d+%.%d+")
local upvalueid = rawget(debug, "upvalueid")
local too_deep = "nested deeper than 100 levels"

-- A value as text that tells 60 from 60.0, and a list from an object.
local function show(value)
  if value == core.null then
    return "null"
  elseif type(value) == "string" then
    return '"' .. value .. '"'
  elseif type(value) ~= "table" then
    return tostring(value)
  end
  local parts, names = {}, {}
  if getmetatable(value) == core.array_metatable or #value > 0 then
    for index = 1, #value do
      parts[index] = show(value[index])
    end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  for name in pairs(value) do
    names[#names + 1] = name
  end
  table.sort(names)
  for index, name in ipairs(names) do
    parts[index] = show(name) .. ":" .. show(value[name])
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

local function array(items)
  return setmetatable(items, core.array_metatable)
end

-- Loads the core anew, in a program that has loaded that cjson, or none.
local function core_with(other)
  local loaded = { core = package.loaded["azion.core"], cjson = package.loaded.cjson, preload = package.preload.cjson }
  package.loaded["azion.core"], package.loaded.cjson = nil, other
  package.preload.cjson = function() error("lua-cjson was asked for") end
  local ok, result = pcall(require, "azion.core")
  package.loaded["azion.core"], package.loaded.cjson, package.preload.cjson = loaded.core, loaded.cjson, loaded.preload
  return ok and result, result
end

-- What OpenResty's fork has besides: marks for lists, one of them a light userdata.
local function fork()
  local module = { array_mt = {}, empty_array_mt = {}, null = cjson.null, _VERSION = "2.1.0.14" }
  if upvalueid then
    module.empty_array = upvalueid(function() return module end, 1)
  end
  return module
end

local function spoil(settings)
  settings.decode_max_depth(2)
  settings.decode_invalid_numbers(true)
  settings.encode_max_depth(2)
  settings.encode_number_precision(1)
  settings.encode_invalid_numbers("null")
  settings.encode_sparse_array(true, 1, 1)
  settings.encode_keep_buffer(false)
end

local decoded = {
  -- numbers
  { "60", "60" },
  { "60.0", "60" },
  { "6e1", "60" },
  { "6E+1", "60" },
  { "600e-1", "60" },
  { "-7", "-7" },
  { "0", "0" },
  { "0.0", "0" },
  { "0e5", "0" },
  { "1.5", "1.5" },
  { "-0.25", "-0.25" },
  { "1e-3", "0.001" },
  { '{"a":60,"b":[1,2.0,2.5]}', '{"a":60,"b":[1,2,2.5]}' },
  { '[[[3]],{"a":{"b":4}}]', '[[[3]],{"a":{"b":4}}]' },
  -- null
  { "null", "null" },
  { "[null]", "[null]" },
  { "[1,null,null,2]", "[1,null,null,2]" },
  { '{"a":null}', "{}" },
  { '{"a":null,"b":1,"c":null}', '{"b":1}' },
  { '{"a":{"b":null,"c":[null,{"d":null}]}}', '{"a":{"c":[null,{}]}}' },
  { ' { "a" : null } ', "{}" },
  -- empty lists and objects
  { "[]", "[]" },
  { "{}", "{}" },
  { "[ \t\r\n]", "[]" },
  { "[[],{},[[]]]", "[[],{},[[]]]" },
  { '{"a":[],"b":{},"c":{"d":[ ]}}', '{"a":[],"b":{},"c":{"d":[]}}' },
  { '{"a":"[]","b":"[\\"]"}', '{"a":"[]","b":"["]"}' },
  { '{"[]":[]}', '{"[]":[]}' },
  -- fields of the same name: the last one counts
  { '{"a":1,"a":2}', '{"a":2}' },
  { '{"a":1,"a":null}', "{}" },
  { '{"a":null,"a":1}', '{"a":1}' },
  { '{"a":[],"a":{}}', '{"a":{}}' },
  { '{"a":{},"a":[]}', '{"a":[]}' },
  { '{"a":[],"a":{"b":null}}', '{"a":{}}' },
  { '{"a":[],"a":[1]}', '{"a":[1]}' },
  { '{"a":{"b":{"c":[]}},"a":7}', '{"a":7}' },
  { '{"a":{"b":{"c":[]}},"a":{"b":1}}', '{"a":{"b":1}}' },
  { '{"a":[1,[2,[]]],"a":"x"}', '{"a":"x"}' },
  { '{"a":[[]],"a":[{}]}', '{"a":[{}]}' },
  { '{"a":7,"a":"7"}', '{"a":"7"}' },
  { '{"a":99999999999999999999,"a":"7"}', '{"a":"7"}' },
  -- names with escapes
  { '{"\\u0061":null,"b":1}', '{"b":1}' },
  { '{"a":1,"\\u0061":null}', "{}" },
  { '{"x\\"y":{"\\\\":[]}}', '{"x"y":{"\\":[]}}' },
  { '{"\\ud83d\\ude00":60.0}', '{"\240\159\152\128":60}' },
  { '{"":null}', "{}" },
  { '{"":{"":[60.0]}}', '{"":{"":[60]}}' },
  { '{"a\\u0000b":null,"a":1}', '{"a":1}' },
  -- strings
  { '"\\u0000"', '"\0"' },
  { '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9"', '"\"\\/\b\f\n\r\t\195\169"' },
  { '"\\ud83d\\ude00"', '"\240\159\152\128"' },
  { '"\\u20ac\\uFFFD\\u0800\\u07ff\\u0080"', '"€\239\191\189\224\160\128\223\191\194\128"' },
  { '"\\uD83D\\uDE00"', '"\240\159\152\128"' },
  { '"\255\254"', '"\255\254"' }, -- a reply that is not UTF-8 passes
  { '"12345678\\"1234567\\"123456\\"a"', '"12345678"1234567"123456"a"' },
  { '"\127"', '"\127"' },
  { "true", "true" },
  { "false", "false" },
  { "\239\187\191{}", "{}" },
  { '\239\187\191 {"ab":60.0,"c":null,"d":[]} ', '{"ab":60,"d":[]}' },
}

local refused = {
  { "", "empty" },
  { " \r\n\t", "empty" },
  { "\239\187\191", "empty" },
  { "[1", "not JSON: the text ends early at byte 3" },
  { "[", "not JSON: the text ends early at byte 2" },
  { '{"a"', "not JSON: the text ends early at byte 5" },
  { '{"a":', "not JSON: the text ends early at byte 6" },
  { '{"a":1', "not JSON: the text ends early at byte 7" },
  { '{"a":1,', "not JSON: the text ends early at byte 8" },
  { '"abc', "not JSON: the text ends early at byte 5" },
  { '"abc\\', "not JSON: the text ends early at byte 6" },
  { "-", "not JSON: the text ends early at byte 2" },
  { "1.", "not JSON: the text ends early at byte 3" },
  { "1e", "not JSON: the text ends early at byte 3" },
  { "1e+", "not JSON: the text ends early at byte 4" },
  { "{} x", "not JSON: something follows the value at byte 4" },
  { "1 2", "not JSON: something follows the value at byte 3" },
  { "[]]", "not JSON: something follows the value at byte 3" },
  { "\239\187\191[]]", "not JSON: something follows the value at byte 6" },
  { "{}\0", "not JSON: something follows the value at byte 3" },
  { "\0{}", "not JSON: a value was expected at byte 1" },
  { "<html>", "not JSON: a value was expected at byte 1" },
  { "[1,]", "not JSON: a value was expected at byte 4" },
  { "[,1]", "not JSON: a value was expected at byte 2" },
  { "[1 2]", "not JSON: a comma or closing bracket was expected at byte 4" },
  { "[1}", "not JSON: a comma or closing bracket was expected at byte 3" },
  { '{"a":1]', "not JSON: a comma or closing brace was expected at byte 7" },
  { '{"a":1,}', "not JSON: a field name was expected at byte 8" },
  { "{a:1}", "not JSON: a field name was expected at byte 2" },
  { "{1:1}", "not JSON: a field name was expected at byte 2" },
  { '{"a" 1}', "not JSON: a colon was expected at byte 6" },
  { "01", "not JSON: malformed number at byte 2" },
  { "-01", "not JSON: malformed number at byte 3" },
  { "-x", "not JSON: malformed number at byte 2" },
  { "[1.]", "not JSON: malformed number at byte 4" },
  { "[.5]", "not JSON: a value was expected at byte 2" },
  { "[+1]", "not JSON: a value was expected at byte 2" },
  { "[1e]", "not JSON: malformed number at byte 4" },
  { "[1e+]", "not JSON: malformed number at byte 5" },
  { "[0x10]", "not JSON: a comma or closing bracket was expected at byte 3" },
  { "[NaN]", "not JSON: a value was expected at byte 2" },
  { "[nan]", "not JSON: a value was expected at byte 2" },
  { "[-NaN]", "not JSON: malformed number at byte 3" },
  { "Infinity", "not JSON: a value was expected at byte 1" },
  { "-Infinity", "not JSON: malformed number at byte 2" },
  { "[inf]", "not JSON: a value was expected at byte 2" },
  { "True", "not JSON: a value was expected at byte 1" },
  { "[nul]", "not JSON: a value was expected at byte 2" },
  { "[truex]", "not JSON: a comma or closing bracket was expected at byte 6" },
  { "'a'", "not JSON: a value was expected at byte 1" },
  { '"a\\qb"', "not JSON: bad escape at byte 4" },
  { '"a\\u12g4"', "not JSON: bad escape at byte 4" },
  { '"\\ud800"', "not JSON: half of a surrogate pair at byte 2" },
  { '"\\ud800\\u0041"', "not JSON: half of a surrogate pair at byte 2" },
  { '"\\ude00\\ud83d"', "not JSON: half of a surrogate pair at byte 2" },
  { '"a\nb"', "not JSON: control character in a string at byte 3" },
  { '"a\0b"', "not JSON: control character in a string at byte 3" },
  { '{"a\0b":null}', "not JSON: control character in a string at byte 4" },
  { '"123456789\31"', "not JSON: control character in a string at byte 11" },
  { "1e999", "a number is out of range" },
  { "[1,-1e999]", "a number is out of range" },
  { '{"a":[{"b":1e400}]}', "a number is out of range" },
  { '{"a":1' .. ("0"):rep(400) .. "}", "a number is out of range" },
  { "[1" .. ("0"):rep(400) .. ".5]", "a number is out of range" },
  { ("["):rep(101) .. ("]"):rep(101), too_deep },
  { ('{"a":'):rep(101) .. "1" .. ("}"):rep(101), too_deep },
  { ("["):rep(200000), too_deep },
  { ("["):rep(200000) .. ("]"):rep(200000), too_deep },
  { ('{"a":['):rep(100000), too_deep },
}

local cjsons = {
  { name = "the installed cjson", core = core },
  { name = "a cjson like OpenResty's", core = assert(core_with(fork())) },
  { name = "no cjson", core = assert(core_with(nil)) },
}

for _, with in ipairs(cjsons) do
  describe("decode, with " .. with.name, function()
    local array_metatable = with.core.array_metatable
    local decode = with.core.decode

    -- `show` knows the marks of `core`.
    local function marked(value)
      if type(value) == "table" then
        if getmetatable(value) == array_metatable then
          setmetatable(value, core.array_metatable)
        end
        for _, item in pairs(value) do
          marked(item)
        end
      end
      return value
    end

    it("reads", function()
      for _, case in ipairs(decoded) do
        local value, message = decode(case[1])
        assert.equal(case[2], show(marked(value)), case[1])
        assert.is_nil(message)
      end
    end)

    it("refuses what is not JSON, and says where", function()
      for _, case in ipairs(refused) do
        local value, message = decode(case[1])
        assert.is_nil(value, case[1]:sub(1, 40))
        assert.equal(case[2], message, case[1]:sub(1, 40))
      end
    end)

    it("refuses every beginning of a text", function()
      local text = '{"a":[1,-2.5e+3,true,false,null,"\\u00e9\\ud83d\\ude00x"],"b":{"c":[]},"d":{}}'
      assert.is_table(decode(text))
      for size = 0, #text - 1 do
        local value, message = decode(text:sub(1, size))
        assert.is_nil(value, text:sub(1, size))
        assert.is_string(message)
      end
    end)

    it("reads 100 levels", function()
      local value = assert(decode(("["):rep(100) .. ("]"):rep(100)))
      local depth = 1
      while value[1] do
        value, depth = value[1], depth + 1
      end
      assert.equal(100, depth)
      assert.equal(array_metatable, getmetatable(value))
      value = assert(decode(('{"a":'):rep(100) .. "60.0" .. ("}"):rep(100)))
      for _ = 1, 100 do
        value = value.a
      end
      assert.equal("60", tostring(value))
    end)

    it("keeps integers exact: all that 64 bits hold where Lua has them, else those below 2^53", function()
      local digits = { "0", "7", "10", "99999999999999", "100000000000000", "999999999999999", "1000000000000000",
        "9007199254740991" }
      if has_integers then
        for _, text in ipairs { "9007199254740992", "9007199254740993", "9999999999999999", "10000000000000001",
          "12345678901234567", "99999999999999999", "100000000000000001", "123456789012345678", "999999999999999999",
          "1000000000000000001", "1234567890123456789", "9223372036854775806", "9223372036854775807" } do
          digits[#digits + 1] = text
        end
      end
      for index = 1, #digits do
        digits[#digits + 1] = digits[index] ~= "0" and "-" .. digits[index] or nil
      end
      digits[#digits + 1] = has_integers and "-9223372036854775808" or nil
      for _, text in ipairs(digits) do
        for _, value in ipairs { decode(text), decode("[" .. text .. "]")[1], decode('{"a":' .. text .. "}").a } do
          assert.equal(text, has_integers and tostring(value) or ("%.0f"):format(value))
          assert.equal(has_integers and "integer" or nil, has_integers and math.type(value) or nil, text)
          assert.equal('{"a":[' .. text .. "]}", with.core.encode { a = { value } })
        end
      end
    end)

    it("takes larger ones for the double that is nearest, and does not send that", function()
      local texts = { "9223372036854775808", "-9223372036854775809", "9999999999999999999", "10000000000000000000",
        "18446744073709551615", "18446744073709551616", "18446744073709551617", "99999999999999999999",
        "-99999999999999999999", "1" .. ("0"):rep(300) }
      if not has_integers then
        table.insert(texts, "9007199254740995")
        table.insert(texts, "-123456789012345678")
      end
      for _, text in ipairs(texts) do
        local value = decode(text)
        assert.equal(tonumber(text .. ".0"), value, text)
        assert.equal(value, decode("[1," .. text .. "]")[2])
        assert.equal(value, decode('{"a":' .. text .. "}").a)
        assert.is_nil((with.core.encode { value }), text)
      end
      assert.equal(1.7976931348623157e308, decode("1.7976931348623157e308"))
      assert.equal(0, decode("-0"))
      assert.equal(0, decode("1e-999"))
      if has_integers then
        assert.equal("0", tostring(decode("-0")))
        for _, text in ipairs { "1e300", "1e18", "9007199254740993.0", "9.007199254740993e15", "9223372036854775808",
          "9007199254740992.0" } do
          assert.equal("float", math.type(decode(text)), text)
        end
      end
    end)

    it("takes 5 MB strings and lists", function()
      local long = ("x"):rep(5 * 1024 * 1024)
      assert.equal(long, decode('"' .. long .. '"'))
      assert.equal(long, decode('{"a":null,"b":"' .. long .. '"}').b)
      local escaped = decode('"' .. ("\\n"):rep(1024 * 1024) .. '"')
      assert.equal(("\n"):rep(1024 * 1024), escaped)
      local list = assert(decode("[" .. ("[],"):rep(100000) .. "[]]"))
      assert.equal(100001, #list)
      assert.equal(array_metatable, getmetatable(list[50000]))
    end)

    it("says nothing of the text in a message", function()
      local texts = { '{"token":"s3cret"', '["s3cret" x]', '{"s3cret":01}', '"s3cret\\x"', '["s3cret",1e999]' }
      for _, text in ipairs(texts) do
        local value, message = decode(text)
        assert.is_nil(value)
        assert.is_nil(message:find("s3cret", 1, true), message)
      end
    end)
  end)
end

describe("decode", function()
  it("raises for what is no string", function()
    for _, value in ipairs { 1, true, {}, core.null } do
      assert.has_error(function() core.decode(value) end)
    end
    assert.has_error(function() core.decode() end)
    assert.has_error(function() core.decode(nil) end)
  end)

  it("gives tables of its own at every call", function()
    local text = '{"a":[]}'
    assert.are_not.equal(core.decode(text), core.decode(text))
    assert.are_not.equal(core.decode(text).a, core.decode(text).a)
  end)

  it("reads and writes points where the locale has a comma", function()
    local folder = os.tmpname()
    os.remove(folder)
    local made = "mkdir -p %s && localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 2>/dev/null"
    local worked = os.execute(made:format(folder, folder))
    if worked ~= true and worked ~= 0 then
      os.execute("rm -rf " .. folder)
      return pending("needs localedef and the sources of de_DE (Debian's package locales)")
    end
    local script = os.tmpname()
    local file = assert(io.open(script, "w"))
    file:write(([[
      package.path, package.cpath = %q, %q
      local core = require "azion.core"
      print(os.setlocale("de_DE.UTF-8"))
      print(core.encode { 0.5, -1234.25, 60, 1e-7 })
      print(core.encode { core.decode("[0.5,-1234.25,60,1e300,12345678901234567890]")[2] })
      os.setlocale("C")
      print(core.encode(core.decode("[0.5]")))
    ]]):format(package.path, package.cpath))
    file:close()
    local output = assert(io.popen(("LOCPATH=%s %s %s 2>&1"):format(folder, interpreter, script)))
    local lines = output:read("*a")
    output:close()
    os.remove(script)
    os.execute("rm -rf " .. folder)
    assert.equal("de_DE.UTF-8\n[0.5,-1234.25,60,1e-07]\n[-1234.25]\n[0.5]\n", lines)
  end)
end)

local encoded = {
  { nil, nil, "", "a JSON value, got nil" },
  { core.null, "null" },
  { true, "true" },
  { false, "false" },
  { {}, "{}" },
  { array {}, "[]" },
  { { 1, 2, 3 }, "[1,2,3]" },
  { array { 1, 2 }, "[1,2]" },
  { { a = 1 }, '{"a":1}' },
  { { b = 1, a = 2, c = { e = 1, d = 2 }, aa = 3, [""] = 4 }, '{"":4,"a":2,"aa":3,"b":1,"c":{"d":2,"e":1}}' },
  { { [""] = 1 }, '{"":1}' },
  { { { {} }, { array {} } }, "[[{}],[[]]]" },
  { { a = core.null, b = { core.null, 1 } }, '{"a":null,"b":[null,1]}' },
  { { ["1"] = "x" }, '{"1":"x"}' },
  { { 1.0, 2 }, "[1,2]" },
  -- numbers
  { 60, "60" },
  { 60.0, "60" },
  { 6e1, "60" },
  { -0.0, "0" },
  { 0, "0" },
  { -7, "-7" },
  { 123456789012345, "123456789012345" },
  { 100000000000000, "100000000000000" },
  { 2 ^ 53, "9007199254740992" },
  { -2 ^ 53, "-9007199254740992" },
  { 9007199254740991, "9007199254740991" },
  { 0.1, "0.1" },
  { 1.5, "1.5" },
  { -0.25, "-0.25" },
  { 0.1 + 0.2, "0.30000000000000004" },
  { 1 / 3, "0.3333333333333333" },
  { 2 / 3, "0.6666666666666666" },
  { 123456789.125, "123456789.125" },
  { 1e-7, "1e-07" },
  { 5e-324, "4.94065645841247e-324" },
  { 2 ^ 53 + 2, nil, "", "a number that can be sent exactly (at most 2^53), got 9007199254740994" },
  { -2 ^ 53 - 2, nil, "", "a number that can be sent exactly (at most 2^53), got -9007199254740994" },
  { { a = 1e300 }, nil, "a", "a number that can be sent exactly (at most 2^53), got 1e+300" },
  { { a = math.huge }, nil, "a", "a number that can be sent exactly (at most 2^53), got inf" },
  { { a = -math.huge }, nil, "a", "a number that can be sent exactly (at most 2^53), got -inf" },
  { { a = 0 / 0 }, nil, "a", "a number that can be sent exactly (at most 2^53), got nan" },
  { { a = -(0 / 0) }, nil, "a", "a number that can be sent exactly (at most 2^53), got nan" },
  -- strings
  { "", '""' },
  { 'a"b\\c/d', '"a\\"b\\\\c/d"' },
  { "\0\1\n\31 \127", '"\\u0000\\u0001\\u000a\\u001f \\u007f"' },
  { "\195\169\226\130\172\240\159\152\128", '"\195\169\226\130\172\240\159\152\128"' },
  { "\194\128\223\191\224\160\128\237\159\191\238\128\128\239\191\191\240\144\128\128\244\143\191\191" },
  { { ['"\n'] = 1 }, '{"\\"\\u000a":1}' },
  { { ["a\0b"] = 1, ["a"] = 2 }, '{"a":2,"a\\u0000b":1}' },
  -- what is no JSON value
  { { a = print }, nil, "a", "a JSON value, got a function" },
  { { a = { 1, coroutine.create(function() end) } }, nil, "a.2", "a JSON value, got a thread" },
  { { a = { b = { { c = io.stdout } } } }, nil, "a.b.1.c", "a JSON value, got a userdata" },
  { print, nil, "", "a JSON value, got a function" },
  -- what is neither a list nor an object
  { { addresses = { { weight = 1 }, { weight = 0 / 0 } } }, nil, "addresses.2.weight",
    "a number that can be sent exactly (at most 2^53), got nan" },
  { { 1, a = 2 }, nil, "", "either a list or an object, got a table with both kinds of keys" },
  { { x = { 1, a = 2 } }, nil, "x", "either a list or an object, got a table with both kinds of keys" },
  { { x = { [1] = 1, [3] = 3 } }, nil, "x", "a list without gaps, got a table that lacks some of 1..n" },
  { { x = { [2] = 1 } }, nil, "x", "a list without gaps, got a table that lacks some of 1..n" },
  { { x = { [2 ^ 40] = 1 } }, nil, "x", "a list without gaps, got a table that lacks some of 1..n" },
  { { x = { [1.5] = 1 } }, nil, "x", "either a list or an object, got a table with other keys" },
  { { x = { [0] = 1 } }, nil, "x", "either a list or an object, got a table with other keys" },
  { { x = { [-1] = 1 } }, nil, "x", "either a list or an object, got a table with other keys" },
  { { x = { [math.huge] = 1 } }, nil, "x", "a list without gaps, got a table that lacks some of 1..n" },
  { { x = { [true] = 1 } }, nil, "x", "either a list or an object, got a table with other keys" },
  { { x = { [{}] = 1, a = 1 } }, nil, "x", "either a list or an object, got a table with other keys" },
  { { x = array { a = 1 } }, nil, "x", "a list, got a table with names" },
  { { x = array { 1, a = 1 } }, nil, "x", "a list, got a table with both kinds of keys" },
}

local not_utf8 = {
  "\128", "\191", "\192\128", "\193\191", "\194", "\194a", "\224\159\191", "\224\160", "\237\160\128", "\237\191\191",
  "\240\143\191\191", "\244\144\128\128", "\245\128\128\128", "\255", "\254", "\240\159\152", "\226\130a",
  "\240\159\152a",
}

describe("encode", function()
  it("writes", function()
    for index, case in pairs(encoded) do
      local text, path, problem = core.encode(case[1])
      local expected = case[2]
      if not expected and not case[3] then
        expected = '"' .. case[1] .. '"'
      end
      assert.equal(expected, text, index)
      assert.equal(case[3], path, index)
      assert.equal(case[4], problem, index)
    end
  end)

  it("raises for wrong arguments, and for none", function()
    assert.has_error(function() core.encode() end)
  end)

  it("writes all integers of 64 bits, and no double beyond 2^53", function()
    if has_integers then
      local limit = math.tointeger(2 ^ 53)
      for _, value in ipairs { limit + 1, -limit - 1, 99999999999999999, 123456789012345678, math.maxinteger,
        math.mininteger } do
        assert.equal("[" .. tostring(value) .. "]", core.encode { value })
      end
      assert.equal("[9007199254740992,-9007199254740992]", core.encode { limit, -limit })
      for _, value in ipairs { 2.0 ^ 53 + 2, -2.0 ^ 63, 2.0 ^ 62 } do
        local text, path, problem = core.encode { value }
        assert.is_nil(text)
        assert.equal("1", path)
        assert.matches("^a number that can be sent exactly %(at most 2%^53%), got ", problem)
      end
    end
  end)

  it("refuses strings and names that are not UTF-8, and does not show them", function()
    for _, bytes in ipairs(not_utf8) do
      for _, value in ipairs { bytes, "x" .. bytes .. "x", "long enough " .. bytes } do
        local text, path, problem = core.encode { a = { value } }
        assert.is_nil(text)
        assert.equal("a.1", path)
        assert.equal("a string in UTF-8, got invalid bytes", problem)
      end
      local text, path, problem = core.encode { a = { [bytes] = 1 } }
      assert.is_nil(text)
      assert.equal("a", path)
      assert.equal("field names in UTF-8, got invalid bytes", problem)
    end
  end)

  it("knows the marks of a cjson that the program has loaded, before or after", function()
    local module, before = fork(), package.loaded.cjson
    local other = core_with(module)
    assert.equal(module.array_mt, other.array_metatable)
    finally(function() package.loaded.cjson, package.loaded["cjson.safe"] = before, nil end)
    for _, name in ipairs { "cjson", "cjson.safe" } do
      package.loaded.cjson, package.loaded["cjson.safe"] = before, nil
      package.loaded[name] = module
      for _, tested in ipairs { other, core } do
        local value = {
          a = setmetatable({}, module.array_mt),
          b = setmetatable({}, module.empty_array_mt),
          c = setmetatable({ d = 1 }, module.empty_array_mt),
          e = setmetatable({ 1 }, module.array_mt),
          f = tested.decode("[]"),
          g = module.empty_array,
        }
        local tail = module.empty_array and ',"g":[]}' or "}"
        assert.equal('{"a":[],"b":[],"c":{"d":1},"e":[1],"f":[]' .. tail, tested.encode(value))
        assert.equal("a list, got a table with names",
          (select(3, tested.encode(setmetatable({ x = 1 }, module.array_mt)))))
        local marked = { [value.a] = true, [value.b] = true, [value.c] = false, [value.e] = true, [value.f] = true,
          [{}] = false, [{ 1 }] = false, [core.null] = false }
        for given, expected in pairs(marked) do
          assert.equal(expected, tested.is_array(given))
        end
        assert.equal(module.empty_array ~= nil, tested.is_array(module.empty_array))
      end
    end
    package.loaded.cjson, package.loaded["cjson.safe"] = before, nil
    assert.equal("{}", core.encode(setmetatable({}, module.array_mt)))
    if module.empty_array then
      assert.equal("a JSON value, got a userdata", (select(3, core.encode(module.empty_array))))
    end
  end)

  it("takes 100 levels and no more", function()
    local value = 1
    for _ = 1, 100 do
      value = { value }
    end
    assert.equal(("["):rep(100) .. "1" .. ("]"):rep(100), core.encode(value))
    local text, path, problem = core.encode { value }
    assert.is_nil(text)
    assert.equal("1", path)
    assert.equal("plain data, got tables nested deeper than 100 levels", problem)
  end)

  it("ends at a table that contains itself", function()
    local value = { name = "x" }
    value.self = { { value } }
    local text, path, problem = core.encode(value)
    assert.is_nil(text)
    assert.equal("self", path)
    assert.equal("plain data, got a table that contains itself", problem)
    local ring = {}
    for index = 1, 99 do
      ring[index] = { index }
      table.insert(ring[index - 1] or {}, ring[index])
    end
    table.insert(ring[99], ring[1])
    assert.equal("plain data, got a table that contains itself", (select(3, core.encode(ring[1]))))
    local shared = { 1 }
    assert.equal("[[1],[1]]", core.encode { shared, shared })
  end)

  it("calls no metamethod and changes no table", function()
    local function trap() error("called") end
    local traps = {
      __index = trap, __newindex = trap, __len = trap, __pairs = trap, __ipairs = trap, __tostring = trap,
      __call = trap, __eq = trap, __metatable = "hidden", __name = trap, __lt = trap, __concat = trap,
    }
    local value = setmetatable({ a = setmetatable({ 1, 2 }, traps), b = setmetatable({}, traps) }, traps)
    assert.equal('{"a":[1,2],"b":{}}', core.encode(value))
    assert.equal("hidden", getmetatable(value))
    local proxy = setmetatable({}, { __index = { a = 1 }, __len = function() return 3 end })
    assert.equal("{}", core.encode(proxy))
  end)

  it("writes 5 MB strings and 100,000 items", function()
    local long = ("x"):rep(5 * 1024 * 1024)
    assert.equal('"' .. long .. '"', core.encode(long))
    assert.equal('["' .. ("\\u000a"):rep(100000) .. '"]', core.encode { ("\n"):rep(100000) })
    local list, object = {}, {}
    for index = 1, 100000 do
      list[index] = index
      object[("k%06d"):format(index)] = index
    end
    assert.equal("[" .. table.concat(list, ",") .. "]", core.encode(list))
    local text = core.encode(object)
    assert.equal('{"k000001":1,"k000002":2,', text:sub(1, 25))
    assert.equal(',"k100000":100000}', text:sub(-18))
  end)

  it("says nothing of strings in a problem", function()
    for _, value in ipairs {
      { token = "s3cret\255" },
      { "s3cret", print },
      { "s3cret", token = "s3cret" },
      { token = { "s3cret", [3] = "s3cret" } },
    } do
      local text, path, problem = core.encode(value)
      assert.is_nil(text)
      assert.is_nil((path .. problem):find("s3cret", 1, true))
    end
  end)
end)

describe("round trips", function()
  local random = generator(20240229)

  local function random_string()
    local pieces = {
      "a", "name", '"', "\\", "/", "\n", "\0", "\127", "\195\169", "\240\159\152\128", "[]", "{}", ",", ":",
    }
    local parts = {}
    for index = 1, random(12) - 1 do
      parts[index] = pieces[random(#pieces)]
    end
    return table.concat(parts)
  end

  local function random_number()
    local kind = random(4)
    if kind == 1 then
      return random(1000) - 500
    elseif kind == 2 then
      return (random(2147483646) - 1) * 4194304 + random(4194304) - 1 -- below 2^53
    elseif kind == 3 then
      return (random(2147483646) - 1073741823) / random(2147483646)
    end
    return random(1000) * 10 ^ -random(300)
  end

  local function random_value(depth)
    local kind = random(depth > 5 and 5 or 8)
    if kind <= 2 then
      return random_string()
    elseif kind == 3 then
      return random_number()
    elseif kind == 4 then
      return random(2) == 1
    elseif kind == 5 then
      return random(2) == 1 and array {} or {}
    end
    local value = {}
    for index = 1, random(5) do
      local item = random_value(depth + 1)
      if kind == 6 then
        value[index] = random(8) == 1 and core.null or item
      else
        value[random_string()] = item
      end
    end
    return value
  end

  it("give back 2,000 random values, and the same text again", function()
    local function shown(value)
      return (show(value) .. ","):gsub("%.0([,%]}])", "%1")
    end
    for round = 1, 2000 do
      local value = random_value(0)
      local text = core.encode(value)
      local again, message = core.decode(text)
      assert.is_nil(message)
      assert.equal(text, core.encode(again), round)
      assert.equal(shown(value), shown(again), round)
    end
  end)

  it("read what cjson writes, and write what cjson reads", function()
    local private = cjson.new()
    for round = 1, 500 do
      local text = core.encode(random_value(0))
      local theirs = private.decode(text)
      assert.equal(text:gsub("%[%]", "{}"), core.encode(theirs):gsub("%[%]", "{}"), round)
      local _, message = core.decode(private.encode(theirs))
      assert.is_nil(message)
    end
  end)
end)

describe("cjson's settings", function()
  local function works(tested)
    local value = { a = { b = { { c = { 0.5, 123456789012345, core.null } } } }, d = array {} }
    local text = '{"a":{"b":[{"c":[0.5,123456789012345,null]}]},"d":[]}'
    assert.equal(text, tested.encode(value))
    assert.equal(text, tested.encode(tested.decode(text)))
    assert.is_nil(tested.decode("[NaN]"))
    assert.is_nil(tested.encode { 1, [3] = 3 })
    assert.is_nil(tested.encode { 0 / 0 })
  end

  it("of the program do not matter to the module, and stay as they are", function()
    local script = os.tmpname()
    local file = assert(io.open(script, "w"))
    file:write(([==[
      package.path, package.cpath = %q, %q
      local cjson = require "cjson"
      local function spoil()
        cjson.decode_max_depth(2) cjson.decode_invalid_numbers(false) cjson.encode_max_depth(3)
        cjson.encode_number_precision(1) cjson.encode_sparse_array(true, 1, 1) cjson.encode_keep_buffer(false)
      end
      if arg[1] == "before" then spoil() end
      local core = require "azion.core"
      if arg[1] == "after" then spoil() end
      local text = '{"a":{"b":[{"c":[0.5,123456789012345,null]}]},"d":[]}'
      print(core.encode(core.decode(text)))
      print(core.decode("[NaN]"))
      if arg[1] ~= "neither" then
        print(cjson.decode_max_depth(), cjson.decode_invalid_numbers(), cjson.encode_max_depth(),
          cjson.encode_number_precision(), cjson.encode_keep_buffer(), cjson.encode_sparse_array())
        print(pcall(cjson.decode, "[[[1]]]"))
      else
        print(cjson.decode_max_depth(), cjson.decode_invalid_numbers(), cjson.encode_max_depth(),
          cjson.encode_number_precision(), cjson.encode_keep_buffer(), cjson.encode_sparse_array())
      end
    ]==]):format(package.path, package.cpath))
    file:close()
    local same = '{"a":{"b":[{"c":[0.5,123456789012345,null]}]},"d":[]}\n'
      .. "nil\tnot JSON: a value was expected at byte 2\n"
    local spoilt = "2\tfalse\t3\t1\tfalse\ttrue\t1\t1\n"
      .. "false\tFound too many nested data structures (3) at character 3\n"
    local expected = { before = same .. spoilt, after = same .. spoilt, neither = same }
    for when, lines in pairs(expected) do
      local output = assert(io.popen(("%s %s %s 2>&1"):format(interpreter, script, when)))
      local printed = output:read("*a")
      output:close()
      assert.equal(lines, printed:sub(1, #lines), when)
      if when == "neither" then
        assert.equal("1000\ttrue\t1000\t14\ttrue\tfalse\t2\t10\n", printed:sub(#lines + 1))
      end
    end
    os.remove(script)
  end)

  it("of one instance do not reach another", function()
    local hostile = cjson.new()
    spoil(hostile)
    works(assert(core_with(hostile)))
    works(core)
  end)
end)
