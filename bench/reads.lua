-- 250 reads on an account that allows 200 a minute: by curl in a loop, as a script without a library would, and by
-- `client:map`. On the sandbox; takes a minute and a half. From the checkout:
--
--   LUA_PATH="lua/?.lua;lua/?/init.lua;./?.lua;;" LUA_CPATH="build/5.4/?.so;;" lua5.4 bench/reads.lua
local azion = require "azion"
local core = require "azion.core"

local amount = 250

-- Each way has an account of its own.
local function measure(name, run)
  local sandbox = assert(azion.sandbox.start { limits = { read = 200 } })
  local counts, started = {}, core.now()
  run(sandbox, function(status)
    counts[status] = (counts[status] or 0) + 1
  end)
  local seconds = core.now() - started
  sandbox:stop()
  local texts = {}
  for status, count in pairs(counts) do
    texts[#texts + 1] = ("%s: %d"):format(status, count)
  end
  table.sort(texts)
  print(("| %s | %s | %.0f s |"):format(name, table.concat(texts, ", "), seconds))
end

print("| 250 reads, 200 a minute allowed | replies by status | time |")
print("|---|---|---|")

measure("curl in a loop", function(sandbox, count)
  local line = ("curl -s -o /dev/null -w '%%{http_code}\\n' --cacert %s -H 'Authorization: Token %s' "
    .. "-H 'Accept: application/json; version=3' %s/domains"):format(sandbox.ca_file, sandbox.token, sandbox.base_url)
  local pipe = assert(io.popen(("for i in $(seq %d); do %s; done"):format(amount, line)))
  for status in pipe:lines() do
    count(status)
  end
  pipe:close()
end)

measure("`client:map`", function(sandbox, count)
  local client = assert(sandbox:client {
    on_event = function(event)
      if event.type == "response" then
        count(tostring(event.status))
      end
    end,
  })
  local items = {}
  for index = 1, amount do
    items[index] = index
  end
  client:map(items, function()
    return client:domains():list()
  end)
end)
