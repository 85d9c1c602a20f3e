-- Many holders of one budget by virtual clock: the real budgets against a server that counts strictly. No 429, and
-- nothing wasted, whatever the latency, the clocks and the kind of window.
-- #seconds 15
local fleet = require "spec.support.fleet"

-- With the collector always at work, all twelve take more than an hour.
local seeds = os.getenv("SPEC_COLLECTS") and 4 or 12

local function trial(kind, keep, seed)
  local sizes, limits, lengths = { 1, 3, 8, 20 }, { 20, 60, 200 }, { 3, 60 }
  local options = {
    kind = kind, keep = keep, seed = seed, machines = sizes[seed % #sizes + 1], limit = limits[seed % #limits + 1],
    window = lengths[seed % #lengths + 1], windows = 8, callers = 1 + seed % 5, offset = (seed - 6) * 1000 + seed / 7,
  }
  -- Fast enough to make a window's calls in a third of it.
  options.latency = math.min(0.4, 0.16 * options.window * options.callers * options.machines / options.limit)
  local name = ("%s in %s, seed %d: %d machines with %d calls at once, limit %d, window %d, latency %.3f"):format(kind,
    keep, seed, options.machines, options.callers, options.limit, options.window, options.latency)
  return fleet.run(options), name, options
end

describe("a fleet on one budget, by virtual clock", function()
  for _, keep in ipairs { "redis", "dict" } do
    for _, kind in ipairs { "aligned", "first_call", "sliding" } do
      it(("draws no 429 where windows are %s, budget in %s"):format(kind, keep), function()
        for seed = 1, seeds do
          local result, name, options = trial(kind, keep, seed)
          assert.are.equal(0, result.refused, name)
          -- Date hides up to a second of each window that begins with the first call, or slides.
          local length = kind == "aligned" and options.window or options.window + 1 + 4 * options.latency
          local fewest = math.floor(options.windows * options.window / length - 1) * options.limit
          if kind == "sliding" then
            fewest = fewest / 2
          else
            assert.is_true(result.share >= 0.98, name .. ": used " .. result.share)
          end
          assert.is_true(result.accepted >= fewest, ("%s: %d of %d"):format(name, result.accepted, fewest))
          assert.is_true(result.accepted <= (options.windows + 2) * options.limit, name)
        end
      end)
    end
  end

  for _, keep in ipairs { "redis", "dict" } do
    it("draws no 429 for calls that are under way when a window ends, budget in " .. keep, function()
      for seed = 1, seeds do
        local options = { kind = "aligned", keep = keep, seed = seed, machines = 20, callers = 8, limit = 60,
          windows = 12, latency = 0.3 + seed % 13 / 4, bursts = true }
        local result = fleet.run(options)
        assert.are.equal(0, result.refused, "seed " .. seed)
        -- 160 calls in two windows: those that come first, and those that wait.
        assert.is_true(result.accepted >= 4 * 120 and result.accepted <= 14 * 60, "accepted: " .. result.accepted)
      end
    end)
  end

  it("is refused again and again where each keeps a budget of its own", function()
    local result = fleet.run { kind = "aligned", keep = "apart", machines = 8, limit = 60, window = 3, windows = 8 }
    assert.is_true(result.refused > 20, "refused: " .. result.refused)
  end)
end)
