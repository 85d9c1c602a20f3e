--- Each call runs in a task of ours, and what it holds is given back however it ends. (Methods of azion.runtime.native.)
local drive = require "azion.runtime.drive"
local tasks = require "azion.runtime.tasks"
local yielding = require "azion.runtime.yielding"

local calls = {}

--- Something begins that has to be given back. Should the task end before `detach`, `holder:give_back()` runs.
---@param holder { give_back: fun(self: table) }
---@return table lifeline
function calls.attach(self, holder)
  local task = self:running_task()
  local lifeline = { holder = holder, task = task, outer = task and task.lifeline or false }
  if task then
    task.lifeline = lifeline
  end
  return lifeline
end

--- It was given back.
---@param lifeline table
function calls.detach(_, lifeline)
  local task = lifeline.task
  -- One that is not the innermost has some inside it that nothing unwound: those end with the task.
  if task and task.lifeline == lifeline then
    task.lifeline = lifeline.outer
  end
end

-- A call that is made in a task of ours, by `on_event` inside another one perhaps, needs no task of its own.
local function run_here(self, work, call)
  local lifeline = calls.attach(self, call)
  local value, err, response = work(call)
  call:give_back()
  calls.detach(self, lifeline)
  return true, value, err, response
end

local function begin_call(own)
  return own.work(own.holder)
end

local function end_call(own, ok, value, err, response)
  own.ok, own.value, own.err, own.response, own.done = ok, value, err, response, true
  if own.waiter then
    own.runtime:wake(own.waiter, "ended")
  end
end

--- Carries out `work(call)`. However it ends, by an error, an interrupt, the end of the task that made it:
--- `call:give_back()` runs.
---@param work fun(call: azion.Call): any, any, any
---@param call azion.Call
---@return boolean ok
---@return any value or what was raised
---@return any err
---@return any response
function calls.run(self, work, call)
  local task = self:running_task()
  if task and task.is_own then
    return run_here(self, work, call)
  end
  local own = { runtime = self, work = work, holder = call, waiter = false, done = false, outer = false }
  local inner = tasks.new(self, begin_call, end_call, own, true)
  inner.lifeline = own
  drive.begin(self, inner)
  if not own.done then
    own.waiter = self:waiter()
    if task then
      task.inner = inner
    end
    local whole, raised = true, nil
    if task and yielding.is_possible(task) then
      self:wait(own.waiter)
      task.inner = false
    else
      whole, raised = pcall(self.wait, self, own.waiter)
    end
    if not whole then
      self:cancel(inner)
      error(raised, 0)
    end
  end
  return own.ok, own.value, own.err, own.response
end

return calls
