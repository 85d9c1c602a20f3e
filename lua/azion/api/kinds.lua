--- Of which kind a value is, and how that is said.
local core = require "azion.core"
local errors = require "azion.client.errors"

local kinds = {}

--- Whether a value is a list. An empty table may be either.
---@param value any
---@return boolean
function kinds.is_list(value)
  return core.is_array(value) or (type(value) == "table" and (rawget(value, 1) ~= nil or next(value) == nil))
end

---@param value any
---@return boolean
function kinds.is_object(value)
  return type(value) == "table" and rawget(value, 1) == nil and not core.is_array(value)
end

---@param value any
---@return boolean
function kinds.is_integer(value)
  return type(value) == "number" and value % 1 == 0
end

--- A whole number as text; nil for one that a double may have rounded: it would mean another item.
---@param value any
---@return string?
function kinds.digits(value)
  local is_exact = kinds.is_integer(value)
    and (math.type and math.type(value) == "integer" or value < 2 ^ 53 and value > -2 ^ 53)
  return is_exact and ("%d"):format(value) or nil
end

--- Whether a value stands for nothing: absent, null, an empty text or table, and of a field that makes no difference
--- there a list of an empty text or an object of nulls.
---@param value any
---@param field? azion.Field
---@return boolean
function kinds.is_empty(value, field)
  if value == nil or value == core.null or value == "" then
    return true
  elseif type(value) ~= "table" then
    return false
  end
  for _, member in next, value do
    if not (field and field.blank and (member == "" or member == core.null)) then
      return false
    end
  end
  return true
end

local function is_text(value)
  return type(value) == "string"
end

local tests = {
  text = is_text,
  integer = function(value)
    return kinds.digits(value) ~= nil
  end,
  number = function(value)
    return type(value) == "number"
  end,
  boolean = function(value)
    return type(value) == "boolean"
  end,
  list = kinds.is_list,
  object = kinds.is_object,
}

function tests.choice(value, field)
  if type(field.choices[1]) == "number" then
    return kinds.is_integer(value)
  end
  return is_text(value)
end

function tests.own_object(value, field)
  return kinds.is_object(value) or (field.or_list and kinds.is_list(value) or false)
end

-- An item in the place of its id is seen to before.
function tests.reference(value, field)
  return kinds.digits(value) ~= nil or (is_text(value) and (field.as == "text" or field.words ~= nil))
end

--- Whether a value is of a field's kind; that of a one_of depends on more than the value.
---@param field azion.Field
---@param value any
---@return boolean
function kinds.fits(field, value)
  if tests[field.kind](value, field) then
    return true
  elseif field.or_one then
    return kinds.fits(field.of, value)
  end
  return field.also == "integer" and kinds.digits(value) ~= nil
end

local words = {
  text = { "a string" },
  integer = { "an integer" },
  number = { "a number" },
  boolean = { "a boolean" },
  list = { "a list" },
  object = { "an object" },
}

local function words_of(field)
  if field.kind == "choice" then
    return { type(field.choices[1]) == "number" and "an integer" or "a string" }
  elseif field.kind == "own_object" then
    return { "an object", field.or_list and "a list" }
  elseif field.kind == "reference" then
    return { "an integer", (field.as == "text" or field.words ~= nil) and "a string", "an item" }
  elseif field.or_one then
    return { words_of(field.of)[1], "a list" }
  end
  return field.also and { words[field.kind][1], "an integer" } or words[field.kind]
end

local function listed(names)
  if #names < 2 then
    return names[1] or "nothing"
  end
  return table.concat(names, ", ", 1, #names - 1) .. " or " .. names[#names]
end

--- What is expected, in words: of several fields, whatever one of them takes.
---@param fields azion.Field[]
---@return string
function kinds.expected(fields)
  local names, seen = {}, {}
  for _, field in ipairs(fields) do
    for _, name in ipairs(words_of(field)) do
      if name and not seen[name] then
        seen[name], names[#names + 1] = true, name
      end
    end
  end
  return listed(names)
end

-- A number is told only where a number was expected, a string only where neither a string nor what may hold strings
-- was: elsewhere it may be a secret.
local function describe(value, expected)
  if type(value) == "table" then
    return kinds.is_list(value) and "a list" or "a table with named fields"
  elseif type(value) == "number" and not (expected:find("integer", 1, true) or expected:find("number", 1, true)) then
    return "a number"
  elseif type(value) == "string" and not expected:find("string", 1, true) and not expected:find("list", 1, true)
    and not expected:find("an object", 1, true) then
    return errors.show_short(value)
  end
  return errors.describe(value)
end

--- "expected …, got …".
---@param fields azion.Field[]
---@param value any
---@return string
function kinds.problem(fields, value)
  local expected = kinds.expected(fields)
  if kinds.is_integer(value) and not kinds.digits(value) then
    expected = expected:gsub("an integer", "an integer below 2^53")
  end
  return ("expected %s, got %s"):format(expected, describe(value, expected))
end

return kinds
