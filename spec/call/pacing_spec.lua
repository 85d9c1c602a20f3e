-- A single caller against a server that counts strictly: it stays within every window, and uses the whole of it.
-- #seconds 15
local core = require("azion.core")
local support = require("spec.support.sandbox")

local function count_status(requests, status)
  local count = 0
  for _, entry in ipairs(requests) do
    count = count + (entry.status == status and 1 or 0)
  end
  return count
end

for _, kind in ipairs({ "fixed", "sliding" }) do
  describe("a caller that keeps pace with " .. kind .. " windows", function()
    local server
    setup(function()
      server = support.start({ seed = 5, window = 1, limits = { read = 10, write = 3, kind = kind } })
    end)
    teardown(function() server:stop() end)

    it("draws no 429, and waits no longer than it must", function()
      local waits = {}
      local origins = server:origins({ on_event = function(event)
        if event.type == "wait" then
          waits[#waits + 1] = event
        end
        assert(event.type ~= "retry")
      end })
      local started = core.now()
      for _ = 1, 35 do
        local _, err, response = origins:list({ page_size = 1 })
        assert.is_nil(err)
        assert.equal(1, response.attempts)
      end
      local elapsed = core.now() - started
      local requests = server:requests()
      assert.equal(35, count_status(requests, 200))
      assert.equal(0, count_status(requests, 429))
      -- 35 calls of 10 a second need three windows' ends. What `Date` rounds off makes each up to a second longer.
      assert.is_true(elapsed >= 3 and elapsed < 7, elapsed) -- #time
      assert.is_true(#waits >= 3)
      for _, event in ipairs(waits) do
        assert.equal("read", event.bucket)
        assert.equal("GET", event.method)
        assert.equal(support.origins_path, event.path)
        assert.equal(0, event.attempt)
        assert.is_true(event.wait > 0 and event.wait <= 2.1, event.wait)
      end
    end)
  end)
end

describe("the budget", function()
  local server
  setup(function()
    server = support.start({ seed = 5, window = 30, limits = { read = 20, write = 2 } })
  end)
  teardown(function() server:stop() end)

  it("is known from the replies, reads and writes apart", function()
    local client = server:client()
    assert.same({}, (client:rate()))
    local origins = client:origins(support.application)
    local _, _, response = origins:list({ page_size = 1 })
    assert.equal(20, response.rate.limit)
    assert.equal(19, response.rate.remaining)
    -- `Date` is cut to the second: what is left of the window is never told too short.
    assert.is_true(response.rate.reset_after >= 29 and response.rate.reset_after <= 31.1, response.rate.reset_after)
    local rate, err = client:rate()
    assert.is_nil(err)
    assert.equal(20, rate.read.limit)
    assert.equal(19, rate.read.remaining)
    assert.is_true(rate.read.reset_after > 28 and rate.read.reset_after <= 31.1, rate.read.reset_after)
    assert.is_nil(rate.write)
    assert(origins:list())
    assert(origins:create({ name = "one", addresses = { { address = "a.example" } } }))
    rate = client:rate()
    assert.equal(18, rate.read.remaining)
    assert.equal(2, rate.write.limit)
    assert.equal(1, rate.write.remaining)
    if math.type then
      assert.equal("integer", math.type(rate.write.limit))
      assert.equal("integer", math.type(rate.write.remaining))
    end
  end)

  it("of writes that is used up stops writes before the deadline would, and not reads", function()
    local client = server:client({ deadline = 5 })
    local origins = client:origins(support.application)
    assert(origins:list({ page_size = 1 }))
    local created, refused = origins:create({ name = "two", addresses = { { address = "a.example" } } })
    assert.is_nil(refused)
    local before = #server:requests()
    local started = core.now()
    local origin, err, response = origins:update(created, { name = "three" })
    local elapsed = core.now() - started
    assert.is_nil(origin)
    assert.is_nil(response)
    assert.equal("rate_limited", err.kind)
    assert.is_nil(err.status)
    assert.is_nil(err.response)
    assert.is_nil(err.maybe_applied)
    assert.equal(0, err.attempts)
    assert.is_true(err.retryable)
    assert.equal("PATCH", err.method)
    assert.is_true(err.retry_after > 20 and err.retry_after <= 31.1, err.retry_after)
    assert.is_true(elapsed < 5, elapsed) -- #time
    assert.equal(before, #server:requests())
    assert(origins:list({ page_size = 1 }))
  end)

  it("is not kept by a client that does not pace", function()
    local client = server:client({ pace = false, deadline = 5 })
    local origins = client:origins(support.application)
    local first = origins:list({ page_size = 1 }).results[1]
    local drawn
    for _ = 1, 3 do
      local _, err = origins:update(first, { name = "again" })
      drawn = err or drawn
    end
    assert.equal("rate_limited", drawn.kind)
    assert.equal(429, drawn.status)
    assert.equal(1, drawn.attempts)
    assert.is_true(drawn.retry_after > 5 and drawn.retry_after <= 31, drawn.retry_after)
    assert.truthy(drawn.message:find("throttled", 1, true))
    assert.is_table(client:rate().read)
  end)
end)

describe("a client that does not pace", function()
  local server
  setup(function() server = support.start({ seed = 5, window = 1, limits = { read = 5, write = 5 } }) end)
  teardown(function() server:stop() end)

  it("draws 429 and survives it", function()
    local retries = 0
    local origins = server:origins({ pace = false, on_event = function(event)
      assert(event.type ~= "wait")
      retries = retries + (event.type == "retry" and 1 or 0)
    end })
    for _ = 1, 12 do
      assert(origins:list({ page_size = 1 }))
    end
    local requests = server:requests()
    assert.equal(12, count_status(requests, 200))
    assert.is_true(count_status(requests, 429) >= 2) -- #time
    assert.equal(retries, count_status(requests, 429))
  end)
end)

describe("replies without a rate", function()
  local server
  setup(function() server = support.start({ seed = 5 }) end)
  teardown(function() server:stop() end)

  it("hold nobody up", function()
    local client = server:client()
    local started = core.now()
    for _ = 1, 100 do
      assert(client:request("GET", "/edge_applications"))
    end
    local elapsed = core.now() - started
    assert.is_true(elapsed < 3, elapsed) -- #time
    assert.same({}, (client:rate()))
  end)
end)

describe("a call that is cancelled in flight", function()
  it("counts as sent", function()
    local server = support.start({ seed = 10, window = 4, limits = { read = 10, write = false }, latency = 0.3 })
    local refused = 0
    local client = server:client({ concurrency = 10, on_event = function(event)
      refused = refused + (event.status == 429 and 1 or 0)
    end })
    local origins = client:origins(support.application)
    for _ = 1, 4 do
      assert(origins:list()) -- the window is known
    end
    -- The first page comes, and more are asked for when the loop ends: five reads are left, or fewer.
    for _ in origins:each({ page_size = 2, prefetch = 4 }) do
      break
    end
    collectgarbage()
    collectgarbage()
    local _, failures = client:map({ 1, 2, 3, 4, 5, 6, 7, 8, 9 }, function() return origins:list() end)
    assert.equal(0, #failures)
    assert.equal(0, refused)
    assert.is_true(#server:requests() >= 4 + 1 + 4 + 9 - 1)
    server:stop()
  end)
end)

describe("a window that has ended by the reply's own date", function()
  it("is told as 0 seconds, in the response and by the client", function()
    local headers = { ["X-RateLimit-Limit"] = "7", ["X-RateLimit-Remaining"] = "3",
      ["X-RateLimit-Reset"] = "2001-02-03T04:05:06Z" }
    local server = support.start { faults = { { method = "GET", status = 200, body = "{}", headers = headers } } }
    local client = server:client()
    local _, _, response = client:request("GET", "/domains")
    assert.same({ limit = 7, remaining = 3, reset_after = 0 }, response.rate)
    local read = client:rate().read
    assert.is_true((read.reset_after or 0) >= 0, read.reset_after)
    server:stop()
  end)
end)
