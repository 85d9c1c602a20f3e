--- One operation of a collection: what is checked before it, the call, and how its reply is read.
local body = require "azion.client.body"
local call = require "azion.call"
local errors = require "azion.client.errors"
local identifier = require "azion.api.identifier"
local mistake = require "azion.client.mistake"
local options = require "azion.client.options"
local secrets = require "azion.secrets"

local operation = {}

---@class azion.CallOptions
---@field timeout? number seconds for one attempt
---@field connect_timeout? number seconds for TCP and TLS of one attempt
---@field deadline? number seconds for the whole call
---@field max_attempts? integer
operation.call_options = {
  timeout = options.seconds,
  connect_timeout = options.seconds,
  deadline = options.seconds,
  max_attempts = options.count,
}

-- What the API takes in place of a method that it lacks.
local instead = { overwrite = "update", update = "overwrite" }
local verbs = { get = { "read", "GET" }, create = { "created", "POST" }, overwrite = { "overwritten", "PUT" },
  update = { "updated", "PATCH" }, delete = { "deleted", "DELETE" } }

local function lack(resource, name)
  local verb, other = verbs[name], instead[name]
  return ("%s cannot be %s: the API has no %s for them%s"):format(resource.name, verb[1], verb[2],
    other and not resource.lacks[other] and "; use " .. other or "")
end

--- The error that ends a call before it begins, if there is one.
---@param self azion.Collection
---@param given? azion.CallOptions raises on an unknown option
---@param name? string of the method, where the API may lack it
---@return azion.Error? err
function operation.refusal(self, given, name)
  local option, problem = options.check(given, operation.call_options, "call")
  if option then
    return errors.invalid(problem, option)
  elseif name and self.resource.lacks[name] then
    return errors.invalid(lack(self.resource, name))
  end
  return self.problem
end

--- Raises unless fields are given as a table.
---@param given any
function operation.check_fields(given)
  mistake.check(given, "table", "fields")
end

local no_options = {}

-- Of items that are known by another number too, that number may have been taken for the key.
local function explain_missing(self, request, err)
  local _, kind = next(self.resource.key_also or {})
  if kind and err.kind == "not_found" and request.path:find("/%d+$") then
    err.message = ("%s (%s are addressed by their %s, a %s)"):format(err.message, self.name, self.resource.key,
      kind:upper())
  end
end

--- Carries a request out.
---@param self azion.Collection
---@param request table without its options
---@param given? azion.CallOptions
---@return any result
---@return azion.Error? err
---@return azion.Response? response
function operation.perform(self, request, given)
  request.options = given or no_options
  request.query = request.query or ""
  request.keeps_nulls, request.is_patient = self.is_of_plan, self.is_of_plan
  local result, err, response = call.run(self.engine, request)
  if err then
    explain_missing(self, request, err)
    return nil, err -- and no third value, as call.run
  end
  return result, nil, response
end

--- The path of an item.
---@param self azion.Collection
---@param id any
---@param err? azion.Error what ends the call already
---@return string? path
---@return azion.Error? err
function operation.item_path(self, id, err)
  if err then
    return nil, err
  end
  local segment, problem = identifier.segment(id, self.resource, self.engine.hide)
  if not segment then
    return nil, errors.invalid(problem, "id")
  end
  return self.path .. "/" .. segment
end

--- Reads one item: a reply that brings nothing is none.
---@param self azion.Collection
---@param path string
---@param given? azion.CallOptions
---@return table? item
---@return azion.Error? err
---@return azion.Response? response
function operation.read(self, path, given)
  return operation.perform(self, { method = "GET", path = path, read = function(reply)
    if reply == true then
      return nil, "the reply is empty"
    end
    return self.engine.api.item(reply, self.resource)
  end }, given)
end

--- Sends fields. A write may be answered by nothing: the API documents 204 for PUT.
---@param self azion.Collection
---@param sent { method: string, path: string, mode: string, holder?: table, turn?: string }
---@param fields table
---@param given? azion.CallOptions
---@return table|true|nil item
---@return azion.Error? err
---@return azion.Response? response
function operation.write(self, sent, fields, given)
  local engine = self.engine
  local text, err = body.encode(sent.holder or self.resource, fields, sent.mode, engine.options.strict)
  if not text then
    return nil, err
  end
  return operation.perform(self, { method = sent.method, path = sent.path, body = text, turn = sent.turn,
    secrets = secrets.collect(fields, engine.api.secret_names(sent.path)),
    read = function(reply) return engine.api.item(reply, self.resource) end }, given)
end

local function copy(given)
  local made = {}
  for key, value in next, given or {} do
    made[key] = value
  end
  return made
end

--- Adds the fields that go along with every change, of the item that was passed, else of the one that is there.
---@param self azion.Collection
---@param id any the item, or its id
---@param path string of the item
---@param fields table
---@param call_options? azion.CallOptions
---@return table? whole
---@return azion.CallOptions|azion.Error|nil left what the call may still take
function operation.complete(self, id, path, fields, call_options)
  local missing, item = {}, type(id) == "table" and id or {}
  local is_known = true
  for _, name in ipairs(self.resource.always_sends or {}) do
    if fields[name] == nil then
      missing[#missing + 1] = name
      is_known = is_known and item[name] ~= nil
    end
  end
  if not missing[1] then
    return fields, call_options
  end
  local engine = self.engine
  local left = call_options
  if not is_known then
    local text, err = body.encode(self.resource, fields, "update", engine.options.strict)
    if not text then
      return nil, err
    end
    left = copy(call_options)
    local ends = engine.now() + (left.deadline or engine.options.deadline)
    item, err = operation.read(self, path, call_options)
    if not item then
      return nil, err
    end
    left.deadline = ends - engine.now()
  end
  local whole = copy(fields)
  for _, name in ipairs(missing) do
    whole[name] = item[name]
  end
  return whole, left
end

return operation
