--- Tasks: coroutines of ours, each with what is to be done when it ends, however it ends.
local yielding = require "azion.runtime.yielding"

local resume_thread, yield, status = coroutine.resume, coroutine.yield, coroutine.status
local gethook = debug.gethook

local tasks = {}

-- How many coroutines are kept for further tasks: to make one costs more than most tasks do.
local most_idle = 16

-- What a cancelled task raises, to unwind what it was doing.
tasks.cancelled = setmetatable({}, { __tostring = function() return "azion: the task was cancelled" end })

-- What a coroutine yields when its task has ended.
local ended = {}

---@class azion.Task
---@field coroutine thread
---@field is_own boolean only code of the library runs in it
---@field call fun(subject: any): any, any, any
---@field subject any what `call` and `finish` are given
---@field finish? fun(subject: any, ok: boolean, ...: any) called when it has ended, not when it was cancelled
---@field waiter azion.Waiter|false what it waits for
---@field inner azion.Task|false the call that it waits for
---@field lifeline table|false of the call that it makes; that one's `outer` of the call around it
---@field started boolean
---@field over boolean its function has returned or failed
---@field ended boolean and everything is given back
---@field cancelled boolean

-- A coroutine that waits for its next task must not keep what its last one was about.
local function carry_out(task)
  local call = task.call
  task.call = nil
  yielding.begin(task)
  return call(task.subject)
end

local function work(task)
  while true do
    task = yield(ended, carry_out(task))
  end
end

---@param scheduler azion.Runtime
---@return azion.Task
function tasks.new(scheduler, call, finish, subject, is_own)
  return { coroutine = table.remove(scheduler.idle) or coroutine.create(work), call = call, finish = finish,
    subject = subject, is_own = is_own or false, lifeline = false, waiter = false, inner = false, started = false,
    over = false, ended = false, cancelled = false, ok = false, value = nil, err = nil, response = nil }
end

--- Gives back what the task holds and tells how it ended; may be called again after an error in its middle.
---@param scheduler azion.Runtime
---@param task azion.Task
function tasks.conclude(scheduler, task)
  task.over, scheduler.is_concluding = true, true
  while task.lifeline do
    local lifeline = task.lifeline
    lifeline.holder:give_back()
    task.lifeline = lifeline.outer
  end
  if task.finish and not task.cancelled then
    task.finish(task.subject, task.ok, task.value, task.err, task.response)
  end
  task.finish = nil -- first: it is not to be called again without its subject
  task.subject = nil
  task.ended = true
  scheduler.tasks[task.coroutine] = nil
  scheduler.is_concluding = false
end

-- A hook of the program's would go on in the next task, too, after the program has taken it away.
local function keep_coroutine(scheduler, thread)
  if #scheduler.idle < most_idle and not gethook(thread) then
    scheduler.idle[#scheduler.idle + 1] = thread
  end
end

-- After a task has run, up to its next wait or its end.
local function look_after(scheduler, task, outer, ok, first, second, ...)
  scheduler.current = outer
  if first == ended then
    task.ok, task.value, task.err, task.response, task.over = true, second, (...), select(2, ...), true
    tasks.conclude(scheduler, task)
    keep_coroutine(scheduler, task.coroutine)
  elseif status(task.coroutine) == "dead" then
    task.ok, task.value, task.over = ok, first, true
    -- What raised in a task of ours came from outside, in the middle of anything.
    scheduler:mend_if_torn(task.is_own and not task.cancelled)
    tasks.conclude(scheduler, task)
  elseif not task.waiter then
    -- The user's function yielded by itself: it gets its turn again.
    scheduler:can_go_on(task)
  end
end

--- Lets a task run up to its next wait; does nothing if it cannot.
---@param scheduler azion.Runtime
---@param task azion.Task
function tasks.resume(scheduler, task)
  local outer = scheduler.current
  if task.ended or status(task.coroutine) ~= "suspended" then
    return
  elseif task.started then
    scheduler.current = task
    look_after(scheduler, task, outer, resume_thread(task.coroutine))
  elseif task.cancelled then
    task.over = true
    tasks.conclude(scheduler, task)
  else
    task.started = true
    scheduler.tasks[task.coroutine] = task
    scheduler.current = task
    look_after(scheduler, task, outer, resume_thread(task.coroutine, task))
  end
end

return tasks
