--- Ports on loopback that nobody else gets, however many spec files run side by side.
--
--   local held = ports.hold()
--   held.number          a server binds it as it is: nginx, Redis and LuaSocket all set SO_REUSEADDR
--   held:release()       when the server is gone for good
--
-- The socket that holds a port is bound and does not listen. Until it is closed the kernel gives the port to no other
-- that asks for a free one, and to no outgoing connection; who connects to it is refused while no server listens.
-- The sandbox draws its ports below the range from which the kernel takes these.
local socket = require "socket"

local ports = {}

local Held = {}
Held.__index = Held

---@return table held with its `number`
function ports.hold()
  local holder = assert(socket.tcp4())
  assert(holder:setoption("reuseaddr", true))
  assert(holder:bind("127.0.0.1", 0))
  local _, number = holder:getsockname()
  return setmetatable({ number = tonumber(number), holder = holder }, Held)
end

function Held:release()
  self.holder:close()
end

return ports
