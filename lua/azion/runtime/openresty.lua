--- Waiting under nginx: each light thread waits at a semaphore of its own, and the worker's driver wakes it. So no
--- request ever runs another's code.
local driver = require "azion.runtime.driver"
local lifeline = require "azion.runtime.lifeline"
local native = require "azion.runtime.native"
local phase = require "azion.runtime.phase"
local semaphore = require "ngx.semaphore"

local openresty = {}

-- In how many turns of nginx's event loop the replies are given out that came in one.
local turns_of_a_burst = 16

-- Seconds between two steps when there is no driver.
local alone = 0.005

local cancelled = setmetatable({}, { __tostring = function() return "azion: the task was cancelled" end })

---@class azion.OpenrestyRuntime: azion.Runtime
---@field native azion.Runtime for `init_by_lua`
---@field waiters table<table, true>
---@field transfers table<integer, table> waiters by the id of what they wait for
---@field finished table[] waiters whose replies are here, and who are still to be woken
---@field at_once integer how many of them in a turn
---@field lifelines table<azion.Lifeline, true> of the calls under way
---@field current table<thread, azion.Lifeline>
local methods = {}
local metatable = { __index = methods }

---@param session userdata
---@param now fun(): number monotonic seconds
---@return azion.OpenrestyRuntime
function openresty.new(session, now)
  return setmetatable({
    session = session, now = now, native = native.new(session, now),
    waiters = {}, transfers = {}, finished = {}, at_once = 1, lifelines = {}, abandoned = {}, looked = 0,
    tasks = setmetatable({}, { __mode = "k" }), current = setmetatable({}, { __mode = "k" }),
  }, metatable)
end

-- In `init_by_lua`, the runtime that blocks. What iterators left behind there ends with that phase.
local function in_init(self)
  if phase.may_block() then
    return self.native
  end
  if next(self.native.tasks) then
    self.native:forget_tasks()
  end
end

methods.refusal = phase.refusal
methods.protect = native.methods.protect

local function remove(list, entry)
  for index = 1, #list do
    if list[index] == entry then
      table.remove(list, index)
      return
    end
  end
end

-- Takes a waiter off all lists; it is told by its semaphore.
local function wake(self, waiter, reason)
  if waiter.woken then
    return
  end
  waiter.woken = reason
  self.waiters[waiter] = nil
  if waiter.transfer then
    self.transfers[waiter.transfer:id()] = nil
  end
  remove(waiter.signal or {}, waiter)
  if waiter.semaphore then
    waiter.semaphore:post()
  end
end

-- The task that runs. nginx uses threads again, also of requests that ended early, with what is known of them here.
local function task_of(self, thread)
  local task = self.tasks[thread]
  return task and task.request == phase.request() and task or {}
end

local function block(self, waiter)
  local thread = coroutine.running()
  local task = task_of(self, thread)
  waiter.semaphore, waiter.lifeline, waiter.missed = assert(semaphore.new()), self.current[thread], 0
  self.waiters[waiter], task.waiter = true, waiter
  if task.cancelled then
    wake(self, waiter, "cancelled")
  end
  local is_new = waiter.transfer ~= nil
  while not waiter.woken do
    local driven = driver.watch(self, is_new)
    is_new = false
    local pause = driven and driver.patience or alone
    if waiter.time then
      pause = math.min(pause, math.max(0, waiter.time - self.now()) + 0.001)
    end
    local _, problem = waiter.semaphore:wait(pause)
    if problem and problem ~= "timeout" then
      ngx.sleep(alone)
    end
    if not driven then
      waiter.missed = 0 -- not at its semaphore while it looks who is, but here
      self:advance()
    end
    if waiter.time and self.now() >= waiter.time then
      wake(self, waiter, "time")
    end
  end
  task.waiter = nil
  if task.cancelled then
    error(cancelled, 0)
  end
end

--- Returns when the transfer has ended.
---@param transfer userdata
function methods:await(transfer)
  local blocking = in_init(self)
  if blocking then
    return blocking:await(transfer)
  elseif not transfer:done() then
    local waiter = { transfer = transfer }
    self.transfers[transfer:id()] = waiter
    block(self, waiter)
  end
end

