-- Domains (v3.md, section 4.1).

local json = require "azion.sandbox.model.json"
local replies = require "azion.sandbox.model.replies"
local rows = require "azion.sandbox.model.rows"
local uuids = require "azion.sandbox.model.uuids"

-- An integer, the same as a string, or a word for a certificate that is yet to be made.
local function read_certificate(value)
  if value == "lets_encrypt" or (type(value) == "number" and value % 1 == 0) then
    return value
  end
  local id = type(value) == "string" and #value <= 15 and tonumber(value:match "^%d+$" or "")
  if not id then
    return nil, "A valid integer is required."
  end
  return id
end

local function optional(name, kind)
  return { name = name, type = kind, nullable = true, default = json.null }
end

local domains = rows.complete {
  name = "domains",
  path = "/domains",
  first_id = 1700000001,
  field_list = {
    { name = "name", type = "string", required = true, not_blank = true, max_length = 100 },
    { name = "cnames", type = "strings", default = {} },
    { name = "cname_access_only", type = "boolean", default = false },
    { name = "digital_certificate_id", type = "custom", nullable = true, default = json.null, read = read_certificate },
    { name = "edge_application_id", type = "integer", required = true },
    { name = "is_active", type = "boolean", default = true },
    { name = "environment", type = "string", default = "production", choices = { "production", "preview" } },
    { name = "is_mtls_enabled", type = "boolean", default = false },
    optional("mtls_trusted_ca_certificate_id", "integer"),
    { name = "mtls_verification", type = "string", default = "enforce", choices = { "enforce", "permissive" } },
    optional("edge_firewall_id", "integer"),
    optional("crl_list", "integers"),
  },
  read_only = { "domain_name" },
  seed_name = rows.numbered "domain",
}

local identify_by_id = domains.identify

---@param collection azion.sandbox.Collection
---@param serial integer
---@param item table gets its id and its name on the network
function domains.identify(collection, serial, item)
  identify_by_id(collection, serial, item)
  local number = uuids.mix(collection.model, 0, serial, 7)
  local tail = uuids.mix(collection.model, 0, serial, 8) % 2 ^ 8
  item.domain_name = ("%08x%02x.map.azionedge.net"):format(number, tail)
end

--- All domains of a seed belong to its last application, so that the others can be deleted.
function domains.seed_input(collection, serial)
  local applications = collection.model:collection "edge_applications"
  return {
    name = domains.seed_name(collection, serial),
    cnames = { ("www%d.example.com"):format(serial) },
    edge_application_id = applications.row.first_id + collection.model.id_offset
      + math.max(applications.seeded, 1) - 1,
  }
end

local REFERENCES = {
  edge_application_id = "edge_applications",
  digital_certificate_id = "digital_certificates",
  mtls_trusted_ca_certificate_id = "digital_certificates",
}

---@param values table
---@param collection azion.sandbox.Collection
---@return table|nil problems
function domains.check(values, collection)
  local problems = {}
  for field, name in pairs(REFERENCES) do
    local id = values[field]
    local is_reference = id ~= json.null and id ~= "lets_encrypt"
    if is_reference and not rows.by_id(collection.model, name, id) then
      problems[field] = rows.no_such(id)
    end
  end
  return next(problems) and problems
end

---@param name string
---@return table reply
function domains.name_clash(name)
  return replies.value(409, { duplicated_domain_name = { ("%s is already in use."):format(name) } })
end

--- A name on the network leads to one domain only.
---@param values table
---@param collection azion.sandbox.Collection
---@param serial integer|nil
---@return table|nil reply
function domains.refuse(values, collection, serial)
  if #values.cnames == 0 then
    return nil
  end
  local own, wanted = serial and collection:item(serial).id, {}
  for _, name in ipairs(values.cnames) do
    wanted[name:lower()] = true
  end
  local clash
  rows.first(collection, function(item)
    for _, name in ipairs(item.id ~= own and item.cnames or {}) do
      clash = clash or wanted[name:lower()] and name
    end
    return clash
  end)
  return clash and domains.name_clash(clash) or nil
end

---@param values table
---@param collection azion.sandbox.Collection
function domains.settle(values, collection)
  if values.digital_certificate_id == "lets_encrypt" then
    local certificates = collection.model:collection "digital_certificates"
    values.digital_certificate_id = certificates.row.add_managed(certificates, values.name, values.cnames).id
  end
end

return domains
