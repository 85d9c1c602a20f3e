-- Under nginx: who goes on when, what a wait costs the worker, and what becomes of the place of a thread that is gone.
local openresty = require "spec.support.openresty"
local patience = require "spec.support.patience"
local support = require "spec.support.sandbox"

local function numbers(text)
  local found = {}
  for number in text:gmatch("%-?[%d.]+") do
    found[#found + 1] = tonumber(number)
  end
  return (table.unpack or unpack)(found)
end

local function assert_no_warnings(web)
  for line in io.lines(web.web.folder .. "/error.log") do
    assert.is_nil(line:find("%[warn%]") or line:find("%[error%]") or line:find("%[alert%]"), line)
  end
end

describe("many calls at once under nginx", function()
  local server, web
  setup(function()
    server = support.start { seed = 3 }
    web = openresty.start(server.sandbox, { client = "{ concurrency = 8, pace = false, max_attempts = 1 }",
      locations = [[
      location = /waiting { content_by_lua_block {
        local client, threads = require "shared", {}
        local function run(count, calls)
          local before = os.clock()
          for index = 1, count do
            threads[index] = ngx.thread.spawn(function()
              for _ = 1, calls do assert(client:origins(1618339282):list { page_size = 1 }) end
            end)
          end
          for index = 1, count do assert(ngx.thread.wait(threads[index])) end
          return os.clock() - before
        end
        run(8, 20)
        local few, many = 0, 0
        for _ = 1, 3 do
          few, many = few + run(8, 100), many + run(800, 1)
        end
        ngx.print(few, " ", many)
      } }
      location = /refused { content_by_lua_block {
        local now = require("azion.core").now
        local client = require("azion").client { base_url = "http://127.0.0.1:9", token = "x", max_attempts = 1 }
        local ended, longest = 0, 0
        for index = 1, 3000 do
          ngx.thread.spawn(function()
            local _, err = client:request("GET", "/edge_applications")
            ended = ended + (err.kind == "network" and 1 or 0)
          end)
        end
        local last, ends = now(), now() + 15
        while ended < 3000 and now() < ends do
          ngx.sleep(0.001)
          longest, last = math.max(longest, now() - last), now()
        end
        ngx.print(ended, " ", longest)
      } }
    ]] })
  end)
  teardown(function()
    web:stop()
    server:stop()
  end)

  it("cost no more for others that wait", function()
    local reply = web:get("/waiting", patience(60))
    assert.equal(200, reply.status, web:errors()[1])
    local few, many = numbers(reply.body)
    assert.is_true(many < 2 * few, reply.body) -- #time
  end)

  it("leave the neighbours their turns while all of them fail", function()
    local reply = web:get("/refused", patience(30))
    local ended, longest = numbers(reply.body)
    assert.equal(3000, ended)
    assert.is_true(longest < 0.25, reply.body) -- #time
  end)

  it("log nothing", function()
    assert_no_warnings(web)
  end)
end)

describe("a call under nginx", function()
  local server, web
  setup(function()
    local faults = {}
    for index = 1, 16 do
      faults[index] = { method = "GET", path = support.origins_path .. "/" .. index, delay = 0.09 + 0.01 * index }
    end
    server = support.start { seed = 3, faults = faults }
    web = openresty.start(server.sandbox, { client = "{ pace = false }", files = { ["many.lua"] = [[
      local now = require("azion.core").now
      -- Seconds that 16 calls take, of which each is answered some time between 0.1 and 0.25 s.
      return function(client)
        assert(client:origins(1618339282):list { page_size = 1 }) -- the connection
        local began = now()
        for index = 1, 16 do
          local _, err = client:origins(1618339282):get(tostring(index))
          assert(err.kind == "not_found", tostring(err))
        end
        return now() - began
      end
    ]] }, locations = [[
      location = /time { content_by_lua_block { ngx.print(require "many" (require "shared")) } }
    ]] })
  end)
  teardown(function()
    web:stop()
    server:stop()
  end)

  it("takes hardly longer than in a plain program", function()
    local many = dofile(web.web.folder .. "/many.lua")
    local client = server:client { pace = false }
    local plain = many(client)
    local reply = web:get("/time", patience(20))
    assert.equal(200, reply.status, web:errors()[1])
    assert.is_true(numbers(reply.body) < 1.025 * plain, reply.body .. " " .. plain) -- #time
  end)
end)

describe("clients that share a budget under nginx", function()
  it("are all answered soon", function()
    local server = support.start { seed = 3, latency = 0.05, limits = { read = 200, write = 200 } }
    local web = openresty.start(server.sandbox, { locations = [[
      location = /three { content_by_lua_block {
        local azion, shared, now = require "azion", require "shared", require("azion.core").now
        local given = { base_url = shared.engine.base_url, token = ngx.var.arg_token,
          ca_file = shared.engine.options.ca_file, budget = azion.budget.memory(), deadline = 20 }
        local threads, began = {}, now()
        for index = 1, 3 do
          local client = assert(azion.client(given))
          threads[index] = ngx.thread.spawn(function()
            return assert(client:origins(1618339282):list { page_size = 1 })
          end)
        end
        for index = 1, 3 do assert(ngx.thread.wait(threads[index])) end
        ngx.print(now() - began)
      } }
    ]] })
    local reply = web:get("/three?token=" .. server.sandbox.token, patience(30))
    assert.equal(200, reply.status, web:errors()[1])
    assert.is_true(numbers(reply.body) < 5, reply.body) -- #time
    web:stop()
    server:stop()
  end)
end)

describe("a place in flight", function()
  local server, web
  before_each(function()
    server = support.start { seed = 3, latency = 0.4 }
    web = openresty.start(server.sandbox, { client = "{ concurrency = 1, pace = false, max_attempts = 1 }",
      http = "lua_check_client_abort on;", locations = [[
      location = /list { content_by_lua_block {
        ngx.print(#assert(require("shared"):origins(1618339282):list { page_size = 1 }).results)
      } }
      location = /killed { content_by_lua_block {
        local client, now, order = require "shared", require("azion.core").now, {}
        local function list(name, after)
          return ngx.thread.spawn(function()
            ngx.sleep(after)
            assert(client:origins(1618339282):list { page_size = 1 })
            order[#order + 1] = name
          end)
        end
        local first, second, third = list("first", 0.05), list("second", 0.1), list("third", 0.15)
        assert(client:origins(1618339282):list { page_size = 1 })
        -- The first has its place by now, but has not run.
        local began = now()
        ngx.thread.kill(first)
        ngx.thread.wait(second)
        ngx.thread.wait(third)
        ngx.print(table.concat(order, " "), " ", now() - began, " ", client.engine.places.free)
      } }
      location = /wake { content_by_lua_block {
        local runtime, waiters, threads = require("shared").engine.runtime, {}, {}
        for index = 1, 3 do
          waiters[index] = runtime:waiter()
          threads[index] = ngx.thread.spawn(function() ngx.say(runtime:wait(waiters[index])) end)
        end
        ngx.thread.kill(threads[2])
        for index = 1, 3 do ngx.say(tostring(runtime:wake(waiters[index], "woken"))) end
        ngx.say(tostring(runtime:wake(waiters[1], "woken again")))
        local late = runtime:waiter()
        ngx.say(tostring(runtime:wake(late, "woken before")), " ", runtime:wait(late))
        for _, index in ipairs { 1, 3 } do ngx.thread.wait(threads[index]) end
      } }
      location = /waiting { content_by_lua_block {
        local client, now, order = require "shared", require("azion.core").now, {}
        local function list(name, after)
          return ngx.thread.spawn(function()
            ngx.sleep(after)
            assert(client:origins(1618339282):list { page_size = 1 })
            order[#order + 1] = name
          end)
        end
        local holder = list("holder", 0.001)
        local first, second, third = list("first", 0.05), list("second", 0.1), list("third", 0.15)
        ngx.sleep(0.2)
        local began = now()
        ngx.thread.kill(second)
        for _, thread in ipairs { holder, first, third } do ngx.thread.wait(thread) end
        ngx.print(table.concat(order, " "), " ", now() - began, " ", client.engine.places.free)
      } }
    ]] })
  end)
  after_each(function()
    web:stop()
    server:stop()
  end)

  it("is not for a thread that is gone", function()
    assert.equal("true\nfalse\ntrue\nfalse\ntrue woken before\nwoken\nwoken\n", web:get("/wake").body)
  end)

  it("goes to the next one if the first was killed while it waited", function()
    local reply = web:get("/waiting", patience(20))
    local order, elapsed, free = reply.body:match("^(.-) ([%d.]+) (%d)$")
    assert.equal("holder first third", order, reply.body)
    assert.equal("1", free)
    assert.is_true(tonumber(elapsed) < 1.6, elapsed) -- #time
    assert_no_warnings(web)
  end)

  it("goes to the next one if the first was killed when it had just been woken", function()
    local reply = web:get("/killed", patience(20))
    local order, elapsed, free = reply.body:match("^(.-) ([%d.]+) (%d)$")
    assert.equal("second third", order, reply.body)
    assert.equal("1", free)
    assert.is_true(tonumber(elapsed) < 2, elapsed) -- #time
    assert_no_warnings(web)
  end)

  it("goes from one to the next while clients hang up", function()
    local gone, begun = {}, { web:begin("/list") }
    for index = 1, 4 do
      web:wait(0.02)
      gone[index] = web:begin("/list", 0.2)
      begun[index + 1] = web:begin("/list")
    end
    web:finish((table.unpack or unpack)(gone))
    for _, reply in ipairs { web:finish((table.unpack or unpack)(begun)) } do
      assert.equal("1", reply.body)
    end
  end)

  for signal, name in pairs { HUP = "reloads", QUIT = "quits" } do
    it("goes from one to the next after nginx " .. name, function()
      local begun = {}
      for index = 1, 5 do
        begun[index] = web:begin("/list")
      end
      web:wait(0.3)
      web:signal(signal)
      for _, reply in ipairs { web:finish((table.unpack or unpack)(begun)) } do
        assert.equal("1", reply.body, reply.message)
      end
    end)
  end
end)
