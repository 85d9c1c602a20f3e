-- A request's body: one JSON object.

local json = require "azion.sandbox.model.json"
local replies = require "azion.sandbox.model.replies"

local body = {}

---@param request table
---@return table|nil object
---@return table|nil reply that refuses it
function body.read(request)
  local text = request.body or ""
  local content_type = request.headers["content-type"]
  if text == "" and not content_type then
    return {}
  end
  if (content_type or ""):lower():match "^%s*([^;%s]*)" ~= "application/json" then
    local message = 'Unsupported media type "%s" in request.'
    return nil, replies.detail(415, message:format(content_type or "application/octet-stream"))
  end
  if text == "" then
    return {}
  end
  local value, problem = json.decode(text)
  if problem then
    return nil, replies.detail(400, "JSON parse error - " .. problem)
  elseif not text:find "^%s*{" then
    local sentence = "Invalid data. Expected a dictionary."
    return nil, replies.value(400, { non_field_errors = { sentence } })
  end
  return value
end

return body
