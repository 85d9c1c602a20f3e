--- Documents of version 4 at random, as its stand-in takes them: items from the description, names in the place of ids.
local core = require("azion.core")
local resources = require("azion.api.v4.resources")
local valid_items = require("spec.support.valid_items")
local walk = require("azion.api.walk")

local documents = {}

local amounts = { connectors = 3, functions = 2, custom_pages = 2, network_lists = 2, workloads = 2, certificates = 2,
  certificate_revocation_lists = 2, firewalls = 2, wafs = 2, dns_zones = 2, buckets = 2, applications = 2 }

-- Before those that refer to them.
local order = { "buckets", "functions", "certificates", "certificate_revocation_lists", "network_lists", "wafs",
  "connectors", "custom_pages", "firewalls", "applications", "dns_zones", "workloads" }

-- What an item is stays what it is, from document to document.
local fixed = { connectors = { "type", "http", "storage", "live_ingest" },
  network_lists = { "type", "asn", "countries" },
  certificates = { "type", "trusted_ca_certificate", "edge_certificate" } }

local inside = { device_groups = 1, cache_settings = 2, function_instances = 3, rules = 4,
  firewall_function_instances = 1, firewall_rules = 2 }

local function title_of(resource, number)
  return ("%s-%d"):format(resource.name:gsub("_", "-"), number)
end

local function has_required_reference(resource, known)
  local missing = false
  walk.each_field(resource, function(field)
    missing = missing or field.to and not (known[field.to] or {})[1]
  end)
  return missing
end

-- An HMAC that is there has keys, which cannot be sent along with another change unless they are given again.
local function settle_shield(attributes)
  local shield = type(attributes.modules) == "table" and attributes.modules.origin_shield
  local config = type(shield) == "table" and shield.config
  local hmac = type(config) == "table" and config.hmac
  if attributes.addresses and not (type(hmac) == "table" and type(hmac.config) == "table") then
    attributes.modules = type(attributes.modules) == "table" and attributes.modules or {}
    attributes.modules.origin_shield = { enabled = false }
  end
end

-- Members that are required, or given, on a condition that the account may meet otherwise.
local function settle(resource, item, title)
  item.name = resource.by_name.name and title or nil
  if resource.name == "connectors" then
    settle_shield(item.attributes)
  elseif resource.name == "dns_zones" then
    item.domain = title .. ".example"
  elseif resource.name == "workloads" then
    item.domains = item.domains and { title .. ".example.com" }
  elseif resource.name == "dns_records" then
    item.type, item.policy, item.name = "A", nil, title
    item.rdata = { "192.0.2." .. title:match("%d+") }
  elseif resource.name == "cache_settings" then
    item.modules = item.modules ~= core.null and item.modules or nil
  end
  for _, field in ipairs(resource.fields) do
    if item[field.name] == core.null and not field.nullable then
      item[field.name] = nil
    end
  end
end

local function make(random, resource, number, known)
  local title, wanted = title_of(resource, number), fixed[resource.name]
  local item
  repeat
    item = valid_items.make(random, resource, number, function(field)
      local names = known[field.to] or {}
      return names[1] and names[random(#names)] or core.null
    end)
  until not wanted or item[wanted[1]] == wanted[number % (#wanted - 1) + 2]
  settle(resource, item, title)
  return item, title
end

local function fill(random, list, resource, count, known)
  local titles = {}
  for number = 1, count do
    list[number], titles[number] = make(random, resource, number, known)
  end
  known[resource.name] = titles
  return list
end

local function children(resource)
  local list = {}
  for _, child in ipairs(resources) do
    if child.parent == resource.name then
      list[#list + 1] = child
    end
  end
  table.sort(list, function(left, right)
    return (inside[left.name] or 9) < (inside[right.name] or 9)
  end)
  return list
end

-- A behavior that stands in one phase only.
local function fits(rule, phase)
  for _, behavior in ipairs(rule.behaviors) do
    for _, case in ipairs(resources.by_name.rules.by_name.behaviors.of.by_name.attributes.cases) do
      for _, value in ipairs(case.values) do
        if value == behavior.type and (case.phase and case.phase ~= phase or value == "set_origin") then
          return false
        end
      end
    end
  end
  return true
end

local function add_rules(random, resource, known)
  local rules = {}
  for _, phase in ipairs(resource.phases) do
    rules[phase] = {}
    for number = 1, random(3) do
      local item, title
      repeat
        item, title = make(random, resource, number, known)
      until fits(item, phase)
      item.name = phase .. "-" .. title
      rules[phase][number] = item
    end
  end
  return rules
end

local function add_children(random, item, resource, outer)
  local known = setmetatable({}, { __index = outer })
  for _, child in ipairs(children(resource)) do
    if child.single then
      item[child.name] = { enabled = random(2) == 1 }
    elseif child.phases then
      item[child.name] = add_rules(random, child, known)
    elseif not has_required_reference(child, known) then
      item[child.name] = fill(random, {}, child, random(2), known)
    end
  end
end

--- A document with something of every resource.
---@param random fun(low: integer, high?: integer): integer
---@return table
function documents.make(random)
  local known, document = {}, {}
  for _, name in ipairs(order) do
    local resource = resources.by_name[name]
    document[name] = fill(random, {}, resource, amounts[name], known)
    for _, item in ipairs(document[name]) do
      add_children(random, item, resource, known)
    end
  end
  return document
end

return documents
