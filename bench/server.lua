--- What the figures are measured against: an nginx with TLS and HTTP/2 on loopback that answers as the API
--- does. The application's id is the number of its origins, and each reply is made once and then kept.
---
---     GET    /edge_applications/30000/origins?page=1&page_size=100
---     GET    /edge_applications/30000/origins/KEY      PATCH   the same
---
--- Below /slow the same, but later: after 20 ms if nothing else is said.
local web_server = require "spec.support.web_server"

local server = {}

-- The sandbox's model makes the bodies; rate headers are those of one minute's window, with a limit that
-- nobody reaches.
local ANSWERS = [[
package.loaded["azion.core"] = require "azion.sandbox.host.core"
local model = require "azion.sandbox.v3"

local answers = {}
local models, kept = {}, {}
local limit, used, ends = 1000000, 0, 0
local accept = { accept = "application/json; version=3", authorization = "token bench" }

local function model_of(count)
  if not models[count] then
    models[count] = model.new { token = "bench", seed = { edge_applications = 1, origins = count } }
  end
  return models[count]
end

local function application_path(made)
  local list = made:handle { method = "GET", path = "/edge_applications", query = {}, headers = accept }
  return "/edge_applications/" .. list.body:match '"id":(%d+)' .. "/origins"
end

local function make(count, key, query)
  local made = model_of(count)
  local path = application_path(made)
  if key then
    local first = made:handle { method = "GET", path = path, query = { page_size = "1" }, headers = accept }
    path = path .. "/" .. first.body:match '"origin_key":"([^"]+)"'
  end
  local reply = made:handle { method = "GET", path = path, query = query, headers = accept }
  assert(reply.status == 200, reply.body)
  return reply.body
end

local function rate_headers()
  local now = ngx.time()
  if now >= ends then
    used, ends = 0, now + 60
  end
  used = used + 1
  ngx.header["X-RateLimit-Limit"] = limit
  ngx.header["X-RateLimit-Remaining"] = limit - used
  ngx.header["X-RateLimit-Reset"] = os.date("!%Y-%m-%dT%H:%M:%S", ends) .. ".000000"
end

function answers.serve()
  local count, key = ngx.var.uri:match "/edge_applications/(%d+)/origins/?(.*)$"
  key = key ~= "" and key or nil
  local name = key and count or count .. "?" .. (ngx.var.args or "")
  if not kept[name] then
    kept[name] = make(tonumber(count), key, ngx.req.get_uri_args())
  end
  rate_headers()
  ngx.header.content_type = "application/json"
  ngx.header.content_length = #kept[name]
  ngx.print(kept[name])
end

return answers
]]

local LOCATIONS = [[
location /edge_applications/ {
  content_by_lua_block { require("answers").serve() }
}
location /slow/ {
  content_by_lua_block { ngx.req.read_body() ngx.sleep(%g) require("answers").serve() }
}
]]

local HTTP = [[
keepalive_requests %d;
keepalive_timeout 1h;
]]

--- @param root string the checkout
--- @param latency? number seconds, of what is below /slow
--- @param requests? integer after which a connection ends
--- @return table server base_url, slow_url, ca_file, stop()
function server.start(root, latency, requests)
  local started = web_server.start {
    http2 = true, http = HTTP:format(requests or 1000000000),
    locations = LOCATIONS:format(latency or 0.02), files = { ["answers.lua"] = ANSWERS },
    package_path = ("%s/lua/?.lua;%s/lua/?/init.lua;"):format(root, root), package_cpath = ";", -- with nginx's own paths after them
  }
  started.slow_url = started.base_url .. "/slow"
  return started
end

return server
