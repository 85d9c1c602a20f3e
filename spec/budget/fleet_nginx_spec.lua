-- The workers of one nginx on one token, against the sandbox's strict count; and what becomes of calls when the
-- store of their budget is lost.
-- #seconds 65
local core = require "azion.core"
local openresty = require "spec.support.openresty"
local patience = require "spec.support.patience"
local redis = require "spec.support.redis"
local relay = require "spec.support.relay"
local support = require "spec.support.sandbox"

local workers, operations, window, limit = 4, 240, patience(3), 60

local HTTP = [[
lua_shared_dict budgets 1m;
lua_shared_dict tiny 64k;
init_worker_by_lua_block {
  local counts = ngx.shared.counts
  ngx.timer.at(0, function()
    local items = {}
    for index = 1, $operations do items[index] = index end
    local _, failures = require("shared"):map(items, function()
      local page, err = require("shared"):origins(1618339282):list { page_size = 1 }
      return page, err
    end)
    if failures[1] then ngx.log(ngx.ERR, tostring(failures[1].err)) end
    counts:incr("failures", #failures, 0)
    counts:incr("done", 1, 0)
  end)
}
]]

local LOCATIONS = [[
location = /done { content_by_lua_block {
  ngx.print((ngx.shared.counts:get("done") or 0) .. " " .. (ngx.shared.counts:get("failures") or 0)) } }
location = /lost { content_by_lua_block {
  ngx.print((ngx.shared.counts:get("events") or 0) .. " " .. (message or "")) } }
location = /list { content_by_lua_block {
  local begun = require("azion.core").now()
  local page, err = require("shared"):origins(1618339282):list { page_size = 1 }
  if not page then return ngx.print("failed: ", tostring(err)) end
  ngx.print(require("azion.core").now() - begun)
} }
location = /many { content_by_lua_block {
  local items = {}
  for index = 1, tonumber(ngx.var.arg_count) do items[index] = index end
  local _, failures = require("shared"):map(items, function()
    return require("shared"):origins(1618339282):list { page_size = 1 }
  end)
  ngx.print(failures[1] and tostring(failures[1].err) or "done")
} }
location = /busy { content_by_lua_block {
  local ends = require("azion.core").now() + 0.4
  repeat until require("azion.core").now() > ends
  ngx.exec("/list")
} }
location = /events { content_by_lua_block { ngx.print(table.concat(states or {}, " ")) } }
location = /message { content_by_lua_block { ngx.print(message) } }
location = /missing { content_by_lua_block {
  local make, path = require("azion").budget.redis, package.path
  package.path, package.loaded["resty.redis"], package.loaded["nginx.redis"] = "", nil, nil
  local client, err = require("azion").client { token = "t", budget = make() }
  package.preload["resty.redis"] = function() return {} end
  local bundled = make()
  package.path, package.preload["resty.redis"], package.loaded["resty.redis"] = path, nil, nil
  ngx.print(tostring(client), " ", err.kind, " ", err.message, " ", tostring(bundled.missing), tostring(make().missing))
} }
location = /keys { content_by_lua_block {
  for _, key in ipairs(ngx.shared.budgets:get_keys(0)) do ngx.say(key, " ", ngx.shared.budgets:get(key)) end } }
location = /fill { content_by_lua_block {
  local index = 0
  repeat index = index + 1 until not ngx.shared.tiny:safe_set("x" .. index, ("x"):rep(20))
} }
location = /empty { content_by_lua_block { ngx.shared.tiny:flush_all() ngx.shared.tiny:flush_expired() } }
location = /wrong { content_by_lua_block {
  local client, err = require("azion").client { token = "t", budget = require("azion").budget.shared_dict("none") }
  ngx.print(tostring(client), " ", err.kind, " ", err.message)
} }
]]

local CLIENT = ([[{ concurrency = 4, max_attempts = 20, deadline = $deadline, budget = %s,
  on_event = function(event)
    if event.type == "budget" then
      ngx.shared.counts:incr("events", 1, 0)
      states = states or {}
      states[#states + 1], message = event.state, message or event.message
    end
  end }]]):gsub("%$deadline", patience(120))

-- In Redis, which is waited for so long.
local function redis_budget(store, seconds, options)
  return ('(function() require("azion.budget.redis_script").patience = %g return assert(require("azion").budget.redis'
    .. " { port = %d %s }) end)()"):format(seconds or patience(5), store.port, options or "")
end

-- Where Redis is lost: so long that it shows in a call's time, whatever else the machine does.
local long_patience = 1.5

local SHARED_DICT = 'assert(require("azion").budget.shared_dict("budgets"))'

local function run_workers(budget)
  local server = support.start { seed = 5, window = window, limits = { read = limit } }
  local web = openresty.start(server.sandbox, { workers = workers, client = CLIENT:format(budget),
    http = HTTP:gsub("%$operations", operations / workers), locations = LOCATIONS })
  local begun, done = core.now(), nil
  local finished = web:eventually(60, function()
    done = web:get("/done").body
    return done:find("^" .. workers .. " ") ~= nil
  end)
  local seconds = core.now() - begun
  local keys, lost = web:get("/keys").body, web:get("/lost").body
  local log = web:errors()
  web:stop()
  local used, refused = server:windows(window), server:refused()
  local least = limit
  for index = 1, #used - 1 do
    least = math.min(least, used[index])
  end
  server:stop()
  assert.is_true(finished, "done: " .. tostring(done))
  assert.are.equal(workers .. " 0", done, log[1])
  return refused, least, table.concat(used, " "), seconds, log, keys, server.sandbox.token, lost
end

describe("4 workers of nginx on one token", function()
  it("draw no 429 and use each window with a shared dictionary", function()
    local refused, least, list, seconds, log, keys, token = run_workers(SHARED_DICT)
    print(("\n  shared dictionary: %d refused, %.1f s, windows %s"):format(refused, seconds, list))
    assert.are.same({}, log)
    assert.are.equal(0, refused)
    assert.is_truthy(keys:find("azion:%x+:read "), keys)
    assert.is_nil(keys:find(token, 1, true))
    assert.is_true(least >= 0.98 * limit, "used: " .. list) -- #time
  end)

  it("draw no 429 and use each window with a budget in Redis", function()
    local store = redis.start()
    local refused, least, list, seconds, log, _, _, lost = run_workers(
      redis_budget(store))
    store:stop()
    print(("\n  Redis: %d refused, %.1f s, windows %s, events %s"):format(refused, seconds, list, lost))
    assert.are.same({}, log) -- #time
    assert.are.equal(0, refused, "events of the budget: " .. lost) -- #time
    assert.is_true(least >= 0.98 * limit, "used: " .. list) -- #time
  end)

  it("are refused often when each keeps a budget of its own", function()
    local refused, _, list, seconds, log = run_workers("nil")
    print(("\n  in process: %d refused, %.1f s, windows %s"):format(refused, seconds, list))
    assert.are.same({}, log)
    assert.is_true(refused > 0)
  end)
end)

describe("a worker of nginx that is killed", function()
  it("gives its slots of the shared dictionary back when the window ends", function()
    -- Two rounds of calls to a window, of half a second each: a machine that stands still has seconds to spare.
    local few, seconds = 20, patience(5)
    -- What crosses the end of a window as short as this is waited for for a second: replies must be here before.
    local server = support.start { seed = 5, window = seconds, limits = { read = few }, latency = patience(0.5) }
    local web = openresty.start(server.sandbox, { workers = 2, locations = LOCATIONS,
      client = CLIENT:gsub("concurrency = 4", "concurrency = 12"):format(SHARED_DICT),
      http = "lua_shared_dict budgets 1m; lua_shared_dict tiny 64k;" })
    web:begin("/many?count=12", patience(60))
    assert.is_true(web:eventually(10, function() return #server:requests() >= 12 end))
    for _, pid in ipairs(web:workers()) do
      web:signal("KILL", pid)
    end
    assert.are.equal("done", web:get("/many?count=60", patience(60)).body)
    web:stop()
    local used, refused = server:windows(seconds), server:refused()
    local list = table.concat(used, " ")
    server:stop()
    assert.are.equal(0, refused)
    print("\n  a worker killed: windows " .. list)
    assert.is_true(#used >= 4 and #used <= 5, list)
    for index = 2, #used - 1 do
      assert.are.equal(few, used[index], list)
    end
  end)
end)

describe("a budget that nginx loses", function()
  local server, store
  before_each(function()
    server, store = support.start { seed = 5, limits = { read = 1000000 } }, redis.start()
  end)
  after_each(function()
    store:stop()
    server:stop()
  end)

  local function start(budget, http)
    return openresty.start(server.sandbox, { client = CLIENT:format(budget), locations = LOCATIONS,
      http = "lua_shared_dict budgets 1m; lua_shared_dict tiny 64k;" .. (http or "") })
  end

  local function start_on_redis(options, http)
    return start(redis_budget(store, nil, options), http)
  end

  local function call_for(web, seconds)
    local ends, longest, count = core.now() + seconds, 0, 0
    repeat
      local body = web:get("/list").body
      longest, count = math.max(longest, (assert(tonumber(body), body))), count + 1
    until core.now() >= ends
    return longest, count
  end

  local function check_loss(web, lose, restore)
    call_for(web, 0.2)
    assert.are.equal("", web:get("/events").body)
    lose()
    local longest, count = call_for(web, 2.5)
    assert.are.equal("lost", web:get("/events").body)
    restore()
    assert.is_true(web:eventually(5, function()
      call_for(web, 0)
      return web:get("/events").body == "lost restored"
    end), web:get("/events").body)
    local afterwards = call_for(web, 0.5)
    assert.are.equal("lost restored", web:get("/events").body)
    -- It is asked once, not twice, and afterwards it is not waited for.
    assert.is_true(longest < 2 * long_patience, "longest: " .. longest) -- #time
    assert.is_true(count >= 8, "calls: " .. count) -- #time
    assert.is_true(afterwards < long_patience, "longest afterwards: " .. afterwards) -- #time
    web:stop()
  end

  it("goes on while Redis is stopped", function()
    check_loss(start(redis_budget(store, long_patience)), function() store:kill() end, function() store:launch() end)
  end)

  it("goes on while Redis answers nothing", function()
    check_loss(start(redis_budget(store, long_patience)), function() store:freeze() end, function() store:thaw() end)
  end)

  it("goes on while Redis is out of memory", function()
    check_loss(start(redis_budget(store, long_patience)), function() store:command("CONFIG SET maxmemory 1") end,
      function() store:command("CONFIG SET maxmemory 0") end)
  end)

  it("goes on when Redis forgets the script or closes connections, without a word", function()
    local web = start_on_redis()
    for _ = 1, 3 do
      for _, command in ipairs { "SCRIPT FLUSH", "CLIENT KILL TYPE normal SKIPME yes" } do
        call_for(web, 0.4)
        store:command(command)
      end
    end
    call_for(web, 0.4)
    assert.are.equal("", web:get("/events").body)
    local count = tonumber(store:command("INFO commandstats"):match("cmdstat_eval:calls=(%d+)"))
    assert.is_true(count <= 8, "sent the script: " .. count)
    web:stop()
    assert.is_true(count >= 4, "sent the script: " .. count) -- #time
  end)

  it("is asked in one round trip, on a new connection too", function()
    store:command("CONFIG SET requirepass right-one")
    local way = relay.start(store.port, { delay = 0.8 })
    local web = start(redis_budget(way, nil, ', password = "right-one", db = 3'))
    local longest = call_for(web, 0)
    assert.is_true(longest >= 1.6 and longest <= 3.1, "took: " .. longest) -- #time
    assert.are.equal("", web:get("/events").body)
    assert.is_truthy(store:command("-a right-one -n 3 KEYS '*'"):find("azion:", 1, true))
    web:stop()
    way:stop()
  end)

  it("is not taken for slow when it is nginx that was busy", function()
    local web = start(redis_budget(store, 0.25))
    for _ = 1, 3 do
      assert.is_not_nil(tonumber(web:get("/busy").body))
    end
    assert.are.equal("", web:get("/events").body)
    web:stop()
  end)

  it("is not waited for when Redis sends byte by byte", function()
    local way = relay.start(store.port, { delay = 0.02, piece = 2 })
    local web = start(('assert(require("azion").budget.redis { port = %d })'):format(way.port))
    local longest = call_for(web, 0)
    assert.are.equal("Redis: timeout", web:get("/message").body)
    assert.is_true(longest >= 0.24 and longest <= 1, "longest: " .. longest) -- #time
    web:stop()
    way:stop()
  end)

  it("says what is wrong, and no secret", function()
    store:command("CONFIG SET requirepass right-one")
    local web = start_on_redis(', password = "wrong-one"')
    assert.are.equal("nil invalid budget: inside nginx a budget in Redis needs lua-resty-redis; on Debian:"
      .. " apt-get install lua-nginx-redis nilnil", web:get("/missing").body)
    call_for(web, 0)
    local message = web:get("/message").body
    assert.is_truthy(message:find("WRONGPASS", 1, true))
    assert.is_nil(message:find("wrong-one", 1, true))
    web:stop()
  end)

  it("is asked over TLS where the certificate is trusted and for that host, and else is not", function()
    -- nginx compares names only, of which an address can be one.
    for name, problem in pairs { ["DNS:127.0.0.1"] = "nil", ["DNS:redis.example.com"] = "Redis: " } do
      store:stop()
      store = redis.start { tls_name = name }
      local web = start_on_redis(", tls = true", ("lua_ssl_trusted_certificate %s;"):format(store.ca_file))
      call_for(web, 0.2)
      assert.are.equal(problem == "nil" and "" or "lost", web:get("/events").body, web:get("/message").body)
      local message = web:get("/message").body
      assert.is_truthy(message:find(problem, 1, true), message)
      assert.are.equal(problem == "nil", store:contents():find("azion:", 1, true) ~= nil)
      web:stop()
    end
    store:stop()
    store = redis.start { tls_name = "DNS:127.0.0.1" }
    local web = start_on_redis(", tls = true") -- trusts nobody
    call_for(web, 0)
    assert.are.equal("lost", web:get("/events").body)
    assert.are.equal("", store:contents())
    web:stop()
  end)

  it("goes on while the dictionary is full, and pushes nothing out of it", function()
    local web = start('assert(require("azion").budget.shared_dict("tiny"))')
    web:get("/fill")
    local longest, count = call_for(web, 0.5)
    assert.are.equal("lost", web:get("/events").body)
    assert.is_true(longest < 2 and count >= 3, longest .. " " .. count) -- #time
    -- A look whether there is room again must not find any.
    call_for(web, 1.2)
    assert.are.equal("lost", web:get("/events").body)
    web:get("/empty")
    assert.is_true(web:eventually(5, function()
      call_for(web, 0)
      return web:get("/events").body == "lost restored"
    end), web:get("/events").body)
    web:stop()
  end)

  it("is refused where there is no such dictionary, or no nginx", function()
    local web = start(SHARED_DICT)
    assert.are.equal("nil invalid budget: nginx has no shared dictionary \"none\": add `lua_shared_dict none 1m;`"
      .. " to its configuration",
      web:get("/wrong").body)
    web:stop()
    local azion = require "azion"
    assert.is_truthy(support.refusal(azion.budget.shared_dict("x")):find("inside nginx only", 1, true))
    assert.is_truthy(support.raised(function() azion.budget.shared_dict() end):find("fleet_nginx_spec.lua", 1, true))
  end)
end)
