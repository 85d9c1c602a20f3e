--- An item as a document has it: names for ids, and nothing that cannot be carried to another account.
local core = require "azion.core"
local differences = require "azion.plan.differences"
local kinds = require "azion.api.kinds"
local names = require "azion.plan.names"
local pruning = require "azion.plan.pruning"
local references = require "azion.plan.references"
local values = require "azion.plan.values"
local walk = require "azion.api.walk"
local worlds = require "azion.plan.world"

local carried = {}

local null = core.null

-- In the place of what cannot be carried over.
local lost = {}

---@class azion.Omitted
---@field place string
---@field why string

--- Notes what a document does not carry over.
---@param world azion.plan.World
---@param place string
---@param why string
function carried.omit(world, place, why)
  local at = place .. ": " .. why
  if not world.omitted[at] then
    world.omitted[at] = true
    world.omitted[#world.omitted + 1] = { place = place, why = why }
  end
end

-- The name that means an item to a reader of the document; nil, and why there is none.
local function name_for(world, node, field, id)
  local target = world:target(node.scope, field)
  local found = target and references.by_id(target, field, id)
  if not found then
    return nil, target and "an id that no item has" or "an id of this account, for want of a collection to name it from"
  elseif field.words and pruning.is_kept_by_api(target.resource, found.item) then
    return field.words[1]
  end
  local name, count, is_id = names.referred(found), 0, false
  for _, other in ipairs(target.nodes) do
    count = count + (names.referred(other) == name and 1 or 0)
    is_id = is_id or other ~= found and worlds.id_text(other.item[field.by]) == name
  end
  if name and count == 1 and not is_id and not references.is_word(field, name) then
    return name
  end
  return nil, "an id, as the name of the item means others too"
end

local function reference(context, field, id, at)
  if references.is_word(field, id) then
    return id
  end
  local name, why = name_for(context.world, context.node, field, id)
  if not name then
    carried.omit(context.world, at, why)
  end
  return name or id
end

local value_of

-- A member that is demanded and cannot be carried over takes along what demands it.
local function drop_lost(field, made, holder)
  local is_lost = false
  for _, condition in ipairs({ field.when or false, type(field.required) == "table" and field.required or false }) do
    for name in pairs(condition or {}) do
      local other = holder.by_name[name]
      if other and not other.decides then
        made[name] = nil
        is_lost = is_lost or other.required == true
      end
    end
  end
  return is_lost or field.required == true and not field.when
end

-- A null stays only where an absent member would be something else.
local function is_kept(field, value, member)
  local applies = not field.read_only and (not field.when or walk.holds(field.when, member) ~= false)
    and not (field.not_kept and walk.holds(field.not_kept, member))
  return applies and value ~= nil and (value ~= null or field.default ~= nil and field.default ~= null)
end

local function object(context, field, value, scope, at)
  local made, inner, is_lost = {}, values.inner(field, value, scope), false
  local member, missing = values.member(inner), {}
  for _, part in ipairs(field.fields) do
    if is_kept(part, value[part.name], member) then
      local kept = value_of(context, part, value[part.name], inner, at .. "." .. part.name)
      if kept == lost then
        missing[#missing + 1] = part
      else
        made[part.name] = kept
      end
    end
  end
  for _, part in ipairs(missing) do
    is_lost = drop_lost(part, made, field) or is_lost
  end
  for name in next, value do
    if not field.by_name[name] and value[name] ~= null then
      carried.omit(context.world, at .. "." .. name, "a field that the description does not know")
    end
  end
  return is_lost and lost or made
end

function value_of(context, field, value, scope, at)
  local case = values.case(field, scope)
  if value == null or not case then
    return value
  elseif case.secret and not kinds.is_empty(value) and not field.hidden then
    carried.omit(context.world, at, "a secret")
    return lost
  elseif case.kind == "list" then
    local list = setmetatable({}, core.array_metatable)
    for position, entry in ipairs(kinds.is_list(value) and value or { value }) do
      local kept = value_of(context, case.of, entry, scope, at .. "." .. position)
      if kept == lost then
        return lost
      end
      list[position] = kept
    end
    return list
  elseif case.kind == "object" and kinds.is_object(value) then
    return object(context, case, value, scope, at)
  end
  return case.kind == "reference" and reference(context, case, value, at) or value
end

-- One field; nil where it is left out.
local function field_of(context, field, scope)
  local world, node = context.world, context.node
  local value, is_shown = differences.seen(field, node.item, node.scope.resource)
  local place = node.place .. "." .. field.name
  if field.read_only or field.create_only == true and field.write_only then
    return nil
  elseif not is_shown then
    carried.omit(world, place, field.secret and "a secret, which the API does not show" or "the API does not show it")
    return field.secret and lost or nil
  elseif not is_kept(field, value, values.member(scope)) then
    return nil
  elseif field.unique == "everywhere" and not kinds.is_empty(value) then
    carried.omit(world, place, "only one item of all accounts can have it")
  end
  return value_of(context, field, value, scope, place)
end

--- What a document has of an item.
---@param world azion.plan.World
---@param node azion.plan.Node
---@return table
function carried.item(world, node)
  local resource, item, missing = node.scope.resource, {}, {}
  local scope, context = values.scope(resource, node.item, node.item), { world = world, node = node }
  for _, field in ipairs(resource.fields) do
    local value = field_of(context, field, scope)
    if value == lost then
      missing[#missing + 1] = field
    else
      item[field.name] = value
    end
  end
  for _, field in ipairs(missing) do
    if drop_lost(field, item, resource) and field.required ~= true then
      carried.omit(world, node.place .. "." .. field.name, "cannot be made without what is missing")
    elseif type(field.required) == "table" then
      for name in pairs(field.required) do
        carried.omit(world, node.place .. "." .. name, "needs a secret that is not carried over")
      end
    end
  end
  for name, value in pairs(node.item) do
    if not resource.by_name[name] and value ~= null then
      carried.omit(world, node.place .. "." .. name, "a field that the description does not know")
    end
  end
  return item
end

return carried
