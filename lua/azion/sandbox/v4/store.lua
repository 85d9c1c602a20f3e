-- What an account has: items below items, in the order of their creation.
--
-- An entry: { resource, phase, parent = entry, key = text as in a path, item = table with nulls, below = its lists }.

local store = {}

---@class azion.sandbox.Store
local Store = {}
Store.__index = Store

-- So many ids for each resource.
local SPAN = 1000000

---@param resources azion.Resources
---@param offset integer added to every id
---@return azion.sandbox.Store
function store.new(resources, offset)
  local self = setmetatable({ resources = resources, root = { below = {} }, next_id = {} }, Store)
  for position, resource in ipairs(resources) do
    self.next_id[resource.name] = 1700000000 + position * SPAN + offset + 1
  end
  return self
end

--- The list of a resource's items below another item, or of the account.
---@param resource azion.Resource
---@param parent table|nil entry
---@param phase string|nil
---@return table entries in their order; `by_key` finds them
function Store:list(resource, parent, phase)
  local below = (parent or self.root).below
  local name = phase and resource.name .. "." .. phase or resource.name
  below[name] = below[name] or { by_key = {} }
  return below[name]
end

---@param resource azion.Resource
---@return integer
function Store:new_id(resource)
  local id = self.next_id[resource.name]
  self.next_id[resource.name] = id + 1
  return id
end

local function key_text(item, resource)
  local value = item[resource.key]
  return type(value) == "number" and ("%d"):format(value) or value
end

local function renumber(list, resource)
  for position, entry in ipairs(resource.ordered_by and list or {}) do
    entry.item[resource.ordered_by] = position - 1
  end
end

---@param resource azion.Resource
---@param parent table|nil
---@param phase string|nil
---@param item table
---@return table entry
function Store:add(resource, parent, phase, item)
  local list = self:list(resource, parent, phase)
  local entry = { resource = resource, parent = parent, phase = phase, item = item, below = {} }
  entry.key = resource.key and key_text(item, resource) or ""
  list[#list + 1], list.by_key[entry.key] = entry, entry
  renumber(list, resource)
  return entry
end

--- Takes an entry out, and all that is below it.
---@param entry table
function Store:remove(entry)
  local list = self:list(entry.resource, entry.parent, entry.phase)
  list.by_key[entry.key] = nil
  for position, other in ipairs(list) do
    if other == entry then
      table.remove(list, position)
    end
  end
  renumber(list, entry.resource)
end

---@param list table
---@param entries table[] the same in another order
function store.reorder(list, entries)
  for position, entry in ipairs(entries) do
    list[position] = entry
  end
  renumber(list, entries[1].resource)
end

--- Calls `fn(entry)` for all items of a resource, whatever they are below, until it gives something.
---@param resource azion.Resource
---@param fn fun(entry: table): any
---@return any
function Store:each(resource, fn)
  local function visit(parent)
    for _, phase in ipairs(resource.phases or { false }) do
      for _, entry in ipairs(self:list(resource, parent, phase or nil)) do
        local found = fn(entry)
        if found ~= nil then
          return found
        end
      end
    end
  end
  if not resource.parent then
    return visit(nil)
  end
  return self:each(self.resources.by_name[resource.parent], visit)
end

return store
