-- Replies as tables, { status, headers, body }, and the errors that every resource shares.

local json = require "azion.sandbox.model.json"

local replies = {}

---@param status integer
---@param text string JSON
---@param headers table|nil further headers
---@return table
function replies.json(status, text, headers)
  headers = headers or {}
  headers["Content-Type"] = "application/json"
  return { status = status, headers = headers, body = text }
end

---@param status integer
---@param value any what the body says
---@param headers table|nil
---@return table
function replies.value(status, value, headers)
  return replies.json(status, json.encode(value), headers)
end

--- The framework's own errors: one sentence under "detail".
---@param status integer
---@param sentence string
---@param headers table|nil
---@return table
function replies.detail(status, sentence, headers)
  return replies.value(status, { detail = sentence }, headers)
end

---@param method string
---@param allow string the methods that there are
---@return table
function replies.wrong_method(method, allow)
  return replies.detail(405, ('Method "%s" not allowed.'):format(method), { Allow = allow })
end

---@param status integer
---@param text string JSON of the item
---@return table
function replies.item(status, text)
  return replies.json(status, '{"results":' .. text .. ',"schema_version":3}')
end

---@return table
function replies.empty()
  return { status = 204, headers = {}, body = "" }
end

---@return table
function replies.not_found()
  return replies.detail(404, "Not found.")
end

--- An address outside the API is answered by the web framework, not by the API: HTML.
---@return table
function replies.unknown_path()
  return {
    status = 404,
    headers = { ["Content-Type"] = "text/html" },
    body = "<!doctype html>\n<html lang=\"en\">\n<head>\n  <title>Not Found</title>\n</head>\n<body>\n"
      .. "  <h1>Not Found</h1><p>The requested resource was not found on this server.</p>\n</body>\n</html>\n",
  }
end

return replies
