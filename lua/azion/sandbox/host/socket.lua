-- What nginx offers no call for: faults on the TCP connection itself, and the parent's process id. Linux, LuaJIT's FFI.

local ffi = require "ffi"

ffi.cdef [[
int getppid(void);
int getpid(void);
int kill(int process, int signal);
int getsockname(int descriptor, void *address, unsigned int *length);
int getpeername(int descriptor, void *address, unsigned int *length);
int connect(int descriptor, const void *address, unsigned int length);
int shutdown(int descriptor, int how);
int getsockopt(int descriptor, int level, int option, void *value, unsigned int *length);
]]

local socket = {}

local ADDRESS_BYTES = 128 -- sizeof(struct sockaddr_storage)
local SHUT_RDWR = 2
local IPPROTO_TCP, TCP_INFO, TCP_ESTABLISHED = 6, 11, 1
local SIGKILL = 9
local LAST_DESCRIPTOR = 65535

local function port_of(call, descriptor)
  local address = ffi.new("unsigned char[?]", ADDRESS_BYTES)
  local length = ffi.new("unsigned int[1]", ADDRESS_BYTES)
  if call(descriptor, address, length) ~= 0 then
    return nil
  end
  return address[2] * 256 + address[3] -- sin_port, in network order
end

-- nginx does not tell Lua a connection's descriptor, but the two ports name it.
local function descriptor_of(server_port, client_port)
  for descriptor = 3, LAST_DESCRIPTOR do
    if
      port_of(ffi.C.getpeername, descriptor) == client_port
      and port_of(ffi.C.getsockname, descriptor) == server_port
    then
      return descriptor
    end
  end
end

--- Resets a connection at once: Linux answers connect() to no address by sending RST. Closing with SO_LINGER would
--- let nginx send its TLS farewell first, and the peer would see an orderly end.
---@param server_port integer
---@param client_port integer
function socket.reset(server_port, client_port)
  local descriptor = descriptor_of(server_port, client_port)
  if descriptor then
    ffi.C.connect(descriptor, ffi.new("unsigned char[16]"), 16) -- all zero: AF_UNSPEC
  end
end

--- Ends a connection after what was sent so far, without a TLS farewell.
---@param server_port integer
---@param client_port integer
function socket.close(server_port, client_port)
  local descriptor = descriptor_of(server_port, client_port)
  if descriptor then
    ffi.C.shutdown(descriptor, SHUT_RDWR)
  end
end

--- Whether the client still holds the connection: nginx does not notice its end under TLS over HTTP/1.1.
---@param server_port integer
---@param client_port integer
---@return boolean
function socket.is_open(server_port, client_port)
  local descriptor = descriptor_of(server_port, client_port)
  local info = ffi.new("unsigned char[8]") -- the first byte of struct tcp_info is the state
  local length = ffi.new("unsigned int[1]", 8)
  return descriptor ~= nil
    and ffi.C.getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, info, length) == 0
    and info[0] == TCP_ESTABLISHED
end

---@return integer
function socket.parent()
  return ffi.C.getppid()
end

--- Ends this very process.
function socket.exit()
  ffi.C.kill(ffi.C.getpid(), SIGKILL)
end

return socket
