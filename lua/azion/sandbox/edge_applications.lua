-- Edge applications, main settings only (v3.md, section 4.3).

local json = require "azion.sandbox.json"
local schema = require "azion.sandbox.schema"

local edge_applications = {
  name = "edge_applications",
  path = "/edge_applications",
  natural_order = "id",
  order_fields = { id = true, name = true, last_modified = true, active = true },
}

local FIRST_ID = 1618339282

-- How many origins a list of applications names for each: a seed may be larger than any reply should be.
local LISTED_ORIGINS = 100

local function flag(name, default)
  return { name = name, type = "boolean", default = default or false }
end

local FIELDS = {
  { name = "name", type = "string", required = true, not_blank = true, max_length = 255 },
  { name = "delivery_protocol", type = "string", default = "http", choices = { "http", "https", "http,https" } },
  { name = "http_port", type = "integers", default = { 80 }, minimum = 1, maximum = 65535 },
  { name = "https_port", type = "integers", default = { 443 }, minimum = 1, maximum = 65535 },
  {
    name = "minimum_tls_version",
    type = "string",
    default = "",
    choices = { "", "tls_1_0", "tls_1_1", "tls_1_2", "tls_1_3" },
  },
  {
    name = "supported_ciphers",
    type = "string",
    default = "all",
    choices = { "all", "TLSv1.2_2018", "TLSv1.2_2019", "TLSv1.2_2021", "TLSv1.3_2022" },
  },
  flag("active", true),
  flag "application_acceleration",
  { name = "caching", type = "boolean", fixed = true },
  flag "debug_rules",
  flag "device_detection",
  flag "edge_firewall",
  flag "edge_functions",
  flag "http3",
  flag "image_optimization",
  flag "l2_caching",
  flag "load_balancer",
  flag "raw_logs",
  flag "web_application_firewall",
  { name = "websocket", type = "boolean", nullable = true, default = json.null },
}

local NAMES = schema.names(FIELDS)
table.insert(NAMES, 1, "id")

local LIST_NAMES = { "id", "name", "active", "debug_rules", "last_editor", "last_modified", "origins" }

function edge_applications.fields()
  return FIELDS
end

function edge_applications.names()
  return NAMES
end

--- @param _ azion.sandbox.Collection
--- @param key string
--- @return integer|nil
function edge_applications.serial(_, key)
  local id = #key <= 15 and tonumber(key:match "^%d+$" or "", 10)
  return id and id >= FIRST_ID and id - FIRST_ID + 1 or nil
end

--- @param collection azion.sandbox.Collection
--- @param serial integer
--- @param item table gets its id and its marks of who changed it when
function edge_applications.identify(collection, serial, item)
  item.id = FIRST_ID + serial - 1
  item.last_editor = collection.model.email
  item.last_modified = item.last_modified
    or os.date("!%Y-%m-%dT%H:%M:%S.000000Z", math.floor(collection.model.now()))
end

function edge_applications.seed_name(_, serial)
  return ("application-%03d"):format(serial)
end

--- @param collection azion.sandbox.Collection
--- @param serial integer
--- @return table item
function edge_applications.seed(collection, serial)
  local input = { name = edge_applications.seed_name(collection, serial), load_balancer = true }
  local item = schema.read(FIELDS, input)
  item.last_modified = "2026-01-05T12:00:00.000000Z"
  return item
end

local function listed_origins(collection, serial)
  local children = collection.model:collection("origins", serial)
  local list = json.array {}
  for position = 1, math.min(#children.order, LISTED_ORIGINS) do
    local origin = children:item(children.order[position])
    -- Here, and only here, the API calls the key origin_id.
    list[position] = { name = origin.name, origin_type = origin.origin_type, origin_id = origin.origin_key }
  end
  return list
end

--- @param collection azion.sandbox.Collection
--- @param serial integer
--- @return string JSON, another and smaller shape than the item's own
function edge_applications.list_item(collection, serial)
  local item = collection:item(serial)
  local entry = {}
  for _, name in ipairs(LIST_NAMES) do
    entry[name] = item[name]
  end
  entry.origins = listed_origins(collection, serial)
  return json.encode_object(entry, LIST_NAMES)
end

function edge_applications.created(collection, serial, input)
  local origins = collection.model:collection("origins", serial)
  origins.row.add_default(origins, input)
end

function edge_applications.removed(collection, serial)
  collection.model:forget(serial)
end

return edge_applications
