-- luasec.lua BASE_URL CA_FILE APPLICATION PAGES PAGE_SIZE: LuaSec and lua-cjson, HTTP/1.1 by hand over one connection
-- that is kept alive (ssl.https would open one for every request). Prints the number of origins.
local cjson = require "cjson"
local socket = require "socket"
local ssl = require "ssl"

local base_url, ca_file, application, pages, page_size = (table.unpack or unpack)(arg)
local host, port = base_url:match "^https://([^:]+):(%d+)"

local function connect()
  local tcp = assert(socket.tcp())
  assert(tcp:connect(host, tonumber(port)))
  assert(tcp:setoption("tcp-nodelay", true))
  local connection = assert(ssl.wrap(tcp, { mode = "client", protocol = "any", options = { "all", "no_sslv3" },
    verify = "peer", cafile = ca_file }))
  assert(connection:dohandshake())
  return connection
end

local function receive(connection)
  local status = assert(connection:receive "*l"):match "^HTTP/1.1 (%d+)"
  local length
  for line in function() return assert(connection:receive "*l") end do
    if line == "" then
      break
    end
    local name, value = line:match "^([^:]+):%s*(.*)$"
    length = name:lower() == "content-length" and tonumber(value) or length
  end
  assert(status == "200", status)
  return (assert(connection:receive(length)))
end

local connection, count = connect(), 0
for page = 1, tonumber(pages) do
  assert(connection:send(table.concat({
    ("GET /edge_applications/%s/origins?page=%d&page_size=%s HTTP/1.1"):format(application, page, page_size),
    ("Host: %s:%s"):format(host, port),
    "Authorization: token 0123456789abcdef",
    "Accept: application/json; version=3",
    "\r\n",
  }, "\r\n")))
  for _ in ipairs(cjson.decode(receive(connection)).results) do
    count = count + 1
  end
end
connection:close()
print(count)
