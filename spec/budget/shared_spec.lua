-- A budget that processes share: what one of them does with the slots that it was given in advance.
local azion = require "azion"
local openresty = require "spec.support.openresty"
local redis = require "spec.support.redis"
local shared = require "azion.budget.shared"
local support = require "spec.support.sandbox"

describe("slots given in advance", function()
  local store, budget

  before_each(function()
    store = { asked = 0, told = {} }
    function store:ask(_, _, reports)
      self.asked = self.asked + 1
      for _, report in ipairs(reports) do
        self.told[#self.told + 1] = report
      end
      return { granted = 5, wait = 0, start = "10.000000", left = 60, reset = 70, holders = 1, limit = 1000 }
    end
    function store:tell(_, reports)
      for _, report in ipairs(reports) do
        self.told[#self.told + 1] = report
      end
    end
    budget = shared.new(store):bind("account", function() end)
  end)

  it("are used up before more are asked for", function()
    for _ = 1, 5 do
      assert.is_truthy((budget:reserve("read", 1)))
    end
    assert.equal(1, store.asked)
    assert.is_truthy((budget:reserve("read", 1)))
    assert.equal(2, store.asked)
  end)

  it("go back when the client is closed", function()
    budget:reserve("read", 1)
    budget:close(1)
    assert.equal(4, #store.told)
    for _, report in ipairs(store.told) do
      assert.equal("unused", report.outcome)
      assert.equal("10.000000", report.start)
    end
  end)

  it("stay with the process that asked for them", function()
    budget:reserve("read", 1)
    budget.pid = budget.pid + 1 -- as a child finds it after a fork
    budget:reserve("read", 1)
    assert.equal(2, store.asked)
    budget.pid = budget.pid + 1
    budget:close(1)
    assert.equal(0, #store.told)
  end)
end)

describe("a budget in Redis", function()
  it("sees what others take of the account without it", function()
    local server = support.start { limits = { read = 12, write = false }, window = 3 }
    local store = redis.start()
    local refused = 0
    local others, ours = server:origins(), server:client { budget = azion.budget.redis { port = store.port },
      on_event = function(event) refused = refused + (event.status == 429 and 1 or 0) end }
    for _ = 1, 6 do
      assert(others:list())
    end
    local origins = ours:origins(support.application)
    assert(origins:list())
    local _, failures = ours:map({ 1, 2, 3, 4, 5, 6, 7, 8, 9 }, function() return origins:list() end)
    assert.same({}, failures)
    assert.equal(0, refused)
    server:stop()
    store:stop()
  end)
end)

describe("a budget in a shared dictionary", function()
  it("sees what others take of the account without it", function()
    local server = support.start { limits = { read = 12, write = false }, window = 3 }
    local web = openresty.start(server.sandbox, {
      http = "lua_shared_dict budgets 1m;",
      client = "{ budget = require('azion').budget.shared_dict 'budgets', on_event = function(event)"
        .. " refused = (refused or 0) + (event.status == 429 and 1 or 0) end }",
      locations = ([[location = /run { content_by_lua_block {
        local client = require "shared"
        local origins = client:origins(%d)
        assert(origins:list())
        local _, failures = client:map({ 1, 2, 3, 4, 5, 6, 7, 8, 9 }, function() return origins:list() end)
        ngx.print(#failures, " failed, ", refused, " refused")
      } }]]):format(support.application),
    })
    local others = server:origins()
    for _ = 1, 6 do
      assert(others:list())
    end
    assert.equal("0 failed, 0 refused", web:get("/run").body)
    web:stop()
    server:stop()
  end)
end)
