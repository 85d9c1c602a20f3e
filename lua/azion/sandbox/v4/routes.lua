-- The addresses of all resources, and what can be done there.

local crud = require "azion.sandbox.v4.crud"
local listing = require "azion.sandbox.v4.listing"
local methods = require "azion.sandbox.v4.methods"
local purge = require "azion.sandbox.v4.purge"
local router = require "azion.sandbox.model.router"
local tokens = require "azion.sandbox.v4.tokens"

local routes = {}

-- The place that a path means; nil where something in it is not there.
local function locate(api, route, keys)
  local store, resource = api.store, route.resource
  local place = { resource = resource, phase = route.phase, key = keys[#keys] }
  if not resource then
    return place
  end
  local next_key = 1
  if resource.parent then
    place.parent = store:list(store.resources.by_name[resource.parent]).by_key[keys[1]]
    next_key = 2
  end
  if resource.parent and not place.parent then
    return nil
  end
  place.list = store:list(resource, place.parent, route.phase)
  place.entry = place.list.by_key[resource.single and "" or keys[next_key]]
  if route.is_item and not place.entry then
    return nil
  end
  return place
end

local NAMES = {
  list = { GET = "list", POST = "create" },
  item = { GET = "get", PUT = "overwrite", PATCH = "update", DELETE = "delete" },
}
NAMES.single = NAMES.item

-- Handlers by HTTP method, without those that the resource lacks.
local function allowed(resource, kind, handlers)
  local found = {}
  for verb, handler in pairs(handlers) do
    found[verb] = not resource.lacks[NAMES[kind][verb]] and handler or nil
  end
  return found
end

local function pattern(path, phase)
  return (path:gsub("{phase}", phase or ""):gsub("{[%l_]+}", ":key"))
end

local function add(list, route)
  route.segments = router.split(route.path)
  list[#list + 1] = route
end

local function add_resource(list, resource, phase)
  local path = pattern(resource.path, phase)
  local function route(more)
    more.resource, more.phase = resource, phase
    add(list, more)
  end
  if resource.single then
    return route { path = path, is_item = true, methods = allowed(resource, "single", crud.single) }
  end
  -- Before the items: a method's name stands where their keys do.
  for name, method in pairs(resource.methods) do
    if method.path then
      route { path = pattern(method.path, phase), is_item = method.path:find("{id}", 1, true) ~= nil,
        methods = { [method.verb or "POST"] = methods[name] } }
    end
  end
  route { path = path, is_list = true,
    methods = allowed(resource, "list", { GET = listing.GET, POST = crud.list.POST }) }
  route { path = path .. "/:key", is_item = true, methods = allowed(resource, "item", crud.item) }
end

---@param resources azion.Resources
---@return table[]
function routes.of(resources)
  local list = {}
  for _, fixed in ipairs { purge.routes, tokens.routes } do
    for _, route in ipairs(fixed) do
      add(list, route)
    end
  end
  for _, resource in ipairs(resources) do
    for _, phase in ipairs(resource.phases or { false }) do
      add_resource(list, resource, phase or nil)
    end
  end
  return list
end

--- The route of a path and the place that it means.
---@param api azion.sandbox.Api4
---@param list table[]
---@param path string
---@return table|nil route
---@return table|nil place
function routes.find(api, list, path)
  local route, keys = router.find(list, path)
  return route, route and locate(api, route, keys)
end

return routes
