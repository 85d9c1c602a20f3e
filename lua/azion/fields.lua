--- What a caller wants to send, held against what is known of a resource. Unknown fields pass through.
---
--- A kind is a word (`string`, `integer`, `boolean`, `list`, `object`), several of them (`"integer|string"`), a
--- table with one kind in it for a list of such, or a table of kinds by name for an object with such fields.
--- `null` is of every kind.
local core = require "azion.core"
local errors = require "azion.errors"

local fields = {}

local function is_integer(value)
  return type(value) == "number" and value % 1 == 0
end

local function is_list(value)
  if type(value) ~= "table" then
    return false
  end
  return value[1] ~= nil or next(value) == nil or getmetatable(value) == core.array_metatable
end

local function is_object(value)
  return type(value) == "table" and value[1] == nil and getmetatable(value) ~= core.array_metatable
end

local tests = {
  string = { function(value) return type(value) == "string" end, "a string" },
  integer = { is_integer, "an integer" },
  boolean = { function(value) return type(value) == "boolean" end, "a boolean" },
  list = { is_list, "a list" },
  object = { is_object, "an object" },
}

--- The kind in words.
---@param kind string|table
---@return string
local function words_of(kind)
  if type(kind) == "table" then
    return kind[1] and "list" or "object"
  end
  return kind
end

--- Whether an empty table of this kind is a list.
---@param kind string|table
---@return boolean
function fields.is_list(kind)
  local words = words_of(kind)
  return words:find("list", 1, true) ~= nil and not words:find("object", 1, true)
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
    names[#names + 1] = tests[word][2]
  end
  return ("expected %s, got %s"):format(table.concat(names, " or "), describe(value, words))
end

local check_value

local function check_list(name, kind, list)
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
---@param row { fields: table<string, string|table>, lists: table<string, true> }
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
  text, field, problem = core.encode(given, row.lists)
  if not text then
    return nil, errors.invalid("expected " .. problem, field ~= "" and field or "fields")
  end
  return text
end

return fields
