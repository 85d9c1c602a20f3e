--- The account, or parts of it, as a document.
local carried = require "azion.plan.carried"
local check = require "azion.api.check"
local core = require "azion.core"
local elsewhere = require "azion.api.elsewhere"
local errors = require "azion.client.errors"
local names = require "azion.plan.names"
local pruning = require "azion.plan.pruning"
local reading = require "azion.plan.reading"
local walk = require "azion.api.walk"
local worlds = require "azion.plan.world"

local export = {}

local export_scopes

local function exported_item(world, node, is_unique)
  local resource = node.scope.resource
  local item = carried.item(world, node)
  if not is_unique then
    item[resource.key] = node.item[resource.key]
    carried.omit(world, node.place, "its name is not unique: it has its key, and fits this account only")
  end
  export_scopes(world, item, resource.name, node)
  return item
end

-- A private key is never shown, so that what has one cannot be made again.
local function has_private_key(resource)
  for _, field in ipairs(resource.fields) do
    if field.write_only and field.secret then
      return true
    end
  end
  return false
end

-- Whether references have a word for what the API makes: "lets_encrypt".
local function has_word(world, resource)
  local found = false
  for _, other in ipairs(world.resources) do
    walk.each_field(other, function(field)
      found = found or field.to == resource.name and field.words ~= nil
    end)
  end
  return found
end

local function omit_certificate(world, node, is_kept)
  if not is_kept then
    carried.omit(world, node.place, "uploaded, with a private key that the API does not show")
  elseif not has_word(world, node.scope.resource) then
    carried.omit(world, node.place, "issued by the API: another account has to request its own")
  end
end

local function sorted_nodes(world, scope)
  local nodes, field = {}, scope.resource.ordered_by
  for position, node in ipairs(scope.nodes) do
    local is_kept = pruning.is_kept_by_api(scope.resource, node.item) and not scope.resource.comes_with_parent
    if has_private_key(scope.resource) then
      omit_certificate(world, node, is_kept)
    elseif not is_kept and (not scope.chosen or scope.chosen[names.referred(node) or false]) then
      nodes[#nodes + 1] = { node = node, position = position, name = names.of(node) or "",
        rank = field and tonumber(node.item[field]) or 0 }
    end
  end
  table.sort(nodes, function(left, right)
    if left.rank ~= right.rank then
      return left.rank < right.rank
    elseif left.name ~= right.name and not field then
      return left.name < right.name
    end
    return left.position < right.position
  end)
  return nodes
end

local function exported_list(world, scope)
  local list, counts = setmetatable({}, core.array_metatable), {}
  local resource = scope.resource
  for _, node in ipairs(scope.nodes) do
    local identity = names.identity(resource, node.item) or false
    counts[identity] = (counts[identity] or 0) + 1
  end
  for position, entry in ipairs(sorted_nodes(world, scope)) do
    local identity = names.identity(resource, entry.node.item)
    local is_unique = names.is_alone(resource) or identity ~= nil and counts[identity] == 1
    list[position] = exported_item(world, entry.node, is_unique)
  end
  return list
end

function export_scopes(world, into, parent_name, parent)
  for _, resource in ipairs(world:resources_below(parent_name)) do
    for _, scope in ipairs(world:scopes_of(resource, parent)) do
      local list = scope.is_exported and exported_list(world, scope) or {}
      if list[1] then
        if names.is_alone(resource) then
          into[resource.name] = list[1]
        elseif scope.phase then
          into[resource.name] = into[resource.name] or {}
          into[resource.name][scope.phase] = list
        else
          into[resource.name] = list
        end
      end
    end
  end
end

local function want_below(world, resource, node)
  for _, child in ipairs(world:resources_below(resource.name)) do
    for _, scope in ipairs(world:scopes_of(child, node)) do
      scope.is_wanted, scope.is_exported = true, true
    end
  end
end

-- What references of the exported items lead to.
local function want_targets(world, scope)
  walk.each_field(scope.resource, function(field)
    local target = field.kind == "reference" and world:target(scope, field)
    if target then
      target.is_wanted = true
    end
  end)
end

local function want(world)
  for _, scope in ipairs(world.scopes) do
    if scope.is_exported and scope.is_read then
      want_targets(world, scope)
      for _, node in ipairs(scope.nodes) do
        if not scope.chosen or scope.chosen[names.referred(node) or false] then
          want_below(world, scope.resource, node)
        end
      end
    end
  end
end

-- Marks the parts that are asked for.
local function choose(world, parts)
  local known = {}
  for _, resource in ipairs(world:resources_below()) do
    known[resource.name] = resource
  end
  for name in pairs(parts or {}) do
    if type(name) ~= "string" then
      return errors.invalid("expected collections by their names, as in { domains = true }", tostring(name))
    elseif not known[name] then
      local nearest = check.nearest(name, known)
      return errors.invalid(elsewhere.text(name, world.resources) or nearest
        and ("unknown collection; the nearest known name is '%s'"):format(nearest) or "unknown collection", name)
    end
  end
  for name, resource in pairs(known) do
    local part = not parts or parts[name]
    if part then
      local scope = world:scope(resource)
      scope.is_wanted, scope.is_exported = true, true
      if type(part) == "table" then
        scope.chosen = {}
        for _, item in ipairs(part) do
          scope.chosen[item] = true
        end
      elseif part ~= true then
        return errors.invalid("expected true or a list of names", name)
      end
    end
  end
end

local function missing_name(world)
  for _, scope in ipairs(world.scopes) do
    local found = {}
    for _, node in ipairs(scope.nodes) do
      found[names.referred(node) or false] = true
    end
    for name in pairs(scope.chosen or {}) do
      if not found[name] then
        return errors.new { kind = "not_found", message = ("no %s is named %s%s"):format(scope.resource.item,
          names.quoted(tostring(name)), names.hint(tostring(name), found)) }
      end
    end
  end
end

--- The document that makes the account what it is.
---@param client azion.Client
---@param resources azion.Resources
---@param parts? table<string, true|string[]>
---@return table? desired
---@return azion.Error? err
---@return azion.Omitted[]? omitted
function export.run(client, resources, parts)
  local world = worlds.new(client, resources)
  world.omitted, world.reads_all = {}, true
  local err = choose(world, parts)
  err = err or reading.run(world, want)
  err = err or missing_name(world)
  if err then
    return nil, err
  end
  local desired = {}
  export_scopes(world, desired)
  local omitted = setmetatable({}, core.array_metatable)
  for position, entry in ipairs(world.omitted) do
    omitted[position] = entry
  end
  return desired, nil, omitted
end

return export
