-- azion inside Debian's nginx, driven from outside over real sockets.
-- #seconds 45
local openresty = require "spec.support.openresty"
local patience = require "spec.support.patience"
local support = require "spec.support.sandbox"

-- What a client holds: all of it must come back.
local STATE = [[
return function(client)
  local function size(set)
    local count = 0
    for _ in pairs(set) do count = count + 1 end
    return count
  end
  local engine, slots, turns = client.engine, 0, 0
  for _, bucket in pairs(engine.budget.buckets) do slots = slots + bucket.in_flight end
  for _, turn in pairs(engine.turns) do turns = turns + 1 - turn.free end
  local runtime = engine.runtime
  return ("%d places free, %s, %d wait, %d calls, %d slots, %d turns"):format(engine.places.free,
    tostring(engine.session), size(runtime.waiters) + size(runtime.sessions), size(runtime.lifelines), slots, turns)
end
]]

local function at_rest(places)
  return ("%d places free, azion.session: 0 in flight, 0 wait, 0 calls, 0 slots, 0 turns"):format(places)
end

local function assert_comes_to_rest(web, places)
  local state
  -- What a thread held that died while it waited comes back at once, while it ran after 3 s.
  web:eventually(5, function()
    state = web:get("/state").body
    return state == at_rest(places)
  end)
  assert.equal(at_rest(places), state)
end

