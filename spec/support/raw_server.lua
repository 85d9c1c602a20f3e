--- A server on bare sockets that misbehaves as spec/support/faults.lua says: HTTP/1.1, the same over TLS, and HTTP/2
--- over TLS, each on a loopback port of its own, in a process of its own.
--
--   local server = raw_server.start()
--   server.urls.plain, server.urls.tls, server.urls.http2, server.ca_file
--   server:arm("reset at once")   every connection from now on; server:arm() ends it
--   server:seen("/path")          how many requests for it came; server:seen("connection") how many connections
--   server:seen("/path", 2)       the same; waits until so many have, up to 10 s: what a client gave up, it may see late
--   server:stop()                 raises if the server itself failed
local core = require("azion.core")
local files = require("spec.support.files")
local ports = require("spec.support.ports")

local raw_server = {}

local Server = {}
Server.__index = Server

-- Certificates of one key, each its own authority, and bodies that are more than they seem.
local PREPARE = [[
set -e
cd %s
printf '[ca]\ndefault_ca = it\n[it]\ndatabase = index\nnew_certs_dir = .\ndefault_md = sha256\n' >ca.cnf
printf 'rand_serial = yes\nunique_subject = no\npolicy = any\ncopy_extensions = copy\n' >>ca.cnf
printf '[any]\ncommonName = supplied\n' >>ca.cnf
: >index
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1 -out key.pem
certify() { # file, names, first and last day
  openssl req -new -key key.pem -subj "/CN=$1" -addext "subjectAltName=$2" -out request.pem
  openssl ca -batch -config ca.cnf -selfsign -keyfile key.pem -in request.pem -startdate "$3" -enddate "$4" \
    -notext -out "$1.pem"
}
ours=DNS:localhost,DNS:*.proxied.test,IP:127.0.0.1
certify good "$ours" 20200101000000Z 20990101000000Z
certify expired "$ours" 20200101000000Z 20210101000000Z
certify early "$ours" 20980101000000Z 20990101000000Z
certify foreign DNS:elsewhere.test 20200101000000Z 20990101000000Z
cat good.pem expired.pem early.pem foreign.pem >trusted.pem
certify unknown "$ours" 20200101000000Z 20990101000000Z
head -c 100000000 /dev/zero | gzip -1 >bomb.gz
gzip -1 <bomb.gz >bomb.gz.gz
printf '{"ok":true}' | gzip >ok.gz
]]

local function launch(server)
  os.remove(server.folder .. "/ready")
  server.pipe = assert(io.popen(("env -i PATH=/usr/local/bin:/usr/bin:/bin LUA_PATH='./?.lua;;' lua5.4 "
    .. "spec/support/raw/worker.lua %s %s >%s/output 2>&1"):format(server.folder, table.concat(server.ports, " "),
    server.folder), "w"))
  local limit = core.now() + 10
  local ready
  repeat
    os.execute("sleep 0.02")
    ready = files.read(server.folder .. "/ready")
  until ready or core.now() > limit
  assert(ready, files.read(server.folder .. "/output"))
end

function raw_server.start()
  local pipe = assert(io.popen("mktemp -d"))
  local folder = pipe:read("*l")
  pipe:close()
  files.write(folder .. "/prepare", PREPARE:format(folder))
  os.execute(("sh %s/prepare >%s/output 2>&1"):format(folder, folder))
  files.write(folder .. "/armed", "")
  files.write(folder .. "/journal", "")
  local held = { ports.hold(), ports.hold(), ports.hold() }
  local numbers = { held[1].number, held[2].number, held[3].number }
  local server = setmetatable({ folder = folder, ca_file = folder .. "/trusted.pem", held = held, ports = numbers,
    urls = { plain = "http://127.0.0.1:" .. numbers[1], tls = "https://127.0.0.1:" .. numbers[2],
      http2 = "https://127.0.0.1:" .. numbers[3] }, counts = {}, failures = {} }, Server)
  server.journal = assert(io.open(folder .. "/journal", "r"))
  launch(server)
  return server
end

--- What happens to every connection from now on; nothing without a name.
function Server:arm(name)
  files.write(self.folder .. "/armed", ((name or ""):gsub("[^%w]+", "-")))
end

local function read_journal(self)
  self.journal:seek("cur", 0) -- or the end of the file would be remembered
  for line in self.journal:lines() do
    local failure = line:match("^failure (.*)$")
    local counted = line:match("%S+$")
    self.failures[#self.failures + 1] = failure
    self.counts[counted] = (self.counts[counted] or 0) + 1
  end
end

function Server:seen(path, at_least)
  local limit = core.now() + 10
  read_journal(self)
  while (self.counts[path] or 0) < (at_least or 0) and core.now() < limit do
    os.execute("sleep 0.02")
    read_journal(self)
  end
  return self.counts[path] or 0
end

--- Has done what was to be done between two calls.
function Server:tell()
  local before, limit = self:seen("told"), core.now() + 10
  self:arm("now")
  repeat
    os.execute("sleep 0.02") -- for what comes of it to arrive, too
  until self:seen("told") > before or core.now() > limit
  self:arm()
end

--- Ends the process, and with it every connection.
function Server:halt()
  if self.pipe then
    self.pipe:write("end\n")
    self.pipe:close()
    self.pipe = nil
  end
end

--- Starts it again on the same ports.
function Server:resume()
  launch(self)
end

function Server:stop()
  self:halt()
  read_journal(self)
  self.journal:close()
  for _, port in ipairs(self.held) do
    port:release()
  end
  os.execute("rm -rf " .. self.folder)
  assert(#self.failures == 0, self.failures[1])
end

return raw_server
