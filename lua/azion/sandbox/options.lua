-- What sandbox.start takes: names, types, defaults.

local reader = require "azion.client.options"

local options = {}

local amount, flag, text = reader.amount, reader.flag, reader.text
local duration = reader.number("seconds of at least 0", function(value)
  return value >= 0 and value < math.huge
end)

local function one_of(expected, ...)
  local words = {}
  for _, word in ipairs { ... } do
    words[word] = true
  end
  return { type = "string", expected = expected, allows = function(value) return words[value] end }
end

local function list_of(rule)
  return { type = "table", entries = rule }
end

local limit = {
  type = "number or boolean",
  expected = "a whole number of at least 1, or false for none",
  allows = function(value)
    return value == false or (value ~= true and reader.count.allows(value))
  end,
}

local limits = {
  kind = one_of([["fixed" or "sliding"]], "fixed", "sliding"),
  read = limit,
  write = limit,
  purge = limit,
  purge_wildcard = limit,
}

-- Each belongs to every item of its parent, if it has one. An application's Default Rule and Default Cache Settings
-- count. No domain, because an application that has one cannot be deleted.
local SEED = {
  edge_applications = 1,
  origins = 25,
  cache_settings = 3,
  rules = 3,
  response_rules = 1,
  device_groups = 2,
  functions_instances = 2,
  domains = 0,
  digital_certificates = 2,
  personal_tokens = 1,
  variables = 2,
  intelligent_dns = 1,
  records = 2,
}

--- How many there are of each resource where nothing is said, by version.
options.amounts = { v3 = SEED, v4 = require("azion.sandbox.v4.seeds").amounts }

--- Of which resource a number alone is.
options.number_of = { v3 = "origins", v4 = "connectors" }

local function amounts_rule(version)
  local names = { applications = amount }
  for name in pairs(options.amounts[version]) do
    names[name] = amount
  end
  return {
    type = "number or table",
    fields = names,
    expected = reader.amount.expected,
    allows = function(value) return type(value) == "table" or reader.amount.allows(value) end,
  }
end

-- Besides its own names it takes both versions' amounts at once: { v3 = 40, v4 = { connectors = 2 } }.
local function seed_rule(version)
  local rule = amounts_rule(version)
  for name in pairs(options.amounts) do
    rule.fields[name] = amounts_rule(name)
  end
  return rule
end

local LIMITS = { kind = "fixed", read = 200, write = 200, purge = 200, purge_wildcard = 2000 }

-- By name a string, or a list of them.
local function are_headers(given)
  for name, content in pairs(given) do
    for _, line in ipairs(type(content) == "table" and content or { content }) do
      if type(name) ~= "string" or type(line) ~= "string" then
        return false
      end
    end
  end
  return true
end

local fault = {
  method = text,
  path = text,
  nth = reader.count,
  rate = reader.number("a share above 0 and up to 1", function(value)
    return value > 0 and value <= 1
  end),
  status = reader.number("a status from 200 to 599", function(value)
    return value >= 200 and value <= 599 and value % 1 == 0
  end),
  action = one_of([["reset", "hang", "truncate", "garbage" or "mutate"]],
    "reset", "hang", "truncate", "garbage", "mutate"),
  headers = { type = "table", expected = "strings, or lists of strings, by name", allows = are_headers },
  body = text,
  apply = flag,
  delay = duration,
  work_delay = duration,
  delete = list_of(reader.count),
  insert = amount,
}

local function fault_problem(entry)
  if not (entry.status or entry.action or entry.body or entry.delay or entry.work_delay or entry.headers) then
    return "expected a status, action, body, headers, delay or work_delay, got none of them"
  end
end

