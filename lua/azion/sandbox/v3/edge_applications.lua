-- Edge applications (v3.md, section 4.3).

local json = require "azion.sandbox.model.json"
local replies = require "azion.sandbox.model.replies"
local rows = require "azion.sandbox.model.rows"

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
  { name = "caching", type = "boolean", fixed = true },
  flag "debug_rules",
  flag "http3",
  { name = "websocket", type = "boolean", nullable = true, default = json.null },
}

-- Parts of the product that an account may have or not.
local MODULES = {
  "application_acceleration",
  "device_detection",
  "edge_firewall",
  "edge_functions",
  "image_optimization",
  "l2_caching",
  "load_balancer",
  "raw_logs",
  "web_application_firewall",
}
for _, name in ipairs(MODULES) do
  FIELDS[#FIELDS + 1] = flag(name)
end

-- Taken when an application is made, for what is made with it.
local ONE_SHOT = {
  { name = "origin_type", type = "string", choices = { "single_origin" } },
  { name = "address", type = "string", not_blank = true },
  { name = "origin_protocol_policy", type = "string", choices = { "preserve", "http", "https" } },
  { name = "host_header", type = "string" },
  { name = "browser_cache_settings", type = "string", choices = { "honor", "override", "ignore" } },
  { name = "browser_cache_settings_maximum_ttl", type = "integer", minimum = 0 },
  { name = "cdn_cache_settings", type = "string", choices = { "honor", "override" } },
  { name = "cdn_cache_settings_maximum_ttl", type = "integer", minimum = 0 },
}

local CREATE_FIELDS = {}
for _, list in ipairs { FIELDS, ONE_SHOT } do
  for _, field in ipairs(list) do
    CREATE_FIELDS[#CREATE_FIELDS + 1] = field
  end
end

local edge_applications = rows.complete {
  name = "edge_applications",
  path = "/edge_applications",
  first_id = 1618339282,
  field_list = FIELDS,
  one_at_a_time = true,
  order_fields = { id = true, name = true, last_modified = true, active = true },
  seed_name = rows.numbered "application",
}

local identify_by_id = edge_applications.identify

local LIST_NAMES = { "id", "name", "active", "debug_rules", "last_editor", "last_modified", "origins" }

function edge_applications.fields(_, old)
  return old and FIELDS or CREATE_FIELDS
end

---@param collection azion.sandbox.Collection
---@param serial integer
---@param item table gets its id and its marks of who changed it when
function edge_applications.identify(collection, serial, item)
  identify_by_id(collection, serial, item)
  item.last_editor = collection.model.email
  item.last_modified = item.last_modified or rows.time_text(collection.model)
  for _, name in ipairs { "http_port", "https_port" } do
    local ports = item[name]
    if collection.model.ports == "scalar" and type(ports) == "table" and #ports == 1 then
      item[name] = ports[1]
    end
  end
end

function edge_applications.seed_input(_, serial)
  return { name = edge_applications.seed_name(_, serial), load_balancer = true }
end

function edge_applications.seed_values()
  return { last_modified = rows.SEED_TIME }
end

---@param values table
---@param collection azion.sandbox.Collection
---@return table|nil reply
function edge_applications.refuse(values, collection)
  for _, name in ipairs(MODULES) do
    if values[name] and collection.model.missing[name] then
      return replies.value(400, { user_has_no_product = name })
    end
  end
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

---@param collection azion.sandbox.Collection
---@param serial integer
---@return string JSON, another and smaller shape than the item's own
function edge_applications.list_item(collection, serial)
  local item = collection:item(serial)
  local entry = {}
  for _, name in ipairs(LIST_NAMES) do
    entry[name] = item[name]
  end
  entry.origins = listed_origins(collection, serial)
  return json.encode_object(entry, LIST_NAMES)
end

--- What comes with every application: an origin, a cache setting, and the rule that uses both.
function edge_applications.created(collection, serial, input)
  local function child(name)
    return collection.model:collection(name, serial)
  end
  local origins, cache_settings, rules = child "origins", child "cache_settings", child "rules"
  local origin = origins.row.add_default(origins, input)
  local cache_setting = cache_settings.row.add_default(cache_settings, input)
  rules.row.add_default(rules, origin, cache_setting)
  local error_responses = child "error_responses"
  error_responses.row.add_default(error_responses)
end

---@param collection azion.sandbox.Collection
---@param serial integer
---@return table|nil reply
function edge_applications.refuse_delete(collection, serial)
  local id = collection:item(serial).id
  local domain = rows.first(collection.model:collection "domains", function(item)
    return item.edge_application_id == id
  end)
  if domain then
    return replies.value(409, "Edge Application can not be deleted because it is being used on a Domain.")
  end
end

function edge_applications.removed(collection, serial)
  collection.model:forget("edge_applications", serial)
end

return edge_applications
