--- The error table: what `nil, err` carries, and how it prints.
local core = require "azion.core"
local shown = require "azion.api.shown"

local errors = {}

---@class azion.Error
---@field kind "invalid"|"unauthorized"|"forbidden"|"not_found"|"conflict"|"rate_limited"|"server"|"rejected"|"timeout"|"network"|"tls"|"protocol"|"inconsistent"|"closed"
---@field message string the server's own message where there is one, else ours
---@field status? integer HTTP status, if a response came
---@field code? string libcurl's name (`"COULDNT_CONNECT"`), if the transport failed
---@field api_code? string the API's own code of the first error (version 4)
---@field method? string
---@field path? string
---@field attempts integer requests that left the machine for this call
---@field elapsed number seconds
---@field fields? table<string, string[]> validation messages by dotted field name
---@field retryable boolean whether a later try can succeed
---@field retry_after? number seconds to wait, if known
---@field maybe_applied? boolean true where the server may have carried out the request
---@field response? azion.Response
local methods = {}
local metatable = { __index = methods, __name = "azion.error" }

-- A log line must stay one line, whatever a server puts into its message, and be read in the order in which it is
-- written: without C1 controls (some terminals obey them), U+2028 and U+2029, and marks that turn the direction.
local function one_line(text)
  text = text:gsub("\194[\128-\159]", " "):gsub("\226\128[\142\143\168-\174]", " "):gsub("\226\129[\166-\169]", " ")
  return (text:gsub("[%c%s]+", " "))
end

--- Seconds for people: rounded up, so that nobody waits less than was told.
---@param value number
---@return string
function errors.seconds(value)
  return ("%.14g s"):format(math.ceil(value * 100) / 100)
end

function metatable:__tostring()
  local parts = { "azion: " .. tostring(self.kind) }
  if self.method and self.path then
    parts[#parts + 1] = self.method .. " " .. self.path
  end
  local cause = self.status and ("HTTP " .. self.status) or self.code
  local text = one_line(tostring(self.message))
  parts[#parts + 1] = cause and (cause .. ": " .. text) or text
  if (self.attempts or 0) > 1 then
    parts[#parts + 1] = "after " .. self.attempts .. " attempts"
  end
  if self.retry_after then
    parts[#parts + 1] = "retry after " .. errors.seconds(self.retry_after)
  end
  if self.maybe_applied then
    parts[#parts + 1] = "the request may have been applied"
  end
  return one_line(table.concat(parts, ": ", 1, math.min(#parts, 3))
    .. (parts[4] and " (" .. table.concat(parts, ", ", 4) .. ")" or ""))
end

function metatable.__concat(left, right)
  return tostring(left) .. tostring(right)
end

---@param fields table the fields of the error; `kind` and `message` are needed
---@return azion.Error
function errors.new(fields)
  fields.attempts = fields.attempts or 0
  fields.elapsed = fields.elapsed or 0
  fields.retryable = fields.retryable or false
  return setmetatable(fields, metatable)
end

--- Refused before anything was sent.
---@param message string
---@param field? string the dotted name of the field at fault
---@return azion.Error
function errors.invalid(message, field)
  return errors.new {
    kind = "invalid",
    message = field and (field .. ": " .. message) or message,
    fields = field and { [field] = { message } } or nil,
  }
end

---@return azion.Error
function errors.closed()
  return errors.new { kind = "closed", message = "the client is closed" }
end

---@param value any
---@return boolean
function errors.is(value)
  return type(value) == "table" and getmetatable(value) == metatable
end

--- A value in "expected …, got …" that may be secret: numbers alone are shown.
---@param value any
---@return string
function errors.describe(value)
  if value == core.null then
    return "null"
  end
  return type(value) == "number" and shown.value(value) or shown.kind(value)
end

--- A value in "expected …, got …" that is no secret, unless it holds one by mistake.
---@param value any
---@param hide? fun(text: string): string masks the secrets of a client: before the text is cut
---@return string
function errors.show(value, hide)
  if value == core.null then
    return "null"
  end
  return shown.value(hide and type(value) == "string" and hide(value) or value)
end

--- A value in "expected …, got …" that is no secret, where no client knows those that it may hold by mistake.
---@param value any
---@return string
function errors.show_short(value)
  return value == core.null and "null" or shown.short(value)
end

return errors
