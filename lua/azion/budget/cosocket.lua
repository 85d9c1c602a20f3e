--- A connection inside nginx, by its own sockets: they yield to nginx while they wait, and belong to one request;
--- between requests they lie in nginx's pool.
local core = require "azion.core"

local cosocket = {}

local idle_time, pool_size = 60, 32

---@class azion.PooledConnection
local methods = {}
local metatable = { __index = methods }

--- Whether this is nginx, whatever the phase.
---@return boolean
function cosocket.is_here()
  return type(ngx) == "table" and type(ngx.socket) == "table" and ngx.socket.tcp ~= nil and ngx.timer ~= nil
end

---@param address table host, port, tls
---@param login string names the connections that are alike after their first commands
---@return azion.PooledConnection
function cosocket.new(address, login)
  return setmetatable({ address = address, login = login, received = "" }, metatable)
end

local function set_time(self, time)
  local left = time - core.now()
  if left <= 0 then
    return false
  end
  self.socket:settimeout(math.max(1, left * 1000))
  return true
end

local function open(self, time)
  local address = self.address
  self.socket = ngx.socket.tcp()
  if not set_time(self, time) then
    return nil, "timeout"
  end
  local pool = ("azion:%s:%d:%s:%s"):format(address.host, address.port, tostring(address.tls), self.login)
  local ok, problem = self.socket:connect(address.host, address.port, { pool = pool, pool_size = pool_size })
  if ok and address.tls and self.socket:getreusedtimes() == 0 then
    ok, problem = self.socket:sslhandshake(nil, address.host, true)
  end
  self.is_fresh = ok and self.socket:getreusedtimes() == 0
  return ok, problem
end

--- Opens the connection, or takes one from the pool.
---@param time number monotonic seconds
---@return boolean? opened
---@return string? problem
function methods:open(time)
  local called, ok, problem = pcall(open, self, time)
  if not called then
    return nil, "no sockets in this phase"
  end
  return ok, problem
end

---@param bytes string
---@param time number monotonic seconds
---@return boolean? sent
---@return string? problem
function methods:send(bytes, time)
  if not set_time(self, time) then
    return nil, "timeout"
  end
  local sent, problem = self.socket:send(bytes)
  return sent and true, problem
end

--- Waits for bytes; they lie in `received`.
---@param time number monotonic seconds
---@return boolean? received
---@return string? problem
function methods:receive(time)
  if not set_time(self, time) then
    return nil, "timeout"
  end
  local bytes, problem = self.socket:receiveany(8192)
  self.received = self.received .. (bytes or "")
  return bytes and true, problem
end

function methods:close()
  if self.socket then
    pcall(self.socket.close, self.socket)
    self.socket = nil
  end
end

--- The connection is not needed for the moment: others may have it.
function methods:rest()
  self.socket:setkeepalive(idle_time * 1000, pool_size)
  self.socket = nil
end

--- Calls a function in the background.
---@param call function
---@return boolean begun
function cosocket.in_background(call)
  local called, begun = pcall(ngx.timer.at, 0, call)
  return called and begun and true or false
end

return cosocket
