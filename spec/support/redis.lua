--- A Redis of a spec's own: loopback only, on a port of its own, its files in a folder that goes with it.
local core = require "azion.core"
local ports = require "spec.support.ports"
local shell = require "spec.support.shell"

local redis = {}

local Server = {}
Server.__index = Server

-- The shell that waits for Redis also ends it, should this process die without stop().
local WATCH = [[
cd %s && {
  redis-server %s --bind 127.0.0.1 --save "" --appendonly no --daemonize no --dir %s %s &
  server=$!
  while kill -0 %d && kill -0 $server; do sleep 0.2; done
  kill -9 $server
} </dev/null >log 2>&1 &
]]

--- Runs a command of redis-cli.
---@return string output
function Server:command(words)
  return shell.output_of(("redis-cli -h 127.0.0.1 -p %d %s %s 2>&1"):format(self.port,
    self.ca_file and "--tls --cacert " .. self.ca_file or "", words))
end

--- Starts the server on its port.
function Server:launch()
  local listen = self.ca_file and ("--port 0 --tls-port %d --tls-cert-file %s --tls-key-file %s/key.pem"
    .. " --tls-ca-cert-file %s --tls-auth-clients no"):format(self.port, self.ca_file, self.folder, self.ca_file)
    or "--port " .. self.port
  os.execute(WATCH:format(self.folder, listen, self.folder, self.options, core.pid()))
  local limit = core.now() + 10
  while self:command("PING") ~= "PONG" do
    assert(core.now() < limit, "redis-server did not start")
    os.execute("sleep 0.02")
  end
  self.pid = assert(tonumber(self:command("INFO server"):match("process_id:(%d+)")))
end

--- Ends the server at once; `launch` starts it again, empty.
function Server:kill()
  if self.pid then
    os.execute(("kill -9 %d; while kill -0 %d 2>/dev/null; do sleep 0.02; done"):format(self.pid, self.pid))
    self.pid = nil
  end
end

--- Lets the server answer nothing, until `thaw`.
function Server:freeze()
  os.execute(("kill -STOP %d"):format(self.pid))
end

function Server:thaw()
  os.execute(("kill -CONT %d"):format(self.pid))
end

--- All that is stored.
---@return string
function Server:contents()
  local text = {}
  for key in self:command("--no-raw KEYS '*'"):gmatch('"(.-)"\n?') do
    text[#text + 1] = key .. " " .. self:command("GET '" .. key .. "'")
  end
  return table.concat(text, "\n")
end

function Server:stop()
  self:kill()
  self.held:release()
  os.execute("rm -rf " .. self.folder)
end

---@param options? { arguments?: string, tls_name?: string } for redis-server; whom its certificate is for, with TLS
function redis.start(options)
  options = options or {}
  local held = ports.hold()
  local server = setmetatable({ folder = shell.output_of("mktemp -d"), held = held, port = held.number,
    options = options.arguments or "" }, Server)
  if options.tls_name then
    server.ca_file = server.folder .. "/certificate.pem"
    os.execute(("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=redis"
      .. " -addext subjectAltName=%s -keyout %s/key.pem -out %s 2>/dev/null"):format(options.tls_name, server.folder,
      server.ca_file))
  end
  server:launch()
  return server
end

return redis