local known = {
  limits = { type = "table", fields = limits },
  window = reader.number("seconds above 0", function(value)
    return value > 0 and value < math.huge
  end),
  port = reader.number("a port from 1 to 65535", function(value)
    return value >= 1 and value <= 65535 and value % 1 == 0
  end),
  retry_after = flag,
  latency = duration,
  work_latency = duration,
  faults = list_of { type = "table", fields = fault, problem = fault_problem },
  fault_seed = amount,
  http2 = flag,
  over_page_size = one_of([["clamp" or "reject"]], "clamp", "reject"),
  ports = one_of([["list" or "scalar"]], "list", "scalar"),
  without_products = list_of(text),
  ids = one_of([["fixed" or "random"]], "fixed", "random"),
  repeated_names = flag,
  speaks = one_of([["both", "v3" or "v4"]], "both", "v3", "v4"),
  state = one_of([["executed" or "pending"]], "executed", "pending"),
  pending_for = duration,
  issue_after = duration,
  rate_headers = flag,
  past_the_end = one_of([["not_found" or "empty"]], "not_found", "empty"),
  hmac_keys = one_of([["shown" or "masked"]], "shown", "masked"),
  patch_depth = one_of([["replace" or "merge"]], "replace", "merge"),
  unknown_fields = one_of([["ignore" or "reject"]], "ignore", "reject"),
  deletion_lag = amount,
  error_codes = one_of([["services" or "merged"]], "services", "merged"),
  default_rule_in_order = one_of([["maybe", "always" or "never"]], "maybe", "always", "never"),
  partial_order = one_of([["reject" or "append"]], "reject", "append"),
  require_modules = flag,
}

local known_to = {}
for version in pairs(options.amounts) do
  known_to[version] = { seed = seed_rule(version) }
  for name, rule in pairs(known) do
    known_to[version][name] = rule
  end
end

local DEFAULTS = {
  window = 60,
  retry_after = true,
  latency = 0,
  work_latency = 0,
  faults = {},
  fault_seed = 1,
  http2 = true,
  over_page_size = "clamp",
  ports = "list",
  without_products = {},
  ids = "fixed",
  repeated_names = false,
  speaks = "both",
  state = "executed",
  pending_for = 0,
  issue_after = 0,
  rate_headers = false,
  past_the_end = "not_found",
  hmac_keys = "shown",
  patch_depth = "replace",
  unknown_fields = "ignore",
  deletion_lag = 0,
  error_codes = "services",
  default_rule_in_order = "maybe",
  partial_order = "reject",
  require_modules = false,
}

local function with_defaults(given, defaults)
  local values = {}
  for name, value in pairs(defaults) do
    values[name] = value
    if given and given[name] ~= nil then
      values[name] = given[name]
    end
  end
  return values
end

-- How many there are of each resource. An empty table is an account with nothing in it.
local function amounts_of(given, version)
  if type(given) == "number" then
    given = { [options.number_of[version]] = given }
  end
  local amounts = with_defaults(given, options.amounts[version])
  for name in pairs(given and next(given) == nil and amounts or {}) do
    amounts[name] = 0
  end
  if version == "v3" and given and given.applications and not given.edge_applications then
    amounts.edge_applications = given.applications
  end
  return amounts
end

-- What is said of a version: in a part of its own, else by the names of the version that was started.
local function seed_part(seed, version, started)
  local part = type(seed) == "table" and seed[version]
  return part or (version == started and seed) or nil
end

--- Checks the caller's options and fills in the defaults; the caller's table is left as it is.
---@param given table|nil
---@param version "v3"|"v4" whose names the seed has
---@return table|nil wanted
---@return string|nil name of the option that cannot be
---@return string|nil problem
function options.read(given, version)
  local what = version == "v4" and "azion.v4.sandbox.start" or "azion.sandbox.start"
  local name, problem = reader.check(given, known_to[version], what)
  if name then
    return nil, name, problem
  end
  given = given or {}
  local wanted = with_defaults(given, DEFAULTS)
  wanted.port = given.port
  wanted.limits = with_defaults(given.limits, LIMITS)
  local v3, v4 = seed_part(given.seed, "v3", version), seed_part(given.seed, "v4", version)
  wanted.seed, wanted.seed_v4 = amounts_of(v3, "v3"), amounts_of(v4, "v4")
  if v4 and not (type(v3) == "table" and v3.personal_tokens) then -- both versions have the same
    wanted.seed.personal_tokens = wanted.seed_v4.personal_tokens
  end
  return wanted
end

return options
