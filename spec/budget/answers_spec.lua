-- What one process' budget makes of replies without a limit, of refusals, and how long it says that a line is.
local memory = require "azion.budget.memory"

describe("the budget of a process", function()
  local budget, now
  before_each(function() budget, now = memory.new(), 100 end)

  local function reserve() return (budget:reserve("read", now)) end
  local function settle(answer)
    answer.sent = true
    budget:settle("read", answer, now)
  end
  local function rate(limit, remaining, after)
    return { limit = limit, remaining = remaining, reset = now + after, reset_after = after, date = now }
  end
  local function is_open()
    for _ = 1, 5 do
      if not reserve() then return false end
    end
    return true
  end

  for _, status in ipairs { 200, 301, 404, 500 } do
    it("opens at the first reply without headers: " .. status, function()
      assert.is_true(reserve())
      assert.is_false(reserve())
      settle { status = status }
      assert.is_true(is_open())
    end)
  end

  it("lets one go first after a 429 without a limit, and the others at its success", function()
    assert.is_true(reserve())
    settle { status = 200 }
    assert.is_true(reserve() and reserve() and reserve())
    settle { status = 429, blocked = 4 }
    settle { status = 404 } -- of before the 429: it says nothing
    assert.is_false(reserve())
    assert.equal(4, budget:blocked("read", now))
    assert.equal(4, budget:least_wait("read", 1, now))
    now = now + 4
    settle { status = 502 } -- the last one of before
    assert.is_true(reserve())
    assert.is_false(reserve())
    settle { status = 503 }
    assert.is_true(reserve())
    assert.is_false(reserve())
    settle { status = 200 }
    assert.is_true(is_open())
  end)

  it("does not count a call that the server refused", function()
    assert.is_true(reserve())
    settle { status = 200, rate = rate(3, 2, 10) }
    assert.is_true(reserve())
    settle { status = 429, rate = rate(3, 2, 10), blocked = 1 }
    now = now + 1
    assert.is_true(reserve() and reserve())
    assert.is_false(reserve())
  end)

  it("never says that a line is longer than it is", function()
    assert.is_true(reserve())
    settle { status = 200, rate = rate(2, 1, 10) }
    assert.is_true(reserve())
    assert.equal(10, budget:least_wait("read", 1, now))
    assert.equal(10, budget:least_wait("read", 2, now))
    -- Two windows from now, each as much as a second shorter than it looks.
    assert.equal(19, budget:least_wait("read", 3, now))
    assert.equal(28, budget:least_wait("read", 5, now))
  end)

  it("says of windows that slide when the place before comes back", function()
    assert.is_true(reserve())
    settle { status = 200, rate = rate(2, 1, 10) }
    now = now + 4
    assert.is_true(reserve())
    settle { status = 200, rate = rate(2, 0, 10) }
    assert.equal(6, budget:least_wait("read", 1, now))
    assert.is_true(budget:least_wait("read", 2, now) <= 10)
    assert.is_true(budget:least_wait("read", 3, now) <= 16)
  end)
end)
