-- The waiters by their time, against a plain list.
local random = require "spec.support.random"
local timers = require "azion.runtime.timers"

describe("the timers", function()
  local function earliest(list)
    local least = math.huge
    for waiter in pairs(list) do
      least = math.min(least, waiter.time)
    end
    return least
  end

  it("give the one whose time comes first, whatever was added and taken out", function()
    local below = random(7)
    for _ = 1, 40 do
      local heap, list, all = timers.new(), {}, {}
      for _ = 1, 300 do
        if below(3) > 1 or #all == 0 then
          local waiter = { time = below(50) }
          heap:add(waiter)
          list[waiter], all[#all + 1] = true, waiter
        else
          local waiter = all[below(#all)]
          heap:remove(waiter) -- once more, perhaps: that does nothing
          list[waiter] = nil
          assert.is_false(heap:has(waiter))
        end
        local first = heap:first()
        assert.equal(earliest(list), first and first.time or math.huge)
      end
      local last = -1
      while heap:first() do
        local first = heap:first()
        assert.is_true(first.time >= last and heap:has(first) and list[first])
        last, list[first] = first.time, nil
        heap:remove(first)
      end
      assert.is_nil(next(list))
      assert.equal(0, heap.count)
    end
  end)
end)
