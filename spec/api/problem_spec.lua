local core = require "azion.core"
local v3 = require "azion.api.v3"

local function read(text, status)
  return v3.problem(status or 400, text)
end

describe("the server's own words", function()
  -- The shapes of the list of error bodies, as they were recorded or as their clients' tests have them.
  local shapes = {
    a = { 401, '{"detail":"Authentication credentials were not provided."}',
      "Authentication credentials were not provided." },
    ["a, 500"] = { 500, '{"detail":"Sorry unable to perform operation."}', "Sorry unable to perform operation." },
    b = { 400, '{"errors":[{"message":"Bad Request","error":"bad_request"}],"schema_version":3}', "Bad Request" },
    ["b, 404"] = { 404,
      '{"errors":[{"message":"Digital certificate not found","error":"not_found"}],"schema_version":3}',
      "Digital certificate not found" },
    c = { 400, '{"name":["This field is required."],"code":["This field is required."]}',
      "code: This field is required.; name: This field is required.",
      { name = { "This field is required." }, code = { "This field is required." } } },
    d = { 500, '{"addresses":[{"address":["This field may not be blank."]}]}',
      "addresses.1.address: This field may not be blank.",
      { ["addresses.1.address"] = { "This field may not be blank." } } },
    ["d, second address"] = { 400, '{"addresses":[{},{"address":["Enter a valid address."],"weight":["Too large."]}]}',
      "addresses.2.address: Enter a valid address.; addresses.2.weight: Too large.",
      { ["addresses.2.address"] = { "Enter a valid address." }, ["addresses.2.weight"] = { "Too large." } } },
    e = { 400, [[{"behaviors":{"incompatible_behaviors":["(u'set_cache_policy', ['deny', 'redirect_to_301'])"]}}]],
      "behaviors.incompatible_behaviors: (u'set_cache_policy', ['deny', 'redirect_to_301'])",
      { ["behaviors.incompatible_behaviors"] = { "(u'set_cache_policy', ['deny', 'redirect_to_301'])" } } },
    ["e, without behaviors"] = { 400, '{"duplicated_behaviors":["deliver"]}', "duplicated_behaviors: deliver",
      { duplicated_behaviors = { "deliver" } } },
    f = { 400, '["To update a Origin of the type Object Storage, the allowed fields are name, bucket and prefix."]',
      "To update a Origin of the type Object Storage, the allowed fields are name, bucket and prefix." },
    g = { 409, "Origin can not be deleted because it is being used on Rules Engine.",
      "Origin can not be deleted because it is being used on Rules Engine." },
    ["g, as JSON"] = { 409, '"Origin can not be deleted because it is being used on Rules Engine."',
      "Origin can not be deleted because it is being used on Rules Engine." },
    ["h, errors as a list"] = { 400, '{"errors":["msg1","msg2"]}', "msg1; msg2" },
    ["h, errors as a string"] = { 400, '{"errors":"msg"}', "msg" },
    ["h, error as a string"] = { 400, '{"error":"msg"}', "msg" },
    ["h, error as a list"] = { 400, '{"error":["msg"]}', "msg" },
    ["i, a clash of domains"] = { 409, '{"duplicated_domain_name":["my domain"]}', "duplicated_domain_name: my domain",
      { duplicated_domain_name = { "my domain" } } },
    ["i, a name in use"] = { 400, '{"name_already_in_use":"An origin has that name."}',
      "name_already_in_use: An origin has that name.", { name_already_in_use = { "An origin has that name." } } },
    ["i, no product"] = { 400, '{"user_has_no_product":"edge_functions"}', "user_has_no_product: edge_functions",
      { user_has_no_product = { "edge_functions" } } },
    ["i, order"] = { 400, '{"invalid_order_field":"\'size\'"}', "invalid_order_field: 'size'",
      { invalid_order_field = { "'size'" } } },
    j = { 400, '{"detail":"The field name needs to be unique. There is already another certificate with this name in'
      .. ' your account."}', "The field name needs to be unique. There is already another certificate with this name"
      .. " in your account." },
    ["k, details"] = { 400, '{"details":"Unauthorized domain for your account"}',
      "Unauthorized domain for your account" },
    ["k, detail"] = { 400, '{"detail":"Unauthorized domain for your account"}',
      "Unauthorized domain for your account" },
    l = { 404, "Not Found", "Not Found" },
    ["l, HTML"] = { 502, "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
      .. "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
      "502 Bad Gateway" },
    m = { 429, '{"errors":[{"status":"429","code":"10010","title":"Throttled","detail":"Request was throttled."}]}',
      "Request was throttled." },
    ["m, with a pointer"] = { 400, '{"errors":[{"status":"400","code":"10020","title":"Invalid",'
      .. '"detail":"Must be a host.","source":{"pointer":"/data/attributes/addresses/0/address"}},'
      .. '{"detail":"Too long.","source":{"pointer":"/data/name"}}]}', "Must be a host.; Too long.",
      { ["addresses.1.address"] = { "Must be a host." }, name = { "Too long." } } },
    ["throttled"] = { 429, '{"detail":"Request was throttled. Expected available in 28 seconds."}',
      "Request was throttled. Expected available in 28 seconds." },
    ["page past the end"] = { 404, '{"detail":"Invalid page."}', "Invalid page." },
  }
  for name, shape in pairs(shapes) do
    it("are found in shape " .. name, function()
      local told = v3.problem(shape[1], shape[2])
      assert.equal(shape[3], told.message)
      assert.same(shape[4], told.fields)
      local body = core.decode(shape[2])
      assert.same(body == nil and shape[2] or body, told.body)
    end)
  end
end)

