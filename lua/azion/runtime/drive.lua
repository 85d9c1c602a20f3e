--- Whoever cannot yield drives: runs the tasks that can go on, looks after the transfers, wakes those whose time has come,
--- until what it waits for is there. (Why, and who runs what: azion.runtime.native.)
local core = require "azion.core"
local queue = require "azion.runtime.queue"
local tasks = require "azion.runtime.tasks"
local timers = require "azion.runtime.timers"

local status = coroutine.status

local drive = {}

-- The longest that C waits without letting Lua look: a signal's hook (Ctrl-C) runs only between two steps.
local slice = 0.2

local has_one_hook = package.loaded.jit ~= nil

--- Makes the lists anew from what the tasks say. To resume a task that cannot go on is harmless: it waits once more,
--- among the timers too.
---@param self azion.Runtime
function drive.mend(self)
  self.torn = true
  self.own, self.others, self.timers = queue.new(), queue.new(), timers.new()
  local over = {}
  for _, task in pairs(self.tasks) do
    local waiter = task.waiter
    if waiter and waiter.transfer and not waiter.woken and waiter.transfer:done() then
      waiter.woken = "finished"
    end
    -- One that was not begun is nobody's: whoever wanted it was ended by the error.
    if task.over or task.call or status(task.coroutine) == "dead" then
      over[#over + 1] = task
    else
      self:can_go_on(task)
    end
  end
  for session, waiters in pairs(self.sessions) do
    for id, waiter in pairs(waiters) do
      if waiter.woken or waiter.transfer:done() then
        waiters[id] = nil
      end
    end
    if not next(waiters) then
      self.sessions[session] = nil
    end
  end
  self.torn = false
  for _, task in ipairs(over) do
    tasks.conclude(self, task)
  end
end

-- As many as there are now: what they wake has its turn after the replies have been looked at. Whoever drives goes on as
-- soon as it can: what it does next may be to send more, while the replies of other tasks can still be read after that.
local function run_list(self, list, waiter)
  for _ = 1, list.tail - list.head + 1 do
    local task = not waiter.woken and list:pop()
    if not task then
      return
    end
    tasks.resume(self, task)
  end
end

local function seconds_to_wait(self, is_inside_task)
  if self.own:first() or (not is_inside_task and self.others:first()) then
    return 0
  end
  local first = self.timers:first()
  return first and math.min(slice, math.max(0, first.time - self.now())) or slice
end

local function step_sessions(self, seconds)
  local first = next(self.sessions)
  if first and not next(self.sessions, first) then
    first:step(seconds)
    return
  end
  local list = {}
  for session in pairs(self.sessions) do
    list[#list + 1] = session
  end
  self.wait_for_any(list, seconds)
  for _, session in ipairs(list) do
    session:step(0)
  end
end

--- Wakes those whose transfers have ended.
---@param self azion.Runtime
function drive.wake_finished(self)
  for session, waiters in pairs(self.sessions) do
    local id = session:take_finished()
    while id do
      local waiter = waiters[id]
      if waiter then
        self:wake(waiter, "finished")
        waiters[id] = nil
      end
      id = session:take_finished()
    end
    if not next(waiters) then
      self.sessions[session] = nil
    end
  end
end

local function wake_due(self)
  local first = self.timers:first()
  local now = first and self.now()
  while first and first.time <= now do
    self:wake(first, "time")
    first = self.timers:first()
  end
end

-- LuaJIT has one hook for all coroutines. An error that it raised where a task drove would be no more than the end of
-- that task, and Ctrl-C not the end of the program.
local function raise_again(self, is_inside_task)
  local interrupt = self.interrupt
  if interrupt then
    self.interrupt = is_inside_task and interrupt
    error(interrupt.raised, 0)
  end
end

local function drive_on(self, waiter, is_inside_task)
  while not waiter.woken do
    core.pass_on_interrupt()
    if waiter.time and not self.timers:has(waiter) then
      self.timers:add(waiter)
    end
    self:drop_abandoned()
    run_list(self, self.own, waiter)
    if not is_inside_task then
      run_list(self, self.others, waiter)
    end
    raise_again(self, is_inside_task)
    if not waiter.woken then
      step_sessions(self, seconds_to_wait(self, is_inside_task))
      drive.wake_finished(self)
      wake_due(self)
    end
  end
end

--- Whether the caller is on the stack of a task. One that is left over from an error is not running.
---@param self azion.Runtime
---@return boolean
function drive.is_inside_task(self)
  local state = self.current and status(self.current.coroutine)
  return state == "running" or state == "normal"
end

--- Drives until the waiter is woken.
---@param self azion.Runtime
---@param waiter azion.Waiter
function drive.until_woken(self, waiter)
  local is_inside, outer, was_driven = drive.is_inside_task(self), self.current, self.driven
  if self.torn or self.is_concluding or (was_driven and not is_inside) then
    drive.mend(self)
  end
  self.driven, self.interrupt = true, is_inside and self.interrupt
  local whole, raised = pcall(drive_on, self, waiter, is_inside)
  self.current = is_inside and outer
  if not whole then
    waiter.woken = waiter.woken or "interrupted"
    self.interrupt = is_inside and has_one_hook and { raised = raised }
    error(raised, 0)
  end
  self.driven = is_inside and was_driven
end

--- Runs a task up to its first wait.
---@param self azion.Runtime
---@param task azion.Task
---@return azion.Task
function drive.begin(self, task)
  local was_driven, is_inside = self.driven, drive.is_inside_task(self)
  self.driven, self.interrupt = true, is_inside and self.interrupt
  tasks.resume(self, task)
  self.driven = was_driven
  if not is_inside then
    raise_again(self, false)
  end
  return task
end

return drive
