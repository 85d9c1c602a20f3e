-- The decision about a shared budget, state in and state out: what it gives, and when; that no order of replies lets
-- more go than the limit; and that the text which Redis runs is this one.
local decision = require "azion.budget.decision"
local decision_text = require "azion.budget.decision_text"
local generator = require "spec.support.random"
local redis_script = require "azion.budget.redis_script"

local poll, most = 0.1, 32

-- A state, and how to ask it at a time of its own clock; the API's is 1,000 s ahead of it.
local function bucket()
  local self = { state = decision.new(), now = 100 }
  function self.ask(reports, seen)
    return decision.make(self.state, { seen = seen or "*", wants = true, reports = reports or {}, most = most,
      poll = poll }, self.now)
  end
  function self.tell(reports)
    return decision.make(self.state, { wants = false, reports = reports, most = most, poll = poll }, self.now)
  end
  -- A reply that counted a call, in a window that ends in so many seconds.
  function self.counted(slot, limit, remaining, left)
    return { start = slot.start, outcome = "counted", limit = limit, remaining = remaining,
      reset = self.now + 1000 + left, date = self.now + 1000, age = 0 }
  end
  return self
end

-- One that knows its limit and that its window has so many seconds left.
local function settled(limit, left)
  local self = bucket()
  local slot = self.ask()
  self.tell { self.counted(slot, limit, limit - 1, left) }
  return self
end

