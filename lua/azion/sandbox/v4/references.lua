-- What refers to what, both ways.

local values = require "azion.sandbox.model.values"
local walk = require "azion.api.walk"

local references = {}

local function is_same(left, right)
  return left == right or (type(left) == "number" and ("%d"):format(left) == right)
end

--- The entry that a value means; nil where it means none.
---@param store azion.sandbox.Store
---@param holder azion.Resource|azion.ResourceMethod whose field it is
---@param parent table|nil entry that the holder's items are below
---@param field azion.Field
---@param value any
---@return table|nil entry
function references.find(store, holder, parent, field, value)
  local target = store.resources.by_name[field.to]
  local list = store:list(target, walk.is_sibling(holder, target) and parent or nil)
  for _, entry in ipairs(list) do
    if is_same(entry.item[field.by], value) then
      return entry
    end
  end
end

-- Whether items of a resource may refer to those of another.
local function may_refer(holder, name)
  local found = false
  walk.each_field(holder, function(field)
    found = found or field.to == name
  end)
  return found
end

--- How many values refer to an entry. Nothing refers to what it is itself below, and keys are unique in an account.
---@param store azion.sandbox.Store
---@param entry table
---@return integer count
---@return table|nil holder the first entry that does
function references.count(store, entry)
  local count, first = 0, nil
  local function count_in(holder)
    store:each(holder, function(other)
      values.each_reference(holder, other.item, function(field, value)
        if field.to == entry.resource.name and is_same(entry.item[field.by], value) then
          count, first = count + 1, first or other
        end
      end)
    end)
  end
  for _, holder in ipairs(store.resources) do
    if may_refer(holder, entry.resource.name) then
      count_in(holder)
    end
  end
  return count, first
end

return references
