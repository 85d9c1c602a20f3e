--- Session tokens: the two calls that authenticate by e-mail address and password. (Page "Authentication".)
local base64 = require "azion.secrets.base64"
local call = require "azion.call"
local client = require "azion.client"
local errors = require "azion.client.errors"
local identifier = require "azion.api.identifier"
local mistake = require "azion.client.mistake"
local options = require "azion.client.options"
local wire = require "azion.api.wire"

local tokens = {}

---@class azion.Credentials: azion.ClientOptions
---@field email string
---@field password string

local known = { email = options.text, password = { type = "string", is_secret = true } }
for name, rule in pairs(client.options) do
  known[name] = rule
end

-- RFC 7617: a colon ends the user's name; control characters are not allowed.
local function credential_problem(given)
  local email, password = given.email, given.password
  if not email or not email:find("%S") or email:find("[:%c]") then
    return "email", "expected an e-mail address, got " .. errors.describe(email)
  elseif not password or password == "" or password:find("%c") then
    return "password", "expected a password without control characters, got " .. errors.describe(password)
  end
end

-- A client that authenticates as the account's owner, for one call.
local function owner(api, given)
  local field, problem = credential_problem(given)
  if field then
    return nil, errors.invalid(problem, field)
  end
  local settings = {}
  for name, value in pairs(given) do
    if name ~= "email" and name ~= "password" then
      settings[name] = value
    end
  end
  local basic = base64.encode(given.email .. ":" .. given.password)
  local hidden = { given.password, basic }
  hidden[#hidden + 1] = given.token
  return client.with_authorization(api, settings, "Basic " .. basic, hidden, given.email)
end

local function close_after(client_of_one_call, ...)
  client_of_one_call:close()
  return ...
end

local function run_once(api, given, request)
  local once, err = owner(api, given)
  if not once then
    return nil, err
  end
  request.query, request.options = "", {}
  return close_after(once, call.run(once.engine, request))
end

--- The two functions of a version that has them.
---@param api azion.Api
---@return fun(given: azion.Credentials): table?, azion.Error?, azion.Response? create
---@return fun(given: azion.Credentials): true?, azion.Error?, azion.Response? revoke
function tokens.of(api)
  local function create(given)
    mistake.check(given, "table", "azion.create_token: credentials")
    local name, problem = options.check(given, known, "azion.create_token")
    if name then
      return nil, errors.invalid(problem, name)
    end
    return run_once(api, given, { method = "POST", path = api.tokens.path, read = api.tokens.read })
  end

  local function revoke(given)
    mistake.check(given, "table", "azion.revoke_token: credentials")
    local name, problem = options.check(given, known, "azion.revoke_token")
    if name then
      return nil, errors.invalid(problem, name)
    end
    local segment = type(given.token) == "string" and identifier.segment(given.token)
    if not segment or not wire.is_segment(given.token) then
      return nil, errors.invalid("expected the token to revoke, got " .. errors.describe(given.token), "token")
    end
    return run_once(api, given, { method = "DELETE", path = api.tokens.path .. "/" .. segment,
      read = function() return true end })
  end
  return create, revoke
end

return tokens
