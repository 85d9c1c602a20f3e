-- Mistakes in a program: told at its line, whatever lies between that line and the library.
local azion = require "azion"
local child = require "spec.support.child"
local mistake = require "azion.client.mistake"
local sandboxes = require "azion.sandbox"

local function here()
  return debug.getinfo(2, "l").currentline
end

-- The line of this file that a raised message names, and the message.
local function raised(call, ...)
  local ok, message = pcall(call, ...)
  assert.is_false(ok)
  local line, rest = tostring(message):match("mistake_spec%.lua:(%d+): (.*)$")
  return tonumber(line), rest or message
end

describe("a dot for a colon", function()
  local client, sandbox, objects

  setup(function()
    client = assert(azion.client { token = "a-token", base_url = "http://127.0.0.1:9" })
    sandbox = assert(sandboxes.start { limits = { read = false } })
    objects = { client = client, sandbox = sandbox, collection = client:origins(1) }
  end)

  teardown(function()
    client:close()
    sandbox:stop()
  end)

  -- All methods of an object: those of its class, and its own.
  local function methods_of(object)
    local methods = {}
    for _, source in ipairs { getmetatable(object).__index, object } do
      for name, value in pairs(source) do
        methods[name] = type(value) == "function" and value or nil
      end
    end
    return methods
  end

  -- First arguments that are no such object: nothing, what the method takes, and objects of other classes.
  local function strangers_to(name)
    local strangers = { 1, "x", { name = "x" }, print, {}, azion.null }
    for other, object in pairs(objects) do
      strangers[#strangers + 1] = other ~= name and object or nil
    end
    return strangers
  end

  for name, count in pairs { client = 16, sandbox = 3, collection = 10 } do
    it("raises for each method of a " .. name .. ", at the line of the call, and does nothing", function()
      local methods, seen = methods_of(objects[name]), 0
      for method_name, method in pairs(methods) do
        seen = seen + 1
        local wanted = ("call this with a colon: %s:%s(…)"):format(name, method_name)
        local line
        local called, message = raised(function()
          line = here(); local result = method()
          return result
        end)
        assert.same({ line, wanted }, { called, message })
        for _, stranger in ipairs(strangers_to(name)) do
          called, message = raised(function()
            line = here(); local result = method(stranger, print, {})
            return result
          end)
          assert.same({ line, wanted }, { called, message })
        end
      end
      assert.is_true(seen >= count, seen)
      assert.is_table(client:rate())
      assert.is_table(assert(sandbox:client()):edge_applications():list().results)
    end)
  end

  it("raises for methods that only some collections have", function()
    local certificates = client:digital_certificates()
    local line
    local called, message = raised(function()
      line = here(); certificates.create_csr { name = "x" }
    end)
    assert.same({ line, "call this with a colon: collection:create_csr(…)" }, { called, message })
  end)
end)

describe("a colon for a dot", function()
  it("raises for the functions of the module", function()
    for name, call in pairs {
      ["azion.client"] = function() return azion:client() end,
      ["azion.v4.client"] = function() return azion.v4:client { timeout = 1 } end,
      ["azion.create_token"] = function() return azion.v3:create_token {} end,
      ["azion.sandbox.start"] = function() return azion.sandbox:start {} end,
    } do
      local line, message = raised(call)
      assert.is_number(line)
      assert.equal(("call this with a dot: %s(…)"):format(name), message)
    end
  end)
end)
describe("the line of a mistake", function()
  local client

  setup(function()
    client = assert(azion.client { token = "a-token", base_url = "http://127.0.0.1:9" })
  end)

  teardown(function()
    client:close()
  end)

  it("is that of pcall, where nothing else of the program calls", function()
    local ok, message = pcall(client.rate)
    assert.is_false(ok)
    assert.truthy(message:find("mistake_spec.lua:" .. here() - 2 .. ": ", 1, true), message)
    ok, message = pcall(azion.client, { retries = 3 })
    assert.is_false(ok)
    assert.truthy(message:find("mistake_spec.lua:" .. here() - 2 .. ": ", 1, true), message)
  end)

  it("is in the program after tail calls, too", function()
    local function last(call, ...)
      return call(...)
    end
    for _, call in ipairs { function() return client.close() end,
      function() return last(last, client.map, {}, print) end,
      function() return azion.client { timeout = {} } end, function() return last(azion.client, "x") end } do
      assert.is_number((raised(call)))
    end
  end)

  it("is that of the innermost function of the program: of the one that map calls", function()
    local line
    local _, failures = client:map({ 1 }, function()
      line = here(); client.rate()
    end)
    assert.truthy(failures[1].err:find(("mistake_spec.lua:%d: call this"):format(line), 1, true), failures[1].err)
  end)

  it("is found in a coroutine, and left out where the program has no line in it", function()
    local line
    local message = select(2, coroutine.resume(coroutine.create(function()
      line = here(); client:origins(1):list("x")
    end)))
    assert.truthy(message:find(("mistake_spec.lua:%d: query must be"):format(line), 1, true), message)
    message = select(2, coroutine.resume(coroutine.create(client.rate)))
    assert.equal("call this with a colon: client:rate(…)", message)
  end)

  it("is found wherever the library lies", function()
    local script = [[
      local azion = require("azion")
      print(pcall(function()
        azion.client { token = 5 }
      end))
    ]]
    for _, path in ipairs { "lua/?.lua;lua/?/init.lua", "./lua/?.lua;./lua/?/init.lua" } do
      local status, output, errors = child.run({ "-e", ("package.path = %q .. package.path\n"):format(path .. ";")
        .. script })
      assert.equal(0, status, errors)
      assert.truthy(output:find(":4: azion.client: option 'token' must be a string, got a number", 1, true), output)
    end
  end)

  it("is the caller's of a guarded method that raises by itself, too", function()
    local metatable = {}
    local object = setmetatable({}, metatable)
    local guarded = mistake.guarded(function(_, value) mistake.check(value, "table of things", "the value") end,
      metatable, "object:method")
    local line
    local called, message = raised(function()
      line = here(); guarded(object, 5)
    end)
    assert.equal("the value must be a table of things, got a number", message)
    assert.is_true(called >= line - 4 and called <= line)
  end)
end)
