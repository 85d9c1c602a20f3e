--- Origins and cache settings of version 3 as the connectors and cache settings that they become in version 4. What
--- cannot be carried over is told to `lost(field, why)`.
local v4_connectors = {}

local empty = { [""] = true }

-- Version 3 has the port in the address. An IPv6 address has colons of its own, and brackets around it where a port follows.
local function split(address)
  local host, port = address:match("^%[(.-)%]:(%d+)$")
  if not host then
    host, port = address:match("^([^:]+):(%d+)$")
  end
  return host or address, tonumber(port)
end

local ports = { http = { "http_port" }, https = { "https_port" }, preserve = { "http_port", "https_port" } }

local function address_of(entry, origin, is_balanced, lost)
  local host, port = split(entry.address)
  local made = { address = host, active = entry.is_active }
  for _, name in ipairs(port and ports[origin.origin_protocol_policy or "preserve"] or {}) do
    made[name] = port
  end
  if port and origin.origin_protocol_policy == "preserve" then
    lost("addresses", ("port %d of %s: version 4 has a port for each protocol; both got it"):format(port, host))
  end
  if is_balanced then
    local weight = entry.weight or 1
    if weight < 1 then
      lost("addresses", ("weight %d of %s: the least is 1; who shall get no visitors must be inactive"):format(
        weight, host))
    end
    made.modules = { load_balancer = { server_role = entry.server_role, weight = math.max(1, weight) } }
  end
  return made
end

local policies = { preserve = "preserve", http = "force_http", https = "force_https" }
local methods = { ip_hash = "ip_hash", least_connections = "least_conn", round_robin = "round_robin" }

-- An empty host header is the address, which version 4 does not say by leaving it out.
local function host_of(origin, addresses, lost)
  if not empty[origin.host_header] then
    return origin.host_header
  elseif #addresses == 1 then
    return addresses[1].address
  end
  lost("host_header", "empty, it was each address itself; a connector sends one host to all of its addresses")
end

local function balancer_of(origin, lost)
  local connection, reading = origin.connection_timeout, origin.timeout_between_bytes
  if origin.origin_type == "load_balancer" then
    return { enabled = true, config = { method = methods[origin.method], connection_timeout = connection,
      read_write_timeout = reading } }
  elseif (connection or 60) ~= 60 or (reading or 120) ~= 120 then
    lost("connection_timeout, timeout_between_bytes", "a connector has them with a load balancer only")
  end
end

local function shield_of(origin, with_keys, lost)
  if not origin.hmac_authentication then
    return nil
  end
  local attributes = { region = origin.hmac_region_name }
  if with_keys then
    attributes.access_key, attributes.secret_key = origin.hmac_access_key, origin.hmac_secret_key
  else
    lost("hmac_access_key, hmac_secret_key", "keys are written down with --with-keys only; put them in "
      .. "attributes.modules.origin_shield.config.hmac.config.attributes as access_key and secret_key")
  end
  lost("hmac_authentication", "carried over, but it needs an origin shield, which is billed")
  return { enabled = true, config = { hmac = { enabled = true,
    config = { type = "aws4_hmac_sha256", attributes = attributes } } } }
end

local function http(origin, with_keys, lost)
  local is_balanced = origin.origin_type == "load_balancer"
  local addresses = {}
  for index, entry in ipairs(origin.addresses or {}) do
    addresses[index] = address_of(entry, origin, is_balanced, lost)
  end
  local balancer, shield = balancer_of(origin, lost), shield_of(origin, with_keys, lost)
  return {
    addresses = addresses,
    connection_options = { transport_policy = policies[origin.origin_protocol_policy],
      host = host_of(origin, addresses, lost), path_prefix = origin.origin_path,
      following_redirect = origin.is_origin_redirection_enabled },
    modules = (balancer or shield) and { load_balancer = balancer, origin_shield = shield } or nil,
  }
end

