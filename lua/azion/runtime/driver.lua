--- Under nginx: the one timer of a worker that steps the transfers of all clients, while any are under way.
--- Light threads that wait cost nothing meanwhile. It is bound to no request, so it outlives each of them.
--
-- It polls. A thread that polls libcurl's descriptors and wakes nginx through a socket would step only when there is
-- something to read, but a step that finds nothing costs little, and a thread would have to survive forks, reloads and
-- the end of the worker.
local core = require "azion.core"
local lifeline = require "azion.runtime.lifeline"
local semaphore = require "ngx.semaphore"

local driver = {}

-- Seconds of work after which nginx gets its turn.
local longest_turn = 0.0005

-- Where replies take less than that many seconds, a millisecond of sleep would be most of it: there is none for so long
-- after a reply or a request.
local quick, eager = 0.002, 0.001

-- Seconds between two steps: this part of the time that has passed since anything came, so that no call takes 2 % longer
-- than it would; within bounds, of which the first is nginx's own resolution.
local part, shortest, longest = 1 / 64, 0.001, 0.02

-- Seconds between two looks at who is still there.
local idle = 0.1

-- Seconds after which a driver that has not stepped is taken for lost: nginx drops timers when it has too many.
driver.patience = 2

-- tick: nginx has had its turn. bell: rung when there is something new to send. turn: a thread that was woken has begun
-- to run. delay: seconds that a reply takes, on average of the last few.
local state = { generation = 0, running = false, lost = false, ticked = 0, has_news = false, bell = false,
  turn = false, tick = false, delay = quick }

local function queue_finished(runtime, session, waiters)
  local id = session:take_finished()
  while id do
    local waiter = waiters[id]
    waiters[id] = nil
    if waiter then
      runtime.finished:push(waiter)
    end
    id = session:take_finished()
  end
  if not next(waiters) then
    runtime.sessions[session] = nil
  end
end

-- Sends and receives, and queues who got a reply.
local function step(runtime)
  runtime:drop_abandoned()
  for session, waiters in pairs(runtime.sessions) do
    session:step(0)
    queue_finished(runtime, session, waiters)
  end
end

-- Gives replies out one by one: what each of them means in work is known only when it is done. The thread runs after the
-- driver has gone to wait, and the driver after the thread.
local function give_out(runtime, ends)
  local now, waiter = core.now(), runtime.finished:pop()
  while waiter do
    state.delay = state.delay + (now - waiter.began - state.delay) / 8
    if runtime:wake(waiter, "finished") then
      state.turn:wait(shortest)
    end
    now = core.now()
    if now >= ends then
      return
    end
    waiter = runtime.finished:pop()
  end
end

-- One turn; whether there is more to do at once, and whether anything came.
local function take_turn(runtime)
  local ends, moved = core.now() + longest_turn, false
  repeat
    state.has_news = false
    step(runtime)
    if not runtime.finished:first() then
      return state.has_news, moved
    end
    moved = true
    give_out(runtime, ends)
  until not state.has_news or core.now() >= ends
  return state.has_news or runtime.finished:first() ~= nil, moved
end

local function pause(runtime, quiet)
  if not next(runtime.sessions) then
    return idle
  end
  return math.max(shortest, math.min(longest, quiet * part))
end

local function is_waited_for(runtime)
  return next(runtime.waiters) ~= nil or next(runtime.sessions) ~= nil or next(runtime.lifelines) ~= nil
end

local function end_turn()
  state.tick:post()
end

-- To the next turn of nginx's event loop, without delay. (ngx.sleep(0) would do, but where nginx lacks a patch of
-- OpenResty's it logs a warning each time.)
local function yield_to_nginx()
  if not (ngx.timer.at(0, end_turn) and state.tick:wait(1)) then
    ngx.sleep(shortest)
  end
end

local function drive(_, generation, runtime)
  local moved_at = core.now()
  state.lost = false
  while generation == state.generation and is_waited_for(runtime) do
    local more, moved = take_turn(runtime)
    lifeline.look(runtime)
    local now = core.now()
    state.ticked = now
    if moved then
      moved_at = now
    end
    if more or (state.delay < quick and now - moved_at < eager and next(runtime.sessions)) then
      yield_to_nginx()
    elseif state.bell:wait(pause(runtime, now - moved_at)) then
      moved_at = core.now()
    end
  end
  if generation == state.generation then
    state.running = false
  end
end

--- A thread that waited goes on: the driver is next.
function driver.hand_over()
  if state.turn and state.turn:count() < 0 then
    state.turn:post()
  end
end

--- There is something new to send, or to find out.
function driver.ring()
  state.has_news = true
  if state.bell and state.bell:count() < 0 then
    state.bell:post()
  end
end

--- Sees to it that the runtime is driven until nobody waits in it any more.
---@param runtime azion.OpenrestyRuntime
---@param has_news boolean there is something new to send
---@return boolean driven false if nginx has no timer left: then who waits has to advance the runtime
function driver.watch(runtime, has_news)
  local now = core.now()
  if state.running and now - state.ticked < driver.patience then
    if has_news then
      driver.ring()
    end
    return not state.lost
  end
  state.lost = state.running
  state.generation, state.ticked = state.generation + 1, now
  state.bell, state.turn, state.tick = semaphore.new(), semaphore.new(), semaphore.new()
  state.running = ngx.timer.at(0, drive, state.generation, runtime) and true or false
  return state.running and not state.lost
end

--- All of the driver's work, for who waits without one.
---@param runtime azion.OpenrestyRuntime
function driver.advance(runtime)
  step(runtime)
  local waiter = runtime.finished:pop()
  while waiter do
    runtime:wake(waiter, "finished")
    waiter = runtime.finished:pop()
  end
  lifeline.look(runtime)
end

return driver
