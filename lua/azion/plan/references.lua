--- References: which item is meant by a name, and what its id is.
local kinds = require "azion.api.kinds"
local names = require "azion.plan.names"
local values = require "azion.plan.values"
local world = require "azion.plan.world"

local references = {}

---@class azion.plan.Reference an item in the place of its id
---@field node azion.plan.Node
---@field field azion.Field
local Reference = {}

--- Whether a value is a reference to an item of the world.
---@param value any
---@return boolean
function references.is(value)
  return type(value) == "table" and getmetatable(value) == Reference
end

--- The id that stands for an item, as the field wants it; nil while the item is not there.
---@param reference azion.plan.Reference
---@return any
function references.id(reference)
  local item, field = reference.node.item, reference.field
  local id = item and item[field.by]
  if id ~= nil and field.as == "text" then
    return world.id_text(id)
  end
  return id
end

---@param field azion.Field
---@param value any
---@return boolean
function references.is_word(field, value)
  for _, word in ipairs(field.words or {}) do
    if value == word then
      return true
    end
  end
  return false
end

--- Marks what has to be read to know what the names in an item mean.
---@param of azion.plan.World
---@param node azion.plan.Node
---@return boolean has_any
function references.want_targets(of, node)
  local has_any = false
  values.map_item(node.scope.resource, node.wanted, node.item, function(field, value)
    if field.kind == "reference" and type(value) == "string" then
      local target = of:target(node.scope, field)
      if target then
        target.is_wanted, has_any = true, true
      end
    end
    return value
  end)
  return has_any
end

-- The items that stay, by their ids and names; once all is read.
local function index_of(target, field)
  target.staying = target.staying or {}
  local index = target.staying[field.by]
  if not index then
    index = { ids = {}, names = {} }
    for _, node in ipairs(target.nodes) do
      local name = not node.is_doomed and names.referred(node)
      local id = not node.is_doomed and node.item and world.id_text(node.item[field.by])
      if id then
        index.ids[id] = index.ids[id] or node
      end
      if name then
        index.names[name] = index.names[name] or {}
        table.insert(index.names[name], node)
      end
    end
    target.staying[field.by] = index
  end
  return index
end

local function resolve(of, node, field, text, place)
  if references.is_word(field, text) then
    return text
  end
  local target = of:target(node.scope, field)
  if not target then
    if not text:find("^%d+$") then
      of:report(place, ("no name can stand here, as the library does not know the %s of the account: give the id")
        :format(field.outside))
    end
    return field.as == "integer" and tonumber(text) or text
  end
  local index, item = index_of(target, field), target.resource.item
  local found = index.ids[text] and { index.ids[text] } or index.names[text] or {}
  if #found == 1 then
    return setmetatable({ node = found[1], field = field }, Reference)
  elseif #found > 1 then
    of:report(place, ("%d items of %s are named %s: give the id"):format(#found, target.resource.name,
      names.quoted(text)))
  else
    of:report(place, ("no %s, in the account or in this document, is named %s%s"):format(item, names.quoted(text),
      names.hint(text, index.names)))
  end
  return text
end

--- What an item is to be, with references in the place of names.
---@param of azion.plan.World
---@param node azion.plan.Node
---@return table
function references.resolve(of, node)
  return values.map_item(node.scope.resource, node.wanted, node.item, function(field, value, at)
    if field.kind == "reference" and type(value) == "string" then
      return resolve(of, node, field, value, node.place .. "." .. at)
    end
    return value
  end)
end

--- The items that a value refers to.
---@param of azion.plan.World
---@param node azion.plan.Node
---@param item table wanted (resolved), or as it is in the account
---@param visit fun(node: azion.plan.Node, at: string)
function references.each(of, node, item, visit)
  values.map_item(node.scope.resource, item, node.item, function(field, value, at)
    if references.is(value) then
      visit(value.node, at)
    elseif field.kind == "reference" then
      local target = of:target(node.scope, field)
      local found = target and target.is_read and references.by_id(target, field, value)
      if found then
        visit(found, at)
      end
    end
    return value
  end)
end

--- The item of a collection whose id a field holds.
---@param target azion.plan.Scope
---@param field azion.Field
---@param id any
---@return azion.plan.Node?
function references.by_id(target, field, id)
  target.ids = target.ids or {}
  local ids = target.ids[field.by]
  if not ids then
    ids = {}
    for _, node in ipairs(target.nodes) do
      local text = node.item and world.id_text(node.item[field.by])
      if text then
        ids[text] = node
      end
    end
    target.ids[field.by] = ids
  end
  return ids[world.id_text(id) or false]
end

-- As the API spells it: a JSON reader of another library may have made a float of an id.
local function spelled(field, value)
  if type(value) ~= "number" then
    return value
  elseif field.also or field.as == "text" then
    return kinds.digits(value) or value
  elseif field.kind == "integer" or field.kind == "reference" or field.kind == "choice" then
    return math.tointeger and math.tointeger(value) or value
  end
  return value
end

--- An item as it is sent: with the ids in the place of references, and what `missing(reference)` gives where there is no
--- item yet.
---@param resource azion.Resource
---@param item table
---@param base? table
---@param missing fun(reference: azion.plan.Reference): any
---@return table
function references.fill(resource, item, base, missing)
  return values.map_item(resource, item, base, function(field, value)
    if references.is(value) then
      local id = references.id(value)
      return id == nil and missing(value) or id
    end
    return spelled(field, value)
  end)
end

--- Stands for the id of an item that is not there yet, where only kinds are looked at.
---@param reference azion.plan.Reference
---@return any
function references.placeholder(reference)
  return reference.field.as == "text" and "0" or 0
end

return references