describe("a decision about a shared budget", function()
  it("lets one call go first, and the others when it has told the limit", function()
    local self = bucket()
    local first = self.ask()
    assert.equal(1, first.granted)
    local second = self.ask()
    assert.equal(0, second.granted)
    assert.equal(poll, second.wait)
    local third = self.ask { self.counted(first, 200, 199, 30) }
    assert.is_true(third.granted >= 1)
    assert.equal(200, third.limit)
    assert.equal(30, third.left)
  end)

  it("lets another go first when that one is silent for five seconds", function()
    local self = bucket()
    self.ask()
    self.now = self.now + 4.9
    assert.equal(0, self.ask().granted)
    self.now = self.now + 0.2
    assert.equal(1, self.ask().granted)
  end)

  it("gives the whole limit and no more, until the window ends", function()
    local self, given = settled(200, 30), 1
    for _ = 1, 300 do
      given = given + self.ask().granted
    end
    assert.equal(200, given)
    local refused = self.ask()
    assert.is_near(30, refused.wait, 1e-6)
    self.now = self.now + 29.9
    assert.equal(0, self.ask().granted)
    self.now = self.now + 0.2
    assert.is_true(self.ask().granted > 0)
  end)

  it("counts the call that went first where replies tell the limit only", function()
    local self = bucket()
    local slot, given = self.ask(), 1
    self.tell { self.counted(slot, 20, nil, 30) }
    for _ = 1, 40 do
      given = given + self.ask().granted
    end
    assert.equal(20, given)
  end)

  it("gives a fiftieth of the limit at once, shared by the holders, and at most so many as are asked for", function()
    local alone = settled(500, 30)
    assert.equal(10, alone.ask().granted)
    local three = settled(500, 30)
    three.state.holders = 3
    assert.equal(3, three.ask().granted)
    assert.equal(most, settled(5000, 30).ask().granted)
  end)

  it("counts a holder once a window, by the window in which it asked last", function()
    local self = settled(200, 30)
    local first = self.ask({}, "")
    assert.equal(1, first.holders)
    assert.equal(1, self.ask({}, first.start).holders)
    assert.equal(2, self.ask({}, 7).holders)
    assert.equal(2, self.ask({}, "*").holders)
  end)

  it("gives back what was not used, or was refused", function()
    for _, outcome in ipairs { "unused", "refused" } do
      local self = settled(2, 30)
      local full = self.ask()
      assert.equal(0, self.ask().granted)
      self.tell { { start = full.start, outcome = outcome, age = 0 } }
      assert.equal(1, self.ask().granted, outcome)
    end
  end)

  it("counts what is still out when a window ends in the next one too, until it is settled or given up", function()
    local self = settled(10, 2)
    local slots = {}
    for index = 1, 9 do
      slots[index] = self.ask()
      assert.equal(1, slots[index].granted)
    end
    self.now = self.now + 2.01
    local given = 0
    while self.ask().granted > 0 do given = given + 1 end
    assert.equal(1, given)
    self.tell { { start = slots[1].start, outcome = "silent", age = 0 } }
    assert.equal(1, self.ask().granted)
    assert.equal(0, self.ask().granted)
    self.now = self.now + 15 -- a quarter of a window of a minute, or ten seconds
    assert.is_true(self.ask().granted > 0)
  end)

  it("takes a reset that is half a window later for that of the next window, where its clock may be there", function()
    local self = settled(10, 30)
    for _ = 1, 4 do self.ask() end
    local function later(reset, date)
      return { outcome = "silent", limit = 10, remaining = 9, reset = reset, date = date, age = 0 }
    end
    self.tell { later(1140, 1100) } -- its clock has not passed the end: windows slide
    assert.equal(5, self.state.count)
    assert.equal(0, self.state.start)
    self.tell { later(1150, 1139.5) } -- too near for a next one
    assert.equal(5, self.state.count)
    self.tell { later(1180, 1149.5) }
    assert.equal(1150, self.state.start)
    assert.equal(0, self.state.count)
    assert.equal(4, self.state.carry)
  end)

  it("divides a window's batches by those that asked in the last one, too", function()
    local self = settled(500, 2)
    for _ = 1, 5 do self.ask({}, "") end
    self.now = self.now + 2.1
    assert.equal(5, self.ask({}, 1).holders)
    assert.equal(5, self.ask({}, self.state.start).holders)
    assert.equal(6, (function() for _ = 1, 5 do self.ask({}, 1) end return self.ask().holders end)())
  end)

  it("names a window by what is left of its start when it was written and read", function()
    local self = settled(10, 2.12345678)
    self.now = self.now + 3
    local answer = self.ask()
    assert.equal(answer.start, decision.unpack(decision.pack(self.state), decision.new()).start)
    assert.equal(1102.123457, answer.start)
  end)

  it("leaves others what they use", function()
    local self = settled(10, 30)
    local slot = self.ask()
    self.tell { self.counted(slot, 10, 3, 30) } -- 2 of ours, 5 of others
    local given = 0
    for _ = 1, 20 do given = given + self.ask().granted end
    assert.equal(3, given)
  end)

  it("keeps all waiting for as long as a 429 says, counted from when it came", function()
    local self = settled(10, 30)
    local slot = self.ask()
    self.tell { { start = slot.start, outcome = "refused", age = 2, blocked = 7 } }
    local refused = self.ask()
    assert.equal(0, refused.granted)
    assert.is_near(5, refused.wait, 1e-6)
    assert.is_near(5, self.tell({}).wait, 1e-6)
    self.now = self.now + 5.01
    assert.equal(1, self.ask().granted)
  end)

  it("lets one call go first after a 429 where no limit is known, and ends the caution with its success", function()
    local self = bucket()
    local slot = self.ask()
    self.tell { { start = slot.start, outcome = "refused", age = 0, blocked = 1 } }
    self.now = self.now + 1.1
    slot = self.ask()
    assert.equal(1, slot.granted)
    assert.equal(0, self.ask().granted)
    self.tell { { start = slot.start, outcome = "failed", age = 0 } }
    assert.equal(1, self.ask().granted)
    assert.equal(0, self.ask().granted)
    self.tell { { start = slot.start, outcome = "unlimited", age = 0 } }
    assert.equal(1, self.ask().granted)
    assert.equal(1, self.ask().granted)
  end)

  it("paces nothing where replies have no headers, and forgets a limit only for a success without them", function()
    for outcome, is_free in pairs { unlimited = true, answered = true, failed = true, silent = false } do
      local self = bucket()
      local slot = self.ask()
      self.tell { { start = slot.start, outcome = outcome, age = 0 } }
      local first, second = self.ask().granted, self.ask().granted
      assert.equal(1, first, outcome)
      assert.equal(is_free and 1 or 0, second, outcome)
    end
    local self = settled(1, 30)
    self.tell { { outcome = "answered", age = 0 } }
    assert.equal(0, self.ask().granted)
    self.tell { { outcome = "unlimited", age = 0 } }
    assert.equal(1, self.ask().granted)
  end)

  it("takes the largest difference of the clocks, unless one of them was set", function()
    local self = settled(10, 30)
    self.tell { { outcome = "counted", limit = 10, remaining = 9, reset = 1130, date = 1099.5, age = 0 } }
    assert.is_near(30, self.tell({}).left, 1e-6)
    self.tell { { outcome = "counted", limit = 10, remaining = 9, reset = 1130, date = 1100.5, age = 0 } }
    assert.is_near(29.5, self.tell({}).left, 1e-6)
    self.tell { { outcome = "counted", limit = 10, remaining = 9, reset = 1130, date = 1000, age = 0 } }
    assert.is_near(130, self.tell({}).left, 1e-6)
  end)

  it("is of use for as long as a window may matter", function()
    assert.equal(600, decision.lifetime(decision.new(), 0))
    assert.equal(8000, decision.lifetime(settled(10, 2000).state, 100))
  end)

  it("reads what it has written", function()
    local state = settled(10, 30).state
    assert.same(state, decision.unpack(decision.pack(state), decision.new()))
    assert.same(decision.new(), decision.unpack("", decision.new()))
  end)
end)

