-- The budget in Redis: what is asked and stored, and that no loss of the store stops a call.
-- #seconds 45
local azion = require "azion"
local core = require "azion.core"
local patience = require "spec.support.patience"
local redis = require "spec.support.redis"
local redis_script = require "azion.budget.redis_script"
local relay = require "spec.support.relay"
local support = require "spec.support.sandbox"
local web_server = require "spec.support.web_server"

local plenty = 1000000 -- within a window, however fast the machine

-- A Redis on a busy machine is not to pass for a lost one, where a spec is not about that.
local real_patience = redis_script.patience
before_each(function() redis_script.patience = patience(5) end)
after_each(function() redis_script.patience = real_patience end)

local function budget_events(events)
  local states = {}
  for _, event in ipairs(events) do
    if event.type == "budget" then
      states[#states + 1] = event.state
    end
  end
  return table.concat(states, " ")
end

local function message_of(events)
  for _, event in ipairs(events) do
    if event.type == "budget" then
      return event.message
    end
  end
end

-- How often the script was run.
local function decisions_of(store)
  local count = 0
  for _, command in ipairs { "eval", "evalsha" } do
    local text = store:command("INFO commandstats"):match("cmdstat_" .. command .. ":calls=(%d+)")
    count = count + (tonumber(text) or 0)
  end
  return count
end

local function new_client(server, store, options)
  local events = {}
  local settings = { budget = assert(azion.budget.redis { port = store.port }),
    on_event = function(event) events[#events + 1] = event end }
  for name, value in pairs(options or {}) do
    settings[name] = value
  end
  return server:origins(settings), events
end

-- Calls, one after the other, for so many seconds; the longest of them.
local function call_for(origins, seconds)
  local ends, longest, count = core.now() + seconds, 0, 0
  repeat
    local before = core.now()
    assert(origins:list { page_size = 1 })
    longest, count = math.max(longest, core.now() - before), count + 1
  until core.now() >= ends
  return longest, count
end

local function call_until(origins, limit, condition)
  local ends = core.now() + limit
  repeat
    assert(origins:list { page_size = 1 })
  until condition() or core.now() >= ends
end

describe("azion.budget.redis", function()
  it("raises on what is no option, and tells of values that cannot be", function()
    assert.is_truthy(support.raised(azion.budget.redis, { hots = "x" }):find("nearest known one is 'host'", 1, true))
    assert.is_truthy(support.raised(azion.budget.redis, { port = "6379" }):find("must be a number", 1, true))
    for problem, options in pairs { ["db: expected the number of a database, got -1"] = { db = -1 },
      ["port: expected a port from 1 to 65535, got 65536"] = { port = 65536 } } do
      assert.are.equal("budget: " .. problem, support.refusal(azion.budget.redis(options)))
    end
  end)

  local function missing(module, options)
    local loaded, preloaded = package.loaded[module], package.preload[module]
    package.loaded[module], package.preload[module] = nil, function() error("not there") end
    local budget = azion.budget.redis(options)
    package.loaded[module], package.preload[module] = loaded, preloaded
    return support.refusal(budget)
  end

  it("says what has to be installed", function()
    assert.is_truthy(missing("azion.hiredis"):find("apt-get install libhiredis-dev", 1, true))
    assert.is_truthy(missing("socket"):find("apt-get install lua-socket", 1, true))
    assert.is_truthy(missing("ssl", { tls = true }):find("apt-get install lua-sec", 1, true))
    assert.is_table((azion.budget.redis()))
  end)

  it("keeps the budgets of two servers apart, for all that one token is used with both", function()
    local server, store = support.start(), redis.start()
    local function call(suffix)
      local client = server:client { base_url = server.sandbox.base_url .. suffix,
        budget = azion.budget.redis { port = store.port } }
      client:domains():list()
      client:close()
      return store:command("KEYS '*:read'")
    end
    local _, first = call(""):gsub("azion:%x+:read", "")
    local _, again = call(""):gsub("azion:%x+:read", "")
    local _, second = call("/v3"):gsub("azion:%x+:read", "")
    assert.same({ 1, 1, 2 }, { first, again, second })
    server:stop()
    store:stop()
  end)

  it("is told from other tables", function()
    local client, err = azion.client { token = "t", budget = {} }
    assert.is_nil(client)
    assert.are.equal("invalid", err.kind)
    assert.is_not_nil(err.fields.budget)
  end)
end)

describe("a budget in Redis", function()
  local server, store
  before_each(function()
    server = support.start { seed = 5, limits = { read = plenty, write = plenty } }
    store = redis.start()
  end)
  after_each(function()
    store:stop()
    server:stop()
  end)

  it("asks for few slots more often than needed, and keeps no token", function()
    local origins = new_client(server, store)
    for _ = 1, 200 do
      assert(origins:list { page_size = 1 })
    end
    local decisions = decisions_of(store)
    assert.is_true(decisions >= 200 / 32 and decisions <= 60, "decisions: " .. decisions)
    local contents = store:contents()
    assert.is_truthy(contents:find("^azion:%x+:read "), contents)
    assert.is_nil(contents:find(server.sandbox.token, 1, true))
    assert.is_truthy(contents:find("limit=1000000", 1, true))
  end)

  it("takes slots in batches where a window has many, and one by one where it has few", function()
    for limit, most in pairs { [40] = 1, [200] = 4, [1000] = 20, [100000] = 32 } do
      local budget = assert(azion.budget.redis { port = store.port }):bind("spec" .. limit, error)
      local slot, time = assert(budget:reserve("read", core.now())), core.time()
      budget:settle("read", { sent = true, status = 200, rate = { limit = limit, remaining = limit - 1,
        date = math.floor(time), reset = time + 30, reset_after = time + 30 - math.floor(time) } }, core.now(), slot)
      local before = decisions_of(store)
      local count = 0
      repeat
        assert.is_table((budget:reserve("read", core.now())))
        count = count + 1
      until count == limit - 1 or count == 99
      assert.are.equal(math.ceil(count / most), decisions_of(store) - before, "limit: " .. limit)
    end
  end)

  it("decides in one round trip, on a new connection too", function()
    store:command("CONFIG SET requirepass right-one")
    local way = relay.start(store.port, { delay = 0.8 })
    finally(function() way:stop() end)
    local events = {}
    local budget = assert(azion.budget.redis { port = way.port, password = "right-one", db = 3 })
      :bind("spec", function(event) events[#events + 1] = event end)
    for _ = 1, 3 do
      local before = core.now()
      assert.is_not_nil((budget:reserve("read", before)))
      local took = core.now() - before
      assert.is_true(took >= 1.6 and took <= 3.1, "took: " .. took) -- #time
    end
    assert.are.same({}, events)
  end)

  it("is not waited for when it sends byte by byte", function()
    redis_script.patience = real_patience
    local way = relay.start(store.port, { delay = 0.02, piece = 2 })
    local origins, events = new_client(server, way)
    local longest = call_for(origins, 0)
    assert.are.equal("Redis: timeout", message_of(events))
    assert.are.equal(0.25, real_patience)
    assert.is_true(longest >= 0.25 and longest <= 1, "longest: " .. longest) -- #time
    way:stop()
  end)

  it("is told from other servers", function()
    local web = web_server.start {}
    local origins, events = new_client(server, { port = tonumber(web.plain_url:match("%d+$")) })
    call_for(origins, 0)
    assert.are.equal("Redis: what answers is not Redis", message_of(events))
    web:stop()
  end)

  it("keeps accounts apart, and lets clients of one share", function()
    local first, second = new_client(server, store), new_client(server, store)
    assert(first:list { page_size = 1 })
    assert(second:list { page_size = 1 })
    local other = assert(azion.client { base_url = server.sandbox.base_url, token = "other",
      ca_file = server.sandbox.ca_file, budget = assert(azion.budget.redis { port = store.port }) })
    assert.is_nil((other:origins(support.application):list()))
    other:close()
    local _, keys = store:contents():gsub(":read ", "")
    assert.are.equal(2, keys)
  end)

  it("goes on when scripts are flushed, without a word", function()
    local origins, events = new_client(server, store)
    call_for(origins, 0.2)
    for _ = 1, 5 do
      store:command("SCRIPT FLUSH")
      call_for(origins, 0.1)
    end
    assert.are.equal("", budget_events(events))
  end)

  it("goes on when the connection was closed from the other side, without a word", function()
    local origins, events = new_client(server, store)
    call_for(origins, 0.1)
    store:command("CLIENT KILL TYPE normal SKIPME yes")
    call_for(origins, 0.1)
    assert.are.equal("", budget_events(events))
  end)

  local losses = {
    { "is stopped", function() store:kill() end, function() store:launch() end },
    { "answers nothing", function() store:freeze() end, function() store:thaw() end },
    { "is out of memory", function() store:command("CONFIG SET maxmemory 1") end,
      function() store:command("CONFIG SET maxmemory 0") end },
    { "wants a password", function()
      store:command("CONFIG SET requirepass x")
      store:command("-a x CLIENT KILL TYPE normal")
    end,
      function() store:command("-a x CONFIG SET requirepass ''") end },
  }
  for _, loss in ipairs(losses) do
    it("calls go on while it " .. loss[1] .. ", and it takes over again", function()
      local origins, events = new_client(server, store)
      redis_script.patience = 1.5
      call_for(origins, 0.2)
      loss[2]()
      local longest, count = call_for(origins, 2.5)
      assert.are.equal("lost", budget_events(events))
      loss[3]()
      call_until(origins, 5, function() return budget_events(events) == "lost restored" end)
      local afterwards = call_for(origins, 0.5)
      assert.are.equal("lost restored", budget_events(events))
      -- It is asked once, not twice, and afterwards it is not waited for.
      assert.is_true(longest < 2 * 1.5, "longest: " .. longest) -- #time
      assert.is_true(count >= 10, "calls: " .. count) -- #time
      assert.is_true(afterwards < 1.5, "longest afterwards: " .. afterwards) -- #time
    end)
  end

  it("says what is wrong, and no secret", function()
    store:command("CONFIG SET requirepass right-one")
    local origins, events = new_client(server, store, {
      budget = assert(azion.budget.redis { port = store.port, password = "wrong-one" }) })
    assert(origins:list { page_size = 1 })
    assert.is_truthy(message_of(events):find("WRONGPASS", 1, true))
    assert.is_nil(message_of(events):find("wrong-one", 1, true))
    local right, right_events = new_client(server, store, {
      budget = assert(azion.budget.redis { port = store.port, password = "right-one", db = 3 }) })
    assert(right:list { page_size = 1 })
    assert.are.equal("", budget_events(right_events))
    assert.is_truthy(store:command("-a right-one -n 3 KEYS '*'"):find("azion:", 1, true))
  end)
end)

describe("a Redis whose name has several addresses", function()
  it("is reached at the first call by the one that answers, however many refuse", function()
    local dns = require("socket").dns
    local real = dns.getaddrinfo
    finally(function() dns.getaddrinfo = real end)
    function dns.getaddrinfo()
      return { { family = "inet6", addr = "::1" }, { family = "inet", addr = "127.0.0.2" },
        { family = "inet", addr = "127.0.0.1" } }
    end
    local server, store = support.start { seed = 5, limits = { read = plenty } }, redis.start()
    local budget = azion.budget.redis { host = "several.test", port = store.port }
    for _ = 1, 4 do
      local origins, events = new_client(server, store, { budget = budget })
      assert(origins:list { page_size = 1 })
      assert.are.equal("", budget_events(events), message_of(events))
    end
    assert.is_truthy(store:contents():find("azion:", 1, true))
    store:kill()
    local origins, events = new_client(server, store, { budget = azion.budget.redis { host = "several.test",
      port = store.port } })
    assert(origins:list { page_size = 1 })
    assert.are.equal("lost", budget_events(events))
    server:stop()
    store:stop()
  end)
end)

describe("a budget in Redis over TLS", function()
  local function call_once(name, options)
    local server, store = support.start { seed = 5, limits = { read = plenty } }, redis.start { tls_name = name }
    local settings = { port = store.port, tls = true }
    for option, value in pairs(options(store)) do
      settings[option] = value
    end
    local origins, events = new_client(server, store, { budget = assert(azion.budget.redis(settings)) })
    for _ = 1, 50 do
      assert(origins:list { page_size = 1 })
    end
    local contents = store:contents()
    server:stop()
    store:stop()
    return contents, message_of(events)
  end

  it("is used where the certificate is trusted and for that host", function()
    for name, host in pairs { ["IP:127.0.0.1"] = "127.0.0.1", ["DNS:localhost"] = "localhost" } do
      local contents, problem = call_once(name, function(store) return { ca_file = store.ca_file, host = host } end)
      assert.is_truthy(contents:find("azion:", 1, true))
      assert.is_nil(problem) -- #time
    end
  end)

  it("is not used where it is not", function()
    local contents, problem = call_once("IP:127.0.0.1", function() return {} end)
    assert.is_truthy(problem:find("certificate", 1, true), problem)
    assert.are.equal("", contents)
    contents, problem = call_once("DNS:redis.example.com", function(store) return { ca_file = store.ca_file } end)
    assert.is_truthy(problem:find("the certificate is for another host", 1, true), problem)
    assert.are.equal("", contents)
  end)
end)

describe("a lost budget in Redis", function()
  local window, limit = 3, 40

  it("leaves each holder a fair share of the limit, and no 429", function()
    local server, store = support.start { seed = 5, window = window, limits = { read = limit } }, redis.start()
    local origins, events = {}, {}
    for index = 1, 4 do
      origins[index], events[index] = new_client(server, store, { concurrency = 4 })
      assert(origins[index]:list { page_size = 1 })
    end
    -- So that each has heard of the others.
    for _ = 1, 5 do
      for index = 1, 4 do
        assert(origins[index]:list { page_size = 1 })
      end
    end
    store:kill()
    local before = #server:requests()
    local begun = core.now()
    while core.now() < begun + 3 * window do
      for index = 1, 4 do
        if origins[index].client:eta(1) == 0 then
          assert(origins[index]:list { page_size = 1 })
        end
      end
    end
    assert.are.equal(0, server:refused())
    local made = #server:requests() - before
    assert.is_true(made <= 4 * limit, "made: " .. made)
    assert.are.equal("lost", budget_events(events[1]))
    server:stop()
    store:stop()
    assert.is_true(made >= 2 * limit * 0.9, "made: " .. made) -- #time
  end)

  it("gets a dead holder's slots back when the window ends", function()
    local store = redis.start()
    local now = core.now
    local function bind()
      return assert(azion.budget.redis { port = store.port }):bind("spec", function() end)
    end
    local function take_all(budget)
      local slots = {}
      while true do
        local slot = budget:reserve("read", now())
        if not slot then
          return slots
        end
        slots[#slots + 1] = slot
      end
    end
    local begun = core.time()
    local function answer(remaining, windows)
      return { sent = true, status = 200, rate = { limit = limit, remaining = remaining, date = math.floor(core.time()),
        reset = begun + windows * window, reset_after = begun + windows * window - math.floor(core.time()) } }
    end
    local dead, alive = bind(), bind()
    local slot = assert(alive:reserve("read", now()))
    alive:settle("read", answer(limit - 1, 1), now(), slot)
    for _ = 1, 10 do
      assert(dead:reserve("read", now()))
    end
    local left = take_all(alive)
    assert.are.equal(limit - 11, #left)
    for _, each in ipairs(left) do
      alive:settle("read", answer(0, 1), now(), each)
    end
    local ends = now() + 3 * window
    local count = 0
    repeat
      local taken, wait = alive:reserve("read", now())
      if taken then
        count = count + 1
        alive:settle("read", answer(limit - count, 2), now(), taken)
      else
        os.execute("sleep " .. math.min(wait, 0.1))
      end
    until count == limit or now() > ends
    assert.are.equal(limit, count)
    -- The clock of Date is up to a second late, and the dead are waited for a quarter of a window; not for another.
    assert.is_true(core.time() < begun + 2 * window, "late: " .. core.time() - begun) -- #time
    assert.is_true(core.time() >= begun + window)
    store:stop()
  end)
end)
