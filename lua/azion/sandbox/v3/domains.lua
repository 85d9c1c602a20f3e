-- Domains (v3.md, section 4.1).

local json = require "azion.sandbox.model.json"
local replies = require "azion.sandbox.model.replies"
local rows = require "azion.sandbox.v3.rows"
local uuids = require "azion.sandbox.model.uuids"

local domains = rows.complete {
  resource = require "azion.api.v3.domains",
  first_id = 1700000001,
  seed_name = rows.numbered "domain",
}

local identify_by_id = domains.identify

function domains.identify(collection, serial, item)
  identify_by_id(collection, serial, item)
  local number = uuids.mix(collection.model, 0, serial, 7)
  local tail = uuids.mix(collection.model, 0, serial, 8) % 2 ^ 8
  item.domain_name = ("%08x%02x.map.azionedge.net"):format(number, tail)
end

-- All domains of a seed belong to its last application, so that the others can be deleted.
function domains.seed_input(collection, serial)
  local applications = collection.model:collection "edge_applications"
  return {
    name = domains.seed_name(collection, serial),
    cnames = { ("www%d.example.com"):format(serial) },
    edge_application_id = applications.row.first_id + collection.model.id_offset
      + math.max(applications.seeded, 1) - 1,
  }
end

-- A certificate is an integer, the same as a string, or a word for one that is yet to be made.
function domains.prepare(input)
  local id = input.digital_certificate_id
  if type(id) == "string" and id ~= "lets_encrypt" then
    input.digital_certificate_id = #id <= 15 and tonumber(id:match "^%d+$" or "") or nil
    return not input.digital_certificate_id and { digital_certificate_id = { "A valid integer is required." } } or nil
  end
end

function domains.check(values, collection)
  local problems = {}
  for _, field in ipairs(domains.resource.fields) do
    local id = values[field.name]
    local is_reference = field.to and id ~= json.null and id ~= "lets_encrypt"
    if is_reference and not rows.by_id(collection.model, field.to, id) then
      problems[field.name] = json.array { ('Invalid pk "%d" - object does not exist.'):format(id) }
    end
  end
  return next(problems) and problems
end

function domains.name_clash(name)
  return replies.value(409, { duplicated_domain_name = { ("%s is already in use."):format(name) } })
end

--- The domain that a name on the network leads to, and that name as it has it.
---@param collection azion.sandbox.Collection
---@param host string in lower case
---@return table|nil domain
---@return string name
function domains.at(collection, host)
  local found
  local domain = rows.first(collection, function(domain)
    for _, name in ipairs(domain.cnames) do
      found = name:lower() == host and name or found
    end
    return found or domain.domain_name == host
  end)
  return domain, found
end

function domains.refuse(values, collection, serial)
  for _, name in ipairs(values.cnames) do
    local holder, its_name = domains.at(collection, name:lower())
    if its_name and not (serial and holder.id == collection:item(serial).id) then
      return domains.name_clash(its_name)
    end
  end
end

function domains.settle(values, collection)
  if values.digital_certificate_id == "lets_encrypt" then
    local certificates = collection.model:collection "digital_certificates"
    values.digital_certificate_id = certificates.row.add_managed(certificates, values.name, values.cnames).id
  end
end

return domains
