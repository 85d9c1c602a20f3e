--- The document: items under the names of collections, what belongs to an item inside it. All mistakes that can be
--- seen without the account are reported here.
local check = require "azion.api.check"
local core = require "azion.core"
local elsewhere = require "azion.api.elsewhere"
local kinds = require "azion.api.kinds"
local names = require "azion.plan.names"
local worlds = require "azion.plan.world"

local reader = {}

-- Judged once it is known whether an item is there already.
local depends_on_account = { required = true, variant = true, null = true, create_only = true, immutable = true }

local function unknown_text(name, what, known)
  local nearest = check.nearest(name, known)
  return nearest and ("unknown %s; the nearest known name is '%s'"):format(what, nearest) or "unknown " .. what
end

local function sorted_names(item)
  local sorted = {}
  for name in next, item do
    sorted[#sorted + 1] = name
  end
  table.sort(sorted, function(left, right) return tostring(left) < tostring(right) end)
  return sorted
end

-- The fields of an item, and the collections inside it by their names.
local function split(world, resource, given, place)
  local fields, inside, known = {}, {}, {}
  for _, child in ipairs(world:resources_below(resource.name)) do
    known[child.name] = child
  end
  for _, name in ipairs(sorted_names(given)) do
    if known[name] then
      inside[name] = given[name]
    elseif type(name) == "string" and resource.by_name[name] then
      fields[name] = given[name]
    else
      local all = {}
      for _, names_known in ipairs({ known, resource.by_name }) do
        for other in pairs(names_known) do
          all[other] = true
        end
      end
      world:report(("%s.%s"):format(place, tostring(name)), unknown_text(name, "field", all))
    end
  end
  return fields, inside
end

local function check_fields(world, resource, fields, place)
  local body, problems = check.body(resource, fields, "update", { strict = true, whole = true, names = true })
  local nulls, told = {}, #world.problems
  for _, problem in ipairs(problems or {}) do
    local is_of_variant = problem.rule == "length" and problem.field.when
    if not depends_on_account[problem.rule] and not is_of_variant then
      world:report(place .. "." .. problem.at, problem.text)
    elseif problem.rule == "null" then
      nulls[#nulls + 1] = problem
    end
  end
  local wanted = {}
  for name, value in next, body do
    if not resource.by_name[name].read_only then
      wanted[name] = value
    end
  end
  local text, at, expected = core.encode(wanted)
  if not text and #world.problems == told then
    world:report(("%s.%s"):format(place, at), "expected " .. expected)
  end
  return wanted, nulls
end

-- What is no key would leave the item to its name.
local function check_key(world, resource, given, place)
  for _, name in ipairs({ resource.key, resource.referred_to_by }) do
    local field, key = resource.by_name[name], given[name]
    if field and field.read_only and key ~= nil and key ~= core.null and not worlds.id_text(key) then
      world:report(("%s.%s"):format(place, name), kinds.problem({ field }, key))
    end
  end
end

local read_collections

local function read_item(world, scope, given, position)
  local resource = scope.resource
  local place = ("%s.%d"):format(scope.place, position)
  if not kinds.is_object(given) then
    world:report(place, "expected an item with named fields")
    return
  end
  local shown = names.shown(resource, given)
  if names.is_alone(resource) then
    place = scope.place
  elseif shown then
    place = ("%s %s"):format(scope.place, names.quoted(shown))
  end
  local fields, inside = split(world, resource, given, place)
  local wanted, nulls = check_fields(world, resource, fields, place)
  local node = { scope = scope, place = place, wanted = wanted, nulls = nulls }
  check_key(world, resource, given, place)
  node.key, node.key_field = names.key(resource, given)
  node.identity = names.identity(resource, wanted)
  if not node.key and not node.identity and not names.is_alone(resource) then
    world:report(place, ("has neither a name nor a key: give its %s"):format(
      type(resource.named_by) == "table" and resource.named_by[1] or resource.key))
  end
  scope.nodes[#scope.nodes + 1] = node
  read_collections(world, inside, resource.name, node)
end

local function read_list(world, scope, given)
  local is_alone = names.is_alone(scope.resource)
  if is_alone and kinds.is_object(given) and next(given) ~= nil then
    given = { given }
  elseif not kinds.is_list(given) then
    world:report(scope.place, is_alone and "expected an item, or a list of one" or "expected a list of items")
    return
  elseif is_alone and #given > 1 then
    world:report(scope.place, "has one item, got " .. #given)
    return
  end
  scope.is_listed, scope.is_wanted = true, true
  for position, item in ipairs(given) do
    read_item(world, scope, item, position)
  end
end

local function read_phases(world, resource, parent, given)
  local place = (parent and parent.place .. "." or "") .. resource.name
  if not kinds.is_object(given) then
    world:report(place, ("expected lists by phase: %s"):format(table.concat(resource.phases, ", ")))
    return
  end
  local known = {}
  for _, phase in ipairs(resource.phases) do
    known[phase] = true
    if given[phase] ~= nil then
      read_list(world, world:scope(resource, parent, phase), given[phase])
    end
  end
  for _, name in ipairs(sorted_names(given)) do
    if not known[name] then
      world:report(place .. "." .. tostring(name), unknown_text(name, "phase", known))
    end
  end
end

function read_collections(world, given, parent_name, parent)
  for _, resource in ipairs(world:resources_below(parent_name)) do
    local list = given[resource.name]
    if list ~= nil and resource.phases then
      read_phases(world, resource, parent, list)
    elseif list ~= nil then
      read_list(world, world:scope(resource, parent), list)
    end
  end
end

local function check_names(world, desired)
  local known = {}
  for _, resource in ipairs(world:resources_below()) do
    known[resource.name] = resource
  end
  for _, name in ipairs(sorted_names(desired)) do
    local resource = world.resources.by_name[name]
    if not known[name] and resource and resource.parent then
      world:report(tostring(name), ("belongs inside the items of %s"):format(resource.parent))
    elseif not known[name] and resource then
      world:report(tostring(name), "is no part of documents")
    elseif not known[name] then
      world:report(tostring(name), elsewhere.text(name, world.resources) or unknown_text(name, "collection", known))
    end
  end
end

-- Two of one name cannot be told apart, unless both give their keys.
local function check_doubles(world)
  for _, scope in ipairs(world.scopes) do
    local by_identity, by_key = {}, {}
    for _, node in ipairs(scope.nodes) do
      local other = node.identity and by_identity[node.identity]
      if other and not (other.key and node.key) then
        world:report(node.place, "is there twice: give the keys of both, or another name")
      elseif node.key and by_key[node.key] then
        world:report(node.place, "is there twice: another item of the document has the same key")
      end
      by_identity[node.identity or false] = node
      by_key[node.key or false] = node
    end
  end
end

--- Reads a document into the world.
---@param world azion.plan.World
---@param desired table
function reader.read(world, desired)
  if not kinds.is_object(desired) or desired == core.null then
    world:report("document", "expected collections by their names, got a list")
    return
  end
  check_names(world, desired)
  read_collections(world, desired)
  check_doubles(world)
end

return reader
