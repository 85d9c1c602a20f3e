--- An API for people and scripts that must not have the token of the account: origins of one edge application, or, in
--- version 4, the connectors of the account.
---
---   GET /origins?page=1&page_size=20   GET /origins/KEY   PATCH /origins/KEY       with AZION_API=v4: /connectors
---
--- Each request shows `Authorization: Bearer ADMIN_TOKEN`.
local azion = require "azion"
local cjson = require "cjson.safe"
local core = require "azion.core"
local settings = require "settings"

local admin = {}

-- The status for each kind of error. What is wrong with the account's own token is not the caller's fault.
local statuses = { invalid = 400, not_found = 404, conflict = 409, rejected = 422, rate_limited = 429, timeout = 504,
  unauthorized = 502, forbidden = 502, server = 502, network = 502, tls = 502, protocol = 502, inconsistent = 502,
  closed = 503 }

local function reply(status, body)
  ngx.status = status
  ngx.header["Content-Type"] = "application/json"
  ngx.print(core.encode(body), "\n")
end

local function reply_error(err)
  if err.retry_after then
    ngx.header["Retry-After"] = math.ceil(err.retry_after)
  end
  if err.kind ~= "invalid" and err.kind ~= "not_found" then
    ngx.log(ngx.WARN, tostring(err))
  end
  reply(statuses[err.kind] or 500, { kind = err.kind, message = err.message, fields = err.fields,
    maybe_applied = err.maybe_applied })
end

local api = settings.api

local function reply_with(item, err)
  if err then
    reply_error(err)
  else
    reply(200, api.shown(item))
  end
end

-- Compared in full, so that the time it takes tells nothing.
local function is_allowed(shown)
  local wanted = settings.admin_token and "Bearer " .. settings.admin_token
  if not wanted or type(shown) ~= "string" then
    return false
  end
  local difference = #wanted == #shown and 0 or 1
  for index = 1, #wanted do
    difference = difference + (wanted:byte(index) == shown:byte(index) and 0 or 1)
  end
  return difference == 0
end

-- nginx puts a body that is larger than client_body_buffer_size into a file.
local function read_body()
  ngx.req.read_body()
  local path = ngx.req.get_body_file()
  if not path then
    return ngx.req.get_body_data() or ""
  end
  local file, problem = io.open(path, "rb")
  if not file then
    ngx.log(ngx.ERR, "admin: ", problem)
    return nil
  end
  local text = file:read("*a")
  file:close()
  return text
end

-- cjson's null is azion's: both are the light userdata NULL.
local function change(collection, key)
  local text = read_body()
  if not text then
    return reply(500, { kind = "server", message = "the body cannot be read" })
  end
  local fields = cjson.decode(text)
  if type(fields) ~= "table" or text:find("^%s*%[") then
    return reply(400, { kind = "invalid", message = "the body must be a JSON object" })
  end
  reply_with(collection:update(key, fields))
end

local function list(collection)
  local given, query = ngx.req.get_uri_args(10), {}
  for _, name in ipairs(api.query) do
    query[name] = given[name]
  end
  local page, err = collection:list(query)
  if not page then
    return reply_error(err)
  end
  local shown = {}
  for index, item in ipairs(page.results) do
    shown[index] = api.shown(item)
  end
  reply(200, { page = page.page, total_pages = page.total_pages, count = page.count, [api.name] = azion.array(shown) })
end

function admin.serve()
  if not is_allowed(ngx.var.http_authorization) then
    ngx.header["WWW-Authenticate"] = "Bearer"
    return reply(401, { kind = "unauthorized", message = "show the admin token" })
  end
  local collection, root = settings.collection(), "/" .. api.name
  local method, key = ngx.req.get_method(), ngx.var.uri:match("^" .. root .. "/([^/]+)$")
  if ngx.var.uri == root and method == "GET" then
    list(collection)
  elseif key and method == "GET" then
    reply_with(collection:get(key))
  elseif key and method == "PATCH" then
    change(collection, key)
  elseif key or ngx.var.uri == root then
    ngx.header["Allow"] = key and "GET, PATCH" or "GET"
    reply(405, { kind = "invalid", message = "not with this method" })
  else
    reply(404, { kind = "not_found", message = "nothing is here" })
  end
end

return admin
