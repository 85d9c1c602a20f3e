-- A reused connection that dies: libcurl by itself would send the request again, whatever it is.
local azion = require("azion")
local support = require("spec.support.sandbox")
local web = require("spec.support.web_server")

for _, http2 in ipairs({ true, false }) do
  describe("on a used connection over HTTP/" .. (http2 and "2" or "1.1"), function()
    local server
    setup(function()
      server = support.start({ seed = 3, http2 = http2, faults = {
        { path = "/reset-always", action = "reset" },
        { path = "/reset-once", nth = 1, action = "reset" },
        { path = "/reset-once", status = 204 },
        { method = "POST", path = "/edge_applications/*", action = "reset", apply = true },
      } })
    end)
    teardown(function() server:stop() end)

    -- A client whose connection was used before.
    local function used(options)
      local client = server:client(options)
      assert(client:request("GET", "/edge_applications"))
      return client
    end

    it("a POST or PATCH that was read and reset arrives once", function()
      for _, method in ipairs({ "POST", "PATCH" }) do
        for _, body in ipairs({ { a = 1 }, { a = ("x"):rep(100000) } }) do
          local before = #server:requests("/reset-always")
          local value, err, response = used():request(method, "/reset-always", { body = body })
          assert.is_nil(value)
          assert.is_nil(response)
          assert.equal("network", err.kind)
          assert.equal(1, err.attempts)
          assert.is_true(err.maybe_applied)
          assert.is_true(err.retryable)
          assert.is_string(err.code)
          assert.equal(before + 1, #server:requests("/reset-always"))
        end
      end
    end)

    it("a create that was carried out and reset is carried out once", function()
      local origins = used():origins(support.application)
      local origin, err = origins:create({ name = "one", addresses = { { address = "a.example" } } })
      assert.is_nil(origin)
      assert.is_true(err.maybe_applied)
      assert.equal(4, origins:list().count)
    end)

    it("a GET, PUT or DELETE is tried again, and then again no more than it may", function()
      for _, method in ipairs({ "GET", "PUT", "DELETE" }) do
        for most = 1, 2 do
          local before = #server:requests("/reset-always")
          local value, err = used({ max_attempts = most }):request(method, "/reset-always")
          assert.is_nil(value)
          assert.equal("network", err.kind)
          assert.equal(most, err.attempts)
          assert.equal(method ~= "GET" or nil, err.maybe_applied)
          assert.equal(before + most, #server:requests("/reset-always"))
        end
      end
      local value, err, response = used():request("GET", "/reset-once")
      assert.is_nil(err)
      assert.is_true(value)
      assert.equal(2, response.attempts)
      assert.equal(2, #server:requests("/reset-once"))
    end)
  end)
end

describe("a connection that the server closed while it was idle", function()
  local server
  setup(function()
    server = web.start({ http2 = true, http = "keepalive_timeout 1s;", locations = [[
      location / { content_by_lua_block { ngx.req.read_body() ngx.status = 204 } }
    ]] })
  end)
  teardown(function() server:stop() end)

  it("costs the caller nothing", function()
    local clients = {
      assert(azion.client({ base_url = server.base_url, token = "t", ca_file = server.ca_file, max_attempts = 1 })),
      assert(azion.client({ base_url = server.plain_url, token = "t", max_attempts = 1 })),
    }
    for _, method in ipairs({ "GET", "POST", "PATCH" }) do
      for _, client in ipairs(clients) do
        local _, err = client:request(method, "/x", { body = {} })
        assert.is_nil(err)
      end
      os.execute("sleep 2")
    end
    for index, client in ipairs(clients) do
      assert.is_true(client.engine.session:connections() >= 3, index)
      client:close()
    end
    for _, method in ipairs({ "GET", "POST", "PATCH" }) do
      assert.equal("2", io.popen(("curl -sS --noproxy '*' '%s/count?of=%s%%20/x'"):format(server.plain_url,
        method)):read("*a"))
    end
  end)
end)
