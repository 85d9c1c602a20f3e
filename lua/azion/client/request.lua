--- `client:request`: any endpoint, with the same care as the collections take.
local base64 = require "azion.secrets.base64"
local call = require "azion.call"
local core = require "azion.core"
local errors = require "azion.client.errors"
local identifier = require "azion.api.identifier"
local options = require "azion.client.options"
local secrets = require "azion.secrets"
local wire = require "azion.api.wire"

local request = {}

local methods = { GET = true, POST = true, PUT = true, PATCH = true, DELETE = true }

-- What frames a message belongs to the transport.
local framing = { host = true, ["content-length"] = true, ["transfer-encoding"] = true, connection = true,
  expect = true, upgrade = true, te = true, trailer = true, ["proxy-authorization"] = true, ["accept-encoding"] = true,
  ["keep-alive"] = true, ["proxy-connection"] = true, ["http2-settings"] = true }

-- Headers with one of these words in their names carry what is not to be shown.
local secret_words = { "auth", "cookie", "token", "secret", "password", "key" }

---@class azion.RequestOptions: azion.CallOptions
---@field query? table<string, string|number|boolean>
---@field body? table sent as JSON
---@field headers? table<string, string>
request.options = {
  timeout = options.seconds,
  connect_timeout = options.seconds,
  deadline = options.seconds,
  max_attempts = options.count,
  query = { type = "table" },
  body = { type = "table" },
  headers = { type = "table" },
}

local function path_problem(path)
  if path:sub(1, 1) ~= "/" or path:sub(1, 2) == "//" then
    return "expected a path that starts with exactly one '/'"
  elseif path:find("[%c%s?#\\]") or path:find("[\128-\255]") then
    return "expected a percent-encoded path without blanks, control characters, '?', '#' and '\\'"
  elseif path:find("//", 1, true) then
    return "expected a path without empty segments"
  elseif #path > 8192 then
    return "expected a path of at most 8192 bytes, got " .. #path
  end
  if identifier.has_dot_segment(path) then
    return "expected a path without '.' and '..' segments"
  end
end

-- A reply may repeat credentials without their scheme, or as the name and password that they are made of.
local function add_header_secrets(hidden, name, value)
  for _, word in ipairs(secret_words) do
    if name:lower():find(word, 1, true) then
      local scheme, credentials = value:match("^(%S+)%s+(.+)$")
      local pair = (scheme or ""):lower() == "basic" and base64.decode(credentials) or ""
      hidden[#hidden + 1] = value
      hidden[#hidden + 1] = credentials
      hidden[#hidden + 1] = pair
      hidden[#hidden + 1] = pair:match(":(.*)$")
      return
    end
  end
end

local function header_lines(headers)
  local lines, hidden = {}, {}
  for name, value in pairs(headers or {}) do
    if type(name) ~= "string" or not name:find("^[%w!#$%%&'*+%-.^_`|~]+$") then
      return nil, "expected header names as RFC 9110 allows them"
    elseif framing[name:lower()] then
      return nil, ("the header '%s' cannot be set by the caller"):format(name)
    elseif type(value) ~= "string" or not wire.is_header_value(value) then
      return nil, ("expected the header '%s' as a string without control characters"):format(name)
    end
    lines[#lines + 1] = name .. ": " .. value
    add_header_secrets(hidden, name, value)
  end
  table.sort(lines)
  return lines, nil, hidden
end

local function encode(body)
  if body == nil then
    return nil
  end
  local text, field, problem = core.encode(body)
  if not text then
    return nil, errors.invalid("expected " .. problem, field ~= "" and field or "body")
  end
  return text
end

-- As it came, but for a null that is of use to those who look for an item.
local function reader(kept)
  return function(body)
    if type(body) == "table" and body[kept] == core.null then
      body[kept] = nil
    end
    return body
  end
end

--- Carries a checked request out.
---@param engine table
---@param method string
---@param path string
---@param given azion.RequestOptions
---@return any body decoded, or true for an empty one
---@return azion.Error? err
---@return azion.Response? response
function request.run(engine, method, path, given)
  local problem = path_problem(path)
  if not methods[method] then
    return nil, errors.invalid("expected GET, POST, PUT, PATCH or DELETE, got "
      .. (method:find("^%a+$") and errors.show_short or errors.describe)(method), "method")
  elseif problem then
    return nil, errors.invalid(problem, "path")
  end
  local query, field, query_problem = engine.api.query(given.query)
  if not query then
    return nil, errors.invalid(query_problem, field)
  end
  local lines, header_problem, hidden = header_lines(given.headers)
  if not lines then
    return nil, errors.invalid(header_problem, "headers")
  end
  local body, err = encode(given.body)
  if err then
    return nil, err
  end
  hidden[#hidden + 1] = engine.api.token_of(path)
  local names = engine.api.secret_names(path)
  for _, part in ipairs({ given.query or {}, given.body or {} }) do
    for _, value in ipairs(secrets.collect(part, names)) do
      hidden[#hidden + 1] = value
    end
  end
  return call.run(engine, { method = method, path = path, query = query, headers = lines, body = body,
    options = given, secrets = hidden, read = reader(engine.api.kept), takes_any = true })
end

return request
