-- Places, and who gets them: on the runtime, without a server.
local core = require "azion.core"
local native = require "azion.runtime.native"
local semaphore = require "azion.runtime.semaphore"

describe("a semaphore", function()
  local runtime, places, order

  before_each(function()
    runtime = native.new(core.now, core.wait)
    places, order = semaphore.new(runtime, 1), {}
  end)

  -- Lets all that can go on do so, and whoever they wake: a sleep, however short, may be over before.
  local function settle()
    for _ = 1, 20 do
      runtime:sleep(0)
    end
  end

  -- A task that takes a place, notes its name, and keeps it until `release` is called.
  local function holder(name, deadline, engine)
    local state = { name = name, gate = false }
    state.task = runtime:spawn(function()
      state.taken = places:take(state, core.now() + (deadline or 5), engine)
      if state.taken then
        order[#order + 1] = name
        state.gate = runtime:waiter()
        runtime:wait(state.gate)
        places:give(state)
      end
    end, function() state.ended = true end, nil)
    function state.release()
      runtime:wake(state.gate, "released")
      runtime:sleep(0)
    end
    return state
  end

  it("serves in the order of asking, and nobody overtakes", function()
    local list = {}
    for index = 1, 4 do
      list[index] = holder(index)
    end
    assert.same({ 1 }, order)
    -- The place belongs to the second at once, though it has not run yet.
    places:give(list[1])
    list[5] = holder(5)
    assert.same({ 1 }, order)
    for index = 1, 5 do
      runtime:sleep(0)
      list[index].release()
      settle()
    end
    assert.same({ 1, 2, 3, 4, 5 }, order)
    assert.equal(1, places.free)
  end)

  it("passes over those that have gone", function()
    local first, second, third, fourth = holder(1), holder(2), holder(3, 0.02), holder(4)
    runtime:cancel(second.task)
    runtime:sleep(0.05)
    settle()
    assert.is_false(third.taken)
    first.release()
    settle()
    assert.same({ 1, 4 }, order)
    fourth.release()
    settle()
    assert.equal(1, places.free)
    assert.is_nil(next(places.holders))
  end)

  it("passes over one that is gone, which nothing unwound", function()
    local first, gone, third = holder(1), holder(2), holder(3)
    gone.task.over = true
    first.release()
    settle()
    assert.same({ 1, 3 }, order)
    third.release()
    settle()
    assert.equal(1, places.free)
    assert.is_nil(next(places.holders))
  end)

  it("ends all waits of a client that is closed, and no others", function()
    local closed, open = {}, {}
    local first = holder(1)
    local list = { holder(2, 5, closed), holder(3, 5, open), holder(4, 5, closed), holder(5, 5, closed) }
    closed.closed = true
    runtime:release(closed)
    settle()
    assert.is_true(list[1].ended and list[3].ended and list[4].ended)
    assert.is_nil(list[2].ended)
    first.release()
    settle()
    assert.same({ 1, 3 }, order)
  end)

  -- As an error of a debug hook may leave it, in the middle of a change.
  it("is whole again after a change that was torn", function()
    local first = holder(1)
    local second = holder(2)
    places.torn, places.free = true, 7
    first.release()
    settle()
    assert.same({ 1, 2 }, order)
    assert.equal(0, places.free)
    second.release()
    settle()
    assert.equal(1, places.free)
    -- The place was counted as taken and given to nobody.
    places.torn, places.free = true, 0
    holder(3)
    assert.same({ 1, 2, 3 }, order)
    -- One that holds nothing gives back: that mends it, too.
    local fourth = holder(4)
    places.holders = {} -- the third's give was ended before it could pass the place on
    places.torn, places.free = true, 0
    places:give({})
    settle()
    assert.same({ 1, 2, 3, 4 }, order)
    assert.is_true(fourth.taken)
  end)

  it("gives no place twice after a grant that was torn when it had reached its waiter", function()
    local first, second = holder(1), holder(2)
    local waiter = places.waiting:first()
    places.holders = { [second] = true }
    waiter.granting = true
    runtime:wake(waiter, "granted")
    places.torn, places.free = true, 0
    places:give({})
    local third = holder(3)
    settle()
    assert.same({ 1, 2 }, order)
    first.release() -- whose place was given back before
    settle()
    assert.same({ 1, 2 }, order)
    second.release()
    settle()
    assert.is_true(third.taken)
    assert.equal(0, places.free)
  end)

  it("lets nobody overtake after a change that was torn", function()
    local _, second = holder(1), holder(2)
    places.holders, places.torn = {}, true -- the first's give was ended before it could pass the place on
    holder(3)
    settle()
    assert.same({ 1, 2 }, order)
    second.release()
    settle()
    assert.same({ 1, 2, 3 }, order)
  end)

  it("gives nothing to one that was left in the line after it had its place", function()
    local first, second = holder(1), holder(2)
    local waiter = places.waiting:first()
    first.release()
    settle()
    places.waiting:push(waiter)
    second.release()
    settle()
    assert.equal(1, places.free)
  end)

  it("does not let a closed client wait", function()
    local first, began = holder(1), core.now()
    local late = holder(2, 2, { closed = true })
    settle()
    assert.is_true(late.ended)
    assert.is_false(late.taken)
    assert.is_true(core.now() - began < 1)
    first.release()
  end)

  it("wakes nobody twice, and nobody who has ended", function()
    local first = holder(1)
    local waiter = runtime:waiter()
    assert.is_true(runtime:wake(waiter, "one"))
    assert.is_false(runtime:wake(waiter, "two"))
    assert.equal("one", runtime:wait(waiter))
    local gate = first.gate
    runtime:cancel(first.task)
    assert.is_false(runtime:wake(gate, "late"))
    local ended = runtime:waiter()
    ended.task = first.task
    assert.is_false(runtime:wake(ended, "late"))
  end)
end)

describe("a task", function()
  local runtime
  before_each(function() runtime = native.new(core.now, core.wait) end)

  it("that a function of the user's yields by itself has its turn again", function()
    local turns, ended = 0, false
    local task = runtime:spawn(function()
      for _ = 1, 3 do
        turns = turns + 1
        coroutine.yield("anything")
      end
    end, function() ended = true end)
    local limit = core.now() + 5
    while not ended and core.now() < limit do
      runtime:sleep(0.001)
    end
    assert.is_true(ended)
    assert.equal(3, turns)
    assert.is_true(task.ended)
  end)

  it("that can go on is not kept waiting, and goes on after whom it woke", function()
    local waited, order = 0, {}
    runtime = native.new(core.now, function(sessions, seconds)
      waited = waited + seconds
      core.wait(sessions, 0)
    end)
    local waiter = runtime:waiter()
    for name = 1, 2 do
      runtime:spawn(function()
        coroutine.yield()
        coroutine.yield()
        runtime:wake(waiter, "woken")
        order[#order + 1] = name
      end, function() end)
    end
    runtime:wait(waiter)
    order[#order + 1] = "main"
    runtime:sleep(0)
    assert.same({ 1, "main", 2 }, order)
    assert.equal(0, waited)
  end)

  it("that waits long is waited for in pieces, in which signals are seen", function()
    local time, longest = 0, 0
    runtime = native.new(function() return time end, function(_, seconds)
      time, longest = time + seconds, math.max(longest, seconds)
    end)
    local woken
    runtime:spawn(function() runtime:sleep(5) end, function() woken = time end)
    runtime:sleep(6)
    assert.is_true(woken >= 5 and woken < 5.3, woken)
    assert.equal(0.2, longest)
  end)

  it("gives back what it holds, the innermost first, when it is cancelled", function()
    local given = {}
    local function call(name)
      return { name = name, give_back = function(self) given[#given + 1] = self.name end }
    end
    local task = runtime:spawn(function()
      runtime:run(function()
        runtime:run(function() return true end, call("middle"))
        runtime:run(function() runtime:wait(runtime:waiter()) end, call("inner"))
      end, call("outer"))
    end, function() given[#given + 1] = "finished" end, nil, true)
    assert.same({ "middle" }, given)
    runtime:cancel(task)
    assert.same({ "middle", "inner", "outer" }, given)
    assert.is_nil(next(runtime.tasks))
  end)

  it("that a call runs in ends with the error that reaches its caller meanwhile", function()
    runtime = native.new(core.now, function() error("limit", 0) end)
    local given = 0
    local call = { give_back = function() given = given + 1 end }
    local ok, raised = pcall(runtime.run, runtime, function() runtime:wait(runtime:waiter()) end, call)
    assert.same({ false, "limit", 1 }, { ok, raised, given })
    assert.is_nil(next(runtime.tasks))
  end)

  it("that was abandoned ends when somebody drives, and one that is forgotten at once; neither is told", function()
    local given, told = 0, 0
    local function begin()
      return runtime:spawn(function()
        runtime:attach({ give_back = function() given = given + 1 end })
        runtime:wait(runtime:waiter())
      end, function() told = told + 1 end)
    end
    runtime:abandon({ begin() })
    assert.equal(0, given)
    runtime:sleep(0)
    assert.same({ 1, 0 }, { given, told })
    begin()
    runtime:forget_tasks()
    assert.same({ 2, 0 }, { given, told })
    assert.is_nil(next(runtime.tasks))
  end)

  it("gives back at its end what nothing unwound inside of a call that has ended", function()
    local given = {}
    local function holder(name)
      return { give_back = function() given[#given + 1] = name end }
    end
    local task = runtime:spawn(function()
      local outer = runtime:attach(holder("outer"))
      runtime:attach(holder("inner")) -- by a coroutine that was dropped
      runtime:detach(outer)
      runtime:wait(runtime:waiter())
    end, function() end)
    assert.same({}, given)
    runtime:cancel(task)
    assert.same({ "inner", "outer" }, given)
  end)

  -- Whatever an error of a debug hook interrupts after each so many instructions.
  it("is never told to end without its subject", function()
    for count = 1, 60 do
      local shots, wrong = 1, false
      local function hook()
        if shots > 0 and debug.getinfo(2, "S").short_src:find("runtime/tasks", 1, true) then
          shots = 0
          error("limit", 0)
        end
      end
      pcall(function()
        debug.sethook(hook, "", count)
        for _ = 1, 3 do
          runtime:spawn(function() return true end, function(subject) wrong = wrong or subject == nil end, {})
        end
      end)
      debug.sethook()
      pcall(runtime.sleep, runtime, 0.001)
      runtime:sleep(0.001)
      assert.is_false(wrong, count)
      assert.is_nil(next(runtime.tasks), count)
    end
  end)

  it("keeps nothing of what it was about", function()
    local kept = setmetatable({}, { __mode = "k" })
    for _ = 1, 3 do
      local subject = {}
      kept[subject] = true
      local call = function(given) return given == subject end
      kept[call] = true
      runtime:spawn(call, function() end, subject)
    end
    collectgarbage()
    collectgarbage()
    assert.is_nil(next(kept))
    assert.is_true(#runtime.idle > 0)
  end)
end)

describe("the lists of a runtime, torn by an error", function()
  local runtime
  before_each(function()
    runtime = native.new(core.now, core.wait)
  end)

  -- The next that drives makes them anew.
  local function tear()
    runtime.torn = true
    runtime:sleep(0)
  end

  it("wake who sleeps at its time all the same", function()
    local woken
    runtime:spawn(function() runtime:sleep(0.05) end, function() woken = core.now() end)
    tear()
    assert.is_nil(woken)
    runtime:sleep(0.3)
    assert.is_number(woken)
  end)

  it("wake who waits for a transfer that has ended meanwhile, and nobody else", function()
    local ended = {}
    for name, is_done in pairs { done = true, running = false } do
      local waiter = false
      runtime:spawn(function()
        waiter = runtime:waiter()
        waiter.transfer = { done = function() return is_done end }
        return runtime:wait(waiter)
      end, function(_, _, reason) ended[name] = reason end)
    end
    tear()
    runtime:sleep(0)
    assert.same({ done = "finished" }, ended)
  end)

  it("end tasks whose function is over, and those that were not begun", function()
    local told, given = 0, 0
    local function begin()
      return runtime:spawn(function()
        runtime:attach({ give_back = function() given = given + 1 end })
        runtime:wait(runtime:waiter())
      end, function() told = told + 1 end)
    end
    begin().over = true
    begin().call = function() end
    tear()
    assert.same({ 2, 2 }, { told, given })
    assert.is_nil(next(runtime.tasks))
  end)

  it("let a task go on that can", function()
    local turns = 0
    runtime:spawn(function()
      turns = 1
      coroutine.yield()
      turns = 2
    end, function() end)
    runtime.own, runtime.others = {}, {} -- whatever they were
    tear()
    runtime:sleep(0)
    assert.equal(2, turns)
  end)
end)
