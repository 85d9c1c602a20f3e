--- From a query to pages and items: what is read from where, and how a generic `for` gets it.
local errors = require "azion.errors"
local finalizer = require "azion.finalizer"
local later = require "azion.later"
local v3 = require "azion.v3"

---@module "azion.ahead"
local ahead = later.module "azion.ahead"

local listing = {}

local default_ahead = 4

--- What `pages`, `each` and `all` read from.
---@param runtime azion.Runtime
---@param path string for messages
---@param query table?
---@param fetch fun(query: string, number: integer): azion.Page?, azion.Error?, fun(): azion.Response
---@return azion.Source? source
---@return azion.Error? err
function listing.source(runtime, path, query, fetch)
  local wanted = { page_size = v3.page_size }
  for name, value in pairs(query or {}) do
    wanted[name] = value
  end
  local width = wanted.prefetch or default_ahead
  wanted.prefetch = nil
  if not (type(width) == "number" and width >= 0 and width % 1 == 0) then
    return nil, errors.invalid("expected a whole number of at least 0, got " .. errors.show_short(width), "prefetch")
  end
  local _, field, problem = v3.query(wanted)
  if field then
    return nil, errors.invalid(problem, field)
  end
  local first = tonumber(wanted.page) or 1
  wanted.page = 1
  local before, after = v3.query(wanted):match("^(.*[?&]page=)1(.*)$")
  local reader = ahead.new(runtime, function(number)
    return fetch(("%s%d%s"):format(before, number, after), number)
  end, width)
  return {
    first = first,
    page_size = tonumber(wanted.page_size) or v3.page_size,
    path = path,
    fetch = function(number) return reader:page(number) end,
    cancel = function() reader:cancel() end,
    abandon = reader:abandoner(),
  }
end

--- The one item with that name among all that a reader gives.
---@param read fun(): table?, azion.Error?
---@param field string where the items have their names
---@param name string
---@return table? item
---@return azion.Error? err
function listing.find(read, field, name)
  local found, count = nil, 0
  local item, err = read()
  while item do
    if item[field] == name then
      found, count = found or item, count + 1
    end
    item, err = read()
  end
  if err then
    return nil, err
  elseif count == 0 then
    return nil, errors.new { kind = "not_found", message = "no item has exactly that " .. field }
  elseif count > 1 then
    return nil, errors.new { kind = "conflict", message = count .. " items have that " .. field }
  end
  return found
end

--- What a reader gives, as a generic `for` wants it: errors are raised, for a listing that ends early must
--- never look complete. Leaving the loop ends what was fetched ahead: at once on Lua 5.4, else when the
--- iterator is collected.
---@param reader fun(source: azion.Source, raise: fun(err: azion.Error)): fun(): any
---@param source azion.Source?
---@param err azion.Error? raised at the first step, where there is no source
function listing.iterate(reader, source, err)
  if not source then
    return function() error(err, 0) end
  end
  local guard = finalizer.guard(source.abandon)
  local function raise(problem)
    guard = guard and nil -- held by the iterator up to here: now nothing is in flight any more
    error(problem, 0)
  end
  return reader(source, raise), nil, nil, setmetatable({}, { __close = source.cancel })
end

return listing
