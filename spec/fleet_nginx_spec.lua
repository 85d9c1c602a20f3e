-- The workers of one nginx on one token, against the sandbox's strict count; and what becomes of calls when the
-- store of their budget is lost.
local core = require "azion.core"
local openresty = require "spec.support.openresty"
local redis = require "spec.support.redis"
local support = require "spec.support.sandbox"

local workers, operations, window, limit = 4, 600, 3, 60

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
location = /list { content_by_lua_block {
  local begun = require("azion.core").now()
  local page, err = require("shared"):origins(1618339282):list { page_size = 1 }
  if not page then return ngx.print("failed: ", tostring(err)) end
  ngx.print(require("azion.core").now() - begun)
} }
location = /events { content_by_lua_block { ngx.print(table.concat(states or {}, " ")) } }
location = /keys { content_by_lua_block {
  for _, key in ipairs(ngx.shared.budgets:get_keys(0)) do ngx.say(key, " ", ngx.shared.budgets:get(key)) end } }
location = /fill { content_by_lua_block {
  local index = 0
  repeat index = index + 1 until not ngx.shared.tiny:safe_set("x" .. index, ("x"):rep(20))
} }
location = /empty { content_by_lua_block { ngx.shared.tiny:flush_all() ngx.shared.tiny:flush_expired() } }
location = /wrong { content_by_lua_block {
  local budget, err = require("azion").budget.shared_dict("none")
  ngx.print(tostring(budget), " ", err.kind, " ", err.message)
} }
]]

local CLIENT = [[{ concurrency = 4, max_attempts = 20, deadline = 120, budget = %s,
  on_event = function(event)
    if event.type == "budget" then states = states or {} states[#states + 1] = event.state end
  end }]]

local SHARED_DICT = 'assert(require("azion").budget.shared_dict("budgets"))'

local function windows_of(server)
  local used, refused, first = {}, 0, nil
  for _, entry in ipairs(server:requests()) do
    first = first or entry.time
    local index = math.floor((entry.time - first) / window) + 1
    if entry.status == 429 then
      refused = refused + 1
    else
      used[index] = (used[index] or 0) + 1
    end
  end
  for index = 1, #used do
    used[index] = used[index] or 0
  end
  return used, refused
end

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
  local keys = web:get("/keys").body
  local log = web:errors()
  web:stop()
  local used, refused = windows_of(server)
  local least = limit
  for index = 1, #used - 1 do
    least = math.min(least, used[index])
  end
  server:stop()
  assert.is_true(finished, "done: " .. tostring(done))
  assert.are.equal(workers .. " 0", done, log[1])
  assert.are.same({}, log)
  return refused, least, table.concat(used, " "), seconds, keys, server.sandbox.token
end

describe("4 workers of nginx on one token", function()
  it("draw no 429 and use each window with a shared dictionary", function()
    local refused, least, list, seconds, keys, token = run_workers(SHARED_DICT)
    print(("\n  shared dictionary: %d refused, %.1f s, windows %s"):format(refused, seconds, list))
    assert.are.equal(0, refused)
    assert.is_true(least >= 0.98 * limit, "used: " .. list)
    assert.is_truthy(keys:find("azion:%x+:read:window"), keys)
    assert.is_nil(keys:find(token, 1, true))
  end)

  it("draw no 429 and use each window with a budget in Redis", function()
    local store = redis.start()
    local refused, least, list, seconds = run_workers(
      ('assert(require("azion").budget.redis { port = %d })'):format(store.port))
    store:stop()
    print(("\n  Redis: %d refused, %.1f s, windows %s"):format(refused, seconds, list))
    assert.are.equal(0, refused)
    assert.is_true(least >= 0.98 * limit, "used: " .. list)
  end)

  it("are refused often when each keeps a budget of its own", function()
    local refused, _, list, seconds = run_workers("nil")
    print(("\n  in process: %d refused, %.1f s, windows %s"):format(refused, seconds, list))
    assert.is_true(refused > 0)
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

  local function start(budget)
    return openresty.start(server.sandbox, { client = CLIENT:format(budget), locations = LOCATIONS,
      http = "lua_shared_dict budgets 1m; lua_shared_dict tiny 64k;" })
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
    local longest, count = call_for(web, 1.5)
    assert.are.equal("lost", web:get("/events").body)
    assert.is_true(longest <= 0.25 + 0.15, "longest: " .. longest)
    assert.is_true(count >= 15, "calls: " .. count)
    restore()
    assert.is_true(web:eventually(5, function()
      call_for(web, 0)
      return web:get("/events").body == "lost restored"
    end), web:get("/events").body)
    assert.is_true(call_for(web, 0.5) <= 0.25)
    assert.are.equal("lost restored", web:get("/events").body)
    web:stop()
  end

  it("goes on while Redis is stopped", function()
    check_loss(start(('assert(require("azion").budget.redis { port = %d })'):format(store.port)),
      function() store:kill() end, function() store:launch() end)
  end)

  it("goes on while Redis answers nothing for 2 s", function()
    check_loss(start(('assert(require("azion").budget.redis { port = %d })'):format(store.port)),
      function() store:freeze(2) end, function() end)
  end)

  it("goes on while the dictionary is full, and pushes nothing out of it", function()
    local web = start('assert(require("azion").budget.shared_dict("tiny"))')
    web:get("/fill")
    local longest, count = call_for(web, 0.5)
    assert.are.equal("lost", web:get("/events").body)
    assert.is_true(longest <= 0.25 and count >= 10, longest .. " " .. count)
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
    assert.are.equal("nil invalid budget: nginx has no shared dictionary of that name: add `lua_shared_dict none 1m;`",
      web:get("/wrong").body)
    web:stop()
    local azion = require "azion"
    assert.is_truthy(support.raised(azion.budget.shared_dict, "x"):find("inside nginx only", 1, true))
    assert.is_truthy(support.raised(function() azion.budget.shared_dict() end):find("fleet_nginx_spec.lua", 1, true))
  end)
end)
