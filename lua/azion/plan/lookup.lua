--- What is there while steps are carried out: read again, since others may have changed it.
local compare = require "azion.plan.compare"
local names = require "azion.plan.names"

local lookup = {}

--- What came with a new item gets known: one list for all of a collection.
---@param run table
---@param scope azion.plan.Scope
---@return true?
---@return azion.Error? err
function lookup.learn(run, scope)
  if scope.is_learnt then
    return true
  end
  local items, err = run.world:items(scope)
  if not items then
    return nil, err
  end
  for _, node in ipairs(scope.nodes) do
    for _, item in ipairs(node.is_coming and not node.item and items or {}) do
      if names.is_alone(scope.resource) or names.shown(scope.resource, item) == names.of(node) then
        node.item = item
      end
    end
  end
  scope.is_learnt = true
  return true
end

--- An item as it is now.
---@param run table
---@param node azion.plan.Node
---@return table? item
---@return azion.Error? err
function lookup.get(run, node)
  if names.is_alone(node.scope.resource) or node.scope.resource.lacks.get then
    local items, err = run.world:items(node.scope)
    return items and items[1], err
  end
  return run.world:collection(node.scope):get(node.item)
end

--- Remembers which fields of other items a step may change as well: a place in an order, what only one can be.
---@param run table
---@param step azion.plan.Step
function lookup.expect(run, step)
  local resource, node = step.scope.resource, step.node
  for _, field in ipairs(node and resource.fields or {}) do
    local is_shared = field.exclusive or field.name == resource.ordered_by
    if is_shared and (step.action ~= "update" or step.shown.changes[field.name]) then
      local moved = run.moved[step.scope] or {}
      run.moved[step.scope] = moved
      moved[field.name] = moved[field.name] == nil and node or true
    end
  end
end

--- The field that somebody else has changed since the plan was made.
---@param run table
---@param node azion.plan.Node
---@param item table as it is now
---@return string?
function lookup.changed(run, node, item)
  local context, moved = { world = run.world, scope = node.scope }, run.moved[node.scope] or {}
  for _, field in ipairs(node.scope.resource.fields) do
    local seen, by = node.item[field.name], moved[field.name]
    local is_ours = by ~= nil and by ~= node
    if seen ~= nil and not field.read_only and not is_ours and not compare.field(context, field, node.item, item) then
      return field.name
    end
  end
end

--- Looks for what a creation may have made; what was there before does not count.
---@param run table
---@param node azion.plan.Node
---@return table?
function lookup.created(run, node)
  local items = run.world:items(node.scope)
  local known = {}
  for _, other in ipairs(node.scope.nodes) do
    local key = other ~= node and other.item and names.key(node.scope.resource, other.item)
    known[key or false] = true
  end
  for _, item in ipairs(items or {}) do
    local key = names.key(node.scope.resource, item)
    if names.identity(node.scope.resource, item) == node.identity and not (key and known[key]) then
      return item
    end
  end
end

return lookup
