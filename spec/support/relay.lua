--- A slow way to a server, in a process of its own.
--
--   local relay = relay.start(store.port, { delay = 0.08 })            each chunk takes that long
--   local relay = relay.start(store.port, { delay = 0.05, piece = 8 }) each 8 bytes take that long
--   relay.port; relay:stop()
local child = require "spec.support.child"
local socket = require "socket"

local relay = {}

local Relay = {}
Relay.__index = Relay

local function free_port()
  local listener = assert(socket.bind("127.0.0.1", 0))
  local _, port = listener:getsockname()
  listener:close()
  return tonumber(port)
end

---@param target integer port on loopback
---@param options { delay: number, piece?: integer }
function relay.start(target, options)
  local port = free_port()
  local process = child.start { "spec/support/relay_worker.lua", port, target, options.delay,
    options.piece or "inf" }
  local limit = socket.gettime() + 10
  repeat
    local connection = socket.connect("127.0.0.1", port)
    assert(connection or socket.gettime() < limit, "the relay did not start")
  until connection and connection:close()
  return setmetatable({ port = port, process = process }, Relay)
end

function Relay:stop()
  self.process:interrupt()
  self.process:finish()
end

return relay
