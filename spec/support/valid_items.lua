--- Random items as the API takes them: what no description says is mended, references lead to items that are there.
local random_items = require("spec.support.random_items")
local values = require("azion.sandbox.model.values")
local walk = require("azion.api.walk")

local valid_items = {}

local mend = {}

function mend.cache_settings(item)
  local cache = item.modules and item.modules.cache
  if cache and cache.max_age then
    cache.max_age = cache.max_age + 60
  end
end

function mend.certificates(item)
  if type(item.certificate) ~= "string" then
    item.private_key = nil
  elseif item.type ~= "trusted_ca_certificate" then
    item.private_key = "PEM"
  end
end

function mend.certificate_revocation_lists(item)
  item.active = nil
end

function mend.function_instances(item)
  item.active = nil
end

mend.firewall_function_instances = mend.function_instances

function mend.connectors(item)
  local attributes = item.attributes
  local balancer = attributes.modules and attributes.modules.load_balancer
  if not attributes.addresses or (balancer and balancer.enabled) then
    return
  end
  attributes.addresses = { attributes.addresses[1] }
  attributes.addresses[1].modules = nil
end

-- The public file takes none where there are none.
function mend.firewall_rules(item)
  for _, behavior in ipairs(item.behaviors) do
    if type(behavior.attributes) ~= "table" then
      behavior.attributes = nil
    end
  end
end

function mend.rules(item, resource, phase)
  mend.firewall_rules(item)
  for position, behavior in ipairs(item.behaviors) do
    local _, _, only = walk.case(resource.by_name.behaviors.of.by_name.attributes, behavior.type)
    if phase and (only or phase) ~= phase then
      item.behaviors[position] = { type = "deliver" }
    end
  end
  for _, group in ipairs(item.criteria) do
    for _, condition in ipairs(group) do
      condition.variable = "${" .. condition.variable .. "}"
    end
  end
end

function mend.dns_records(item)
  item.policy = nil
  item.rdata = { item.rdata[1] }
end

local entries = { asn = "64500", countries = "BR", ip_cidr = "192.0.2.0/24" }

function mend.network_lists(item)
  for position in ipairs(item.items) do
    item.items[position] = entries[item.type]
  end
end

-- Values that only one item may have.
local function make_unique(resource, item, number)
  for _, field in ipairs(resource.fields) do
    if field.unique and type(item[field.name]) == "string" then
      item[field.name] = ("unique-%d"):format(number) .. (field.name == "domain" and ".example" or "")
    elseif field.unique and item[field.name] then
      for position in ipairs(item[field.name]) do
        item[field.name][position] = ("n%d-%d.example"):format(number, position)
      end
    end
  end
end

--- One item.
---@param random fun(low: integer, high?: integer): integer
---@param resource azion.Resource
---@param number integer another one for each item
---@param refer fun(field: azion.Field): any the value of a reference
---@param phase? string of a rule
---@return table
function valid_items.make(random, resource, number, refer, phase)
  local item = random_items.make(random, resource)
  make_unique(resource, item, number)
  if mend[resource.name] then
    mend[resource.name](item, resource, phase)
  end
  values.each_reference(resource, item, function(field, _, _, holder, key)
    if field.to then
      holder[key] = refer(field)
    end
  end)
  return item
end

return valid_items
