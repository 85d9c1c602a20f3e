--- From a query to pages and items: what is read from where, and how a generic `for` gets it.
local pages_ahead = require "azion.client.pages_ahead"
local core = require "azion.core"
local errors = require "azion.client.errors"
local finalizer = require "azion.runtime.finalizer"
local mistake = require "azion.client.mistake"
local operation = require "azion.client.operation"
local query = require "azion.api.query"
local shared_iterator = require "azion.client.shared_iterator"

local list = {}

local default_ahead = 4

-- Raises on what is no query; gives the error that a wrong name in it makes.
local function query_refusal(self, given, reads_on)
  mistake.check(given == nil and {} or given, "table", "query")
  local names = {}
  for name in pairs(given or {}) do
    if name == "prefetch" and not reads_on then
      mistake.raise("'prefetch' is for pages, each and all: list reads one page")
    elseif operation.call_options[name] then
      mistake.raise(("'%s' is an option of the call: pass it in the argument after the query"):format(name))
    end
    names[name] = name ~= "prefetch" or nil
  end
  local engine = self.engine
  local name, problem = query.wrong_name(names, engine.api.query_names, self.resource, engine.options.strict)
  return name and errors.invalid(problem, name)
end

local function fetch_page(self, text, number, given, tells_later)
  local reply, err, response = operation.perform(self, { method = "GET", path = self.path, query = text,
    read = self.engine.api.page, tells_later = tells_later }, given)
  if not reply then
    return nil, err
  end
  reply.page.page = number
  return reply, nil, response
end

--- One page.
---@param self azion.Collection
---@param given? azion.Query
---@param call_options? azion.CallOptions
---@return azion.Page? page
---@return azion.Error? err
---@return azion.Response? response
function list.page(self, given, call_options)
  local err = query_refusal(self, given)
  err = operation.refusal(self, call_options) or err
  if err then
    return nil, err
  end
  local text, field, problem = self.engine.api.query(given)
  if not text then
    return nil, errors.invalid(problem, field)
  end
  local reply, response
  reply, err, response = fetch_page(self, text, math.floor(tonumber(given and given.page) or 1), call_options)
  if not reply then
    return nil, err
  end
  return reply.page, nil, response
end

-- The query of the first page, and what of it goes on.
local function settle(api, given)
  local wanted = { page_size = api.page_size }
  for name, value in pairs(given or {}) do
    wanted[name] = value
  end
  local width = wanted.prefetch or default_ahead
  wanted.prefetch = nil
  if not (type(width) == "number" and width >= 0 and width < 2 ^ 53 and width % 1 == 0) then
    return nil, errors.invalid("expected a whole number of at least 0, got " .. errors.show_short(width), "prefetch")
  end
  local _, field, problem = api.query(wanted)
  if field then
    return nil, errors.invalid(problem, field)
  end
  return wanted, nil, width
end

--- What `pages`, `each` and `all` read from.
---@param self azion.Collection
---@param given? azion.Query
---@param call_options? azion.CallOptions
---@return azion.Source? source
---@return azion.Error? err
function list.source(self, given, call_options)
  local err = query_refusal(self, given, true)
  err = operation.refusal(self, call_options) or err
  if err then
    return nil, err
  end
  local engine, api = self.engine, self.engine.api
  local wanted, problem, width = settle(api, given)
  if not wanted then
    return nil, problem
  end
  local first = tonumber(wanted.page) or 1
  wanted.page = 1
  local before, after = api.query(wanted):match("^(.*[?&]page=)1(.*)$")
  local reader = pages_ahead.new(engine.runtime, engine.session, function(number)
    return fetch_page(self, ("%s%d%s"):format(before, number, after), number, call_options, true)
  end, width)
  return {
    first = first,
    page_size = tonumber(wanted.page_size) or api.page_size,
    usual_size = api.page_size,
    keys = self.resource.keys,
    may_not_count = api.lists_may_not_count,
    path = self.path,
    fetch = function(number) return reader:page(number) end,
    cancel = function() reader:cancel() end,
    runtime = engine.runtime,
    tasks = reader:in_flight(),
  }
end

--- All that there is, for one caller.
---@param advance fun(): table[]?, azion.Error?
---@param visit fun(item: table)
---@return azion.Error? err
function list.visit(advance, visit)
  local batch, err = advance()
  while batch do
    for index = 1, #batch do
      visit(batch[index])
    end
    batch, err = advance()
  end
  return err
end

--- The one item with that name among all that there are.
---@param advance fun(): table[]?, azion.Error?
---@param field string where the items have their names
---@param name string
---@return table? item
---@return azion.Error? err
function list.find(advance, field, name)
  local found, count = nil, 0
  local err = list.visit(advance, function(item)
    if item[field] == name then
      found, count = found or item, count + 1
    end
  end)
  if err then
    return nil, err
  elseif count == 1 then
    return found
  end
  local shown = "named " .. (core.encode(name) or "that: its bytes are not UTF-8")
  if count == 0 then
    return nil, errors.new { kind = "not_found", message = "no item is " .. shown }
  end
  return nil, errors.new { kind = "conflict", message = ("%d items are %s"):format(count, shown) }
end

--- What a generic `for` gets: errors are raised, for a listing that ends early must never look complete. Leaving the
--- loop ends what was fetched ahead: at once on Lua 5.4, else when the iterator is collected.
---@param read fun(source: azion.Source): fun(): any[]?, azion.Error?
---@param source azion.Source?
---@param err azion.Error? raised at the first step, where there is no source
function list.iterate(read, source, err)
  if not source then
    return function() error(err, 0) end
  end
  local runtime = source.runtime
  local shared = shared_iterator.new(runtime, read(source), source.cancel)
  local ahead_tasks, own_tasks = source.tasks, shared.tasks
  local guard = finalizer.guard(function()
    runtime:abandon(ahead_tasks)
    runtime:abandon(own_tasks)
  end)
  local function conclude(problem)
    guard = guard and nil -- held by the iterator up to here: now nothing is in flight any more
    if problem then
      error(problem, 0)
    end
  end
  return shared:iterator(conclude), nil, nil, setmetatable({}, { __close = function() shared:cancel() end })
end

return list
