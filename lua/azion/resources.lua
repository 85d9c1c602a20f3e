--- One row a resource: where it lies, how its items are found, what its fields are. Adding a resource is adding a row.
local resources = {}

---@class azion.Resource
---@field path string of the collection; `{parent}` stands for the id of the item it belongs to
---@field parent? string what that item is called in messages
---@field fields table<string, string|table> known fields: a type, or the fields of a list's objects
---@field secret? string[] fields that never reach an error, an event or a log

local address = { address = "string", weight = "integer", server_role = "string", is_active = "boolean" }

resources.rows = {
  -- Page "Origins" of the API; fields that it lacks are in the replies of the API itself.
  origins = {
    path = "/edge_applications/{parent}/origins",
    parent = "edge application id",
    fields = {
      name = "string",
      origin_type = "string",
      addresses = address,
      origin_protocol_policy = "string",
      is_origin_redirection_enabled = "boolean",
      host_header = "string",
      method = "string",
      origin_path = "string",
      connection_timeout = "integer",
      timeout_between_bytes = "integer",
      hmac_authentication = "boolean",
      hmac_region_name = "string",
      hmac_access_key = "string",
      hmac_secret_key = "string",
      bucket = "string",
      prefix = "string",
      streaming_endpoint = "string",
    },
    secret = { "hmac_access_key", "hmac_secret_key" },
  },
}

---@type table<string, true> every name under which the API sends or takes a secret
resources.secret_names = { token = true, password = true, private_key = true }
for _, row in pairs(resources.rows) do
  row.lists = {}
  for name, kind in pairs(row.fields) do
    if type(kind) == "table" or kind == "list" then
      row.lists[name] = true
    end
  end
  for _, name in ipairs(row.secret or {}) do
    resources.secret_names[name] = true
  end
end

return resources
