-- The campaign, before there is a request: connections, certificates, proxies, names; and between two requests.
-- #seconds 35
local campaign = require("spec.support.campaign")
local core = require("azion.core")
local faults = require("spec.support.faults")

local protocols = { "plain", "tls", "http2" }

local function applies(row, protocol)
  return not row[3] or row[3]:find(protocol, 1, true)
end

describe("a connection with", function()
  local server
  setup(function() server = campaign.start() end)
  teardown(function() campaign.finish(server) end)
  after_each(function() server:arm() end)

  local function check(row, protocol, method)
    local client = campaign.client(server, protocol)
    local path = ("/%s/%s/%s"):format(row.path, method, protocol)
    local connections = server:seen("connection")
    server:arm(row[1])
    local result = campaign.call(client, method, path, row)
    local attempts = campaign.check(row, method, "new", result, path)
    server:arm()
    assert.equal(connections + attempts, server:seen("connection", connections + attempts), path)
    assert.equal(0, server:seen(path), path)
    local elapsed, least = result[2].elapsed, (row.connect_timeout or 0) * attempts
    assert.is_true(elapsed >= least and elapsed < least + 3, elapsed) -- #time
    assert.is_true(client:request("GET", "/fine").ok)
    client:close()
  end

  for _, list in ipairs({ faults.connections, faults.certificates }) do
    for _, row in ipairs(list) do
      for _, protocol in ipairs(protocols) do
        if applies(row, protocol) then
          it(("%s (%s)"):format(row[1], protocol), function()
            for _, method in ipairs(campaign.methods) do
              check(row, protocol, method)
            end
          end)
        end
      end
    end
  end

  it("nobody at the other end", function()
    local row = { "refused", { kind = "network", again = "all" } }
    for _, protocol in ipairs(protocols) do
      local client = campaign.client(server, protocol)
      assert.is_true(client:request("GET", "/fine").ok)
      server:halt()
      for _, method in ipairs(campaign.methods) do
        local result = campaign.call(client, method, "/refused", row)
        campaign.check(row, method, "new", result, method .. " " .. protocol)
        assert.equal("COULDNT_CONNECT", result[2].code)
      end
      server:resume()
      assert.is_true(client:request("GET", "/fine").ok)
      client:close()
    end
  end)

  it("a name that nobody knows", function()
    -- Labels of more than 63 bytes are no names, which needs no name server to tell.
    local row = { "unknown", { kind = "network", again = "all" } }
    local client = campaign.client(server, "plain", { base_url = "https://" .. ("x"):rep(70) .. ".invalid" })
    for _, method in ipairs(campaign.methods) do
      local started = core.now()
      local result = campaign.call(client, method, "/", row)
      campaign.check(row, method, "new", result, method)
      assert.equal("COULDNT_RESOLVE_HOST", result[2].code)
      assert.is_true(core.now() - started < 5) -- #time
    end
    client:close()
  end)

  -- What comes over a connection while nobody waits must neither fail the next request nor answer it.
  for _, row in ipairs(faults.idle) do
    for _, protocol in ipairs(protocols) do
      if applies(row, protocol) then
        it(("%s between two calls (%s)"):format(row[1], protocol), function()
          local client = campaign.client(server, protocol, { max_attempts = 1 })
          for _, method in ipairs(campaign.methods) do
            local connections = server:seen("connection")
            assert.is_true(client:request("GET", "/" .. row.path).ok)
            server:tell()
            local result = campaign.call(client, method, "/fine/" .. row.path .. protocol .. method, row)
            assert.is_nil(result[2])
            assert.is_true(result[1].ok)
            assert.equal(1, result[3].attempts)
            assert.equal(1, server:seen("/fine/" .. row.path .. protocol .. method))
            assert.is_true(row[2].may_be_kept or server:seen("connection") > connections)
          end
          client:close()
        end)
      end
    end
  end

  it("silence after a reply is left", function()
    for _, protocol in ipairs(protocols) do
      for _, method in ipairs({ "GET", "PUT", "POST" }) do
        local client = campaign.client(server, protocol, { timeout = 1.5 })
        assert.is_true(client:request("GET", "/silence-from-now-on").ok)
        local value, err, response = client:request(method, "/fine")
        if method == "POST" then
          assert.is_nil(value)
          assert.equal("timeout", err.kind)
          assert.equal(1, err.attempts)
          assert.is_true(err.maybe_applied)
        else
          assert.is_nil(err)
          assert.equal(2, response.attempts)
        end
        assert.equal(1, select(3, client:request("GET", "/fine")).attempts)
        client:close()
      end
    end
  end)
end)

describe("a proxy that", function()
  local server
  setup(function() server = campaign.start() end)
  teardown(function() campaign.finish(server) end)

  for _, row in ipairs(faults.tunnels) do
    it(row[1]:gsub("^proxy ", ""), function()
      for _, method in ipairs(campaign.methods) do
        -- The proxy finds its row by the host that it is asked for.
        local client = campaign.client(server, "plain", {
          base_url = ("https://%s.proxied.test"):format(row.path), proxy = server.urls.plain })
        local asked = row.path .. ".proxied.test:443"
        local before = server:seen(asked)
        local result = campaign.call(client, method, "/through", row)
        local sent = campaign.check(row, method, "new", result, method .. " " .. row[1])
        assert.equal(before + sent, server:seen(asked, before + sent))
        if result[2] then
          assert.is_true(result[2].elapsed < 10) -- #time
          assert.equal(row[2].doubt and row[1]:find("reply") and 200 or nil, result[2].status)
        end
        client:close()
      end
    end)
  end

  it("dies between two calls, and comes back", function()
    local row = { "gone", { kind = "network", again = "all" } }
    local client = campaign.client(server, "plain", {
      base_url = "https://proxy-lives.proxied.test", proxy = server.urls.plain })
    for _, method in ipairs(campaign.methods) do
      assert.is_true(client:request("GET", "/through").ok)
      server:halt()
      campaign.check(row, method, "new", campaign.call(client, method, "/through", row), method)
      server:resume()
    end
    assert.is_true(client:request("GET", "/through").ok)
    client:close()
  end)

  it("dies on the way of a plain request", function()
    local row = faults.by_path["reset-after-the-request"]
    for _, method in ipairs(campaign.methods) do
      local client = campaign.client(server, "plain", { proxy = server.urls.plain })
      local path = "/reset-after-the-request/proxied/" .. method
      local attempts = campaign.check(row, method, "new", campaign.call(client, method, path, row), path)
      assert.equal(attempts, server:seen(path, attempts))
      assert.is_true(client:request("GET", "/fine").ok)
      client:close()
    end
  end)
end)
