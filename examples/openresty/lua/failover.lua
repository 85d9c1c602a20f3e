--- Failover by health checks: a timer probes addresses, and an address whose probes fail some times in a row is made
--- inactive at its origin (version 4: connector); active again when they succeed as often.
---
--- FAILOVER_PROBES says what to probe: "ORIGIN/ADDRESS=HOST:PORT", blanks between them. ORIGIN is the name of an origin or
--- a connector, ADDRESS is as it stands there; HOST:PORT is asked over HTTP, and healthy when it answers 2xx or 3xx.
---
--- The truth is at the API: the shared dictionary only says when to look there. So after a restart nothing is written
--- that is so already. All workers share the dictionary, and one at a time writes.
local azion = require "azion"
local core = require "azion.core"
local settings = require "settings"

local failover = {}

local known = ngx.shared.failover

-- Longer than a read and a write take at most. Given back before; this is for a worker that dies meanwhile.
local lock_seconds = 60

local api, probes = settings.api, settings.probes

-- A line where the state of something changes, not in every round in which it lasts.
local function log_change(key, state, ...)
  if known:get(key) ~= state then
    known:set(key, state)
    ngx.log(...)
  end
end

local function answers(probe)
  local socket = ngx.socket.tcp()
  socket:settimeout(settings.timeout * 1000)
  local line
  if socket:connect(probe.host, probe.port) and socket:send("GET / HTTP/1.0\r\nHost: " .. probe.host .. "\r\n\r\n") then
    line = socket:receive()
  end
  socket:close()
  return line ~= nil and line:find("^HTTP/1%.[01] [23]") ~= nil
end

-- Counts equal results in a row, healthy ones upwards, others downwards.
local function count(probe)
  local key, step = "row:" .. probe.name, answers(probe) and 1 or -1
  local row = known:get(key) or 0
  row = row * step > 0 and row + step or step
  known:set(key, row)
  if math.abs(row) >= settings.results then
    local is_well = row > 0
    known:set("wanted:" .. probe.name, is_well)
    log_change("health:" .. probe.name, is_well, is_well and ngx.NOTICE or ngx.WARN, "failover: ", probe.name,
      is_well and " answers" or " does not answer")
  end
  return true
end

-- An origin's addresses as they should be, and whether they differ from what they are. With none active the origin
-- would serve nobody, and our probes may be what is wrong: then they stay as they are.
local function wanted_addresses(origin)
  local addresses, active, differ = {}, 0, false
  for index, entry in ipairs(api.addresses(origin)) do
    local copy = {}
    for name, value in pairs(entry) do
      copy[name] = value
    end
    local wanted = known:get("wanted:" .. origin.name .. "/" .. entry.address)
    if wanted ~= nil and wanted ~= entry[api.active] then
      copy[api.active], differ = wanted, true
    end
    active = active + (copy[api.active] and 1 or 0)
    addresses[index] = copy
  end
  if active == 0 then
    return api.addresses(origin), false
  end
  return addresses, differ
end

-- The addresses that the origin has now.
local function bring_about(name)
  local collection = settings.collection()
  local origin, err = collection:find(name)
  if not origin then
    return nil, err
  end
  local addresses, differ = wanted_addresses(origin)
  if differ then
    local fields, problem = api.change(origin, addresses)
    if not fields then
      return nil, problem
    end
    local changed
    changed, err = collection:update(origin, fields)
    if not changed then
      return nil, err
    end
    ngx.log(ngx.NOTICE, "failover: the addresses of ", name, " were changed")
  end
  return addresses
end

-- Whether the probes say something of this origin that it was not compared with yet.
local function is_due(name)
  for _, probe in ipairs(probes) do
    local wanted = known:get("wanted:" .. probe.name)
    if probe.origin == name and wanted ~= nil and wanted ~= known:get("settled:" .. probe.name) then
      return true
    end
  end
  return false
end

local function settle(name, wanted, addresses)
  local active = {}
  for _, entry in ipairs(addresses) do
    active[entry.address] = entry[api.active] == true
  end
  for _, probe in ipairs(probes) do
    if probe.origin == name then
      known:set("settled:" .. probe.name, wanted[probe.name])
      known:set("done:" .. probe.name, active[probe.address])
    end
  end
end

-- With the lock. The probes may change their mind while this goes on: then it is due again.
local function write(name)
  local wanted = {}
  for _, probe in ipairs(probes) do
    wanted[probe.name] = known:get("wanted:" .. probe.name)
  end
  local addresses, err = bring_about(name)
  if addresses then
    settle(name, wanted, addresses)
    log_change("problem:" .. name, nil, ngx.NOTICE, "failover: ", name, " can be changed again")
  else
    local state = type(err) == "table" and err.kind .. (err.status or err.code or "") or err
    log_change("problem:" .. name, state, ngx.ERR, "failover: ", name, ": ", tostring(err))
  end
end

local function write_if_due(name)
  local lock = "lock:" .. name
  if not is_due(name) or not known:add(lock, true, lock_seconds) then
    return
  end
  -- Asked again: another worker may have been quicker.
  local whole, problem = true, nil
  if is_due(name) then
    whole, problem = pcall(write, name)
  end
  known:delete(lock)
  if not whole then
    error(problem, 0)
  end
end

local function round(premature)
  -- One worker a round; the margin is for timers that are not quite even.
  if premature or not known:add("round", true, settings.every * 0.9) then
    return
  end
  local _, failures = settings.client:map(probes, count)
  for _, failure in ipairs(failures) do
    local text = tostring(failure.err)
    log_change("broken:" .. failure.item.name, text, ngx.ERR, "failover: ", failure.item.name, ": ", text)
  end
  local seen = {}
  for _, probe in ipairs(probes) do
    if not seen[probe.origin] then
      seen[probe.origin] = true
      write_if_due(probe.origin)
    end
  end
end

--- Called in each worker when it starts.
function failover.start()
  if #probes > 0 then
    assert(ngx.timer.every(settings.every, round)) -- its error is a string
  end
end

--- The state of the probes, for people: `wanted_active` is what they ask for, `done_active` what the origin had when it
--- was last looked at. They differ where an address is kept because it is the last one.
function failover.report()
  local report = {}
  for index, probe in ipairs(probes) do
    report[index] = { name = probe.name, results_in_a_row = known:get("row:" .. probe.name) or 0,
      wanted_active = known:get("wanted:" .. probe.name), done_active = known:get("done:" .. probe.name) }
  end
  ngx.header["Content-Type"] = "application/json"
  ngx.print(core.encode({ probes = azion.array(report) }), "\n")
end

return failover
