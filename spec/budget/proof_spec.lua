-- The real budget module against a model server, both on a virtual clock: one client alone draws no 429 and
-- uses the whole of every window, whatever the latency, the phase of the window and the order of the replies.
local generator = require "spec.support.random"
local memory = require "azion.budget.memory"
local rate_server = require "spec.support.rate_server"

local calls, window, seeds = 1000, 60, 50

-- Runs `calls` calls, at most `width` in flight; each way takes up to `latency` seconds.
local function run(server, width, latency, random)
  local budget = memory.new()
  local begun = 1000 * random()
  local now, last, sent, in_flight = begun, begun, 0, 0
  local events, timer = {}, nil

  local function fill()
    timer = nil
    while in_flight < width and sent < calls do
      local taken, wait = budget:reserve("read", now)
      if not taken then
        assert(wait or in_flight > 0, "waits for a reply, and none is due")
        timer = wait and now + wait
        return
      end
      sent, in_flight = sent + 1, in_flight + 1
      events[#events + 1] = { time = now + latency * random(), arrives = true }
    end
  end

  local function next_event()
    local first
    for index = 1, #events do
      if not first or events[index].time < events[first].time then
        first = index
      end
    end
    if timer and (not first or timer < events[first].time) then
      now = timer
      return nil
    end
    now = events[first].time
    return table.remove(events, first)
  end

  fill()
  while timer or #events > 0 do
    local event = next_event()
    if event and event.arrives then
      local answer = rate_server.receive(server, now)
      events[#events + 1] = { time = now + latency * random(), answer = answer }
    elseif event then
      in_flight, last = in_flight - 1, now
      budget:settle("read", event.answer, now)
    end
    fill()
  end
  return last - begun
end

local function trial(kind, limit, seed)
  local random = generator(seed)
  local width = math.floor(2 ^ (random() * 5.999 - 0.5) + 0.5)
  -- No slower than what lets one window's calls through within the window.
  local latency = math.min(0.4, 0.35 * window * width / limit) * random()
  local server = rate_server.new { kind = kind, limit = limit, window = window, phase = window * random(),
    offset = 86400 * 400 * random() }
  local seconds = run(server, width, latency, random)
  local name = ("%s, limit %d, seed %d, width %d, latency %.3f"):format(kind, limit, seed, width, latency)
  return server, seconds, latency, name
end

describe("the budget of one client alone, by virtual clock", function()
  for _, kind in ipairs { "first_call", "aligned", "sliding" } do
    for _, limit in ipairs { 20, 80, 200 } do
      it(("draws no 429 and wastes no window: %s windows of %d calls"):format(kind, limit), function()
        for seed = 1, seeds do
          local server, seconds, latency, name = trial(kind, limit, seed)
          assert.are.equal(0, server.throttled, name)
          assert.are.equal(calls, server.accepted, name)
          -- All windows but the first and the last are whole; the first of a server's own clock may have been
          -- half over when we came.
          local windows = math.ceil(calls / limit)
          if kind ~= "sliding" then
            assert.is_true(server.windows <= windows + (kind == "aligned" and 1 or 0), name .. ": " .. server.windows)
          end
          -- The Date header hides up to a second of each window from us; a call takes two ways.
          local fewest = kind == "aligned" and windows - 2 or windows - 1
          assert.is_true(seconds >= fewest * window - 0.001, name .. ": too fast: " .. seconds)
          local longest = windows * (window + 1 + 2 * latency) + 2 * latency
          assert.is_true(seconds <= longest, name .. ": too slow: " .. seconds)
        end
      end)
    end
  end
end)
