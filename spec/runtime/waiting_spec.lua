-- Who waits for whom: tasks, coroutines of the program's own, places, all clients of a Lua state together.
local azion = require "azion"
local core = require "azion.core"

local APPLICATION = 1618339282

describe("waiting", function()
  local sandbox
  setup(function() sandbox = assert(azion.sandbox.start { latency = 0.005, limits = { read = 1e6, write = 1e6 } }) end)
  teardown(function() sandbox:stop() end)

  local function numbers(count)
    local list = {}
    for index = 1, count do list[index] = index end
    return list
  end

  -- Without failures, and every item got its own result.
  local function check(count, results, failures)
    assert.equal(nil, failures[1] and tostring(failures[1].err))
    for index = 1, count do
      assert.equal(index, results[index])
    end
  end

  local ways = {
    { "plainly", function(list) return assert(list()) end },
    { "inside pcall", function(list)
      local ok, page, err = pcall(list)
      return ok and page or error(err or page)
    end },
    { "inside table.sort", function(list)
      local page
      local pair = { 2, 1 }
      table.sort(pair, function(a, b)
        page = page or assert(list())
        return a < b
      end)
      return page
    end },
    { "plainly first, and then inside table.sort", function(list)
      assert(list())
      local page
      table.sort({ 2, 1 }, function(a, b)
        page = page or assert(list())
        return a < b
      end)
      return page
    end },
    { "inside string.gsub", function(list)
      local page
      ;("x"):gsub("x", function() page = assert(list()) end)
      return page
    end },
    { "in a coroutine of its own", function(list)
      return coroutine.wrap(function() return assert(list()) end)()
    end },
    { "inside a metamethod", function(list)
      return setmetatable({}, { __index = function() return assert(list()) end }).page
    end },
  }
  for _, way in ipairs(ways) do
    it("goes on in 200 tasks that call " .. way[1], function()
      local client = assert(sandbox:client { concurrency = 8 })
      local results, failures = client:map(numbers(200), function(index)
        assert.is_table(way[2](function() return client:origins(APPLICATION):list { page_size = 1 } end).results)
        return index
      end, { concurrency = 200 })
      check(200, results, failures)
      assert.equal(8, client.engine.places.free)
    end)
  end

  it("goes on in 200 tasks that read lists with each, in coroutines of their own too", function()
    local client = assert(sandbox:client { concurrency = 4 })
    local origins = client:origins(APPLICATION)
    local total = #assert(origins:all())
    local results, failures = client:map(numbers(200), function(index)
      local count, step = 0, origins:each { page_size = math.ceil(total / 2) }
      if index % 2 == 0 then
        local inner = step
        step = coroutine.wrap(function()
          for item in inner do coroutine.yield(item) end
        end)
      end
      for _ in step do count = count + 1 end
      assert.equal(total, count)
      return index
    end, { concurrency = 64 })
    check(200, results, failures)
  end)

  it("goes on where map is nested, plainly and where no task can yield", function()
    local client = assert(sandbox:client { concurrency = 4 })
    local function inner(index)
      local results, failures = client:map(numbers(3), function(n)
        assert(client:origins(APPLICATION):list { page_size = 1 })
        return n
      end)
      check(3, results, failures)
      return index
    end
    local results, failures = client:map(numbers(20), inner, { concurrency = 20 })
    check(20, results, failures)
    results, failures = client:map(numbers(10), function(index)
      table.sort({ 2, 1 }, function(a, b)
        inner(index)
        return a < b
      end)
      return index
    end, { concurrency = 10 })
    check(10, results, failures)
  end)

  it("of calls by another client in map is side by side", function()
    local server = assert(azion.sandbox.start { latency = 0.1 })
    local one, other = assert(server:client()), assert(server:client { concurrency = 16 })
    assert(other:origins(APPLICATION):list())
    local started = core.now()
    local results, failures = one:map(numbers(64), function(index)
      assert(other:origins(APPLICATION):list { page_size = 1 })
      return index
    end, { concurrency = 16 })
    check(64, results, failures)
    assert.is_true(core.now() - started < 4, core.now() - started) -- one after the other: 6.4 s and more
    server:stop()
  end)

  it("for the first reply ends with it for all clients of a budget", function()
    local budget = azion.budget.memory()
    local one, other = assert(sandbox:client { budget = budget }), assert(sandbox:client { budget = budget })
    local started = core.now()
    local results, failures = other:map(numbers(2), function(index)
      assert((index == 1 and other or one):origins(APPLICATION):list())
      return index
    end)
    check(2, results, failures)
    assert.is_true(core.now() - started < 3, core.now() - started)
  end)
end)
