--- Waiting in a plain Lua program. Our own coroutines (tasks) yield while they wait; whoever waits outside of
--- them drives the session, and with it all tasks, until what it waits for has come.
local resume_thread, running, yield = coroutine.resume, coroutine.running, coroutine.yield
local isyieldable = coroutine.isyieldable or function() return true end

local native = {}

-- The longest that C waits without letting Lua look: a signal's hook (Ctrl-C) runs only between two steps.
local slice = 0.2

-- What a cancelled task raises, to unwind what it was doing.
local cancelled = setmetatable({}, { __tostring = function() return "azion: the task was cancelled" end })

---@class azion.Runtime
---@field session userdata
---@field now fun(): number monotonic seconds
local methods = {}
native.methods = methods
local metatable = { __index = methods }

---@class azion.Signal a list of those who wait for it

---@class azion.Task
---@field coroutine thread
---@field call? function until it has begun
---@field subject any what `call` and `finish` are given
---@field ended? boolean
---@field finish? fun(subject: any, ok: boolean, ...: any) called when it has ended, not when it was cancelled
---@field lifeline table|false of the call that it makes; that one's `outer` of the call around it
---@field next azion.Task|false the one after it among those that can go on
---@field waiter table|false what it waits for

---@param session userdata
---@param now fun(): number monotonic seconds
---@return azion.Runtime
function native.new(session, now)
  return setmetatable({
    session = session, now = now,
    tasks = setmetatable({}, { __mode = "k" }), idle = {},
    ready = { first = false, last = false }, timed = {}, transfers = {}, abandoned = {},
  }, metatable)
end

-- PUC Lua 5.1 cannot yield across pcall: there an error in a task is not caught on its way. (To try it out is not
-- possible everywhere: under nginx no coroutine runs inside `require`.)
local yields_across_pcall = _VERSION ~= "Lua 5.1" or package.loaded.jit ~= nil

--- `pcall` for code that may wait.
function methods:protect(call, ...)
  if not yields_across_pcall and self.tasks[running() or 0] then
    return true, call(...)
  end
  return pcall(call, ...)
end

-- The tasks that can go on hang in a chain: to wake one must not fail for want of memory, or it waits for ever.
local function add_chain(ready, first, last)
  if ready.last then
    ready.last.next = first
  else
    ready.first = first
  end
  ready.last = last
end

local function remove(list, entry)
  local gap = 0
  for index = 1, #list do
    if list[index] == entry then
      gap = 1
    end
    list[index] = list[index + gap]
  end
end

local function wake(self, waiter, reason)
  if waiter.woken then
    return
  end
  waiter.woken = reason
  self.timed[waiter] = nil
  if waiter.signal then
    remove(waiter.signal, waiter)
  end
  if waiter.task then
    add_chain(self.ready, waiter.task, waiter.task)
  end
end

local function give_back_all(task)
  while task.lifeline do
    local lifeline = task.lifeline
    task.lifeline = lifeline.outer
    lifeline.give_back(lifeline.engine, lifeline.state)
  end
end

-- What a coroutine yields when its task has ended. Then it takes another: to make one costs more than most tasks do.
local ended = {}

-- How many coroutines are kept for that.
local most_idle = 16

-- A coroutine that waits for its next task must not keep what its last one was about.
local function carry_out(task)
  local call = task.call
  task.call = nil
  return call(task.subject)
end

local function work(task)
  while true do
    task = yield(ended, carry_out(task))
  end
end

local function end_task(self, task, ...)
  local finish, subject = task.finish, task.subject
  self.tasks[task.coroutine] = nil
  task.ended, task.finish, task.subject = true, nil, nil
  give_back_all(task)
  if not task.cancelled then
    finish(subject, ...)
  end
end

