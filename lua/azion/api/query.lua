--- The query of a list: its names and values, held against what a version knows, and written.
local check = require "azion.api.check"
local core = require "azion.core"
local errors = require "azion.client.errors"
local wire = require "azion.api.wire"

local query = {}

local function text_of(value)
  if type(value) == "number" then
    return (core.encode(value)) -- nil for what would not leave exactly
  end
  return (type(value) == "string" or type(value) == "boolean") and tostring(value) or nil
end

-- Digits may be in a string. We count on from these numbers: beyond 2^53 that would not be exact.
local function is_positive(value)
  local number = type(value) == "string" and value:find("^%d+$") and tonumber(value) or value
  return type(number) == "number" and number >= 1 and number < 2 ^ 53 and number % 1 == 0
end

---@alias azion.QueryRule { [1]: fun(value: any): boolean?, [2]: string }

---@type azion.QueryRule
query.positive = { is_positive, "a whole number from 1 to 2^53 - 1" }

---@type azion.QueryRule
query.direction = { function(value) return value == "asc" or value == "desc" end, '"asc" or "desc"' }

--- The query as text; a nil or empty value is never sent (the API answers 500 to an empty `order_by`).
---@param given table<string, string|number|boolean>?
---@param rules table<string, azion.QueryRule>
---@return string? text "" where there is nothing to send, else "?…"
---@return string? field
---@return string? problem
function query.text(given, rules)
  local names = {}
  for name in pairs(given or {}) do
    if type(name) ~= "string" or name == "" then
      return nil, "query", "expected names that are strings, got " .. errors.show_short(name)
    end
    names[#names + 1] = name
  end
  table.sort(names)
  local parts = {}
  for _, name in ipairs(names) do
    local value = given[name]
    if value ~= "" then
      local rule = rules[name]
      local text = text_of(value)
      if not text or (rule and not rule[1](value)) then
        return nil, name, ("expected %s, got %s"):format(rule and rule[2]
          or "a string, a boolean or a number up to 2^53", errors.show_short(value))
      end
      parts[#parts + 1] = wire.escape(name) .. "=" .. wire.escape(text)
    end
  end
  return #parts > 0 and "?" .. table.concat(parts, "&") or ""
end

---@class azion.QueryNames
---@field known string[] of every list
---@field renamed table<string, string> names of another version, and what to use in their place

local function known_names(names, resource)
  local known = {}
  for _, list in ipairs { names.known, resource.lists.filters or {}, { resource.lists.by_name } } do
    for _, name in ipairs(list) do
      known[name] = true
    end
  end
  return known
end

--- What is wrong with the names of a query to the list of a resource.
---@param given table
---@param names azion.QueryNames
---@param resource azion.Resource
---@param strict? boolean whether unknown names are wrong
---@return string? name
---@return string? problem
function query.wrong_name(given, names, resource, strict)
  local wrong
  local known = strict and known_names(names, resource)
  for name in pairs(given) do
    local is_wrong = names.renamed[name] or (known and not known[name])
    if type(name) == "string" and is_wrong and not (wrong and wrong < name) then
      wrong = name
    end
  end
  if not wrong then
    return nil
  end
  local instead = names.renamed[wrong]
  return wrong, instead and "unknown here: " .. instead or check.unknown(wrong, known)
end

return query
