--- Documents of several files, made one.
local catalog = require "azion.command.catalog"
local kinds = require "azion.api.kinds"
local input = require "azion.command.input"
local status = require "azion.command.status"
local values = require "azion.command.values"

local document = {}

local function keys_of(name)
  local keys, names = {}, {}
  for _, version in ipairs(catalog.versions_of(name)) do
    local resource = catalog.find(version, name)
    keys[resource.key] = true
    local naming = resource.named_by and resource.named_by[1]
    names[type(naming) == "table" and naming[1] or naming or "name"] = true
  end
  return keys, names
end

local function value_among(item, names)
  for name in pairs(names) do
    if type(item) == "table" and item[name] ~= nil then
      return kinds.digits(item[name]) or tostring(item[name])
    end
  end
end

-- What tells an item from the others: its key, else its name.
local function identity_of(item, keys, names)
  return value_among(item, keys) or value_among(item, names)
end

local function add(whole, origin, name, items, path)
  local list = values.is_list(items) and items or type(items) == "table" and next(items) ~= nil and { items } or items
  if type(list) ~= "table" then
    whole[name] = items -- for the plan to refuse
    return
  end
  local keys, names = keys_of(name)
  local seen = origin[name] or {}
  origin[name] = seen
  whole[name] = whole[name] or {}
  for _, item in ipairs(list) do
    local identity = identity_of(item, keys, names)
    if identity and seen[identity] then
      status.refuse('%s "%s" is in %s and in %s', name, identity, seen[identity], path)
    end
    table.insert(whole[name], item)
  end
  for _, item in ipairs(list) do -- twice in one file is for the plan to judge
    local identity = identity_of(item, keys, names)
    if identity then
      seen[identity] = path
    end
  end
end

--- Reads files as one document.
---@param paths string[]
---@return table document
---@return string[] names of its collections
function document.read(paths)
  if #paths == 1 then
    local only = input.document(paths[1])
    return only, values.names(only)
  end
  local whole, origin = {}, {}
  for _, path in ipairs(paths) do
    local part = input.document(path)
    for _, name in ipairs(values.names(part)) do
      add(whole, origin, name, part[name], path)
    end
  end
  return whole, values.names(whole)
end

return document
