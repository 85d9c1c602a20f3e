--- Going through a value by its description.
local core = require "azion.core"
local kinds = require "azion.api.kinds"
local walk = require "azion.api.walk"

local values = {}

local null = core.null

--- The scope of an item: what is given, over what is there.
---@param resource azion.Resource
---@param given table
---@param base? table
---@return azion.Scope
function values.scope(resource, given, base)
  return { holder = resource, given = given, base = base, mode = base and "update" or "create" }
end

--- The scope of an object within another.
---@param field azion.Field
---@param given table
---@param outer azion.Scope
---@return azion.Scope
function values.inner(field, given, outer)
  return { holder = field, given = given, outer = outer, mode = "create" }
end

--- What asks for members of a scope, as conditions want it.
---@param scope azion.Scope
---@return fun(name: string): any, boolean
function values.member(scope)
  return function(name)
    return walk.member(scope, name)
  end
end

--- What a one_of is here; other fields are themselves.
---@param field azion.Field
---@param scope azion.Scope
---@return azion.Field? field nil where it takes nothing, or where nobody knows
---@return boolean known
function values.case(field, scope)
  if field.kind ~= "one_of" then
    return field, true
  end
  return walk.case(field, (walk.member(scope, field.by)))
end

local map_value

-- An object of the user's own: of no table that a plan was made from is anything kept.
local function copy(value)
  if type(value) ~= "table" then
    return value
  end
  local made = setmetatable({}, getmetatable(value))
  for name, member in next, value do
    made[name] = copy(member)
  end
  return made
end

-- In the API's order, so that mistakes are told in the same order each time; unknown members as they are.
local function map_members(holder, value, scope, change, at)
  local made = setmetatable({}, getmetatable(value))
  for name, member in next, value do
    made[name] = member
  end
  for _, part in ipairs(holder.fields) do
    local member = value[part.name]
    if member ~= nil then
      made[part.name] = map_value(part, member, scope, change, at .. part.name)
    end
  end
  return made
end

function map_value(field, value, scope, change, at)
  local case = values.case(field, scope)
  if value == null or not case then
    return value
  elseif case.kind == "list" and kinds.is_list(value) then
    local made = setmetatable({}, core.array_metatable)
    for position, entry in ipairs(value) do
      made[position] = map_value(case.of, entry, scope, change, at .. "." .. position)
    end
    return made
  elseif case.kind == "list" then
    return map_value(case.of, value, scope, change, at)
  elseif case.kind == "object" and kinds.is_object(value) then
    return map_members(case, value, values.inner(case, value, scope), change, at .. ".")
  elseif case.kind == "own_object" then
    value = copy(value)
  end
  return change(case, value, at)
end

--- A copy of a value in which `change(field, value, at)` is in the place of everything that is neither object nor
--- list.
---@param field azion.Field
---@param value any
---@param scope azion.Scope
---@param change fun(field: azion.Field, value: any, at: string): any
---@return any
function values.map(field, value, scope, change)
  return map_value(field, value, scope, change, field.name)
end

--- The same for all fields of an item, unknown ones as they are.
---@param resource azion.Resource
---@param given table
---@param base? table
---@param change fun(field: azion.Field, value: any, at: string): any
---@return table
function values.map_item(resource, given, base, change)
  return map_members(resource, given, values.scope(resource, given, base), change, "")
end

return values
