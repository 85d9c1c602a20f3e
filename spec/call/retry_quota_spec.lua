local retry_quota = require "azion.call.retry_quota"

local function retries(purse, cost)
  local count = 0
  while purse:take(cost) do
    count = count + 1
    assert(count < 10000)
  end
  return count
end

describe("the retry quota", function()
  it("pays for 100 retries that take 5", function()
    assert.equal(100, retries(retry_quota.new(), 5))
  end)

  it("pays for 50 retries that take 10", function()
    assert.equal(50, retries(retry_quota.new(), 10))
  end)

  it("never goes below nothing", function()
    local purse = retry_quota.new()
    retries(purse, 10)
    assert.equal(0, purse.tokens)
    assert.is_false(purse:take(5))
    assert.is_false(purse:take(1))
    assert.equal(0, purse.tokens)
  end)

  it("refuses what it cannot pay in full, and keeps what it has", function()
    local purse = retry_quota.new()
    retries(purse, 5)
    for _ = 1, 7 do
      purse:give()
    end
    assert.is_false(purse:take(10))
    assert.equal(7, purse.tokens)
    assert.is_true(purse:take(5))
    assert.equal(2, purse.tokens)
    assert.is_false(purse:take(5))
  end)

  it("gets 1 back for a success: five for another retry, ten for one after a timeout", function()
    local purse = retry_quota.new()
    retries(purse, 5)
    for success = 1, 20 do
      purse:give()
      assert.equal(success % 5 == 0, purse:take(5))
    end
    for success = 1, 20 do
      purse:give()
      assert.equal(success % 10 == 0, purse:take(10))
    end
  end)

  it("never holds more than 500", function()
    local purse = retry_quota.new()
    for _ = 1, 1000 do
      purse:give()
    end
    assert.equal(500, purse.tokens)
    assert.equal(100, retries(purse, 5))
  end)

  it("is one for each client", function()
    local empty, full = retry_quota.new(), retry_quota.new()
    retries(empty, 5)
    assert.is_false(empty:take(5))
    assert.is_true(full:take(5))
  end)
end)
