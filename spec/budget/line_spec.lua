-- The line of calls that wait for a slot: on the runtime, with a budget that says what it is told to.
local line = require "azion.budget.line"
local native = require "azion.runtime.native"

describe("a line", function()
  local time, runtime, calls, free, order, asked, wait, least

  before_each(function()
    time = 0
    runtime = native.new(function() return time end, function(_, seconds) time = time + seconds end)
    calls = line.new()
    free, order, asked, wait, least = 0, {}, {}, nil, nil
  end)

  local asks = {}
  function asks.reserve(self)
    asked[#asked + 1] = self.name
    if free > 0 then
      free = free - 1
      return true
    end
    return false, wait
  end
  function asks.least_wait(_, _, count)
    return least and least(count)
  end

  local function call(name, deadline, engine, ticket)
    engine = engine or {}
    engine.budget, engine.runtime = setmetatable({ name = name }, { __index = asks }), runtime
    local self = { engine = engine, bucket = "read", deadline = time + (deadline or 5), slot = false,
      entry = false, ticket = ticket or false, waits = 0 }
    function self.on_wait()
      self.waits = self.waits + 1
    end
    self.task = runtime:spawn(function()
      self.taken, self.wait = calls:take(self)
      self.ended = true
      if self.taken then
        order[#order + 1] = name
      end
    end, function() end)
    return self
  end

  -- Whoever sleeps goes on as soon as the time has come, while others may still have a turn to wait for.
  local function let_all_go_on(seconds)
    runtime:sleep(seconds or 0.001)
    for _ = 1, 10 do
      runtime:sleep(0)
    end
  end

  local function offer(count)
    free = free + count
    calls:call_first()
    let_all_go_on()
  end

  it("serves in the order of coming, and only the first asks", function()
    local list = {}
    for index = 1, 4 do
      list[index] = call(index)
    end
    assert.same({ 1 }, asked)
    offer(2)
    assert.same({ 1, 2 }, order)
    -- Who comes now comes after those that wait, though there may be a slot.
    free = 1
    list[5] = call(5)
    assert.same({ 1, 2 }, order)
    offer(2)
    assert.same({ 1, 2, 3, 4, 5 }, order)
    assert.equal(0, calls.length)
    assert.is_false(list[5].entry)
  end)

  it("lets a call that gave its slot back go before those that came later, by turns", function()
    for index = 1, 2 do
      call(index)
    end
    offer(2)
    call(3)
    call("second again", 5, nil, 2)
    call("first again", 5, nil, 1)
    offer(3)
    assert.same({ 1, 2, "first again", "second again", 3 }, order)
  end)

  it("notes the turn of a call that waited", function()
    local first, second = call(1), call(2)
    call(3)
    offer(2)
    assert.equal(1, first.ticket)
    assert.equal(2, second.ticket)
  end)

  it("passes over those that are gone, wherever they stood", function()
    local one, two, three, owner = call(1), call(2), call(3, 0.02), {}
    local four, five = call(4, 5, owner), call(5)
    for _, gone in ipairs { one, two } do
      runtime:cancel(gone.task)
      gone.entry.line:leave(gone.entry) -- as the call gives back what it holds
    end
    owner.closed = true
    runtime:release(owner)
    let_all_go_on(0.05)
    assert.is_true(three.ended and four.ended)
    assert.is_false(three.taken)
    assert.is_false(four.taken)
    offer(1)
    assert.same({ 5 }, order)
    assert.is_true(five.taken)
    assert.equal(0, calls.length)
  end)

  it("calls the next one when the first has its slot", function()
    call(1)
    call(2)
    free = 2
    calls:call_first() -- once
    let_all_go_on(0.001)
    assert.same({ 1, 2 }, order)
  end)

  it("calls the next one when the first was given up", function()
    call(1, 0.03)
    call(2)
    let_all_go_on(0.01)
    free = 1 -- nobody tells
    let_all_go_on(0.05)
    assert.equal(1, #order)
  end)

  it("asks again when the time that it was told has come", function()
    wait = 0.02
    local first = call(1)
    free = 1
    let_all_go_on(0.06)
    assert.same({ 1 }, order)
    assert.is_true(first.waits >= 1)
  end)

  it("turns a call away at once whose turn cannot come before its deadline", function()
    wait = 0.2
    least = function(count) return 0.5 * count end
    local first, second, third = call(1, 0.3), call(2, 0.9), call(3, 1.1)
    assert.is_nil(first.ended)
    assert.is_true(second.ended)
    assert.is_false(second.taken)
    assert.equal(1, second.wait)
    assert.is_nil(third.ended)
    local none = line.new()
    calls = none
    local alone = call(4, 0.1)
    assert.is_true(alone.ended)
    assert.equal(0.2, alone.wait)
  end)

  it("hears of news that comes while it is asked", function()
    local reserve = asks.reserve
    asks.reserve = function(self)
      local taken = reserve(self)
      asks.reserve = reserve
      free = 1
      calls:call_first() -- a reply to another call, before this one stands in line
      return taken
    end
    call(1)
    let_all_go_on(0.01)
    assert.same({ 1 }, order)
  end)

  it("passes over one that is gone, which nothing unwound", function()
    call(1).task.over = true
    call(2)
    offer(1)
    assert.same({ 2 }, order)
  end)

  it("does not take one for gone that it called a moment ago", function()
    call(1)
    free = 1
    calls:call_first()
    calls:call_first()
    let_all_go_on()
    assert.same({ 1 }, order)
  end)

  it("lets one whose time has come wait on for its turn, and does not ask for it", function()
    least = function() return 1.2 end
    call(1)
    local second = call(2, 2)
    let_all_go_on(1.3)
    assert.is_nil(second.ended)
    assert.same({ 1 }, asked)
    offer(2)
    assert.same({ 1, 2 }, order)
  end)

  it("marks a call that asks, so that an error in between loses no slot", function()
    local reserve = asks.reserve
    asks.reserve = function() error("broken", 0) end
    local first = call(1)
    asks.reserve = reserve
    assert.is_nil(first.ended)
    assert.is_truthy(first.slot)
    assert.is_truthy(first.entry)
  end)

  it("counts nobody where nobody is", function()
    calls.length, free = 7, 1 -- as errors in the middle of changes may leave it
    call(1)
    assert.equal(0, calls.length)
  end)
end)
