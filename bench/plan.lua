-- A plan of 2,000 items, 200 applications with all that belongs to them, of which every one differs: how long it takes
-- against what the limit of the rate allows at best, and how much memory. From the checkout:
--
--   LUA_PATH="lua/?.lua;lua/?/init.lua;./?.lua;;" LUA_CPATH="build/5.4/?.so;;" lua5.4 bench/plan.lua [WINDOW]
--
-- The stand-in takes 200 reads in each window of WINDOW seconds (10).
local azion = require "azion"
local core = require "azion.core"

local window, limit = tonumber(arg[1]) or 10, 200
local counts = { edge_applications = 200, cache_settings = 4, rules = 3, device_groups = 2 }

local function items(count, pattern, fields)
  local list = {}
  for number = 1, count do
    local item = { name = pattern:format(number) }
    for name, value in pairs(fields) do
      item[name] = value
    end
    list[number] = item
  end
  return list
end

local function document()
  local applications = items(counts.edge_applications, "application-%03d", { debug_rules = true })
  for _, application in ipairs(applications) do
    application.cache_settings = items(counts.cache_settings, "cache-setting-%03d", { cdn_cache_settings = "override",
      cdn_cache_settings_maximum_ttl = 4711 })
    application.rules = { request = items(counts.rules, "request-rule-%03d", { description = "changed" }) }
    application.device_groups = items(counts.device_groups, "group%03d", { user_agent = "Changed" })
    application.cache_settings[1].name, application.rules.request[1].name = "Default Cache Settings", "Default Rule"
  end
  return { edge_applications = applications }
end

local function peak_megabytes()
  for line in io.lines("/proc/self/status") do
    local kilobytes = line:match("^VmHWM:%s*(%d+)")
    if kilobytes then
      return tonumber(kilobytes) / 1024
    end
  end
end

local seed = { origins = 0, response_rules = 0, functions_instances = 0, digital_certificates = 0 }
for name, count in pairs(counts) do
  seed[name] = count
end
local sandbox = assert(azion.sandbox.start({ seed = seed, window = window, limits = { read = limit, write = false } }))
local client = assert(sandbox:client())
local began = core.now()
local plan = assert(client:plan(document()))
local seconds, megabytes, requests = core.now() - began, peak_megabytes(), #sandbox:journal()
local least = (math.ceil(requests / limit) - 1) * window
print(("%d steps, %d reads: %.2f s, at best %.2f s (%.3f times that), at most %.1f MB"):format(#plan.steps, requests,
  seconds, least, seconds / least, megabytes))
client:close()
sandbox:stop()
