--- An item as the API keeps and shows it, by its description: defaults in the place of what is not given, its own value
--- where it does not keep what was sent, ids and texts in its spelling. What no description says is for the stand-in.
local core = require "azion.core"
local kinds = require "azion.api.kinds"
local walk = require "azion.api.walk"

local fill = {}

local null = core.null

local keep_members

local function absent(field)
  if field.nullable then
    return null
  end
end

local function list_of(entries, keep)
  local list = {}
  for position, entry in ipairs(entries) do
    list[position] = keep(entry)
  end
  return setmetatable(list, core.array_metatable)
end

local function keep_text(field, value)
  local text = (field.also or field.as == "text") and kinds.digits(value) or value
  return field.trimmed and type(text) == "string" and text:match("^%s*(.-)%s*$") or text
end

local function keep(field, value, scope)
  if value == null then
    return null
  elseif field.kind == "list" then
    return list_of(kinds.is_list(value) and value or { value }, function(entry)
      return keep(field.of, entry, scope)
    end)
  elseif field.kind == "object" then
    return keep_members({ holder = field, given = value, outer = scope, mode = "create" })
  elseif field.kind == "one_of" then
    local case, known = walk.case(field, (walk.member(scope, field.by)))
    if case then
      return keep(case, value, scope)
    end
    return known and absent(field) or not known and value or nil
  end
  return keep_text(field, value)
end

local function default_of(field, scope)
  if field.kind == "one_of" then
    local case = walk.case(field, (walk.member(scope, field.by)))
    local value = case and default_of(case, scope)
    if value ~= nil then
      return value
    end
  elseif field.default ~= nil then
    return keep(field, field.default, scope)
  end
  return absent(field)
end

-- Whether an item of another variant does not even have the field.
local function is_of_variant(field, scope)
  for name in pairs(field.when or {}) do
    local around = scope
    while around do
      local decides = around.holder.by_name[name]
      if decides then
        return decides.decides or false
      end
      around = around.outer
    end
  end
  return false
end

local function keep_field(field, scope, member)
  if field.when and walk.holds(field.when, member) == false then
    if is_of_variant(field, scope) then
      return nil
    end
    return default_of(field, scope)
  elseif walk.holds(field.not_kept, member) then
    if field.kept_as ~= nil then
      return field.kept_as
    end
    return default_of(field, scope)
  end
  local value, was = scope.given[field.name], scope.base and scope.base[field.name]
  if value == nil and was ~= nil and (scope.mode == "update" or field.create_only == true) then
    return was
  elseif value == nil then
    return default_of(field, scope)
  end
  return keep(field, value, scope)
end

function keep_members(scope)
  local function member(name)
    return walk.member(scope, name)
  end
  local item = {}
  for _, field in ipairs(scope.holder.fields) do
    if not field.read_only then
      item[field.name] = keep_field(field, scope, member)
    elseif scope.base then
      item[field.name] = scope.base[field.name]
    end
  end
  return item
end

--- The item that a request makes; what only the API sets is taken from the item that was there.
---@param holder { fields: azion.Field[], by_name: table<string, azion.Field> }
---@param given table that passed a whole check
---@param mode "create"|"overwrite"|"update"
---@param base? table the item as it was
---@return table item with nulls
function fill.item(holder, given, mode, base)
  return keep_members({ holder = holder, given = given, base = base, mode = mode })
end

local function set_of(names)
  local set = {}
  for _, name in ipairs(names or {}) do
    set[name] = true
  end
  return set
end

--- The names of the fields that a reply shows of an item, in the API's order, and those whose value it hides.
---@param resource azion.Resource
---@param item table
---@param in_list? boolean
---@return string[] names
---@return table<string, true> hidden
function fill.shown(resource, item, in_list)
  local names, hidden = {}, {}
  local give, lack = resource.lists.give and set_of(resource.lists.give), set_of(resource.lists.lack)
  local function member(name)
    return item[name], true
  end
  for _, field in ipairs(resource.fields) do
    local name = field.name
    local is_left_out = field.write_only or (field.only_in_lists and not in_list)
      or (in_list and (lack[name] or give and not give[name]))
    if not is_left_out and item[name] ~= nil then
      names[#names + 1] = name
      hidden[name] = walk.holds(field.hidden, member) or nil
    end
  end
  return names, hidden
end

return fill
