--- What is there: the collections that a document mentions, and those that its names lead to, side by side. Nothing
--- but GETs.
local names = require "azion.plan.names"
local references = require "azion.plan.references"
local walk = require "azion.api.walk"
local worlds = require "azion.plan.world"

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

local function match_alone(scope)
  local node = scope.nodes[1]
  if node and scope.items[1] then
    node.item = scope.items[1]
  elseif scope.items[1] then
    scope.nodes[1] = { scope = scope, place = scope.place, item = scope.items[1] }
  end
end

local function index_items(scope)
  local by_key, by_identity = {}, {}
  for _, item in ipairs(scope.items) do
    local found = { item = item, key = names.key(scope.resource, item) }
    local identity = names.identity(scope.resource, item)
    if found.key then
      by_key[found.key] = found
    end
    local other = worlds.id_text(item[scope.resource.referred_to_by])
    if other then
      by_key[other] = by_key[other] or found
    end
    if identity then
      by_identity[identity] = by_identity[identity] or {}
      table.insert(by_identity[identity], found)
    end
  end
  return by_key, by_identity
end

local function match_keys(world, scope, by_key)
  local taken = {}
  for _, node in ipairs(scope.nodes) do
    local found = node.key and by_key[node.key]
    if found then
      node.item, taken[found.item] = found.item, true
    elseif node.key and not scope.resource.lacks.get then
      world:report(node.place, ("no %s has the %s %s"):format(scope.resource.item, node.key_field, node.key))
      node.is_wrong = true
    end
  end
  return taken
end

local function match_names(world, scope, by_identity, taken)
  for _, node in ipairs(scope.nodes) do
    local free = {}
    for _, found in ipairs(not node.key and by_identity[node.identity] or {}) do
      if not taken[found.item] then
        free[#free + 1] = found
      end
    end
    if #free > 1 then
      world:report(node.place, ("%d items of the account have this name: give the %s of the one that is meant")
        :format(#free, scope.resource.key))
      node.is_wrong = true
    elseif free[1] then
      node.item, taken[free[1].item] = free[1].item, true
    end
  end
end

-- Finds the items of the document among those of the account; the others follow.
local function match(world, scope)
  if names.is_alone(scope.resource) then
    return match_alone(scope)
  end
  local by_key, by_identity = index_items(scope)
  local taken = match_keys(world, scope, by_key)
  match_names(world, scope, by_identity, taken)
  for _, item in ipairs(scope.items) do
    if not taken[item] then
      local shown = names.shown(scope.resource, item) or names.key(scope.resource, item) or "?"
      scope.nodes[#scope.nodes + 1] = { scope = scope, item = item,
        place = ("%s %s"):format(scope.place, names.quoted(shown)) }
    end
  end
end

-- Below an item that is still to be created there is what comes with it.
local function expect(world, scope)
  local coming = scope.resource.comes_with_parent
  scope.is_new, scope.is_read = true, true
  local function find(name)
    for _, node in ipairs(scope.nodes) do
      if not name or names.of(node) == name then
        return node
      end
    end
    local node = { scope = scope, coming_name = name, place = name and scope.place .. " " .. names.quoted(name)
      or scope.place }
    scope.nodes[#scope.nodes + 1] = node
    return node
  end
  if coming == true then
    find().is_coming = true
  elseif coming and (not coming.phase or coming.phase == scope.phase) then
    for _, name in ipairs(coming) do
      find(name).is_coming = true
    end
  end
  for _, node in ipairs(scope.nodes) do
    if node.key then
      world:report(node.place, ("no %s has the %s %s"):format(scope.resource.item, node.key_field, node.key))
      node.is_wrong = true
    end
  end
end

local function read_list(world, scope)
  local collection = world:collection(scope)
  local items, err
  if scope.resource.single then
    items, err = collection:get()
    items = items and { items }
  else
    items, err = collection:all()
  end
  if not items then
    return nil, err
  end
  scope.items, scope.is_read = items, true
  return true
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
      expect(world, scope)
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
        match(world, task.scope)
      end
    end
  end
end

return reading
