--- Tasks under nginx: light threads of the request that began them.
local phase = require "azion.runtime.phase"

local running = coroutine.running

local light_tasks = {}

local cancelled = setmetatable({}, { __tostring = function() return "azion: the task was cancelled" end })

---@class azion.LightTask
---@field request any
---@field waiter? azion.LightWaiter what it waits for
---@field ended? boolean
---@field cancelled? boolean

--- The task that runs. nginx uses threads again, also of requests that ended early, with what is known of them here.
---@param runtime azion.OpenrestyRuntime
---@param thread thread
---@return azion.LightTask?
function light_tasks.current(runtime, thread)
  local task = runtime.tasks[thread]
  return task and task.request == phase.request() and task or nil
end

--- What it waited for is here.
---@param task azion.LightTask
function light_tasks.go_on(task)
  task.waiter = nil
  if task.cancelled then
    error(cancelled, 0)
  end
end

local function run_task(runtime, task, call, finish, subject)
  local thread = running()
  runtime.tasks[thread], task.request = task, phase.request()
  local ok, value, err, response = pcall(call, subject)
  runtime.tasks[thread], task.ended = nil, true
  if not task.cancelled then
    finish(subject, ok, value, err, response)
  end
end

local function spawn_orphan(...)
  ngx.thread.spawn(run_task, ...)
end

--- Begins a task in a light thread of this request.
---@param runtime azion.OpenrestyRuntime
---@param call fun(subject: any): any, any
---@param finish fun(subject: any, ok: boolean, ...: any) gets whether it ended without an error, and its first
--- results or the error
---@param subject any
---@return azion.LightTask
function light_tasks.spawn(runtime, call, finish, subject)
  local task = {}
  -- nginx keeps a thread that has ended, and the request with it, for its parent to ask about. A parent that has ended
  -- itself asks nothing.
  ngx.thread.wait(ngx.thread.spawn(spawn_orphan, runtime, task, call, finish, subject))
  return task
end

--- Ends a task wherever it waits; what it had in flight is cancelled. (`ngx.thread.kill` is for the parent only.)
---@param runtime azion.OpenrestyRuntime
---@param task azion.LightTask
function light_tasks.cancel(runtime, task)
  if task.cancelled or task.ended then
    return
  end
  task.cancelled = true
  local waiter = task.waiter
  if waiter then
    if waiter.transfer then
      waiter.transfer:cancel()
    end
    runtime:wake(waiter, "cancelled")
  end
end

--- Remembers tasks that nobody will ask for any more. For finalizers: those run at any moment, in the middle of the work
--- of this module too.
---@param runtime azion.OpenrestyRuntime
---@param list table<any, azion.LightTask>
function light_tasks.abandon(runtime, list)
  runtime.abandoned[#runtime.abandoned + 1] = list
end

--- Ends the tasks that were abandoned.
---@param runtime azion.OpenrestyRuntime
function light_tasks.drop_abandoned(runtime)
  while #runtime.abandoned > 0 do
    for _, task in pairs(table.remove(runtime.abandoned)) do
      runtime:cancel(task)
    end
  end
end

return light_tasks
