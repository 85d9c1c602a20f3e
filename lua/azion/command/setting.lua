--- `--set name=value`: the description says of which kind a value is.
local check = require "azion.api.check"
local core = require "azion.core"
local input = require "azion.command.input"
local status = require "azion.command.status"
local values = require "azion.command.values"
local walk = require "azion.api.walk"

local setting = {}

-- What is not described is JSON where it reads as such, else text.
local function guess(text)
  local value = core.decode(text)
  if value ~= nil or text == "null" then
    return input.json(text, text)
  end
  return text
end

local convert

local function wrong(at, expected, text)
  status.wrong("--set %s: expected %s, got '%s'", at, expected, text)
end

local function number_of(at, text, is_integer)
  local number = text:find("^%-?[%d.]") and core.decode(text)
  if type(number) ~= "number" or (is_integer and number % 1 ~= 0) then
    wrong(at, is_integer and "an integer" or "a number", text)
  end
  return number
end

local by_kind = {}

function by_kind.integer(_, at, text)
  return number_of(at, text, true)
end

function by_kind.number(_, at, text)
  return number_of(at, text)
end

function by_kind.boolean(_, at, text)
  if text ~= "true" and text ~= "false" then
    wrong(at, "true or false", text)
  end
  return text == "true"
end

function by_kind.text(_, _, text)
  return text
end

function by_kind.choice(field, at, text)
  return type(field.choices[1]) == "number" and number_of(at, text, true) or text
end

function by_kind.reference(field, _, text)
  local digits = field.as ~= "text" and text:match("^%d+$")
  return digits and core.decode(digits) or text
end

-- A list of single values may be written with commas.
function by_kind.list(field, at, text)
  if text:find("^%s*%[") then
    return input.json(text, "--set " .. at)
  elseif field.or_one and not text:find(",", 1, true) then
    return convert(field.of, at, text)
  elseif field.of.kind == "object" or field.of.kind == "list" then
    wrong(at, "a list in JSON", text)
  end
  local list = setmetatable({}, core.array_metatable)
  for part in text:gmatch("[^,]+") do
    list[#list + 1] = convert(field.of, at, part)
  end
  return list
end

function by_kind.object(_, at, text)
  if not text:find("^%s*{") then
    wrong(at, "an object in JSON", text)
  end
  return input.json(text, "--set " .. at)
end

by_kind.own_object = function(_, at, text)
  return input.json(text, "--set " .. at)
end

by_kind.one_of = function(_, _, text)
  return guess(text)
end

function convert(field, at, text)
  if text == "null" and (field.nullable or field.kind ~= "text") then
    return core.null
  end
  return by_kind[field.kind](field, at, text)
end

-- The field of a part of the name, in a field or a resource; nil where nothing is known of it.
local function inner_field(field, part, given)
  if field.kind == "list" then
    return type(part) == "number" and field.of or nil
  elseif field.kind == "one_of" then
    return nil
  end
  local inner = field.by_name and field.by_name[part]
  if inner and inner.kind == "one_of" then
    return walk.case(inner, type(given) == "table" and given[inner.by] or nil) or inner
  end
  return inner
end

local function warn_if_unknown(holder, name, warn)
  if not holder.by_name[name] then
    local nearest = check.nearest(name, holder.by_name)
    warn(("--set: the field '%s' is unknown%s"):format(tostring(name),
      nearest and "; the nearest known name is '" .. nearest .. "'" or ""))
  end
end

local gaps = "--set %s: positions of a list begin with 1, without gaps"

-- Walks to where the last part belongs, making what is missing on the way.
local function place(fields, parts, holder, at)
  local field, target = holder, fields
  for position = 1, #parts - 1 do
    field = field and inner_field(field, parts[position], target)
    if field and field.kind == "list" and type(parts[position + 1]) ~= "number" then
      status.wrong(gaps, at)
    end
    local inner = target[parts[position]]
    if type(inner) ~= "table" then
      inner = type(parts[position + 1]) == "number" and setmetatable({}, core.array_metatable) or {}
      target[parts[position]] = inner
    end
    target = inner
  end
  return target, field and inner_field(field, parts[#parts], target)
end

local function check_positions(value, at)
  if type(value) ~= "table" then
    return
  end
  local positions, names = 0, 0
  for name, inner in pairs(value) do
    local is_position = type(name) == "number"
    positions, names = positions + (is_position and 1 or 0), names + (is_position and 0 or 1)
    check_positions(inner, at)
  end
  if positions ~= #value or (positions > 0 and names > 0) then
    status.wrong(gaps, at)
  end
end

--- Sets fields as the words of `--set` say.
---@param fields table is changed
---@param words string[]
---@param holder { by_name: table<string, azion.Field> } a resource or a further method
---@param warn fun(text: string)
---@return table fields
function setting.apply(fields, words, holder, warn)
  for _, word in ipairs(words) do
    local name, text = word:match("^([^=]+)=(.*)$")
    local parts = name and values.parts(name) or {}
    if #parts == 0 then
      status.wrong("--set: expected FIELD=VALUE, got '%s'", word)
    end
    warn_if_unknown(holder, parts[1], warn)
    local target, field = place(fields, parts, holder, name)
    if field then
      target[parts[#parts]] = convert(field, name, text)
    else
      target[parts[#parts]] = guess(text)
    end
    check_positions(fields, name)
  end
  return fields
end

return setting
