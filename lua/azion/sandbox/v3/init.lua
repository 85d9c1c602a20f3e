-- The API as a function from request to reply, without a server: what every request passes (address, Accept,
-- Authorization, rate limit, method) and the way to the resource's own rules. Pure: time and randomness are given.
--
-- A request: { method, path, query = decoded values by name, headers = by lower-case name, body }.
-- A reply: { status, headers, body, bucket }.

local collections = require "azion.sandbox.model.collection"
local crud = require "azion.sandbox.v3.crud"
local limits = require "azion.sandbox.host.limits"
local purge = require "azion.sandbox.v3.purge"
local replies = require "azion.sandbox.model.replies"
local router = require "azion.sandbox.model.router"
local rules = require "azion.sandbox.v3.rules"
local tokens = require "azion.sandbox.v3.tokens"

local model = {}

---@class azion.sandbox.Model
local Model = {}
Model.__index = Model

local ROWS = { rules = rules.request, response_rules = rules.response }
for name in
  ([[edge_applications origins cache_settings device_groups functions_instances error_responses domains
    digital_certificates personal_tokens variables intelligent_dns records]]):gmatch "%S+"
do
  ROWS[name] = require("azion.sandbox.v3." .. name)
end

-- From the keys in a path to a collection and, in an item's path, a serial number; nil where something is not there.
local function locate(self, row, keys)
  local parent = row.parent and self:collection(row.parent):find(keys[1])
  local collection = (parent or not row.parent) and self:collection(row.name, parent)
  local key = keys[row.parent and 2 or 1]
  local serial = collection and key and collection:find(key)
  if not collection or (key and not serial) then
    return nil
  end
  return collection, serial
end

local ROUTES = {}

local function add_route(route)
  route.segments = router.split(route.path)
  route.authorize = route.authorize or tokens.refuse_token
  ROUTES[#ROUTES + 1] = route
end

local MODES = { POST = "create", PUT = "overwrite", PATCH = "update", DELETE = "delete" }

local function add_row_route(row, below, handlers)
  local methods = {}
  for method, handler in pairs(handlers) do
    methods[method] = not row.resource.lacks[MODES[method]] and function(self, keys, request)
      local collection, serial = locate(self, row, keys)
      if not collection then
        return (row.not_found or replies.not_found)()
      end
      return handler(collection, serial, request)
    end or nil
  end
  add_route { path = row.path .. below, row = row, methods = methods }
end

for _, routes in ipairs { tokens.routes, purge.routes } do
  for _, route in ipairs(routes) do
    add_route(route)
  end
end
for _, row in pairs(ROWS) do
  add_row_route(row, "", crud.collection)
  -- Before the items: an action's name stands where their keys do.
  for action, handlers in pairs(row.actions or {}) do
    add_row_route(row, "/" .. action, handlers)
  end
  add_row_route(row, "/:key", crud.item)
end

-- The API wants its version named: neither */* nor plain JSON will do.
local function is_acceptable(accept)
  for range in (accept or ""):lower():gmatch "[^,]+" do
    local media_type, parameters = range:match "^%s*([^;%s]+)%s*(.*)$"
    if media_type == "application/json" and (parameters .. ";"):find ";%s*version%s*=%s*3%s*;" then
      return true
    end
  end
  return false
end

local DEFAULTS = { now = os.time, random = math.random, email = "user@example.com", password = "password", seed = {},
  over_page_size = "clamp", ports = "list", latency = 0, repeated_names = false }

---@param options table { token, email, password, seed = { [resource] = count }, limits, window, retry_after, latency,
---   over_page_size, ports, without_products, ids, repeated_names, now, random }
---@return azion.sandbox.Model
function model.new(options)
  local self = { missing = {}, limits = limits.new(options), tokens = {}, children = {} }
  for name, value in pairs(DEFAULTS) do
    self[name] = options[name] or value
  end
  for _, product in ipairs(options.without_products or {}) do
    self.missing[product] = true
  end
  if options.token then
    self.tokens[options.token] = math.huge
  end
  self.salt = math.floor(self.random() * 2 ^ 32)
  self.id_offset = options.ids == "random" and math.floor(self.random() * 10 ^ 8) or 0
  return setmetatable(self, Model)
end

--- A resource's collection; `parent` is the serial number of the item that it belongs to.
---@param name string
---@param parent integer|nil
---@return azion.sandbox.Collection
function Model:collection(name, parent)
  local row = ROWS[name]
  local place = ("%s/%d"):format(row.parent or "", parent or 0)
  local siblings = self.children[place] or {}
  self.children[place] = siblings
  if not siblings[name] then
    local seeded = math.max(self.seed[name] or 0, row.least or 0)
    if row.parent and parent > self:collection(row.parent).seeded then
      seeded = 0
    end
    siblings[name] = collections.new(row, self, parent, seeded)
  end
  return siblings[name]
end

--- Drops everything that belonged to an item which is gone.
---@param name string of the collection that it was in
---@param parent integer its serial number
function Model:forget(name, parent)
  self.children[("%s/%d"):format(name, parent)] = nil
end

---@param request table
---@return table reply
function Model:handle(request)
  local route, keys = router.find(ROUTES, request.path)
  if not route then
    return replies.unknown_path()
  elseif not is_acceptable(request.headers.accept) then
    return replies.detail(406, "Could not satisfy the request Accept header.")
  end
  local refusal = route.authorize(self, request.headers.authorization)
  if refusal then
    refusal.headers["WWW-Authenticate"] = "Token"
    return refusal
  end
  local bucket = route.bucket or (request.method == "GET" and "read" or "write")
  local allowed, headers, wait = self.limits:take(bucket, self.now())
  local reply
  if not allowed then
    local message = "Request was throttled. Expected available in %d seconds."
    reply = replies.detail(429, message:format(wait), headers)
  else
    local handler = route.methods[request.method]
    reply = handler and handler(self, keys, request) or replies.wrong_method(request.method, router.allow(route))
    -- Recorded: the budget stands on every reply of success, and nowhere else is it known to.
    if reply.status < 300 then
      for name, value in pairs(headers) do
        reply.headers[name] = value
      end
    end
  end
  reply.bucket = bucket
  return reply
end

--- Changes a collection behind the client's back: for specs of listings during which items come and go.
---@param path string of a collection
---@param positions integer[]|nil to delete, in the order of creation
---@param count integer|nil how many to add at the end
function Model:mutate(path, positions, count)
  local route, keys = router.find(ROUTES, path)
  local collection, serial
  if route and route.row then
    collection, serial = locate(self, route.row, keys)
  end
  assert(collection and not serial, "mutate: not the path of a collection")
  local doomed = {}
  for _, position in ipairs(positions or {}) do
    doomed[#doomed + 1] = collection.order[position]
  end
  for _, victim in ipairs(doomed) do
    collection:remove(victim)
  end
  for _ = 1, count or 0 do
    collection:insert(collection.row.seed(collection, collection.last + 1))
  end
end

return model