describe("mixed bodies", function()
  local rows = {
    { "a message and fields", '{"detail":"Invalid input.","name":["Required."]}', "Invalid input.",
      { name = { "Required." } } },
    { "errors by field", '{"errors":{"name":["Required."]}}', "name: Required.", { name = { "Required." } } },
    { "errors by field in a list", '{"errors":[{"name":["Required."]},{"bucket":["Unknown."]}]}',
      "name: Required.; bucket: Unknown.", { name = { "Required." }, bucket = { "Unknown." } } },
    { "fields in a root list", '[{"name":["Required."]},{}]', "name: Required.", { name = { "Required." } } },
    { "several complaints about a field", '{"name":["Too long.","Not unique."]}', "name: Too long. Not unique.",
      { name = { "Too long.", "Not unique." } } },
    { "complaints in their order", '{"name":["1","2","3","4","5","6","7","8","9","10","11"]}',
      "name: 1 2 3 4 5 6 7 8 9 10 11",
      { name = { "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11" } } },
    { "complaints about no field", '{"non_field_errors":["Passwords differ."]}', "Passwords differ." },
    { "notes beside a message", '{"message":"No.","status":400,"code":"x","request_id":"a-b","success":false}', "No." },
    { "an empty message and a field", '{"detail":"","name":["Required."]}', "name: Required.",
      { name = { "Required." } } },
    { "an empty message and an error", '{"detail":"  ","error":"really"}', "really" },
    { "a message that is null", '{"detail":null,"errors":null,"error":"really"}', "really" },
    { "an empty list of errors", '{"errors":[],"message":"really"}', "really" },
    { "errors that are null", '{"errors":[null,null]}', "Bad Request" },
    { "lists in lists", '[["one"],[["two"]],[]]', "one; two" },
    { "a list with notes", '["one",2,true,null,{"detail":"three"}]', "one; 2; true; three" },
    { "numbers as messages", '{"detail":42}', "42" },
    { "fields with empty lists", '{"name":[],"bucket":["Unknown."]}', "bucket: Unknown.", { bucket = { "Unknown." } } },
    { "a number", "42", "42" },
    { "a boolean", "false", "false" },
    { "blanks around", '{"detail":"  spaced \\n"}', "spaced" },
    { "a byte order mark", "\239\187\191{\"detail\":\"marked\"}", "marked" },
    { "errors that point nowhere",
      '{"errors":[{"detail":"One.","source":{}},{"detail":"Two.","source":{"pointer":"/"}}]}', "One.; Two." },
    { "an error by code", '{"errors":[{"code":"10003","title":"Not allowed"}]}', "Not allowed" },
  }
  for _, row in ipairs(rows) do
    it("with " .. row[1], function()
      local told = read(row[2])
      assert.equal(row[3], told.message)
      assert.same(row[4], told.fields)
    end)
  end
end)

