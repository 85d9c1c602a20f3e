-- The budget in a shared dictionary, over a model of one: workers that decide at the same time, a worker that dies with
-- the lock, a dictionary without room. (With nginx's own: fleet_nginx_spec.)
local dictionaries = require "spec.support.dictionary"

local function answer_of(limit, remaining, now)
  return { sent = true, status = 200,
    rate = { limit = limit, remaining = remaining, reset = now + 1060, reset_after = 60, date = now + 1000 } }
end

describe("a budget in a shared dictionary", function()
  local dictionary, now, before

  -- A worker's budget; each worker has the module to itself.
  local function worker()
    return require("azion.budget.shared_dict")("shared"):bind("account", function() end)
  end

  before_each(function()
    now, before = 100, rawget(_G, "ngx")
    dictionary = dictionaries.new(function() return now end)
    rawset(_G, "ngx", { shared = { shared = dictionary } })
  end)

  after_each(function()
    rawset(_G, "ngx", before)
  end)

  local function learn(budget, limit)
    local slot = budget:reserve("read", now)
    budget:settle("read", answer_of(limit, limit - 1, now), now, slot)
  end

  it("gives the limit once, whichever workers ask", function()
    local workers, given = { worker(), worker(), worker() }, 1
    learn(workers[1], 20)
    for index = 1, 60 do
      given = given + (workers[index % 3 + 1]:reserve("read", now) and 1 or 0)
    end
    assert.equal(20, given)
  end)

  it("decides again when it lost its lock meanwhile, by what others made of the state", function()
    local budget, other, given = worker(), worker(), 1
    learn(budget, 10)
    local get, interrupted = dictionary.get, false
    -- Between reading and writing this worker stands still for so long that another one takes the lock.
    function dictionary.get(self, key)
      local value = get(self, key)
      if not interrupted and key:find ":read$" then
        interrupted = true
        now = now + 0.6
        for _ = 1, 4 do
          given = given + (other:reserve("read", now) and 1 or 0)
        end
      end
      return value
    end
    for _ = 1, 20 do
      given = given + (budget:reserve("read", now) and 1 or 0)
    end
    assert.is_true(interrupted)
    assert.equal(10, given)
  end)

  it("waits for a lock, and takes that of a dead worker when its time is over", function()
    local budget, asked = worker(), 0
    learn(budget, 10)
    local name
    local add = dictionary.safe_add
    function dictionary.safe_add(self, key, ...)
      name, asked = key, asked + 1
      now = now + 0.05 -- time passes while it asks
      return add(self, key, ...)
    end
    budget:reserve("read", now)
    dictionary:safe_set(name, "a dead one", 0.5)
    asked = 0
    assert.is_truthy(budget:reserve("read", now))
    assert.is_true(asked >= 9 and asked <= 11, asked)
    assert.is_nil(dictionary:get(name))
  end)

  it("leaves no lock behind, and names neither token nor address in a key", function()
    local keys = {}
    local set, add = dictionary.safe_set, dictionary.safe_add
    local function note(self, key, ...) keys[key] = true return set(self, key, ...) end
    dictionary.safe_set = note
    function dictionary.safe_add(self, key, ...) keys[key] = true return add(self, key, ...) end
    learn(worker(), 10)
    assert.same({ ["azion:account:read"] = true, ["azion:account:read:lock"] = true }, keys)
    assert.is_nil(dictionary:get("azion:account:read:lock"))
  end)

  it("tells what was wrong where there is no room, and goes on alone", function()
    for _, method in ipairs { "safe_add", "safe_set" } do
      local events = {}
      local budget = require("azion.budget.shared_dict")("shared"):bind(method, function(event)
        events[#events + 1] = event
      end)
      local real = dictionary[method]
      dictionary[method] = function() return nil, "no memory" end
      assert.is_truthy(budget:reserve("read", now))
      dictionary[method] = real
      dictionary:delete("azion:" .. method .. ":read:lock")
      assert.equal(1, #events)
      assert.equal("lost", events[1].state)
      assert.equal("the shared dictionary: no memory", events[1].message)
    end
  end)

  it("counts from when a reply came, where the store hears of it late", function()
    local store = worker().common.store
    store:tell("late", { { outcome = "refused", blocked = 3, rate = {}, at = now - 2 } }, now)
    assert.is_near(1, store:blocked("late", now), 1e-6)
  end)

  it("gives one slot at a time: a worker that dies has no more of them in hand", function()
    local budget = worker()
    learn(budget, 2000)
    assert.equal(1, budget.common.store:ask("account:read", "*", {}, now).granted)
  end)

  it("tells a call that has its slot of a 429 to another one", function()
    local budget = worker()
    local slot = budget:reserve("read", now)
    assert.is_nil(budget:blocked("read", now, now))
    budget:settle("read", { sent = true, status = 429, blocked = 3 }, now, slot)
    assert.is_near(3, worker():blocked("read", now, now), 1e-6)
    now = now + 3.1
    assert.is_nil(worker():blocked("read", now, now))
  end)
end)
