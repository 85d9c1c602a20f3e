-- Whatever is passed as an id, no request goes anywhere but to that one item: the server's journal is the proof.
local azion = require("azion")
local support = require("spec.support.sandbox")

local uuid = "0a1b2c3d-0000-4000-8000-00000000000f"

-- Nothing is sent for these.
local refused = {
  { "nil", nil }, { "true", true }, { "false", false }, { "a function", print }, { "null", azion.null },
  { "a userdata", io.stdout }, { "a thread", coroutine.create(function() end) },
  { "empty", "" }, { "a blank", " " }, { "blanks", "   " }, { "a tab", "\t" }, { "CR LF", "\r\n" },
  { ".", "." }, { "..", ".." },
  -- There are servers that decode a path before they resolve it.
  { "a climb", "../x" }, { "a long climb", "../../domains" }, { "a climb at the end", "x/.." }, { "./", "./" },
  { "an encoded dot", "%2e" }, { "encoded dots", "%2E." }, { "an encoded climb", "%2e%2e%2fdomains" },
  { "a climb with backslashes", "a\\..\\b" }, { "a slash", "/" }, { "two slashes", "//" }, { "a slash in front", "/a" },
  { "a slash at the end", "a/" }, { "slashes inside", "a//b" }, { "a URL", "http://evil.example/" },
  { "a climb as key", { origin_key = "../x" } },
  { "NUL", "\0" }, { "NUL inside", "a\0b" }, { "NUL at the end", uuid .. "\0" }, { "LF inside", "a\nb" },
  { "CR inside", "a\rb" }, { "CR LF at the end", uuid .. "\r\n" }, { "tab inside", "a\tb" }, { "escape", "\27[2J" },
  { "delete", "a\127" }, { "unit separator", "\31" },
  { "1025 bytes", ("x"):rep(1025) }, { "a megabyte", ("x"):rep(2 ^ 20) },
  { "a fraction", 1.5 }, { "NaN", 0 / 0 }, { "infinity", math.huge }, { "minus infinity", -math.huge },
  { "2^53 + 2", 2 ^ 53 + 2 }, { "1e300", 1e300 },
  { "an empty table", {} }, { "a list", { uuid } }, { "a table without a key", { name = "x" } },
  { "an integer origin_id", { origin_id = 90001 } }, { "an origin_id that is no UUID", { origin_id = "90001" } },
  { "an empty key", { origin_key = "" } }, { "a dotted key", { origin_key = ".." } },
  { "an empty key before an id", { origin_key = "", id = 5 } }, { "a table as key", { origin_key = { uuid } } },
  { "true as id", { id = true } }, { "a fraction as id", { id = 0.5 } }, { "null as key", { origin_key = azion.null } },
  { "a control character in a key", { id = "a\nb" } },
}

