--- The methods that every collection has, whatever the resource.
local call = require "azion.call"
local errors = require "azion.errors"
local fields = require "azion.fields"
local identifier = require "azion.identifier"
local listing = require "azion.listing"
local mistake = require "azion.mistake"
local options = require "azion.options"
local paging = require "azion.paging"
local secrets = require "azion.secrets"
local v3 = require "azion.v3"

local collection = {}

---@class azion.CallOptions
---@field timeout? number seconds for one attempt
---@field connect_timeout? number seconds for TCP and TLS of one attempt
---@field deadline? number seconds for the whole call
---@field max_attempts? integer
collection.call_options = {
  timeout = options.seconds,
  connect_timeout = options.seconds,
  deadline = options.seconds,
  max_attempts = options.count,
}

---@class azion.Query
---@field page? integer default 1
---@field page_size? integer
---@field order_by? string
---@field sort? "asc"|"desc"
---@field prefetch? integer pages fetched ahead by `pages`, `each` and `all` (default 4)

---@class azion.Collection
---@field client azion.Client keeps the client alive while one of its collections is
local methods = {}
local metatable = { __index = methods, __name = "azion.collection" }

function metatable:__tostring()
  return "azion." .. self.name .. (self.path and " (" .. self.path .. ")" or "")
end

-- Where the collection lies; or nil and what its methods return instead.
local function path_of(row, parent, phase, hide)
  local path = row.path
  if row.parent then
    local segment, problem = identifier.parent_segment(parent, hide)
    if not segment then
      return nil, errors.invalid(problem, row.parent)
    end
    path = path:gsub("{parent}", (segment:gsub("%%", "%%%%")))
  end
  if not row.phases then
    return path
  end
  for _, known in ipairs(row.phases) do
    if phase == known then
      return (path:gsub("{phase}", known))
    end
  end
  return nil, errors.invalid(('expected "%s", got %s'):format(table.concat(row.phases, '" or "'),
    errors.show(phase, hide)), "phase")
end

---@param client azion.Client
---@param engine table
---@param name string of the resource
---@param row azion.Resource
---@param parent any id of the item that the collection belongs to
---@param phase any of rules
---@return azion.Collection
function collection.new(client, engine, name, row, parent, phase)
  local self = setmetatable({ client = client, engine = engine, name = name, row = row }, metatable)
  self.path, self.problem = path_of(row, parent, phase, engine.hide)
  for action, descriptor in pairs(row.actions or {}) do
    self[action] = mistake.guarded(collection.action(descriptor), metatable, "collection:" .. action)
  end
  return self
end

-- What the API takes in place of a method that it lacks.
local instead = { overwrite = "update", update = "overwrite" }
local verbs = { get = { "read", "GET" }, create = { "created", "POST" }, overwrite = { "overwritten", "PUT" },
  update = { "updated", "PATCH" }, delete = { "deleted", "DELETE" } }

local function lack(self, operation)
  local verb, other = verbs[operation], instead[operation]
  return ("%s cannot be %s: the API has no %s for them%s"):format(self.name, verb[1], verb[2],
    other and not self.row.lacks[other] and "; use " .. other or "")
end

local function check_options(self, given, operation)
  local name, problem = options.check(given, collection.call_options, "call")
  if name then
    return errors.invalid(problem, name)
  elseif self.row.lacks and self.row.lacks[operation] then
    return errors.invalid(lack(self, operation))
  end
end

local function check_query(query, reads_on)
  mistake.check(query == nil and {} or query, "table", "query")
  for name in pairs(query or {}) do
    if name == "prefetch" and not reads_on then
      mistake.raise("'prefetch' is for pages, each and all: list reads one page")
    elseif collection.call_options[name] then
      mistake.raise(("'%s' is an option of the call: pass it in the argument after the query"):format(name))
    end
  end
end

local function check_fields(given)
  mistake.check(given, "table", "fields")
end

local no_options = {}

local function perform(self, request, given)
  if self.problem then
    return nil, self.problem
  end
  request.options = given or no_options
  request.query = request.query or ""
  local result, err, response = call.run(self.engine, request)
  if err and err.kind == "not_found" and self.row.key and request.path:find("/%d+$") then
    err.message = ("%s (%s are addressed by their %s, a UUID)"):format(err.message, self.name, self.row.key)
  end
  if err then
    return nil, err -- and no third value: see call.run
  end
  return result, nil, response
end

local function item_path(self, id, err)
  if err or self.problem then
    return nil, err or self.problem
  end
  local segment, problem = identifier.segment(id, self.engine.hide)
  if not segment then
    return nil, errors.invalid(problem, "id")
  end
  return self.path .. "/" .. segment
end

-- A read that brings nothing is no item; a write may be answered by nothing (the API documents 204 for PUT).
local function read_found(body)
  if body == true then
    return nil, "the reply is empty"
  end
  return v3.item(body)
end

local function read_deleted()
  return true
end

local function fetch_page(self, query, number, given, tells_later)
  local reply, err, response = perform(self, { method = "GET", path = self.path, query = query, read = v3.page,
    tells_later = tells_later }, given)
  if not reply then
    return nil, err
  end
  reply.page.page = number
  return reply, nil, response
end

local function write(self, method, path, given_fields, given, descriptor)
  local body, err = fields.encode(descriptor or self.row, given_fields)
  if not body then
    return nil, err
  end
  return perform(self, { method = method, path = path, body = body, read = v3.item,
    turn = method == "POST" and self.row.creates_in_turn and self.name or nil,
    secrets = secrets.collect(given_fields, path) }, given)
end

