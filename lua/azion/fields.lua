--- What a caller wants to send, held against what is known of a resource. Unknown fields pass through.
---
--- A kind is a word (`string`, `integer`, `boolean`, `list`, `object`), several of them (`"integer|string"`), a
--- table with one kind in it for a list of such, or a table of kinds by name for an object with such fields.
--- `null` is of every kind. An empty table is sent as a list where the kind is one, and may not be an object.
local core = require "azion.core"
local errors = require "azion.errors"

local fields = {}

-- A double of 2^53 or more may stand for several integers, and most of those that are sent are ids.
local function is_exact(number)
  return (math.type and math.type(number) == "integer") or (number < 2 ^ 53 and number > -2 ^ 53)
end

local function is_integer(value)
  return type(value) == "number" and value % 1 == 0 and is_exact(value)
end

local function is_list(value)
  return core.is_array(value) or (type(value) == "table" and (rawget(value, 1) ~= nil or next(value) == nil))
end

local function is_object(value)
  return type(value) == "table" and rawget(value, 1) == nil and not core.is_array(value)
end

local tests = {
  string = { function(value) return type(value) == "string" end, "a string" },
  integer = { is_integer, "an integer" },
  boolean = { function(value) return type(value) == "boolean" end, "a boolean" },
  list = { is_list, "a list" },
  object = { is_object, "an object" },
}

local function words_of(kind)
  if type(kind) == "table" then
    return kind[1] and "list" or "object"
  end
  return kind
end

-- A number is told only where a number was expected, a string only where neither a string nor what may hold strings
-- was: elsewhere it may be a secret.
local function describe(value, words)
  if type(value) == "table" then
    return is_list(value) and "a list" or "a table with named fields"
  elseif type(value) == "number" and not words:find("integer", 1, true) then
    return "a number"
  elseif type(value) == "string" and (words == "integer" or words == "boolean") then
    return errors.show_short(value)
  end
  return errors.describe(value)
end

local function problem_of(words, value)
  local names = {}
  for word in words:gmatch("%a+") do
    if tests[word][1](value) then
      return nil
    end
    local is_uncertain = word == "integer" and type(value) == "number" and value % 1 == 0
    names[#names + 1] = is_uncertain and "an integer below 2^53" or tests[word][2]
  end
  return ("expected %s, got %s"):format(table.concat(names, " or "), describe(value, words))
end

local check_value

local function check_list(name, kind, list)
  if type(list) ~= "table" then
    return -- the mark of an empty one
  end
  for index, entry in ipairs(list) do
    local at = name .. "." .. index
    if entry == core.null then
      return at, problem_of(words_of(kind), entry)
    end
    local field, problem = check_value(at, kind, entry)
    if field then
      return field, problem
    end
  end
end

local function check_object(known, object, prefix)
  local names = {}
  for name in next, object do
    if known[name] then
      names[#names + 1] = name
    end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    local field, problem = check_value(prefix .. name, known[name], object[name])
    if field then
      return field, problem
    end
  end
end

function check_value(name, kind, value)
  if value == core.null then
    return nil
  end
  local problem = problem_of(words_of(kind), value)
  if problem then
    return name, problem
  elseif type(kind) == "table" and kind[1] then
    return check_list(name, kind[1], value)
  elseif type(kind) == "table" then
    return check_object(kind, value, name .. ".")
  end
end

--- The body for what a caller wants to send.
---@param row { fields: table<string, string|table> }
---@param given table
---@return string? json
---@return azion.Error? err
function fields.encode(row, given)
  if not is_object(given) then
    return nil, errors.invalid("expected named fields, got a list", "fields")
  end
  local field, problem = check_object(row.fields, given, "")
  if field then
    return nil, errors.invalid(problem, field)
  end
  local text
  text, field, problem = core.encode(given, row.fields)
  if not text then
    return nil, errors.invalid("expected " .. problem, field ~= "" and field or "fields")
  end
  return text
end

return fields