--- Waits for a signal.
---@param signal azion.Signal?
---@param time number? when to stop waiting, by `now`
---@return boolean notified false if the time came first
function methods:wait(signal, time)
  local blocking = in_init(self)
  if blocking then
    return blocking:wait(signal, time)
  end
  local waiter = { signal = signal, time = time }
  if signal then
    signal[#signal + 1] = waiter
  end
  block(self, waiter)
  return waiter.woken == "signal"
end

--- Wakes all who wait for a signal: each looks for itself whether what it wanted is there.
---@param signal azion.Signal
function methods:notify(signal)
  local blocking = in_init(self)
  if blocking then
    return blocking:notify(signal)
  end
  for index = 1, #signal do
    local waiter = signal[index]
    signal[index], waiter.signal = nil, nil
    wake(self, waiter, "signal")
  end
end

methods.sleep = native.methods.sleep

local function run_task(self, task, call, finish, subject)
  local thread = coroutine.running()
  self.tasks[thread], task.request = task, phase.request()
  local ok, result, err = pcall(call, subject)
  self.tasks[thread], task.ended = nil, true
  if not task.cancelled then
    finish(subject, ok, result, err)
  end
end

local function spawn_orphan(...)
  ngx.thread.spawn(run_task, ...)
end

--- Begins a task in a light thread of this request.
---@param call fun(subject: any): any, any
---@param finish fun(subject: any, ok: boolean, ...: any) gets whether it ended without an error, and its first two
--- results or the error
---@param subject any
---@return azion.Task
function methods:spawn(call, finish, subject)
  local blocking = in_init(self)
  if blocking then
    return blocking:spawn(call, finish, subject)
  end
  local task = {}
  -- nginx keeps a thread that has ended, and the request with it, for its parent to ask about. A parent that has ended
  -- itself asks nothing.
  ngx.thread.wait(ngx.thread.spawn(spawn_orphan, self, task, call, finish, subject))
  return task
end

--- Ends a task wherever it waits; what it had in flight is cancelled. (`ngx.thread.kill` is for the parent only.)
---@param task azion.Task
function methods:cancel(task)
  local blocking = in_init(self)
  if blocking then
    return blocking:cancel(task)
  elseif task.cancelled or task.ended then
    return
  end
  task.cancelled = true
  if task.waiter then
    if task.waiter.transfer then
      task.waiter.transfer:cancel()
    end
    wake(self, task.waiter, "cancelled")
  end
end

--- Lets what was begun be sent, without waiting for anything.
function methods:kick()
  local blocking = in_init(self)
  if blocking then
    return blocking:kick()
  end
  self:drop_abandoned()
  self.session:step(0)
end

methods.abandon = native.methods.abandon
methods.drop_abandoned = native.methods.drop_abandoned

--- A call begins; see `azion.runtime.lifeline`.
---@return azion.Lifeline
function methods:attach(give_back, engine, state)
  local blocking = in_init(self)
  if blocking then
    return blocking:attach(give_back, engine, state)
  end
  return lifeline.attach(self, give_back, engine, state)
end

methods.detach = lifeline.detach

-- Sends and receives, and queues who got a reply.
local function step(self)
  self.session:step(0)
  local id = self.session:finished()
  while id do
    self.finished[#self.finished + 1] = self.transfers[id]
    id = self.session:finished()
  end
  self.at_once = math.ceil(#self.finished / turns_of_a_burst)
end

--- Does what can be done in one turn of nginx's event loop. Each reply means work: of those that came together a few
--- are given out in a turn, and nothing else is done until all are, so that no turn is long for the worker's neighbours.
---@return boolean moved whether anything came of it
---@return boolean more whether replies are left for the next turn
function methods:advance()
  self:drop_abandoned()
  if not self.finished[1] and next(self.transfers) then
    step(self)
  end
  local moved = self.finished[1] ~= nil
  for _ = 1, math.min(self.at_once, #self.finished) do
    wake(self, table.remove(self.finished, 1), "finished")
  end
  lifeline.look(self, wake)
  return moved, self.finished[1] ~= nil
end

--- Whether there is anybody for whom to go on.
---@return boolean
function methods:is_waited_for()
  return next(self.waiters) ~= nil or next(self.lifelines) ~= nil
end

--- Wakes everybody: the client is closed.
function methods:close()
  self.closed, self.native.closed = true, true
  local waiters = {}
  for waiter in pairs(self.waiters) do
    waiters[#waiters + 1] = waiter
  end
  for _, waiter in ipairs(waiters) do
    wake(self, waiter, "closed")
  end
end

return openresty
