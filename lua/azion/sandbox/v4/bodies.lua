-- What version 4 reads and writes as JSON: empty lists are told from empty objects, parts can be left out of replies,
-- and PATCH may go into objects.

local json = require "azion.sandbox.model.json"
local kinds = require "azion.api.kinds"
local replies = require "azion.sandbox.v4.replies"

local bodies = {}

-- Stands in an empty list while cjson reads it: some cjson make the same table of [] and of {}.
local EMPTY = "\1empty list\1"

-- Where the string that begins at a position ends.
local function string_end(text, position)
  repeat
    position = text:find('["\\]', position + 1)
    local is_escape = position and text:byte(position) == 92
    position = is_escape and position + 1 or position
  until not is_escape
  return position
end

local function mark_empty_lists(text)
  local parts, done, position = {}, 1, 1
  while position do
    position = text:find('["%[]', position)
    local last = position and select(2, text:find("^%[%s*%]", position))
    if last then
      parts[#parts + 1] = text:sub(done, position) .. '"\\u0001empty list\\u0001"'
      done, position = last, last
    elseif position and text:byte(position) == 34 then
      position = string_end(text, position)
    end
    position = position and position + 1
  end
  return table.concat(parts) .. text:sub(done)
end

local function restore_empty_lists(value)
  if type(value) ~= "table" then
    return value
  elseif value[1] == EMPTY then
    return json.array {}
  end
  for key, entry in pairs(value) do
    value[key] = restore_empty_lists(entry)
  end
  return value
end

local function decode(text)
  if not text:find "%[%s*%]" then
    return json.decode(text)
  end
  local value, problem = json.decode(mark_empty_lists(text))
  return restore_empty_lists(value), problem
end

--- The body of a request; nil and the reply that refuses it where it is no object.
---@param request table
---@return table|nil
---@return table|nil reply
function bodies.read(request)
  local value, problem = decode(request.body ~= "" and request.body or "{}")
  if problem then
    return nil, replies.error(400, "10000", "JSON parse error: " .. problem)
  elseif type(value) ~= "table" or not request.body:find "^%s*{" and request.body ~= "" then
    return nil, replies.errors(400, { { at = "", detail = "Invalid data. Expected an object." } })
  end
  return value
end

---@param value any
---@return any value that shares no table with the given one
function bodies.copy(value)
  if type(value) ~= "table" then
    return value
  end
  local made = {}
  for key, entry in pairs(value) do
    made[key] = bodies.copy(entry)
  end
  return setmetatable(made, getmetatable(value))
end

--- Lays what is given over what is there, object by object; lists are replaced.
---@param base any
---@param given any
---@return any
function bodies.merge(base, given)
  if not (type(base) == "table" and kinds.is_object(base) and type(given) == "table" and kinds.is_object(given)) then
    return given
  end
  local made = {}
  for name, value in pairs(base) do
    made[name] = value
  end
  for name, value in pairs(given) do
    made[name] = bodies.merge(base[name], value)
  end
  return made
end

local function pick(value, tree)
  if type(value) ~= "table" or next(tree) == nil then
    return value
  end
  local made = {}
  if kinds.is_list(value) and value[1] ~= nil then
    for position, entry in ipairs(value) do
      made[position] = pick(entry, tree)
    end
    return json.array(made)
  end
  for name, part in pairs(tree) do
    made[name] = pick(value[name], part)
  end
  return setmetatable(made, getmetatable(value))
end

--- What is left of an object where `fields=a,b.c` asks for no more.
---@param value table
---@param fields string|nil
---@return table
function bodies.pick(value, fields)
  if not fields or fields == "" then
    return value
  end
  local tree = {}
  for path in fields:gmatch "[^,%s]+" do
    local branch = tree
    for name in path:gmatch "[^.]+" do
      branch[name] = branch[name] or {}
      branch = branch[name]
    end
  end
  return pick(value, tree)
end

return bodies
