--- Ids as path segments. Whatever a caller passes, no slip may turn a call on one item into a call on
--- something else.
local core = require "azion.core"
local errors = require "azion.client.errors"
local wire = require "azion.api.wire"

local identifier = {}

local uuid = "^%x%x%x%x%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x$"

-- From here on a double may stand for several integers: an id that was read into it may be another's.
local first_uncertain = 2 ^ 53

-- A whole number as digits; nil for a float, on Lua 5.3+ also for 5.0.
local function digits(number)
  local kind = math.type and math.type(number)
  if kind == "integer" then
    return ("%d"):format(number)
  elseif kind or number % 1 ~= 0 or number >= first_uncertain or number <= -first_uncertain then
    return nil
  end
  return ("%.0f"):format(number)
end

--- Whether a path has `.` or `..` between its slashes, also if percent-encoded: there are servers that decode a
--- path before they resolve it, so that `..%2F` would climb.
---@param path string
---@return boolean
function identifier.has_dot_segment(path)
  local decoded = path:gsub("%%2[eE]", "."):gsub("%%2[fF]", "/"):gsub("%%5[cC]", "/"):gsub("\\", "/")
  for segment in decoded:gmatch("[^/]+") do
    if segment == "." or segment == ".." then
      return true
    end
  end
  return false
end

-- A slash within an id is sent as %2F; at its ends, or beside another, it would be an empty segment to such servers.
local function is_one_segment(id)
  return wire.is_segment(id) and not identifier.has_dot_segment(id) and not ("/" .. id .. "/"):find("[/\\][/\\]")
end

--- The key of an item as the API means it: the key of its resource, else a UUID in a field that may hold it, else
--- `id`. That of another resource's item comes first, so that such an item cannot pass for one of this.
---@param item table
---@param resource azion.Resource
---@return string|integer|nil
function identifier.of(item, resource)
  for _, names in ipairs { resource.telling_keys or {}, { resource.key } } do
    for _, name in ipairs(names) do
      if item[name] ~= nil and item[name] ~= core.null then
        return item[name]
      end
    end
  end
  for name in pairs(resource.key_also or {}) do
    if type(item[name]) == "string" and item[name]:find(uuid) then
      return item[name]
    end
  end
  return item.id ~= core.null and item.id or nil
end

local function keys_text(resource)
  local texts = { resource.key }
  for name in pairs(resource.key_also or {}) do
    texts[#texts + 1] = "a UUID in " .. name
  end
  texts[#texts + 1] = resource.key ~= "id" and "or id" or nil
  return table.concat(texts, #texts > 2 and ", " or " ")
end

local function number_problem(number)
  local is_uncertain = number % 1 == 0 and (number >= first_uncertain or number <= -first_uncertain)
  return (is_uncertain and "expected an id that is exact (from 2^53 on as a string of digits), got %s"
    or "expected an integer, got %s"):format(tostring(number))
end

local function text_of(id, hide)
  if type(id) == "number" then
    local text = digits(id)
    return text, not text and number_problem(id) or nil
  elseif type(id) ~= "string" then
    return nil, "expected a string, an integer or an item, got " .. errors.show(id, hide)
  elseif not is_one_segment(id) then
    return nil, "expected one path segment (not blank, not '.' or '..', no control characters, at most 1024 bytes)"
      .. ", got " .. errors.show(id, hide)
  end
  return id
end

local function bare(id, resource)
  if type(id) ~= "table" then
    return id
  end
  local key = resource and identifier.of(id, resource)
  if key == nil or type(key) == "table" then
    return nil, resource and ("expected an item with a key (%s), got a table without one"):format(keys_text(resource))
      or "expected a string or an integer, got a table"
  end
  return key
end

--- An id, or an item that carries one, as one percent-encoded path segment.
---@param id any
---@param resource? azion.Resource of the item
---@param hide? fun(text: string): string masks secrets in the problem
---@return string? segment
---@return string? problem
function identifier.segment(id, resource, hide)
  local key, problem = bare(id, resource)
  if problem then
    return nil, problem
  end
  local text
  text, problem = text_of(key, hide)
  if not text then
    return nil, problem
  end
  return wire.escape(text)
end

--- The id of the item that a collection belongs to: an integer, a string of digits, or an item that tells it.
---@param id any
---@param resource azion.Resource of that item
---@param held_in string[] names under which other items hold its id
---@param hide? fun(text: string): string masks secrets in the problem
---@return string? segment
---@return string? problem
function identifier.parent_segment(id, resource, held_in, hide)
  -- An item that says to which one it belongs stands for that one: its own id would be that of another thing.
  for _, name in ipairs(type(id) == "table" and held_in or {}) do
    if id[name] ~= nil then
      id = id[name]
      break
    end
  end
  local segment, problem = identifier.segment(id, resource, hide)
  if segment and not segment:find("^%d+$") then
    return nil, "expected an integer or a string of digits, got " .. errors.show(id, hide)
  end
  return segment, problem
end

return identifier
