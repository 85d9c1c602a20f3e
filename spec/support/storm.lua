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

--- Rounds one after another by one client, which knows of no rate limit: the requests that each of them made. The
--- server, where there is one, saw them all, but for those that did not reach it: a checker may make the client slower
--- than nginx waits on a connection.
---@param trouble { rate: number? }
---@param rounds integer
---@return integer[] requests as the client's events tell of them
function storm.curve(trouble, rounds)
  local server = support.start({ seed = 1, http2 = false, fault_seed = 4,
    faults = { { path = "/down", status = 503, rate = trouble.rate }, { path = "/down", status = 204 } } })
  local begun, unanswered = 0, 0
  local client = server:client({ concurrency = 250, pace = false, connect_timeout = patience(10),
    timeout = patience(30), deadline = patience(180), base_url = not trouble.rate and "http://127.0.0.1:1" or nil,
    on_event = function(event)
      begun = begun + (event.type == "request" and 1 or 0)
      unanswered = unanswered + (event.type == "response" and not event.status and 1 or 0)
    end })
  local requests, before = {}, 0
  for round = 1, rounds do
    storm.round(client, "/down")
    requests[round], before = begun - before, begun
  end
  local seen = #server:requests("/down")
  assert(seen <= begun and seen >= begun - unanswered, "the server saw " .. seen)
  server:stop()
  return requests
end

return storm
