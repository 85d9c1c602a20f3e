-- Version 4 of the API as a function from request to reply, driven by the descriptions of its resources. Pure, as
-- the model of version 3 is.

local crud = require "azion.sandbox.v4.crud"
local limits = require "azion.sandbox.host.limits"
local methods = require "azion.sandbox.v4.methods"
local replies = require "azion.sandbox.v4.replies"
local resources = require "azion.api.v4.resources"
local router = require "azion.sandbox.model.router"
local routes = require "azion.sandbox.v4.routes"
local seeds = require "azion.sandbox.v4.seeds"
local stores = require "azion.sandbox.v4.store"
local tokens = require "azion.sandbox.v3.tokens"

local v4 = {}

---@class azion.sandbox.Api4
local Api = {}
Api.__index = Api

local ROUTES = routes.of(resources)

-- The services' own numbers, and those that the merged public file makes of them.
local CODES = {
  services = { method = "10007", accept = "10005" },
  merged = { method = "10005", accept = "10006" },
}

-- What an account that has not moved cannot use.
local MOVED = { applications = true, connectors = true, workloads = true, deployments = true, custom_pages = true }

-- Several of one list, below each parent.
local function seed_list(api, resource, parent, phase)
  local name = phase == "response" and "response_rules" or resource.name
  local list = api.store:list(resource, parent, phase)
  for number = #list + 1, api.options.seed_v4[name] do
    local fields = seeds.fields(api, resource, number, phase)
    local place = { resource = resource, parent = parent, phase = phase }
    if not fields then
      return
    end
    local entry, problems = crud.add(api, place, fields)
    if not entry then
      error(("the seed of %s is refused: %s"):format(name, problems[1].detail))
    end
  end
end

local function seed_all(api)
  for _, resource in ipairs(resources) do
    if not resource.parent and resource.name ~= "personal_tokens" then
      seed_list(api, resource)
    end
  end
  for _, resource in ipairs(resources) do
    for _, phase in ipairs(not resource.single and resource.parent and (resource.phases or { false }) or {}) do
      api.store:each(resources.by_name[resource.parent], function(entry)
        seed_list(api, resource, entry, phase or nil)
      end)
    end
  end
end

---@param options table as the model of version 3 takes them, and those of version 4; `seed_v4`
---@param v3 azion.sandbox.Model of the same account
---@return azion.sandbox.Api4
function v4.new(options, v3)
  local api = setmetatable({ v3 = v3, now = v3.now, email = v3.email, options = options }, Api)
  api.limits = limits.new(options)
  api.store = stores.new(resources, v3.id_offset)
  seed_all(api)
  return api
end

--- What comes with a new item.
---@param entry table
function Api:add_companions(entry)
  for _, resource in ipairs(resources) do
    if resource.parent == entry.resource.name and resource.comes_with_parent then
      local given = resource.single and { enabled = false } or seeds.default_rule(resource)
      local phase = resource.phases and resource.comes_with_parent.phase
      local companion = assert(crud.add(self, { resource = resource, parent = entry, phase = phase }, given))
      companion.is_default = true
    end
  end
end

Api.issue = function(self, entry)
  methods.issue(self, entry)
end

local function is_acceptable(accept)
  for range in (accept or "*/*"):lower():gmatch "[^,]+" do
    local media_type = range:match "^%s*([^;%s]+)"
    if media_type == "application/json" or media_type == "application/*" or media_type == "*/*" then
      return true
    end
  end
  return false
end

-- A reply that says no before the resource is asked; nil where nothing stands in the way.
local function refuse(self, route, request)
  local codes = CODES[self.options.error_codes]
  if not is_acceptable(request.headers.accept) then
    return replies.error(406, codes.accept, "Could not satisfy the request Accept header.")
  elseif tokens.refuse_token(self.v3, request.headers.authorization) then
    return replies.error(401, "10001", "Incorrect authentication credentials.", { ["WWW-Authenticate"] = "Token" })
  elseif self.options.speaks == "v3" and route.resource and MOVED[route.resource.name] then
    return replies.error(403, "10003", "You do not have permission to perform this action.")
  end
end

local function headers_of(self, headers)
  if self.options.rate_headers then
    return headers
  end
  return { ["Retry-After"] = headers["Retry-After"] }
end

local function answer(self, route, place, request)
  local handler = route.methods[request.method]
  if not place then
    return replies.not_found()
  elseif not handler then
    local detail = ('Method "%s" not allowed.'):format(request.method)
    return replies.error(405, CODES[self.options.error_codes].method, detail, { Allow = router.allow(route) })
  end
  return handler(self, place, request)
end

---@param request table its path without /v4
---@return table reply
function Api:handle(request)
  local route, place = routes.find(self, ROUTES, request.path:gsub("^/v4", ""))
  if not route then
    return replies.not_found()
  end
  local refusal = refuse(self, route, request)
  if refusal then
    return refusal
  end
  local bucket = route.bucket or (request.method == "GET" and "read" or "write")
  local allowed, headers = self.limits:take(bucket, self.now())
  local reply
  if not allowed then
    reply = replies.error(429, "10010", "Request was throttled.", headers_of(self, headers))
  else
    reply = answer(self, route, place, request)
    for name, value in pairs(headers_of(self, headers)) do
      reply.headers[name] = value
    end
  end
  reply.bucket = bucket
  return reply
end

--- Changes a list behind the client's back, as the model of version 3 does.
---@param path string of a list
---@param positions integer[]|nil to delete
---@param count integer|nil how many to add at the end
function Api:mutate(path, positions, count)
  local route, place = routes.find(self, ROUTES, path:gsub("^/v4", ""))
  assert(place and route.is_list, "mutate: not the path of a collection")
  local doomed = {}
  for _, position in ipairs(positions or {}) do
    doomed[#doomed + 1] = place.list[position]
  end
  for _, entry in ipairs(doomed) do
    self.store:remove(entry)
  end
  for _ = 1, count or 0 do
    place.added = (place.list.added or 500000) + 1
    place.list.added = place.added
    assert(crud.add(self, place, seeds.fields(self, place.resource, place.added, place.phase)))
  end
end

return v4
