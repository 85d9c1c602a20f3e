--- Waiting under nginx, for all clients of a worker: each light thread waits at a semaphore of its own, and the worker's
--- driver wakes it. So no request ever runs another's code.
local driver = require "azion.runtime.driver"
local lifeline = require "azion.runtime.lifeline"
local light_tasks = require "azion.runtime.light_tasks"
local native = require "azion.runtime.native"
local phase = require "azion.runtime.phase"
local queue = require "azion.runtime.queue"
local semaphore = require "ngx.semaphore"

local running = coroutine.running

local openresty = {}

-- Seconds between two steps when there is no driver.
local alone = 0.005

-- How many semaphores are kept for further waits.
local most_spare = 64

---@class azion.OpenrestyRuntime: azion.Runtime
---@field native azion.Runtime for `init_by_lua`
---@field waiters table<azion.LightWaiter, true> from the begin of the wait until its thread runs again
---@field sessions table<userdata, table<integer, azion.LightWaiter>> who waits for which transfer
---@field finished azion.Queue waiters whose replies are here, and who are still to be woken
---@field lifelines table<azion.Lifeline, true> of the calls under way
---@field current table<thread, azion.Lifeline>
local methods = {}
local metatable = { __index = methods }
local before = {} -- in `init_by_lua`

---@class azion.LightWaiter one wait of one light thread
---@field owner? table the engine of the client whose end ends the wait
---@field woken string|false why it goes on
---@field semaphore table|false while the thread is there
---@field transfer userdata|false
---@field began? number when the transfer did
---@field lifeline azion.Lifeline|false of the call that waits
---@field missed integer looks since it was seen to wait

--- It blocks in `init_by_lua`, where there is nobody else yet. What iterators left behind there ends with that phase.
---@param now fun(): number monotonic seconds
---@param wait fun(sessions: userdata[], seconds: number) until one of them has something to do
---@return azion.OpenrestyRuntime
function openresty.new(now, wait)
  return setmetatable({
    now = now, native = native.new(now, wait), waiters = {}, sessions = {}, finished = queue.new(), spare = {},
    lifelines = {}, abandoned = {}, looked = 0,
    tasks = setmetatable({}, { __mode = "k" }), current = setmetatable({}, { __mode = "k" }),
  }, before)
end

methods.refusal = phase.refusal
methods.attach = lifeline.attach
methods.detach = lifeline.detach
methods.spawn = light_tasks.spawn
methods.cancel = light_tasks.cancel
methods.abandon = light_tasks.abandon
methods.drop_abandoned = light_tasks.drop_abandoned

-- ---- waiting ----

--- The task that runs.
---@return azion.LightTask?
function methods:running_task()
  return light_tasks.current(self, running())
end

--- For one wait of the thread that runs.
---@param owner? table the engine of the client whose end ends the wait
---@return azion.LightWaiter
function methods.waiter(_, owner)
  return { owner = owner, woken = false, semaphore = false, transfer = false, lifeline = false, missed = 0 }
end

--- Lets a waiter go on.
---@param waiter azion.LightWaiter
---@param reason string
---@return boolean woken false if it was woken before, or nobody is there: its light thread is gone, or it waited before
--- the worker began
function methods.wake(_, waiter, reason)
  local place = waiter.semaphore
  if waiter.woken or place == nil or (place and place:count() >= 0) then
    return false
  end
  waiter.woken = reason
  if place then
    place:post()
  end
  return true
end

-- At the semaphore until woken, or for that many seconds. `waiter.semaphore` is there only while the thread is: so it
-- tells who is gone.
local function stay(waiter, place, seconds)
  waiter.semaphore = place
  local woken, problem = place:wait(seconds)
  waiter.semaphore = false
  if woken then
    driver.hand_over()
  elseif problem ~= "timeout" then
    ngx.sleep(alone)
  end
end

local function stay_until_woken(self, waiter, place, time)
  local has_news = waiter.transfer ~= false
  while not waiter.woken do
    local driven = driver.watch(self, has_news)
    local pause = driven and driver.patience or alone
    has_news = false
    if time then
      pause = math.min(pause, math.max(0, time - self.now()) + 0.001)
    end
    stay(waiter, place, pause)
    if not driven then
      waiter.missed = 0 -- not at its semaphore while it looks who is, but here
      driver.advance(self)
    end
    if time and self.now() >= time then
      self:wake(waiter, "time")
    end
  end
end

local function block(self, waiter, time)
  local thread = running()
  local task = light_tasks.current(self, thread)
  waiter.lifeline = lifeline.current(self, thread) or false
  if task then
    task.waiter = waiter
    waiter.woken = waiter.woken or (task.cancelled and "cancelled")
  end
  if not waiter.woken then
    local spare = self.spare
    local place = table.remove(spare) or assert(semaphore.new())
    self.waiters[waiter] = true
    stay_until_woken(self, waiter, place, time)
    self.waiters[waiter] = nil
    -- One that was posted to just when the time was over would let the next wait pass.
    if #spare < most_spare and place:count() == 0 then
      spare[#spare + 1] = place
    end
  end
  if task then
    light_tasks.go_on(task)
  end
  return waiter.woken
end

--- Waits until somebody wakes the waiter.
---@param waiter azion.LightWaiter
---@param time? number when to stop waiting, by `now`
---@return string reason "time" if the time came first
function methods:wait(waiter, time)
  if waiter.owner and waiter.owner.closed then
    waiter.woken = waiter.woken or "closed"
  end
  return block(self, waiter, time)
end

--- Returns when the transfer has ended.
---@param session userdata
---@param transfer userdata
function methods:await(session, transfer)
  if not transfer:done() then
    local waiter, waiters = self:waiter(), self.sessions[session] or {}
    waiter.transfer, waiter.began, waiters[transfer:id()] = transfer, self.now(), waiter
    self.sessions[session] = waiters
    block(self, waiter)
  end
end

--- Returns when that many seconds have passed, never sooner; or at once when the client is closed.
---@param seconds number
---@param owner table the engine of the client
function methods:sleep(seconds, owner)
  self:wait(self:waiter(owner), self.now() + seconds)
end

--- The client is closed: whoever waits for something of it goes on.
---@param owner table its engine
function methods:release(owner)
  local list = {}
  for waiter in pairs(self.waiters) do
    if waiter.owner == owner then
      list[#list + 1] = waiter
    end
  end
  for _, waiter in ipairs(list) do
    self:wake(waiter, "closed")
  end
  driver.ring()
end

-- ---- calls ----

--- Carries out `work(call)`. However it ends, also if its light thread does: `call:give_back()` runs.
---@param work fun(call: azion.Call): any, any, any
---@param call azion.Call
---@return boolean ok
---@return any value or what was raised
---@return any err
---@return any response
function methods:run(work, call)
  local line = lifeline.attach(self, call)
  local ok, value, err, response = pcall(work, call)
  lifeline.detach(self, line)
  call:give_back()
  return ok, value, err, response
end

--- `pcall` for code that may wait.
function methods.protect(_, call, ...)
  return pcall(call, ...)
end

--- Sends what new tasks have to send, without waiting for anything.
---@param session userdata
function methods:kick(session)
  self:drop_abandoned()
  session:step(0)
end

--- Whether tasks of the user's go on while the caller waits here.
---@return boolean
function methods.can_run_others()
  return true
end

before.__index = function(self, name)
  if phase.may_block() then
    local method = self.native[name]
    return function(_, ...) return method(self.native, ...) end
  end
  setmetatable(self, metatable)
  self.native:forget_tasks()
  return methods[name]
end

return openresty
