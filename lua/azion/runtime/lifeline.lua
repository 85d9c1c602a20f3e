--- Requests end early (`ngx.exit`, `ngx.thread.kill`, a client that hangs up), and nothing unwinds their light
--- threads. A thread that is gone no longer waits at its semaphore: so the driver finds out, ends the transfer, and
--- gives back what the call had taken.
local phase = require "azion.runtime.phase"

local lifeline = {}

-- Seconds between two looks at who is still there; and how many looks must have missed a thread that should wait,
-- and one that runs something of the user's, such as `on_event`, which may wait for something else.
local look_every, waiting_looks, running_looks = 0.1, 2, 30

---@class azion.Lifeline
---@field holder { give_back: fun(self: table) } a call, for one
---@field thread? thread
---@field request any in which the call is made
---@field outer? azion.Lifeline of the call in whose `on_event` this one is made
---@field missed integer looks since it was seen to wait

--- The call that a thread makes. nginx uses threads again: what an earlier request left in one is not it.
---@param runtime azion.OpenrestyRuntime
---@param thread thread
---@param request any
---@return azion.Lifeline?
local function of_thread(runtime, thread, request)
  local line = runtime.current[thread]
  return line and line.request == request and line or nil
end

--- The call that the thread which runs makes.
---@param runtime azion.OpenrestyRuntime
---@param thread thread
---@return azion.Lifeline?
function lifeline.current(runtime, thread)
  return runtime.current[thread] and of_thread(runtime, thread, phase.request()) or nil
end

--- A call begins. Should its light thread end before `detach`, `holder:give_back()` runs in its stead. (A closure could
--- not: its upvalues lie on the thread's stack, and nginx clears that for the next request.)
---@param runtime azion.OpenrestyRuntime
---@param holder { give_back: fun(self: table) }
---@return azion.Lifeline
function lifeline.attach(runtime, holder)
  local thread, request = coroutine.running(), phase.request()
  local line = { holder = holder, thread = thread, request = request,
    outer = of_thread(runtime, thread, request), missed = 0 }
  runtime.lifelines[line], runtime.current[thread] = true, line
  return line
end

--- The call has ended.
---@param runtime azion.OpenrestyRuntime
---@param line azion.Lifeline
function lifeline.detach(runtime, line)
  runtime.lifelines[line] = nil
  if line.thread and runtime.current[line.thread] == line then
    runtime.current[line.thread] = line.outer
  end
  line.thread = nil
end

-- Who waits is at its semaphore. Who was woken took itself off the list when it ran, at once.
local function is_at_its_semaphore(waiter)
  return not waiter.woken and waiter.semaphore and waiter.semaphore:count() < 0
end

local function lost_waiters(runtime)
  local lost = {}
  for waiter in pairs(runtime.waiters) do
    waiter.missed = is_at_its_semaphore(waiter) and 0 or waiter.missed + 1
    local is_lost = waiter.missed >= waiting_looks
    if is_lost then
      lost[#lost + 1] = waiter
    end
    local line = waiter.lifeline
    while line do -- and the calls around it
      line.missed = (is_lost or line.missed == math.huge) and math.huge or -1
      line = line.outer
    end
  end
  return lost
end

local function lost_calls(runtime)
  local lost = {}
  for line in pairs(runtime.lifelines) do
    line.missed = line.missed + 1
    if line.missed >= running_looks then
      lost[#lost + 1] = line
    end
  end
  return lost
end

--- Ends what nobody carries on; does nothing if the last look was just now.
---@param runtime azion.OpenrestyRuntime
function lifeline.look(runtime)
  local now = runtime.now()
  if now - runtime.looked < look_every then
    return
  end
  runtime.looked = now
  for _, waiter in ipairs(lost_waiters(runtime)) do
    waiter.woken = waiter.woken or "lost"
    runtime.waiters[waiter] = nil
    if waiter.transfer then
      waiter.transfer:cancel()
    end
  end
  for _, line in ipairs(lost_calls(runtime)) do
    lifeline.detach(runtime, line)
    local ok, problem = pcall(line.holder.give_back, line.holder)
    if not ok then
      ngx.log(ngx.ERR, "azion: ", problem)
    end
  end
end

return lifeline
