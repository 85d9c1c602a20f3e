--- One of the scripts of the fleet spec: `operations` reads, several at once. Says how many calls it made, and how
--- many attempts that took.
local azion = require "azion"
local patience = require "spec.support.patience"

-- A Redis on a busy machine is not to pass for a lost one.
require("azion.budget.redis_script").patience = patience(5)
local base_url, token, ca_file, application, operations, redis_port = (table.unpack or unpack)(arg)
local attempts, failed = 0, 0
local client = assert(azion.client {
  base_url = base_url, token = token, ca_file = ca_file, concurrency = 4, max_attempts = 20, deadline = patience(120),
  budget = redis_port and assert(azion.budget.redis { port = tonumber(redis_port) }) or nil,
  on_event = function(event)
    if event.type == "request" then
      attempts = attempts + 1
    end
  end,
})
local origins = client:origins(application)
local items = {}
for index = 1, tonumber(operations) do
  items[index] = index
end
local _, failures = client:map(items, function()
  return origins:list { page_size = 1 }
end)
for _, failure in ipairs(failures) do
  failed = failed + 1
  io.stderr:write(tostring(failure.err), "\n")
end
client:close()
print(#items, attempts, failed)
