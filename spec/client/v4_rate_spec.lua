-- The rate limit of version 4: nothing is known of it before replies tell, and a 429 holds back its whole bucket.
local azion = require("azion")
local openresty = require("spec.support.openresty")
local redis = require("spec.support.redis")
local scripted_server = require("spec.support.scripted_server")

local path = "/workspace/functions/1"
local found = { 200, '{"data":{"id":1}}', {}, 0.1 }

-- Two clients of one token, as two workers have them: one is refused while calls of the other, which have their slots,
-- wait for a place among the requests in flight.
local TWO_CLIENTS = [[
lua_shared_dict budgets 1m;
]]
local DRIVE = [[
location = /drive { content_by_lua_block {
  local azion, base_url = require "azion", ngx.var.arg_url
  local budget = azion.budget.shared_dict "budgets"
  local function client()
    return assert(azion.v4.client { token = "t", base_url = base_url, budget = budget, concurrency = 1,
      max_attempts = 1 })
  end
  local refused, waiting = client(), client()
  assert(refused:request("GET", "/prime"))
  local thread = ngx.thread.spawn(function()
    return waiting:map({ 1, 2, 3 }, function() return assert(waiting:request("GET", "/slow")) end, { concurrency = 3 })
  end)
  ngx.sleep(0.3)
  local _, err = refused:request("GET", "/refused")
  local _, _, failures = ngx.thread.wait(thread)
  ngx.print(err and err.kind, " ", #failures)
} }
]]

-- Six calls at once after a 429.
local HERD = [[
location = /herd { content_by_lua_block {
  local azion = require "azion"
  local client = assert(azion.v4.client { token = "t", base_url = ngx.var.arg_url, concurrency = 6, max_attempts = 1,
    budget = azion.budget.shared_dict "budgets" })
  assert(client:request("GET", "/prime"))
  local _, err = client:request("GET", "/refused")
  local _, failures = client:map({ 1, 2, 3, 4, 5, 6 }, function() return assert(client:request("GET", "/slow")) end)
  ngx.print(err and err.kind, " ", #failures)
} }
]]

-- What came after the refusal: when the first, when the second, when the last; seconds since the refusal was sent.
local function after_refusal(server)
  local refusal, times = nil, {}
  for _, request in ipairs(server:requests()) do
    times[#times + 1] = refusal and request.at - refusal or nil
    refusal = refusal or (request.path == "/refused" and request.at) or nil
  end
  table.sort(times)
  return times
end

local function assert_one_goes_first(times, wait, slow)
  assert.equal(6, #times)
  assert.is_true(times[1] >= wait - 0.1, times[1]) -- #time
  assert.is_true(times[2] - times[1] >= slow - 0.1, times[2] - times[1]) -- #time
  assert.is_true(times[6] - times[2] < 3 * slow, times[6] - times[2]) -- #time: one after the other take 4 times as long
end

describe("calls of version 4", function()
  local server, client, events

  local function start(answers, options)
    events = {}
    server = scripted_server.start(answers)
    local settings = { token = "the-token", base_url = server.url, concurrency = 4,
      on_event = function(event) events[#events + 1] = event end }
    for name, value in pairs(options or {}) do
      settings[name] = value
    end
    client = assert(azion.v4.client(settings))
  end

  after_each(function()
    client:close()
    server:stop()
  end)

  local function get(count)
    local numbers = {}
    for index = 1, count do
      numbers[index] = index
    end
    return client:map(numbers, function() return client:functions():get(1) end, { concurrency = count })
  end

  local function waits()
    local count = 0
    for _, event in ipairs(events) do
      count = count + (event.type == "wait" and 1 or 0)
    end
    return count
  end

  it("wait for nothing where no limit is told, but for the first reply", function()
    start({ ["GET " .. path] = found })
    local results, failures = get(12)
    assert.same({}, failures)
    assert.equal(12, results.n)
    assert.equal(0, waits())
    local rates = assert(client:rate())
    assert.is_nil(rates.read and rates.read.limit)
    assert.equal(0, client:eta(1000))
  end)

  it("all wait after a 429 that says for how long, those too that wait for their turn to be sent", function()
    local refused = { 429, '{"errors":[{"code":"10010","detail":"Request was throttled."}]}',
      { ["Retry-After"] = "2" }, 0.1 }
    start({ ["GET " .. path] = { found, found, refused, found }, ["PATCH " .. path] = found })
    local results, failures = get(16)
    assert.same({}, failures)
    assert.equal(16, results.n)
    local requests = server:requests()
    assert.equal(17, #requests)
    -- The first goes alone; of the next four the second is refused.
    local refusal = requests[3].at + 0.1
    local before, between = 0, 0
    for _, request in ipairs(requests) do
      before = before + (request.at <= refusal + 0.3 and 1 or 0)
      between = between + (request.at > refusal + 0.3 and request.at < refusal + 1.9 and 1 or 0)
    end
    assert.equal(0, between) -- #time
    assert.is_true(before <= 1 + 4 + 4, before)
  end)

  it("all wait after a 429 of another worker too, where the budget is in a shared dictionary", function()
    start({ ["GET /prime"] = { 200, "{}" }, ["GET /slow"] = { 200, "{}", {}, 0.8 },
      ["GET /refused"] = { 429, "", { ["Retry-After"] = "3" } } })
    local web = openresty.start({ base_url = server.url, token = "t", ca_file = server.web.ca_file },
      { locations = DRIVE, http = TWO_CLIENTS })
    local reply = web:get("/drive?url=" .. server.url)
    web:stop()
    assert.equal("rate_limited 0", reply.body)
    local slow, refusal = {}, nil
    for _, request in ipairs(server:requests()) do
      slow[#slow + 1] = request.path == "/slow" and request.at or nil
      refusal = request.path == "/refused" and request.at or refusal
    end
    assert.equal(3, #slow)
    assert.is_true(slow[1] < refusal)
    assert.is_true(slow[2] - refusal >= 2.9, slow[2] - refusal) -- #time
  end)

  local herd = { ["GET /refused"] = { 429, "", { ["Retry-After"] = "2" } }, ["GET /slow"] = { 200, "{}", {}, 0.6 },
    ["GET /missing"] = { 404, "", {}, 0.5 }, ["GET /prime"] = { 200, "{}" } }

  it("go one first, then all, after a 429 without a limit, with a shared dictionary too", function()
    start(herd)
    local web = openresty.start({ base_url = server.url, token = "t", ca_file = server.web.ca_file },
      { locations = HERD, http = TWO_CLIENTS })
    local reply = web:get("/herd?url=" .. server.url)
    web:stop()
    assert.equal("rate_limited 0", reply.body)
    assert_one_goes_first(after_refusal(server), 2, 0.6)
  end)

  describe("with Redis", function()
    local store
    local six = { 1, 2, 3, 4, 5, 6 }
    before_each(function() store = redis.start() end)
    after_each(function() store:stop() end)

    local function other(concurrency)
      return assert(azion.v4.client { token = "the-token", base_url = server.url, max_attempts = 1,
        concurrency = concurrency, budget = azion.budget.redis { port = store.port } })
    end

    it("go one first, then all, after a 429 without a limit", function()
      start(herd, { budget = azion.budget.redis { port = store.port }, concurrency = 6, max_attempts = 1 })
      local refused = other(1)
      assert(client:request("GET", "/prime"))
      assert.equal("rate_limited", select(2, refused:request("GET", "/refused")).kind)
      local _, failures = client:map(six, function() return client:request("GET", "/slow") end, { concurrency = 6 })
      refused:close()
      assert.same({}, failures)
      assert_one_goes_first(after_refusal(server), 2, 0.6)
    end)

    it("wait after a 429 of another client, those too that wait for their turn to be sent", function()
      start(herd, { budget = azion.budget.redis { port = store.port }, concurrency = 1, max_attempts = 1 })
      local refused = other(1)
      assert(client:request("GET", "/prime"))
      local _, failures = client:map({ 1, 2, 3, "refused" }, function(what)
        if what ~= "refused" then
          return client:request("GET", "/slow")
        end
        client.engine.runtime:sleep(0.2, client.engine)
        return select(2, refused:request("GET", "/refused")).kind
      end, { concurrency = 4 })
      refused:close()
      assert.same({}, failures)
      local times = after_refusal(server)
      assert.equal(2, #times)
      assert.is_true(times[1] >= 1.9, times[1]) -- #time
    end)

    it("go side by side from the first reply on, whatever its status", function()
      start(herd, { budget = azion.budget.redis { port = store.port }, concurrency = 6, max_attempts = 1 })
      assert.equal("not_found", select(2, client:request("GET", "/missing")).kind)
      client:map(six, function() return client:request("GET", "/missing") end, { concurrency = 6 })
      local requests = server:requests()
      assert.equal(7, #requests)
      assert.is_true(requests[7].at - requests[2].at < 0.45) -- #time: one after the other take 2.5 s
    end)
  end)

  it("of another bucket go on meanwhile", function()
    start({ ["GET " .. path] = { { 429, "", { ["Retry-After"] = "3" } }, found }, ["PATCH " .. path] = found,
      ["DELETE " .. path] = { 200, '{"state":"executed"}' } }, { max_attempts = 1 })
    local item, err = client:functions():get(1)
    assert.is_nil(item)
    assert.equal("rate_limited", err.kind)
    assert.equal(3, err.retry_after)
    item, err = client:functions():get(1, { deadline = 1 })
    assert.is_nil(item)
    assert.equal("rate_limited", err.kind)
    assert.equal(0, err.attempts)
    assert.is_nil(err.status)
    assert(client:functions():update(1, { name = "f" }))
    assert(client:functions():delete(1))
    assert.equal(3, #server:requests())
  end)

  it("stay inside a limit that is told", function()
    local reset = os.date("!%Y-%m-%dT%H:%M:%S", os.time() + 30)
    start({ ["GET " .. path] = { 200, '{"data":{"id":1}}', { ["X-RateLimit-Limit"] = "5",
      ["X-RateLimit-Remaining"] = "0", ["X-RateLimit-Reset"] = reset } } })
    assert(client:functions():get(1))
    local item, err = client:functions():get(1, { deadline = 2 })
    assert.is_nil(item)
    assert.equal("rate_limited", err.kind)
    assert.equal(1, #server:requests())
    assert.equal(5, client:rate().read.limit)
  end)
end)