-- Sent, and to exactly this path segment.
local encoded = {
  { uuid, uuid }, { 5, "5" }, { 0, "0" }, { -5, "-5" }, { 4294967297, "4294967297" },
  { "06101992", "06101992" }, { "...", "..." }, { ".a", ".a" }, { "a..", "a.." }, { " a ", "%20a%20" },
  { "a/b", "a%2Fb" }, { "a..b/c", "a..b%2Fc" }, { "a\\b", "a%5Cb" }, { "%2F", "%252F" }, { "%", "%25" },
  { "%00", "%2500" }, { "?page=1", "%3Fpage%3D1" }, { "#x", "%23x" }, { "a;b=c", "a%3Bb%3Dc" }, { "a:b@c",
  "a%3Ab%40c" },
  { "é", "%C3%A9" }, { "\255\254", "%FF%FE" },
  { "\194\160", "%C2%A0" }, { "a b", "a%20b" }, { "*", "%2A" }, { "undefined", "undefined" }, { "nil", "nil" },
  { ("x"):rep(1024), ("x"):rep(1024) }, { { origin_key = "a/b" }, "a%2Fb" },
  { { origin_key = uuid, origin_id = 1, id = 2 }, uuid }, { { origin_id = uuid, id = 2 }, uuid },
  { { origin_id = 7, id = 2 }, "2" }, { { id = "a/b" }, "a%2Fb" },
}
if math.type then
  refused[#refused + 1] = { "a float", 5.0 }
  encoded[#encoded + 1] = { math.maxinteger, "9223372036854775807" }
  encoded[#encoded + 1] = { math.mininteger, "-9223372036854775808" }
else
  refused[#refused + 1] = { "2^53", 2 ^ 53 }
  refused[#refused + 1] = { "-2^53 in an item", { id = -2 ^ 53 } }
end

-- The methods that take an id, with the HTTP method that each sends.
local calls = {
  GET = function(collection, id) return collection:get(id) end,
  PUT = function(collection, id) return collection:overwrite(id, { name = "x" }) end,
  PATCH = function(collection, id) return collection:update(id, { name = "x" }) end,
  DELETE = function(collection, id) return collection:delete(id) end,
}

describe("an id", function()
  local server, client
  setup(function()
    -- Every request is answered 418: what matters is where it went.
    server = support.start({ seed = 3, faults = { { path = "*", status = 418 } } })
    client = server:client()
  end)
  teardown(function() server:stop() end)

  local function arrived_since(count)
    local requests = server:requests()
    local new = {}
    for index = count + 1, #requests do
      new[#new + 1] = requests[index]
    end
    return new, #requests
  end

  it("that is none sends nothing", function()
    local before = #server:requests()
    for _, case in ipairs(refused) do
      for method, call in pairs(calls) do
        local value, err = call(client:origins(support.application), case[2])
        local label = method .. " " .. case[1]
        assert.is_nil(value, label)
        assert.equal("invalid", err.kind, label)
        assert.equal(0, err.attempts, label)
        assert.truthy(err.message:find("^id: "), label .. ": " .. err.message)
        assert.truthy(err.fields.id, label)
        assert.is_nil(tostring(err):find("%c"), label)
      end
    end
    assert.equal(before, #server:requests())
  end)

  it("that is one goes to that item alone", function()
    local count = #server:requests()
    for _, case in ipairs(encoded) do
      for method, call in pairs(calls) do
        local _, err = call(client:origins(support.application), case[1])
        local label = method .. " " .. case[2]
        assert.equal(418, err.status, label)
        local new
        new, count = arrived_since(count)
        assert.equal(1, #new, label)
        assert.equal(method, new[1].method, label)
        assert.equal(support.origins_path .. "/" .. case[2], new[1].path)
        assert.equal("", new[1].query)
      end
    end
  end)

  local every_method = {
    list = function(collection) return collection:list() end,
    all = function(collection) return collection:all() end,
    find = function(collection) return collection:find("x") end,
    get = function(collection) return collection:get(uuid) end,
    create = function(collection) return collection:create({ name = "x" }) end,
    overwrite = function(collection) return collection:overwrite(uuid, { name = "x" }) end,
    update = function(collection) return collection:update(uuid, { name = "x" }) end,
    delete = function(collection) return collection:delete(uuid) end,
  }

  it("of an application that is none sends nothing either", function()
    local before = #server:requests()
    local cases = { { "letters", "abc" }, { "signed", "-1" }, { "plus", "+1" }, { "hexadecimal", "0x10" },
      { "exponent", "1e3" }, { "decimal point", "1.0" }, { "with blank", "1 " }, { "slash", "1/2" }, { "dots", "1/.." },
      { "percent", "%31" }, { "a UUID", uuid }, { "negative", -1 }, { "Arabic digits", "\217\161" },
      { "an item with a UUID", { origin_key = uuid } } }
    for _, case in ipairs(refused) do
      cases[#cases + 1] = case
    end
    for _, case in ipairs(cases) do
      local collection = client:origins(case[2])
      for name, call in pairs(every_method) do
        local value, err = call(collection)
        local label = name .. " of " .. case[1]
        assert.is_nil(value, label)
        assert.equal("invalid", err.kind, label)
        assert.truthy(err.message:find("^edge application id: "), label .. ": " .. err.message)
      end
      assert.equal("invalid", support.raised(collection:each()).kind)
      assert.equal("invalid", support.raised(collection:pages()).kind)
      assert.is_string(tostring(collection))
    end
    assert.equal(before, #server:requests())
  end)

  it("of an application that is one leads to its origins", function()
    local count = #server:requests()
    for _, case in ipairs({ { 1618339282, "1618339282" }, { "06101992", "06101992" }, { { id = 12 }, "12" },
      { ("9"):rep(30), ("9"):rep(30) }, { "9007199254740993", "9007199254740993" } }) do
      for name, call in pairs(every_method) do
        call(client:origins(case[1]))
        local new
        new, count = arrived_since(count)
        assert.equal(1, #new, name)
        local path = "/edge_applications/" .. case[2] .. "/origins"
        local on_item = name == "get" or name == "overwrite" or name == "update" or name == "delete"
        assert.equal(on_item and path .. "/" .. uuid or path, new[1].path)
      end
    end
  end)
end)
