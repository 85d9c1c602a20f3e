-- What refers to what, both ways.

local values = require "azion.sandbox.v4.values"
local walk = require "azion.api.walk"

local references = {}

local function is_same(left, right)
  return left == right or (type(left) == "number" and ("%d"):format(left) == right)
end

--- The entry that a value means; nil where it means none.
--- @param store azion.sandbox.Store
--- @param holder azion.Resource|azion.ResourceMethod whose field it is
--- @param parent table|nil entry that the holder's items are below
--- @param field azion.Field
--- @param value any
--- @return table|nil entry
function references.find(store, holder, parent, field, value)
  local target = store.resources.by_name[field.to]
  local list = store:list(target, walk.is_sibling(holder, target) and parent or nil)
  for _, entry in ipairs(list) do
    if is_same(entry.item[field.by], value) then
      return entry
    end
  end
end

local function is_within(entry, outer)
  while entry do
    if entry == outer then
      return true
    end
    entry = entry.parent
  end
  return false
end

--- How many values refer to an entry from outside it.
--- @param store azion.sandbox.Store
--- @param entry table
--- @return integer count
--- @return table|nil holder the first entry that does
function references.count(store, entry)
  local count, first = 0, nil
  for _, holder in ipairs(store.resources) do
    local sibling = walk.is_sibling(holder, entry.resource)
    store:each(holder, function(other)
      if is_within(other, entry) or (sibling and other.parent ~= entry.parent) then
        return nil
      end
      values.each_reference(holder, other.item, function(field, value)
        if field.to == entry.resource.name and is_same(entry.item[field.by], value) then
          count, first = count + 1, first or other
        end
      end)
    end)
  end
  return count, first
end

return references
