-- What version 3 makes of a body: the item, or what is wrong with it, by the description and in the sentences of the
-- API's framework.

local check = require "azion.api.check"
local fill = require "azion.api.fill"
local json = require "azion.sandbox.model.json"
local kinds = require "azion.api.kinds"
local rows = require "azion.sandbox.v3.rows"
local rules = require "azion.api.rules"
local values = require "azion.sandbox.model.values"
local walk = require "azion.api.walk"

local judge = {}

local TYPES = { string = "str", boolean = "bool", number = "int", table = "dict" }

local sentences = {
  null = "This field may not be null.",
  required = "This field is required.",
}

function sentences.kind(field, value)
  if field.or_one then
    return sentences.kind(field.of, value)
  elseif field.kind == "integer" or field.kind == "reference" then
    return "A valid integer is required."
  elseif field.kind == "boolean" then
    return "Must be a valid boolean."
  elseif field.kind == "list" and value == json.null then
    return sentences.null
  elseif field.kind == "list" or field.kind == "own_object" then
    local wanted = field.kind == "list" and "list" or "dictionary"
    return ('Expected a %s of items but got type "%s".'):format(wanted, TYPES[type(value)])
  end
  return "Not a valid string."
end

function sentences.choice(_, value)
  return ('"%s" is not a valid choice.'):format(value)
end

function sentences.range(field, value)
  local low, high = field.range[1], field.range[2]
  return value < low and ("Ensure this value is greater than or equal to %d."):format(low)
    or ("Ensure this value is less than or equal to %d."):format(high)
end

function sentences.length(field, value)
  if type(value) == "table" then
    return value[1] == nil and "This list may not be empty."
      or ("Ensure this field has no more than %d elements."):format(field.length[2])
  end
  return value:find "%S" and ("Ensure this field has no more than %d characters."):format(field.length[2])
    or "This field may not be blank."
end

function sentences.variant(_, _, text)
  return text:gsub("^can be given", "This field is allowed"):gsub('"', "") .. "."
end

local function sentence(problem, value)
  local known = sentences[problem.rule] or problem.text
  return type(known) == "string" and known or known(problem.field, value, problem.text)
end

-- Problems by dotted name, the first of each: those that the check finds, and what the framework looks at besides, which
-- are blank texts, unknown values and items in the place of ids.
local function findings(scope, weigh)
  local found = {}
  local function member(name)
    return walk.member(scope, name)
  end
  local function note(problem)
    local is_idle = problem.rule == "immutable" or walk.holds(problem.field.not_kept, member)
    local known = found[problem.at]
    if not is_idle and not (weigh and weigh(problem, scope.given)) and (not known or known.rule == "required") then
      found[problem.at] = problem
    end
  end
  local _, problems = check.body(scope.holder, scope.given, scope.mode, { whole = true, base = scope.base })
  for _, problem in ipairs(problems or {}) do
    note(problem)
  end
  values.each(scope.holder, scope.given, function(field, value, at)
    local rule
    if type(value) == "table" then
      rule = field.kind == "reference" and "kind"
    elseif field.kind == "text" and field.length and field.length[1] > 0 then
      rule = tostring(value):find "%S" == nil and "length"
    elseif field.open and scope.holder.by_name[at] then
      rule = rules.of_value({ choices = field.choices }, value)
    end
    if rule then
      note { at = at, rule = rule, field = field }
    end
  end)
  return found
end

local nest

local function nest_members(holder, given, prefix, found)
  local problems
  for _, field in ipairs(holder.fields) do
    local problem = nest(field, given[field.name], prefix .. field.name, found)
    if problem then
      problems = problems or {}
      problems[field.name] = problem
    end
  end
  return problems
end

-- Objects in a list have problems of their own; of other entries, the first problem is the list's.
local function nest_entries(field, list, at, found)
  local of = field.of
  for position, entry in ipairs(list) do
    local problem = of.kind ~= "object" and nest(of, entry, at .. "." .. position, found)
    if problem or (of.kind == "object" and not kinds.is_object(entry)) then
      return problem or json.array { "Invalid data. Expected a dictionary." }
    end
  end
  return of.kind == "object" and rows.each_problem(list, function(entry, position)
    return nest_members(of, entry, ("%s.%d."):format(at, position), found)
  end) or nil
end

function nest(field, value, at, found)
  local own, inner = found[at], nil
  if field.kind == "list" and kinds.is_list(value) and type(value) == "table" then
    inner = nest_entries(field, value, at, found)
  end
  if own and own.rule == "variant" and found[next(field.when)] then
    own = nil -- what decides is wrong itself
  end
  return inner or own and json.array { sentence(own, value) } or nil
end

-- What the API does not look at leaves the body: what only it sets or only creation takes, and fields that an item of
-- this variant does not even have. A value that has lost its place is looked at again.
local function straighten(scope)
  local given = scope.given
  local function member(name)
    return walk.member(scope, name)
  end
  for _, field in ipairs(scope.holder.fields) do
    local name = field.name
    local is_idle = field.when and walk.holds(field.when, member) == false
    local decides = is_idle and scope.holder.by_name[next(field.when)].decides
    if field.read_only or decides or (field.create_only == true and scope.mode ~= "create") then
      given[name] = nil
    elseif is_idle and scope.mode == "update" and given[name] == nil then
      given[name] = scope.base[name]
    end
  end
end

--- What an item becomes.
---@param holder azion.Resource|azion.ResourceMethod|azion.Field what describes it
---@param given table what was sent
---@param mode "create"|"overwrite"|"update"
---@param old table|nil the item as it was
---@param row table|nil { prepare, weigh, inspect }: see rows.lua
---@param collection azion.sandbox.Collection|nil for these
---@return table|nil item
---@return table|nil problems by field: lists of sentences, or of such tables
function judge.item(holder, given, mode, old, row, collection)
  row = row or {}
  local scope = { holder = holder, given = given, base = old, mode = mode }
  local own = row.prepare and row.prepare(given, old) or {}
  straighten(scope)
  local problems = nest_members(holder, given, "", findings(scope, row.weigh))
  for name, problem in pairs(own) do
    problems = problems or {}
    problems[name] = problem
  end
  problems = problems or (row.inspect and row.inspect(given, collection))
  if problems then
    return nil, problems
  end
  return fill.item(holder, given, mode, old)
end

return judge
