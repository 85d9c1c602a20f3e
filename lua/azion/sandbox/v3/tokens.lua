-- Tokens (v3.md, section 1): made with e-mail and password, good for a day.

local base64 = require "azion.secrets.base64"
local replies = require "azion.sandbox.model.replies"

local tokens = {}

local LIFETIME_SECONDS = 24 * 60 * 60

-- As v3 writes times here: a space, six digits, a numeric offset.
local function time_text(time)
  local micros = math.floor((time % 1) * 1e6)
  return ("%s.%06d+00:00"):format(os.date("!%Y-%m-%d %H:%M:%S", math.floor(time)), micros)
end

---@param model azion.sandbox.Model
---@param header string|nil the Authorization header
---@return table|nil reply that refuses it
function tokens.refuse_password(model, header)
  if not header then
    return replies.detail(401, "Authentication credentials were not provided.")
  end
  local scheme, credentials = header:match "^(%S+)%s+(%S+)$"
  local pair = model.email .. ":" .. model.password
  -- The API's documentation makes the value with a line feed at its end; both forms are in use.
  local good = credentials == base64.encode(pair) or credentials == base64.encode(pair .. "\n")
  if not scheme or scheme:lower() ~= "basic" or not good then
    return replies.detail(401, "Invalid username/password.")
  end
end

---@param model azion.sandbox.Model
---@param header string|nil the Authorization header
---@return table|nil reply that refuses it
function tokens.refuse_token(model, header)
  local scheme, token = (header or ""):match "^(%S+)%s+(%S+)%s*$"
  if not scheme or scheme:lower() ~= "token" then
    return replies.detail(401, "Authentication credentials were not provided.")
  end
  local expires = model.tokens[token]
  if not expires then
    return replies.detail(401, "Invalid token.")
  elseif model.now() >= expires then
    return replies.detail(401, "Token has expired.")
  end
end

---@param model azion.sandbox.Model
---@param count integer
---@return string random hexadecimal digits
function tokens.digits(model, count)
  local digits = {}
  for position = 1, count do
    digits[position] = ("%x"):format(math.floor(model.random() * 16))
  end
  return table.concat(digits)
end

local function create(model)
  local token, time = tokens.digits(model, 40), model.now()
  model.tokens[token] = time + LIFETIME_SECONDS
  return replies.value(201, {
    token = token,
    created_at = time_text(time),
    expires_at = time_text(time + LIFETIME_SECONDS),
  })
end

local function revoke(model, keys)
  local token = keys[1]
  if not model.tokens[token] then
    return replies.not_found()
  end
  model.tokens[token] = nil
  return replies.empty()
end

tokens.routes = {
  { path = "/tokens", authorize = tokens.refuse_password, methods = { POST = create } },
  { path = "/tokens/:token", authorize = tokens.refuse_password, methods = { DELETE = revoke } },
}

return tokens
