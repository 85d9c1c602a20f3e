--- Documents of version 3 at random, as its stand-in takes them: items from the description, names in the place of
--- ids, and what no description says (one address for a single origin, paths that begin with a slash).
local core = require("azion.core")
local random_items = require("spec.support.random_items")
local resources = require("azion.api.v3.resources")
local values = require("azion.plan.values")

local documents = {}

-- What an item is stays what it is, from document to document.
local kinds = { origins = { "origin_type", "load_balancer", "object_storage", "single_origin" },
  digital_certificates = { "certificate_type", "trusted_ca_certificate", "edge_certificate" } }

local pem = "-----BEGIN %s-----\n%s\n-----END %s-----"

local tidy = {}

function tidy.origins(random, item)
  for position, entry in ipairs(item.addresses or {}) do
    entry.address = ("host%d-%d.example.net"):format(position, random(1000))
  end
  if (item.origin_type or "single_origin") == "single_origin" then
    item.addresses = { item.addresses[1] }
  end
  item.origin_path = item.origin_path and "/" .. item.origin_path:gsub("%W", "")
  item.method = item.origin_type == "load_balancer" and item.method ~= "" and item.method or nil
  if item.prefix == "" then
    item.prefix = nil
  end
end

function tidy.cache_settings(_, item)
  for decides, list in pairs({ cache_by_query_string = "query_string_fields", cache_by_cookies = "cookie_names" }) do
    item[decides] = item[decides] or "ignore"
    if item[decides] == "whitelist" or item[decides] == "blacklist" then
      item[list] = { "a", "b" }
    else
      item[list] = core.null
    end
  end
end

function tidy.error_responses(_, item)
  item.error_responses = { { code = "any" }, { code = "404", uri = "/404", custom_status_code = 404, timeout = 3 } }
end

function tidy.digital_certificates(random, item)
  item.managed = nil
  item.certificate = pem:format("CERTIFICATE", "c" .. random(10 ^ 6), "CERTIFICATE")
  item.private_key = item.certificate_type ~= "trusted_ca_certificate"
    and pem:format("PRIVATE KEY", "k" .. random(10 ^ 6), "PRIVATE KEY") or nil
end

function tidy.functions_instances(_, item)
  if item.args and item.args[1] then
    item.args = { list = item.args }
  end
end

function tidy.domains(random, item)
  item.cnames = random(2) == 1 and { ("www%d.example.com"):format(random(10 ^ 9)) } or nil
  item.crl_list = nil
  if item.environment and item.environment ~= "preview" then
    item.environment = "production"
  end
  if item.digital_certificate_id == "lets_encrypt" then
    item.digital_certificate_id = nil -- a certificate more each time
  end
end

local alone = { deny = true, redirect_to_301 = true, redirect_to_302 = true }

function tidy.rules(random, item)
  item.order = nil
  local kept, seen = {}, {}
  for _, behavior in ipairs(item.behaviors) do
    if type(behavior.target) == "number" and behavior.name ~= "set_origin" then
      behavior.target = tostring(behavior.target)
    end
    local is_alone = alone[behavior.name]
    if not seen[behavior.name] and not (is_alone and #kept > 0) and not seen.alone then
      seen[behavior.name], seen.alone = true, is_alone
      kept[#kept + 1] = behavior
    end
  end
  item.behaviors = random(8) == 1 and { { name = "deliver" } } or kept
end

local function put_names(random, resource, item, known)
  return values.map_item(resource, item, nil, function(field, value)
    if field.kind ~= "reference" or value == "lets_encrypt" then
      return value
    end
    local names = known[field.to]
    if not names then
      return value
    end
    return names[random(#names)]
  end)
end

--- One item.
function documents.item(random, name, known, title)
  local resource = resources.by_name[name]
  local fixed, item = kinds[name]
  repeat
    item = random_items.make(random, resource)
    local number = title and tonumber(title:match("%d+$")) or 0
  until not fixed or item[fixed[1]] == fixed[number % (#fixed - 1) + 2]
  item = put_names(random, resource, item, known)
  if tidy[name] then
    tidy[name](random, item)
  end
  if not resource.once_per_parent then
    item[resource.named_by[1]] = title
  end
  for _, field in ipairs(resource.fields) do
    if item[field.name] == core.null and not field.nullable then
      item[field.name] = nil
    end
  end
  return item
end

local function items(random, name, known, count, prefix)
  local list, names = {}, {}
  for position = 1, count do
    names[position] = ((prefix or name) .. " " .. position):gsub(name == "device_groups" and "%W" or "%z", "")
  end
  known[name] = names
  for position = 1, count do
    list[position] = documents.item(random, name, known, names[position])
  end
  return list
end

local function application(random, title, known)
  local inner = setmetatable({}, { __index = known })
  local item = documents.item(random, "edge_applications", inner, title)
  item.websocket = nil
  item.origin_type = nil
  for _, name in ipairs({ "device_groups", "functions_instances", "origins", "cache_settings" }) do
    item[name] = items(random, name, inner, random(3))
  end
  item.rules = { request = items(random, "rules", inner, random(3), "request"),
    response = items(random, "rules", inner, random(3), "response") }
  item.error_responses = documents.item(random, "error_responses", inner)
  return item
end

--- A document with something of every resource.
---@param random fun(low: integer, high?: integer): integer
---@return table
function documents.make(random)
  local known, document = {}, {}
  document.variables = items(random, "variables", known, random(3))
  document.digital_certificates = items(random, "digital_certificates", known, random(2))
  known.edge_applications, document.edge_applications = { "app 1", "app 2" }, {}
  for position, title in ipairs(known.edge_applications) do
    document.edge_applications[position] = application(random, title, known)
  end
  document.domains = items(random, "domains", known, random(2), "domain" .. random(10 ^ 6))
  return document
end

return documents
