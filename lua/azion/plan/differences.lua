--- What has to change of an item, what is sent for that, and why it cannot be done.
local check = require "azion.api.check"
local compare = require "azion.plan.compare"
local core = require "azion.core"
local kinds = require "azion.api.kinds"
local overlay = require "azion.plan.overlay"
local references = require "azion.plan.references"
local values = require "azion.plan.values"
local walk = require "azion.api.walk"

local differences = {}

local null = core.null

local function context_of(world, node)
  return { world = world, scope = node.scope, secrets = {} }
end

--- What the API shows of a field, and whether it shows it at all.
---@param field azion.Field
---@param item table
---@param resource azion.Resource
---@return any value
---@return boolean is_shown
function differences.seen(field, item, resource)
  local name = field.shown_as or field.name
  local value = item[name]
  local hides = field.hidden and walk.holds(field.hidden, values.member(values.scope(resource, item)))
  local is_shown = not (field.write_only and not field.shown_as) and not hides and not compare.is_masked(field, value)
    and not (field.shown_as and (value == nil or value == null))
  return value, is_shown
end

local function is_for_creation(field)
  return field.create_only == true and field.write_only
end

--- The fields that differ, and those that are given but cannot be seen.
---@param world azion.plan.World
---@param node azion.plan.Node
---@param wanted table resolved
---@param item table
---@return azion.Field[] changed in the API's order
---@return azion.Field[] unseen
function differences.between(world, node, wanted, item)
  local changed, unseen, resource = {}, {}, node.scope.resource
  local context, scope = context_of(world, node), values.scope(resource, wanted, item)
  for _, field in ipairs(resource.fields) do
    if wanted[field.name] ~= nil and compare.counts(field, scope) and not is_for_creation(field) then
      local seen, is_shown = differences.seen(field, item, resource)
      local applies = not field.when or walk.holds(field.when, values.member(scope)) ~= false
      if not is_shown then
        unseen[#unseen + 1] = field
      elseif applies or not (kinds.is_empty(wanted[field.name], field) and kinds.is_empty(seen, field)) then
        context.has_masked = nil
        if not compare.field(context, field, wanted, item, seen) then
          changed[#changed + 1] = field
        elseif context.has_masked then
          unseen[#unseen + 1] = field
        end
      end
    end
  end
  return changed, unseen
end

local function set_of(fields)
  local set = {}
  for _, field in ipairs(fields) do
    set[field.name] = field
  end
  return set
end

-- What goes along with a change: what cannot be seen, and what has to be sent together.
local function complete(resource, set, unseen, wanted)
  for _, field in ipairs(unseen) do
    set[field.name] = field
  end
  for _, field in ipairs(resource.fields) do
    local other = field.sent_with and resource.by_name[field.sent_with]
    if other and (set[field.name] or set[other.name]) then
      for _, one in ipairs({ field, other }) do
        set[one.name] = wanted[one.name] ~= nil and one or set[one.name]
      end
    end
  end
end

-- The whole item, for an API that has no PATCH for it.
local function whole_body(node, wanted, item, body, secrets)
  for _, field in ipairs(node.scope.resource.fields) do
    if not field.read_only and body[field.name] == nil then
      local value, is_shown = differences.seen(field, item, node.scope.resource)
      if wanted[field.name] ~= nil then
        body[field.name] = wanted[field.name]
      elseif not is_shown or field.secret and not kinds.is_empty(value) then
        secrets[#secrets + 1] = field.name
      elseif value ~= nil then
        body[field.name] = value
      end
    end
  end
end

--- What is sent to change an item; nil if it is as it is wanted.
---@param world azion.plan.World
---@param node azion.plan.Node
---@param wanted table resolved
---@param item table as it is now
---@return table? body with references
---@return azion.Field[]? changed
---@return string[]? secrets that would have to be sent, but were only read
function differences.update(world, node, wanted, item)
  local resource, context = node.scope.resource, context_of(world, node)
  local changed, unseen = differences.between(world, node, wanted, item)
  if not changed[1] and not (world.sends_secrets and unseen[1]) then
    return nil
  end
  local set, body = set_of(changed), {}
  complete(resource, set, unseen, wanted)
  for name, field in pairs(set) do
    body[name] = overlay.field(context, field, wanted, item)
  end
  if resource.lacks.update then
    whole_body(node, wanted, item, body, context.secrets)
  end
  for _, name in ipairs(not resource.lacks.update and resource.always_sends or {}) do
    if body[name] == nil then
      body[name] = wanted[name] ~= nil and wanted[name] or item[name]
    end
  end
  local shown = {}
  for _, field in ipairs(resource.fields) do
    shown[#shown + 1] = set[field.name]
  end
  table.sort(context.secrets)
  return body, shown, context.secrets
end

-- What a creation sends: where the API takes no null, it is left out, and so is what only the API sets.
local function creatable(holder, value, scope)
  local made = {}
  for name, member in next, value do
    local field = holder.by_name[name]
    local case = field and values.case(field, scope) or field
    local is_taken = member ~= null or not field or field.nullable or (case or field).nullable
    if is_taken and not (field and field.read_only) then
      made[name] = case and case.kind == "object" and kinds.is_object(member)
        and creatable(case, member, values.inner(case, member, scope)) or member
    end
  end
  return made
end

--- What is sent to create an item.
---@param node azion.plan.Node
---@param wanted table resolved
---@return table body with references
function differences.create(node, wanted)
  local resource = node.scope.resource
  return creatable(resource, wanted, values.scope(resource, wanted))
end

local function holds_changed(condition, set)
  for name in pairs(type(condition) == "table" and condition or {}) do
    if set[name] then
      return true
    end
  end
  return false
end

local function check_whole(world, node, body, mode, set, told)
  local resource = node.scope.resource
  local filled = references.fill(resource, body, node.item, references.placeholder)
  local _, problems = check.body(resource, filled, mode, { whole = true, base = node.item })
  for _, problem in ipairs(problems or {}) do
    local top = problem.at:match("^[^.]+")
    local field = resource.by_name[top]
    local concerns = mode == "create" or node.wanted[top] ~= nil or holds_changed(field.when, set)
      or holds_changed(field.required, set)
    local is_hidden = mode == "update" and not (select(2, differences.seen(field, node.item, resource)))
    local is_short = problem.rule == "length" and problem.field.when
      and walk.holds(field.when, values.member(values.scope(resource, filled, node.item))) ~= false
    if not told[problem.at] and (problem.rule == "required" or problem.rule == "variant" or is_short)
      and concerns and not is_hidden then
      world:report(node.place .. "." .. problem.at, problem.text)
    end
  end
end

local of_case = { unknown = true, kind = true, choice = true, range = true }

-- Which members an object has may depend on a field that the document does not give and the item has.
local function check_cases(world, node)
  local _, problems = check.body(node.scope.resource, node.wanted, "update", { strict = true, whole = true,
    names = true, base = node.item })
  for _, problem in ipairs(problems or {}) do
    if of_case[problem.rule] then
      world:report(node.place .. "." .. problem.at, problem.text)
    end
  end
end

local function check_fixed(world, node, changed)
  local was = values.member(values.scope(node.scope.resource, node.item))
  for _, field in ipairs(changed) do
    if field.immutable then
      world:report(node.place .. "." .. field.name, "cannot be changed")
    elseif walk.holds(field.create_only, was) then
      world:report(node.place .. "." .. field.name, "can be set on creation only")
    end
  end
end

--- Reports what makes a creation or a change impossible.
---@param world azion.plan.World
---@param node azion.plan.Node
---@param body table
---@param changed? azion.Field[] of an item that is there
---@param secrets? string[]
function differences.judge(world, node, body, changed, secrets)
  if not changed then
    check_whole(world, node, body, "create", {}, {})
    return
  end
  local set, told = set_of(changed), {}
  check_fixed(world, node, changed)
  check_cases(world, node)
  for _, problem in ipairs(node.nulls or {}) do
    if set[problem.at:match("^[^.]+")] then
      world:report(node.place .. "." .. problem.at, problem.text)
    end
  end
  for _, at in ipairs(secrets) do
    told[at] = true
    world:report(node.place .. "." .. at, "has to be sent with this change, and a secret that was read is never sent: "
      .. "give it in the document")
  end
  check_whole(world, node, body, "update", set, told)
end

return differences
