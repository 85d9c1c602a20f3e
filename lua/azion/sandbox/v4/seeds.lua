-- What an account has to begin with. Names are "connector-001" and the like.

local seeds = {}

-- How many of each: below every item that they belong to. An application's Default Rule counts. No deployments or
-- custom pages, because what they use cannot be deleted.
seeds.amounts = {
  applications = 1,
  cache_settings = 2,
  device_groups = 1,
  rules = 2,
  response_rules = 1,
  functions = 2,
  function_instances = 1,
  connectors = 25,
  custom_pages = 0,
  network_lists = 2,
  workloads = 1,
  deployments = 0,
  certificates = 1,
  certificate_revocation_lists = 0,
  firewalls = 1,
  firewall_rules = 1,
  firewall_function_instances = 0,
  wafs = 1,
  waf_exceptions = 1,
  dns_zones = 1,
  dns_records = 2,
  buckets = 1,
  personal_tokens = 1,
}

local EVERYTHING = { { { conditional = "if", variable = "${uri}", operator = "starts_with", argument = "/" } } }
local PEM = "-----BEGIN %s-----\nc2FuZGJveA==\n-----END %s-----\n"

-- The id of the first item of a resource of the account; nil where there is none to refer to.
local function first_id(api, name)
  local entry = api.store:list(api.store.resources.by_name[name])[1]
  return entry and entry.item.id
end

local makers = {}

function makers.connectors(number)
  return { type = "http", attributes = { addresses = { { address = ("www-%03d.example.com"):format(number) } } } }
end

function makers.device_groups()
  return { user_agent = "Mobile" }
end

function makers.rules(_, _, phase)
  return { criteria = EVERYTHING, behaviors = { { type = phase == "response" and "enable_gzip" or "deliver" } } }
end

function makers.firewall_rules()
  local criteria = { { { conditional = "if", variable = "${host}", operator = "is_equal", argument = "x.example" } } }
  return { criteria = criteria, behaviors = { { type = "deny" } } }
end

function makers.functions()
  return { code = "async function handleRequest(request) { return new Response('hello') }" }
end

function makers.function_instances(_, api)
  local id = first_id(api, "functions")
  return id and { ["function"] = id }
end

makers.firewall_function_instances = makers.function_instances

function makers.deployments(_, api)
  local id = first_id(api, "applications")
  return id and { strategy = { attributes = { application = id } } }
end

function makers.custom_pages(_, api)
  local id = first_id(api, "connectors")
  return id and { pages = { { code = "default", page = { attributes = { connector = id } } } } }
end

function makers.certificates()
  return { certificate = PEM:format("CERTIFICATE", "CERTIFICATE"), private_key = PEM:format("PRIVATE KEY",
    "PRIVATE KEY") }
end

function makers.certificate_revocation_lists()
  return { crl = PEM:format("X509 CRL", "X509 CRL") }
end

function makers.network_lists(number)
  return { type = "ip_cidr", items = { ("192.0.2.%d"):format(number % 256), "2001:db8::/32" } }
end

function makers.waf_exceptions()
  return { conditions = { { match = "any_url" } } }
end

function makers.dns_zones(number)
  return { domain = ("zone-%03d.example"):format(number), active = true }
end

function makers.dns_records(number)
  return { type = "A", rdata = { ("192.0.2.%d"):format(number % 256) } }
end

function makers.buckets()
  return { workloads_access = "read_only" }
end

local function name_of(resource, number)
  return ("%s-%03d"):format(resource.item:lower():gsub(" ", "-"), number)
end

--- The fields of an item to begin with; nil where there is nothing that it could refer to.
---@param api azion.sandbox.Api4
---@param resource azion.Resource
---@param number integer
---@param phase string|nil
---@return table|nil
function seeds.fields(api, resource, number, phase)
  local fields = {}
  if makers[resource.name] then
    fields = makers[resource.name](number, api, phase)
  end
  if fields then
    fields.name = name_of(resource, number)
  end
  return fields
end

--- The rule that comes with an application.
---@param resource azion.Resource
---@return table
function seeds.default_rule(resource)
  return { name = resource.comes_with_parent[1], criteria = EVERYTHING, behaviors = { { type = "deliver" } } }
end

return seeds
