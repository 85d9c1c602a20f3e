--- From a query to pages and items: what is read from where, and how a generic `for` gets it.
local ahead = require "azion.ahead"
local core = require "azion.core"
local errors = require "azion.errors"
local finalizer = require "azion.finalizer"
local share = require "azion.share"

local listing = {}

local default_ahead = 4

--- What `pages`, `each` and `all` read from.
---@param engine table
---@param resource azion.Resource
---@param path string for messages
---@param query table?
---@param fetch fun(query: string, number: integer): azion.PageReply?, azion.Error?, fun(): azion.Response
---@return azion.Source? source
---@return azion.Error? err
function listing.source(engine, resource, path, query, fetch)
  local api = engine.api
  local wanted = { page_size = api.page_size }
  for name, value in pairs(query or {}) do
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
  local first = tonumber(wanted.page) or 1
  wanted.page = 1
  local before, after = api.query(wanted):match("^(.*[?&]page=)1(.*)$")
  local reader = ahead.new(engine.runtime, engine.session, function(number)
    return fetch(("%s%d%s"):format(before, number, after), number)
  end, width)
  return {
    first = first,
    page_size = tonumber(wanted.page_size) or api.page_size,
    keys = resource.keys,
    may_not_count = api.lists_may_not_count,
    path = path,
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
function listing.visit(advance, visit)
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
function listing.find(advance, field, name)
  local found, count = nil, 0
  local err = listing.visit(advance, function(item)
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
function listing.iterate(read, source, err)
  if not source then
    return function() error(err, 0) end
  end
  local runtime = source.runtime
  local shared = share.new(runtime, read(source), source.cancel)
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

return listing
