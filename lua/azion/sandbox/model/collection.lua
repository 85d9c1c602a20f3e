-- The items of one collection. Every item has a serial number, in the order of creation, from which its key follows
-- and back. Items of the seed exist as their serial numbers only, until somebody asks for or changes them: a seed of
-- 200,000 costs a list of numbers.

local walk = require "azion.api.walk"

local collection = {}

---@class azion.sandbox.Collection
local Collection = {}
Collection.__index = Collection

-- How many items' JSON is kept: writing it is most of the work of a list.
local KEPT_TEXTS = 50000

---@param row table the resource's descriptor
---@param model azion.sandbox.Model
---@param parent integer|nil serial number of the item that the collection belongs to
---@param seeded integer number of items to begin with
---@return azion.sandbox.Collection
function collection.new(row, model, parent, seeded)
  local self = setmetatable({
    row = row,
    model = model,
    parent = parent or 0,
    seeded = seeded,
    last = seeded,
    order = {},
    items = {},
    sorted = {},
    texts = {},
    kept = 0,
  }, Collection)
  for serial = 1, seeded do
    self.order[serial] = serial
  end
  return self
end

-- The place of a serial number in the order of creation, which is ascending.
local function place(order, serial)
  local low, high = 1, #order
  while low <= high do
    local middle = math.floor((low + high) / 2)
    if order[middle] == serial then
      return middle
    elseif order[middle] < serial then
      low = middle + 1
    else
      high = middle - 1
    end
  end
end

---@param serial number
---@return boolean whether there is such an item
function Collection:holds(serial)
  return place(self.order, serial) ~= nil
end

---@param key string as in a path
---@return integer|nil serial
function Collection:find(key)
  local serial = self.row.serial(self, key)
  return serial and self:holds(serial) and serial
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
  local text = self.texts[serial]
  if not text then
    text = self.row:text(self:item(serial))
    if self.kept < KEPT_TEXTS then
      self.texts[serial], self.kept = text, self.kept + 1
    end
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

function Collection:name_of(serial)
  local item = self.items[serial]
  return item and item[self.row.name_field] or self.row.seed_name(self, serial)
end

local function index_names(self)
  if not self.names then
    self.names = {}
    for _, serial in ipairs(self.order) do
      self.names[self:name_of(serial)] = serial
    end
  end
  return self.names
end

---@param name string
---@return integer|nil serial of the item with that name; nil where names may repeat
function Collection:named(name)
  return not self.model.repeated_names and index_names(self)[name] or nil
end

local function forget_views(self, serial)
  self.sorted = {}
  if self.texts[serial] then
    self.texts[serial], self.kept = nil, self.kept - 1
  end
end

local function store(self, serial, values)
  self.row.identify(self, serial, values)
  self.items[serial] = values
  if self.names then
    self.names[self:name_of(serial)] = serial
  end
end

---@param values table becomes the item
---@return integer serial
function Collection:insert(values)
  local serial = self.last + 1
  self.last = serial
  store(self, serial, values)
  self.order[#self.order + 1] = serial
  forget_views(self, serial)
  return serial
end

---@param serial integer
---@param values table becomes the item
function Collection:replace(serial, values)
  if self.names then
    self.names[self:name_of(serial)] = nil
  end
  store(self, serial, values)
  forget_views(self, serial)
end

---@param serial integer
---@return table item that is gone
function Collection:remove(serial)
  local item = self:item(serial)
  if self.names then
    self.names[self:name_of(serial)] = nil
  end
  table.remove(self.order, place(self.order, serial))
  self.items[serial] = nil
  forget_views(self, serial)
  return item
end

local function sort_value(item, field)
  local value = item[field]
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
    local values, name_field = {}, self.row.name_field
    for position, serial in ipairs(self.order) do
      list[position] = serial
      values[serial] = field == name_field and self:name_of(serial) or sort_value(self:item(serial), field)
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
