--- Pages fetched before they are asked for: as soon as the first page tells how many there are, the next few
--- are on their way. Given out in order; never more than `width` of them fetched and not yet given out.
local max, min = math.max, math.min

local pages_ahead = {}

---@class azion.Ahead
---@field failed boolean a page fetched ahead has failed: none is begun until that one is read again
local methods = {}
local metatable = { __index = methods }

---@param runtime azion.Runtime
---@param session userdata
---@param fetch fun(number: integer): azion.PageReply?, azion.Error?, fun()?: azion.Response
---@param width integer pages
---@return azion.Ahead
function pages_ahead.new(runtime, session, fetch, width)
  return setmetatable({ runtime = runtime, session = session, fetch = fetch, width = width, pages = {}, tasks = {},
    begun = 0, failed = false }, metatable)
end

-- The task says itself what it fetches: an error in whoever began it would have lost it.
local function fetch(entry)
  local reader = entry.reader
  reader.tasks[entry.number] = reader.runtime:running_task()
  entry.reply, entry.err, entry.response = reader.fetch(entry.number)
end

local function finish(entry, ok, raised)
  local reader = entry.reader
  entry.done, reader.tasks[entry.number] = true, nil
  if not ok then
    entry.raised = { raised }
  end
  reader.failed = reader.failed or not entry.reply
  if entry.waiter then
    reader.runtime:wake(entry.waiter, "fetched")
  end
end

-- One table for all that is known of a page, with its fields from the start: there are as many as pages.
local function begin(self, number)
  local entry = { reader = self, number = number, waiter = false, done = false, reply = false, err = false,
    response = false, raised = false }
  self.pages[number] = entry
  self.runtime:spawn(fetch, finish, entry, true)
end

-- Drops the pages from that one on that have not arrived: what is read now must not wait behind them.
local function drop(self, number)
  for later, entry in pairs(self.pages) do
    if later >= number and not (entry.reply or entry.raised) then
      self.pages[later] = nil
      if self.tasks[later] then
        self.runtime:cancel(self.tasks[later])
        self.tasks[later] = nil
      end
    end
  end
  self.begun, self.failed = number, false
end

local function take(self, number)
  local entry = self.pages[number]
  if entry and entry.err then
    -- It failed while nobody waited for it: the program's work may have used up its time.
    drop(self, number)
    entry = nil
  end
  if not entry then
    return self.fetch(number)
  end
  if not entry.done then
    entry.waiter = self.runtime:waiter()
    self.runtime:wait(entry.waiter)
  end
  self.pages[number] = nil
  if entry.raised then
    error(entry.raised[1], 0)
  end
  return entry.reply, entry.err, entry.response
end

-- Begins the pages after `number`, in their order.
local function begin_after(self, number, last)
  local target = min(last, number + self.width)
  self.begun = max(self.begun, number)
  if self.begun >= target then
    return
  end
  while self.begun < target and not self.failed do
    self.begun = self.begun + 1
    if not self.pages[self.begun] then
      begin(self, self.begun)
    end
  end
  self.runtime:kick(self.session)
end

--- One page; those after it, as far as it is known that there are any, are begun.
---@param number integer
---@return azion.PageReply? reply
---@return azion.Error? err
---@return (fun(): azion.Response)? response
function methods:page(number)
  local reply, err, response = take(self, number)
  if reply and reply.has_next ~= false then
    begin_after(self, number, reply.page.total_pages or 0)
  end
  return reply, err, response
end

--- Ends what is still in flight.
function methods:cancel()
  drop(self, 1)
  self.pages, self.begun = {}, 0
end

--- The tasks that fetch.
---@return table<integer, azion.Task>
function methods:in_flight()
  return self.tasks
end

return pages_ahead
