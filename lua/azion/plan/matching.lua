--- Which items of the account the document means: by their keys, else by their names.
local names = require "azion.plan.names"
local worlds = require "azion.plan.world"

local matching = {}

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

--- Finds the items of the document among those of the account; the others follow.
---@param world azion.plan.World
---@param scope azion.plan.Scope
function matching.match(world, scope)
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

--- Below an item that is still to be created there is what comes with it.
---@param world azion.plan.World
---@param scope azion.plan.Scope
function matching.expect(world, scope)
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
  if scope.resource.comes_with_parent == true then
    find().is_coming = true
  end
  for _, name in ipairs(names.coming(scope)) do
    find(name).is_coming = true
  end
  for _, node in ipairs(scope.nodes) do
    if scope.parent.is_wrong then
      node.is_wrong = true
    elseif node.key then
      world:report(node.place, ("no %s has the %s %s"):format(scope.resource.item, node.key_field, node.key))
      node.is_wrong = true
    end
  end
end

-- Known by its key, and called like another item that the document gives no key of: one that stays, where this one is
-- renamed to it, or one of the document.
local function check_same_names(world, scope)
  local holders = {}
  for _, node in ipairs(scope.nodes) do
    if (node.item or node.wanted) and not node.key and not node.is_doomed then
      holders[names.final_identity(node) or false] = node
    end
  end
  holders[false] = nil
  for _, node in ipairs(scope.nodes) do
    local identity = node.key and node.item and names.final_identity(node)
    local other = identity and holders[identity]
    if other and (other.wanted or identity ~= names.identity(scope.resource, node.item)) then
      world:report(node.place, other.item
        and ("another item of the account has this name: give its %s, too, or another name"):format(scope.resource.key)
        or ("another item of the document is named %s, too: give it another name"):format(names.quoted(names.of(node))))
    end
  end
end

--- Reports what the account shows to be a mistake.
---@param world azion.plan.World
function matching.judge(world)
  for _, scope in ipairs(world.scopes) do
    check_same_names(world, scope)
  end
end

return matching
