-- Rules of single resources that no description can say, most of them across fields: rules[resource](context), where
-- context.report(at, detail, code) refuses; see judge.item.

local json = require "azion.sandbox.model.json"
local walk = require "azion.api.walk"

local rules = {}

local null = json.null

local function is_set(value)
  return value ~= nil and value ~= null
end

function rules.cache_settings(context)
  local cache = context.item.modules.cache
  local accelerator = context.place.parent.item.modules.application_accelerator
  if cache.max_age < 60 and not accelerator.enabled then
    context.report("modules.cache.max_age", "A value below 60 needs the application's application_accelerator.")
  end
end

function rules.connectors(context)
  local attributes = context.item.attributes
  if context.item.type ~= "http" or attributes.modules.load_balancer.enabled then
    return
  elseif #attributes.addresses > 1 then
    context.report("attributes.addresses", "Only one address is allowed unless the load balancer is enabled.")
  end
  for position, address in ipairs(attributes.addresses) do
    if is_set(address.modules) and is_set(address.modules.load_balancer) then
      context.report(("attributes.addresses.%d.modules.load_balancer"):format(position),
        "Must be null unless the load balancer is enabled.")
    end
  end
end

-- Behaviours that need a module of the application: whether the API itself refuses them is not known.
local NEEDS = { optimize_images = "image_processor", run_function = "functions" }
for name in ([[add_request_cookie filter_request_cookie forward_cookies bypass_cache rewrite_request
  capture_match_groups set_cookie filter_response_cookie]]):gmatch "%S+" do
  NEEDS[name] = "application_accelerator"
end

local MOST_RULES = 200

function rules.rules(context)
  local place, api = context.place, context.api
  local attributes = place.resource.by_name.behaviors.of.by_name.attributes
  for group, conditions in ipairs(context.item.criteria) do
    for position, condition in ipairs(conditions) do
      if not condition.variable:find "^%${[^%s{}]+}$" then
        context.report(("criteria.%d.%d.variable"):format(group, position), "Not a valid variable.")
      end
    end
  end
  for position, behavior in ipairs(context.item.behaviors) do
    local _, _, phase = walk.case(attributes, behavior.type)
    local module = NEEDS[behavior.type]
    if phase and phase ~= place.phase then
      context.report(("behaviors.%d.type"):format(position), ("Not a behavior of the %s phase."):format(place.phase))
    end
    if api.options.require_modules and module and not place.parent.item.modules[module].enabled then
      context.report(("behaviors.%d.type"):format(position), ("Needs the application's module %s."):format(module))
    end
  end
  local count = #api.store:list(place.resource, place.parent, "request")
    + #api.store:list(place.resource, place.parent, "response")
  if not place.entry and count >= MOST_RULES then
    context.report("", ("An application has at most %d rules."):format(MOST_RULES))
  end
end

local function refuse_inactive(context)
  if context.mode == "create" and not context.item.active then
    context.report(nil, "You can't deactivate a function instance.", "29002")
  end
end

rules.function_instances = refuse_inactive
rules.firewall_function_instances = refuse_inactive

function rules.certificate_revocation_lists(context)
  if not context.item.active then
    context.report("active", "A certificate revocation list cannot be deactivated.")
  end
end

-- One that was asked for by `create_csr` has its key already.
function rules.certificates(context)
  local given, old = context.given, context.old
  local has_key = is_set(given.private_key) or (old and is_set(old.csr))
  if context.item.type == "edge_certificate" and is_set(given.certificate) and not has_key then
    context.report("private_key", "The {field} field is required.", "10059")
  elseif is_set(given.private_key) and not is_set(given.certificate) then
    context.report("certificate", "The {field} field is required.", "10059")
  end
end

function rules.workloads(context)
  if #context.item.domains > 50 then
    context.report("domains", "Ensure this field has no more than 50 elements.")
  end
end

function rules.buckets(context)
  local name = context.item.name
  if name:find "[^%w%-]" then
    context.report("name", "Only letters, digits and hyphens are allowed.")
  elseif name:find "^azion" then
    context.report("name", "The name cannot start with azion.")
  end
end

local function is_domain(text)
  for label in text:gmatch "[^.]+" do
    if #label > 63 or not label:find "^[%w%-]+$" or label:find "^%-" or label:find "%-$" then
      return false
    end
  end
  return text:find "^[^.]+%.[%w%-.]*%a%a+$" ~= nil and not text:find("..", 1, true)
end

function rules.dns_zones(context)
  if context.mode ~= "create" and context.given.domain ~= nil then
    context.report("domain", "The domain cannot be changed.")
  elseif not is_domain(context.item.domain) then
    context.report("domain", "Not a valid domain.")
  end
end

local WEIGHTED = { A = true, AAAA = true, CNAME = true, ANAME = true, MX = true }
local MOST_VALUES = { A = 10, AAAA = 10, MX = 10, NS = 10, SRV = 10, CNAME = 1, ANAME = 1 }

function rules.dns_records(context)
  local item = context.item
  local most = MOST_VALUES[item.type]
  if item.policy == "weighted" and not WEIGHTED[item.type] then
    context.report("policy", ("Records of type %s cannot be weighted."):format(item.type))
  end
  if most and #item.rdata > most then
    context.report("rdata", ("Ensure this field has no more than %d elements."):format(most))
  end
  for position, value in ipairs(item.type == "TXT" and item.rdata or {}) do
    if #value > 1000 then
      context.report("rdata." .. position, "Ensure this field has no more than 1000 characters.")
    end
  end
end

-- An address may end in a date of expiry and a comment.
local FORMS = { asn = "^%d+$", countries = "^%a%a$", ip_cidr = "^%x*[%.:][%x%.:]*/?%d*%s*%-?%-?[^#]*#?.*$" }

function rules.network_lists(context)
  for position, entry in ipairs(context.item.items) do
    if not entry:find(FORMS[context.item.type]) then
      context.report("items." .. position, ("Not a valid entry of a list of type %s."):format(context.item.type))
    end
  end
end

return rules
