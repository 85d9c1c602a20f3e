--- A plain nginx for specs: loopback only, a certificate of its own, any locations.
--
--   local web = require "spec.support.web_server"
--   local server = web.start { http2 = true, locations = [[ location /x { return 200 "x"; } ]] }
--   server.base_url (https), server.plain_url (http), server.ca_file
--   server:stop()
--
-- Locations may use Lua, ngx.shared.counts, and the module `connection`, whose reset() ends the
-- client's connection with a TCP reset. GET /count?of=METHOD%20/path tells how often that came.

local core = require "azion.core"
local patience = require "spec.support.patience"
local shell = require "spec.support.shell"

local web_server = {}

local Server = {}
Server.__index = Server

local CONNECTION = [[
local ffi = require "ffi"

ffi.cdef [=[
  int getpeername(int fd, void *address, unsigned int *length);
  int connect(int fd, const void *address, unsigned int length);
]=]

local connection = {}

local function descriptor()
  local wanted = tonumber(ngx.var.remote_port)
  local address = ffi.new("unsigned char[128]")
  local length = ffi.new("unsigned int[1]")
  for fd = 3, 1023 do
    length[0] = 128
    if ffi.C.getpeername(fd, address, length) == 0
        and address[2] * 256 + address[3] == wanted then
      return fd
    end
  end
end

function connection.reset()
  -- To connect to AF_UNSPEC (0) is Linux's way to reset at once, HTTP/2 connections included.
  assert(ffi.C.connect(assert(descriptor()), ffi.new("unsigned char[16]"), 16) == 0)
  ngx.exit(444)
end

return connection
]]

local CONFIGURATION = [[
$user
daemon off;
worker_processes $workers;
pid $folder/nginx.pid;
error_log $folder/error.log info;
load_module /usr/lib/nginx/modules/ndk_http_module.so;
load_module /usr/lib/nginx/modules/ngx_http_lua_module.so;
$main
events { worker_connections 512; }
http {
  access_log off;
  client_body_temp_path $folder/client;
  proxy_temp_path $folder/proxy;
  fastcgi_temp_path $folder/fastcgi;
  uwsgi_temp_path $folder/uwsgi;
  scgi_temp_path $folder/scgi;
  client_max_body_size 0;
  lua_shared_dict counts 1m;
  lua_package_path "$folder/?.lua;$package_path;";
  lua_package_cpath "$package_cpath;";
  $http
  server {
    listen 127.0.0.1:$port;
    listen 127.0.0.1:$tls_port ssl $http2;
    ssl_certificate $folder/certificate.pem;
    ssl_certificate_key $folder/key.pem;
    rewrite_by_lua_block {
      ngx.shared.counts:incr(ngx.req.get_method() .. " " .. ngx.var.uri, 1, 0)
    }
    location = /count {
      rewrite_by_lua_block { return }
      content_by_lua_block {
        ngx.print(ngx.shared.counts:get(ngx.unescape_uri(ngx.var.arg_of)) or 0)
      }
    }
    $locations
  }
}
]]

local function read_file(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("*a")
  file:close()
  return text
end

local function write_file(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  file:close()
end

local function random_port()
  return 20000 + math.floor(core.random() * 40000)
end

-- The shell that waits for nginx also ends it, should this process die without stop().
local WATCH = [[
cd / && {
  nginx -p $folder -c $folder/nginx.conf -e $folder/error.log &
  server=$!
  while kill -0 $parent && kill -0 $server; do sleep 0.5; done
  kill $server
  wait
} </dev/null >$folder/output 2>&1 &
]]

local function fill(template, values)
  return (template:gsub("%$([%w_]+)", function(name)
    return values[name] -- nil leaves nginx's own variables alone
  end))
end

local function launch(folder, options, port, tls_port)
  write_file(folder .. "/nginx.conf", fill(CONFIGURATION, {
    folder = folder, port = port, tls_port = tls_port,
    user = shell.output_of("id -u") == "0" and "user root;" or "",
    main = options.main or "", workers = options.workers or 1,
    package_path = options.package_path or "", package_cpath = options.package_cpath or "",
    http = options.http or "", http2 = options.http2 and "http2" or "",
    locations = options.locations or "",
  }))
  os.remove(folder .. "/error.log")
  os.execute(fill(WATCH, { folder = folder, parent = core.pid() }))
  local limit = core.now() + patience(10)
  repeat
    local pid = tonumber(read_file(folder .. "/nginx.pid") or "")
    if pid then return pid end
    local log = read_file(folder .. "/error.log") or ""
    if log:find("[emerg]", 1, true) then return nil, log end
    os.execute("sleep 0.02")
  until core.now() > limit
  return nil, "nginx did not start: " .. (read_file(folder .. "/output") or "")
end

--- Starts nginx; raises if it cannot.
-- @param options http2 (boolean), locations, http, main (configuration text for those blocks), workers,
-- package_path, package_cpath (of the Lua in it; nginx's own paths come after them), files (Lua modules by name)
function web_server.start(options)
  local folder = shell.output_of("mktemp -d")
  os.execute("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    .. " -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1"
    .. " -keyout " .. folder .. "/key.pem -out " .. folder .. "/certificate.pem 2>/dev/null")
  write_file(folder .. "/connection.lua", CONNECTION)
  for name, text in pairs(options.files or {}) do
    write_file(folder .. "/" .. name, text)
  end
  local pid, problem
  for _ = 1, 10 do
    local port, tls_port = random_port(), random_port()
    pid, problem = launch(folder, options, port, tls_port)
    if pid then
      return setmetatable({
        pid = pid, folder = folder, ca_file = folder .. "/certificate.pem",
        base_url = "https://127.0.0.1:" .. tls_port, plain_url = "http://127.0.0.1:" .. port,
      }, Server)
    end
    if not problem:find("Address already in use", 1, true) then break end
  end
  os.execute("rm -rf " .. folder)
  error(problem, 2)
end

--- Stops nginx at once and removes its files.
function Server:stop()
  if self.pid then
    os.execute(("kill %d 2>/dev/null; while kill -0 %d 2>/dev/null; do sleep 0.02; done; rm -rf %s")
      :format(self.pid, self.pid, self.folder))
    self.pid = nil
  end
end

return web_server
