--- Waiting in a plain Lua program: one scheduler for all clients of a Lua state. Each call runs in a task of ours, a
--- coroutine in which there is nothing of the user's, so that it can always wait, wherever it was made. Whoever cannot
--- yield to the scheduler drives it instead, until what it waits for has come: the main program drives everything; what
--- runs inside a task (a sort, a coroutine of the program's own) drives only what is ours, so that no task of the user's
--- is resumed on its stack.
--
-- An error can come between any two instructions (Ctrl-C, an instruction limit, want of memory). So the truth is in
-- `tasks`: the lists of who can go on and who is due are made anew from it where a change did not come to its end.
local calls = require "azion.runtime.calls"
local drive = require "azion.runtime.drive"
local queue = require "azion.runtime.queue"
local tasks = require "azion.runtime.tasks"
local timers = require "azion.runtime.timers"
local yielding = require "azion.runtime.yielding"

local running = coroutine.running

local native = {}

---@class azion.Runtime
---@field now fun(): number monotonic seconds
---@field wait_for_any fun(sessions: userdata[], seconds: number) until one of them has something to do
---@field tasks table<thread, azion.Task> those that have not ended
---@field idle thread[]
---@field current azion.Task|false the innermost task that runs
---@field own azion.Queue tasks of ours that can go on
---@field others azion.Queue the user's
---@field timers azion.Timers
---@field sessions table<userdata, table<integer, azion.Waiter>> who waits for which transfer
---@field abandoned table<any, azion.Task>[]
---@field driven boolean a drive is under way, or was ended by an error
---@field torn boolean the same of a change to the lists
---@field is_concluding boolean the same of what a task holds being given back
---@field interrupt { raised: any }|false an error that is to reach the program
local methods = {}
local metatable = { __index = methods }

---@class azion.Waiter one wait of one thread
---@field owner? table the engine of the client
---@field woken string|false why it goes on
---@field task azion.Task|false
---@field time? number when to stop waiting
---@field timer? integer its place among the timers
---@field transfer? userdata

---@param now fun(): number monotonic seconds
---@param wait_for_any fun(sessions: userdata[], seconds: number)
---@return azion.Runtime
function native.new(now, wait_for_any)
  return setmetatable({
    now = now, wait_for_any = wait_for_any, tasks = {}, idle = {}, current = false, own = queue.new(),
    others = queue.new(), timers = timers.new(), sessions = {}, abandoned = {}, driven = false, torn = false,
    is_concluding = false,
    interrupt = false,
  }, metatable)
end

--- A task has its turn when somebody drives.
---@param task azion.Task
function methods:can_go_on(task)
  local list = task.is_own and self.own or self.others
  list:push(task)
end

---@param is_doubtful? boolean
function methods:mend_if_torn(is_doubtful)
  if self.torn or self.is_concluding or is_doubtful then
    drive.mend(self)
  end
end

-- ---- waiting ----

--- The task that runs.
---@return azion.Task?
function methods:running_task()
  return self.tasks[running() or 0]
end

--- For one wait of the thread that runs.
---@param owner? table the engine of the client whose end ends the wait
---@return azion.Waiter
function methods:waiter(owner)
  return { owner = owner, woken = false, task = self:running_task() or false }
end

-- False where the task cannot yield.
local function yield(self, task, waiter)
  task.waiter = waiter
  if waiter.time and not self.timers:has(waiter) then
    self.torn = true
    self.timers:add(waiter)
    self.torn = false
  end
  local has_yielded = yielding.try(task)
  task.waiter = false
  if task.cancelled then
    error(tasks.cancelled, 0)
  end
  return has_yielded
end

--- Waits until somebody wakes the waiter.
---@param waiter azion.Waiter
---@param time? number when to stop waiting, by `now`
---@return string reason "time" if the time came first
function methods:wait(waiter, time)
  if waiter.owner and waiter.owner.closed then
    waiter.woken = waiter.woken or "closed"
  end
  waiter.time = time
  local task = waiter.task
  while not waiter.woken do
    if not task or not yielding.is_possible(task) or not yield(self, task, waiter) then
      waiter.task = false
      drive.until_woken(self, waiter)
    end
  end
  return waiter.woken
end

--- Lets a waiter go on.
---@param waiter azion.Waiter
---@param reason string
---@return boolean woken false if it was woken before, or if nobody waits any more
function methods:wake(waiter, reason)
  self.torn = true
  self.timers:remove(waiter)
  local task = waiter.task
  local is_new = not waiter.woken and not (task and task.over)
  if is_new and task then
    self:can_go_on(task)
  end
  waiter.woken = waiter.woken or (is_new and reason or "gone")
  self.torn = false
  return is_new
end

--- Returns when the transfer has ended.
---@param session userdata
---@param transfer userdata
function methods:await(session, transfer)
  if not transfer:done() then
    local waiter = self:waiter()
    local waiters = self.sessions[session] or {}
    waiter.transfer, waiters[transfer:id()] = transfer, waiter
    self.sessions[session] = waiters
    self:wait(waiter)
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
  for _, task in pairs(self.tasks) do
    if task.waiter and task.waiter.owner == owner then
      list[#list + 1] = task.waiter
    end
  end
  for _, waiter in ipairs(list) do
    self:wake(waiter, "closed")
  end
end

-- ---- tasks ----

methods.attach, methods.detach, methods.run = calls.attach, calls.detach, calls.run

--- Begins a task: it runs at once, up to its first wait, and goes on while somebody waits.
---@param call fun(subject: any): any, any
---@param finish fun(subject: any, ok: boolean, ...: any) gets whether it ended without an error, and its first
--- results or the error; it may be called again after an error in its middle
---@param subject any
---@param is_own? boolean there is nothing of the user's in it
---@return azion.Task
function methods:spawn(call, finish, subject, is_own)
  return drive.begin(self, tasks.new(self, call, finish, subject, is_own))
end

--- Ends a task wherever it waits; what it had in flight is cancelled.
---@param task azion.Task
function methods:cancel(task)
  if task.cancelled or task.ended then
    return
  end
  task.cancelled = true
  if task.inner then
    self:cancel(task.inner)
  end
  local waiter = task.waiter
  if waiter then
    if waiter.transfer then
      waiter.transfer:cancel()
    end
    self:wake(waiter, "cancelled")
    drive.begin(self, task)
  end
end

--- Sends what new tasks have to send, without waiting for anything.
---@param session userdata
function methods:kick(session)
  self:drop_abandoned()
  local was_driven = self.driven
  self.driven = true
  session:step(0)
  drive.wake_finished(self)
  self.driven = was_driven
end

--- Remembers tasks that nobody will ask for any more. For finalizers: those run at any moment, in the
--- middle of the work of this module too.
---@param list table<any, azion.Task>
function methods:abandon(list)
  self.abandoned[#self.abandoned + 1] = list
end

--- Ends the tasks that were abandoned.
function methods:drop_abandoned()
  while #self.abandoned > 0 do
    for _, task in pairs(table.remove(self.abandoned)) do
      self:cancel(task)
    end
  end
end

--- Forgets all tasks, as if they had ended: they are of a process, or a phase of nginx, that is over.
function methods:forget_tasks()
  for _, task in pairs(self.tasks) do
    task.cancelled = true
    tasks.conclude(self, task)
  end
end

--- Why a call cannot wait here, if it cannot.
---@return string? problem
function methods.refusal()
  return nil
end

--- `pcall` for code that may wait. (Lua 5.1 cannot yield across it: there an error in a task is not caught on its way.)
function methods:protect(call, ...)
  if _VERSION == "Lua 5.1" and not package.loaded.jit and self:running_task() then
    return true, call(...)
  end
  return pcall(call, ...)
end

--- Whether tasks of the user's go on while the caller waits here. (5.2 finds out by yielding.)
---@return boolean
function methods:can_run_others()
  local task = self:running_task()
  if task then
    return yielding.is_possible(task) and (yielding.is_certain or yielding.try(task))
  end
  return not drive.is_inside_task(self)
end

return native
