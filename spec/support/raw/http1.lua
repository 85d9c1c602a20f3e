--- HTTP/1.1 as a fault wants it.
local loop = require("spec.support.raw.loop")

local Exchange = { http2 = false }
Exchange.__index = Exchange

Exchange.sleep = function(_, seconds) loop.sleep(seconds) end

--- A head as it is: headers are pairs of name and value.
---@param headers? string[][]
---@param reason? string
function Exchange:head(status, headers, reason)
  local lines = { ("HTTP/1.1 %s %s"):format(status, reason or "Fine") }
  for _, header in ipairs(headers or {}) do
    lines[#lines + 1] = header[1] .. ": " .. header[2]
  end
  self.connection:send(table.concat(lines, "\r\n") .. "\r\n\r\n")
end

function Exchange:data(bytes)
  self.connection:send(bytes)
end

--- A whole answer.
function Exchange:answer(status, headers, body)
  local all = { { "Content-Length", tostring(#(body or "")) } }
  for _, header in ipairs(headers or {}) do
    all[#all + 1] = header
  end
  self:head(status, all)
  self:data(body or "")
end

function Exchange:read_body()
  self.body = self.connection:read(tonumber(self.headers["content-length"]) or 0)
end

local function read_head(connection)
  local method, path = connection:line():match("^(%u+) (%S+) HTTP/1%.1$")
  path = path:gsub("^http://[^/]+", "") -- as a proxy is asked
  local headers = {}
  while true do
    local name, value = connection:line():match("^([^:]+):%s*(.*)$")
    if not name then
      return method, path, headers
    end
    headers[name:lower()] = value
  end
end

--- Serves a connection: `serve(exchange)` for one request after the other.
return function(connection, serve)
  while true do
    local method, path, headers = read_head(connection)
    serve(setmetatable({ connection = connection, method = method, path = path, headers = headers }, Exchange))
  end
end
