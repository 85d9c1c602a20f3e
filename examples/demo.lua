--- The main job, to watch: lists all origins of an edge application, creates, reads, overwrites, updates and deletes
--- one of its own, and, on the sandbox, uses the rate limit up and waits for the next window.
package.path = (arg[0]:match("^.*/") or "") .. "?.lua;" .. package.path
local support = require("support")

local parser = support.parser("Shows the main job: list, create, get, overwrite, update, delete, and the rate limit. "
  .. "On an account it changes nothing but an origin that it creates, and deletes that at the end.")
support.needed(parser, "application", "Id of an edge application.", "1618339282"):argname("<id>")

local sandbox = { seed = 450, limits = { read = 8, write = 8 }, window = 6 }

io.stdout:setvbuf("no")
local status = os.execute("test -t 1")
local on_terminal = status == true or status == 0

local done = { started = os.time(), listed = 0, requests = 0, refused = 0, waited = 0 }

-- A line that the next one replaces; where that cannot be, a line like any other.
local function progress(format, ...)
  local text = format:format(...)
  io.write(on_terminal and "\r\27[K" .. text or text .. "\n")
end

local function say(format, ...)
  io.write(on_terminal and "\r\27[K" or "", format:format(...), "\n")
end

local function watch(event)
  if event.type == "request" then
    done.requests = done.requests + 1
  elseif event.type == "response" and event.status == 429 then
    done.refused = done.refused + 1
  elseif event.type == "wait" and event.wait then
    done.waited = done.waited + event.wait
    say("  no %ss are left in this window: waiting %.1f s for the next", event.bucket, event.wait)
  elseif event.type == "retry" then
    done.waited = done.waited + (event.reason == "rate_limited" and event.wait or 0)
    say("  %s: trying again in %.1f s", event.reason, event.wait)
  end
end

local function list(origins)
  say("List all origins, page by page")
  -- Nothing fetched ahead: the line shall show what was asked for, and nothing that is still to come.
  for page in origins:pages({ page_size = 50, prefetch = 0 }) do
    done.listed = done.listed + #page.results
    progress("  %d of %d origins", done.listed, page.count or 0)
  end
  say("  %d origins listed", done.listed)
end

local function change(origins, origin)
  say("  created      %s, key %s", origin.name, origin.origin_key)
  origin = support.check(origins:get(origin))
  say("  got          it asks %s", origin.addresses[1].address)
  origin = support.check(origins:overwrite(origin, {
    name = origin.name,
    origin_type = "single_origin",
    addresses = { { address = "www.example.net" } },
    host_header = "www.example.net",
  }))
  say("  overwritten  it asks %s", origin.addresses[1].address)
  origin = support.check(origins:update(origin, { origin_path = "/images" }))
  say("  updated      it asks %s%s", origin.addresses[1].address, origin.origin_path)
end

-- Whatever happens on the way, Ctrl-C included, the origin is deleted.
local function on_own_origin(origins, work)
  local name = ("azion-lua-demo-%d"):format(os.time())
  local origin
  say("Create an origin and change it")
  local ok, err = pcall(function()
    origin = support.check(origins:create({ name = name, addresses = { { address = "www.example.com" } },
      host_header = "${host}" }))
    work(origins, origin)
  end)
  -- A create that failed for us may have been carried out all the same.
  if type(origin) ~= "table" and (ok or type(err) ~= "table" or err.maybe_applied) then
    origin = origins:find(name)
  end
  if origin then
    local _, problem = origins:delete(origin)
    support.check(true, problem and "the demo's own origin " .. name .. " is left over: " .. problem)
    say("  deleted      %s", name)
  end
  support.check(ok, not ok and err)
end

local function sleep(seconds)
  local slept = os.execute(("sleep %.2f"):format(seconds))
  support.check(true, slept ~= true and slept ~= 0 and "interrupted")
end

local function count_down(seconds)
  done.waited = done.waited + seconds
  while seconds > 0 do
    progress("  next window in %d s", math.ceil(seconds))
    sleep(math.min(1, seconds))
    seconds = seconds - 1
  end
end

-- A call waits for the window by itself. With a deadline that is too short for that, it fails at once and says how
-- long the wait is.
local function use_up_the_limit(origins)
  say("Use the rate limit up")
  local page, err
  repeat
    page, err = origins:list({ page_size = 1 }, { deadline = 1 })
  until not page
  if err.kind ~= "rate_limited" then
    error(err, 0)
  end
  say("  %s", tostring(err))
  count_down(err.retry_after)
  support.check(origins:list({ page_size = 1 }, { deadline = 1 }))
  say("  the window is open again")
end

local function show_rate(client)
  say("What is left of the rate limit (an account's is not used up here: others need it)")
  for bucket, rate in pairs(client:rate()) do
    say("  %s: %s of %s", bucket, tostring(rate.remaining), tostring(rate.limit))
  end
end

support.run(parser, function(client, arguments)
  say("%s, application %s", tostring(client), arguments.application)
  local origins = client:origins(arguments.application)
  list(origins)
  on_own_origin(origins, change)
  if arguments.sandbox then
    use_up_the_limit(origins)
  else
    show_rate(client)
  end
  say("Done in %d s: %d origins listed, %d requests, %d of them answered by 429, %.1f s waited for the rate limit",
    os.time() - done.started, done.listed, done.requests, done.refused, done.waited)
  if arguments.sandbox then
    say("The same against an account:\nAZION_TOKEN=… lua5.4 examples/demo.lua --application ID")
  end
end, { sandbox = sandbox, client = { on_event = watch } })