-- The text, as Redis has it.
local function in_redis(now)
  local values = {}
  local commands = {
    GET = function(key) return values[key] or false end,
    SET = function(key, value) values[key] = value end,
    TIME = function() return { ("%d"):format(math.floor(now())), ("%d"):format(math.floor(now() % 1 * 1e6 + 0.5)) } end,
  }
  local environment = setmetatable({ KEYS = { "k" },
    redis = { call = function(name, ...) return commands[name](...) end } }, { __index = _G })
  local script
  if setfenv then -- luacheck: ignore 113
    script = setfenv(assert(loadstring(decision_text)), environment) -- luacheck: ignore 113
  else
    script = assert(load(decision_text, "decision", "t", environment))
  end
  return function(seen, reports, at)
    environment.ARGV = redis_script.words(seen, "1", reports, at)
    return redis_script.read(script().ok)
  end
end

describe("whatever comes in whatever order,", function()
  local outcomes = { "counted", "counted", "counted", "refused", "unused", "silent", "answered", "failed" }

  -- One story at random: calls that end late, in other windows, or never. `visit(question, answer, state, now)`.
  local function play(seed, visit)
    local random = generator(seed)
    local limit, window = 1 + math.floor(random() * 40), 3 + math.floor(random() * 60)
    local state, now, out = decision.new(), 1000, {}
    for _ = 1, 300 do
      now = math.floor((now + random() * random() * window / 4) * 1000) / 1000
      local reports = {}
      while out[1] and random() < 0.4 do
        local slot = table.remove(out, 1 + math.floor(random() * #out))
        local outcome = outcomes[1 + math.floor(random() * #outcomes)]
        local is_told = outcome == "counted"
        local reset = math.ceil((now + 5) / window) * window
        reports[#reports + 1] = { start = slot.start, outcome = outcome, at = now,
          blocked = outcome == "refused" and math.floor(random() * 5) or nil,
          rate = is_told and { limit = limit, remaining = math.floor(random() * limit), reset = reset,
            date = math.floor(now + 5) } or {} }
      end
      local question = { seen = "*", wants = true, reports = {}, most = most, poll = poll }
      for index, report in ipairs(reports) do
        question.reports[index] = { start = report.start, outcome = report.outcome, limit = report.rate.limit,
          remaining = report.rate.remaining, reset = report.rate.reset, date = report.rate.date, age = 0,
          blocked = report.blocked }
      end
      local answer = decision.make(state, question, now)
      state = decision.unpack(decision.pack(state), decision.new())
      visit(reports, answer, state, now, limit)
      for _ = 1, answer.granted do
        out[#out + 1] = answer
      end
    end
  end

  it("no more than the limit goes in a window", function()
    for seed = 1, 24 do
      play(seed, function(_, answer, state, _, limit)
        local is_within = not state.limit or answer.granted == 0 or state.count + state.foreign <= math.max(1, limit)
        local is_whole = answer.granted % 1 == 0 and answer.granted >= 0 and answer.granted <= most
        local has_way = answer.granted > 0 or answer.wait > 0
        if not (is_within and is_whole and has_way and math.min(state.flight, state.count, state.carry) >= 0) then
          error(("seed %d: %d granted, wait %g, %s"):format(seed, answer.granted, answer.wait, decision.pack(state)))
        end
      end)
    end
  end)

  it("Redis decides the same by its text", function()
    for seed = 1, 8 do
      local at
      local ask = in_redis(function() return at end)
      play(seed, function(reports, answer, _, now)
        at = now
        local told = ask("*", reports, now)
        assert.equal(answer.granted, told.granted, "seed " .. seed)
        assert.is_near(answer.wait, told.wait, 1e-4, "seed " .. seed)
        assert.equal(answer.holders, told.holders, "seed " .. seed)
        assert.equal(answer.limit, told.limit, "seed " .. seed)
      end)
    end
  end)
end)
