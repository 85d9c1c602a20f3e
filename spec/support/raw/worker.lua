-- The process of a raw server: see spec/support/raw_server.lua.
--
--   lua worker.lua FOLDER PORT...     the ports of the protocols
local Connection = require("spec.support.raw.connection")
local faults = require("spec.support.faults")
local http1 = require("spec.support.raw.http1")
local http2 = require("spec.support.raw.http2")
local loop = require("spec.support.raw.loop")
local socket = require("socket")
local ssl = require("ssl")

local folder = arg[1]
local journal = assert(io.open(folder .. "/journal", "a"))

local function note(...)
  journal:write(table.concat({ ... }, " "), "\n")
  journal:flush()
end

function loop.failed(message)
  note("failure", (message:gsub("\n", " | ")))
end

local function read_file(name)
  local file = assert(io.open(folder .. "/" .. name, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

local contexts = { ["http/1.1"] = {}, h2 = {} }

local function make_context(changes, protocol)
  local settings = { mode = "server", protocol = "any", certificate = "good.pem", key = folder .. "/key.pem",
    verify = "none", options = { "all" }, alpn = { protocol } }
  for name, value in pairs(changes) do
    settings[name] = value
  end
  settings.certificate = folder .. "/" .. settings.certificate
  return assert(ssl.newcontext(settings))
end

local usual = {}

local function context_of(row, protocol)
  local changes, known = row and row.tls or usual, contexts[protocol]
  known[changes] = known[changes] or make_context(changes, protocol)
  return known[changes]
end

-- What is in no row is answered {"ok":true}.
local function serve(exchange)
  local name = exchange.path:match("^/([^/]+)") or exchange.path:match("^(.-)%.proxied%.test:443$")
  local row = faults.by_path[name]
  note(exchange.method, exchange.path)
  exchange.file = read_file
  function exchange.await_word()
    while read_file("armed") ~= "now" do
      loop.sleep(0.002)
    end
    -- Not before what is done at this word: whoever is told goes on at once.
    loop.spawn(function()
      loop.sleep(0)
      note("told")
    end)
  end
  function exchange.tunnel(serve_inside)
    exchange:head(200)
    exchange.connection:secure(context_of(nil, "http/1.1"))
    http1(exchange.connection, serve_inside or serve)
  end
  if not (row and row.early) then
    exchange:read_body()
  end
  if row then
    row.serve(exchange)
  else
    exchange:answer(200, {}, '{"ok":true}')
  end
end

-- What the file "armed" names happens to every new connection.
local function attend(accepted, protocol)
  local row = faults.by_path[read_file("armed")]
  local connection = Connection.new(accepted)
  note("connection")
  if row and row.accept then
    row.accept(connection)
  end
  if protocol then
    connection:secure(context_of(row, protocol))
  end
  if row and row.connected then
    row.connected(connection)
  end
  (protocol == "h2" and http2 or http1)(connection, serve)
end

local function listen(port, protocol)
  local listener = assert(socket.bind("127.0.0.1", port, 512))
  listener:settimeout(0)
  loop.spawn(function()
    while true do
      loop.wait(listener, "read")
      local accepted = listener:accept()
      if accepted then
        loop.spawn(attend, accepted, protocol)
      end
    end
  end)
end

-- A word on standard input, or its end, ends the process.
loop.spawn(function()
  loop.wait({ getfd = function() return 0 end, dirty = function() return false end }, "read")
  os.exit(0)
end)

listen(arg[2])
listen(arg[3], "http/1.1")
listen(arg[4], "h2")
assert(io.open(folder .. "/ready", "w")):close()
loop.run()