-- After a task has run, up to its next wait or its end.
local function look_after(self, task, ok, first, ...)
  if first == ended then
    if #self.idle < most_idle then
      self.idle[#self.idle + 1] = task.coroutine
    end
    end_task(self, task, ok, ...)
  elseif coroutine.status(task.coroutine) == "dead" then
    end_task(self, task, ok, first, ...)
  elseif not task.waiter then
    -- The user's function yielded by itself: it gets its turn again.
    add_chain(self.ready, task, task)
  end
end

local function resume(self, task)
  if task.started then
    look_after(self, task, resume_thread(task.coroutine))
  elseif not task.cancelled then
    task.started = true
    look_after(self, task, resume_thread(task.coroutine, task))
  end
end

-- Whoever drives goes on as soon as it can: what it does next may be to send more, while the replies of other
-- tasks can still be read after that.
local function run_chain(self, chain, waiter)
  while chain.first and not waiter.woken do
    local task = chain.first
    chain.first, task.next = task.next, false
    resume(self, task)
  end
end

-- A task that waits inside a C function drives as well: of those that are ready here it sees none.
local function run_ready(self, waiter)
  local chain = self.ready
  if not chain.first then
    return
  end
  self.ready = { first = false, last = false }
  local whole, raised = pcall(run_chain, self, chain, waiter)
  if chain.first then
    add_chain(self.ready, chain.first, chain.last)
  end
  if not whole then
    error(raised, 0)
  end
end

local function wait_in_session(self)
  local longest = self.ready.first and 0 or slice
  if next(self.timed) then
    local now = self.now()
    for _, time in pairs(self.timed) do
      longest = math.min(longest, math.max(0, time - now))
    end
  end
  self.session:step(longest)
end

local function wake_finished(self)
  local session, transfers = self.session, self.transfers
  local id = session:finished()
  while id do
    local waiter = transfers[id]
    transfers[id] = nil
    if waiter then
      wake(self, waiter, "finished")
    end
    id = session:finished()
  end
end

local function wake_all_due(self)
  wake_finished(self)
  if not next(self.timed) then
    return
  end
  local now, due = self.now(), {}
  for waiter, time in pairs(self.timed) do
    if time <= now then
      due[#due + 1] = waiter
    end
  end
  for _, waiter in ipairs(due) do
    wake(self, waiter, "time")
  end
end

local function drive(self, waiter)
  while not waiter.woken do
    self:drop_abandoned()
    run_ready(self, waiter)
    if waiter.woken then
      break
    end
    wait_in_session(self)
    wake_all_due(self)
  end
end

local function block(self, waiter)
  local task = self.tasks[running() or 0]
  -- Inside a C function (a sort, a gsub) of a task there is no yielding: that wait blocks the others too.
  if not task or not isyieldable() then
    return drive(self, waiter)
  end
  waiter.task, task.waiter = task, waiter
  if not task.cancelled then
    yield()
  end
  task.waiter = false
  if task.cancelled then
    error(cancelled, 0)
  end
end

--- Returns when the transfer has ended.
---@param transfer userdata
function methods:await(transfer)
  if transfer:done() then
    return
  end
  local waiter = { transfer = transfer, task = false, woken = false }
  self.transfers[transfer:id()] = waiter
  block(self, waiter)
end

--- Waits for a signal.
---@param signal azion.Signal?
---@param time number? when to stop waiting, by `now`
---@return boolean notified false if the time came first
function methods:wait(signal, time)
  local waiter = { signal = signal, task = false, woken = false }
  if signal then
    signal[#signal + 1] = waiter
  end
  self.timed[waiter] = time
  block(self, waiter)
  return waiter.woken == "signal"
end

--- Wakes all who wait for a signal: each looks for itself whether what it wanted is there.
---@param signal azion.Signal
function methods:notify(signal)
  for index = 1, #signal do
    local waiter = signal[index]
    signal[index], waiter.signal = nil, nil
    wake(self, waiter, "signal")
  end
end

--- Returns when that many seconds have passed, never sooner; or at once when the client is closed.
---@param seconds number
function methods:sleep(seconds)
  if not self.closed then
    self:wait(nil, self.now() + seconds)
  end
end

--- Begins a task: it runs at once, up to its first wait, and goes on while somebody waits.
---@param call fun(subject: any): any, any
---@param finish fun(subject: any, ok: boolean, ...: any) gets whether it ended without an error, and its first two
--- results or the error
---@param subject any
---@return azion.Task
function methods:spawn(call, finish, subject)
  local task = { coroutine = table.remove(self.idle) or coroutine.create(work), call = call, finish = finish,
    subject = subject, lifeline = false, next = false, waiter = false, started = false, ended = false,
    cancelled = false }
  self.tasks[task.coroutine] = task
  resume(self, task)
  return task
end

--- Ends a task wherever it waits; what it had in flight is cancelled.
---@param task azion.Task
function methods:cancel(task)
  if task.cancelled or task.ended then
    return
  end
  task.cancelled = true
  local waiter = task.waiter
  if waiter then
    if waiter.transfer then
      waiter.transfer:cancel()
    end
    wake(self, waiter, "cancelled")
  end
end

--- Sends what new tasks have to send, without waiting for anything.
function methods:kick()
  self:drop_abandoned()
  self.session:step(0)
  wake_all_due(self)
end

--- Remembers tasks that nobody will ask for any more. For finalizers: those run at any moment, in the
--- middle of the work of this module too.
---@param tasks table<any, azion.Task>
function methods:abandon(tasks)
  self.abandoned[#self.abandoned + 1] = tasks
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
  for thread, task in pairs(self.tasks) do
    self.tasks[thread] = nil
    give_back_all(task)
  end
end

--- Why a call cannot wait here, if it cannot.
---@return string? problem
function methods.refusal()
  return nil
end

--- A call begins. Should its task end before `detach`, `give_back` runs in its stead: that is where an error
--- ends a task and `protect` cannot see it.
---@param give_back fun(engine: table, state: azion.CallState)
---@param engine table
---@param state azion.CallState
---@return table lifeline
function methods:attach(give_back, engine, state)
  local task = self.tasks[running() or 0]
  local lifeline = { give_back = give_back, engine = engine, state = state, task = task,
    outer = task and task.lifeline }
  if task then
    task.lifeline = lifeline
  end
  return lifeline
end

--- The call has ended.
---@param lifeline table
function methods.detach(_, lifeline)
  local task = lifeline.task
  -- One that is not the innermost has some inside it that nothing unwound: those end with the task.
  if task and task.lifeline == lifeline then
    task.lifeline = lifeline.outer
  end
end

--- Wakes everybody: the client is closed.
function methods:close()
  self.closed = true
  local waiters = {}
  for waiter in pairs(self.timed) do
    waiters[#waiters + 1] = waiter
  end
  for _, waiter in ipairs(waiters) do
    wake(self, waiter, "closed")
  end
end

return native
