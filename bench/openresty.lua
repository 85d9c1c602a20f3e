#!/usr/bin/env lua5.4
-- What calls in flight cost an nginx worker: its neighbours' latency, and the CPU of the wait itself.
--
--   bench/openresty.lua [--rounds=N] [--seconds=N]
--
-- One worker; 16 calls of 1 s are kept in flight. wrk asks it for a plain `ngx.print`, in turns with and without them.
-- The exit status is 1 if a figure misses its bound.

local root = arg[0]:match "^(.*)/bench/[^/]+$" or "."
package.path = ("%s/?.lua;%s/lua/?.lua;%s/lua/?/init.lua;%s"):format(root, root, root, package.path)
package.cpath = ("%s/build/5.4/?.so;%s"):format(root, package.cpath)

local figures = require "bench.figures"
local openresty = require "spec.support.openresty"
local shell = require "spec.support.shell"
local slow_server = require "bench.server"

local rounds, seconds = 21, 2
for _, word in ipairs(arg) do
  rounds = tonumber(word:match "^%-%-rounds=(%d+)$") or rounds
  seconds = tonumber(word:match "^%-%-seconds=(%d+)$") or seconds
end

local most_slower, most_cpu = 1.2, 0.03

local server = slow_server.start(shell.output_of(("cd '%s' && pwd"):format(root)), 1)
local api = { base_url = server.slow_url, token = "0123456789abcdef", ca_file = server.ca_file }
local web = openresty.start(api, {
  client = "{ concurrency = 16 }",
  http = "lua_shared_dict state 1m;",
  locations = [[
    location = /plain { content_by_lua_block { ngx.print("plain") } }
    location = /hold { content_by_lua_block {
      local state, calls = ngx.shared.state, {}
      state:set("hold", true)
      for index = 1, 16 do calls[index] = index end
      local origins = require("shared"):origins(1000)
      local results, failures = require("shared"):map(calls, function()
        local made = 0
        repeat
          assert(origins:list { page_size = 1 })
          made = made + 1
        until not state:get("hold")
        return made
      end)
      assert(#failures == 0, #failures > 0 and tostring(failures[1].err))
      ngx.print(results[1])
    } }
    location = /release { content_by_lua_block { ngx.shared.state:set("hold", false) } }
  ]],
})

local worker = web:workers()[1]

-- What else the machine does is not to be measured: other programs, and the API, which is not on the user's machine.
-- That gets the time that nobody else wants. Only root may say so; others need a quiet machine, with more cores.
os.execute(("renice -n -15 -p %d >/dev/null 2>&1"):format(worker))
os.execute(("chrt --idle --pid 0 $(cat /proc/%d/task/%d/children) >/dev/null 2>&1"):format(server.pid, server.pid))

-- Seconds of CPU that the worker has used; the kernel counts in hundredths.
local function cpu()
  local file = assert(io.open(("/proc/%d/stat"):format(worker)))
  local text = file:read("*a")
  file:close()
  local user, system = text:match("^%d+ %b() %S" .. (" %S+"):rep(10) .. " (%d+) (%d+)")
  return (user + system) / 100
end

local units = { us = 1e-6, ms = 1e-3, s = 1 }

-- The first second after a pause is another matter on many machines, and does not count.
local function latency_99()
  local command = "nice -n -15 sh -c 'wrk -t1 -c4 -d1s %s/plain >/dev/null; wrk -t1 -c4 -d%ds --latency %s/plain' 2>&1"
  local text = shell.output_of(command:format(web.web.plain_url, seconds, web.web.plain_url))
  local number, unit = text:match("99%%%s+([%d.]+)(%l+)")
  assert(number and not text:find("Non-2xx", 1, true), text)
  return tonumber(number) * units[unit]
end

local function while_held(measure, ...)
  local request = web:begin("/hold", 3600)
  web:eventually(2.5, function() return false end)
  local value = measure(...)
  assert(web:get("/release").status == 200)
  local reply = web:finish(request)
  assert(reply.status == 200 and tonumber(reply.body) >= seconds, web:errors()[1] or reply.body)
  return value
end

local function cpu_share()
  local before = cpu()
  os.execute("sleep 10")
  return (cpu() - before) / 10
end

local function print_row(what, value, low, high, bound, format)
  print((("%-58s " .. format .. "  (" .. format .. " to " .. format .. ")  at most " .. format .. "  %s"):format(
    what, value, low, high, bound, value <= bound and "" or "MISSED")))
  return value <= bound
end

local without, with, ratios, alone = {}, {}, {}, {}
latency_99()
for round = 1, rounds do
  local first
  if round % 2 == 0 then
    with[round] = while_held(latency_99)
    without[round] = latency_99()
    first = latency_99()
  else
    without[round] = latency_99()
    first = latency_99()
    with[round] = while_held(latency_99)
  end
  ratios[round], alone[round] = with[round] / without[round], first / without[round]
end

local shares = {}
for round = 1, 3 do
  shares[round] = while_held(cpu_share) - cpu_share()
end

print(("p99 of a plain location: %.2f ms without calls in flight, %.2f ms with 16"):format(
  figures.quartiles(without) * 1e3, (figures.quartiles(with)) * 1e3))
print_row("the same without calls, measured against itself", select(1, figures.quartiles(alone)),
  select(2, figures.quartiles(alone)), select(3, figures.quartiles(alone)), most_slower, "%.2f")
local median, low, high = figures.quartiles(ratios)
local held = print_row("p99 with 16 calls in flight, against without", median, low, high, most_slower, "%.2f")
median, low, high = figures.quartiles(shares)
held = print_row("CPU of the wait for 16 calls of 1 s, share of a core", median, low, high, most_cpu, "%.4f") and held

web:stop()
server:stop()
os.exit(held)
