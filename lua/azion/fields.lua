--- What a caller wants to send, held against what is known of a resource. Unknown fields pass through.
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

-- A number is told only where a number was expected: elsewhere it may be a secret without its quotes.
local function describe(value, kind)
  if type(value) == "table" then
    return is_list(value) and "a list" or "a table with named fields"
  elseif type(value) == "number" and kind ~= "integer" then
    return "a number"
  end
  return errors.describe(value)
end

local check_object

-- `kind` is a name of `tests`, or the known fields of the objects in a list.
local function check_value(name, kind, value)
  if value == core.null then
    return nil
  end
  local test = tests[type(kind) == "table" and "list" or kind]
  if not test[1](value) then
    return name, ("expected %s, got %s"):format(test[2], describe(value, kind))
  end
  if type(kind) == "table" then
    for index, entry in ipairs(value) do
      local at = name .. "." .. index
      if not is_object(entry) then
        return at, "expected an object, got " .. describe(entry)
      end
      local field, problem = check_object(kind, entry, at .. ".")
      if field then
        return field, problem
      end
    end
  end
end

function check_object(known, object, prefix)
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

--- The body for what a caller wants to send.
---@param row azion.Resource
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
