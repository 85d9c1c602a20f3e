local core = require "azion.core"

describe("clocks and chance", function()
  it("tell the time", function()
    assert.is_true(math.abs(core.time() - os.time()) < 2) -- #time
    local before = core.now()
    os.execute("sleep 0.05")
    local passed = core.now() - before
    assert.is_true(passed >= 0.05 and passed < 1, passed)
  end)

  it("draw from the whole of [0, 1)", function()
    local low, high, sum = 1, 0, 0
    for _ = 1, 2000 do
      local number = core.random()
      low, high, sum = math.min(low, number), math.max(high, number), sum + number
    end
    assert.is_true(low >= 0 and low < 0.02 and high < 1 and high > 0.98)
    assert.is_true(math.abs(sum / 2000 - 0.5) < 0.05)
  end)
end)
