--- What is there: the collections that a document mentions, and those that its names lead to, side by side. Nothing
--- but GETs.
local matching = require "azion.plan.matching"
local references = require "azion.plan.references"
local walk = require "azion.api.walk"

local reading = {}

-- What the lists of a resource do not show, in a set; nil where they show everything.
local function missing_in_lists(resource)
  if not walk.lists_less(resource) then
    return nil
  end
  local shown, missing = {}, {}
  for _, name in ipairs(resource.lists.give or {}) do
    shown[name] = true
  end
  for _, field in ipairs(resource.fields) do
    missing[field.name] = resource.lists.give ~= nil and not shown[field.name]
  end
  for _, name in ipairs(resource.lists.lack or {}) do
    missing[name] = true
  end
  return missing
end

-- Whether the document speaks of fields that the list has not shown.
local function needs_whole(world, node)
  local missing = missing_in_lists(node.scope.resource)
  if not missing or not node.item or node.is_whole then
    return false
  elseif world.reads_all then
    return true
  end
  for name in pairs(node.wanted or {}) do
    if missing[name] and not node.scope.resource.by_name[name].write_only then
      return true
    end
  end
  return false
end

local function read_list(world, scope)
  local items, err = world:items(scope)
  scope.items, scope.is_read = items, items ~= nil
  return items, err
end

local function read_whole(world, node)
  local item, err = world:collection(node.scope):get(node.item)
  if not item then
    return nil, err
  end
  for name, value in pairs(item) do
    node.item[name] = value
  end
  node.is_whole = true
  return true
end

local function gather(world)
  local tasks = {}
  for _, scope in ipairs(world.scopes) do
    local is_there = not scope.parent or scope.parent.item ~= nil
    if scope.is_wanted and not scope.is_read and is_there then
      tasks[#tasks + 1] = { scope = scope }
    elseif not scope.is_read and not is_there and scope.parent.scope.is_read then
      matching.expect(world, scope)
    end
    for _, node in ipairs(scope.is_read and scope.nodes or {}) do
      if needs_whole(world, node) then
        tasks[#tasks + 1] = { node = node }
      end
    end
  end
  return tasks
end

--- Reads on until nothing is missing. `want(world)` marks what else is wanted, given what is known by now.
---@param world azion.plan.World
---@param want fun(world: azion.plan.World)
---@return azion.Error? err
function reading.run(world, want)
  while true do
    for _, scope in ipairs(world.scopes) do
      for _, node in ipairs(scope.nodes) do
        if node.wanted then
          references.want_targets(world, node)
        end
      end
    end
    want(world)
    local tasks = gather(world)
    if #tasks == 0 then
      return nil
    end
    local results, failures = world.client:map(tasks, function(task)
      return (task.scope and read_list or read_whole)(world, task.scope or task.node)
    end)
    if not results then
      return failures
    elseif failures[1] then
      return failures[1].err
    end
    for _, task in ipairs(tasks) do
      if task.scope then
        matching.match(world, task.scope)
      end
    end
  end
end

return reading
