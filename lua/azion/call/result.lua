--- What a caller gets to see of a call: the response, and the error where it failed. Secrets are masked here.
local core = require "azion.core"
local errors = require "azion.client.errors"
local secrets = require "azion.secrets"

local result = {}

---@class azion.Response
---@field status integer
---@field headers table<string, string> names in lower case
---@field rate? azion.Rate
---@field attempts integer
---@field elapsed number seconds, of the whole call
---@field method string
---@field url string without secrets
---@field http_version string
---@field state? "executed"|"pending" of what was changed, where the reply says so
---@field body? any of an error: decoded, or the text if it was not JSON

-- Built lazily: most calls only mask their URL.
local function mask_of(call)
  if not call.mask then
    local engine, request = call.engine, call.request
    local known = engine.secrets()
    for _, value in ipairs(request.secrets or {}) do
      known[#known + 1] = value
    end
    call.mask = secrets.masker(known, engine.api.secret_names(request.path))
  end
  return call.mask
end

--- The path of a call as it may be shown.
---@param call azion.Call
---@return string
function result.path(call)
  call.path = call.path or mask_of(call)(call.engine.api.public_path(call.request.path))
  return call.path
end

local function shown_url(call)
  local engine, request = call.engine, call.request
  local url = engine.base_url .. engine.api.public_path(request.path) .. request.query
  if request.secrets and #request.secrets > 0 then
    return mask_of(call)(url)
  end
  return engine.hide(url)
end

--- An error of a call.
---@param call azion.Call
---@param fields table
---@return azion.Error
function result.error(call, fields)
  fields.method, fields.path = call.request.method, result.path(call)
  fields.attempts, fields.elapsed = call.attempts, call.engine.now() - call.started
  fields.maybe_applied = fields.maybe_applied or call.in_doubt or nil
  return errors.new(fields)
end

--- The response of an attempt that got one.
---@param call azion.Call
---@param outcome azion.Outcome
---@return azion.Response
function result.response(call, outcome)
  local rate = outcome.rate
  return {
    status = outcome.status,
    headers = outcome.headers,
    rate = (rate.limit or rate.remaining or rate.reset)
      and { limit = rate.limit, remaining = rate.remaining,
        reset_after = rate.reset_after and math.max(0, rate.reset_after) } or nil,
    attempts = call.attempts,
    elapsed = (call.ended or call.engine.now()) - call.started,
    method = call.request.method,
    url = shown_url(call),
    http_version = outcome.http_version,
    state = outcome.state,
  }
end

local function mask_all(value, mask)
  if type(value) == "string" then
    return mask(value)
  elseif type(value) == "table" then
    local copy = setmetatable({}, getmetatable(value))
    for key, inner in next, value do
      copy[type(key) == "string" and mask(key) or key] = mask_all(inner, mask)
    end
    return copy
  end
  return value
end

-- Without what may be a credential: user info, query, fragment.
local function whereto(outcome)
  local location = outcome.status < 400 and outcome.headers.location
  if not location then
    return ""
  end
  location = location:gsub("[?#].*$", ""):gsub("//[^/]*@", "//"):gsub("%c", " ")
  return (" (redirects are not followed; Location: %s)"):format(location:sub(1, 200))
end

--- What the server said, or what became of the connection, as an error.
---@param call azion.Call
---@param outcome azion.Outcome
---@param judged azion.Verdict
---@return azion.Error
function result.failure(call, outcome, judged)
  local engine = call.engine
  local fields = {
    kind = judged.kind, code = outcome.code, retryable = judged.retryable, retry_after = judged.told,
    maybe_applied = judged.in_doubt or nil,
  }
  local mask = mask_of(call)
  if outcome.status then
    local text = outcome.body or outcome.json ~= nil and core.encode(outcome.json)
    text = text and mask(text)
    fields.status = outcome.status
    fields.response = result.response(call, outcome)
    fields.response.headers = mask_all(outcome.headers, mask)
    if outcome.unreadable then
      fields.message = outcome.unreadable
      fields.response.body = outcome.json ~= nil and text and core.decode(text) or text
    else
      local told = engine.api.problem(outcome.status, text)
      -- Masked once more: JSON can spell a secret in ways that the raw text does not show.
      fields.message, fields.fields = mask(told.message .. whereto(outcome)), mask_all(told.fields, mask)
      fields.api_code = told.api_code and mask(told.api_code)
      fields.response.body = mask_all(told.body, mask)
    end
  end
  if outcome.code and (not outcome.status or outcome.status < 300) then
    fields.message = mask(outcome.message or outcome.code)
  end
  local hint = engine.api.refusal_hint
  if hint and not engine.has_succeeded and (judged.kind == "unauthorized" or judged.kind == "forbidden") then
    fields.message = ("%s (%s)"):format(fields.message, hint)
  end
  return result.error(call, fields)
end

return result
