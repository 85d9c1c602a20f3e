--- Under nginx: the one timer of a worker that steps the transfers of all clients, while any are under way.
--- Light threads that wait cost nothing meanwhile. It is bound to no request, so it outlives each of them.
local core = require "azion.core"
local semaphore = require "ngx.semaphore"

local driver = {}

-- Seconds between two steps: short where replies may come soon, longer where nothing has come for a while.
local shortest, longest = 0.001, 0.02

-- Seconds between two looks at who is still there.
local idle = 0.1

-- Seconds after which a driver that has not stepped is taken for lost: nginx drops timers when it has too many.
driver.patience = 2

---@type table<azion.Runtime, boolean>
local runtimes = {}
local state = { generation = 0, running = false, lost = false, ticked = 0 }
local bell

local function advance_all()
  local moved, more, in_flight, list = false, false, false, {}
  for runtime in pairs(runtimes) do
    list[#list + 1] = runtime
  end
  for _, runtime in ipairs(list) do
    local this_moved, this_more = runtime:advance()
    moved, more = moved or this_moved, more or this_more
    in_flight = in_flight or next(runtime.transfers) ~= nil
    if not runtime:is_waited_for() then
      runtimes[runtime] = nil
    end
  end
  return moved, more, in_flight
end

local function drive(_, generation)
  local moved_at = core.now()
  state.lost = false
  while generation == state.generation and next(runtimes) do
    local moved, more, in_flight = advance_all()
    state.ticked = core.now()
    if moved then
      moved_at = state.ticked
    end
    -- A tenth of the time that has passed already: whoever waits for long can wait that much longer.
    local pause = math.max(shortest, math.min(longest, (state.ticked - moved_at) / 10))
    if more then
      ngx.sleep(shortest) -- and not by the bell: whoever rings would have the next replies given out in this turn
    elseif bell:wait(in_flight and pause or idle) then
      moved_at = core.now()
    end
  end
  if generation == state.generation then
    state.running = false
  end
end

--- Sees to it that a runtime is driven until nobody waits in it any more.
---@param runtime azion.Runtime
---@param soon boolean there is something new to send
---@return boolean driven false if nginx has no timer left: then who waits has to advance the runtime
function driver.watch(runtime, soon)
  local now = core.now()
  runtimes[runtime] = true
  bell = bell or assert(semaphore.new())
  if state.running and now - state.ticked < driver.patience then
    if soon and bell:count() < 0 then
      bell:post()
    end
    return not state.lost
  end
  state.lost = state.running
  state.generation, state.ticked = state.generation + 1, now
  state.running = ngx.timer.at(0, drive, state.generation) and true or false
  return state.running and not state.lost
end

return driver
