#!/usr/bin/env lua5.4
-- Calls under nginx: one a request, against the same location over a cosocket; what calls cost that wait; and what new
-- connections do to the worker's neighbours.
--
--   bench/calls.lua [--rounds=N] [--seconds=N]
--
-- One worker; the API is another nginx that answers over plain HTTP. The exit status is 1 if a figure misses its bound.

local root = arg[0]:match "^(.*)/bench/[^/]+$" or "."
package.path = ("%s/?.lua;%s/lua/?.lua;%s/lua/?/init.lua;%s"):format(root, root, root, package.path)
package.cpath = ("%s/build/5.4/?.so;%s"):format(root, package.cpath)

local core = require "azion.core"
local figures = require "bench.figures"
local openresty = require "spec.support.openresty"
local shell = require "spec.support.shell"
local slow_server = require "bench.server"

root = shell.output_of(("cd '%s' && pwd"):format(root))

local rounds, seconds = 7, 2
for _, word in ipairs(arg) do
  rounds = tonumber(word:match "^%-%-rounds=(%d+)$") or rounds
  seconds = tonumber(word:match "^%-%-seconds=(%d+)$") or seconds
end

local KEY = "00000001-0000-4000-8000-000000000000"

local LOCATIONS = [[
  location = /azion { content_by_lua_block {
    ngx.print(assert(require("shared"):origins(100):get("]] .. KEY .. [[")).name)
  } }
  location = /peer { content_by_lua_block {
    local url = require("shared").engine.base_url .. "/edge_applications/100/origins/]] .. KEY .. [["
    ngx.print(assert(require("bench.peers.cosocket").get(url, { ["Accept"] = "application/json; version=3",
      ["Authorization"] = "token 0123456789abcdef", ["User-Agent"] = "bench" })).results.name)
  } }
  location = /waiting { content_by_lua_block {
    local count, calls = tonumber(ngx.var.arg_clients), tonumber(ngx.var.arg_calls)
    local threads, before = {}, os.clock()
    for index = 1, count do
      threads[index] = ngx.thread.spawn(function()
        for _ = 1, calls do assert(require("shared"):origins(100):get("]] .. KEY .. [[")) end
      end)
    end
    for index = 1, count do assert(ngx.thread.wait(threads[index])) end
    ngx.print((os.clock() - before) / count / calls)
  } }
  location = /plain { content_by_lua_block { ngx.print("plain") } }
  location = /cold { content_by_lua_block {
    local client = assert(require("azion").client { base_url = "%s", token = "x", concurrency = 16, pace = false })
    local items = {}
    for index = 1, 16 do items[index] = index end
    local _, failures = client:map(items, function() return client:origins(100):get("]] .. KEY .. [[") end)
    -- The system does not know who signed the API's certificate here, which is known when the handshake is nearly over.
    for index = 1, 16 do assert(failures[index].err.kind == "tls", tostring(failures[index].err)) end
    client:close()
  } }
]]

local server = slow_server.start(root, 0.02)

local function start(url, concurrency)
  return openresty.start({ base_url = url, token = "0123456789abcdef", ca_file = server.ca_file }, {
    client = ("{ concurrency = %d }"):format(concurrency), package_path = ("%s/?.lua;%s/lua/?.lua;%s/lua/?/init.lua;")
      :format(root, root, root), locations = LOCATIONS:format(server.base_url),
  })
end

local missed = 0

local function judge(what, values, low, high, format, bound)
  local median, first, last = figures.quartiles(values)
  local good = median >= low and median <= high
  missed = missed + (good and 0 or 1)
  print(("%-66s %-34s %-14s %s"):format(what, ("%s (%s to %s)"):format(format:format(median), format:format(first),
    format:format(last)), bound, good and "pass" or "FAIL"))
end

-- ---- calls a second ----

local function rate(web, path, clients)
  local text = shell.output_of(("wrk -t1 -c%d -d%ds %s%s 2>&1"):format(clients, seconds, web.web.plain_url, path))
  local found = tonumber((text:match("Requests/sec:%s*([%d.]+)")))
  assert(found and not text:find("Non-2xx", 1, true), web:errors()[1] or text)
  return found
end

local function compare_rates(what, url, clients, least)
  local web = start(url, clients)
  local ratios, rates = {}, {}
  rate(web, "/azion", clients)
  rate(web, "/peer", clients)
  for round = 1, rounds do
    local peer
    if round % 2 == 0 then
      rates[round], peer = rate(web, "/azion", clients), rate(web, "/peer", clients)
    else
      peer, rates[round] = rate(web, "/peer", clients), rate(web, "/azion", clients)
    end
    ratios[round] = rates[round] / peer
  end
  judge(("%s, %.0f calls/s, against a cosocket"):format(what, (figures.quartiles(rates))), ratios, least, math.huge,
    "%.2f", ("at least %.1f"):format(least))
  web:stop()
end

-- ---- what waits ----

local function number(web, path)
  local reply = web:get(path, 60)
  return assert(tonumber(reply.body), reply.body or reply.message)
end

local function compare_waiting()
  local web, ratios = start(server.plain_url, 8), {}
  for round = 0, rounds do
    local few = number(web, "/waiting?clients=8&calls=200")
    local many = number(web, "/waiting?clients=800&calls=2")
    ratios[round] = many / few
  end
  judge("nginx, CPU a call with 800 clients waiting against 8", ratios, 0, 1.5, "%.2f", "at most 1.5")
  web:stop()
end

local function worst_latency_while(web, transfer)
  local worst = 0
  repeat
    local began = core.now()
    assert(web:get("/plain").body == "plain")
    worst = math.max(worst, core.now() - began)
  until transfer:done()
  local reply = web:finish(transfer)
  assert(reply.status == 200, web:errors()[1] or reply.message)
  return worst
end

-- Each round in a worker of its own: what it knows of certificates is then to be read first.
local function cold_calls()
  local worst = {}
  for round = 1, rounds do
    local web = start(server.plain_url, 16)
    web:get("/plain")
    worst[round] = worst_latency_while(web, web:begin("/cold")) * 1000
    web:stop()
  end
  judge("nginx, neighbours' worst latency during 16 cold calls", worst, 0, 60, "%.0f ms", "at most 60 ms")
end

compare_rates("nginx, 10 clients, 0 ms", server.plain_url, 10, 0.8)
compare_rates("nginx, 100 clients, 20 ms", server.plain_url .. "/slow", 100, 0.9)
compare_waiting()
cold_calls()
server:stop()
os.exit(missed == 0)
