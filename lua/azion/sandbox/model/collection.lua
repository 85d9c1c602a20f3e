-- The items of one collection. Every item has a serial number, in the order of creation, from which its key follows
-- and back. Items of the seed exist as their serial numbers only, until somebody asks for or changes them: a seed of
-- 200,000 costs a list of numbers.

local walk = require "azion.api.walk"

local collection = {}

---@class azion.sandbox.Collection
local Collection = {}
Collection.__index = Collection

-- Up to how many items their JSON is kept: writing it is most of the work of a list.
local KEPT_TEXTS = 50000

---@param row azion.sandbox.Row
---@param model azion.sandbox.Model
---@param parent integer|nil serial number of the item that the collection belongs to
---@param seeded integer number of items to begin with
---@return azion.sandbox.Collection
function collection.new(row, model, parent, seeded)
  local self = {
    row = row,
    model = model,
    parent = parent or 0,
    seeded = seeded,
    last = seeded,
    order = {},
    items = {},
    gone = {},
    sorted = {},
    texts = {},
  }
  for serial = 1, seeded do
    self.order[serial] = serial
  end
  return setmetatable(self, Collection)
end

---@param serial number
---@return boolean whether there is such an item
function Collection:holds(serial)
  return serial >= 1 and serial <= self.last and serial % 1 == 0 and not self.gone[serial]
end

---@param key string as in a path
---@return integer|nil serial
function Collection:find(key)
  local serial = self.row.serial(self, key)
  return serial and self:holds(serial) and serial or nil
end

---@param serial integer
---@return table item not to be changed
function Collection:item(serial)
  local item = self.items[serial]
  if not item then
    item = self.row.seed(self, serial)
    self.row.identify(self, serial, item)
  end
  return item
end

---@param serial integer
---@return string JSON of the item itself
function Collection:text(serial)
  local text = self.texts[serial] or self.row:text(self:item(serial))
  if #self.order <= KEPT_TEXTS then
    self.texts[serial] = text
  end
  return text
end

---@param serial integer
---@return string JSON of the item as it stands in a list
function Collection:list_text(serial)
  local row = self.row
  if not walk.lists_less(row.resource) then
    return self:text(serial)
  end
  local more = setmetatable(row.listed(self, serial), { __index = self:item(serial) })
  return row:text(more, true)
end

---@param serial integer
---@return string
function Collection:name_of(serial)
  local item = self.items[serial]
  return item and item[self.row.name_field] or self.row.seed_name(self, serial)
end

---@param name string
---@return integer|nil serial of the item with that name; nil where names may repeat
function Collection:named(name)
  if not self.names then
    self.names = {}
    for _, serial in ipairs(self.order) do
      self.names[self:name_of(serial)] = serial
    end
  end
  return not self.model.repeated_names and self.names[name] or nil
end

---@param serial integer
---@param item table|nil becomes the item; nil: there is none any more
function Collection:replace(serial, item)
  local names = self.names or {}
  if self:holds(serial) then
    names[self:name_of(serial)] = nil
  end
  self.items[serial], self.texts[serial], self.sorted = item, nil, {}
  if item then
    self.row.identify(self, serial, item)
    names[self:name_of(serial)] = serial
  end
end

---@param values table becomes the item
---@return integer serial
function Collection:insert(values)
  local serial = self.last + 1
  self:replace(serial, values)
  self.last, self.order[#self.order + 1] = serial, serial
  return serial
end

---@param serial integer
function Collection:remove(serial)
  self:replace(serial, nil)
  self.gone[serial] = true
  for position, other in ipairs(self.order) do
    if other == serial then
      return table.remove(self.order, position)
    end
  end
end

local function sort_value(value)
  return type(value) == "number" and ("%020.4f"):format(value) or tostring(value == nil and "" or value)
end

---@param field string|nil field to sort by; nil is the order of creation
---@return integer[] serial numbers in ascending order, not to be changed
function Collection:ordered(field)
  if not field or field == self.row.natural_order then
    return self.order
  end
  local list = self.sorted[field]
  if not list then
    list = {}
    local values = {}
    for position, serial in ipairs(self.order) do
      list[position] = serial
      values[serial] = field == self.row.name_field and self:name_of(serial) or sort_value(self:item(serial)[field])
    end
    table.sort(list, function(left, right)
      if values[left] ~= values[right] then
        return values[left] < values[right]
      end
      return left < right
    end)
    self.sorted[field] = list
  end
  return list
end

return collection