--- One page.
---@param query? azion.Query
---@param call_options? azion.CallOptions
---@return azion.Page? page
---@return azion.Error? err
---@return azion.Response? response
function methods:list(query, call_options)
  check_query(query)
  local err = check_options(self, call_options)
  if err then
    return nil, err
  end
  local text, field, problem = v3.query(query)
  if not text then
    return nil, errors.invalid(problem, field)
  end
  local reply, response
  reply, err, response = fetch_page(self, text, math.floor(tonumber(query and query.page) or 1), call_options)
  if not reply then
    return nil, err
  end
  return reply.page, nil, response
end

local function source_of(self, query, call_options, err)
  if err or self.problem then
    return nil, err or self.problem
  end
  return listing.source(self.engine.runtime, self.engine.session, self.path, query, function(wanted, number)
    return fetch_page(self, wanted, number, call_options, true)
  end)
end

--- Pages as the server sends them, in one pass.
---@param query? azion.Query
---@param call_options? azion.CallOptions
---@return fun(): azion.Page? iterator raises
function methods:pages(query, call_options)
  check_query(query, true)
  local source, err = source_of(self, query, call_options, check_options(self, call_options))
  return listing.iterate(paging.pages, source, err)
end

--- Items, each once, in the server's order.
---@param query? azion.Query
---@param call_options? azion.CallOptions
---@return fun(): table? iterator raises
function methods:each(query, call_options)
  check_query(query, true)
  local source, err = source_of(self, query, call_options, check_options(self, call_options))
  return listing.iterate(paging.items, source, err)
end

--- All items: never a partial list.
---@param query? azion.Query
---@param call_options? azion.CallOptions
---@return table[]? items
---@return azion.Error? err
function methods:all(query, call_options)
  check_query(query, true)
  local source, err = source_of(self, query, call_options, check_options(self, call_options))
  if not source then
    return nil, err
  end
  local items = {}
  err = listing.visit(paging.items(source), function(item) items[#items + 1] = item end)
  if err then
    return nil, err
  end
  return items, nil, source.response()
end

--- The item with exactly that name, whole.
---@param name string
---@param call_options? azion.CallOptions
---@return table? item
---@return azion.Error? err `not_found` if there is none, `conflict` if there are several
---@return azion.Response? response
function methods:find(name, call_options)
  local err = check_options(self, call_options)
  if err then
    return nil, err
  elseif type(name) ~= "string" or not name:find("%S") then
    return nil, errors.invalid("expected a string that is not blank, got " .. errors.show(name), "name")
  end
  local source
  source, err = source_of(self, { name = self.row.filters_by_name and name or nil }, call_options)
  if not source then
    return nil, err
  end
  local found
  found, err = listing.find(paging.items(source), self.row.named_by or "name", name)
  if not found then
    err.method, err.path = err.method or "GET", err.path or self.path
    return nil, err
  elseif self.row.lists_less then
    return self:get(found, call_options)
  end
  return found, nil, source.response()
end

--- One item.
---@param id string|integer|table
---@param call_options? azion.CallOptions
---@return table? item
---@return azion.Error? err
---@return azion.Response? response
function methods:get(id, call_options)
  local path, err = item_path(self, id, check_options(self, call_options, "get"))
  if not path then
    return nil, err
  end
  return perform(self, { method = "GET", path = path, read = read_found }, call_options)
end

--- Creates an item.
---@param given_fields table
---@param call_options? azion.CallOptions
---@return table|true|nil item
---@return azion.Error? err
---@return azion.Response? response
function methods:create(given_fields, call_options)
  check_fields(given_fields)
  local err = check_options(self, call_options, "create")
  if err or self.problem then
    return nil, err or self.problem
  end
  return write(self, "POST", self.path, given_fields, call_options)
end

--- A method that only some resources have: a POST below the collection.
---@param descriptor { path: string, fields: table }
---@return fun(self: azion.Collection, given_fields: table, call_options?: azion.CallOptions): any, azion.Error?, azion.Response?
function collection.action(descriptor)
  return function(self, given_fields, call_options)
    check_fields(given_fields)
    local err = check_options(self, call_options)
    if err or self.problem then
      return nil, err or self.problem
    end
    return write(self, "POST", self.path .. descriptor.path, given_fields, call_options, descriptor)
  end
end

--- Replaces an item as a whole (PUT): fields that are not given go back to their defaults.
---@param id string|integer|table
---@param given_fields table
---@param call_options? azion.CallOptions
---@return table|true|nil item
---@return azion.Error? err
---@return azion.Response? response
function methods:overwrite(id, given_fields, call_options)
  check_fields(given_fields)
  local path, err = item_path(self, id, check_options(self, call_options, "overwrite"))
  if not path then
    return nil, err
  end
  return write(self, "PUT", path, given_fields, call_options)
end

--- Changes fields of an item (PATCH): the others stay.
---@param id string|integer|table
---@param given_fields table
---@param call_options? azion.CallOptions
---@return table|true|nil item
---@return azion.Error? err
---@return azion.Response? response
function methods:update(id, given_fields, call_options)
  check_fields(given_fields)
  local path, err = item_path(self, id, check_options(self, call_options, "update"))
  if not path then
    return nil, err
  end
  return write(self, "PATCH", path, given_fields, call_options)
end

--- Deletes an item.
---@param id string|integer|table
---@param call_options? azion.CallOptions
---@return true? deleted
---@return azion.Error? err
---@return azion.Response? response
function methods:delete(id, call_options)
  local path, err = item_path(self, id, check_options(self, call_options, "delete"))
  if not path then
    return nil, err
  end
  return perform(self, { method = "DELETE", path = path, read = read_deleted }, call_options)
end

mistake.guard(methods, metatable, "collection")

return collection
