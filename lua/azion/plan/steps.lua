--- The steps of a plan: what is created, changed, ordered and deleted, as people see it and as it is carried out.
local differences = require "azion.plan.differences"
local names = require "azion.plan.names"
local ordering = require "azion.plan.ordering"
local pruning = require "azion.plan.pruning"
local references = require "azion.plan.references"
local values = require "azion.plan.values"

local steps = {}

---@class azion.plan.Step
---@field action "create"|"update"|"delete"|"order"
---@field scope azion.plan.Scope
---@field node? azion.plan.Node
---@field place string
---@field shown table what `plan.steps` has
---@field may_be_done? boolean nothing may have to be sent for it
---@field follows? azion.plan.Step it has to be over, whether it was done or not
---@field needs table<azion.plan.Step, true>
---@field need_list azion.plan.Step[]

local masked = "***"

-- A value for people: names for ids, nothing secret.
local function shown_value(world, node, field, value, item)
  if value == nil then
    return nil
  end
  return values.map(field, value, values.scope(node.scope.resource, item, node.item), function(part, inner)
    if part.secret and inner ~= "" then
      return masked
    elseif references.is(inner) then
      return names.referred(inner.node) or references.id(inner)
    elseif part.kind == "reference" then
      local target = world:target(node.scope, part)
      local found = target and target.is_read and references.by_id(target, part, inner)
      return found and names.referred(found) or inner
    end
    return inner
  end)
end

local function changes_of(world, node, fields, to, item)
  local changes = {}
  for _, field in ipairs(fields) do
    local seen, is_shown
    if item then
      seen, is_shown = differences.seen(field, item, node.scope.resource)
    end
    changes[field.name] = {
      from = is_shown and shown_value(world, node, field, seen, item) or nil,
      to = shown_value(world, node, field, to[field.name], to),
    }
  end
  return changes
end

local function new_step(scope, action, node, changes)
  local parent = scope.parent
  return { action = action, scope = scope, node = node, place = node and node.place or scope.place,
    shown = {
      action = action, resource = scope.resource.name, name = node and names.of(node) or nil,
      parent = parent and names.of(parent) or nil, phase = scope.phase, changes = changes or {},
    } }
end

local function given_fields(node)
  local fields = {}
  for _, field in ipairs(node.scope.resource.fields) do
    fields[#fields + 1] = node.resolved[field.name] ~= nil and field or nil
  end
  return fields
end

-- It comes as it is: the document names it, to have it or what belongs to it.
local function is_only_named(node)
  for name in pairs(node.resolved) do
    if name ~= (node.scope.resource.named_by or {})[1] then
      return false
    end
  end
  return true
end

-- Whether what comes with another item is certainly not as it is wanted.
local function differs_from_defaults(world, node)
  for _, field in ipairs(differences.between(world, node, node.resolved, {})) do
    if field.default ~= nil then
      return true
    end
  end
  return false
end

local function step_for(world, node)
  local scope = node.scope
  if not node.item and not node.is_coming and scope.resource.lacks.create then
    world:report(node.place, ("cannot be created: the API has no POST for %s"):format(scope.resource.name))
  elseif not node.item then
    local body = differences.create(node, node.resolved)
    node.body = body
    if not node.is_coming then
      differences.judge(world, node, body)
    elseif is_only_named(node) then
      return nil
    end
    local step = new_step(scope, node.is_coming and "update" or "create", node, changes_of(world, node,
      given_fields(node), node.resolved))
    step.may_be_done = node.is_coming and not differs_from_defaults(world, node)
    return step
  end
  local body, changed, secrets = differences.update(world, node, node.resolved, node.item)
  node.body = body
  if body then
    differences.judge(world, node, body, changed, secrets)
    return new_step(scope, "update", node, changes_of(world, node, changed, body, node.item))
  end
end

local function shown_names(nodes)
  local list = {}
  for position, node in ipairs(nodes) do
    list[position] = names.of(node)
  end
  return list
end

local function order_step(scope)
  local from, to = ordering.change(scope)
  if not from then
    return nil
  end
  return new_step(scope, "order", nil, {
    [scope.resource.ordered_by] = { from = shown_names(from), to = shown_names(to) },
  })
end

-- Deletions stand the other way round.
local function deletions(world)
  local list = {}
  for position = #world.scopes, 1, -1 do
    local scope = world.scopes[position]
    for at = #scope.nodes, 1, -1 do
      local node = scope.nodes[at]
      if node.is_doomed and not pruning.is_doomed(scope.parent) then
        node.step = new_step(scope, "delete", node)
        list[#list + 1] = node.step
      end
    end
  end
  return list
end

--- All steps, not yet in order; what makes one impossible is reported to the world.
---@param world azion.plan.World
---@return azion.plan.Step[]
function steps.gather(world)
  local list = {}
  for _, scope in ipairs(world.scopes) do
    for _, node in ipairs(scope.nodes) do
      if node.wanted and not node.is_wrong then
        node.step = step_for(world, node)
        list[#list + 1] = node.step
      end
    end
    list[#list + 1] = order_step(scope)
  end
  for _, step in ipairs(deletions(world)) do
    list[#list + 1] = step
  end
  return list
end

return steps
