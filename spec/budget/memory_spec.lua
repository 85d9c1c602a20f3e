local generator = require "spec.support.random"
local memory = require "azion.budget.memory"

local limit, window = 20, 60

-- Servers that count strictly. `take(at)` counts a call at the server's time, and gives whether it was let in, what
-- is left, and the reset that it tells.
local servers = {}

function servers.fixed_from_first_call(most, length)
  local ends, used = -math.huge, 0
  return function(at)
    if at >= ends then
      ends, used = at + length, 0
    end
    used = used + 1
    return used <= most, math.max(0, most - used), ends, ends
  end
end

function servers.fixed_aligned(most, length)
  local ends, used = -math.huge, 0
  return function(at)
    if at >= ends then
      ends, used = (math.floor(at / length) + 1) * length, 0
    end
    used = used + 1
    return used <= most, math.max(0, most - used), ends, ends
  end
end

function servers.sliding(most, length)
  local calls = {}
  return function(at)
    while calls[1] and calls[1] + length <= at do
      table.remove(calls, 1)
    end
    if #calls >= most then
      return false, 0, at + length
    end
    calls[#calls + 1] = at
    return true, most - #calls, at + length
  end
end

local function rate_of(most, left, reset, server_now)
  local date = math.floor(server_now)
  return { limit = most, remaining = left, reset = reset, date = date, reset_after = reset - date }
end

-- Runs calls through a budget against a server, on an invented clock.
local function simulate(options)
  local budget, take = options.budget or memory.new(), options.take
  local random = generator(options.seed or 1)
  local now, events, started, ended, in_flight = options.start or 1000, {}, 0, 0, 0
  local report = { refused = 0, windows = {}, first = now }

  local function at(time, event)
    local index = #events + 1
    while index > 1 and events[index - 1].time > time do
      events[index] = events[index - 1]
      index = index - 1
    end
    events[index] = { time = time, run = event }
  end

  local function latency()
    return options.latency * (0.1 + 0.9 * random())
  end

  local function answer(reply)
    in_flight, ended = in_flight - 1, ended + 1
    budget:settle("write", reply, now)
  end

  local function arrive(number)
    local server_now = now + options.offset
    local let_in, left, reset, counted_in = take(server_now)
    if counted_in then
      report.windows[counted_in] = (report.windows[counted_in] or 0) + 1
    end
    report.refused = report.refused + (let_in and 0 or 1)
    local reply = { sent = true, status = let_in and 200 or 429,
      rate = rate_of(options.limit or limit, left, reset, server_now),
      blocked = not let_in and reset - server_now or nil }
    if options.lose and options.lose(number) then
      reply = { sent = true }
    end
    at(now + latency(), function() answer(reply) end)
  end

  while ended < options.calls do
    local wait
    while in_flight < options.concurrency and started < options.calls do
      local taken
      taken, wait = budget:reserve("write", now)
      if not taken then
        break
      end
      started, in_flight = started + 1, in_flight + 1
      local number = started
      at(now + latency(), function() arrive(number) end)
    end
    assert(wait or events[1], "nothing left to wait for")
    assert(not wait or wait > 0, "a wait of nothing")
    if wait and (not events[1] or now + wait < events[1].time) then
      now = now + math.max(wait, 1e-6) -- a clock never stands still
    else
      local event = table.remove(events, 1)
      now = event.time
      event.run()
    end
  end
  report.elapsed = now - report.first
  return report
end

describe("one client alone", function()
  local calls = 310
  for name, new_server in pairs(servers) do
    for _, concurrency in ipairs { 1, 3, 8, 40 } do
      for _, latency in ipairs { 0.01, 0.4, 3 } do
        it(("never draws a 429, and wastes nothing: %s, %d at once, replies within %g s"):format(name, concurrency,
          latency * 2), function()
          for seed = 1, 4 do
            local offset = ({ 0, 0.9, -86400.3, 1.7e9 + 0.5 })[seed]
            local report = simulate { take = new_server(limit, window), calls = calls, concurrency = concurrency,
              latency = latency, offset = offset, seed = seed, start = 1000 + seed * 13.7 }
            assert.equal(0, report.refused)
            -- 310 calls fill 15 windows and begin a 16th; an aligned one may have begun before the first call.
            -- For each window the server's clock may be known a second late, and a reply has to travel.
            local filling = math.ceil(calls / limit) * limit / concurrency * latency * 2
            assert.is_true(report.elapsed <= 15 * (window + 1 + 2 * latency) + filling, report.elapsed .. " s")
            assert.is_true(report.elapsed >= 14 * window)
            if concurrency * window / latency > 4 * limit then
              local full = 0
              for _, used in pairs(report.windows) do
                full = full + (used == limit and 1 or 0)
              end
              assert.is_true(name == "sliding" or full >= 14, full .. " full windows")
            end
          end
        end)
      end
    end
  end

  it("finds the window's end to a fraction of a second after some replies", function()
    -- Date is cut to seconds: only many replies tell the clock closely.
    local report = simulate { take = servers.fixed_from_first_call(limit, window), calls = 200, concurrency = 1,
      latency = 0.2, offset = 0.95, seed = 3 }
    assert.equal(0, report.refused)
    assert.is_true(report.elapsed <= 9 * (window + 0.6) + 10, report.elapsed .. " s")
  end)

  for name, new_server in pairs(servers) do
    for _, concurrency in ipairs { 1, 2, 8, 16 } do
      it(("never draws a 429 though calls stay without an answer: %s, %d at once"):format(name, concurrency), function()
        for _, size in ipairs { { 20, 60 }, { 3, 10 }, { 200, 60 } } do
          for seed = 1, 3 do
            for _, latency in ipairs { 0.01, 0.5, 4 } do
              for _, every in ipairs { 5, 11 } do
                local report = simulate { take = new_server(size[1], size[2]), limit = size[1],
                  calls = math.min(200, size[1] * 8), concurrency = concurrency, latency = latency, seed = seed * 77,
                  offset = seed * 0.37 + (seed - 1) * 86400, start = 1000 + seed * 17.3,
                  lose = function(number) return number > 1 and number % every == 0 end }
                assert.equal(0, report.refused)
              end
            end
          end
        end
      end)
    end
  end

  it("is held up by no more than a slot a window for calls without an answer", function()
    for name, new_server in pairs(servers) do
      for _, concurrency in ipairs { 1, 8 } do
        local report = simulate { take = new_server(limit, window), calls = 200, concurrency = concurrency,
          latency = 0.3, offset = 0.4, seed = 5, lose = function(number) return number > 1 and number % 7 == 0 end }
        assert.is_true(report.elapsed <= 11 * (window + 2), name .. ": " .. report.elapsed)
      end
    end
  end)

  it("draws none though it does not get a first answer", function()
    local report = simulate { take = servers.fixed_from_first_call(limit, window), calls = 100, concurrency = 8,
      latency = 0.3, offset = 0, seed = 5, lose = function(number) return number <= 3 end }
    assert.equal(0, report.refused)
  end)

  it("works with a limit of 1", function()
    for name, new_server in pairs(servers) do
      local report = simulate { take = new_server(1, 2), limit = 1, calls = 20, concurrency = 5, latency = 0.05,
        offset = 0.3, seed = 2 }
      assert.equal(0, report.refused, name)
      assert.is_true(report.elapsed >= 19 * 2 - 2 and report.elapsed <= 19 * 3.2, name .. ": " .. report.elapsed)
    end
  end)
end)

describe("several clients of one account", function()
  it("all get their calls through, with few refusals, each of which is waited for", function()
    local take = servers.fixed_from_first_call(limit, window)
    local other = 0
    local function shared(at)
      other = other + 1
      if other % 3 == 0 then
        take(at) -- somebody else
      end
      return take(at)
    end
    local report = simulate { take = shared, calls = 200, concurrency = 4, latency = 0.2, offset = 0, seed = 9 }
    assert.is_true(report.refused <= 30, report.refused .. " refused")
    assert.is_true(report.elapsed >= 9 * window and report.elapsed <= 25 * window, report.elapsed .. " s")
  end)
end)

describe("reserve and settle", function()
  local budget, now, date

  before_each(function()
    budget, now, date = memory.new(), 500, 1509625828
  end)

  -- A reply: the server's clock is `date` at local time 500.
  local function settle(left, reset_in, options)
    options = options or {}
    local server_now = date + now - 500
    budget:settle(options.bucket or "write", { sent = true, status = options.status or 200, blocked = options.blocked,
      rate = rate_of(options.limit or limit, left, server_now + reset_in, server_now) }, now)
  end

  local function reserve(bucket)
    return budget:reserve(bucket or "write", now)
  end

  it("let the first call go alone", function()
    assert.is_true(reserve())
    local taken, wait = reserve()
    assert.is_false(taken)
    assert.is_nil(wait)
    settle(19, 60)
    for _ = 1, 19 do
      assert.is_true((reserve()))
    end
    assert.is_false((reserve()))
  end)

  it("let calls go side by side from the first reply on, whatever its status, where it tells of no limit", function()
    for _, status in ipairs { 200, 404, 500 } do
      budget = memory.new()
      assert.is_true((reserve()))
      assert.is_false((reserve()))
      budget:settle("write", { sent = true, status = status }, now)
      for _ = 1, 30 do
        assert.is_true((reserve()))
      end
    end
  end)

  it("let one call go first after a 429 without a known limit, and at its success the others", function()
    assert.is_true((reserve()))
    budget:settle("write", { sent = true, status = 200 }, now)
    assert.is_true((reserve()))
    assert.is_true((reserve()))
    budget:settle("write", { sent = true, status = 429, blocked = 5 }, now)
    budget:settle("write", { sent = true, status = 200 }, now) -- was sent before
    assert.same({ false, 5 }, { reserve() })
    now = now + 5
    assert.is_true((reserve()))
    assert.is_false((reserve()))
    budget:settle("write", { sent = true, status = 503 }, now)
    assert.is_true((reserve()))
    assert.is_false((reserve()))
    budget:settle("write", { sent = true, status = 200 }, now)
    assert.is_true((reserve()))
    assert.is_true((reserve()))
  end)

  it("let the next call go alone as long as nothing was told", function()
    for _ = 1, 3 do
      assert.is_true((reserve()))
      assert.is_false((reserve()))
      budget:settle("write", { sent = true }, now) -- no reply
    end
    assert.is_true((reserve()))
    assert.is_false((reserve()))
    budget:settle("write", { sent = false }, now)
    assert.is_true((reserve()))
    assert.is_false((reserve()))
  end)

  it("keep buckets apart", function()
    assert.is_true((reserve()))
    settle(0, 60)
    assert.is_false((reserve()))
    assert.is_true((reserve("read")))
    settle(79, 60, { bucket = "read", limit = 80 })
    for _ = 1, 79 do
      assert.is_true((reserve("read")))
    end
    assert.is_false((reserve("read")))
    assert.is_true((reserve("purge")))
  end)

  it("wait until the reset when nothing is left, and never less", function()
    reserve()
    settle(0, 60)
    local taken, wait = reserve()
    assert.is_false(taken)
    assert.near(60, wait, 1e-3)
    now = now + 59.9
    taken, wait = reserve()
    assert.is_false(taken)
    assert.near(0.1, wait, 1e-3)
    now = now + 0.2
    assert.is_true((reserve()))
  end)

  it("wait a second longer rather than too short where Date was cut", function()
    for _, fraction in ipairs { 0, 0.25, 0.5, 0.999 } do
      budget = memory.new()
      reserve()
      local server_now = date + fraction
      budget:settle("write", { sent = true, status = 200, rate = rate_of(limit, 0, server_now + 30, server_now) }, now)
      local _, wait = reserve()
      assert.is_true(wait >= 30 - 1e-3 and wait <= 31 + 1e-3, wait)
    end
  end)

  it("keep the best view of the server's clock, whichever reply gave it", function()
    reserve()
    settle(0, 60) -- whose `Date` is right
    now = now + 0.9
    reserve("read")
    settle(9, 60, { bucket = "read" }) -- whose `Date` is cut by 0.9 s
    assert.near(59.1, select(2, reserve()), 1e-3)
  end)

  it("count a slot whose call never left as free", function()
    reserve()
    settle(1, 60)
    assert.is_true((reserve()))
    assert.is_false((reserve()))
    budget:settle("write", { sent = false }, now)
    assert.is_true((reserve()))
    assert.is_false((reserve()))
  end)

  it("do not care which day the server has", function()
    for _, day in ipairs { -86400, 0, 86400, 40 * 365 * 86400 } do
      budget, date = memory.new(), 1509625828 + day
      reserve()
      settle(0, 45)
      assert.near(45, select(2, reserve()), 1e-3)
    end
  end)

  it("do with the local clock where there is no Date", function()
    reserve()
    budget:settle("write", { sent = true, status = 200,
      rate = { limit = limit, remaining = 0, reset = 5000, reset_after = 12 } }, now)
    assert.near(12, select(2, reserve()), 1e-3)
    now = now + 12.001
    assert.is_true((reserve()))
  end)

  it("believe the newest reply, though an older one comes after it", function()
    reserve()
    settle(19, 60)
    for _ = 1, 3 do
      assert.is_true((reserve()))
    end
    settle(16, 60)
    settle(17, 60)
    settle(18, 60)
    for _ = 1, 16 do
      assert.is_true((reserve()))
    end
    assert.is_false((reserve()))
  end)

  it("see what others take of the same account", function()
    reserve()
    settle(4, 60)
    for _ = 1, 4 do
      assert.is_true((reserve()))
    end
    assert.is_false((reserve()))
    settle(0, 60)
    for _ = 1, 3 do
      settle(0, 60)
    end
    local taken, wait = reserve()
    assert.is_false(taken)
    assert.near(60, wait, 1e-3)
  end)

  it("use more when the limit has grown", function()
    reserve()
    settle(0, 60)
    now = now + 60.01
    assert.is_true((reserve()))
    settle(39, 60, { limit = 40 })
    for _ = 1, 39 do
      assert.is_true((reserve()))
    end
    assert.is_false((reserve()))
  end)

  it("use less when the limit has shrunk", function()
    reserve()
    settle(0, 60)
    now = now + 60.01
    assert.is_true((reserve()))
    settle(4, 60, { limit = 5 })
    for _ = 1, 4 do
      assert.is_true((reserve()))
    end
    assert.is_false((reserve()))
  end)

  it("wait for the window if the limit has shrunk below what was used", function()
    reserve()
    settle(19, 60)
    for _ = 1, 10 do
      assert.is_true((reserve()))
    end
    for used = 2, 11 do
      settle(math.max(0, 5 - used), 60, { limit = 5 })
    end
    local taken, wait = reserve()
    assert.is_false(taken)
    assert.near(60, wait, 1e-3)
    now = now + 60.01
    assert.is_true((reserve()))
  end)

  it("wait for the window if the limit is 0", function()
    reserve()
    settle(0, 60, { limit = 0 })
    local taken, wait = reserve()
    assert.is_false(taken)
    assert.near(60, wait, 1e-3)
  end)

  it("hold nothing back when the headers have gone", function()
    reserve()
    settle(1, 60)
    assert.is_true((reserve()))
    budget:settle("write", { sent = true, status = 200, rate = {} }, now)
    for _ = 1, 100 do
      assert.is_true((reserve()))
    end
  end)

  it("hold nobody back for ever after a failure without headers", function()
    reserve()
    settle(1, 60)
    assert.is_true((reserve()))
    budget:settle("write", { sent = true, status = 502, rate = {} }, now)
    now = now + 61
    for _ = 1, 20 do
      assert.is_true((reserve()))
    end
    assert.is_false((reserve()))
  end)

  it("wait as long as a 429 told", function()
    reserve()
    settle(19, 60)
    assert.is_true((reserve()))
    settle(0, 60, { status = 429, blocked = 7 })
    local taken, wait = reserve()
    assert.is_false(taken)
    assert.is_true(wait >= 7)
    now = now + 6.9
    assert.is_false((reserve()))
  end)

  it("wait as long as a 429 without a reset told", function()
    assert.is_true((reserve()))
    budget:settle("write", { sent = true, status = 429, rate = {}, blocked = 7 }, now)
    local taken, wait = reserve()
    assert.is_false(taken)
    assert.near(7, wait, 1e-6)
    now = now + 7
    assert.is_true((reserve()))
  end)

  it("never wait less because a later 429 told less", function()
    assert.is_true((reserve()))
    settle(19, 60)
    reserve()
    reserve()
    budget:settle("write", { sent = true, status = 429, rate = {}, blocked = 9 }, now)
    budget:settle("write", { sent = true, status = 429, rate = {}, blocked = 2 }, now)
    assert.is_true(select(2, reserve()) >= 9)
  end)

  it("learn from replies to calls that took no slot", function()
    local server_now = date
    budget:observe("write", { sent = true, status = 200, rate = rate_of(limit, 0, server_now + 30, server_now) }, now)
    local taken, wait = reserve()
    assert.is_false(taken)
    assert.near(30, wait, 1e-3)
  end)

  it("tell what is known", function()
    assert.same({}, budget:snapshot(now))
    reserve()
    assert.same({}, budget:snapshot(now))
    settle(19, 60)
    local rate = budget:snapshot(now).write
    assert.equal(limit, rate.limit)
    assert.equal(19, rate.remaining)
    assert.near(60, rate.reset_after, 1e-3)
    reserve()
    now = now + 20
    rate = budget:snapshot(now).write
    assert.equal(18, rate.remaining)
    assert.near(40, rate.reset_after, 1e-3)
    settle(18, 40)
    now = now + 41
    rate = budget:snapshot(now).write
    assert.equal(limit, rate.remaining)
    assert.equal(0, rate.reset_after)
    assert.is_nil(budget:snapshot(now).read)
  end)
end)
