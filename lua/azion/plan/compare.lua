--- Whether what is there is what is wanted: by the kinds of the description, so that another spelling of the same is
--- the same.
local core = require "azion.core"
local kinds = require "azion.api.kinds"
local pruning = require "azion.plan.pruning"
local references = require "azion.plan.references"
local values = require "azion.plan.values"
local walk = require "azion.api.walk"
local worlds = require "azion.plan.world"

local compare = {}

local null = core.null

local same

local function is_absent(value)
  return value == nil or value == null
end

--- Equal as a whole; an empty list is an empty object, and null is as good as absent.
---@param left any
---@param right any
---@return boolean
function compare.deep(left, right)
  if type(left) ~= "table" or type(right) ~= "table" then
    return left == right or is_absent(left) and is_absent(right)
  end
  for key, value in next, left do
    if not compare.deep(value, right[key]) then
      return false
    end
  end
  for key, value in next, right do
    if left[key] == nil and not is_absent(value) then
      return false
    end
  end
  return true
end

local function text_of(field, value)
  if (field.also or field.as == "text" or field.kind == "reference") and type(value) == "number" then
    value = kinds.digits(value) or value
  end
  return field.trimmed and type(value) == "string" and value:match("^%s*(.-)%s*$") or value
end

-- A word of the API in the place of an id means what the API makes and keeps.
local function is_meant_by_word(context, field, word, id)
  local target = references.is_word(field, word) and context.world:target(context.scope, field)
  local node = target and references.by_id(target, field, id)
  if not node then
    return word == id
  end
  return pruning.is_kept_by_api(target.resource, node.item)
end

--- Whether a service shows stars in the place of a secret.
---@param field azion.Field
---@param value any
---@return boolean
function compare.is_masked(field, value)
  return field.secret ~= nil and type(value) == "string" and value:find("^%*+$") ~= nil
end

local function same_reference(context, field, wanted, actual)
  if references.is(wanted) then
    local id = references.id(wanted)
    return id ~= nil and worlds.id_text(id) == worlds.id_text(actual)
  elseif type(wanted) == "string" and references.is_word(field, wanted) then
    return is_meant_by_word(context, field, wanted, actual)
  end
  return worlds.id_text(wanted) == worlds.id_text(actual)
end

-- Of texts and numbers a count does, however many there are.
local function scalar_counts(list, field)
  local counts = {}
  for _, entry in ipairs(list) do
    local key = references.is(entry) and references.id(entry) or entry
    if type(key) == "table" or key == nil or key ~= key then
      return nil
    end
    key = field.kind == "reference" and worlds.id_text(key) or text_of(field, key)
    counts[key] = (counts[key] or 0) + 1
  end
  return counts
end

local function same_bag(context, field, wanted, actual, wanted_scope, actual_scope)
  local left, right = scalar_counts(wanted, field.of), scalar_counts(actual, field.of)
  if left and right then
    return compare.deep(left, right)
  end
  local used = {}
  for _, entry in ipairs(wanted) do
    local found = false
    for position, other in ipairs(actual) do
      if not found and not used[position] and same(context, field.of, entry, other, wanted_scope, actual_scope) then
        used[position], found = true, true
      end
    end
    if not found then
      return false
    end
  end
  return true
end

local function as_list(value)
  if is_absent(value) then
    return {}
  end
  return kinds.is_list(value) and value or { value }
end

local function same_list(context, field, wanted, actual, wanted_scope, actual_scope)
  wanted, actual = as_list(wanted), as_list(actual)
  if #wanted ~= #actual then
    return false
  elseif field.unordered then
    return same_bag(context, field, wanted, actual, wanted_scope, actual_scope)
  end
  for position, entry in ipairs(wanted) do
    if not same(context, field.of, entry, actual[position], wanted_scope, actual_scope) then
      return false
    end
  end
  return true
end

local function same_object(context, field, wanted, actual, wanted_scope, actual_scope)
  if type(wanted) ~= "table" or is_absent(actual) and field.nullable then
    return false
  end
  local base = is_absent(actual) and {} or actual
  if type(base) ~= "table" then
    return false
  end
  local inner, other = values.inner(field, wanted, wanted_scope), values.inner(field, base, actual_scope)
  inner.base, inner.mode = base, "update"
  for name, value in next, wanted do
    local member = field.by_name[name]
    if not member then
      if not compare.deep(value, base[name]) then
        return false
      end
    elseif compare.counts(member, inner) and not same(context, member, value, base[name], inner, other) then
      return false
    end
  end
  return true
end

--- Whether a field is compared at all: it is not read-only, is kept, and is there in this variant.
---@param field azion.Field
---@param scope azion.Scope what is wanted, over what is there
---@return boolean
function compare.counts(field, scope)
  local member = values.member(scope)
  return not field.read_only and not (field.not_kept and walk.holds(field.not_kept, member))
end

-- What stands for nothing, in both, is the same nothing; a default is what an absent member is.
local function same_empty(field, wanted, actual)
  if is_absent(wanted) and is_absent(actual) then
    return true
  elseif field.blank and kinds.is_empty(wanted, field) and kinds.is_empty(actual, field) then
    return true
  end
  return type(wanted) == "table" and type(actual) == "table" and next(wanted) == nil and next(actual) == nil
end

function same(context, field, wanted, actual, wanted_scope, actual_scope)
  if same_empty(field, wanted, actual) then
    return true
  end
  local case, known = values.case(field, wanted_scope)
  if not case then
    return known and kinds.is_empty(wanted, field) and kinds.is_empty(actual, field)
      or not known and compare.deep(text_of({ also = true }, wanted), text_of({ also = true }, actual))
  elseif case ~= values.case(field, actual_scope) then
    return false
  elseif wanted == null and not case.nullable then
    return case.default == nil or same(context, case, case.default, actual, wanted_scope, actual_scope)
  elseif actual == nil and case.default ~= nil then
    actual = case.default
  end
  if same_empty(case, wanted, actual) then
    return true
  elseif compare.is_masked(case, actual) then
    context.has_masked = true
    return true
  elseif case.kind == "list" then
    return same_list(context, case, wanted, actual, wanted_scope, actual_scope)
  elseif case.kind == "object" then
    return same_object(context, case, wanted, actual, wanted_scope, actual_scope)
  elseif case.kind == "own_object" then
    return compare.deep(wanted, actual)
  elseif case.kind == "reference" then
    return same_reference(context, case, wanted, actual)
  end
  return text_of(case, wanted) == text_of(case, actual)
end

--- Whether a field of an item is as it is wanted.
---@param context { world: azion.plan.World, scope: azion.plan.Scope }
---@param field azion.Field
---@param wanted table the item
---@param actual table the item
---@param seen? any the value that is there, if it is shown under another name
---@return boolean
function compare.field(context, field, wanted, actual, seen)
  local resource = context.scope.resource
  if seen == nil then
    seen = actual[field.name]
  end
  return same(context, field, wanted[field.name], seen, values.scope(resource, wanted, actual),
    values.scope(resource, actual))
end

compare.same = same

return compare
