-- What sandbox.start takes: names, types, defaults.

local reader = require "azion.client.options"

local options = {}

local amount, flag, text, one_of = reader.amount, reader.flag, reader.text, reader.one_of

local function list_of(rule)
  return { type = "table", entries = rule }
end

local duration = reader.number("seconds of at least 0", function(value) return value >= 0 and value < math.huge end)

local limit = {
  type = "number or boolean",
  expected = "a whole number of at least 1, or false for none",
  allows = function(value) return value == false or (value ~= true and reader.count.allows(value)) end,
}

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
  rate = reader.number("a share above 0 and up to 1", function(value) return value > 0 and value <= 1 end),
  status = reader.number("a status from 200 to 599", function(value)
    return value >= 200 and value <= 599 and value % 1 == 0
  end),
  action = one_of("reset", "hang", "truncate", "garbage", "mutate"),
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

-- Each with its rule and its default.
local OPTIONS = {
  window = { reader.number("seconds above 0", function(value) return value > 0 and value < math.huge end), 60 },
  port = { reader.number("a port from 1 to 65535", function(value)
    return value >= 1 and value <= 65535 and value % 1 == 0
  end) },
  retry_after = { flag, true },
  latency = { duration, 0 },
  work_latency = { duration, 0 },
  faults = { list_of { type = "table", fields = fault, problem = fault_problem }, {} },
  fault_seed = { amount, 1 },
  http2 = { flag, true },
  over_page_size = { one_of("clamp", "reject"), "clamp" },
  ports = { one_of("list", "scalar"), "list" },
  without_products = { list_of(text), {} },
  ids = { one_of("fixed", "random"), "fixed" },
  repeated_names = { flag, false },
  speaks = { one_of("both", "v3", "v4"), "both" },
}
for name, pair in pairs(require "azion.sandbox.v4.options") do
  OPTIONS[name] = pair
end

local LIMITS = {
  kind = { one_of("fixed", "sliding"), "fixed" },
  read = { limit, 200 },
  write = { limit, 200 },
  purge = { limit, 200 },
  purge_wildcard = { limit, 2000 },
}

-- How many of each there are, below every item of its parent, if it has one. An application's Default Rule and Default
-- Cache Settings count. No domain, because an application that has one cannot be deleted.
local V3_AMOUNTS = {
  edge_applications = 1, origins = 25, cache_settings = 3, rules = 3, response_rules = 1, device_groups = 2,
  functions_instances = 2, domains = 0, digital_certificates = 2, personal_tokens = 1,
  variables = 2, intelligent_dns = 1, records = 2,
}

--- How many there are of each resource where nothing is said, by version.
options.amounts = { v3 = V3_AMOUNTS, v4 = require("azion.sandbox.v4.seeds").amounts }

--- Of which resource a number alone is.
options.number_of = { v3 = "origins", v4 = "connectors" }

local function part_of(list, position)
  local parts = {}
  for name, pair in pairs(list) do
    parts[name] = pair[position]
  end
  return parts
end

local function amounts_rule(version)
  local names = { applications = amount }
  for name in pairs(options.amounts[version]) do
    names[name] = amount
  end
  return {
    type = "number or table",
    fields = names,
    expected = amount.expected,
    allows = function(value) return type(value) == "table" or amount.allows(value) end,
  }
end

local known = {}
for version in pairs(options.amounts) do
  known[version] = part_of(OPTIONS, 1)
  known[version].limits = { type = "table", fields = part_of(LIMITS, 1) }
  -- Besides its own names it takes both versions' amounts at once: { v3 = 40, v4 = { connectors = 2 } }.
  local seed = amounts_rule(version)
  seed.fields.v3, seed.fields.v4 = amounts_rule "v3", amounts_rule "v4"
  known[version].seed = seed
end

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

-- An empty table is an account with nothing in it.
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
  local name, problem = reader.check(given, known[version], what)
  if name then
    return nil, name, problem
  end
  given = given or {}
  local wanted = with_defaults(given, part_of(OPTIONS, 2))
  wanted.port = given.port
  wanted.limits = with_defaults(given.limits, part_of(LIMITS, 2))
  local v3, v4 = seed_part(given.seed, "v3", version), seed_part(given.seed, "v4", version)
  wanted.seed, wanted.seed_v4 = amounts_of(v3, "v3"), amounts_of(v4, "v4")
  if v4 and not (type(v3) == "table" and v3.personal_tokens) then -- both versions have the same
    wanted.seed.personal_tokens = wanted.seed_v4.personal_tokens
  end
  return wanted
end

return options