describe("bodies that say nothing", function()
  for _, text in ipairs { "", " ", "\r\n\t ", "{}", "[]", "null", '""', '"  "', '{"detail":""}', '{"detail":null}',
    '{"errors":[{}]}', '{"schema_version":3}', '{"links":{"next":null}}', "[[],{}]", "<html></html>", "<>" } do
    it(("leave the status its name: %q"):format(text), function()
      assert.equal("Conflict", read(text, 409).message)
      assert.equal("HTTP status 418", read(text, 418).message)
      assert.is_nil(read(text).fields)
    end)
  end

  it("are none where no body came", function()
    assert.same({ message = "Service Unavailable" }, v3.problem(503, nil))
    assert.same({ message = "Service Unavailable" }, v3.problem(503, ""))
  end)
end)

describe("hostile bodies", function()
  local function assert_quick(text, status)
    local before = os.clock()
    local told = read(text, status)
    assert.is_true(os.clock() - before < 2, "took too long") -- #time
    assert.is_true(#told.message <= 1003)
    return told
  end

  it("of 1 MB of text give a message of bounded length", function()
    local text = ("word "):rep(200000)
    local told = assert_quick(text)
    assert.equal(text, told.body)
    assert.equal(text:sub(1, 1000) .. "…", told.message)
  end)

  it("of 1 MB in a JSON string give a message of bounded length", function()
    assert.equal(("x"):rep(1000) .. "…", assert_quick('{"detail":"' .. ("x"):rep(2 ^ 20) .. '"}').message)
  end)

  it("are never cut in the middle of a character", function()
    for before = 0, 4 do
      local message = assert_quick(("x"):rep(before) .. ("€"):rep(500)).message
      assert.equal("…", message:sub(-3))
      assert.equal(0, (#message - 3 - before) % 3)
      assert.is_true(#message > 1000)
    end
  end)

  it("of blanks take no longer than others", function()
    local blanks = (" "):rep(2 ^ 20)
    assert.equal("a b", assert_quick("a" .. blanks .. "b").message)
    assert.equal("Bad Request", assert_quick(blanks).message)
    assert.equal("a", assert_quick('{"detail":"' .. blanks .. "a" .. blanks .. '"}').message)
    assert_quick('{"detail":"a' .. blanks .. 'b"}')
    assert_quick("<title>" .. blanks)
  end)

  it("of unclosed tags take no longer than others", function()
    for _, tag in ipairs { "<", "<title>", "<title", "<style>", "<a ", "< title>" } do
      assert_quick(tag:rep(math.floor(2 ^ 20 / #tag)))
    end
  end)

  it("nested 90 deep are read to the bottom", function()
    local told = assert_quick(('{"a":'):rep(90) .. '"deep"' .. ("}"):rep(90))
    local name = "a" .. (".a"):rep(89)
    assert.same({ [name] = { "deep" } }, told.fields)
    assert.equal(name .. ": deep", told.message)
    assert.equal("deep", assert_quick(("["):rep(90) .. '"deep"' .. ("]"):rep(90)).message)
    assert.equal("deep", assert_quick(('{"errors":['):rep(45) .. '"deep"' .. ("]}"):rep(45)).message)
  end)

  it("of a long name with many members make no names that outgrow the body", function()
    local members = {}
    for index = 1, 2000 do
      members[index] = ('"%d":0'):format(index)
    end
    local text = '{"' .. ("é"):rep(10000) .. '":{' .. table.concat(members, ",") .. "}}"
    local size, told = 0, assert_quick(text)
    for name in pairs(told.fields) do
      size = size + #name
      assert.is_true(#name <= 203 and name:find("^é") ~= nil)
      assert.equal("…", name:sub(-3))
    end
    assert.is_true(size > 0 and size < #text)
    assert.equal(("é"):rep(100) .. "…: 0 0", told.message:sub(1, 208))
  end)

  it("that point at an item beyond all numbers name it as it came", function()
    for _, row in ipairs { { "/data/addresses/99999999999999999999/name", "addresses.99999999999999999999.name" },
      { "/9223372036854775807", "9223372036854775807" }, { "/data/attributes/a/9", "a.10" } } do
      local told = assert_quick('{"errors":[{"detail":"No.","source":{"pointer":"' .. row[1] .. '"}}]}')
      assert.same({ [row[2]] = { "No." } }, told.fields)
    end
  end)

  it("nested 200,000 deep are text", function()
    local told = assert_quick(("["):rep(200000))
    assert.equal("string", type(told.body))
  end)

  it("that are cut JSON are text", function()
    local text = '{"detail":"cut off he'
    local told = assert_quick(text)
    assert.equal(text, told.body)
    assert.equal(text, told.message)
  end)

  it("with names that are numbers or odd are read", function()
    local told = assert_quick('{"1":["one"],"":["empty"],"a.b":["dotted"]}')
    assert.same({ ["1"] = { "one" }, [""] = { "empty" }, ["a.b"] = { "dotted" } }, told.fields)
  end)
end)

describe("HTML", function()
  local rows = {
    { "<TITLE>Shouted</TITLE>", "Shouted" },
    { '<!DOCTYPE html>\n<html><head><title lang="en">\n  Error\n  500 </title></head><body>x</body></html>',
      "Error 500" },
    { "<html><title> </title><body><h1>Gateway</h1>\n<p>timed out</p></body></html>", "Gateway timed out" },
    { "<html><head><style>h1 { color: red }</style></head><body><h1>Denied</h1></body></html>", "Denied" },
    { "  <h1>Request blocked</h1> Request ID: <b>4f2a</b>", "Request blocked Request ID: 4f2a" },
    { "a < b and b > c", "a < b and b > c" },
  }
  for _, row in ipairs(rows) do
    it(("%q"):format(row[1]:sub(1, 30)), function()
      local told = read(row[1], 500)
      assert.equal(row[2], told.message)
      assert.equal(row[1], told.body)
    end)
  end
end)


describe("a body that is not UTF-8", function()
  local e_acute = "\195\169"
  local rows = {
    { "Requ\233te refus\233e", "Requ\195\169te refus\195\169e" },
    { '{"detail":"refus\233"}', "refus" .. e_acute },
    { '{"detail":"\195\169t\233 \226\130\172 \226\130"}',
      e_acute .. "t" .. e_acute .. " \226\130\172 \195\162\194\130" },
    { '{"pr\233nom":["\255 \254"]}', "pr" .. e_acute .. "nom: \195\191 \195\190",
      { ["pr" .. e_acute .. "nom"] = { "\195\191 \195\190" } } },
    { "<html><title>Acc\232s</title></html>", "Acc\195\168s" },
    { '["\192\128", "\237\160\128"]', "\195\128\194\128; \195\173\194\160\194\128" },
    { '"\244\144\128\128"', "\195\180\194\144\194\128\194\128" },
    { '{"detail":"' .. ("\233"):rep(2000) .. '"}', e_acute:rep(500) .. "…" },
    { '{"detail":"' .. ("€"):rep(2000) .. '"}', ("€"):rep(333) .. "…" },
  }
  for _, row in ipairs(rows) do
    it(("is read as ISO-8859-1 where it is none: %q"):format(row[1]:sub(1, 30)), function()
      local told = read(row[1])
      assert.equal(row[2], told.message)
      assert.same(row[3], told.fields)
      assert.equal(told.message, core.utf8(told.message))
      assert.is_not_nil(core.encode(told.message))
      if type(told.body) == "table" then
        assert.is_not_nil(core.encode(told.body))
      else
        assert.equal(row[1], row[1]:find('^"') and row[1] or told.body)
      end
    end)
  end

  it("is not cut in the middle of a character, however long the page", function()
    for length = 0, 3 do
      local page = "<p>" .. (" "):rep(16384 - 12 + length) .. ("€"):rep(10) .. "</p>"
      assert.is_not_nil(core.encode(read(page).message))
    end
  end)

  it("stays as it is where it is UTF-8", function()
    for _, text in ipairs { "", "plain", "é€😀",
      "\194\128\223\191\224\160\128\237\159\191\238\128\128\244\143\191\191", "a\0b" } do
      assert.equal(text, core.utf8(text))
    end
    for byte = 128, 255 do
      local text = core.utf8("a" .. string.char(byte))
      assert.equal(3, #text)
      assert.is_not_nil(core.encode(text))
    end
    assert.has_error(function() core.utf8(5) end)
  end)
end)
