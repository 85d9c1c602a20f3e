-- A fleet on one budget in Redis, on a virtual clock; see spec/support/fleet.lua. From the checkout:
--
--   LUA_PATH="lua/?.lua;lua/?/init.lua;./?.lua;;" LUA_CPATH="build/luajit/?.so;;" luajit bench/fleet.lua
--
-- Each machine has four calls to make at once, for ever; a call takes 20 to 200 ms, a decision of Redis 1 ms.
local fleet = require "spec.support.fleet"

local settings = { { "aligned", 200 }, { "first_call", 200 }, { "aligned", 2000 } }
local names = { aligned = "on a grid", first_call = "from the first call" }

print("| windows of the API | limit | machines | 429s with a budget each | 429s shared | window used, shared (least) "
  .. "| decisions a second (most) | decisions a call |")
print("|---|---|---|---|---|---|---|---|")
for _, setting in ipairs(settings) do
  for _, machines in ipairs { 1, 10, 100, 1000 } do
    local kind, limit = setting[1], setting[2]
    local apart = fleet.run { machines = machines, kind = kind, limit = limit, keep = "apart" }
    local result = fleet.run { machines = machines, kind = kind, limit = limit, keep = "redis" }
    print(("| %s | %d | %d | %d | %d | %.1f %% (%.1f %%) | %.1f (%d) | %.2f |"):format(names[kind], limit, machines,
      apart.refused, result.refused, 100 * result.share, 100 * result.least, result.rate, result.peak, result.each))
  end
end
