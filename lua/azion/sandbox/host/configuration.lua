-- What nginx finds when it starts: a folder, which a shell makes, and in it a configuration file. Paths are relative to
-- the folder, which is nginx's prefix: what a folder's name may contain, nginx might read as its own syntax.

local configuration = {}

--- Runs in a shell: one start of a process for everything that has to be there before nginx is.
--- The empty files are made under this umask, because Lua's io.open cannot ask for 0600.
configuration.PREPARE = [[
umask 077
folder=
trap '[ -z "$folder" ] || rm -rf "$folder"; exit 130' INT
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/openresty/nginx/sbin:/usr/local/nginx/sbin
missing() { echo "missing=$1"; exit; }
nginx=$(command -v nginx) || nginx=$(command -v openresty) || missing nginx
command -v openssl >/dev/null || missing openssl
command -v setsid >/dev/null || missing setsid
module=
for folder in /usr/lib/nginx/modules /usr/lib64/nginx/modules /usr/share/nginx/modules /etc/nginx/modules; do
  if [ -f "$folder/ngx_http_lua_module.so" ]; then module=$folder; break; fi
done
if [ -z "$module" ]; then
  "$nginx" -V 2>&1 | grep -q -e lua-nginx-module -e ngx_lua || missing "nginx's Lua module"
fi
folder=$(mktemp -d "${TMPDIR:-/tmp}/azion-sandbox.XXXXXX") || missing "a temporary folder"
cd "$folder" || missing "a temporary folder"
for file in nginx.conf options journal error.log; do : >$file; done
# Its names, and those of the real API: a client that insists on these can be led here.
hosts=DNS:localhost,DNS:api.azionapi.net,DNS:api.azion.com,DNS:sso.azion.com
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
  -subj "/CN=azion sandbox" -addext "subjectAltName=IP:127.0.0.1,$hosts" \
  -keyout key.pem -out certificate.pem >error.log 2>&1 || { rm -rf "$folder"; missing "a working openssl"; }
# To root, nginx would make folders for another user, which a container may not have.
if [ "$(id -u)" = 0 ]; then user="user root;"; else user=; fi
printf 'nginx=%s\nmodule=%s\nuser=%s\nfolder=%s\ncurrent=%s\n' "$nginx" "$module" "$user" "$folder" "$OLDPWD"
]]

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
