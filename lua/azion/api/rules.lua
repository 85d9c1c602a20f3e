--- What a description says of a value beyond its kind: choices, ranges, lengths, what is required, and when. The API
--- judges by these; a client leaves that to it, the stand-in and a plan do not.
local core = require "azion.core"
local kinds = require "azion.api.kinds"
local walk = require "azion.api.walk"

local rules = {}

local function quoted(value)
  return type(value) == "string" and ('"%s"'):format(value) or tostring(value)
end

local function any_of(values)
  local texts = {}
  for position, value in ipairs(values) do
    texts[position] = quoted(value)
  end
  return table.concat(texts, " or ")
end

-- "origin_type is "object_storage"": the members by name, so that the same condition is always the same text.
local function condition_text(condition)
  local parts = {}
  for name, value in pairs(condition) do
    parts[#parts + 1] = ("%s is %s"):format(name, any_of(type(value) == "table" and value or { value }))
  end
  table.sort(parts)
  return table.concat(parts, " and ")
end

local function bounds_text(bounds)
  if not bounds[2] then
    return "at least " .. bounds[1]
  elseif bounds[1] == bounds[2] then
    return tostring(bounds[1])
  end
  return ("%d to %d"):format(bounds[1], bounds[2])
end

local function is_within(value, bounds)
  return value >= bounds[1] and (not bounds[2] or value <= bounds[2])
end

-- As people count them: what UTF-8 goes on with is not counted.
local function characters(text)
  return select(2, text:gsub("[^\128-\191]", ""))
end

local function choice_problem(field, value)
  for _, choice in ipairs(field.choices) do
    if value == choice then
      return nil
    end
  end
  return ("expected %s, got %s"):format(any_of(field.choices), quoted(value))
end

local function size_problem(field, value)
  local size = type(value) == "string" and characters(value) or #value
  if not is_within(size, field.length) then
    return ("expected %s %s, got %d"):format(bounds_text(field.length),
      type(value) == "string" and "characters" or "entries", size)
  end
end

--- What is wrong with a value that is of the right kind.
---@param field azion.Field
---@param value any
---@return "null"|"choice"|"range"|"length"|nil rule
---@return string? problem
function rules.of_value(field, value)
  local rule, problem
  if value == core.null then
    rule, problem = "null", not field.nullable and "cannot be null" or nil
  elseif field.choices and not field.open then
    rule, problem = "choice", choice_problem(field, value)
  elseif field.range and not is_within(value, field.range) then
    rule, problem = "range", ("expected %s, got %s"):format(bounds_text(field.range), tostring(value))
  elseif field.length and (type(value) == "string" or type(value) == "table") then
    rule, problem = "length", size_problem(field, value)
  end
  return problem and rule, problem
end

local function is_same(left, right)
  if type(left) ~= "table" or type(right) ~= "table" then
    return left == right
  end
  for key, value in pairs(left) do
    if not is_same(value, right[key]) then
      return false
    end
  end
  for key in pairs(right) do
    if left[key] == nil then
      return false
    end
  end
  return true
end

-- What an item has in any case is there when it is changed, and what only creation takes cannot be given then. An empty list is given, and its length may be wrong.
-- A default does not count: that of a field that is required on a condition is empty.
local function is_missing(field, given, base, mode)
  if mode == "update" and given == nil and field.required == true and not field.when then
    return false
  elseif mode == "overwrite" and given == nil and field.create_only == true and base ~= nil then
    return false
  end
  local value = given
  if value == nil and mode ~= "overwrite" then
    value = base
  end
  return kinds.is_empty(value, field) and (field.blank or not kinds.is_list(value))
end

--- What is wrong with a field in its place: it is missing, belongs to another variant, or cannot be changed.
---@param field azion.Field
---@param given any what is sent; nil: nothing
---@param base any what is there
---@param mode "create"|"overwrite"|"update"
---@param member fun(name: string): any, boolean what the members will be
---@param was fun(name: string): any, boolean what they were
---@return "required"|"variant"|"create_only"|"immutable"|nil rule
---@return string? problem
function rules.of_place(field, given, base, mode, member, was)
  local applies = field.when == nil or walk.holds(field.when, member)
  if applies == false and not kinds.is_empty(given, field) then
    return "variant", "can be given only if " .. condition_text(field.when)
  elseif given ~= nil and mode ~= "create" and base ~= nil and not is_same(given, base) then
    if field.immutable then
      return "immutable", "cannot be changed"
    elseif walk.holds(field.create_only, was) then
      return "create_only", "can be set on creation only"
    end
  end
  if applies and field.required and is_missing(field, given, base, mode) and walk.holds(field.required, member) then
    return "required", "is required"
  end
end

return rules
