--- One iterator for any number of tasks: each value goes to exactly one of them, first come, first served. Values come
--- in batches, and a task of the library reads those: a task that asks may fail or be cancelled without harm to others.
local errors = require "azion.client.errors"

local shared_iterator = {}

---@class azion.Share
---@field runtime azion.Runtime
---@field advance fun(): any[]?, azion.Error? the next values, at least one; nil at the end, or nil and an error
---@field stop fun() ends what `advance` has in flight
---@field batch any[]
---@field position integer of the value that was given out last
---@field queue table<integer, azion.Asker|false> from `head` to `tail`; false where one has left
---@field askers table<azion.Asker, true> all that have not left
---@field waiting integer askers in the queue
---@field handed integer askers that were given a value and have not gone on yet
---@field reading boolean
---@field tasks azion.Task[] the one that reads
---@field ended boolean
---@field failure? azion.Error why it ended
---@field raised? any[] what `advance` raised
local methods = {}
local metatable = { __index = methods }

---@class azion.Asker
---@field share azion.Share
---@field place integer in the queue
---@field waiter azion.Waiter|false
---@field served boolean
---@field taken boolean has gone on with what it was given
---@field settled boolean has left
---@field value any
local askers = {}
local asker_metatable = { __index = askers }

---@param runtime azion.Runtime
---@param advance fun(): any[]?, azion.Error?
---@param stop fun()
---@return azion.Share
function shared_iterator.new(runtime, advance, stop)
  return setmetatable({ runtime = runtime, advance = advance, stop = stop, batch = {}, position = 0, queue = {},
    head = 1, tail = 0, askers = {}, waiting = 0, handed = 0, reading = false, tasks = {}, ended = false }, metatable)
end

-- How long the end of the list is kept from those who ask while somebody else has yet to take a value that would be
-- theirs if that one were gone. Not at all where a call blocks its whole program: that one cannot go on meanwhile.
local patience = 4

local function wait_once(self, asker, time)
  asker.waiter = self.runtime:waiter()
  self.runtime:wait(asker.waiter, time)
end

local function wait(self, asker)
  while not asker.served and not self.ended do
    wait_once(self, asker)
  end
  local can_wait = not asker.served and not self.raised and self.runtime:can_run_others()
  if can_wait and not asker.served then -- to find out lets others run, on Lua 5.2
    wait_once(self, asker, self.runtime.now() + patience)
  end
end

-- False if the asker is gone.
local function wake(self, asker)
  local waiter = asker.waiter
  return not waiter or waiter.woken or self.runtime:wake(waiter, "served")
end

local function take(self)
  local value = self.batch[self.position + 1]
  if value ~= nil then
    self.position = self.position + 1
  end
  return value
end

-- An error in the middle of a change may have left more of them counted than there are.
local function first_asker(self)
  local asker
  while not asker and self.head <= self.tail do
    asker, self.queue[self.head] = self.queue[self.head], nil
    self.head = self.head + 1
  end
  self.waiting = asker and self.waiting - 1 or 0
  return asker
end

-- Gives those who wait what there is. At the end they wait until it is sure that nothing is given back.
local function serve(self)
  while self.waiting > 0 do
    if self.batch[self.position + 1] == nil and (not self.ended or self.handed > 0) then
      return
    end
    local asker = first_asker(self)
    if not asker then
      return
    end
    asker.value, asker.served = take(self), true
    self.handed = self.handed + 1
    if not wake(self, asker) then
      asker:give_back()
    end
  end
end

-- At the end: those who still wait look at the time from now on. (After an error not all of them stand in the queue.)
local function hurry(self)
  for asker in pairs(self.askers) do
    wake(self, asker)
  end
end

-- The task says itself that it reads: an error in whoever began it would have lost it.
local function read(self)
  self.tasks[1] = self.runtime:running_task()
  self.reading = true
  repeat
    local batch, err = self.advance()
    if batch then
      self.batch, self.position = batch, 0
    else
      self.ended, self.failure = true, err
    end
    serve(self)
  until self.ended or self.waiting == 0
  if self.ended then
    hurry(self)
  end
end

local function finish(self, ok, raised)
  self.reading = false
  self.tasks[1] = nil
  if not ok then
    -- Nobody knows how far it came: to go on might pass items over in silence.
    self.ended, self.raised, self.waiting = true, { raised }, 0
    hurry(self)
  end
end

local function start(self)
  self.runtime:spawn(read, finish, self, true)
end

-- However the wait ended: an asker that is gone leaves its place, or its value, to the others.
function askers.give_back(asker)
  local self = asker.share
  if asker.settled then
    return
  end
  asker.settled, self.askers[asker] = true, nil
  if self.queue[asker.place] == asker then
    self.queue[asker.place] = false
    self.waiting = self.waiting - 1
  end
  if not asker.served then
    return
  end
  self.handed = self.handed - 1
  if asker.value ~= nil and not asker.taken then
    table.insert(self.batch, self.position + 1, asker.value)
  end
  serve(self)
end

local function stand_in_line(self, asker)
  wait(self, asker)
  asker.taken = true
  return asker.value
end

local function ask(self)
  local runtime = self.runtime
  local asker = setmetatable({ share = self, place = self.tail + 1, waiter = false, served = false, taken = false,
    settled = false }, asker_metatable)
  local lifeline = runtime:attach(asker)
  self.askers[asker] = true
  self.waiting = self.waiting + 1
  self.tail = asker.place
  self.queue[asker.place] = asker
  local whole, value = runtime:protect(stand_in_line, self, asker)
  runtime:detach(lifeline)
  asker:give_back()
  if not whole then
    error(value, 0)
  end
  return value
end

-- The next value where the batch is used up; nil at the end, or nil and an error.
local function ask_for_more(self)
  local value
  if not self.ended or self.handed > 0 then
    local refusal = self.runtime.refusal()
    if refusal then
      return nil, errors.invalid(refusal)
    end
    if not self.reading and not self.ended then
      start(self)
      value = take(self)
    end
    if value == nil and (not self.ended or self.handed > 0) then
      value = ask(self)
    end
  end
  if value == nil and self.raised then
    error(self.raised[1], 0)
  end
  return value, value == nil and self.failure or nil
end

--- The iterator.
---@param conclude fun(err: azion.Error?) called where there is no further value
---@return fun(): any
function methods:iterator(conclude)
  return function()
    local position = self.position + 1
    local value = self.batch[position]
    if value ~= nil then
      self.position = position
      return value
    end
    local err
    value, err = ask_for_more(self)
    if value == nil then
      conclude(err)
    end
    return value
  end
end

--- Ends what is in flight, unless somebody waits for it: for those it is begun again.
function methods:cancel()
  if self.reading then
    self.runtime:cancel(self.tasks[1])
    self.reading = false
    self.tasks[1] = nil
  end
  self.stop()
  if self.waiting > 0 then
    start(self)
  end
end

return shared_iterator
