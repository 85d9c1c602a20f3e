--- A server in trouble, and a thousand calls at once that all want to try again. Used by storm_spec.lua and
--- tools/soak.lua.
local patience = require "spec.support.patience"
local support = require "spec.support.sandbox"

local storm = {}

storm.calls = 1000

--- One round: all calls at once.
---@param client azion.Client
---@param path string
---@param calls? integer
---@return integer succeeded
---@return table<string, integer> failed by kind
function storm.round(client, path, calls)
  local items, failed = {}, {}
  for number = 1, calls or storm.calls do
    items[number] = number
  end
  local _, failures = client:map(items, function() return client:request("GET", path) end, { concurrency = #items })
  for _, failure in ipairs(failures) do
    local kind = failure.err.kind
    failed[kind] = (failed[kind] or 0) + 1
  end
  return #items - #failures, failed
end

-- How much trouble there is: a port where nobody listens, and a server that answers 503 to that share of requests.
storm.troubles = {
  { name = "connections refused" },
  { name = "503 to everything", rate = 1 },
  { name = "503 to every second request", rate = 0.5 },
}

--- Rounds one after another by one client, which knows of no rate limit: the requests that each of them made.
---@param trouble { rate: number? }
---@param rounds integer
---@return integer[] requests as the server counted them; where it refuses connections, as the client's events tell
function storm.curve(trouble, rounds)
  local server = support.start({ seed = 1, http2 = false, fault_seed = 4,
    faults = { { path = "/down", status = 503, rate = trouble.rate }, { path = "/down", status = 204 } } })
  local begun, settings = 0, { concurrency = 250, pace = false, connect_timeout = patience(10),
    timeout = patience(30), deadline = patience(180) }
  if not trouble.rate then
    settings.base_url = "http://127.0.0.1:1"
    settings.on_event = function(event) begun = begun + (event.type == "request" and 1 or 0) end
  end
  local client = server:client(settings)
  local requests, before = {}, 0
  for round = 1, rounds do
    storm.round(client, "/down")
    local count = trouble.rate and #server:requests("/down") or begun
    requests[round], before = count - before, count
  end
  server:stop()
  return requests
end

return storm
