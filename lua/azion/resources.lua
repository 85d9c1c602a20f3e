--- One row a resource: where it lies, how its items are found, what its fields are. Adding a resource is adding
--- a row here and a class in types.lua.
local resources = {}

---@class azion.Resource
---@field path string of the collection; `{parent}` stands for the id of the item it belongs to, `{phase}` for a phase
---@field parent? string what that item is called in messages
---@field phases? string[] what may stand for the phase
---@field fields table<string, string|table> known fields that can be written, by their kinds: see fields.lua
---@field lacks? table<string, true> methods that the API lacks for this resource
---@field actions? table<string, { path: string, fields: table }> further methods: a POST below the collection
---@field key? string the field with their UUID, where items are known by another number too
---@field named_by? string the field that `find` compares (default: name)
---@field filters_by_name? boolean whether the list's query takes `name`
---@field lists_less? boolean whether lists give less of an item than the item's own page
---@field creates_in_turn? boolean whether creating two at once confuses the API
---@field secret? string[] fields that never reach an error, an event or a log, wherever they stand
---@field secret_here? string[] the same, with names so common that they count in calls to this resource only

local of_application = "edge application id"

local function below_application(path)
  return "/edge_applications/{parent}" .. path
end

-- The settings that an application can be created and changed with; those beside the modules.
local application = {
  name = "string", delivery_protocol = "string", http_port = "integer|list", https_port = "integer|list",
  minimum_tls_version = "string", supported_ciphers = "string", http3 = "boolean", websocket = "boolean",
  debug_rules = "boolean", l2_caching = "boolean", application_acceleration = "boolean", active = "boolean",
  device_detection = "boolean", edge_firewall = "boolean", edge_functions = "boolean", image_optimization = "boolean",
  load_balancer = "boolean", raw_logs = "boolean", web_application_firewall = "boolean",
  -- Only on creation, for the origin and the cache settings that come with the application.
  origin_type = "string", address = "string", origin_protocol_policy = "string", host_header = "string",
  browser_cache_settings = "string", browser_cache_settings_maximum_ttl = "integer",
  cdn_cache_settings = "string", cdn_cache_settings_maximum_ttl = "integer",
}

resources.rows = {
  edge_applications = {
    path = "/edge_applications",
    fields = application,
    lists_less = true,
    creates_in_turn = true, -- the API does not take parallel requests here
  },
  -- Page "Origins" of the API; fields that it lacks are in the replies of the API itself.
  origins = {
    path = below_application("/origins"),
    parent = of_application,
    fields = {
      name = "string", origin_type = "string",
      addresses = { { address = "string", weight = "integer", server_role = "string", is_active = "boolean" } },
      origin_protocol_policy = "string", is_origin_redirection_enabled = "boolean", host_header = "string",
      method = "string", origin_path = "string", connection_timeout = "integer", timeout_between_bytes = "integer",
      hmac_authentication = "boolean", hmac_region_name = "string", hmac_access_key = "string",
      hmac_secret_key = "string", bucket = "string", prefix = "string", streaming_endpoint = "string",
    },
    key = "origin_key",
    secret = { "hmac_access_key", "hmac_secret_key" },
  },
  cache_settings = {
    path = below_application("/cache_settings"),
    parent = of_application,
    fields = {
      name = "string", browser_cache_settings = "string", browser_cache_settings_maximum_ttl = "integer",
      cdn_cache_settings = "string", cdn_cache_settings_maximum_ttl = "integer", cache_by_query_string = "string",
      query_string_fields = { "string" }, enable_query_string_sort = "boolean", cache_by_cookies = "string",
      cookie_names = { "string" }, adaptive_delivery_action = "string", device_group = { "integer" },
      enable_caching_for_post = "boolean", enable_caching_for_options = "boolean", enable_stale_cache = "boolean",
      l2_caching_enabled = "boolean", l2_region = "string", is_slice_configuration_enabled = "boolean",
      is_slice_edge_caching_enabled = "boolean", is_slice_l2_caching_enabled = "boolean",
      slice_configuration_range = "integer",
    },
  },
  rules = {
    path = below_application("/rules_engine/{phase}/rules"),
    parent = of_application,
    phases = { "request", "response" },
    fields = {
      name = "string", description = "string", order = "integer", is_active = "boolean",
      criteria = { { { variable = "string", operator = "string", conditional = "string", input_value = "string" } } },
      behaviors = { { name = "string", target = "string|integer|object" } },
    },
  },
  device_groups = {
    path = below_application("/device_groups"),
    parent = of_application,
    fields = { name = "string", user_agent = "string" },
  },
  functions_instances = {
    path = below_application("/functions_instances"),
    parent = of_application,
    fields = { name = "string", edge_function_id = "integer", args = "object|list" },
  },
  error_responses = {
    path = below_application("/error_responses"),
    parent = of_application,
    fields = {
      origin_id = "integer",
      error_responses = { { code = "string", uri = "string", custom_status_code = "string|integer",
        timeout = "integer" } },
    },
    lacks = { create = true, overwrite = true, delete = true }, -- each application has one, which comes and goes with it
  },
  domains = {
    path = "/domains",
    fields = {
      name = "string", cnames = { "string" }, cname_access_only = "boolean", edge_application_id = "integer",
      digital_certificate_id = "integer|string", is_active = "boolean", environment = "string",
      edge_firewall_id = "integer", is_mtls_enabled = "boolean", mtls_verification = "string",
      mtls_trusted_ca_certificate_id = "integer", crl_list = { "integer" },
    },
    filters_by_name = true,
  },
  digital_certificates = {
    path = "/digital_certificates",
    fields = { name = "string", certificate = "string", private_key = "string", certificate_type = "string",
      managed = "boolean" },
    actions = {
      create_csr = {
        path = "/csr",
        fields = { name = "string", common_name = "string", country = "string", state = "string",
          locality = "string", organization = "string", organization_unity = "string", email = "string",
          private_key_type = "string", sans = { "string" } },
      },
    },
    filters_by_name = true,
    secret = { "private_key" },
  },
  personal_tokens = {
    path = "/iam/personal_tokens",
    fields = { name = "string", expires_at = "string", description = "string" },
    lacks = { overwrite = true, update = true },
    secret_here = { "key" },
  },
  variables = {
    path = "/variables",
    fields = { key = "string", value = "string", secret = "boolean" },
    lacks = { update = true },
    named_by = "key",
    secret_here = { "value" },
  },
}

-- Names under which the API sends or takes a secret anywhere.
local secret_names = { token = true, password = true }

local function add_all(set, names)
  for _, name in ipairs(names or {}) do
    set[name] = true
  end
  return set
end

for _, row in pairs(resources.rows) do
  add_all(secret_names, row.secret)
end

--- The names under which a call to this path sends or takes secrets.
---@param path? string
---@return table<string, true>
function resources.secret_names(path)
  local names = {}
  for name in pairs(secret_names) do
    names[name] = true
  end
  for _, row in pairs(resources.rows) do
    if row.secret_here and path and path:find(row.path, 1, true) then
      add_all(names, row.secret_here)
    end
  end
  return names
end

return resources
