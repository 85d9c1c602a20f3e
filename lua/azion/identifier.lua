--- Ids as path segments. Whatever a caller passes, no slip may turn a call on one item into a call on
--- something else.
local core = require "azion.core"
local errors = require "azion.errors"

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
  return core.valid_segment(id) and not identifier.has_dot_segment(id) and not ("/" .. id .. "/"):find("[/\\][/\\]")
end

--- The key of an item as the API means it: `origin_key`, else a UUID in `origin_id`, else `id`; tokens have a `uuid`.
---@param item table
---@return string|integer|nil
function identifier.of(item)
  if item.origin_key ~= nil and item.origin_key ~= core.null then
    return item.origin_key
  elseif type(item.origin_id) == "string" and item.origin_id:find(uuid) then
    return item.origin_id
  elseif item.id ~= nil and item.id ~= core.null then
    return item.id
  end
  return item.uuid
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

local function bare(id)
  if type(id) ~= "table" then
    return id
  end
  local key = identifier.of(id)
  if key == nil or type(key) == "table" then
    return nil, "expected an item with a key (origin_key, a UUID in origin_id, or id), got a table without one"
  end
  return key
end

--- An id, or an item that carries one, as one percent-encoded path segment.
---@param id any
---@param hide? fun(text: string): string masks secrets in the problem
---@return string? segment
---@return string? problem
function identifier.segment(id, hide)
  local key, problem = bare(id)
  if problem then
    return nil, problem
  end
  local text
  text, problem = text_of(key, hide)
  if not text then
    return nil, problem
  end
  return core.escape(text)
end

--- The id of the application that a collection belongs to: an integer, a string of digits, or an item that tells it.
---@param id any
---@param hide? fun(text: string): string masks secrets in the problem
---@return string? segment
---@return string? problem
function identifier.parent_segment(id, hide)
  -- A domain is of an application too, and says of which: its own id would be that of another thing.
  if type(id) == "table" and id.edge_application_id ~= nil then
    id = id.edge_application_id
  end
  local segment, problem = identifier.segment(id, hide)
  if segment and not segment:find("^%d+$") then
    return nil, "expected an integer or a string of digits, got " .. errors.show(id, hide)
  end
  return segment, problem
end

return identifier
