-- Options of one call: a value out of range may come from data. It is refused, named, and nothing is sent.
local azion = require "azion"
local support = require "spec.support.sandbox"

describe("an option of a call that is out of range", function()
  local server, client
  setup(function()
    server = support.start()
    client = server:client()
  end)
  teardown(function() server:stop() end)

  local calls = {
    ["a request"] = function(options) return client:request("GET", "/edge_applications", options) end,
    ["a purge"] = function(options) return client:purge({ urls = { "example.com/a" } }, options) end,
    ["get"] = function(options) return client:domains():get(1, options) end,
    ["list"] = function(options) return client:domains():list({}, options) end,
    ["create"] = function(options) return client:domains():create({ name = "a" }, options) end,
    ["update"] = function(options) return client:domains():update(1, { name = "a" }, options) end,
    ["delete"] = function(options) return client:domains():delete(1, options) end,
    ["find"] = function(options) return client:domains():find("a", options) end,
    ["create_token"] = function(options) return azion.create_token(server:credentials(options)) end,
    ["revoke_token"] = function(options)
      options.token = "0123456789abcdef"
      return azion.revoke_token(server:credentials(options))
    end,
  }
  for name, call in pairs(calls) do
    it("is invalid for " .. name, function()
      for option, value in pairs { timeout = -1, deadline = 0, max_attempts = 0.5 } do
        local before = #server:requests()
        local result, err = call { [option] = value }
        assert.is_nil(result)
        assert.equal("invalid", err.kind)
        assert.is_table(err.fields[option])
        assert.equal(0, err.attempts)
        assert.equal(before, #server:requests())
      end
    end)
  end

  it("is invalid for a request whose query cannot be sent", function()
    local before = #server:requests()
    local result, err = client:request("GET", "/edge_applications", { query = { name = 0 / 0 } })
    assert.is_nil(result)
    assert.equal("invalid", err.kind)
    assert.is_table(err.fields["query.name"] or err.fields.name)
    assert.equal(before, #server:requests())
  end)

  it("raises for eta if it is of the wrong type", function()
    for _, case in ipairs { { "eta: the number of calls must be a number, got a string", "1", "read" },
      { "eta: the name of the bucket must be a string, got a number", 1, 2 },
      { "eta: the number of calls must be a number, got nil", nil, "read" } } do
      local ok, message = pcall(client.eta, client, case[2], case[3])
      assert.is_false(ok)
      assert.is_not_nil(message:find(case[1], 1, true), message)
    end
  end)
end)
