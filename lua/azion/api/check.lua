--- A value held against the description of a resource, and made ready to be sent: an item in the place of an id
--- becomes its id, and a list is an array even when it is empty, at any depth. The caller's tables are never changed.
---
--- A client checks kinds and no more; unknown fields pass. `strict` refuses these as well. `whole` holds the value to
--- all that the description says (rules.lua), as the stand-in and a plan do.
local core = require "azion.core"
local kinds = require "azion.api.kinds"
local options = require "azion.client.options"
local rules = require "azion.api.rules"
local walk = require "azion.api.walk"

local check = {}

---@class azion.Problem
---@field at string the dotted name of the field: "addresses.1.address"
---@field rule "kind"|"unknown"|"null"|"choice"|"range"|"length"|"required"|"variant"|"create_only"|"immutable"
---@field text string
---@field field? azion.Field

---@class azion.CheckOptions
---@field strict? boolean
---@field whole? boolean
---@field names? boolean whether names may stand in the place of ids
---@field base? table the item that is changed

local function report(context, at, rule, text, field)
  context.problems[#context.problems + 1] = { at = at, rule = rule, text = text, field = field }
end

local function copy(given)
  local made = {}
  for key, value in next, given do
    made[key] = value
  end
  return setmetatable(made, getmetatable(given) == core.array_metatable and core.array_metatable or nil)
end

--- The known name that is near enough to a mistyped one to be what was meant.
---@param name any
---@param known table<string, any>
---@return string?
function check.nearest(name, known)
  name = tostring(name)
  local nearest, distance = options.nearest(name, known)
  local allowed = math.max(1, math.floor(#name / 3))
  return nearest and distance <= allowed and distance < #name and nearest or nil
end

--- What is said of a name that is not known.
---@param name any
---@param known table<string, any>
---@return string
function check.unknown(name, known)
  local nearest = check.nearest(name, known)
  return nearest and ("unknown; the nearest known name is '%s'"):format(nearest) or "unknown"
end

local check_value, check_members

local function check_list(context, field, list, at, scope)
  if not kinds.is_list(list) then -- a single entry in a list's place
    return check_value(context, field.of, list, at, scope)
  elseif type(list) ~= "table" then -- the mark of an empty one
    return list
  elseif next(list) == nil and getmetatable(list) ~= core.array_metatable then
    return setmetatable({}, core.array_metatable)
  end
  local made = list
  for index, entry in ipairs(list) do
    local place = at .. "." .. index
    if entry == core.null and not field.of.nullable then
      report(context, place, "kind", kinds.problem({ field.of }, entry), field.of)
    else
      local value = check_value(context, field.of, entry, place, scope)
      if value ~= entry then
        made = made == list and copy(list) or made
        made[index] = value
      end
    end
  end
  return made
end

-- An item in the place of an id.
local function id_of(context, field, item, at)
  local id = item[field.by or "id"]
  if id == nil or not kinds.fits(field, id) or (type(id) == "number" and not kinds.digits(id)) then
    report(context, at, "kind", kinds.problem({ field }, item), field)
    return item
  end
  return field.as == "text" and kinds.digits(id) or id
end

local function case_fields(field)
  local fields = {}
  for _, case in ipairs(field.cases) do
    fields[#fields + 1] = case.field
  end
  return fields
end

-- Which case is meant where the member that decides does not tell: the one that knows most of what is given.
local function likely_case(field, value)
  local best, most
  for _, candidate in ipairs(case_fields(field)) do
    local is_item = candidate.kind == "reference" and kinds.is_object(value) and value[candidate.by] ~= nil
    if is_item or kinds.fits(candidate, value) then
      local known = is_item and 1 or 0
      for name in next, candidate.kind == "object" and value or {} do
        known = known + (candidate.by_name[name] and 1 or 0)
      end
      if not best or known > most then
        best, most = candidate, known
      end
    end
  end
  return best
end

local function check_one_of(context, field, value, at, scope)
  local decided, known = walk.case(field, (walk.member(scope, field.by)))
  if known and not decided and context.whole then
    if not kinds.is_empty(value, field) then
      report(context, at, "variant", "takes nothing here", field)
    end
    return value
  end
  decided = decided or likely_case(field, value)
  if not decided then
    report(context, at, "kind", kinds.problem(case_fields(field), value), field)
    return value
  end
  return check_value(context, decided, value, at, scope)
end

function check_value(context, field, value, at, scope)
  if value ~= core.null then
    if field.kind == "one_of" then
      return check_one_of(context, field, value, at, scope)
    elseif field.kind == "reference" and kinds.is_object(value) then
      return id_of(context, field, value, at)
    elseif not (context.names and field.kind == "reference" and type(value) == "string")
      and not kinds.fits(field, value) then
      report(context, at, "kind", kinds.problem({ field }, value), field)
      return value
    end
  end
  if context.whole then
    local rule, problem = rules.of_value(field, value)
    if rule then
      report(context, at, rule, problem, field)
    end
  end
  if value == core.null then
    return value
  elseif field.kind == "list" then
    return check_list(context, field, value, at, scope)
  elseif field.kind == "object" then
    return check_members(context, { holder = field, given = value, outer = scope, mode = "create" }, at .. ".")
  end
  return value
end

local function check_places(context, scope, prefix)
  local base = scope.base or {}
  local before = { holder = scope.holder, given = base, mode = "create", outer = scope.outer }
  local function member(name)
    return walk.member(scope, name)
  end
  local function was(name)
    return walk.member(before, name)
  end
  for _, field in ipairs(scope.holder.fields) do
    local name = field.name
    if field.kind == "one_of" then
      field = walk.case(field, (member(field.by))) or field
    end
    if not field.read_only then
      local rule, problem = rules.of_place(field, scope.given[name], base[name], scope.mode, member, was)
      if rule then
        report(context, prefix .. name, rule, problem, field)
      end
    end
  end
end

function check_members(context, scope, prefix)
  local given, by_name = scope.given, scope.holder.by_name
  local made = given
  for name, given_value in next, given do
    local field = by_name[name]
    if not field then
      if context.strict then
        report(context, prefix .. tostring(name), "unknown", check.unknown(name, by_name))
      end
    elseif not field.read_only then
      local value = check_value(context, field, given_value, prefix .. name, scope)
      if value ~= given_value then
        made = made == given and copy(given) or made
        made[name] = value
      end
    end
  end
  if context.whole then
    check_places(context, scope, prefix)
  end
  return made
end

--- What to send, and what is wrong with it.
---@param holder { fields: azion.Field[], by_name: table<string, azion.Field> } a resource, or one of its methods
---@param given table
---@param mode? "create"|"overwrite"|"update"
---@param settings? azion.CheckOptions
---@return table body the given table, or a copy where something in it had to be replaced
---@return azion.Problem[]? problems in the order of the fields' names; nil if there are none
function check.body(holder, given, mode, settings)
  settings = settings or {}
  local context = { strict = settings.strict, whole = settings.whole, names = settings.names, problems = {} }
  if not kinds.is_object(given) then
    report(context, "", "kind", "expected named fields, got a list")
    return given, context.problems
  end
  local scope = { holder = holder, given = given, base = settings.base, mode = mode or "create" }
  local body = check_members(context, scope, "")
  table.sort(context.problems, function(left, right)
    if left.at ~= right.at then
      return left.at < right.at
    end
    return left.rule < right.rule
  end)
  return body, context.problems[1] and context.problems or nil
end

return check
