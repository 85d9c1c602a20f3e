-- lua_http.lua BASE_URL CA_FILE APPLICATION PAGES PAGE_SIZE: lua-http and lua-cjson, HTTP/2 over one connection.
-- Prints the number of origins.
local cjson = require "cjson"
local client = require "http.client"
local http_headers = require "http.headers"
local context = require "openssl.ssl.context"
local http_tls = require "http.tls"
local store = require "openssl.x509.store"

local base_url, ca_file, application, pages, page_size = (table.unpack or unpack)(arg)
local host, port = base_url:match "^https://([^:]+):(%d+)"

local tls = http_tls.new_client_context()
local trusted = store.new()
trusted:add(ca_file)
tls:setStore(trusted)
tls:setVerify(context.VERIFY_PEER)
tls:setAlpnProtos { "h2" }

local connection = assert(client.connect({ host = host, port = tonumber(port), tls = true, ctx = tls, version = 2 }, 5))
local count = 0
for page = 1, tonumber(pages) do
  local headers = http_headers.new()
  headers:append(":method", "GET")
  headers:append(":scheme", "https")
  headers:append(":authority", host .. ":" .. port)
  headers:append(":path", ("/edge_applications/%s/origins?page=%d&page_size=%s"):format(application, page, page_size))
  headers:append("authorization", "token 0123456789abcdef", true)
  headers:append("accept", "application/json; version=3")
  local stream = assert(connection:new_stream())
  assert(stream:write_headers(headers, true))
  assert(assert(stream:get_headers()):get ":status" == "200")
  for _ in ipairs(cjson.decode(assert(stream:get_body_as_string())).results) do
    count = count + 1
  end
end
connection:close()
print(count)
