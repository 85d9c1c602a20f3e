--- A web server that answers as it is told, and remembers what it was asked.
---
---   local server = scripted_server.start { ["GET /v4/x"] = { 200, '{"data":{}}', { ["Retry-After"] = "1" } },
---     ["POST /v4/x"] = { { 429, "" }, { 201, "{}" } } }       several: one after the other, the last one again and again
---   server.url, server:requests() -> { { method =, path =, query =, body =, accept =, authorization = }, … }
---   server:stop()
local core = require("azion.core")
local files = require("spec.support.files")
local web_server = require("spec.support.web_server")

local scripted_server = {}

local Server = {}
Server.__index = Server

local SERVE = [[
local cjson = require "cjson.safe"
local serve = {}

function serve.run(folder)
  local file = assert(io.open(folder .. "/answers", "rb"))
  local answers = cjson.decode(file:read("*a"))
  file:close()
  ngx.req.read_body()
  local request = ngx.req.get_method() .. " " .. ngx.var.request_uri:gsub("%?.*", "")
  local journal = assert(io.open(folder .. "/journal", "ab"))
  journal:write(cjson.encode { method = ngx.req.get_method(), path = ngx.var.request_uri:gsub("%?.*", ""),
    query = ngx.var.args or "", body = ngx.req.get_body_data() or "", accept = ngx.var.http_accept or "",
    authorization = ngx.var.http_authorization or "", at = ngx.now() }, "\n")
  journal:close()
  local list = answers[request .. "?" .. (ngx.var.args or "")] or answers[request] or { { 404, "{}" } }
  if type(list[1]) ~= "table" then
    list = { list }
  end
  local answer = list[math.min(ngx.shared.counts:incr("answer " .. request, 1, 0), #list)]
  if answer[4] then
    ngx.sleep(answer[4])
  end
  ngx.status = answer[1]
  for name, value in pairs(type(answer[3]) == "table" and answer[3] or {}) do
    ngx.header[name] = value
  end
  ngx.print(answer[2])
end

return serve
]]

--- Starts one.
---@param answers table<string, table> by request: { status, body, headers, seconds before it }, or a list of such
function scripted_server.start(answers)
  local server = setmetatable({}, Server)
  server.web = web_server.start { files = { ["serve.lua"] = SERVE, answers = assert(core.encode(answers)) },
    package_cpath = ";",
    locations = 'location / { content_by_lua_block { require("serve").run(ngx.config.prefix()) } }' }
  server.url = server.web.plain_url
  return server
end

--- All requests so far, in their order.
function Server:requests()
  local requests = {}
  for line in (files.read(self.web.folder .. "/journal") or ""):gmatch("[^\n]+") do
    requests[#requests + 1] = core.decode(line)
  end
  return requests
end

--- A client of version 4 that tries once, unless its options say otherwise.
---@param options? table
---@return azion.Client
function Server:client_of_v4(options)
  local settings = { token = "the-token", base_url = self.url .. "/v4", max_attempts = 1 }
  for name, value in pairs(options or {}) do
    settings[name] = value
  end
  return assert(require("azion").v4.client(settings))
end

function Server:stop()
  self.web:stop()
end

return scripted_server
