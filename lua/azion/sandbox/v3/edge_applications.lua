-- Edge applications (v3.md, section 4.3).

local json = require "azion.sandbox.model.json"
local replies = require "azion.sandbox.model.replies"
local rows = require "azion.sandbox.v3.rows"

-- How many origins a list of applications names for each: a seed may be larger than any reply should be.
local LISTED_ORIGINS = 100

-- Parts of the product that an account may have or not.
local MODULES = {
  "application_acceleration", "device_detection", "edge_firewall", "edge_functions", "image_optimization",
  "l2_caching", "load_balancer", "raw_logs", "web_application_firewall",
}

local edge_applications = rows.complete {
  resource = require "azion.api.v3.edge_applications",
  first_id = 1618339282,
  seed_name = rows.numbered "application",
  used_by = { "domains" },
  in_use = "Edge Application can not be deleted because it is being used on a Domain.",
}

local identify_by_id = edge_applications.identify

function edge_applications.identify(collection, serial, item)
  identify_by_id(collection, serial, item)
  item.caching = true
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

function edge_applications.refuse(values, collection)
  for _, name in ipairs(MODULES) do
    if values[name] and collection.model.missing[name] then
      return replies.value(400, { user_has_no_product = name })
    end
  end
end

function edge_applications.listed(collection, serial)
  local children = collection.model:collection("origins", serial)
  local list = json.array {}
  for position = 1, math.min(#children.order, LISTED_ORIGINS) do
    local origin = children:item(children.order[position])
    -- Here, and only here, the API calls the key origin_id.
    list[position] = { name = origin.name, origin_type = origin.origin_type, origin_id = origin.origin_key }
  end
  return { origins = list }
end

-- What comes with every application: an origin, a cache setting, and the rule that uses both.
function edge_applications.created(collection, serial, input)
  local function add(name, given)
    local children = collection.model:collection(name, serial)
    return children:item(children:insert(children.row.new(children, given)))
  end
  local origin = add("origins", {
    name = "Default Origin",
    origin_type = input.origin_type,
    addresses = { { address = input.address or "example.com" } },
    origin_protocol_policy = input.origin_protocol_policy,
    host_header = input.host_header,
  })
  local cache_setting = add("cache_settings", {
    name = "Default Cache Settings",
    browser_cache_settings = input.browser_cache_settings,
    browser_cache_settings_maximum_ttl = input.browser_cache_settings_maximum_ttl,
    cdn_cache_settings = input.cdn_cache_settings,
    cdn_cache_settings_maximum_ttl = input.cdn_cache_settings_maximum_ttl,
  })
  local rules = collection.model:collection("rules", serial)
  rules:insert(rules.row.default_rule(origin, cache_setting))
  add("error_responses")
end

return edge_applications
