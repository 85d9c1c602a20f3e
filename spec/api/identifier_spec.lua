local core = require "azion.core"
local identifiers = require "azion.api.identifier"
local resources = require("azion.api.v3").resources.by_name

local uuid = "176fa5e2-a895-4862-9657-e2e37d9125a7"
-- Where a Lua has no integers of its own, 5.0 is one.
local has_integers = math.type ~= nil

-- Of an origin, which may have its key in several places; and of an application, for which a domain stands too.
local identifier = { has_dot_segment = identifiers.has_dot_segment }

function identifier.segment(id)
  return identifiers.segment(id, resources.origins)
end

function identifier.parent_segment(id)
  return identifiers.parent_segment(id, resources.edge_applications, { "edge_application_id" })
end

local function quoted(value)
  return type(value) == "string" and ("%q"):format(value:sub(1, 40)) or tostring(value)
end

describe("an id", function()
  local allowed = {
    { uuid, uuid }, { uuid:upper(), uuid:upper() }, { "1", "1" }, { "06101992", "06101992" }, { "0", "0" }, { 0, "0" },
    { 1, "1" }, { -5, "-5" }, { 1618339282, "1618339282" }, { "a b", "a%20b" },
    { " a", "%20a" }, { "a/b", "a%2Fb" }, { "a\\b", "a%5Cb" }, { "a?b", "a%3Fb" }, { "a#b", "a%23b" },
    { "a%2Fb", "a%252Fb" }, { "%", "%25" }, { "a&b=c", "a%26b%3Dc" }, { "é", "%C3%A9" }, { "\255", "%FF" },
    { "...", "..." }, { ".a", ".a" }, { "a..b", "a..b" }, { "..a", "..a" }, { ":", "%3A" }, { "@", "%40" },
    { ";", "%3B" }, { "~", "~" }, { "undefined", "undefined" }, { "nil", "nil" }, { "-", "-" }, { "5.0", "5.0" },
    { ("x"):rep(1024), ("x"):rep(1024) }, { ("é"):rep(512), ("%C3%A9"):rep(512) },
  }
  for _, row in ipairs(allowed) do
    it("may be " .. quoted(row[1]), function()
      assert.same({ row[2] }, { identifier.segment(row[1]) })
    end)
  end

  it("may be the largest integer that leaves exactly", function()
    for _, digits in ipairs { "99999999999999", "100000000000001", "999999999999999", "1000000000000001",
      "9007199254740991" } do
      assert.equal(digits, (identifier.segment(tonumber(digits))))
      assert.equal("-" .. digits, (identifier.segment { id = -tonumber(digits) }))
      assert.equal(digits, (identifier.parent_segment(tonumber(digits))))
    end
  end)

  -- What is read into a double from there on may be another's id.
  it("may be 2^53 or more where Lua has integers of 64 bits, and nowhere else", function()
    for _, digits in ipairs { "9007199254740992", "9007199254740993", "12345678901234567", "100000000000000001",
      "1000000000000000001", "9223372036854775807" } do
      local number = tonumber(digits)
      for _, id in ipairs { number, { id = number }, { origin_key = number } } do
        local segment, problem = identifier.segment(id)
        assert.equal(has_integers and digits or nil, segment)
        assert.equal(not has_integers, problem ~= nil and problem:find("as a string of digits", 1, true) ~= nil)
      end
      for _, id in ipairs { number, { id = number }, { edge_application_id = number, id = 7 } } do
        assert.equal(has_integers and digits or nil, (identifier.parent_segment(id)))
      end
      assert.equal(digits, (identifier.segment(digits)))
      assert.equal(digits, (identifier.segment { id = digits }))
      assert.equal(digits, (identifier.parent_segment(digits)))
    end
    assert.is_nil((identifier.segment(2.0 ^ 53)))
    assert.is_nil((identifier.segment(-2.0 ^ 53)))
    assert.is_nil((identifier.parent_segment(2.0 ^ 53)))
  end)

  local refused = {
    "", " ", "   ", ".", "..", "/", "//", "a/", "/a", "a//b", "../a", "a/..", "a/../b", "./a", "a/./b", "..\\a", "\\",
    "a\\", "\\a", "a\\\\b", "a/\\b", "%2e", "%2E%2e", ".%2e", "a/%2e%2e/b", "..%2fa", "..%5Ca", "\0", "a\0b", "a\0",
    "\n", "a\nb", "a\r\nb", "\t", "a\tb", "\127", "a\127", "\1", "a\27[0m", ("x"):rep(1025), ("x"):rep(1e6),
    1.5, -0.5, 0 / 0, 1 / 0, -1 / 0, 1e300, 2 ^ 53 + 2, -2 ^ 60, 1e-9,
    true, false, print, coroutine.create(function() end), core.null, io.stdout,
    {}, { 1 }, { name = "x" }, { origin_id = 88144 }, { origin_id = "88144" }, { id = {} }, { id = true },
    { id = core.null }, { id = 1.5 }, { id = "" }, { id = " " }, { id = ".." }, { id = "a/../b" }, { id = print },
    { origin_key = "" }, { origin_key = "..", id = 5 }, { origin_key = {}, id = 5 }, { origin_key = false, id = 5 },
    { origin_id = uuid .. "x" }, { origin_id = "x" .. uuid }, { origin_id = uuid .. "\n" },
    { origin_id = uuid:gsub("%-", "") },
    { { id = 1 } }, setmetatable({}, { __tostring = function() return "5" end }),
  }
  for index, value in ipairs(refused) do
    it(("may not be %d: %s"):format(index, quoted(value)), function()
      local segment, problem = identifier.segment(value)
      assert.is_nil(segment)
      assert.truthy(problem:find("^expected .+, got "))
      assert.is_nil(problem:find("%c"))
    end)
  end

  it("may not be nil", function()
    local segment, problem = identifier.segment(nil)
    assert.is_nil(segment)
    assert.truthy(problem:find("got nil", 1, true))
  end)

  it("is held against more than 60 values here", function()
    assert.is_true(#refused + #allowed > 100)
  end)

  it("may be 5.0 only where that is an integer", function()
    if has_integers then
      assert.is_nil((identifier.segment(5.0)))
      assert.is_nil((identifier.segment { id = 5.0 }))
      assert.equal("-9223372036854775808", (identifier.segment(math.mininteger)))
    else
      assert.equal("5", (identifier.segment(5.0)))
      assert.equal("5", (identifier.segment { id = 5.0 }))
    end
  end)

  it("is quoted in the problem, on one line and cut", function()
    for shown, value in pairs { ['".."'] = "..", ['"a\\n"'] = "a\n", ['"a/../b"'] = { id = "a/../b" }, ['" "'] = " ",
      ["an empty string"] = "", [('"%s…"'):format(("x"):rep(40))] = ("x"):rep(2000) } do
      local problem = select(2, identifier.segment(value))
      assert.equal(shown, problem:match(", got (.*)$"))
    end
  end)

  it("always makes one segment of plain characters", function()
    for byte = 0, 255 do
      local segment = identifier.segment("a" .. string.char(byte) .. "b")
      assert.is_true(segment == nil or segment:find("^[%w%-._~%%]+$") ~= nil)
      assert.equal(byte >= 32 and byte ~= 127, segment ~= nil)
    end
  end)
end)

describe("an item as an id", function()
  local rows = {
    { "its origin_key", { origin_key = uuid, origin_id = 88144, id = 3 }, uuid },
    { "its origin_key, though origin_id is a UUID too", { origin_key = "key", origin_id = uuid }, "key" },
    { "a UUID in origin_id", { origin_id = uuid, id = 3 }, uuid },
    { "its id, if origin_id is a number", { origin_id = 88144, id = 3 }, "3" },
    { "its id, if origin_id is digits", { origin_id = "88144", id = 3 }, "3" },
    { "its id", { id = 1618339282, name = "x" }, "1618339282" },
    { "an id of digits", { id = "17" }, "17" },
    { "its id, if origin_key is null", { origin_key = core.null, id = 3 }, "3" },
  }
  for _, row in ipairs(rows) do
    it("stands for " .. row[1], function()
      assert.equal(row[3], (identifier.segment(row[2])))
    end)
  end

  it("is found where its own resource has the key", function()
    local token, domain = { uuid = uuid, name = "x", id = 4 }, { id = 4, uuid = uuid }
    assert.equal(uuid, (identifiers.segment(token, resources.personal_tokens)))
    assert.equal("4", (identifiers.segment(domain, resources.domains)))
    -- An origin is no domain, whatever else it has.
    assert.equal("key", (identifiers.segment({ id = 4, origin_key = "key" }, resources.domains)))
    assert.is_nil((identifiers.segment({ uuid = uuid, name = "x" }, resources.domains)))
    local buckets = require("azion.api.v4").resources.by_name.buckets
    assert.equal("shop-files", (identifiers.segment({ name = "shop-files" }, buckets)))
    assert.equal("expected an item with a key (name or id), got a table without one",
      select(2, identifiers.segment({ label = "x" }, buckets)))
  end)

  it("stays as it is", function()
    local item = { origin_key = uuid, addresses = { { address = "a" } } }
    identifier.segment(item)
    assert.same({ origin_key = uuid, addresses = { { address = "a" } } }, item)
  end)
end)

describe("the id of an application", function()
  for _, row in ipairs { { 1618339282, "1618339282" }, { "1618339282", "1618339282" }, { "06101992", "06101992" },
    { 0, "0" }, { { id = 7, name = "app" }, "7" }, { { id = "7" }, "7" } } do
    it("may be " .. quoted(row[1]), function()
      assert.same({ row[2] }, { identifier.parent_segment(row[1]) })
    end)
  end

  for _, value in ipairs { "", " ", "abc", uuid, "-1", -1, "1.0", "1e3", "0x1f", " 12", "12 ", "1\n", "12\0", "1/2",
    "1/../2", "..", "%31", "+1", "١", 1.5, 0 / 0, 1 / 0, true, {}, { id = uuid }, { id = -1 },
    { origin_key = uuid, id = 7 }, print, core.null, ("1"):rep(1025) } do
    it("may not be " .. quoted(value), function()
      local segment, problem = identifier.parent_segment(value)
      assert.is_nil(segment)
      assert.truthy(problem:find("^expected .+, got "))
    end)
  end

  it("may not be nil", function()
    assert.is_nil((identifier.parent_segment(nil)))
  end)
end)

describe("a path with dot segments", function()
  for path, expected in pairs { ["/a/b"] = false, ["/"] = false, [""] = false, ["/a/.../b"] = false, ["/a/..b"] = false,
    ["/a./b"] = false, ["/%2e%2e%2e"] = false, ["/a%2fb"] = false, ["/a;..;/b"] = false,
    ["/."] = true, ["/.."] = true, ["/a/../b"] = true, ["/a/./b"] = true, ["/%2e%2e/b"] = true, ["/.%2E"] = true,
    ["/a%2f..%2Fb"] = true, ["/a\\..\\b"] = true, ["/a%5c..%5Cb"] = true, [".."] = true } do
    it(("%q: %s"):format(path, tostring(expected)), function()
      assert.equal(expected, identifier.has_dot_segment(path))
    end)
  end
end)
