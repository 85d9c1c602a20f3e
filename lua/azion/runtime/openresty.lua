--- Waiting under nginx: each light thread waits at a semaphore of its own, and the worker's driver wakes it. So no
--- request ever runs another's code. In `init_by_lua` nobody else is there yet, and a wait may block.
---
--- Requests end early (`ngx.exit`, `ngx.thread.kill`, a client that hangs up), and nothing unwinds their light
--- threads. A thread that is gone no longer waits at its semaphore: that is how the driver finds out. It then
--- ends the transfer, and gives back what the call had taken.
local driver = require "azion.runtime.driver"
local native = require "azion.runtime.native"
local semaphore = require "ngx.semaphore"

local openresty = {}

local yielding = { rewrite = true, server_rewrite = true, access = true, content = true, timer = true,
  ssl_cert = true, ssl_session_fetch = true }

-- Seconds between two looks at who is still there; and how many looks must have missed a thread that should wait,
-- and one that runs something of the user's, such as `on_event`, which may wait for something else.
local look_every, waiting_looks, running_looks = 0.1, 2, 30

-- Seconds between two steps when there is no driver.
local alone = 0.005

local cancelled = setmetatable({}, { __tostring = function() return "azion: the task was cancelled" end })

---@class azion.OpenrestyRuntime: azion.Runtime
local methods = {}
local metatable = { __index = methods }

---@param session userdata
---@param now fun(): number monotonic seconds
---@return azion.OpenrestyRuntime
function openresty.new(session, now)
  return setmetatable({
    session = session, now = now, native = native.new(session, now),
    waiters = {}, transfers = {}, lifelines = {}, abandoned = {}, ended = {}, looked = 0,
    tasks = setmetatable({}, { __mode = "k" }), current = setmetatable({}, { __mode = "k" }),
  }, metatable)
end

-- In `init_by_lua`, the runtime that blocks. What iterators left behind there ends with that phase.
local function in_init(self)
  if ngx.get_phase() == "init" then
    return self.native
  end
  if next(self.native.tasks) then
    self.native:forget_tasks()
  end
end

--- Why a call cannot wait here, if it cannot.
---@return string? problem
function methods:refusal() -- luacheck: ignore 212
  local phase = ngx.get_phase()
  if phase == "init" then
    return nil
  elseif not yielding[phase] then
    return ("nginx lets nothing wait in the phase %s: make the call in a timer (ngx.timer.at)"):format(phase)
  elseif coroutine.isyieldable and not coroutine.isyieldable() then
    return "nothing can wait inside a C function such as table.sort or string.gsub: make the call outside of it, "
      .. "or in a timer (ngx.timer.at)"
  end
end

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

-- Waiting for a thread that has ended costs nothing, and lets nginx forget it before the request ends.
local function reap(self, thread)
  local ended = self.ended[thread]
  self.ended[thread] = nil
  for _, light_thread in ipairs(ended or {}) do
    -- nginx uses threads again: this may be another request's by now, with what the first one left here.
    pcall(ngx.thread.wait, light_thread)
  end
end

local function block(self, waiter)
  local thread = coroutine.running()
  local task = self.tasks[thread] or {}
  waiter.semaphore, waiter.lifeline, waiter.missed = assert(semaphore.new()), self.current[thread], 0
  self.waiters[waiter], task.waiter = true, waiter
  if task.cancelled then
    wake(self, waiter, "cancelled")
  end
  while not waiter.woken do
    local driven = driver.watch(self, waiter.transfer ~= nil)
    local pause = driven and driver.patience or alone
    if waiter.time then
      pause = math.min(pause, math.max(0, waiter.time - self.now()) + 0.001)
    end
    local _, problem = waiter.semaphore:wait(pause)
    if problem and problem ~= "timeout" then
      ngx.sleep(alone)
    end
    if not driven then
      self:advance()
    end
    if waiter.time and self.now() >= waiter.time then
      wake(self, waiter, "time")
    end
  end
  task.waiter = nil
  reap(self, thread)
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
  while signal[1] do
    wake(self, signal[1], "signal")
  end
end

methods.sleep = native.methods.sleep

--- Begins a task in a light thread of this request.
---@param call function
---@param finish fun(ok: boolean, ...: any) gets whether it ended without an error, and its first two results or the error
---@return azion.Task
function methods:spawn(call, finish)
  local blocking = in_init(self)
  if blocking then
    return blocking:spawn(call, finish)
  end
  local task, parent = {}, coroutine.running()
  task.light_thread = ngx.thread.spawn(function()
    local thread = coroutine.running()
    self.tasks[thread] = task
    local ok, result, err = pcall(call)
    self.tasks[thread], task.ended = nil, true
    -- The first of them may be here before `spawn` has returned.
    if task.light_thread then
      self.ended[parent] = self.ended[parent] or {}
      table.insert(self.ended[parent], task.light_thread)
    end
    if not task.cancelled then
      finish(ok, result, err)
    end
  end)
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
  self:advance()
end

methods.abandon = native.methods.abandon
methods.drop_abandoned = native.methods.drop_abandoned

--- A call begins. Should its light thread end before `detach`, `give_back` runs in its stead.
---@param give_back fun()
---@return table lifeline
function methods:attach(give_back)
  local blocking = in_init(self)
  if blocking then
    return blocking:attach(give_back)
  end
  local thread = coroutine.running()
  local lifeline = { give_back = give_back, thread = thread, outer = self.current[thread], missed = 0 }
  self.lifelines[lifeline], self.current[thread] = true, lifeline
  return lifeline
end

--- The call has ended.
---@param lifeline table
function methods:detach(lifeline)
  self.lifelines[lifeline] = nil
  if lifeline.thread and self.current[lifeline.thread] == lifeline then
    self.current[lifeline.thread] = lifeline.outer
  end
end

-- Who no longer waits where it should, and which calls nobody carries on.
local function find_lost(self)
  local waiters, lifelines = {}, {}
  for lifeline in pairs(self.lifelines) do
    lifeline.missed = lifeline.missed + 1
  end
  for waiter in pairs(self.waiters) do
    local waits = waiter.semaphore:count() < 0
    waiter.missed = waits and 0 or waiter.missed + 1
    local lost = waiter.missed >= waiting_looks
    if lost then
      waiters[#waiters + 1] = waiter
    end
    local lifeline = waiter.lifeline
    while lifeline do
      lifeline.missed = lost and running_looks or 0
      lifeline = lifeline.outer
    end
  end
  for lifeline in pairs(self.lifelines) do
    if lifeline.missed >= running_looks then
      lifelines[#lifelines + 1] = lifeline
    end
  end
  return waiters, lifelines
end

local function end_lost(self)
  local waiters, lifelines = find_lost(self)
  for _, waiter in ipairs(waiters) do
    if waiter.transfer then
      waiter.transfer:cancel()
    end
    wake(self, waiter, "lost")
  end
  for _, lifeline in ipairs(lifelines) do
    self:detach(lifeline)
    pcall(lifeline.give_back)
  end
end

--- Does what can be done without waiting.
---@return boolean moved whether anything came of it
function methods:advance()
  local moved = false
  self:drop_abandoned()
  if next(self.transfers) then
    self.session:step(0)
    local id = self.session:finished()
    while id do
      if self.transfers[id] then
        moved = true
        wake(self, self.transfers[id], "finished")
      end
      id = self.session:finished()
    end
  end
  if self.now() - self.looked >= look_every then
    self.looked = self.now()
    end_lost(self)
  end
  return moved
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
