-- What on_event is told, in which order.
local support = require("spec.support.sandbox")

describe("events", function()
  local server
  setup(function()
    server = support.start({ seed = 3, limits = { read = 2, write = false }, window = 1, faults = {
      { path = "/trouble", nth = 1, status = 502 },
      { path = "/trouble", nth = 2, action = "reset" },
      { path = "/trouble", status = 204 },
      { path = "/limited", nth = 1, status = 429, headers = { ["Retry-After"] = "1" } },
      { path = "/limited", status = 204 },
      { path = "/denied", status = 403 },
      { path = "/hang", action = "hang" },
      { path = "/failing", status = 502 },
      { path = "/lies", action = "garbage" },
    } })
  end)
  teardown(function() server:stop() end)

  local events
  local function client_with(options)
    events = {}
    local settings = { on_event = function(event) events[#events + 1] = event end }
    for name, value in pairs(options or {}) do
      settings[name] = value
    end
    return server:client(settings)
  end

  local function types()
    local names = {}
    for index, event in ipairs(events) do
      names[index] = event.type
    end
    return names
  end

  -- Compares all fields but those that are times, which are checked for their range.
  local function assert_event(expected, event)
    local rest = {}
    for name, value in pairs(event) do
      rest[name] = value
    end
    if event.type == "response" then
      assert.is_true(event.elapsed >= 0 and event.elapsed < 5, event.elapsed) -- #time
    end
    rest.elapsed, rest.wait = nil, nil
    assert.same(expected, rest)
  end

  it("of a success are request and response", function()
    assert(client_with():request("POST", support.origins_path, { body = { name = "x", origin_type = "object_storage",
      bucket = "b" }, query = { flag = 1 } }))
    assert.same({ "request", "response" }, types())
    assert_event({ type = "request", method = "POST", path = support.origins_path, attempt = 1 }, events[1])
    assert_event({ type = "response", method = "POST", path = support.origins_path, attempt = 1, status = 201 },
      events[2])
  end)

  it("of retries tell the reason and the wait", function()
    assert(client_with():request("GET", "/trouble"))
    assert.same({ "request", "response", "retry", "request", "response", "retry", "request", "response" }, types())
    assert_event({ type = "response", method = "GET", path = "/trouble", attempt = 1, status = 502, kind = "server" },
      events[2])
    assert_event({ type = "retry", method = "GET", path = "/trouble", attempt = 1, reason = "server" }, events[3])
    assert.is_true(events[3].wait >= 0.05 and events[3].wait <= 0.5, events[3].wait)
    assert_event({ type = "request", method = "GET", path = "/trouble", attempt = 2 }, events[4])
    assert.equal("string", type(events[5].code))
    assert_event({ type = "response", method = "GET", path = "/trouble", attempt = 2, kind = "network",
      code = events[5].code }, events[5])
    assert_event({ type = "retry", method = "GET", path = "/trouble", attempt = 2, reason = "network" }, events[6])
    assert_event({ type = "response", method = "GET", path = "/trouble", attempt = 3, status = 204 }, events[8])

    assert(client_with({ pace = false }):request("GET", "/limited"))
    assert.same({ "request", "response", "retry", "request", "response" }, types())
    assert_event({ type = "response", method = "GET", path = "/limited", attempt = 1, status = 429,
      kind = "rate_limited" }, events[2])
    assert_event({ type = "retry", method = "GET", path = "/limited", attempt = 1, reason = "rate_limited" }, events[3])
    assert.is_true(events[3].wait >= 1 and events[3].wait <= 1.25, events[3].wait)
  end)

  it("of a failure end with its kind", function()
    local client = client_with({ max_attempts = 1 })
    client:request("GET", "/denied")
    client:request("POST", "/hang", { timeout = 0.2 })
    client:request("GET", "/lies")
    assert.same({ "request", "response", "request", "response", "request", "response" }, types())
    assert_event({ type = "response", method = "GET", path = "/denied", attempt = 1, status = 403, kind = "forbidden" },
      events[2])
    assert_event({ type = "response", method = "POST", path = "/hang", attempt = 1, kind = "timeout",
      code = "OPERATION_TIMEDOUT" }, events[4])
    assert.is_true(events[4].elapsed >= 0.2 and events[4].elapsed < 2.5, events[4].elapsed) -- #time
    assert_event({ type = "response", method = "GET", path = "/lies", attempt = 1, status = 200, kind = "protocol" },
      events[6])
  end)

  it("of what is refused are none", function()
    local client = client_with()
    client:origins(1):get("..")
    client:request("GET", "//")
    client:close()
    client:request("GET", "/")
    assert.same({}, events)
  end)

  it("of a wait for the window tell how long and for which bucket", function()
    local origins = client_with():origins(support.application)
    for _ = 1, 3 do
      assert(origins:list())
    end
    assert.same({ "request", "response", "request", "response", "wait", "request", "response" }, types())
    assert_event({ type = "wait", method = "GET", path = support.origins_path, attempt = 0, bucket = "read" },
      events[5])
    assert.is_true(events[5].wait > 0 and events[5].wait <= 2.1, events[5].wait)
  end)

  it("of a wait come once, however often the call looks for its slot", function()
    local slow = support.start { limits = { read = 2 }, window = 2, latency = 0.1 }
    local client = slow:client { on_event = function(event) events[#events + 1] = event end }
    assert(client:request("GET", "/edge_applications"))
    events = {}
    -- The second one waits for the window; the reply to the first has it look again.
    local _, failures = client:map({ 1, 2 }, function() return client:request("GET", "/edge_applications") end)
    slow:stop()
    assert.same({}, failures)
    assert.same({ "request", "wait", "response", "request", "response" }, types())
  end)

  it("end with the answer that is there when their function closes the client", function()
    local names, client = {}, nil
    client = server:client { on_event = function(event)
      names[#names + 1] = event.type
      if event.type == "response" then
        client:close()
      end
    end }
    local _, err = client:request("DELETE", "/failing")
    assert.equal(502, err.status)
    assert.same({ "request", "response" }, names)
  end)

  it("may be told to a function that fails", function()
    local told = 0
    local client = server:client({ on_event = function(event)
      told = told + 1
      error(event)
    end })
    assert(client:request("POST", support.origins_path, { body = { name = "y", origin_type = "object_storage",
      bucket = "b" } }))
    assert.equal(2, told)
  end)

  it("may be changed by whoever gets them", function()
    local client = server:client({ on_event = function(event)
      for name in pairs(event) do
        event[name] = nil
      end
    end })
    assert(client:request("DELETE", support.origins_path .. "/x", { max_attempts = 1 }) == nil)
    local _, err = client:request("GET", "/denied")
    assert.equal("forbidden", err.kind)
    assert.equal("/denied", err.path)
  end)
end)
