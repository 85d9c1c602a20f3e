-- What sandbox.start takes: names, types, defaults. A wrong option is a mistake in the program, so it raises.

local names = require "azion.options"

local options = {}

local function finite(value)
  return type(value) == "number" and value == value and value < math.huge and value > -math.huge
end

local function whole(value)
  return finite(value) and value % 1 == 0
end

local function is_type(name)
  return function(value)
    return type(value) == name
  end
end

local function one_of(...)
  local words = {}
  for _, word in ipairs { ... } do
    words[word] = true
  end
  return function(value)
    return words[value] == true
  end
end

local function count(value)
  return whole(value) and value >= 0
end

local function is_limit(value)
  return value == false or (whole(value) and value >= 1)
end

local function seconds(value)
  return finite(value) and value >= 0
end

-- A rule: what is expected, in words; the check of one value; for tables the rules of their fields.
local function rule(expected, check, fields)
  return { expected = expected, check = check, fields = fields }
end

local boolean = rule("a boolean", is_type "boolean")
local text = rule("a string", is_type "string")
local limit = rule("a whole number of at least 1, or false for none", is_limit)
local amount = rule("a whole number of at least 0", count)
local duration = rule("a number of seconds", seconds)

local limits = {
  kind = rule([["fixed" or "sliding"]], one_of("fixed", "sliding")),
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

local function is_headers(value)
  if type(value) ~= "table" then
    return false
  end
  for name, content in pairs(value) do
    local list = type(content) == "table" and content or { content }
    for _, line in ipairs(list) do
      if type(name) ~= "string" or type(line) ~= "string" then
        return false
      end
    end
  end
  return true
end

local function is_positions(value)
  if type(value) ~= "table" then
    return false
  end
  for _, position in ipairs(value) do
    if not (whole(position) and position >= 1) then
      return false
    end
  end
  return true
end

local function is_names(value)
  if type(value) ~= "table" then
    return false
  end
  for _, name in ipairs(value) do
    if type(name) ~= "string" then
      return false
    end
  end
  return true
end

local fault = {
  method = text,
  path = text,
  nth = rule("a whole number of at least 1", function(value)
    return whole(value) and value >= 1
  end),
  rate = rule("a share above 0 and up to 1", function(value)
    return finite(value) and value > 0 and value <= 1
  end),
  status = rule("a status from 200 to 599", function(value)
    return whole(value) and value >= 200 and value <= 599
  end),
  action = rule(
    [["reset", "hang", "truncate", "garbage" or "mutate"]],
    one_of("reset", "hang", "truncate", "garbage", "mutate")
  ),
  headers = rule("a table of strings, or of lists of strings, by name", is_headers),
  body = text,
  apply = boolean,
  delay = duration,
  delete = rule("a list of positions", is_positions),
  insert = amount,
}

local known = {
  limits = rule("a table", is_type "table", limits),
  window = rule("a number of seconds above 0", function(value)
    return finite(value) and value > 0
  end),
  retry_after = boolean,
  latency = duration,
  seed = rule("a whole number or a table", function(value)
    return type(value) == "table" or count(value)
  end, seed),
  faults = rule("a list of tables", is_type "table"),
  fault_seed = amount,
  http2 = boolean,
  over_page_size = rule([["clamp" or "reject"]], one_of("clamp", "reject")),
  ports = rule([["list" or "scalar"]], one_of("list", "scalar")),
  without_products = rule("a list of names", is_names),
}

local function check(rules, values, prefix, level)
  for name, value in pairs(values) do
    local expectation = rules[name]
    if not expectation then
      local place = prefix == "" and "option" or ("option in " .. prefix:sub(1, -2))
      local hint = names.nearest(tostring(name), rules)
      error(("unknown %s: %s (did you mean %s?)"):format(place, tostring(name), hint), level)
    end
    if not expectation.check(value) then
      local message = "option %s%s: expected %s, got %s"
      local got = type(value) == "table" and "a table" or tostring(value)
      error(message:format(prefix, name, expectation.expected, got), level)
    end
    if expectation.fields and type(value) == "table" then
      check(expectation.fields, value, prefix .. name .. ".", level + 1)
    end
  end
end

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
--- @param level integer the error level of the caller, as seen from here
--- @return table
function options.check(given, level)
  if given ~= nil and type(given) ~= "table" then
    error("options: expected a table, got " .. type(given), level + 1)
  end
  given = given or {}
  check(known, given, "", level + 2)
  for position, entry in ipairs(given.faults or {}) do
    local place = ("faults[%d]"):format(position)
    if type(entry) ~= "table" then
      error(("option %s: expected a table, got %s"):format(place, type(entry)), level + 1)
    end
    check(fault, entry, place .. ".", level + 2)
    if not (entry.status or entry.action or entry.body or entry.delay or entry.headers) then
      error(("option %s: names no status, action, body, headers or delay"):format(place), level + 1)
    end
  end
  local amounts = type(given.seed) == "number" and { origins = given.seed } or given.seed or {}
  local wanted = with_defaults(given, DEFAULTS)
  wanted.limits = with_defaults(given.limits, LIMITS)
  wanted.seed = with_defaults(amounts, SEED)
  wanted.seed.edge_applications = amounts.edge_applications or amounts.applications or SEED.edge_applications
  return wanted
end

return options
