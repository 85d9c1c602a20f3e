-- Many calls at once in a plain script.
local core = require "azion.core"
local support = require "spec.support.sandbox"

-- Of one client: how many requests were in flight at most.
local function watch(options)
  local seen = { now = 0, most = 0 }
  options.on_event = function(event)
    if event.type == "request" then
      seen.now = seen.now + 1
      seen.most = math.max(seen.most, seen.now)
    elseif event.type == "response" then
      seen.now = seen.now - 1
    end
  end
  return options, seen
end

describe("client:map", function()
  local server, items
  setup(function()
    server = support.start { seed = 40, latency = 0.05, faults = { { path = "/late", delay = 5, status = 204 } } }
    items = assert(server:origins():all())
  end)
  teardown(function() server:stop() end)

  it("gives the results in the order of the items, whatever finished first", function()
    local client = server:client()
    local origins = client:origins(support.application)
    local results, failures = client:map(items, function(item, index)
      local found = assert(origins:get(item))
      if index % 3 == 0 then
        assert(origins:get(item))
      end
      return found.origin_key
    end)
    assert.same({}, failures)
    assert.equal(#items, results.n)
    for index, item in ipairs(items) do
      assert.equal(item.origin_key, results[index])
    end
  end)

  it("works on several items at once, on one connection, and never on more than was asked for", function()
    local options, seen = watch { concurrency = 8 }
    local client = server:client(options)
    local origins = client:origins(support.application)
    local active, most = 0, 0
    local before = core.now()
    client:map(items, function(item)
      active = active + 1
      most = math.max(most, active)
      local found = assert(origins:get(item))
      active = active - 1
      return found
    end, { concurrency = 5 })
    local together = core.now() - before
    assert.equal(5, most)
    assert.equal(5, seen.most)
    before = core.now()
    for _, item in ipairs(items) do
      assert(origins:get(item))
    end
    assert.is_true(together < 0.6 * (core.now() - before)) -- #time
    local requests = server:requests()
    assert.equal(requests[#requests].connection, requests[#requests - 2 * #items + 1].connection)
  end)

  it("keeps to the client's concurrency whatever a map asks for, nested maps included", function()
    local options, seen = watch { concurrency = 3 }
    local client = server:client(options)
    local origins = client:origins(support.application)
    local results, failures = client:map({ 1, 2, 3, 4 }, function(outer)
      local inner, failed = client:map({ 1, 2, 3, 4, 5 }, function(index)
        return assert(origins:get(items[outer * 5 + index])).name
      end, { concurrency = 16 })
      assert.same({}, failed)
      return table.concat(inner, " ", 1, inner.n)
    end, { concurrency = 16 })
    assert.same({}, failures)
    assert.equal(3, seen.most)
    for outer = 1, 4 do
      local names = {}
      for index = 1, 5 do
        names[index] = items[outer * 5 + index].name
      end
      assert.equal(table.concat(names, " "), results[outer])
    end
  end)

  it("makes a failure of what the function raises, and of a nil, err that it returns", function()
    local client = server:client()
    local origins = client:origins(support.application)
    local raised = { "any value" }
    local results, failures = client:map({ "a", "b", "c", "d", "e" }, function(item, index)
      if index == 2 then
        error(raised, 0)
      elseif index == 4 then
        return origins:get("no-such-origin")
      elseif index == 5 then
        return nil
      end
      return item
    end)
    assert.equal(5, results.n)
    assert.equal("a", results[1])
    assert.equal("c", results[3])
    assert.is_nil(results[2] or results[4] or results[5])
    assert.equal(2, #failures)
    assert.equal(2, failures[1].index)
    assert.equal("b", failures[1].item)
    assert.equal(raised, failures[1].err)
    assert.equal(4, failures[2].index)
    assert.equal("not_found", failures[2].err.kind)
  end)

  it("tells of progress, and lets a call be made while it does", function()
    local client = server:client()
    local origins = client:origins(support.application)
    local told = {}
    client:map({ 1, 2, 3 }, function(index)
      return index ~= 2 and assert(origins:get(items[index])) or error("no")
    end, { on_progress = function(done, total, failed)
      assert(origins:get(items[10]))
      told[#told + 1] = { done, total, failed }
    end })
    assert.equal(3, #told)
    assert.same({ 3, 3, 1 }, told[3])
    for index, progress in ipairs(told) do
      assert.equal(index, progress[1])
    end
  end)

  it("raises what on_progress raises, and ends what was in flight", function()
    local client = server:client { concurrency = 4 }
    local origins = client:origins(support.application)
    local finished = 0
    local message = support.raised(client.map, client, items, function(item)
      assert(origins:get(item))
      finished = finished + 1
    end, { on_progress = function() error("enough", 0) end })
    assert.equal("enough", message)
    assert.is_true(finished < 10)
    local before = finished
    assert(origins:list())
    assert.equal(before, finished)
    assert.equal(4, client.engine.places.free)
  end)

  it("holds the deadlines of the calls in it", function()
    local client = server:client { concurrency = 2 }
    local origins = client:origins(support.application)
    local before = core.now()
    local _, failures = client:map({ 1, 2, 3, 4 }, function(index)
      if index == 3 then
        return client:request("GET", "/late", { deadline = 0.2 })
      end
      return origins:get(items[index], { deadline = 5 })
    end)
    assert.is_true(core.now() - before < 2) -- #time
    assert.equal(1, #failures)
    assert.equal(3, failures[1].index)
    assert.equal("timeout", failures[1].err.kind)
  end)

  it("ends every waiting call with kind closed when the client is closed", function()
    local client = server:client { concurrency = 3 }
    local origins = client:origins(support.application)
    local results, failures = client:map({ 1, 2, 3, 4, 5 }, function(index)
      if index == 2 then
        client:close()
        return "closer"
      end
      return origins:get(items[index])
    end)
    assert.equal("closer", results[2])
    assert.equal(4, #failures)
    for _, failure in ipairs(failures) do
      assert.equal("closed", failure.err.kind)
    end
  end)

  it("takes no items, and refuses what is none of its arguments", function()
    local client = server:client()
    local results, failures = client:map({}, function() end)
    assert.same({ n = 0 }, results)
    assert.same({}, failures)
    assert.truthy(support.raised(client.map, client, 5, print):find("map: the list of items must be a table", 1, true))
    assert.truthy(support.raised(client.map, client, {}, print, { concurency = 2 }):find("'concurrency'", 1, true))
    local none, err = client:map({}, print, { concurrency = 0 })
    assert.is_nil(none)
    assert.equal("invalid", err.kind)
    assert.truthy(err.fields.concurrency)
  end)

  it("lets the function yield, sort and replace with calls inside", function()
    local client = server:client()
    local origins = client:origins(support.application)
    local results, failures = client:map({ 1, 2, 3 }, function(index)
      coroutine.yield()
      local count = 0
      -- There is no yielding across gsub: the call blocks, and says nothing strange.
      local text = ("x"):gsub("x", function()
        count = count + 1
        return assert(origins:get(items[index])).name
      end)
      return text .. count
    end)
    assert.same({}, failures)
    assert.truthy(results[1]:find("1$"))
  end)
end)

describe("a call inside a coroutine of the user's own", function()
  it("blocks, in a plain script and inside map", function()
    local server = support.start { seed = 5 }
    local client = server:client()
    local origins = client:origins(support.application)
    local names = coroutine.wrap(function()
      for item in origins:each { page_size = 2 } do
        coroutine.yield(item.name)
      end
    end)
    local first = names()
    assert.is_string(first)
    local results, failures = client:map({ 1, 2 }, function()
      local inner = coroutine.wrap(function()
        local item = assert(origins:list { page_size = 1 }).results[1]
        coroutine.yield(item.name)
      end)
      return inner()
    end)
    assert.same({}, failures)
    assert.same({ first, first, n = 2 }, results)
    assert.is_string(names())
    server:stop()
  end)
end)

describe("what the function of a map raises", function()
  it("is an err even if it is nil", function()
    local server = support.start { seed = 1 }
    local _, failures = server:client():map({ 1 }, function() error() end)
    assert.equal("nil was raised", failures[1].err)
    server:stop()
  end)

  it("tells of failures by index, whatever failed first", function()
    local server = support.start { seed = 1 }
    local client = server:client()
    local _, failures = client:map({ "a", "b", "c", "d", "e", "f", "g" }, function(item, index)
      client.engine.runtime:sleep(0.02 * (8 - index))
      if item ~= "d" then
        error(item, 0)
      end
      return true
    end, { concurrency = 7 })
    local indices = {}
    for position, failure in ipairs(failures) do
      indices[position] = failure.index .. failure.item .. failure.err
    end
    assert.same({ "1aa", "2bb", "3cc", "5ee", "6ff", "7gg" }, indices)
    server:stop()
  end)
end)
