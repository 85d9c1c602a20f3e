--- The methods that every collection has, whatever the resource.
local errors = require "azion.client.errors"
local further = require "azion.client.further"
local list = require "azion.client.list"
local mistake = require "azion.client.mistake"
local operation = require "azion.client.operation"
local paging = require "azion.client.paging"
local place = require "azion.client.place"
local single = require "azion.client.single"
local walk = require "azion.api.walk"

local collection = {}

---@class azion.Query version 4 has `ordering` in the place of `order_by` and `sort`
---@field page? integer default 1
---@field page_size? integer
---@field order_by? string
---@field sort? "asc"|"desc"
---@field ordering? string a field; with "-" before it descending
---@field prefetch? integer pages fetched ahead by `pages`, `each` and `all` (default 4)

---@class azion.Collection
---@field client azion.Client keeps the client alive while one of its collections is
local methods = {}
local metatable = { __index = methods, __name = "azion.collection" }

function metatable:__tostring()
  return "azion." .. self.name .. (self.path and " (" .. self.path .. ")" or "")
end

---@param client azion.Client
---@param engine table
---@param resource azion.Resource
---@param parent any id of the item that the collection belongs to
---@param phase any of rules
---@return azion.Collection
function collection.new(client, engine, resource, parent, phase)
  local class = resource.single and single or metatable
  local self = setmetatable({ client = client, engine = engine, name = resource.name, resource = resource }, class)
  self.segments, self.problem = place.segments(engine.api, resource, parent, phase, engine.hide)
  self.path = self.segments and place.path(resource.path, self.segments)
  for name, method in pairs(resource.methods) do
    self[name] = mistake.guarded(further.method(method, name, collection.open), class, "collection:" .. name)
  end
  return self
end

--- What an item of a collection has one of.
---@param self azion.Collection
---@param name string of the resource
---@param id any of the item
---@return azion.Collection
function collection.open(self, name, id)
  return collection.new(self.client, self.engine, self.engine.api.resources.by_name[name], id)
end

--- One page.
---@param given? azion.Query
---@param call_options? azion.CallOptions
---@return azion.Page? page
---@return azion.Error? err
---@return azion.Response? response
function methods:list(given, call_options)
  return list.page(self, given, call_options)
end

--- Pages as the server sends them, in one pass.
---@param given? azion.Query
---@param call_options? azion.CallOptions
---@return fun(): azion.Page? iterator raises
function methods:pages(given, call_options)
  return list.iterate(paging.pages, list.source(self, given, call_options))
end

--- Items, each once, in the server's order.
---@param given? azion.Query
---@param call_options? azion.CallOptions
---@return fun(): table? iterator raises
function methods:each(given, call_options)
  return list.iterate(paging.items, list.source(self, given, call_options))
end

--- All items: never a partial list.
---@param given? azion.Query
---@param call_options? azion.CallOptions
---@return table[]? items
---@return azion.Error? err
function methods:all(given, call_options)
  local source, err = list.source(self, given, call_options)
  if not source then
    return nil, err
  end
  local items = {}
  err = list.visit(paging.items(source), function(item) items[#items + 1] = item end)
  if err then
    return nil, err
  end
  return items, nil, source.response()
end

local function name_refusal(self, name)
  if not self.resource.named_by then
    return errors.invalid(("%s have no name to be found by"):format(self.name), "name")
  elseif type(name) ~= "string" or not name:find("%S") then
    return errors.invalid("expected a string that is not blank, got " .. errors.show(name), "name")
  end
end

--- The item with exactly that name, whole.
---@param name string
---@param call_options? azion.CallOptions
---@return table? item
---@return azion.Error? err `not_found` if there is none, `conflict` if there are several
---@return azion.Response? response
function methods:find(name, call_options)
  local err = operation.refusal(self, call_options) or name_refusal(self, name)
  if err then
    return nil, err
  end
  local filter = walk.name_filter(self.resource)
  local source
  source, err = list.source(self, filter and { [filter] = name } or nil, call_options)
  if not source then
    return nil, err
  end
  local found
  found, err = list.find(paging.items(source), self.resource.named_by[1], name)
  if not found then
    err.method, err.path = err.method or "GET", err.path or self.path
    return nil, err
  elseif walk.lists_less(self.resource) then
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
  local path, err = operation.item_path(self, id, operation.refusal(self, call_options, "get"))
  if not path then
    return nil, err
  end
  return operation.read(self, path, call_options)
end

--- Creates an item.
---@param fields table
---@param call_options? azion.CallOptions
---@return table|true|nil item
---@return azion.Error? err
---@return azion.Response? response
function methods:create(fields, call_options)
  operation.check_fields(fields)
  local err = operation.refusal(self, call_options, "create")
  if err then
    return nil, err
  end
  return operation.write(self, { method = "POST", path = self.path, mode = "create",
    turn = self.resource.created_in_turn and self.name or nil }, fields, call_options)
end

--- Replaces an item as a whole (PUT): fields that are not given go back to their defaults.
---@param id string|integer|table
---@param fields table
---@param call_options? azion.CallOptions
---@return table|true|nil item
---@return azion.Error? err
---@return azion.Response? response
function methods:overwrite(id, fields, call_options)
  operation.check_fields(fields)
  local path, err = operation.item_path(self, id, operation.refusal(self, call_options, "overwrite"))
  if not path then
    return nil, err
  end
  return operation.write(self, { method = "PUT", path = path, mode = "overwrite" }, fields, call_options)
end

--- Changes fields of an item (PATCH): the others stay.
---@param id string|integer|table
---@param fields table
---@param call_options? azion.CallOptions
---@return table|true|nil item
---@return azion.Error? err
---@return azion.Response? response
function methods:update(id, fields, call_options)
  operation.check_fields(fields)
  local path, err = operation.item_path(self, id, operation.refusal(self, call_options, "update"))
  if not path then
    return nil, err
  end
  local whole, left = operation.complete(self, id, path, fields, call_options)
  if not whole then
    return nil, left
  end
  return operation.write(self, { method = "PATCH", path = path, mode = "update" }, whole, left)
end

local function read_deleted()
  return true
end

--- Deletes an item.
---@param id string|integer|table
---@param call_options? azion.CallOptions
---@return true? deleted
---@return azion.Error? err
---@return azion.Response? response
function methods:delete(id, call_options)
  local path, err = operation.item_path(self, id, operation.refusal(self, call_options, "delete"))
  if not path then
    return nil, err
  end
  return operation.perform(self, { method = "DELETE", path = path, read = read_deleted }, call_options)
end

mistake.guard(methods, metatable, "collection")

return collection
