-- Origins (v3.md, section 3): four types with fields and rules of their own.

local json = require "azion.sandbox.model.json"
local replies = require "azion.sandbox.model.replies"
local rules = require "azion.sandbox.v3.rules"
local schema = require "azion.sandbox.model.schema"
local seeds = require "azion.sandbox.v3.origin_seeds"
local uuids = require "azion.sandbox.model.uuids"

local origins = {
  name = "origins",
  path = "/edge_applications/:edge_applications/origins",
  parent = "edge_applications",
  natural_order = "origin_id",
  order_fields = { origin_id = true, name = true, origin_type = true, origin_path = true, host_header = true },
  serial = uuids.serial,
  identify = seeds.identify,
  seed_name = seeds.seed_name,
}

local TYPES = { "single_origin", "load_balancer", "object_storage", "live_ingest" }

local INGEST_HOSTS = {
  "br-east-1.azioningest.net",
  "br-east-2.azioningest.net",
  "br-east-3.azioningest.net",
  "us-east-1.azioningest.net",
  "us-east-2.azioningest.net",
}

local NAME = { name = "name", type = "string", required = true, not_blank = true, max_length = 255 }

local function type_field(name)
  return { name = "origin_type", type = "string", fixed = name }
end

local function address_fields(weight)
  return {
    { name = "address", type = "string", required = true, not_blank = true },
    weight,
    { name = "server_role", type = "string", default = "primary", choices = { "primary", "backup" } },
    { name = "is_active", type = "boolean", default = true },
  }
end

-- The two types that fetch over HTTP differ in these two fields.
local function http_fields(type_name, weight, method)
  return {
    NAME,
    type_field(type_name),
    schema.list_of({ name = "addresses", required = true }, address_fields(weight)),
    {
      name = "origin_protocol_policy",
      type = "string",
      default = "preserve",
      choices = { "preserve", "http", "https" },
    },
    { name = "is_origin_redirection_enabled", type = "boolean", default = false },
    { name = "host_header", type = "string", default = "${host}" },
    method,
    { name = "origin_path", type = "string", default = "" },
    -- Version 3 takes these two and keeps its own values.
    { name = "connection_timeout", type = "integer", fixed = 60 },
    { name = "timeout_between_bytes", type = "integer", fixed = 120 },
    { name = "hmac_authentication", type = "boolean", default = false },
    { name = "hmac_region_name", type = "string", default = "" },
    { name = "hmac_access_key", type = "string", default = "" },
    { name = "hmac_secret_key", type = "string", default = "" },
  }
end

local FIELDS = {
  single_origin = http_fields(
    "single_origin",
    { name = "weight", type = "integer", fixed = json.null },
    { name = "method", type = "string", fixed = "" }
  ),
  load_balancer = http_fields(
    "load_balancer",
    { name = "weight", type = "integer", nullable = true, default = json.null, minimum = 1, maximum = 100 },
    {
      name = "method",
      type = "string",
      default = "ip_hash",
      choices = { "ip_hash", "least_connections", "round_robin" },
    }
  ),
  object_storage = {
    NAME,
    type_field "object_storage",
    { name = "bucket", type = "string", required = true, not_blank = true },
    { name = "prefix", type = "string", default = "/" },
  },
  live_ingest = {
    NAME,
    type_field "live_ingest",
    { name = "streaming_endpoint", type = "string", required = true, choices = INGEST_HOSTS },
  },
}

local NAMES = {}
for type_name, fields in pairs(FIELDS) do
  NAMES[type_name] = schema.names(fields)
  table.insert(NAMES[type_name], 1, "origin_id")
  table.insert(NAMES[type_name], 2, "origin_key")
end

local TYPE_FIELD = { { name = "origin_type", type = "string", choices = TYPES } }

