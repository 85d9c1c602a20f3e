--- What goes: items of the collections that the document lists which it does not name.
local core = require "azion.core"
local names = require "azion.plan.names"
local references = require "azion.plan.references"
local walk = require "azion.api.walk"

local pruning = {}

local function comes_with_parent(scope, node)
  return scope.resource.comes_with_parent == true or names.coming(scope)[names.of(node)] ~= nil
end

--- Whether the API makes and keeps an item by itself.
---@param resource azion.Resource
---@param item table
---@return boolean
function pruning.is_kept_by_api(resource, item)
  local condition = resource.kept_by_api
  return condition ~= nil and walk.holds(condition, function(name)
    return item[name], item[name] ~= core.null
  end) == true
end

--- Whether an item goes, or something that it belongs to.
---@param node? azion.plan.Node
---@return boolean
function pruning.is_doomed(node)
  while node do
    if node.is_doomed then
      return true
    end
    node = node.scope.parent
  end
  return false
end

--- Marks what is to be deleted in the collections that have been read.
---@param world azion.plan.World
function pruning.mark(world)
  for _, scope in ipairs(world.scopes) do
    if scope.is_listed and scope.is_read and not scope.is_pruned and not scope.resource.lacks.delete
      and not names.is_alone(scope.resource) then
      scope.is_pruned = true
      for _, node in ipairs(scope.nodes) do
        node.is_doomed = not node.wanted and node.item ~= nil and not comes_with_parent(scope, node)
          and not pruning.is_kept_by_api(scope.resource, node.item) or nil
      end
    end
  end
end

-- The resources whose items may refer to those of another one.
local function referrers(world, name)
  local found = {}
  for _, resource in ipairs(world.resources) do
    local refers = false
    walk.each_field(resource, function(field)
      refers = refers or field.to == name
    end)
    if refers and resource.in_documents ~= false then
      found[#found + 1] = resource
    end
  end
  return found
end

--- Marks for reading what may refer to items that are to be deleted.
---@param world azion.plan.World
function pruning.want_referrers(world)
  for _, scope in ipairs(world.scopes) do
    local has_doomed = false
    for _, node in ipairs(scope.nodes) do
      has_doomed = has_doomed or node.is_doomed or false
    end
    for _, resource in ipairs(has_doomed and referrers(world, scope.resource.name) or {}) do
      local parents = { scope.parent }
      if resource.parent and not walk.is_sibling(resource, scope.resource) then
        local above = world:scope(world.resources.by_name[resource.parent])
        above.is_wanted, parents = true, above.nodes
      elseif not resource.parent then
        parents = { false }
      end
      for _, parent in ipairs(parents) do
        for _, other in ipairs(pruning.is_doomed(parent or nil) and {} or world:scopes_of(resource, parent or nil)) do
          other.is_wanted = true
        end
      end
    end
  end
end

--- Reports what cannot be deleted because something that stays refers to it.
---@param world azion.plan.World
function pruning.judge(world)
  for _, scope in ipairs(world.scopes) do
    for _, node in ipairs(scope.nodes) do
      if not pruning.is_doomed(node) and (node.item or node.body) then
        local final = {}
        for _, part in ipairs({ node.item or {}, node.body }) do
          for name, value in pairs(part) do
            final[name] = value
          end
        end
        references.each(world, node, final, function(meant)
          if pruning.is_doomed(meant) then
            world:report(meant.place, ("cannot be deleted: %s refers to it"):format(node.place))
          end
        end)
      end
    end
  end
end

return pruning
