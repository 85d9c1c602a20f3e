--- What is sent of a field that is an object or a list: what is there, with what is wanted laid over.
local core = require "azion.core"
local compare = require "azion.plan.compare"
local kinds = require "azion.api.kinds"
local values = require "azion.plan.values"
local walk = require "azion.api.walk"

local overlay = {}

local null = core.null

---@class azion.plan.OverlayContext
---@field world azion.plan.World
---@field scope azion.plan.Scope
---@field secrets string[] places of secrets that would be sent although they were only read

-- A copy of what is there as it may be sent: without what only the API sets.
local function carry(context, field, value, scope, at)
  local case = values.case(field, scope)
  if value == null or value == nil then
    return value
  elseif (case or field).secret and not kinds.is_empty(value) then
    context.secrets[#context.secrets + 1] = at
    return nil
  elseif not case or type(value) ~= "table" or case.kind == "own_object" then
    return value
  elseif case.kind == "list" then
    local made = setmetatable({}, core.array_metatable)
    for position, entry in ipairs(value) do
      made[position] = carry(context, case.of, entry, scope, at .. "." .. position)
    end
    return made
  end
  local made, inner = {}, values.inner(case, value, scope)
  for name, member in next, value do
    local part = (case.by_name or {})[name]
    if not part then
      made[name] = member
    elseif not part.read_only then
      made[name] = carry(context, part, member, inner, at .. "." .. name)
    end
  end
  return made
end

local lay

-- What a member is sent as that has no place any more: some services lay what they get over what is there.
local function nothing_of(field)
  if field.nullable then
    return null
  end
  return kinds.is_empty(field.default, field) and field.default or nil
end

-- A null that the API does not take is as good as nothing.
local function is_given(field, value)
  return value ~= nil and (value ~= null or not field or field.nullable or field.kind == "one_of")
end

local function lay_object(context, field, wanted, actual, scope, at)
  local made, inner = {}, values.inner(field, wanted, scope)
  local before = values.inner(field, actual, scope)
  for name, value in next, actual do
    local part = field.by_name[name]
    if is_given(part, wanted[name]) then
      made[name] = nil
    elseif not part then
      made[name] = value
    elseif not part.read_only then
      inner.base, inner.mode = actual, "update"
      local member = values.member(inner)
      local is_other = part.kind == "one_of" and values.case(part, inner) ~= values.case(part, before)
      if not is_other and (not part.when or walk.holds(part.when, member) ~= false or kinds.is_empty(value)) then
        made[name] = carry(context, part, value, before, at .. "." .. name)
      elseif not is_other then
        made[name] = nothing_of(part)
      end
    end
  end
  for name, value in next, wanted do
    local part = field.by_name[name]
    if part and not part.read_only and is_given(part, value) then
      made[name] = lay(context, part, value, actual[name], inner, before, at .. "." .. name)
    elseif not part then
      made[name] = value
    end
  end
  return made
end

-- The entries that are there, by the position of the wanted ones that they correspond to: first those that are the
-- same by the members given, then by the member that tells them apart, else by position.
local function pair(context, field, wanted, actual, scope, before)
  local pairs_by, used = {}, {}
  for position, entry in ipairs(wanted) do
    for offset = 0, #actual - 1 do
      local other = (position - 1 + offset) % #actual + 1
      if not pairs_by[position] and not used[other]
        and compare.same(context, field.of, entry, actual[other], scope, before) then
        pairs_by[position], used[other] = actual[other], true
      end
    end
  end
  for position, entry in ipairs(wanted) do
    if not pairs_by[position] and field.by and type(entry) == "table" then
      for other, there in ipairs(actual) do
        if not used[other] and type(there) == "table" and there[field.by] == entry[field.by] then
          pairs_by[position], used[other] = there, true
          break
        end
      end
    elseif not pairs_by[position] and not field.by and actual[position] ~= nil and not used[position] then
      pairs_by[position], used[position] = actual[position], true
    end
  end
  return pairs_by
end

local function lay_list(context, field, wanted, actual, scope, before, at)
  local made = setmetatable({}, core.array_metatable)
  local is_plain = field.of.kind ~= "object" and field.of.kind ~= "list"
  local there = is_plain and {} or pair(context, field, wanted, actual, scope, before)
  for position, entry in ipairs(wanted) do
    local place, found = at .. "." .. position, there[position]
    made[position] = lay(context, field.of, entry, found, scope, before, place)
  end
  return made
end

function lay(context, field, wanted, actual, scope, before, at)
  local case = values.case(field, scope)
  if not case or wanted == null or actual == nil or actual == null or case ~= values.case(field, before) then
    return wanted
  elseif case.kind == "list" and kinds.is_list(wanted) and kinds.is_list(actual) then
    return lay_list(context, case, wanted, actual, scope, before, at)
  elseif case.kind == "object" and kinds.is_object(wanted) and kinds.is_object(actual) then
    return lay_object(context, case, wanted, actual, scope, at)
  end
  return wanted
end

--- What to send for a field.
---@param context azion.plan.OverlayContext
---@param field azion.Field
---@param wanted table the item
---@param actual table the item
---@return any
function overlay.field(context, field, wanted, actual)
  local resource = context.scope.resource
  return lay(context, field, wanted[field.name], actual[field.name], values.scope(resource, wanted, actual),
    values.scope(resource, actual), field.name)
end

return overlay