---@param input table
---@param old table|nil the item that is changed
---@return table[]|nil fields that apply
---@return table|nil problems
function origins.fields(input, old)
  local chosen, problems = schema.read(TYPE_FIELD, input, old)
  if problems then
    return nil, problems
  end
  return FIELDS[chosen.origin_type or "single_origin"]
end

---@param item table
---@return string[]
function origins.names(item)
  return NAMES[item.origin_type]
end

-- Host and port of an address; IPv6 stands bare, or in brackets before a port.
local function split_address(address)
  local host, port = address:match "^%[([%x:.]+)%]:(%d+)$"
  if host then
    return host, port
  end
  if address:match "^[%x:.]*:[%x:.]*:[%x:.]*$" then
    return address
  end
  host, port = address:match "^([%w.%-_]+):(%d+)$"
  return host or address:match "^[%w.%-_]+$", port
end

local function address_problem(address, policy)
  if address:find("://", 1, true) then
    return "The address must not contain a scheme."
  elseif address:find("/", 1, true) then
    return "The address must not contain a path."
  end
  local host, port = split_address(address)
  if not host or (port and (tonumber(port) < 1 or tonumber(port) > 65535)) then
    return "Enter a valid address."
  elseif port and policy == "preserve" then
    return "A port is allowed only if the origin protocol policy is http or https."
  end
end

local function addresses_problem(values)
  local count = #values.addresses
  if values.origin_type == "single_origin" and count ~= 1 then
    return json.array { "An Origin of the type Single Origin must have exactly one address." }
  elseif count == 0 then
    return json.array { "This list may not be empty." }
  end
  local problems, failed = json.array {}, false
  for position, entry in ipairs(values.addresses) do
    local problem = address_problem(entry.address, values.origin_protocol_policy)
    problems[position] = problem and { address = { problem } } or {}
    failed = failed or problem ~= nil
  end
  return failed and problems or nil
end

---@param values table
---@return table|nil problems
function origins.check(values)
  if not values.addresses then
    return nil
  end
  local problems = { addresses = addresses_problem(values) }
  if values.origin_path ~= "" and not values.origin_path:find "^/[%w_.%-/]*$" then
    problems.origin_path = { "Enter a valid path: it begins with a slash." }
  end
  for _, name in ipairs { "hmac_region_name", "hmac_access_key", "hmac_secret_key" } do
    if values.hmac_authentication and values[name] == "" then
      problems[name] = { "This field is required." }
    end
  end
  return next(problems) and problems
end

---@param old table
---@param input table
---@return table|nil reply
function origins.refuse_update(old, input)
  if old.origin_type ~= "object_storage" then
    return nil
  end
  for name in pairs(input) do
    if name ~= "name" and name ~= "bucket" and name ~= "prefix" then
      return replies.value(400, {
        "To update a Origin of the type Object Storage, the allowed fields are name, bucket and prefix.",
      })
    end
  end
  -- The type cannot be sent, so it stays, with PUT too.
  input.origin_type = "object_storage"
end

---@param collection azion.sandbox.Collection
---@param serial integer
---@return table|nil reply
function origins.refuse_delete(collection, serial)
  local id = collection:item(serial).origin_id
  if rules.use(collection.model, collection.parent, "set_origin", id) then
    return replies.value(409, "Origin can not be deleted because it is being used on Rules Engine.")
  end
end

---@param collection azion.sandbox.Collection
---@param serial integer
---@return table item
function origins.seed(collection, serial)
  local input = seeds.input(collection, serial)
  return (schema.read(origins.fields(input), input))
end

--- The origin that comes with a new application; its default rule uses it.
---@param collection azion.sandbox.Collection
---@param input table what the application was created with
---@return table item
function origins.add_default(collection, input)
  local item = schema.read(FIELDS.single_origin, {
    name = "Default Origin",
    addresses = { { address = input.address or "example.com" } },
    origin_protocol_policy = input.origin_protocol_policy,
    host_header = input.host_header,
  })
  return collection:item(collection:insert(item))
end

return origins
