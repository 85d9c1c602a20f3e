-- One iterator, several tasks: each item goes to exactly one of them.
local core = require "azion.core"
local native = require "azion.runtime.native"
local shared_iterator = require "azion.client.shared_iterator"
local support = require "spec.support.sandbox"

-- On Lua 5.1 no task can wait inside a generic `for`.
local function each_of(iterator, visit)
  local item = iterator()
  while item do
    visit(item)
    item = iterator()
  end
end

local function sorted_keys(items)
  local keys = {}
  for index, item in ipairs(items) do
    keys[index] = item.origin_key
  end
  table.sort(keys)
  return keys
end

local function numbers(last)
  local list = {}
  for index = 1, last do
    list[index] = index
  end
  return list
end

describe("an iterator that several tasks use", function()
  local server, everything
  setup(function()
    local faults = { { method = "GET", path = "/edge_applications/8/origins", action = "hang" } }
    for prefetch = 0, 1 do
      local path = "/edge_applications/" .. 70 + prefetch .. "/origins"
      faults[#faults + 1] = { method = "GET", path = path, nth = 1, status = 200,
        body = '{"count":9,"total_pages":3,"links":{"next":"x"},"results":[{"id":1},{"id":2},{"id":3}]}' }
      faults[#faults + 1] = { method = "GET", path = path, status = 403, body = '{"detail":"no"}' }
    end
    server = support.start { seed = 130, latency = 0.01, faults = faults }
    everything = sorted_keys(assert(server:origins():all()))
    assert.equal(130, #everything)
  end)
  teardown(function() server:stop() end)

  for _, query in ipairs { { page_size = 9 }, { page_size = 9, prefetch = 0 }, { page_size = 1, prefetch = 40 },
    { page_size = 100 } } do
    for _, width in ipairs { 2, 5, 64 } do
      it(("gives each item to one (%d tasks, page_size %d, prefetch %s)"):format(width, query.page_size,
        query.prefetch or "by default"), function()
        local client = server:client()
        local origins = client:origins(support.application)
        local iterator, got = (origins:each(query)), {}
        local before = #server:requests(support.origins_path)
        local results, failures = client:map(numbers(width), function()
          local mine = 0
          each_of(iterator, function(item)
            got[#got + 1], mine = item, mine + 1
            if mine % 3 == 0 then
              assert(origins:get(item))
            end
          end)
          assert.is_nil((iterator()))
          return mine
        end, { concurrency = width })
        assert.same({}, failures)
        assert.equal(width, results.n)
        assert.same(everything, sorted_keys(got))
        local pages = 0
        for index, request in ipairs(server:requests(support.origins_path)) do
          pages = pages + (index > before and request.query ~= "" and 1 or 0)
        end
        assert.equal(math.ceil(130 / query.page_size), pages)
      end)
    end
  end

  it("keeps nobody at its end, whether or not a task can yield where it asks", function()
    local client = server:client { concurrency = 2 }
    local iterator, got = (client:origins(support.application):each { page_size = 3 }), {}
    local function take()
      local item = iterator()
      got[#got + 1] = item
    end
    local ways = { take, function() coroutine.wrap(take)() end, function() pcall(take) end,
      function()
        local taken = false
        table.sort({ 2, 1 }, function(a, b)
          taken = taken or take() or true
          return a < b
        end)
      end }
    local began = core.now()
    local _, failures = client:map(numbers(170), function(index)
      ways[index % #ways + 1]()
      return true
    end, { concurrency = 170 })
    assert.same({}, failures)
    assert.same(everything, sorted_keys(got))
    assert.is_true(core.now() - began < 8, core.now() - began) -- 4 s for each that asked too late: 80 s
  end)

  it("gives each page to one", function()
    local client = server:client()
    local iterator, got, seen = (client:origins(support.application):pages { page_size = 9 }), {}, {}
    local _, failures = client:map(numbers(20), function()
      each_of(iterator, function(page)
        seen[#seen + 1] = page.page
        for _, item in ipairs(page.results) do
          got[#got + 1] = item
        end
      end)
    end, { concurrency = 20 })
    assert.same({}, failures)
    assert.same(numbers(15), seen)
    assert.same(everything, sorted_keys(got))
  end)

  it("serves them in the order in which they ask", function()
    local client = server:client()
    local iterator, order = (client:origins(support.application):each { page_size = 4, prefetch = 0 }), {}
    local results = client:map(numbers(30), function(index)
      local item = iterator()
      order[#order + 1] = index
      return item.name
    end, { concurrency = 30 })
    assert.same(numbers(30), order)
    local plain = assert(client:origins(support.application):list { page_size = 30 }).results
    for index, item in ipairs(plain) do
      assert.equal(item.name, results[index])
    end
  end)

  it("raises the same error to all of them, and again to who asks once more", function()
    for prefetch = 0, 1 do
      local client = server:client()
      local iterator, got = (client:origins(70 + prefetch):each { page_size = 3, prefetch = prefetch }), {}
      local _, failures = client:map(numbers(12), function()
        each_of(iterator, function(item) got[#got + 1] = item.id end)
      end, { concurrency = 12 })
      table.sort(got)
      assert.same({ 1, 2, 3 }, got)
      assert.equal(12, #failures)
      for _, failure in ipairs(failures) do
        assert.equal("forbidden", failure.err.kind)
        assert.equal(failures[1].err, failure.err)
      end
      for _ = 1, 2 do
        assert.equal(failures[1].err, support.raised(iterator))
      end
    end
  end)

  it("loses nothing and hangs nowhere when tasks fail", function()
    local client = server:client()
    local iterator, got = (client:origins(support.application):each { page_size = 6 }), {}
    local _, failures = client:map(numbers(25), function(index)
      each_of(iterator, function(item)
        got[#got + 1] = item
        if index % 2 == 0 then
          error "enough"
        end
      end)
    end, { concurrency = 25 })
    assert.equal(12, #failures)
    assert.same(everything, sorted_keys(got))
  end)

  -- `on_progress` that raises ends all tasks of its map, wherever they wait.
  it("loses nothing and hangs nowhere when tasks are cancelled while they wait", function()
    for _, prefetch in ipairs { 0, 4 } do
      for _, cancelled in ipairs { 1, 3, 10 } do
        local client = server:client()
        local origins = client:origins(support.application)
        local iterator, got = (origins:each { page_size = 6, prefetch = prefetch }), {}
        local function collect()
          each_of(iterator, function(item) got[#got + 1] = item end)
        end
        local outer = { function()
          local ok = pcall(client.map, client, numbers(cancelled + 1), function(index)
            if index > cancelled then
              return true
            end
            collect()
          end, { concurrency = cancelled + 1, on_progress = function() error("left", 0) end })
          assert.is_false(ok)
          collect()
        end, collect, collect }
        if _VERSION == "Lua 5.1" and not jit then
          table.remove(outer, 1) -- whose pcall would have to wait
        end
        local _, failures = client:map(outer, function(work) work() end, { concurrency = 3 })
        assert.same({}, failures)
        assert.same(everything, sorted_keys(got))
      end
    end
  end)

  -- Begins a task for each function, and waits until they have ended, or that many of them.
  local function run(client, functions, count)
    local runtime, tasks, over = client.engine.runtime, {}, 0
    for index, call in ipairs(functions) do
      tasks[index] = runtime:spawn(function() call(tasks) end, function() over = over + 1 end)
    end
    for _ = 1, 1000 do
      if over == (count or #functions) then
        break
      end
      runtime:sleep(0.01)
    end
    return over
  end

  it("gives back what a cancelled task was handed and did not take, also at the end", function()
    for left, size in pairs { [2] = 64, [4] = 63, [5] = 25, [6] = 62 } do
      local client = server:client()
      local iterator, got = (client:origins(support.application):each { page_size = size, prefetch = 0 }), {}
      for _ = 1, 130 - left do
        iterator()
      end
      local function collect()
        each_of(iterator, function(item) got[#got + 1] = item.origin_key end)
      end
      -- All wait for the last page. The first to go on ends the second, and asks for no more.
      local functions = { function(tasks)
        got[1] = iterator().origin_key
        client.engine.runtime:cancel(tasks[2])
      end }
      for index = 2, left + 3 do
        functions[index] = collect
      end
      assert.equal(left + 2, run(client, functions, left + 2))
      assert.equal(left, #got)
    end
  end)

  it("lets go of the others when the client is closed", function()
    local client = server:client()
    local iterator = client:origins(8):each()
    local began = core.now()
    local _, failures = client:map(numbers(6), function(index)
      if index == 6 then
        client.engine.runtime:sleep(0.1)
        client:close()
        return true
      end
      return iterator()
    end, { concurrency = 6 })
    assert.is_true(core.now() - began < 5)
    assert.equal(5, #failures)
    for _, failure in ipairs(failures) do
      assert.equal("closed", failure.err.kind)
    end
  end)

  it("goes on for the others where one leaves a loop that closes it", function()
    for _, prefetch in ipairs { 0, 4 } do
      for _, size in ipairs { 1, 6 } do
        local client = server:client()
        local iterator, _, _, closing = client:origins(support.application):each { page_size = size,
          prefetch = prefetch }
        local got = {}
        -- The second one waits while the first has its item.
        assert.equal(2, run(client, { function()
          got[1] = iterator()
          getmetatable(closing).__close()
        end, function()
          each_of(iterator, function(item) got[#got + 1] = item end)
        end }))
        assert.same(everything, sorted_keys(got))
      end
    end
  end)
end)

describe("an iterator whose values come when they are let in", function()
  local time, runtime, gate, batches, reads, shared, iterator

  before_each(function()
    time, gate, batches, reads = 0, false, {}, 0
    runtime = native.new(function() return time end, function(_, seconds) time = time + seconds end)
    shared = shared_iterator.new(runtime, function()
      reads = reads + 1
      gate = runtime:waiter()
      runtime:wait(gate)
      local batch = table.remove(batches, 1)
      if type(batch) == "string" then
        error(batch, 0)
      end
      return batch
    end, function() end)
    iterator = shared:iterator(function() end)
  end)

  -- Lets the next values in: a list, nothing at the end, or what is raised instead.
  local function let_in(batch)
    batches[1] = batch
    runtime:wake(gate, "open")
    for _ = 1, 20 do -- all go on that can, and whoever they wake
      runtime:sleep(0)
    end
  end

  -- Tasks that ask once each: what they got.
  local function ask(count)
    local asked = {}
    for index = 1, count do
      local this = {}
      this.task = runtime:spawn(function() return iterator() end, function(_, ok, value)
        this.ended, this.ok, this.value = true, ok, value
      end)
      asked[index] = this
    end
    return (table.unpack or unpack)(asked)
  end

  it("passes over a task that is gone, which nothing unwound, and keeps nobody at its end for it", function()
    local gone, second, third, fourth = ask(4)
    gone.task.over = true
    let_in { 1, 2 }
    assert.equal(1, second.value)
    assert.equal(2, third.value)
    let_in(nil)
    assert.is_true(fourth.ended)
    assert.is_nil(fourth.value)
    gone.task.over = false
    runtime:cancel(gone.task) -- what it was handed was given back before
    assert.is_nil((iterator()))
  end)

  it("keeps who asks at its end for a while only, where somebody takes no value and is not gone", function()
    shared.handed = 1
    local asked = ask(1)
    let_in(nil)
    local late = ask(1)
    runtime:sleep(2)
    assert.is_nil(asked.ended or late.ended)
    runtime:sleep(3)
    assert.is_true(asked.ended and late.ended)
    assert.is_nil(asked.value or late.value)
  end)

  it("raises to all that wait what reading raised, and to all that ask later", function()
    local first, second = ask(2)
    let_in("broken")
    local third = ask(1)
    for _, this in ipairs { first, second, third } do
      assert.is_false(this.ok)
      assert.equal("broken", this.value)
    end
  end)

  -- Both as an error of a debug hook may leave them.
  it("wakes one that was taken off the line and not woken, and looks for nobody who is only counted", function()
    local first = ask(1)
    shared.head = shared.tail + 1
    let_in("broken")
    assert.equal("broken", first.value)

    shared.ended, shared.raised, shared.waiting = false, nil, 0
    local second = ask(1)
    shared.waiting = shared.waiting + 2
    let_in { 1, 2 }
    assert.equal(1, second.value)
    assert.equal(2, iterator())
    assert.same({ 0, 2 }, { shared.waiting, reads })
  end)

  it("reads no more when it is closed and nobody waits, and on where somebody does", function()
    local gone = ask(1)
    runtime:cancel(gone.task)
    shared:cancel()
    assert.equal(1, reads)
    local left = ask(1)
    assert.equal(2, reads)
    shared:cancel()
    assert.equal(3, reads)
    let_in { 7 }
    assert.equal(7, left.value)
  end)
end)
