-- How long a call waits, for the server and for itself: both bounds of every wait.
-- #seconds 15
local core = require("azion.core")
local support = require("spec.support.sandbox")

-- More than this late is late: less than the shortest wait that a mistake would add, and more than a machine stands
-- still that does other things as well.
local margin = 0.9
local most_jitter = 0.25

-- Dates of the documentation's example: the wait does not depend on any local clock.
local function dated(reset, more)
  local headers = { Date = "Thu, 02 Nov 2017 12:30:28 GMT", ["X-RateLimit-Reset"] = reset }
  for name, value in pairs(more or {}) do
    headers[name] = value
  end
  return headers
end

-- Replies 429 and what is to be waited after them; nil: a backoff.
local told = {
  { "seconds", { ["Retry-After"] = "1" }, 1 },
  { "a fraction", { ["Retry-After"] = "0.2" }, 1 },
  { "twice", { ["Retry-After"] = { "0", "1" } }, 1 },
  { "a date", { Date = "Thu, 02 Nov 2017 12:30:28 GMT", ["Retry-After"] = "Thu, 02 Nov 2017 12:30:29 GMT" }, 1 },
  { "before the reset", dated("2017-11-02T12:31:28.675446", { ["Retry-After"] = "1" }), 1 },
  { "reset", dated("2017-11-02T12:30:29.25"), 1.25 },
  { "reset with a zone", dated("2017-11-02 14:30:29.5+02:00"), 1.5 },
  { "nothing", {}, nil },
  { "zero", { ["Retry-After"] = "0" }, nil },
  { "negative", { ["Retry-After"] = "-5" }, nil },
  { "unreadable", { ["Retry-After"] = "soon" }, nil },
  { "past", dated("2017-11-02T12:30:27"), nil },
  { "impossible", dated("2017-02-30T12:30:29"), nil },
}

-- Waits that pass any deadline here.
local long = {
  { "seconds", { ["Retry-After"] = "30" }, 30 },
  { "reset", dated("2017-11-02T12:31:28.675446"), 60.675446 },
  { "a day", { ["Retry-After"] = "86400" }, 86400 },
  { "tomorrow", dated("2017-11-03T12:30:28"), 86400 },
}

