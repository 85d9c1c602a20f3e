-- An item's values, found by the description of its resource.

local json = require "azion.sandbox.model.json"
local kinds = require "azion.api.kinds"
local walk = require "azion.api.walk"

local values = {}

local visit_members

-- Calls fn(field, value, at, holder, key) for a value and for all that it holds.
local function visit(field, value, at, scope, holder, key, fn)
  if value == nil or value == json.null then
    return
  elseif field.kind == "one_of" then
    local case = walk.case(field, (walk.member(scope, field.by)))
    return case and visit(case, value, at, scope, holder, key, fn)
  end
  fn(field, value, at, holder, key)
  if field.kind == "list" and kinds.is_list(value) then
    for position, entry in ipairs(value) do
      visit(field.of, entry, at .. "." .. position, scope, value, position, fn)
    end
  elseif field.kind == "object" and kinds.is_object(value) then
    visit_members(field, value, at .. ".", scope, fn)
  end
end

function visit_members(holder, given, prefix, outer, fn)
  local scope = { holder = holder, given = given, outer = outer, mode = "create" }
  for _, field in ipairs(holder.fields) do
    visit(field, given[field.name], prefix .. field.name, scope, given, field.name, fn)
  end
end

--- Calls `fn` for every value that is not null.
---@param resource azion.Resource|azion.ResourceMethod
---@param item table
---@param fn fun(field: azion.Field, value: any, at: string, holder: table, key: string|integer) `at`: its dotted
---   name; holder[key] is the value
function values.each(resource, item, fn)
  visit_members(resource, item, "", nil, fn)
end

--- The same for references only.
---@param resource azion.Resource|azion.ResourceMethod
---@param item table
---@param fn fun(field: azion.Field, value: any, at: string, holder: table, key: string|integer)
function values.each_reference(resource, item, fn)
  values.each(resource, item, function(field, ...)
    if field.kind == "reference" then
      fn(field, ...)
    end
  end)
end

--- What stands under a dotted name; null and absent members have nothing in them.
---@param value any
---@param at string
---@return any
function values.at(value, at)
  for name in at:gmatch "[^.]+" do
    if type(value) ~= "table" then
      return nil
    end
    value = value[tonumber(name) or name]
  end
  return value
end

return values
