-- A call's deadline while it has nothing to do but to wait for other calls.
local core = require "azion.core"
local support = require "spec.support.sandbox"

describe("a call that waits for another", function()
  local server, client
  setup(function() server = support.start { latency = 2 } end)
  teardown(function() server:stop() end)

  before_each(function() client = server:client { concurrency = 1, pace = false } end)

  -- What became of each of the calls, begun in this order, and after how long.
  local function run(calls)
    local started = core.now()
    local ended = {}
    local results, failures = client:map(calls, function(call, index)
      local value, err = call()
      ended[index] = core.now() - started
      return value, err
    end, { concurrency = #calls })
    return results, failures, ended
  end

  local function get(deadline)
    return function()
      return client:request("GET", "/edge_applications", { deadline = deadline })
    end
  end

  local function assert_gave_up(failures, ended, words)
    assert.equal(1, #failures)
    assert.equal(2, failures[1].index)
    local err = failures[1].err
    assert.equal("timeout", err.kind)
    assert.equal(words, err.message)
    assert.equal(0, err.attempts)
    assert.is_true(err.retryable)
    assert.is_nil(err.maybe_applied)
    assert.is_true(ended[1] >= 2)
    assert.is_true(ended[2] >= 0.2, ended[2])
    assert.is_true(ended[2] < 1.9, ended[2]) -- #time
  end

  it("ends at its deadline when no place came free, and nothing of it was sent", function()
    local before = #server:requests()
    local results, failures, ended = run { get(10), get(0.2) }
    assert.is_table(results[1])
    assert_gave_up(failures, ended, "the deadline passed while other requests were in flight")
    assert.equal(before + 1, #server:requests())
    assert.is_table((get(10)()))
  end)

  it("ends when the client is closed", function()
    local _, failures, ended = run { get(10), get(10), function() return client:close() end }
    assert.equal(2, #failures)
    for _, failure in ipairs(failures) do
      assert.equal("closed", failure.err.kind)
    end
    assert.equal(0, failures[2].err.attempts)
    for index = 1, 2 do
      assert.is_true(ended[index] < 1.9, ended[index]) -- #time
    end
  end)

  it("of the same kind, where the API takes one at a time, ends at its deadline", function()
    client = server:client { concurrency = 4, pace = false }
    local function create(name, deadline)
      return function()
        return client:edge_applications():create({ name = name, delivery_protocol = "http" }, { deadline = deadline })
      end
    end
    local results, failures, ended = run { create("first", 10), create("second", 0.2) }
    assert.is_table(results[1])
    assert_gave_up(failures, ended, "the deadline passed while waiting for earlier calls")
    assert.equal("third", assert(create("third", 10)()).name)
  end)
end)

describe("a call whose time passes while the program is away", function()
  local server
  setup(function() server = support.start() end)
  teardown(function() server:stop() end)

  for _, connection in ipairs { "a new", "a used" } do
    it("before libcurl could send it is not sent, over " .. connection .. " connection", function()
      local client = server:client { deadline = 0.8 }
      if connection == "a used" then
        assert(client:request("GET", "/edge_applications"))
      end
      local before = #server:requests()
      local _, failures = client:map({ "call", "work" }, function(what)
        if what == "work" then
          return os.execute("sleep 1.1") ~= nil
        end
        return client:origins(support.application):create { name = "late", addresses = { { address = "a.example" } } }
      end)
      assert.equal(1, #failures)
      assert.equal("timeout", failures[1].err.kind)
      assert.is_nil(failures[1].err.maybe_applied)
      os.execute("sleep 0.2")
      assert.equal(before, #server:requests())
      assert(client:request("GET", "/edge_applications"))
    end)
  end

  it("in a handler of events is not sent", function()
    local client = server:client { deadline = 0.5, on_event = function(event)
      if event.type == "request" then
        os.execute("sleep 0.7")
      end
    end }
    local before = #server:requests()
    local _, err = client:request("POST", "/purge/url", { body = { urls = { "a.example/" }, method = "delete" } })
    assert.equal("timeout", err.kind)
    assert.is_nil(err.maybe_applied)
    assert.equal(before, #server:requests())
  end)
end)

describe("what waits", function()
  local server
  setup(function()
    server = support.start { faults = { { path = "/later", status = 429, headers = { ["Retry-After"] = "20" } },
      { path = "/hang", action = "hang" },
      { path = "/limited", nth = 1, delay = 0.3, status = 429, headers = { ["Retry-After"] = "1" } },
      { path = "/limited", status = 204 },
      { path = "/doubtful", nth = 1, status = 502 },
      { path = "/doubtful", nth = 2, status = 503, headers = { ["Retry-After"] = "1" } },
      { path = "/doubtful", status = 400 },
      { path = "/failing", status = 502 },
      { path = "/full", status = 503, headers = { ["X-RateLimit-Limit"] = "1", ["X-RateLimit-Remaining"] = "0",
        ["X-RateLimit-Reset"] = os.date("!%Y-%m-%dT%H:%M:%SZ", os.time() + 60) } } } }
  end)
  teardown(function() server:stop() end)

  it("for a retry ends when the client is closed, all of it", function()
    for _, pace in ipairs { true, false } do
      local client = server:client { pace = pace }
      local began = core.now()
      local _, failures = client:map({ 1, 2, 3, 4, 5 }, function(index)
        if index == 5 then
          client.engine.runtime:sleep(0.5, client.engine)
          return client:close()
        end
        return client:request("GET", "/later")
      end)
      assert.equal(4, #failures)
      for _, failure in ipairs(failures) do
        assert.is_table(failure.err)
      end
      assert.is_true(core.now() - began < 10) -- #time
    end
  end)

  it("for a place heeds the 429 that comes meanwhile", function()
    local client = server:client { concurrency = 1 }
    assert(client:request("GET", "/edge_applications")) -- calls go side by side from now on
    local before = #server:requests()
    local _, failures = client:map({ "/limited", "/edge_applications", "/edge_applications" }, function(path)
      return client:request("GET", path)
    end, { concurrency = 3 })
    assert.same({}, failures)
    local requests = server:requests()
    assert.equal(before + 4, #requests)
    for index = before + 2, before + 4 do
      assert.is_true(requests[index].time - requests[before + 1].time >= 0.99)
    end
  end)

  it("for a retry remembers that a try before may have been carried out", function()
    local _, err = server:client():request("PUT", "/doubtful", { body = { a = 1 } })
    assert.equal(400, err.status)
    assert.is_true(err.maybe_applied)
  end)

  -- A call that fails, and while it waits for its next try, another one that takes the only place.
  local function fail_behind(path, options, work)
    local client = server:client(options)
    client.engine.random = function() return 0 end -- the shortest backoff
    local errs = {}
    client:map({ path, "/hang", "work" }, function(what, index)
      if what == "work" then
        return work and work(client) or true
      end
      errs[index] = select(2, client:request("GET", what, { deadline = index == 1 and 0.6 or 1 }))
      return true
    end, { concurrency = 3 })
    return errs[1]
  end

  it("for a place to try again tells at its deadline why the last try failed", function()
    local err = fail_behind("/failing", { concurrency = 1, pace = false })
    assert.equal(502, err.status)
    assert.equal(1, err.attempts)
    assert.is_true(err.elapsed >= 0.6, err.elapsed)
  end)

  it("for a place to try again tells that the client was closed", function()
    local err = fail_behind("/failing", { concurrency = 1, pace = false }, function(client)
      client.engine.runtime:sleep(0.3, client.engine)
      return client:close()
    end)
    assert.equal("closed", err.kind)
    assert.equal(1, err.attempts)
  end)

  it("for a slot to try again tells how long there will be none", function()
    local client = server:client()
    client.engine.random = function() return 0 end
    local _, err = client:request("GET", "/full", { deadline = 5 })
    assert.equal("rate_limited", err.kind)
    assert.equal(1, err.attempts)
    assert.is_true(err.retry_after > 5, err.retry_after)
  end)

  it("in tasks that are ended gives its place back at once", function()
    local client = server:client { concurrency = 3, pace = false }
    local ok = pcall(client.map, client, { "/hang", "/hang", "/edge_applications" }, function(path)
      return client:request("GET", path)
    end, { on_progress = function() error("enough") end })
    assert.is_false(ok)
    assert.equal(3, client.engine.places.free)
  end)

  it("for a slot in tasks that are ended leaves its turn to those behind it", function()
    local narrow = support.start { limits = { read = 1 }, window = 1 }
    local client = narrow:client()
    local function get() return client:request("GET", "/edge_applications", { deadline = 10 }) end
    assert(get())
    local ok = pcall(client.map, client, { "waits", "ends" }, function(what)
      return what == "waits" and get() or true
    end, { on_progress = function() error("enough") end })
    assert.is_false(ok)
    local began = core.now()
    local _, err = get()
    narrow:stop()
    assert.is_nil(err)
    assert.is_true(core.now() - began < 6, core.now() - began) -- #time
  end)

  it("for a place is not even begun when the program was away until its deadline", function()
    local events = {}
    local client = server:client { concurrency = 1, pace = false, on_event = function(event)
      events[#events + 1] = event.type
    end }
    local _, failures = client:map({ 1, 2 }, function(index)
      local body, err = client:request("GET", "/edge_applications", { deadline = index == 2 and 0.5 or nil })
      if index == 1 then
        os.execute("sleep 0.7") -- the second has the place by now, and has not run
      end
      return body, err
    end, { concurrency = 2 })
    assert.equal("timeout", failures[1].err.kind)
    assert.equal(0, failures[1].err.attempts)
    assert.same({ "request", "response" }, events)
  end)

  it("for its turn is sent before the program goes on with its own work", function()
    local origins = server:origins { pace = false }
    for _ = 1, 3 do
      assert(origins:create { name = "one of several " .. tostring(_), addresses = { { address = "a.example" } } })
    end
    local before = #server:requests(support.origins_path)
    for _ in origins:each { page_size = 1, prefetch = 2 } do
      os.execute("sleep 0.4")
      assert.is_true(#server:requests(support.origins_path) >= before + 3)
      break
    end
  end)
end)
