--- A connection of the raw server: bytes in and out, and every way to end it.
local loop = require("spec.support.raw.loop")
local ssl = require("ssl")

local Connection = {}
Connection.__index = Connection

--- Takes what the listener accepted.
function Connection.new(accepted)
  accepted:settimeout(0)
  accepted:setoption("tcp-nodelay", true)
  return setmetatable({ socket = accepted, raw = accepted, fd = accepted:getfd(), buffer = "" }, Connection)
end

local function wait(self, problem, blocked)
  if problem == "timeout" then
    loop.wait(self.socket, blocked)
  elseif problem == "wantread" or problem == "wantwrite" then
    loop.wait(self.socket, problem:sub(5))
  else
    self:discard()
    error(loop.ended, 0)
  end
end

--- The server's side of the TLS handshake.
function Connection:secure(context)
  local wrapped = ssl.wrap(self.socket, context)
  if not wrapped then
    error(loop.ended, 0)
  end
  self.socket, self.tls = wrapped, true
  wrapped:settimeout(0)
  while true do
    local done, problem = wrapped:dohandshake()
    if done then
      return
    end
    wait(self, problem)
  end
end

local function check_open(self)
  if not self.socket then
    error(loop.ended, 0)
  end
end

local transient = { timeout = true, wantread = true, wantwrite = true }

-- What has failed must not be read from again: LuaSec would never come back.
local function fill(self)
  while self.mute do -- as if the machine were gone
    loop.sleep(0.1)
  end
  while not self.failed do
    check_open(self)
    local bytes, problem, partial = self.socket:receive(16384)
    self.failed = problem and not transient[problem]
    bytes = bytes or partial
    if bytes ~= "" then
      self.buffer = self.buffer .. bytes
      return
    elseif not self.failed then
      wait(self, problem, "read")
    end
  end
  wait(self, "closed")
end

local function take(self, count)
  local bytes = self.buffer:sub(1, count)
  self.buffer = self.buffer:sub(count + 1)
  return bytes
end

--- So many bytes, and no fewer.
function Connection:read(count)
  while #self.buffer < count do
    fill(self)
  end
  return take(self, count)
end

--- A line, without its end.
function Connection:line()
  while not self.buffer:find("\n", 1, true) do
    fill(self)
  end
  return (take(self, self.buffer:find("\n", 1, true)):gsub("\r?\n$", ""))
end

--- Listens without a word until the peer is gone.
function Connection:hang()
  while self.shared do -- another task reads
    check_open(self)
    loop.sleep(0.01)
  end
  while true do
    self.buffer = ""
    fill(self)
  end
end

function Connection:send(bytes)
  while self.sending do
    loop.sleep(0)
  end
  self.sending = true
  local sent = 0
  while sent < #bytes do
    check_open(self)
    local last, problem, partial = self.socket:send(bytes, sent + 1)
    sent = last or partial
    if not last then
      wait(self, problem, "write")
    end
  end
  self.sending = false
end

--- Sends each byte by itself.
function Connection:trickle(bytes)
  for byte in bytes:gmatch(".") do
    self:send(byte)
    loop.sleep(0)
  end
end

-- The socket below TLS. Once it is closed the other must be too, before its number is used again.
local function below(self)
  self.raw:setfd(self.fd)
  return self.raw
end

local function leave(self)
  if self.tls then
    self.raw:setfd(-1)
  end
end

function Connection:discard()
  if self.socket then
    below(self):close()
    self.socket:close()
    self.socket = nil
  end
end

--- Ends it by a TCP reset.
function Connection:reset()
  below(self):setoption("linger", { on = true, timeout = 0 })
  self:discard()
  error(loop.ended, 0)
end

--- Ends it as TCP does; TLS is not told.
function Connection:drop()
  self:discard()
  error(loop.ended, 0)
end

--- Ends it in good order.
function Connection:close()
  self.socket:close()
  self.socket = nil
  error(loop.ended, 0)
end

--- Says that nothing more will be sent, and goes on listening.
function Connection:half_close()
  below(self):shutdown("send")
  leave(self)
  self:hang()
end

return Connection
