-- The budget in real time, against the sandbox's strict count: no call is refused, and the windows are used up.
-- #seconds 25
local core = require "azion.core"
local support = require "spec.support.sandbox"

local window, limit, windows = 2, 20, 6

local function read_many(server, calls)
  local client = server:client { concurrency = 16 }
  local origins = client:origins(support.application)
  local items = {}
  for index = 1, calls do
    items[index] = index
  end
  local before = core.now()
  local _, failures = client:map(items, function()
    return origins:list { page_size = 1 }
  end)
  assert.same({}, failures)
  return core.now() - before
end

describe("the budget, in real time", function()
  it("uses the whole of every fixed window and draws no 429", function()
    local server = support.start { seed = 5, window = window, limits = { kind = "fixed", read = limit, write = limit } }
    local seconds = read_many(server, windows * limit)
    local fewest = (windows - 1) * window
    assert.equal(0, server:refused())
    assert.is_true(seconds >= fewest - 0.05, "too fast: " .. seconds)
    assert.is_true(seconds < fewest + window, "lost a window: " .. seconds) -- #time
    server:stop()
  end)

  it("draws no 429 where windows slide", function()
    local limits = { kind = "sliding", read = limit, write = limit }
    local server = support.start { seed = 5, window = window, limits = limits }
    local seconds = read_many(server, 4 * limit)
    assert.equal(0, server:refused())
    assert.is_true(seconds >= 3 * window - 0.05, "too fast: " .. seconds)
    -- The Date header hides up to a second of each window.
    assert.is_true(seconds <= 3 * (window + 1) + 0.5, "too slow: " .. seconds) -- #time
    server:stop()
  end)

  it("waits out what other clients take, without a stampede", function()
    local server = support.start { seed = 5, window = window, limits = { read = limit, write = limit } }
    local greedy = server:client { pace = false, max_attempts = 1 }:origins(support.application)
    local client = server:client { concurrency = 8 }
    local origins = client:origins(support.application)
    assert(origins:list { page_size = 1 })
    for _ = 1, limit - 4 do
      assert(greedy:list { page_size = 1 })
    end
    local items = {}
    for index = 1, 2 * limit do
      items[index] = index
    end
    local _, failures = client:map(items, function()
      return origins:list { page_size = 1 }
    end)
    assert.same({}, failures)
    -- It thought that nearly all was left: what it sent before it knew better is at most what it has in flight.
    assert.is_true(server:refused() <= 8, "refused: " .. server:refused())
    server:stop()
  end)
end)