--- The connector that an origin becomes.
---@param origin table
---@param name string
---@param with_keys? boolean
---@param lost fun(field: string, why: string)
---@return table
function v4_connectors.connector(origin, name, with_keys, lost)
  if origin.origin_type == "object_storage" then
    return { name = name, type = "storage",
      attributes = { bucket = origin.bucket, prefix = not empty[origin.prefix] and origin.prefix or nil } }
  elseif origin.origin_type == "live_ingest" then
    local region = (origin.streaming_endpoint or ""):match("^([%w-]+)%.azioningest%.net$")
    if not region then
      lost("streaming_endpoint", "its region cannot be told")
    end
    return { name = name, type = "live_ingest", attributes = { region = region } }
  end
  return { name = name, type = "http", attributes = http(origin, with_keys, lost) }
end

local behaviors = { whitelist = "allowlist", blacklist = "denylist", ignore = "ignore", all = "all" }
local topologies = { ["sa-brazil"] = "br-east-1", ["na-united-states"] = "us-east-1" }

local function is_used(behavior)
  return behavior ~= nil and behavior ~= "ignore"
end

local function listed(behavior, list)
  return (behavior == "whitelist" or behavior == "blacklist") and list or nil
end

-- Given only where one of its parts is used: it needs a module of the application.
local function accelerator_of(setting, group_names)
  local vary, used = {}, false
  if is_used(setting.cache_by_query_string) or setting.enable_query_string_sort then
    used, vary.cache_vary_by_querystring = true, { behavior = behaviors[setting.cache_by_query_string],
      fields = listed(setting.cache_by_query_string, setting.query_string_fields),
      sort_enabled = setting.enable_query_string_sort }
  end
  if is_used(setting.cache_by_cookies) then
    used, vary.cache_vary_by_cookies = true, { behavior = behaviors[setting.cache_by_cookies],
      cookie_names = listed(setting.cache_by_cookies, setting.cookie_names) }
  end
  if is_used(setting.adaptive_delivery_action) then
    local names = {}
    for index, id in ipairs(setting.device_group or {}) do
      names[index] = group_names[id] or id
    end
    used, vary.cache_vary_by_devices = true, { behavior = behaviors[setting.adaptive_delivery_action],
      device_group = names }
  end
  local varied = {}
  varied[#varied + 1] = setting.enable_caching_for_post and "post" or nil
  varied[#varied + 1] = setting.enable_caching_for_options and "options" or nil
  if #varied > 0 then
    used, vary.cache_vary_by_method = true, varied
  end
  return used and vary or nil
end

local function slices_of(setting, lost)
  if not setting.is_slice_configuration_enabled then
    return nil
  end
  if setting.is_slice_edge_caching_enabled ~= setting.is_slice_l2_caching_enabled then
    lost("is_slice_edge_caching_enabled, is_slice_l2_caching_enabled", "version 4 slices in both layers or in none")
  end
  return { enabled = true, offset = setting.slice_configuration_range }
end

--- The cache setting that one of version 3 becomes.
---@param setting table
---@param application table of version 3
---@param group_names table<integer, string> of device groups, by their ids
---@param lost fun(field: string, why: string)
---@return table
function v4_connectors.cache_setting(setting, application, group_names, lost)
  local browser, age = setting.browser_cache_settings or "honor", setting.cdn_cache_settings_maximum_ttl
  local accelerator = accelerator_of(setting, group_names)
  if not application.application_acceleration and (accelerator or (age or 60) < 60) then
    lost("application_acceleration", "this needs the application's modules.application_accelerator, which is off")
  end
  return {
    name = setting.name,
    browser_cache = { behavior = browser == "ignore" and "no-cache" or browser,
      max_age = browser == "override" and setting.browser_cache_settings_maximum_ttl or 0 },
    modules = {
      cache = { behavior = setting.cdn_cache_settings, max_age = age,
        stale_cache = { enabled = setting.enable_stale_cache or false }, large_file_cache = slices_of(setting, lost),
        tiered_cache = setting.l2_caching_enabled
          and { enabled = true, topology = topologies[setting.l2_region] or "nearest-region" } or nil },
      application_accelerator = accelerator,
    },
  }
end

return v4_connectors
