--- What differs between the versions of the API for these examples: version 3 has origins, which belong to an edge
--- application; version 4 has connectors, which belong to the account and are nested deeper.
local api = {}

-- A copy without the values whose names `is_secret` knows, at any depth.
local function without(value, is_secret)
  if type(value) ~= "table" then
    return value
  end
  local shown = setmetatable({}, getmetatable(value))
  for name, inner in pairs(value) do
    if not (type(name) == "string" and is_secret(name)) then
      shown[name] = without(inner, is_secret)
    end
  end
  return shown
end

api.v3 = {
  name = "origins",
  needs_application = true,
  base_url = "AZION_BASE_URL",
  query = { "page", "page_size", "order_by", "sort" },
  active = "is_active",
}

function api.v3.open(client, application)
  return client:origins(application)
end

--- The item without its keys: they belong to the account, like the token.
function api.v3.shown(origin)
  return without(origin, function(name) return name:find("^hmac_.*_key$") end)
end

function api.v3.addresses(origin)
  return origin.addresses or {}
end

--- The fields of an update that gives an item these addresses; or nil and why there is none.
function api.v3.change(_, addresses)
  return { addresses = addresses }
end

api.v4 = {
  name = "connectors",
  base_url = "AZION_V4_BASE_URL",
  query = { "page", "page_size", "ordering", "search" },
  active = "active",
}

function api.v4.open(client)
  return client:connectors()
end

function api.v4.shown(connector)
  return without(connector, function(name) return name == "access_key" or name == "secret_key" end)
end

function api.v4.addresses(connector)
  return (connector.attributes or {}).addresses or {}
end

-- An update replaces `attributes` whole. Keys that were read may be masked, and must not be sent back.
function api.v4.change(connector, addresses)
  local shield = (connector.attributes.modules or {}).origin_shield or {}
  if ((shield.config or {}).hmac or {}).enabled then
    return nil, "it signs its requests: its keys would have to be sent, too"
  end
  local attributes = {}
  for name, value in pairs(connector.attributes) do
    attributes[name] = value
  end
  attributes.addresses = addresses
  return { attributes = attributes }
end

return api
