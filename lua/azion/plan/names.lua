--- How items are told apart: by the fields that name them, or by their key.
local check = require "azion.api.check"
local core = require "azion.core"
local walk = require "azion.api.walk"
local world = require "azion.plan.world"

local names = {}

--- Whether a collection is always of one item, which needs no name.
---@param resource azion.Resource
---@return boolean
function names.is_alone(resource)
  return resource.single or resource.once_per_parent or false
end

-- The values of the naming fields that count for an item.
local function values_of(resource, item)
  local function member(name)
    local value = item[name]
    if value == nil and resource.by_name[name] then
      value = resource.by_name[name].default
    end
    return value, true
  end
  local values = {}
  for _, naming in ipairs(resource.named_by or {}) do
    local name = type(naming) == "table" and naming[1] or naming
    if type(naming) ~= "table" or walk.holds(naming.when, member) then
      local value = member(name)
      values[#values + 1] = value ~= nil and value ~= core.null and tostring(value) or ""
    end
  end
  return values
end

--- What tells an item from the others of its collection; nil where it has no name.
---@param resource azion.Resource
---@param item table
---@return string?
function names.identity(resource, item)
  local values = values_of(resource, item)
  return values[1] and values[1] ~= "" and table.concat(values, "\0") or nil
end

--- The same for people.
---@param resource azion.Resource
---@param item table
---@return string?
function names.shown(resource, item)
  if names.is_alone(resource) then
    return nil
  end
  local shown = {}
  for _, value in ipairs(values_of(resource, item)) do
    if value ~= "" then
      shown[#shown + 1] = value
    end
  end
  return shown[1] and (table.concat(shown, " "):gsub("%c", " "))
end

--- What an item is or will be: its fields as they are with those that are wanted.
---@param node azion.plan.Node
---@param name string
---@return any
function names.final(node, name)
  local value = node.wanted and node.wanted[name]
  if value == nil and node.item then
    value = node.item[name]
  end
  return value
end

local function with_wanted(node)
  return setmetatable({}, { __index = function(_, name) return names.final(node, name) end })
end

--- What will tell an item from the others of its collection once the plan is done.
---@param node azion.plan.Node
---@return string?
function names.final_identity(node)
  return names.identity(node.scope.resource, with_wanted(node))
end

--- The name under which references find an item once the plan is done.
---@param node azion.plan.Node
---@return string?
function names.referred(node)
  local naming = (node.scope.resource.named_by or {})[1]
  local value = naming and names.final(node, naming)
  return type(value) == "string" and value or node.coming_name
end

--- The name of an item in steps and messages.
---@param node azion.plan.Node
---@return string?
function names.of(node)
  return names.shown(node.scope.resource, with_wanted(node)) or node.coming_name
end

local uuid = "^%x+%-%x+%-%x+%-%x+%-%x+$"

--- The key by which an item is known, and the field that has it.
---@param resource azion.Resource
---@param item table
---@return string? key
---@return string? field
function names.key(resource, item)
  if not resource.key or (resource.by_name[resource.key] and not resource.by_name[resource.key].read_only) then
    return nil -- the name itself
  end
  local key = world.id_text(item[resource.key])
  if key then
    return key, resource.key
  end
  for field in pairs(resource.key_also or {}) do
    local other = item[field]
    if type(other) == "string" and other:find(uuid) then
      return other, resource.key
    end
  end
  key = world.id_text(item[resource.referred_to_by])
  return key, key and resource.referred_to_by
end

--- The names of the items that the API makes together with their parent, in a list and as keys.
---@param scope azion.plan.Scope
---@return table
function names.coming(scope)
  local given, found = scope.resource.comes_with_parent, {}
  for position, name in ipairs(type(given) == "table" and given or {}) do
    if not given.phase or given.phase == scope.phase then
      found[position], found[name] = name, true
    end
  end
  return found
end

--- A name in quotes, as part of a place.
---@param name string
---@return string
function names.quoted(name)
  return '"' .. name:gsub('[%c"]', " ") .. '"'
end

--- "; there is …": the name among others that was probably meant.
---@param name string
---@param known table<string, any>
---@return string
function names.hint(name, known)
  local nearest, beginnings = check.nearest(name, known), {}
  for other in pairs(known) do
    if type(other) == "string" then
      local beginning = other:sub(1, #name):lower()
      local rival = beginnings[beginning]
      beginnings[beginning] = rival and rival < other and rival or other
    end
  end
  nearest = nearest or beginnings[check.nearest(name, beginnings) or name:lower()]
  return nearest and ("; there is %s"):format(names.quoted(nearest)) or ""
end

return names
