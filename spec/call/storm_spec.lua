-- A server in trouble is not stormed: what a thousand calls at once really send, round by round.
-- #seconds 30
local storm = require "spec.support.storm"
local support = require "spec.support.sandbox"

describe("when the server is down, calls", function()
  local refused, unavailable, half = storm.troubles[1], storm.troubles[2], storm.troubles[3]

  for _, trouble in ipairs { refused, unavailable } do
    it(("make 100 retries and then none: %s"):format(trouble.name), function()
      local requests = storm.curve(trouble, 3)
      assert.same({ 1100, 1000, 1000 }, requests)
    end)
  end

  it(("make as many retries as successes pay for: %s"):format(half.name), function()
    local requests = storm.curve(half, 3)
    -- A success in two requests pays for a fifth of a retry: 1000 / 0.9, and the 500 tokens in the first round.
    assert.is_true(requests[1] > 1170 and requests[1] < 1270, "first round: " .. requests[1])
    for round = 2, 3 do
      assert.is_true(requests[round] > 1080 and requests[round] < 1150, "round " .. round .. ": " .. requests[round])
    end
  end)
end)

describe("after timeouts", function()
  it("a retry takes 10: 50 of them, and then none", function()
    local server = support.start({ http2 = false, faults = { { path = "/hanging", action = "hang" } } })
    local begun = 0
    local client = server:client({ concurrency = 40, timeout = 1.5, pace = false,
      on_event = function(event) begun = begun + (event.type == "request" and 1 or 0) end })
    local _, failed = storm.round(client, "/hanging", 80)
    assert.same({ timeout = 80 }, failed)
    assert.equal(0, client.engine.quota.tokens)
    assert.equal(130, begun)
    storm.round(client, "/hanging", 20)
    assert.equal(150, begun)
    assert.equal(150, #server:requests("/hanging")) -- #time
    server:stop()
  end)
end)

describe("when nobody answers", function()
  it("a call whose deadline passes before its next turn tells of its last try", function()
    local server = support.start({ faults = { { path = "/hanging", action = "hang" } } })
    local client = server:client({ timeout = 1, deadline = 3.5 })
    local _, failures = client:map({ 1, 2, 3, 4, 5, 6 }, function() return client:request("GET", "/hanging") end)
    assert.equal(6, #failures)
    local tried = 0
    for _, failure in ipairs(failures) do
      local err = failure.err
      if err.attempts > 0 then
        tried = tried + 1
        assert.equal("timeout", err.kind)
        assert.equal("OPERATION_TIMEDOUT", err.code)
        assert.is_true(err.elapsed > 0.9 and err.elapsed < 5) -- #time
      end
    end
    assert.is_true(tried >= 3, "tried: " .. tried)
    server:stop()
  end)
end)

describe("when the server is back, successes", function()
  local server, client
  setup(function()
    server = support.start({ http2 = false, faults = { { path = "/down", status = 503 },
      { path = "/hanging", action = "hang" }, { path = "/up", status = 204 } } })
    client = server:client({ concurrency = 32, pace = false })
    storm.round(client, "/down", 200)
  end)
  teardown(function() server:stop() end)

  local function succeed(count)
    assert.equal(count, (storm.round(client, "/up", count)))
  end

  local function requests_of(path)
    local before = #server:requests(path)
    local body, err = client:request("GET", path, { timeout = path == "/hanging" and 0.7 or nil })
    assert.is_nil(body)
    assert.equal(#server:requests(path) - before, err.attempts)
    return err.attempts
  end

  it("give tokens back one by one: five pay for a retry", function()
    assert.equal(0, client.engine.quota.tokens)
    for _ = 1, 3 do
      succeed(4)
      assert.equal(1, requests_of("/down"))
      succeed(1)
      assert.equal(2, requests_of("/down"))
    end
  end)

  it("and ten for one after a timeout", function()
    succeed(9)
    assert.equal(1, requests_of("/hanging"))
    succeed(1)
    assert.equal(2, requests_of("/hanging"))
    assert.equal(0, client.engine.quota.tokens)
  end)

  it("fill the quota again, and no further", function()
    succeed(700)
    local before = #server:requests("/down")
    storm.round(client, "/down", 200)
    assert.equal(before + 300, #server:requests("/down"))
    assert.equal(0, client.engine.quota.tokens)
  end)
end)
