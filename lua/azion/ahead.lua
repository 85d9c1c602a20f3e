--- Pages fetched before they are asked for: as soon as the first page tells how many there are, the next few
--- are on their way. Given out in order; never more than `width` of them fetched and not yet given out.
local max, min = math.max, math.min

local ahead = {}

---@class azion.Ahead
local methods = {}
local metatable = { __index = methods }

---@param runtime azion.Runtime
---@param session userdata
---@param fetch fun(number: integer): azion.Page?, azion.Error?, fun()?: azion.Response
---@param width integer pages
---@return azion.Ahead
function ahead.new(runtime, session, fetch, width)
  return setmetatable({ runtime = runtime, session = session, fetch = fetch, width = width, pages = {}, tasks = {}, begun = 0 }, metatable)
end

local function fetch(entry)
  entry.page, entry.err, entry.response = entry.reader.fetch(entry.number)
end

local function finish(entry, ok, raised)
  entry.done = true
  if not ok then
    entry.raised = raised
  end
  if entry.waiter then
    entry.reader.runtime:wake(entry.waiter, "fetched")
  end
end

-- One table for all that is known of a page, with its fields from the start: there are as many as pages.
local function begin(self, number)
  local entry = { reader = self, number = number, waiter = false, done = false, page = false, err = false,
    response = false }
  self.pages[number] = entry
  self.tasks[number] = self.runtime:spawn(fetch, finish, entry, true)
end

local function take(self, number)
  local entry = self.pages[number]
  if not entry then
    return self.fetch(number)
  end
  if not entry.done then
    entry.waiter = self.runtime:waiter()
    self.runtime:wait(entry.waiter)
  end
  self.pages[number], self.tasks[number] = nil, nil
  if entry.raised then
    error(entry.raised, 0)
  end
  return entry.page, entry.err, entry.response
end

--- One page; those after it, as far as it is known that there are any, are begun.
---@param number integer
---@return azion.Page?
---@return azion.Error?
---@return (fun(): azion.Response)? response
function methods:page(number)
  local page, err, response = take(self, number)
  local last = page and page.has_next ~= false and page.total_pages or 0
  for next_number = max(self.begun, number) + 1, min(last, number + self.width) do
    begin(self, next_number)
    self.begun = next_number
  end
  self.runtime:kick(self.session)
  return page, err, response
end

--- Ends what is still in flight.
function methods:cancel()
  for _, task in pairs(self.tasks) do
    self.runtime:cancel(task)
  end
  for number in pairs(self.tasks) do
    self.pages[number], self.tasks[number] = nil, nil
  end
  self.begun = 0
end

--- What to do when the reader's owner is collected: the reader itself may be gone by then.
---@return fun()
function methods:abandoner()
  local runtime, tasks = self.runtime, self.tasks
  return function()
    runtime:abandon(tasks)
  end
end

return ahead
