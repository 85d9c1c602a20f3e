--- A connection in plain Lua, by LuaSocket and, for TLS, LuaSec. Nothing waits past the time it is given, and what
--- was begun goes on with the next call.
local core = require "azion.core"

local luasocket = {}

-- Where Debian keeps what it trusts; LuaSec knows no default.
local system_certificates = "/etc/ssl/certs"

-- What is not sent yet, by connection. Not in the connection: it may be a password, and no printed table shows one.
local unsent = setmetatable({}, { __mode = "k" })

---@class azion.Connection
local methods = {}
local metatable = { __index = methods }

-- The name or address that the certificate must be for. LuaSec checks the chain and the dates only. (RFC 6125, 6.4.)
local function is_for(certificate, host)
  local names = (certificate:extensions() or {})["2.5.29.17"] or {}
  for _, address in ipairs(names.iPAddress or {}) do
    if address == host then
      return true
    end
  end
  for _, name in ipairs(names.dNSName or {}) do
    name = name:lower()
    local rest = name:match("^%*(%..+%..+)$")
    if name == host:lower() or (rest and host:lower():match("^[^.]+(%..+)$") == rest) then
      return true
    end
  end
  return false
end

--- What is missing for such connections.
---@param tls boolean
---@return string? problem
function luasocket.missing(tls)
  if not pcall(require, "socket") then
    return "a budget in Redis needs LuaSocket; on Debian: apt-get install lua-socket"
  elseif tls and not pcall(require, "ssl") then
    return "a budget in Redis over TLS needs LuaSec; on Debian: apt-get install lua-sec"
  end
end

---@param address table host, port, tls, ca_file
---@return azion.Connection
function luasocket.new(address)
  return setmetatable({ address = address, pid = core.pid() }, metatable)
end

-- LuaSocket and LuaSec name what they wait for in their own ways.
local directions = { wantread = "read", wantwrite = "write" }

local stages = {}

-- Of several addresses each new connection begins with the next, and goes on with others where one refuses.
local function try_next_address(self)
  local socket, address = require "socket", self.address
  address.tries, self.left = (address.tries or 0) + 1, self.left - 1
  local choice, problem = self.found[(address.tries - 1) % #self.found + 1]
  self.socket, problem = (choice.family == "inet6" and socket.tcp6 or socket.tcp4)()
  if not self.socket then
    return nil, problem
  end
  self.socket:settimeout(0)
  self.stage, self.peer = "connecting", choice.addr
  return stages.connecting(self)
end

function stages.closed(self)
  local found, problem = require("socket").dns.getaddrinfo(self.address.host)
  if not found then
    return nil, problem
  end
  self.found, self.left = found, #found
  return try_next_address(self)
end

function stages.connecting(self)
  local connected, problem = self.socket:connect(self.peer, self.address.port)
  if not connected and problem ~= "already connected" then
    local is_on_its_way = problem == "timeout" or problem == "Operation already in progress"
    if not is_on_its_way and self.left > 0 then
      self.socket:close()
      return try_next_address(self)
    end
    return nil, is_on_its_way and "write" or problem
  end
  self.socket:setoption("tcp-nodelay", true)
  if not self.address.tls then
    self.stage = "open"
    return true
  end
  local ca_file = self.address.ca_file
  local wrapped, reason = require("ssl").wrap(self.socket, {
    mode = "client", protocol = "any", options = { "all", "no_sslv2", "no_sslv3", "no_tlsv1", "no_tlsv1_1" },
    verify = "peer", cafile = ca_file, capath = not ca_file and system_certificates or nil,
  })
  if not wrapped then
    return nil, reason
  end
  self.socket = wrapped
  self.socket:settimeout(0)
  self.socket:sni(self.address.host)
  self.stage = "handshake"
  return stages.handshake(self)
end

function stages.handshake(self)
  local done, problem = self.socket:dohandshake()
  if not done then
    return nil, directions[problem] or problem
  elseif not is_for(self.socket:getpeercertificate(), self.address.host) then
    return nil, "the certificate is for another host"
  end
  self.stage = "open"
  return true
end

function stages.open()
  return true
end

local function send(self)
  local sent, problem, part = self.socket:send(unsent[self])
  unsent[self] = unsent[self]:sub((sent or part or 0) + 1)
  if unsent[self] == "" then
    return true
  end
  return nil, problem == "timeout" and "write" or directions[problem] or problem
end

local function receive(self)
  local bytes, problem, part = self.socket:receive(8192)
  bytes = bytes or part or ""
  if bytes ~= "" then
    return bytes
  end
  return nil, problem == "timeout" and "read" or directions[problem] or problem
end

local function wait(self, direction, time)
  local left = time - core.now()
  if left <= 0 then
    return false
  end
  local list = { self.socket }
  require("socket").select(direction == "read" and list or nil, direction == "write" and list or nil, left)
  return true
end

-- Repeats a step until it has done its work or the time has come.
local function go_on(self, step, time)
  while true do
    local done, problem = step(self)
    if done then
      return done
    elseif problem ~= "read" and problem ~= "write" then
      return nil, problem
    elseif not wait(self, problem, time) then
      return nil, "timeout"
    end
  end
end

local function advance(self)
  return stages[self.stage or "closed"](self)
end

--- Sends bytes; "timeout" if not all are sent yet, then the next call goes on.
---@param bytes string
---@param time number monotonic seconds
---@return boolean? sent
---@return string? problem
function methods:send(bytes, time)
  unsent[self] = (unsent[self] or "") .. bytes
  local ok, problem = go_on(self, advance, time)
  if ok and unsent[self] ~= "" then
    ok, problem = go_on(self, send, time)
  end
  return ok, problem
end

--- Waits for bytes.
---@param time number monotonic seconds
---@return string? bytes
---@return string? problem
function methods:receive(time)
  return go_on(self, receive, time)
end

-- A child of a fork holds its parent's connections: closing one for good would say good-bye in the parent's name.
local inherited = {}

--- Whether the connection belongs to this process.
---@return boolean
function methods:is_ours()
  if self.pid ~= core.pid() then
    inherited[#inherited + 1] = self.socket
    self.socket = nil
    return false
  end
  return true
end

function methods:close()
  if self.socket then
    self.socket:close()
    self.socket = nil
  end
end

return luasocket
