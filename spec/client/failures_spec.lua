-- A call that fails gives nil and the error, and nothing after them: `assert` on LuaJIT raises the last value that it
-- is given, and most programs write `assert(origins:get(id))`.
local azion = require "azion"
local support = require "spec.support.sandbox"

describe("a call that the server refuses", function()
  local server, client
  setup(function()
    server = support.start()
    client = server:client { token = "not-the-token" }
  end)
  teardown(function() server:stop() end)

  local key = "0a1b2c3d-0000-4000-8000-000000000001"
  local origin = { name = "a", addresses = { { address = "a.example" } } }
  local calls = {
    list = function() return client:origins(1):list() end,
    all = function() return client:origins(1):all() end,
    find = function() return client:origins(1):find "a" end,
    get = function() return client:origins(1):get(key) end,
    create = function() return client:origins(1):create(origin) end,
    overwrite = function() return client:origins(1):overwrite(key, origin) end,
    update = function() return client:origins(1):update(key, origin) end,
    delete = function() return client:origins(1):delete(key) end,
    ["a creation in turn"] = function() return client:edge_applications():create { name = "a" } end,
    request = function() return client:request("GET", "/edge_applications") end,
    purge = function() return client:purge { urls = { "example.com/a" } } end,
    create_token = function() return azion.create_token(server:credentials {}) end,
    revoke_token = function() return azion.revoke_token(server:credentials { token = "0123456789abcdef" }) end,
  }
  for name, call in pairs(calls) do
    it("gives two values, and so an error that assert raises: " .. name, function()
      local results = { n = select("#", call()), call() }
      assert.equal(2, results.n)
      assert.is_nil(results[1])
      assert.equal("unauthorized", results[2].kind)
      local ok, raised = pcall(function() _G.assert(call()) end)
      assert.is_false(ok)
      assert.is_table(raised)
      assert.equal("unauthorized", raised.kind)
    end)
  end
end)
