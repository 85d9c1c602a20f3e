-- The retry table of the contract, row by row, by what arrives at a real server.
-- #seconds 25
local azion = require("azion")
local core = require("azion.core")
local support = require("spec.support.sandbox")
local web = require("spec.support.web_server")

local methods = { "GET", "PUT", "DELETE", "POST", "PATCH" }
local safe = { GET = true, PUT = true, DELETE = true }

-- What happens to the first request of a path (the second is answered 204), and who tries again.
local rows = {
  { "429", { status = 429 }, kind = "rate_limited", again = "all" },
  { "408", { status = 408 }, kind = "rejected", again = "safe", doubt = true },
  { "500", { status = 500 }, kind = "server", again = "safe", doubt = true },
  { "502", { status = 502 }, kind = "server", again = "safe", doubt = true },
  { "503", { status = 503 }, kind = "server", again = "safe", doubt = true },
  { "504", { status = 504 }, kind = "server", again = "safe", doubt = true },
  { "503 with Retry-After", { status = 503, headers = { ["Retry-After"] = "1" } }, kind = "server", again = "all" },
  { "501", { status = 501 }, kind = "server", again = "none" },
  { "a 200 that is not JSON", { action = "garbage" }, kind = "protocol", again = "none", doubt = true },
}
for status, kind in pairs({ [301] = "rejected", [302] = "rejected", [304] = "rejected", [307] = "rejected",
  [400] = "rejected",
  [401] = "unauthorized", [403] = "forbidden", [404] = "not_found", [405] = "rejected", [406] = "rejected",
  [409] = "conflict", [410] = "rejected", [415] = "rejected", [422] = "rejected" }) do
  rows[#rows + 1] = { tostring(status), { status = status }, kind = kind, again = "none" }
end

-- These end the connection, and with it whatever else is on it: they are tried one after another.
local broken = {
  { "a reset", { action = "reset" }, kind = "network", again = "safe", doubt = true },
  { "no answer", { action = "hang" }, kind = "timeout", again = "safe", doubt = true },
  { "a body cut short", { action = "truncate", status = 200, body = '{"a":"' .. ("x"):rep(100) .. '"}' },
  kind = "network",
    again = "safe", doubt = true },
}

local function path_of(row, method)
  return "/" .. row[1]:gsub("%W", "-") .. "/" .. method
end

local function add_faults(faults, list)
  for _, row in ipairs(list) do
    for _, method in ipairs(methods) do
      local first = { path = path_of(row, method), nth = 1 }
      for name, value in pairs(row[2]) do
        first[name] = value
      end
      faults[#faults + 1] = first
      faults[#faults + 1] = { path = first.path, status = 204 }
    end
  end
end

for _, http2 in ipairs({ true, false }) do
  describe("over HTTP/" .. (http2 and "2" or "1.1"), function()
    local server
    setup(function()
      local faults = {}
      add_faults(faults, rows)
      add_faults(faults, broken)
      faults[#faults + 1] = { path = "/always", status = 500 }
      server = support.start({ faults = faults, http2 = http2 })
    end)
    teardown(function() server:stop() end)

    local function check(row, method, body, err, response)
      local label = method .. " " .. row[1]
      local retried = row.again == "all" or (row.again == "safe" and safe[method])
      assert.equal(retried and 2 or 1, #server:requests(path_of(row, method)), label)
      if retried then
        assert.is_nil(err, label)
        assert.is_true(body, label)
        assert.equal(2, response.attempts, label)
        return
      end
      assert.is_nil(body, label)
      assert.equal(row.kind, err.kind, label)
      assert.equal(1, err.attempts, label)
      assert.equal(row.doubt and method ~= "GET" or nil, err.maybe_applied, label)
      if row[2].status and not row[2].action then
        assert.equal(row[2].status, err.status, label)
        assert.is_nil(err.code, label)
      end
    end

    it("statuses are tried again as the table says", function()
      local client = server:client()
      local cases = {}
      for _, row in ipairs(rows) do
        for _, method in ipairs(methods) do
          cases[#cases + 1] = { row, method }
        end
      end
      -- Eight at a time, because of the waits.
      local results, failures = client:map(cases, function(case)
        return { client:request(case[2], path_of(case[1], case[2])) }
      end)
      assert.same({}, failures)
      for index, case in ipairs(cases) do
        check(case[1], case[2], results[index][1], results[index][2], results[index][3])
      end
    end)

    for _, row in ipairs(broken) do
      it(("%s is tried again as the table says"):format(row[1]), function()
        local client = server:client({ timeout = row.kind == "timeout" and 1 or 5 })
        for _, method in ipairs(methods) do
          -- The request meets a connection that was used before.
          assert(client:request("GET", "/edge_applications"))
          check(row, method, client:request(method, path_of(row, method)))
        end
      end)
    end

    it("max_attempts is the most that is sent", function()
      for _, most in ipairs({ 1, 2, 3 }) do
        local before = #server:requests("/always")
        local body, err = server:client({ max_attempts = most }):request("GET", "/always")
        assert.is_nil(body)
        assert.equal(most, err.attempts)
        assert.equal("server", err.kind)
        assert.is_true(err.retryable)
        assert.equal(before + most, #server:requests("/always"))
      end
    end)
  end)
end

describe("a retry", function()
  local first = support.application
  local function items_of(application)
    return ("/edge_applications/%d/origins/*"):format(application)
  end
  local gone = { { status = 408 }, { status = 500 }, { status = 502 }, { status = 504 }, { action = "reset" },
    { action = "hang" }, { action = "truncate", status = 200, body = '{"results":{}}' } }
  local server
  setup(function()
    local faults = {}
    for index, fault in ipairs(gone) do
      fault.method, fault.path, fault.nth, fault.apply = "DELETE", items_of(first + index), 1, true
      faults[#faults + 1] = fault
    end
    for index, status in ipairs({ 503, 429 }) do
      faults[#faults + 1] = { method = "DELETE", path = ("/gone/%d"):format(index), nth = 1, status = status }
      faults[#faults + 1] = { method = "DELETE", path = ("/gone/%d"):format(index), status = 404 }
    end
    faults[#faults + 1] = { method = "DELETE", path = "/gone/at-last", nth = 1, status = 502 }
    faults[#faults + 1] = { method = "DELETE", path = "/gone/at-last", nth = 2, status = 429 }
    faults[#faults + 1] = { method = "DELETE", path = "/gone/at-last", nth = 3, status = 503 }
    faults[#faults + 1] = { method = "DELETE", path = "/gone/at-last", status = 404 }
    faults[#faults + 1] = { path = "/soon", nth = 1, status = 429, headers = { ["Retry-After"] = "1" } }
    faults[#faults + 1] = { path = "/soon", status = 204 }
    faults[#faults + 1] = { path = "/broken", nth = 1, status = 500 }
    faults[#faults + 1] = { path = "/broken", status = 204 }
    faults[#faults + 1] = { path = "/hanging", nth = 1, action = "hang" }
    faults[#faults + 1] = { path = "/hanging", status = 204 }
    faults[#faults + 1] = { method = "POST", path = ("/edge_applications/%d/origins"):format(first), action = "hang",
      apply = true }
    server = support.start({ seed = { edge_applications = 10, origins = 3 }, faults = faults })
  end)
  teardown(function() server:stop() end)

  it("of a DELETE that finds nothing is a success where the first try may have worked", function()
    local client = server:client({ timeout = 1 })
    for index in ipairs(gone) do
      local origins = client:origins(first + index)
      local origin = assert(origins:list()).results[1]
      local deleted, err, response = origins:delete(origin)
      assert.is_true(deleted, index)
      assert.is_nil(err)
      assert.equal(404, response.status)
      assert.equal(2, response.attempts)
      assert.equal(2, origins:list().count)
      -- And without such a first try it is none.
      deleted, err = origins:delete(origin)
      assert.is_nil(deleted)
      assert.equal("not_found", err.kind)
      assert.is_nil(err.maybe_applied)
    end
  end)

  it("of a DELETE that the server did not act on finds what it finds", function()
    for index = 1, 2 do
      local deleted, err = server:client():request("DELETE", "/gone/" .. index)
      assert.is_nil(deleted)
      assert.equal("not_found", err.kind)
      assert.equal(2, err.attempts)
    end
  end)

  it("of a DELETE remembers over other tries that the first may have worked", function()
    local deleted, err, response = server:client():request("DELETE", "/gone/at-last")
    assert.is_nil(err)
    assert.is_true(deleted)
    assert.equal(404, response.status)
    assert.equal(4, response.attempts)
  end)

  it("is not put off past the deadline by jitter", function()
    local waits = {}
    local client = server:client({ on_event = function(event) waits[#waits + 1] = event.wait end })
    assert(client:request("GET", "/edge_applications"))
    client.engine.random = function() return 0.999 end
    local _, err, response = client:request("GET", "/soon", { deadline = 1.24 })
    assert.is_nil(err) -- #time
    assert.equal(2, response.attempts)
    assert.same({ 1 }, waits)
    assert.is_true(response.elapsed >= 1 and response.elapsed < 1.24, response.elapsed)
  end)

  it("is made after a backoff where new connections are refused unread", function()
    -- With no room for bodies, nginx refuses those that come before its settings were seen.
    local declining = web.start({ http2 = true, http = "http2_body_preread_size 0;",
      locations = [[ location / { content_by_lua_block { ngx.req.read_body() ngx.print("{}") } } ]] })
    for _ = 1, 3 do
      local waits = {}
      local client = assert(azion.client({ token = "t", base_url = declining.base_url, ca_file = declining.ca_file,
        max_attempts = 4, on_event = function(event) waits[#waits + 1] = event.wait end }))
      local _, err = client:request("POST", "/", { body = { a = 1 } })
      client:close()
      assert.equal(4, err.attempts)
      assert.is_nil(err.maybe_applied)
      assert.equal(3, #waits)
      for attempt = 1, #waits do
        assert.is_true(waits[attempt] >= 0.05, waits[attempt])
      end
    end
    declining:stop()
  end)

  it("is not made of a POST that may have worked, and the error says so", function()
    local origins = server:client():origins(first)
    local origin, err = origins:create({ name = "one", addresses = { { address = "a.example" } } }, { timeout = 0.4 })
    assert.is_nil(origin)
    assert.equal("timeout", err.kind)
    assert.equal("OPERATION_TIMEDOUT", err.code)
    assert.is_true(err.maybe_applied)
    assert.truthy(tostring(err):find("may have been applied", 1, true))
    assert.equal(4, origins:list().count)
  end)

  it("is paid for", function()
    local client = server:client({ timeout = 1 })
    local quota = client.engine.quota
    assert.equal(500, quota.tokens)
    assert(client:request("GET", "/broken"))
    assert.equal(500 - 5 + 1, quota.tokens)
    assert(client:request("GET", "/hanging"))
    assert.equal(496 - 10 + 1, quota.tokens)
    for _ = 1, 20 do
      assert(client:request("GET", "/broken"))
    end
    assert.equal(500, quota.tokens)
  end)

  it("is made where nothing was sent, whatever the method", function()
    for _, method in ipairs({ "GET", "POST", "PATCH" }) do
      local retries = {}
      local client = server:client({ base_url = "http://127.0.0.1:1", max_attempts = 3, on_event = function(event)
        retries[#retries + 1] = event.type == "retry" and event or nil
      end })
      local started = core.now()
      local body, err = client:request(method, "/x")
      local elapsed = core.now() - started
      assert.is_nil(body)
      assert.equal("network", err.kind)
      assert.equal("COULDNT_CONNECT", err.code)
      assert.equal(3, err.attempts)
      assert.is_true(err.retryable)
      assert.is_nil(err.maybe_applied)
      assert.is_nil(err.status)
      assert.is_nil(err.response)
      assert.equal(2, #retries)
      local waited = 0
      for attempt, event in ipairs(retries) do
        assert.equal("network", event.reason)
        assert.is_true(event.wait >= 0.05 and event.wait <= 0.5 * 2 ^ (attempt - 1), event.wait)
        waited = waited + event.wait
      end
      assert.is_true(elapsed >= waited and elapsed < waited + 2, elapsed) -- #time
    end
  end)
end)
