--- The methods that only some collections have, as the descriptions of their resources say.
local body = require "azion.client.body"
local errors = require "azion.client.errors"
local identifier = require "azion.api.identifier"
local kinds = require "azion.api.kinds"
local mistake = require "azion.client.mistake"
local operation = require "azion.client.operation"
local place = require "azion.client.place"

local further = {}

-- A path that may name an item of the collection.
local function path_of(self, method, id)
  local segments, is_of_item = {}, method.path:find("{id}", 1, true)
  for name, segment in pairs(self.segments) do
    segments[name] = segment
  end
  if is_of_item then
    local segment, problem = identifier.segment(id, self.resource, self.engine.hide)
    if not segment then
      return nil, errors.invalid(problem, "id")
    end
    segments.id = segment
  end
  return place.path(method.path, segments)
end

local function send(self, method, id, fields, call_options)
  operation.check_fields(fields)
  local err = operation.refusal(self, call_options)
  if err then
    return nil, err
  end
  local path
  path, err = path_of(self, method, id)
  if not path then
    return nil, err
  end
  return operation.write(self, { method = method.verb or "POST", path = path, mode = "create", holder = method },
    fields, call_options)
end

-- The number that an id is in a body; or nil and the problem.
local function number_of(id, resource, hide)
  local segment, problem = identifier.segment(id, resource, hide)
  local number = segment and segment:find("^%d+$") and tonumber(segment)
  if number and kinds.digits(number) == segment:gsub("^0+(%d)", "%1") then
    return number
  end
  return nil, problem or "expected an integer, a string of digits or an item, got " .. errors.show(id, hide)
end

-- The length of a list, holes included, which `#` may leave out; nil for what is none.
local function length_of(list)
  local length = 0
  for position in next, list do
    if not kinds.is_integer(position) or position < 1 then
      return nil
    end
    length = math.max(length, position)
  end
  return length
end

-- Each once, in their order.
local function numbers_of(self, ids, name)
  local numbers, seen, length = {}, {}, length_of(ids)
  if not length or length == 0 then
    return nil, errors.invalid("expected a list of ids, at least one", name)
  end
  for position = 1, length do
    local number, problem = number_of(ids[position], self.resource, self.engine.hide)
    if not number then
      return nil, errors.invalid(problem, name .. "." .. position)
    elseif seen[number] then
      return nil, errors.invalid(("%s is named before, at %d"):format(kinds.digits(number), seen[number]),
        name .. "." .. position)
    end
    numbers[position], seen[number] = number, position
  end
  return numbers
end

-- A write may be answered by nothing.
local function page_or_nothing(api)
  return function(reply)
    if reply == true then
      return true
    end
    return api.page(reply)
  end
end

local function send_ids(self, method, name, ids, call_options)
  mistake.check(ids, "table", "ids")
  local err = operation.refusal(self, call_options)
  if err then
    return nil, err
  end
  local numbers
  numbers, err = numbers_of(self, ids, name)
  if not numbers then
    return nil, err
  end
  local reply, response
  reply, err, response = operation.perform(self, { method = method.verb, path = path_of(self, method),
    body = body.json({ [name] = numbers }), read = page_or_nothing(self.engine.api) }, call_options)
  if not reply then
    return nil, err
  elseif reply == true then
    return true, nil, response
  end
  reply.page.page = 1
  return reply.page, nil, response
end

--- Makes a method.
---@param method azion.ResourceMethod
---@param name string
---@param open fun(self: azion.Collection, name: string, id: any): table makes what an item has one of
---@return function
function further.method(method, name, open)
  if method.opens then
    return function(self, id)
      return open(self, method.opens, id)
    end
  elseif method.takes == "ids" then
    return function(self, ids, call_options)
      return send_ids(self, method, name, ids, call_options)
    end
  elseif method.path:find("{id}", 1, true) then
    return function(self, id, fields, call_options)
      return send(self, method, id, fields, call_options)
    end
  end
  return function(self, fields, call_options)
    return send(self, method, nil, fields, call_options)
  end
end

return further