local LOCATIONS = [[
  location = /state { content_by_lua_block { ngx.print(require "state" (require "shared")) } }
  location = /list { content_by_lua_block {
    local page, err = require("shared"):origins(1618339282):list { page_size = 2 }
    ngx.print(page and #page.results or tostring(err), " ", ngx.worker.pid())
  } }
]]

local function start(sandbox, options)
  options.locations = LOCATIONS .. (options.locations or "")
  options.files = options.files or {}
  options.files["state.lua"] = STATE
  return openresty.start(sandbox, options)
end

describe("under nginx", function()
  local server, web
  setup(function()
    server = support.start { seed = 40, latency = 0.02 }
    web = start(server.sandbox, { client = "{ concurrency = 8 }", http = [[
      lua_shared_dict notes 1m;
      upstream balanced { server 127.0.0.1:9;
        balancer_by_lua_block { ngx.shared.notes:set("balancer", require("refused")()) ngx.exit(500) } }
      ]],
      main = "thread_pool jobs threads=2;", files = { ["job.lua"] = [[
        local job = {}
        function job.count(options)
          local items, err = assert(require("azion").client(options)):origins(1618339282):all { page_size = 7 }
          return ngx.sleep == nil, items and #items or tostring(err)
        end
        return job
      ]], ["refused.lua"] = [[
        return function()
          local client = require "shared"
          local origins = client:origins(1618339282)
          local page, err = origins:list()
          local _, raised = pcall(origins:each())
          local results, refused = client:map({ 1 }, function() return origins:list() end)
          return ("%s %s %s: %s"):format(page == nil and err.kind, raised.kind, results == nil and refused.kind,
            err.message)
        end
      ]] }, locations = [[
      location = /rewrite { rewrite_by_lua_block {
        ngx.print(#assert(require("shared"):origins(1618339282):all { page_size = 9 })) ngx.exit(200) } }
      location = /access { access_by_lua_block {
        ngx.print(#assert(require("shared"):origins(1618339282):all { page_size = 9 })) ngx.exit(200) } }
      location = /content { content_by_lua_block {
        ngx.print(#assert(require("shared"):origins(1618339282):all { page_size = 9 })) } }
      location = /timer { content_by_lua_block {
        ngx.timer.at(0, function()
          ngx.shared.notes:set("timer", #assert(require("shared"):origins(1618339282):all { page_size = 9 }))
        end)
        while not ngx.shared.notes:get("timer") do ngx.sleep(0.01) end
        ngx.print(ngx.shared.notes:get("timer"))
      } }
      location = /cert { content_by_lua_block { ngx.print(found_in_cert) } }
      ssl_certificate_by_lua_block {
        found_in_cert = #assert(require("shared"):origins(1618339282):all { page_size = 9 }) }
      location = /balancer { proxy_pass http://balanced; proxy_next_upstream off; }
      location = /set { set_by_lua_block $refused { return require("refused")() } return 200 $refused; }
      location = /header { return 200 ""; header_filter_by_lua_block { ngx.header.refused = require("refused")() } }
      location = /body { return 200 " "; header_filter_by_lua_block { ngx.header.content_length = nil }
        body_filter_by_lua_block { if ngx.arg[1] ~= "" then ngx.arg[1] = require("refused")() end } }
      location = /log { return 200 ""; log_by_lua_block { ngx.shared.notes:set("log", require("refused")()) } }
      location = /note { content_by_lua_block { ngx.print(ngx.shared.notes:get(ngx.var.arg_of)) } }
      location = /sort { content_by_lua_block {
        local err
        table.sort({ 1, 2 }, function(a, b)
          local _, problem = require("shared"):origins(1618339282):list()
          err = problem
          return a < b
        end)
        ngx.print(err.kind, ": ", err.message)
      } }
      location = /map { content_by_lua_block {
        local client, told = require "shared", 0
        local origins = client:origins(1618339282)
        local items = assert(origins:all())
        local before = client.engine.session:connections()
        local results, failures = client:map(items, function(item, index)
          ngx.sleep(0.001 * (index % 5))
          if index == 7 then return origins:get("nothing") end
          return assert(origins:get(item)).origin_key
        end, { on_progress = function(done, total, failed)
          told = told + (done == told + 1 and total == 40 and 1 or 0)
        end })
        local right = 0
        for index, item in ipairs(items) do
          right = right + (results[index] == item.origin_key and 1 or 0)
        end
        ngx.print(right, " right, ", told, " told, ", #failures, " failed: ", failures[1].index, " ",
          failures[1].err.kind)
      } }
      location = /instant { content_by_lua_block {
        local results, failures = require("shared"):map({ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 }, function(item)
          return item % 6 == 0 and error("no") or item end, { concurrency = 5 })
        ngx.print(results[13], " ", results.n, " ", #failures)
      } }
      location = /turns { content_by_lua_block {
        local client, core, turn, turns, different = require "shared", require "azion.core", 0, {}, 0
        assert(client:origins(1618339282):list())
        local counter = ngx.thread.spawn(function()
          while true do turn = turn + 1 ngx.sleep(0.001) end
        end)
        client:map({ 1, 2, 3, 4, 5, 6, 7, 8 }, function()
          assert(client:origins(1618339282):list())
          turns[turn] = true
          local ends = core.now() + 0.002
          while core.now() < ends do end
        end)
        ngx.thread.kill(counter)
        for _ in pairs(turns) do different = different + 1 end
        ngx.print(different)
      } }
      location = /many { content_by_lua_block {
        local items = {}
        for index = 1, 3000 do items[index] = index end
        local results = require("shared"):map(items, function(item) ngx.sleep(0.001) return item end)
        ngx.print(results[3000], " ", results.n)
      } }
      location = /raised { content_by_lua_block {
        local client, begun = require "shared", 0
        local _, raised = pcall(client.map, client, { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 }, function(item)
          begun = begun + 1
          return client:origins(1618339282):list { page = item, page_size = 1 }
        end, { concurrency = 3, on_progress = function() error("enough", 0) end })
        ngx.print(raised, " ", begun <= 6)
      } }
      location = /each { content_by_lua_block {
        local origins, names, wanted = require("shared"):origins(1618339282), {}, {}
        for item in origins:each { page_size = 40, prefetch = 0 } do wanted[#wanted + 1] = item.name end
        for item in origins:each { page_size = 3, prefetch = 6 } do
          names[#names + 1] = item.name
          if #names % 10 == 0 then ngx.sleep(0.005) end
        end
        for _ in origins:each { page_size = 3, prefetch = 6 } do break end
        ngx.print(#names, " ", table.concat(names, ",") == table.concat(wanted, ","))
      } }
      location = /together { content_by_lua_block {
        local origins = require("shared"):origins(1618339282)
        local report = {}
        for prefetch = 0, 3, 3 do
          local iterator, times, given, threads = (origins:each { page_size = 3, prefetch = prefetch }), {}, 0, {}
          for index = 1, 12 do
            threads[index] = ngx.thread.spawn(function()
              for item in iterator do
                times[item.name], given = (times[item.name] or 0) + 1, given + 1
                if index % 2 == 0 then ngx.sleep(0.001) end
              end
            end)
          end
          -- All of them wait for the first page: what the first and the last two would have got goes to the others.
          for _, index in ipairs { 1, 11, 12 } do ngx.thread.kill(threads[index]) end
          for index = 2, 10 do assert(ngx.thread.wait(threads[index])) end
          local different = 0
          for _ in pairs(times) do different = different + 1 end
          report[#report + 1] = given .. " given, " .. different .. " different"
        end
        ngx.print(table.concat(report, "; "))
      } }
      location = /coroutine { content_by_lua_block {
        local origins = require("shared"):origins(1618339282)
        local next_name = coroutine.wrap(function()
          for item in origins:each { page_size = 4 } do coroutine.yield(item.name) end
        end)
        local names = {}
        for index = 1, 6 do
          names[index] = next_name()
          assert(origins:list { page_size = 1 })
        end
        ngx.print(names[1], " ", names[6])
      } }
      location = /thread { content_by_lua_block {
        local options = { base_url = "]] .. server.sandbox.base_url .. [[", token = "]] .. server.sandbox.token .. [[",
          ca_file = "]] .. server.sandbox.ca_file .. [[" }
        ngx.print(select(2, ngx.run_worker_thread("jobs", "job", "count", options)))
      } }
    ]] })
  end)
  teardown(function()
    web:stop()
    server:stop()
  end)

  for _, phase in ipairs { "rewrite", "access", "content", "timer" } do
    it("answers in the phase " .. phase, function()
      local reply = web:get("/" .. phase)
      assert.equal(200, reply.status)
      assert.equal("40", reply.body)
    end)
  end

  it("answers where a certificate is chosen", function()
    -- Which is not trusted here: this call fails, after the certificate was chosen.
    local transfer = assert(web.session:start { method = "GET", url = web.web.base_url .. "/cert", headers = {} })
    web:finish(transfer)
    assert.equal("40", web:get("/cert").body)
  end)

  it("refuses in phases that cannot wait, names ngx.timer.at, and sends nothing", function()
    local function refusal(phase)
      return "invalid invalid invalid: nginx phase " .. phase .. " cannot yield: start the call from ngx.timer.at"
    end
    local before = #server:requests()
    assert.equal(refusal("set"), web:get("/set").body)
    assert.equal(refusal("header_filter"), web:get("/header").headers.refused)
    assert.equal(refusal("body_filter"), web:get("/body").body)
    for _, phase in ipairs { "log", "balancer" } do
      web:get("/" .. phase)
      assert.equal(refusal(phase), web:get("/note?of=" .. phase).body)
    end
    assert.equal(before, #server:requests())
  end)

  it("refuses inside a C function", function()
    local before = #server:requests()
    assert.matches("^invalid: a C function such as .* cannot yield: .*ngx%.timer%.at", web:get("/sort").body)
    assert.equal(before, #server:requests())
  end)

  it("maps in light threads", function()
    assert.equal("39 right, 40 told, 1 failed: 7 not_found", web:get("/map").body)
    assert.equal("13 13 2", web:get("/instant").body)
    assert.equal("3000 3000", web:get("/many").body)
    assert.equal("enough true", web:get("/raised").body)
  end)

  it("lets the neighbours have their turn between replies that mean work", function()
    local turns = tonumber(web:get("/turns").body)
    assert.is_true(turns >= 6 and turns <= 8, turns) -- of 8 replies; two may meet in a turn by accident
  end)

  it("fetches pages ahead", function()
    assert.equal("40 true", web:get("/each").body)
  end)

  it("gives each item of an iterator to one of the light threads that use it, also where some are killed", function()
    assert.equal("40 given, 40 different; 40 given, 40 different", web:get("/together").body)
  end)

  it("waits inside a coroutine of the user's own", function()
    assert.equal("origin-001 origin-006", web:get("/coroutine").body)
  end)

  it("blocks a thread of the system's, where ngx cannot sleep", function()
    assert.equal("true40", web:get("/thread").body)
  end)

  it("holds nothing afterwards, and nginx had nothing to complain of", function()
    assert_comes_to_rest(web, 8)
    assert.same({}, web:errors())
  end)
end)

describe("a client that all requests of a worker share", function()
  local server, web
  setup(function()
    server = support.start { seed = 10, latency = 0.05, limits = { read = 5000, write = 5000 } }
    web = start(server.sandbox, { client = [[{ concurrency = 8, on_event = function(event)
      seen = seen or { now = 0, most = 0 }
      seen.now = seen.now + ((event.type == "request" and 1) or (event.type == "response" and -1) or 0)
      seen.most = math.max(seen.most, seen.now)
    end }]], locations = "location = /most { content_by_lua_block { ngx.print(seen.most) } }" })
  end)
  teardown(function()
    web:stop()
    server:stop()
  end)

  it("answers 40 requests at once, and never has more in flight than it may", function()
    local begun = {}
    for index = 1, 40 do
      begun[index] = web:begin("/list")
    end
    for _, reply in ipairs { web:finish((table.unpack or unpack)(begun)) } do
      assert.equal(200, reply.status)
      assert.matches("^2 ", reply.body)
    end
    assert.equal(at_rest(8), web:get("/state").body)
    local most = tonumber(web:get("/most").body)
    assert.is_true(most <= 8, most)
    assert.equal(8, most) -- #time
  end)
end)

describe("a request that ends in the middle of a call", function()
  local server, web
  setup(function()
    server = support.start { seed = 10, latency = 0.6, limits = { read = 5000, write = 5000 } }
    web = start(server.sandbox, { client = "{ concurrency = 3 }", http = "lua_check_client_abort on;", locations = [[
      location = /exit { content_by_lua_block {
        for index = 1, 4 do
          ngx.thread.spawn(function() require("shared"):origins(1618339282):list() end)
        end
        ngx.sleep(0.2)
        ngx.exit(204)
      } }
      location = /kill { content_by_lua_block {
        local client, threads = require "shared", {}
        for index = 1, 5 do
          threads[index] = ngx.thread.spawn(function() client:origins(1618339282):list() end)
        end
        threads[6] = ngx.thread.spawn(function()
          client:map({ 1, 2, 3 }, function() return client:origins(1618339282):list() end)
        end)
        threads[7] = ngx.thread.spawn(function() client:edge_applications():create { name = "never" } end)
        threads[8] = ngx.thread.spawn(function() client:edge_applications():create { name = "never either" } end)
        ngx.sleep(0.2)
        for index, thread in ipairs(threads) do
          assert(ngx.thread.kill(thread))
        end
        ngx.exit(200)
      } }
      location = /event { content_by_lua_block {
        local azion, shared = require "azion", require "shared"
        exiting = exiting or assert(azion.client { base_url = shared.engine.base_url, token = "x",
          ca_file = shared.engine.options.ca_file, concurrency = 1,
          on_event = function(event) if event.type == "request" and ngx.var.arg_exit then ngx.exit(503) end end })
        if ngx.var.arg_state then
          ngx.print(require "state" (exiting))
        else
          local _, err = exiting:origins(1618339282):list({}, { deadline = 8 })
          ngx.print(err.kind)
        end
      } }
    ]], files = {} })
  end)
  teardown(function()
    web:stop()
    server:stop()
  end)

  local function assert_all_given_back()
    assert_comes_to_rest(web, 3)
  end

  it("gives everything back when clients hang up, many times", function()
    for _ = 1, 4 do
      local begun = {}
      for index = 1, 10 do
        begun[index] = web:begin("/list", 0.2)
      end
      for _, reply in ipairs { web:finish((table.unpack or unpack)(begun)) } do
        -- A machine that stood still may have the reply before it looks at the clock.
        assert.is_true(reply.code == "OPERATION_TIMEDOUT" or reply.status == 200, reply.code)
      end
    end
    assert_all_given_back()
    assert.matches("^2 ", web:get("/list").body)
    assert_all_given_back()
  end)

  it("lets others in whom the dead kept waiting", function()
    local before = {}
    for index = 1, 6 do
      before[index] = web:begin("/list", 0.15)
    end
    local waiting = { web:begin("/list"), web:begin("/list"), web:begin("/list"), web:begin("/list") }
    web:finish((table.unpack or unpack)(before))
    for _, reply in ipairs { web:finish((table.unpack or unpack)(waiting)) } do
      assert.matches("^2 ", reply.body)
    end
    assert_all_given_back()
  end)

  it("gives everything back after ngx.exit", function()
    assert.equal(204, web:get("/exit").status)
    assert_all_given_back()
  end)

  it("gives everything back after ngx.thread.kill", function()
    assert.equal(200, web:get("/kill").status)
    assert_all_given_back()
    assert.matches("^2 ", web:get("/list").body)
  end)

  it("gives everything back when on_event ends the request", function()
    assert.equal(503, web:get("/event?exit=1").status)
    assert.equal("unauthorized", web:get("/event").body)
    assert.equal(at_rest(1), web:get("/event?state=1").body)
  end)

  it("leaves nginx nothing to complain of", function()
    assert.same({}, web:errors())
  end)
end)

describe("an nginx without timers to spare", function()
  it("answers all the same", function()
    -- Who waits looks after itself, and for longer than the dead are let live.
    local server = support.start { seed = 3, latency = 0.6 }
    for _, limit in ipairs { "lua_max_running_timers 1;", "lua_max_pending_timers 1;" } do
      local web = start(server.sandbox, { http = limit .. [[ init_worker_by_lua_block {
        ngx.timer.at(0, function() while not ngx.worker.exiting() do ngx.sleep(0.05) end end)
        ngx.timer.at(3600, function() end)
      } ]] })
      for _ = 1, 2 do
        assert.matches("^2 ", web:get("/list", patience(5)).body)
      end
      assert_comes_to_rest(web, 8)
      web:stop()
    end
    server:stop()
  end)
end)

describe("a call made in an on_event", function()
  it("may take longer than a thread may be missed: the call around it keeps what it holds", function()
    local server = support.start { seed = 3, faults = { { method = "GET", path = "/domains", delay = 4.5 } } }
    local web = start(server.sandbox, { client = [[{ concurrency = 2, on_event = function(event)
      if event.type == "request" and event.path:find("origins", 1, true) and ngx.var.arg_nested then
        local shared = require "shared"
        held = assert(shared:domains():list()) and require "state" (shared)
      end
    end }]], locations = "location = /held { content_by_lua_block { ngx.print(held) } }" })
    assert.matches("^2 ", web:get("/list").body) -- or the first call of the bucket would keep the other waiting
    assert.matches("^2 ", web:get("/list?nested=1").body)
    assert.equal("1 places free, azion.session: 0 in flight, 0 wait, 1 calls, 1 slots, 0 turns", web:get("/held").body)
    assert_comes_to_rest(web, 2)
    web:stop()
    server:stop()
  end)
end)

describe("several workers", function()
  local server, web
  before_each(function()
    server = support.start { seed = 10, latency = patience(1) }
    web = start(server.sandbox, { workers = 2, client = "{ concurrency = 16 }", http = [[
      init_by_lua_block {
        -- Here a call blocks, before there is anybody to be blocked. The loop leaves pages in flight.
        local page = assert(require("shared"):origins(1618339282):list { page_size = 3 })
        for _ in require("shared"):origins(1618339282):each { page_size = 2 } do break end
        found_in_init = #page.results
      }
      init_worker_by_lua_block {
        local _, err = require("shared"):origins(1618339282):list()
        refused = err.kind .. ": " .. err.message
      }
    ]], locations = "location = /before { content_by_lua_block { ngx.print(found_in_init, ' ', refused) } }" })
  end)
  after_each(function()
    web:stop()
    server:stop()
  end)

  local function begin_all(count)
    local begun = {}
    for index = 1, count do
      begun[index] = web:begin("/list")
    end
    web:wait(0.7)
    return begun
  end

  local function assert_answered(begun)
    local workers = {}
    for _, reply in ipairs { web:finish((table.unpack or unpack)(begun)) } do
      assert.equal(200, reply.status, reply.message)
      workers[assert(reply.body:match("^2 (%d+)$"), reply.body)] = true
    end
    return workers
  end

  it("share a client that init_by_lua made and used, each with connections of its own", function()
    assert.equal("3 invalid: nginx phase init_worker cannot yield: start the call from ngx.timer.at",
      web:get("/before").body)
    local workers = assert_answered(begin_all(32))
    assert.is_true(web:eventually(10, function()
      for pid in pairs(assert_answered(begin_all(8))) do
        workers[pid] = true
      end
      return next(workers, next(workers)) ~= nil
    end))
    local connections = {}
    for _, entry in ipairs(server:requests(support.origins_path)) do
      connections[entry.connection] = true
    end
    assert.is_not_nil(next(connections, next(connections, next(connections))))
    for _ = 1, 6 do
      assert.equal(at_rest(16), web:get("/state").body)
    end
  end)

  it("lose no answer when nginx reloads", function()
    local begun = begin_all(8)
    local old = web:workers()
    web:signal("HUP")
    assert_answered(begun)
    assert.is_true(web:eventually(5, function()
      for _, pid in ipairs(web:workers()) do
        if pid == old[1] or pid == old[2] then
          return false
        end
      end
      return true
    end))
    assert_answered(begin_all(4))
  end)

  it("lose no answer when nginx quits", function()
    local begun = begin_all(8)
    web:signal("QUIT")
    assert_answered(begun)
    assert.is_true(web:eventually(5, function() return not pcall(web.workers, web) end))
  end)

  it("do without one that is killed", function()
    local begun = begin_all(24)
    local victim, survivor = (table.unpack or unpack)(web:workers())
    web:signal("KILL", victim)
    for _, reply in ipairs { web:finish((table.unpack or unpack)(begun)) } do
      if reply.status then
        -- A machine that stood still may have let the other one answer before its end.
        assert.is_true(reply.body == "2 " .. survivor or reply.body == "2 " .. victim, reply.body)
      else
        assert.equal("GOT_NOTHING", reply.code)
      end
    end
    assert_answered(begin_all(6))
  end)
end)
