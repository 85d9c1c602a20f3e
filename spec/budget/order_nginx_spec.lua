-- Under nginx, whatever keeps the budget: first come, first served, also of calls that begin at once, with refusals in
-- between, and when the budget is lost while they wait.
-- #seconds 25
local openresty = require "spec.support.openresty"
local patience = require "spec.support.patience"
local redis = require "spec.support.redis"
local support = require "spec.support.sandbox"

local LOCATIONS = [[
location = /at_once { content_by_lua_block {
  local client, arg, threads = require "shared", ngx.req.get_uri_args(), {}
  for index = 1, tonumber(arg.count) do
    threads[index] = ngx.thread.spawn(function()
      local page, err, response = client:request("GET", "/edge_applications", { deadline = tonumber(arg.deadline) })
      ngx.say(index, " ", page and "served" or err.kind, " ", page and response.attempts or err.attempts)
    end)
  end
  for index = 1, #threads do ngx.thread.wait(threads[index]) end
} }
location = /killed { content_by_lua_block {
  local client, now = require "shared", require("azion.core").now
  local function list() return assert(client:request("GET", "/edge_applications")) end
  local asking = ngx.thread.spawn(list)
  ngx.sleep(0.05)
  ngx.thread.kill(asking)
  local began = now()
  list()
  ngx.print(now() - began)
} }
location = /states { content_by_lua_block { ngx.print(table.concat(states or {}, " ")) } }
]]

local CLIENT = [[{ concurrency = 8, budget = %s, on_event = function(event)
  states = states or {}
  states[#states + 1] = event.type == "budget" and event.state or nil
end }]]

local function redis_budget(store, seconds)
  return ('(function() require("azion.budget.redis_script").patience = %g return assert(require("azion").budget.redis'
    .. " { port = %d }) end)()"):format(seconds, store.port)
end

describe("calls that begin at once under nginx", function()
  local server, web, store
  before_each(function() store = redis.start() end)
  after_each(function()
    web:stop()
    server:stop()
    store:stop()
  end)

  local function start(budget, options)
    server = support.start(options)
    web = openresty.start(server.sandbox, { client = CLIENT:format(budget), locations = LOCATIONS,
      http = "lua_shared_dict budgets 1m;" })
  end

  local function begin(count, deadline)
    return web:begin(("/at_once?count=%d&deadline=%g"):format(count, deadline), patience(60))
  end

  -- The calls that were served, in this order; and the first of those that were not.
  local function outcome(transfer)
    local reply = web:finish(transfer)
    local served, first_failed, most = {}, math.huge, 0
    for index, what, attempts in reply.body:gmatch("(%d+) (%S+) (%d+)\n") do
      if what == "served" then
        served[#served + 1], most = tonumber(index), math.max(most, tonumber(attempts))
      else
        first_failed = math.min(first_failed, tonumber(index))
      end
    end
    return served, first_failed, most, reply.body
  end

  local function in_order(list)
    local sorted = { (table.unpack or unpack)(list) }
    table.sort(sorted)
    return sorted
  end

  local budgets = { memory = function() return "nil" end,
    ["a shared dictionary"] = function() return 'assert(require("azion").budget.shared_dict("budgets"))' end,
    Redis = function() return redis_budget(store, patience(2)) end }
  for name, budget in pairs(budgets) do
    it("are served in their order, and none fails before a later one is served: " .. name, function()
      start(budget(), { window = 1, limits = { read = 3 }, latency = 0.02 })
      local served, first_failed, _, body = outcome(begin(14, 2.9))
      assert.same(in_order(served), served, body)
      assert.is_true(#served >= 6, body)
      assert.is_true(first_failed > served[#served], body)
    end)
  end

  it("are served in their order when Redis is lost while they wait", function()
    start(redis_budget(store, 0.5), { window = 2, limits = { read = 4 }, latency = 0.02 })
    local transfer = begin(14, patience(40))
    web:wait(0.7)
    store:kill()
    web:wait(1)
    local served, _, _, body = outcome(transfer)
    assert.equal(14, #served, body)
    assert.same(in_order(served), served, body)
    assert.equal("lost", web:get("/states").body)
    assert.equal(0, server:refused())
  end)

  it("are all served from a window that slides and that others use too", function()
    start("nil", { window = 1, limits = { read = 6, kind = "sliding" } })
    local transfer = begin(20, patience(40))
    local other = server:client { pace = false, max_attempts = 1 }
    for _ = 1, 20 do
      other:request("GET", "/edge_applications")
      web:wait(0.1)
    end
    local served, _, most, body = outcome(transfer)
    assert.equal(20, #served, body)
    assert.is_true(server:refused() > 0)
    assert.is_true(most <= 3, body)
  end)

  it("do not wait for one that ended while it asked Redis", function()
    start(redis_budget(store, patience(5)), { limits = { read = 10 } }) -- too few to take some in advance
    assert.equal("1 served 1\n", web:get("/at_once?count=1&deadline=20").body)
    store:freeze()
    local transfer = web:begin("/killed", patience(30))
    web:wait(0.3)
    store:thaw()
    local reply = web:finish(transfer)
    assert.is_true(tonumber(reply.body) < 1.8, reply.body) -- #time
  end)
end)
