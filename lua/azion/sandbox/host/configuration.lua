-- The text of nginx's configuration file. Paths are relative to the sandbox's folder, which is nginx's prefix: what
-- a folder's name may contain, nginx might read as its own syntax.

local configuration = {}

-- One process (no master): what is killed is all there is, and it runs as the user who started it.
local TEMPLATE = [[
daemon off;
master_process off;
error_log error.log warn;
pid nginx.pid;
%(modules)
events { worker_connections 1000; }
http {
  access_log off;
  default_type application/json;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  client_max_body_size 64m;
  client_body_buffer_size 1m;
  keepalive_timeout 1h;
  keepalive_requests 1000000000;
  init_worker_by_lua_block {
    local ready, message = pcall(function()
      local folder = ngx.config.prefix()
      local options = require("cjson").decode(io.open(folder .. "options"):read "*a")
      package.path = ("%s?.lua;%s?/init.lua;%s"):format(options.lua_root, options.lua_root, package.path)
      require("azion.sandbox.host.server").start(folder, options)
    end)
    io.stdout:write(ready and "ready " or "failed ", ngx.worker.pid(), " ", tostring(message or ""), "\n")
    io.stdout:flush()
  }
  server {
    listen 127.0.0.1:%(port) ssl%(http2);
    ssl_certificate certificate.pem;
    ssl_certificate_key key.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    lua_check_client_abort on;
    location / {
      content_by_lua_block { require("azion.sandbox.host.server").serve() }
    }
  }
}
]]

local function load_modules(folder)
  if folder == "" then
    return "" -- built in, as OpenResty has it
  end
  local module = "load_module %s/%s_module.so;\n"
  -- Some nginx have the development kit built in; then there is no such file.
  local kit = io.open(folder .. "/ndk_http_module.so", "rb")
  if not kit then
    return module:format(folder, "ngx_http_lua")
  end
  kit:close()
  return module:format(folder, "ndk_http") .. module:format(folder, "ngx_http_lua")
end

---@param modules string folder of nginx's loadable modules, "" where they are built in
---@param port integer
---@param http2 boolean
---@return string
function configuration.text(modules, port, http2)
  local values = {
    port = ("%d"):format(port),
    http2 = http2 and " http2" or "",
    modules = load_modules(modules),
  }
  return (TEMPLATE:gsub("%%%(([%w_]+)%)", values))
end

return configuration
