-- A client's life: what it sends of itself, its end, what keeps it.
local azion = require("azion")
local connections_to = require("spec.support.connections")
local core = require("azion.core")
local support = require("spec.support.sandbox")

-- Every text that can be reached by fields and metatables.
local function reachable_text(value, seen, texts)
  seen, texts = seen or {}, texts or {}
  if type(value) == "string" then
    texts[#texts + 1] = value
  elseif type(value) == "table" and not seen[value] then
    seen[value] = true
    for key, inner in next, value do
      reachable_text(key, seen, texts)
      reachable_text(inner, seen, texts)
    end
    reachable_text(getmetatable(value), seen, texts)
  elseif type(value) == "userdata" then
    texts[#texts + 1] = tostring(value)
  end
  return texts
end

describe("a client", function()
  local server
  setup(function() server = support.start({ seed = 12 }) end)
  teardown(function() server:stop() end)

  it("does not show its token", function()
    local client = server:client({ proxy = "http://someone:pass-word@127.0.0.1:1", max_attempts = 1 })
    client:origins(support.application):list()
    local texts = reachable_text(client)
    assert.is_true(#texts > 10)
    for _, text in ipairs(texts) do
      assert.is_nil(text:find(server.sandbox.token, 1, true))
      assert.is_nil(text:find("pass-word", 1, true))
    end
    assert.equal("azion.client (" .. server.sandbox.base_url .. ")", tostring(client))
    assert.equal(("azion.origins (%s)"):format(support.origins_path), tostring(client:origins(support.application)))
    client:close()
    assert.equal("azion.client (" .. server.sandbox.base_url .. ", closed)", tostring(client))
  end)

  it("names itself to the server, or as it is told", function()
    assert(server:origins():list())
    assert(server:origins({ user_agent = "inventory/2 (a person)" }):list())
    local requests = server:requests()
    assert.truthy(requests[#requests - 1].user_agent:find("^azion%-lua/%d+%.%d+%.%d+ "))
    assert.equal("inventory/2 (a person)", requests[#requests].user_agent)
  end)

  it("trusts the certificates of ca_file, and without it those of the system only", function()
    local options = { base_url = server.sandbox.base_url, token = server.sandbox.token }
    local before = #server:requests()
    local page, err = assert(azion.client(options)):origins(support.application):list()
    assert.is_nil(page)
    assert.equal("tls", err.kind)
    assert.is_false(err.retryable)
    assert.equal(1, err.attempts)
    assert.equal(before, #server:requests())
    options.ca_file = server.sandbox.ca_file
    assert(assert(azion.client(options)):origins(support.application):list())
    options.ca_file = "/nonexistent/ca.pem"
    local client
    client, err = azion.client(options)
    assert.is_nil(client)
    assert.equal("invalid", err.kind)
    assert.truthy(err.message:find("/nonexistent/ca.pem: there is no such file", 1, true))
  end)

  it("goes through its proxy", function()
    local before = #server:requests()
    local page, err = server:origins({ proxy = "http://127.0.0.1:1", max_attempts = 1 }):list()
    assert.is_nil(page)
    assert.equal("network", err.kind)
    assert.equal("COULDNT_CONNECT", err.code)
    assert.is_true(err.retryable)
    assert.is_nil(err.maybe_applied)
    assert.equal(before, #server:requests())
  end)

  it("reads no more than max_response_bytes", function()
    local whole = server:client():request("GET", support.origins_path)
    local body, err = server:client({ max_response_bytes = 200 }):request("GET", support.origins_path)
    assert.is_table(whole.results)
    assert.is_nil(body)
    assert.equal("protocol", err.kind)
    assert.equal(200, err.status)
    assert.equal(1, err.attempts)
  end)

  it("keeps one connection for calls that follow each other", function()
    local origins = server:origins()
    for _ = 1, 20 do
      assert(origins:list({ page_size = 1 }))
    end
    local requests = server:requests()
    assert.equal(20, requests[#requests].connection_requests)
    for index = #requests - 19, #requests do
      assert.equal(requests[#requests].connection, requests[index].connection)
    end
  end)

  it("reaches a base URL with a prefix", function()
    local client = server:client({ base_url = server.sandbox.base_url .. "/v3/" })
    local page, _, response = client:origins(support.application):list()
    assert.equal(12, page.count)
    assert.equal(server.sandbox.base_url .. "/v3" .. support.origins_path, response.url)
    local requests = server:requests()
    assert.equal("/v3" .. support.origins_path, requests[#requests].path)
  end)
end)

describe("a closed client", function()
  local server
  setup(function() server = support.start() end)
  teardown(function() server:stop() end)

  it("answers every method with kind closed, and sends nothing", function()
    local client = server:client()
    local origins = client:origins(support.application)
    assert.is_true(client:close())
    assert.is_true(client:close())
    local later = client:origins(support.application)
    local calls = {
      list = function() return origins:list() end,
      all = function() return origins:all() end,
      get = function() return origins:get(1) end,
      create = function() return origins:create({ name = "x" }) end,
      overwrite = function() return origins:overwrite(1, { name = "x" }) end,
      update = function() return origins:update(1, { name = "x" }) end,
      delete = function() return origins:delete(1) end,
      find = function() return origins:find("x") end,
      of_a_later_collection = function() return later:list() end,
      request = function() return client:request("GET", "/") end,
      map = function() return client:map({ 1 }, function() return 1 end) end,
      rate = function() return client:rate() end,
      eta = function() return client:eta(1) end,
    }
    for name, call in pairs(calls) do
      local value, err = call()
      assert.is_nil(value, name)
      assert.equal("closed", err.kind, name)
      assert.equal(0, err.attempts, name)
      assert.is_nil(err.maybe_applied, name)
    end
    for _, name in ipairs({ "pages", "each" }) do
      local iterator = origins[name](origins)
      assert.equal("closed", support.raised(iterator).kind, name)
    end
    assert.same({}, server:requests())
  end)

  it("is closed in the middle of a listing too", function()
    local client = server:client()
    local seen = 0
    local err = support.raised(function()
      for _ in client:origins(support.application):each({ page_size = 5, prefetch = 0 }) do
        seen = seen + 1
        client:close()
      end
    end)
    assert.equal("closed", err.kind)
    assert.equal(5, seen)
  end)

  local close_body = [[
    local server = ...
    local kept
    do
      local client <close> = server:client()
      kept = client
      assert(kept:request("GET", "/edge_applications"))
    end
    return kept:request("GET", "/edge_applications")
  ]]
  local run = (loadstring or load)(close_body) -- luacheck: ignore 113
  if run then -- Lua 5.4
    it("is closed by <close>", function()
      local body, err = run(server)
      assert.is_nil(body)
      assert.equal("closed", err.kind)
    end)
  end

  it("lets its connection go when it is collected", function()
    local function connections()
      return connections_to(server.sandbox.base_url)
    end
    local before = connections()
    local client = assert(server.sandbox:client())
    assert(client:request("GET", "/edge_applications"))
    assert.equal(before + 1, connections())
    client = nil -- luacheck: ignore 311
    collectgarbage()
    collectgarbage()
    local limit = core.now() + 2
    while connections() > before and core.now() < limit do
      os.execute("sleep 0.02")
    end
    assert.equal(before, connections())
  end)
end)

describe("a collection alone", function()
  local server
  setup(function() server = support.start({ seed = 30 }) end)
  teardown(function() server:stop() end)

  local function churn()
    for _ = 1, 3 do
      collectgarbage()
    end
  end

  it("keeps its client alive", function()
    local origins = server.sandbox:client():origins(support.application)
    for _ = 1, 5 do
      churn()
      assert(origins:list())
    end
  end)

  it("is kept alive by its iterators", function()
    local seen = 0
    for _ in server.sandbox:client():origins(support.application):each({ page_size = 3 }) do
      churn()
      seen = seen + 1
    end
    assert.equal(30, seen)
    local iterator = server.sandbox:client():origins(support.application):pages({ page_size = 10, prefetch = 0 })
    seen = 0
    for _ = 1, 3 do
      churn()
      seen = seen + #iterator().results
    end
    assert.equal(30, seen)
  end)

  it("or a client alone outlives a call that is made on it in one breath", function()
    local options = { on_event = churn }
    for _, call in ipairs {
      function() return server.sandbox:client(options):request("GET", "/edge_applications") end,
      function() return server.sandbox:client(options):origins(support.application):list() end,
      function() return server.sandbox:client(options):origins(support.application):all() end,
      function() return server.sandbox:client(options):purge { urls = { "www.example.com/x" } } end,
    } do
      local value, err = call()
      assert.is_nil(err, tostring(err))
      assert.is_table(value)
    end
  end)
end)

describe("a mistake in a call of the client's own methods", function()
  local server
  setup(function() server = support.start() end)
  teardown(function() server:stop() end)

  it("is reported at the caller's line", function()
    local client = server:client()
    local here = "client_spec.lua:"
    for _, mistake in ipairs({
      function() local none = server.sandbox:client({ tokne = "x" }) return none end,
      function() local none = server.sandbox:client("x") return none end,
      function() local none = client.origins(5) return none end,
    }) do
      assert.truthy(support.raised(mistake):find(here, 1, true), support.raised(mistake))
    end
    local none, err = server.sandbox:client({ timeout = -1 })
    assert.is_nil(none)
    assert.equal("invalid", err.kind)
  end)
end)
