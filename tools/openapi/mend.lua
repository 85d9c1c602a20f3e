-- Where the public OpenAPI file of version 4 contradicts the services that it was made from. Each entry says what is
-- wrong and mends a schema; a copy of the file is mended before anything is held against it.
local json = require("azion.sandbox.model.json")

-- No text is that short and that long: nothing but null is left. (The proxy gives up on an enum of null alone.)
local null_only = { type = "string", minLength = 1, maxLength = 0, nullable = true }

local function has(list, value)
  for _, entry in ipairs(type(list) == "table" and list or {}) do
    if entry == value then
      return true
    end
  end
  return false
end

local function set_of(text)
  local set = {}
  for name in text:gmatch("%S+") do
    set[name] = true
  end
  return set
end

-- The schema, or null. Whose it is to set is said outside.
local function or_null(schema)
  return { anyOf = { schema, null_only }, readOnly = schema.readOnly, writeOnly = schema.writeOnly }
end

local stamps = set_of("created_at version_id version_state")
local nulls = set_of("last_editor last_modified challenge authority key_algorithm issuer validity csr")

local mends = {
  { "forbids additional properties beside oneOf, anyOf or allOf, so that nothing fits", function(schema)
    if schema.oneOf or schema.anyOf or schema.allOf then
      schema.additionalProperties = nil
    end
  end },
  { "has oneOf whose members cannot be told apart", function(schema)
    if schema.oneOf then
      schema.anyOf, schema.oneOf, schema.discriminator = schema.oneOf, nil, nil
    end
  end },
  { "has the type object beside allOf, whatever that refers to", function(schema)
    if schema.allOf or schema.oneOf or schema.anyOf then
      schema.type = nil
    end
  end },
  { "has nullable beside allOf, and objects whose null is refused", function(schema)
    if schema.nullable == true then
      local whole = {}
      for name, value in pairs(schema) do
        whole[name], schema[name] = value, nil
      end
      whole.nullable = nil
      for name, value in pairs(or_null(whole)) do
        schema[name] = value
      end
    end
  end },
  { "takes objects only where functions take lists, too", function(schema)
    for _, name in ipairs({ "args", "default_args" }) do
      if type(schema.properties) == "table" and schema.properties[name] then
        schema.properties[name] = {}
      end
    end
  end },
  { "calls edge_certificate certificate", function(schema)
    if has(schema.enum, "certificate") and has(schema.enum, "trusted_ca_certificate") then
      schema.enum[#schema.enum + 1] = "edge_certificate"
    end
  end },
  { "spells ${uri} $(uri), and lists names with a blank to fill in", function(schema)
    local first = type(schema.enum) == "table" and schema.enum[1]
    if type(first) == "string" and first:find("^%$%(") then
      schema.enum = nil
    end
  end },
  { "lacks created_at, version_id and version_state in replies", function(schema)
    local properties = schema.properties
    if type(properties) == "table" and properties.id and properties.name then
      for name in pairs(stamps) do
        properties[name] = properties[name] or {}
      end
    end
  end },
  { "lacks the state of DNSSEC", function(schema)
    if type(schema.properties) == "table" and schema.properties.data then
      schema.properties.state = schema.properties.state or {}
    end
  end },
  { "lacks the null of an address's load balancer", function(schema)
    local properties = schema.properties
    if type(properties) == "table" and properties.load_balancer and not properties.origin_shield then
      properties.load_balancer = or_null(properties.load_balancer)
    end
  end },
  { "lacks the empty minimum_version", function(schema)
    if has(schema.enum, "tls_1_3") then
      schema.enum[#schema.enum + 1] = ""
    end
  end },
  { "demands the type of a custom page, of which there is one", function(schema)
    local properties = schema.properties
    if type(properties) == "table" and properties.attributes and properties.type and not properties.name then
      schema.required = has(schema.required, "type") and json.array({ "attributes" }) or schema.required
    end
  end },
  { "lacks nulls of texts that only the API sets", function(schema)
    for name in pairs(type(schema.properties) == "table" and nulls or {}) do
      local property = schema.properties[name]
      if type(property) == "table" and not property.anyOf then
        schema.properties[name] = or_null(property)
      end
    end
  end },
}

local mend = { reasons = {} }
for position, entry in ipairs(mends) do
  mend.reasons[position] = "the file " .. entry[1]
end

local seen

local function visit(node)
  if type(node) ~= "table" or seen[node] then
    return
  end
  seen[node] = true
  for _, part in pairs(node) do
    visit(part)
  end
  if node ~= null_only then
    for _, entry in ipairs(mends) do
      entry[2](node)
    end
  end
end

--- Mends the whole file, in place.
---@param file table decoded
function mend.all(file)
  seen = { [null_only] = true }
  visit(file)
end

return mend
