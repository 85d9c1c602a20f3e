--- A slow way to a server, in a process of its own.
--
--   local relay = relay.start(store.port, { delay = 0.08 })            each chunk takes that long
--   local relay = relay.start(store.port, { delay = 0.05, piece = 8 }) each 8 bytes take that long
--   relay.port; relay:stop()
local child = require "spec.support.child"
local ports = require "spec.support.ports"
local socket = require "socket"

local relay = {}

local Relay = {}
Relay.__index = Relay

---@param target integer port on loopback
---@param options { delay: number, piece?: integer }
function relay.start(target, options)
  local held = ports.hold()
  local process = child.start { "spec/support/relay_worker.lua", held.number, target, options.delay,
    options.piece or "inf" }
  local limit = socket.gettime() + 10
  repeat
    local connection = socket.connect("127.0.0.1", held.number)
    assert(connection or socket.gettime() < limit, "the relay did not start")
  until connection and connection:close()
  return setmetatable({ port = held.number, held = held, process = process }, Relay)
end

function Relay:stop()
  self.process:interrupt()
  self.process:finish()
  self.held:release()
end

return relay
