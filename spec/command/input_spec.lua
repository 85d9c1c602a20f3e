-- Documents: JSON, and Lua that sees little.
local core = require "azion.core"
local document = require "azion.command.document"
local files = require "spec.support.files"
local input = require "azion.command.input"
local shell = require "spec.support.shell"
local values = require "azion.command.values"

describe("a document", function()
  local folder

  setup(function()
    folder = assert(shell.lines_of("mktemp -d")[1])
  end)

  teardown(function()
    os.execute("rm -r " .. folder)
  end)

  local function write(name, text)
    files.write(folder .. "/" .. name, text)
    return folder .. "/" .. name
  end

  local function refusal(fn, ...)
    local ok, err = pcall(fn, ...)
    assert.is_false(ok)
    return tostring(err), type(err) == "table" and err.status_of_exit
  end

  it("in JSON keeps its nulls, wherever a text says null", function()
    local value = input.document(write("a.json", '{"a":null,"b":[null,1],"c":"null","d":"x\\"null","e":"\\\\"}'))
    assert.same({ a = core.null, b = { core.null, 1 }, c = "null", d = 'x"null', e = "\\" }, value)
    assert.equal("[]", values.json_line(input.document(write("b.json", "[]"))))
  end)

  it("in Lua sees what it needs", function()
    write("key.pem", "the key\n")
    local value = input.document(write("a.lua", [[
      local list = {}
      for index, name in ipairs { "a", "b" } do
        list[index] = { name = string.upper(name), n = math.floor(1.5), t = tostring(tonumber("7")) }
      end
      table.sort(list, function(left, right) return left.name > right.name end)
      for _ in pairs {} do end
      return { list = list, nothing = null, key = file "key.pem", home = env "HOME" }]]))
    assert.same({ { name = "B", n = 1, t = "7" }, { name = "A", n = 1, t = "7" } }, value.list)
    assert.equal(core.null, value.nothing)
    assert.equal("the key\n", value.key)
    assert.equal(os.getenv("HOME"), value.home)
  end)

  for _, name in ipairs { "os", "io", "require", "load", "loadstring", "dofile", "debug", "print", "_G", "setmetatable",
    "getmetatable", "pcall", "rawset", "package", "coroutine", "collectgarbage", "getfenv", "setfenv", "arg" } do
    it("in Lua sees no " .. name, function()
      assert.same({ true }, input.document(write("a.lua", ("return { %s == nil }"):format(name))))
    end)
  end

  it("in Lua changes nothing outside of it", function()
    input.document(write("a.lua", 'string.rep = nil; table.insert = 1; math.pi = 3; x = 1; return {}'))
    assert.is_function(string.rep)
    assert.is_function(table.insert)
    assert.is_true(math.pi > 3)
    assert.is_nil(rawget(_G, "x"))
  end)

  it("is refused where it is bytecode, or no document", function()
    local message, status = refusal(input.document, write("b.lua", string.dump(function() return {} end)))
    assert.truthy(message:find("b.lua: is bytecode", 1, true))
    assert.equal(4, status)
    message = refusal(input.document, write("c.lua", "return {"))
    assert.matches("c.lua:1: ", message)
    message = refusal(input.document, write("d.lua", 'return { nothing.here }'))
    assert.matches("d.lua:1: attempt to index", message)
    message = refusal(input.document, write("e.lua", 'return { key = env "NOT_SET_AT_ALL" }'))
    assert.matches("e.lua:1: the environment has no NOT_SET_AT_ALL", message)
    message = refusal(input.document, write("f.lua", 'return { key = file "nowhere.pem" }'))
    assert.matches("f.lua:1: cannot read .*nowhere.pem", message)
    assert.matches("g.lua: expected a table or an object, got nothing$", (refusal(input.document, write("g.lua", ""))))
    assert.matches("g.lua: expected a table or an object, got nothing: a document in Lua has to `return` it$",
      (refusal(input.document, write("g.lua", "domains = {}"))))
    for _, text in ipairs { "return 7", "return null", "return 'x'" } do
      assert.matches("g.lua: expected a table", (refusal(input.document, write("g.lua", text))))
    end
    for _, text in ipairs { "", "{", "7x", "null", "7" } do
      message, status = refusal(input.document, write("h.json", text))
      assert.matches("h.json", message)
      assert.is_nil(message:find("not JSON.*not JSON"))
      assert.equal(4, status)
    end
    message, status = refusal(input.document, folder .. "/nowhere.json")
    assert.matches("^cannot read .*nowhere.json: No such file", message)
    assert.equal(1, status)
    message, status = refusal(input.document, folder)
    assert.matches("^cannot read " .. folder .. ": Is a directory$", message)
    assert.equal(1, status)
  end)

  it("may have a mark of UTF-8 in front, lines of another system, and name its interpreter", function()
    assert.same({ a = 1 }, input.document(write("a.json", '\239\187\191{\r\n"a":1\r\n}\r\n')))
    assert.same({ a = 1 }, input.document(write("plain", '\239\187\191 {"a":1}')))
    assert.same({ a = 1 }, input.document(write("a.lua", "\239\187\191return {\r\n  a = 1\r\n}")))
    assert.same({ a = 1 }, input.document(write("a.lua", "#!/usr/bin/env lua\nreturn { a = 1 }")))
    assert.matches("a.lua:2: ", (refusal(input.document, write("a.lua", "#!/usr/bin/env lua\nreturn {"))))
  end)

  it("in JSON is refused where an object has a key twice, which would lose one of the two", function()
    local message, status = refusal(input.document, write("a.json", '{"domains":[{"name":"a"}],"domains":[]}'))
    assert.matches('a.json: "domains" is there twice$', message)
    assert.equal(4, status)
    for _, text in ipairs { '{"x":{"a":1,"b":[{"c":1}],"a":2}}', '{"a\\"]":1,"a\\"]":2}', '{"a":1,"\\u0061":2}',
      '[[{}],{"a":1 , "a" :2}]', '{"\\\\":1,"\\\\":2}' } do
      assert.matches("is there twice$", (refusal(input.document, write("a.json", text))), text)
    end
    for _, text in ipairs { '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}', '{"a":"a","b":"a","c":["a","a"]}',
      '{"a":"\\\\","b":"{\\"a\\":","c":"]}"}', '{"a":[1,{"b":[]},{"b":2}],"b":3}' } do
      assert.is_table(input.document(write("a.json", text)), text)
    end
  end)

  it("can be several files", function()
    local whole, names = document.read {
      write("a.json", '{"domains":[{"name":"a"}],"edge_applications":[{"name":"x"}]}'),
      write("b.lua", 'return { domains = { { name = "b" }, { id = 7 } } }') }
    assert.same({ domains = { { name = "a" }, { name = "b" }, { id = 7 } }, edge_applications = { { name = "x" } } },
      whole)
    assert.same({ "domains", "edge_applications" }, names)
  end)

  it("is told by its first character where its name does not tell", function()
    assert.same({ a = 1 }, input.document(write("plain", ' {"a":1}')))
    assert.same({ a = 1 }, input.document(write("plain", "return { a = 1 }")))
    assert.truthy((refusal(input.document, write("plain", string.dump(function() end)))):find("is bytecode", 1, true))
  end)

  it("has each item once, in all of its files", function()
    local first = write("a.json", '{"domains":[{"name":"a"},{"id":7,"name":"c"}]}')
    local message, status = refusal(document.read, { first, write("b.json", '{"domains":[{"name":"a"}]}') })
    assert.matches('^domains "a" is in .*a.json and in .*b.json$', message)
    assert.equal(4, status)
    message = refusal(document.read, { first, write("b.lua", 'return { domains = { { id = 7.0, name = "d" } } }') })
    assert.matches('^domains "7', message)
    message = refusal(document.read, { first, first })
    assert.matches('^domains "', message)
  end)
end)

describe("what is written as Lua", function()
  it("is read back as it was", function()
    for _, value in ipairs { "x\n\"\\\0\1é", 7, -2.5, true, core.null, { 1, { a = "b" } } } do
      assert.same({ value }, input.lua(("return { %s }"):format(values.lua(value)), "a.lua"))
    end
  end)
end)
