-- What sandbox.start takes: names, types, defaults.

local reader = require "azion.options"

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

local seed = { applications = amount }
for name in pairs(SEED) do
  seed[name] = amount
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
  delete = list_of(reader.count),
  insert = amount,
}

local function fault_problem(entry)
  if not (entry.status or entry.action or entry.body or entry.delay or entry.headers) then
    return "expected a status, action, body, headers or delay, got none of them"
  end
end

local known = {
  limits = { type = "table", fields = limits },
  window = reader.number("seconds above 0", function(value)
    return value > 0 and value < math.huge
  end),
  retry_after = flag,
  latency = duration,
  seed = {
    type = "number or table",
    fields = seed,
    expected = reader.amount.expected,
    allows = function(value) return type(value) == "table" or reader.amount.allows(value) end,
  },
  faults = list_of { type = "table", fields = fault, problem = fault_problem },
  fault_seed = amount,
  http2 = flag,
  over_page_size = one_of([["clamp" or "reject"]], "clamp", "reject"),
  ports = one_of([["list" or "scalar"]], "list", "scalar"),
  without_products = list_of(text),
}

local DEFAULTS = {
  window = 60,
  retry_after = true,
  latency = 0,
  faults = {},
  fault_seed = 1,
  http2 = true,
  over_page_size = "clamp",
  ports = "list",
  without_products = {},
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

--- Checks the caller's options and fills in the defaults; the caller's table is left as it is.
--- @param given table|nil
--- @return table|nil wanted
--- @return string|nil name of the option that cannot be
--- @return string|nil problem
function options.read(given)
  local name, problem = reader.check(given, known, "azion.sandbox.start")
  if name then
    return nil, name, problem
  end
  given = given or {}
  local amounts = type(given.seed) == "number" and { origins = given.seed } or given.seed or {}
  local wanted = with_defaults(given, DEFAULTS)
  wanted.limits = with_defaults(given.limits, LIMITS)
  wanted.seed = with_defaults(amounts, SEED)
  wanted.seed.edge_applications = amounts.edge_applications or amounts.applications or SEED.edge_applications
  return wanted
end

return options