describe("a wait", function()
  local server
  setup(function()
    local faults = {}
    for index, case in ipairs(told) do
      faults[#faults + 1] = { path = "/told/" .. index, nth = 1, status = 429, headers = case[2] }
      faults[#faults + 1] = { path = "/told/" .. index, status = 204 }
    end
    for index, case in ipairs(long) do
      faults[#faults + 1] = { path = "/long/" .. index, status = 429, headers = case[2] }
    end
    for _, fault in ipairs({
      { path = "/busy", nth = 1, status = 503, headers = { ["Retry-After"] = "1" } },
      { path = "/busy", status = 204 },
      { path = "/hang", action = "hang" },
      { path = "/slow", delay = 0.5, status = 204 },
      { path = "/always", status = 500 },
    }) do
      faults[#faults + 1] = fault
    end
    server = support.start({ faults = faults })
  end)
  teardown(function() server:stop() end)

  local function seconds_between(path)
    local requests = server:requests(path)
    assert.equal(2, #requests, path)
    return requests[2].time - requests[1].time
  end

  for index, case in ipairs(told) do
    it(("after 429 is as long as told (%s)"):format(case[1]), function()
      local path = "/told/" .. index
      local events = {}
      local client = server:client({ on_event = function(event)
        events[#events + 1] = event.type == "retry" and event or nil
      end })
      -- The server did not act, so a write may be sent again too.
      local body, _, response = client:request(index % 2 == 0 and "POST" or "GET", path)
      assert.is_true(body)
      assert.equal(2, response.attempts)
      assert.equal(1, #events)
      assert.equal("rate_limited", events[1].reason)
      local least, most = case[3] or 0.05, case[3] and case[3] + most_jitter or 0.5
      assert.is_true(events[1].wait >= least and events[1].wait <= most, events[1].wait)
      local waited = seconds_between(path)
      -- The journal has milliseconds.
      assert.is_true(waited >= events[1].wait - 0.002 and waited < events[1].wait + margin, waited) -- #time
    end)
  end

  it("after 503 is as long as told", function()
    assert(server:client():request("GET", "/busy"))
    local waited = seconds_between("/busy")
    assert.is_true(waited >= 0.998 and waited < 1 + most_jitter + margin, waited) -- #time
  end)

  for index, case in ipairs(long) do
    it(("that would pass the deadline is not begun (%s)"):format(case[1]), function()
      local started = core.now()
      local body, err = server:client():request("GET", "/long/" .. index, { deadline = 20 })
      local elapsed = core.now() - started
      assert.is_nil(body)
      assert.equal("rate_limited", err.kind)
      assert.equal(429, err.status)
      assert.equal(1, err.attempts)
      assert.is_true(err.retryable)
      assert.is_true(math.abs(err.retry_after - case[3]) < 0.001, err.retry_after)
      assert.is_true(elapsed < 10, elapsed) -- #time
      assert.equal(1, #server:requests("/long/" .. index))
    end)
  end

  it("for an answer ends with the attempt's timeout", function()
    for _, timeout in ipairs({ 0.2, 0.6 }) do
      local started = core.now()
      local body, err = server:client({ timeout = timeout, max_attempts = 1 }):request("GET", "/hang")
      local elapsed = core.now() - started
      assert.is_nil(body)
      assert.equal("timeout", err.kind)
      assert.equal("OPERATION_TIMEDOUT", err.code)
      assert.is_true(err.retryable)
      assert.is_nil(err.maybe_applied)
      assert.is_true(elapsed >= timeout and elapsed < timeout + margin, elapsed) -- #time
      assert.is_true(err.elapsed >= timeout and err.elapsed <= elapsed, err.elapsed) -- #time
    end
    local started = core.now()
    assert(server:client({ timeout = 5 }):request("GET", "/slow"))
    local elapsed = core.now() - started
    assert.is_true(elapsed >= 0.5 and elapsed < 0.5 + margin, elapsed) -- #time
  end)

  it("for an answer ends with the call's deadline", function()
    local started = core.now()
    local body, err = server:client({ deadline = 0.5 }):request("GET", "/hang")
    local elapsed = core.now() - started
    assert.is_nil(body)
    assert.equal("timeout", err.kind)
    assert.is_true(elapsed >= 0.49 and elapsed < 0.5 + margin, elapsed) -- #time
  end)

  it("between tries ends before the deadline, with the error of the last try", function()
    -- Not by chance: a last try just before the deadline may end after it.
    for _, chance in ipairs({ 0.3, 0.35, 0.4 }) do
      local before = #server:requests("/always")
      local client = server:client({ deadline = 1, max_attempts = 100 })
      client.engine.random = function() return chance end
      local started = core.now()
      local body, err = client:request("GET", "/always")
      local elapsed = core.now() - started
      assert.is_nil(body)
      assert.equal("server", err.kind)
      assert.equal(500, err.status)
      assert.equal(before + err.attempts, #server:requests("/always"))
      assert.is_true(err.attempts >= 1)
      assert.is_true(elapsed < 1 + margin, elapsed) -- #time
    end
  end)

  it("grows from try to try, to no more than its bound", function()
    local waits = {}
    server:client({ max_attempts = 4, on_event = function(event)
      if event.type == "retry" then
        assert.equal("server", event.reason)
        waits[#waits + 1] = event.wait
      end
    end }):request("GET", "/always")
    assert.equal(3, #waits)
    for attempt, wait in ipairs(waits) do
      assert.is_true(wait >= 0.05 and wait <= 0.5 * 2 ^ (attempt - 1), wait)
    end
  end)
end)
