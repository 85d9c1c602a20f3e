--- Relays TCP connections, late: `delay` seconds for each chunk, or for each piece of so many bytes.
local socket = require "socket"

local port, target, delay = tonumber(arg[1]), tonumber(arg[2]), tonumber(arg[3])
local piece = tonumber(arg[4]) or math.huge
local longest_life = 120
local listener = assert(socket.bind("127.0.0.1", port))
local peers, queue, ends = {}, {}, socket.gettime() + longest_life

-- In order for each receiver.
local function send_later(to, bytes)
  for first = 1, #bytes, piece do
    local due = math.max(to.due or 0, socket.gettime()) + delay
    if piece == math.huge then
      due = socket.gettime() + delay
    end
    to.due = due
    queue[#queue + 1] = { due = due, to = to, bytes = bytes:sub(first, first + math.min(piece, #bytes) - 1) }
  end
end

local function accept()
  local near, far = { socket = listener:accept() }, { socket = assert(socket.connect("127.0.0.1", target)) }
  near.other, far.other = far, near
  for _, side in ipairs { near, far } do
    side.socket:settimeout(0)
    side.socket:setoption("tcp-nodelay", true)
    peers[side.socket] = side
  end
end

local function receive(side)
  local bytes, problem, part = side.socket:receive(65536)
  bytes = bytes or part
  if #bytes > 0 then
    send_later(side.other, bytes)
  elseif problem == "closed" then
    for _, each in ipairs { side, side.other } do
      peers[each.socket] = nil
      each.socket:close()
      each.is_closed = true
    end
  end
end

local function send_due()
  local rest = {}
  for _, entry in ipairs(queue) do
    if entry.due > socket.gettime() then
      rest[#rest + 1] = entry
    elseif not entry.to.is_closed then
      entry.to.socket:send(entry.bytes)
    end
  end
  queue = rest
end

while socket.gettime() < ends do
  local sockets = { listener }
  for each in pairs(peers) do
    sockets[#sockets + 1] = each
  end
  local ready = socket.select(sockets, nil, 0.002)
  for _, each in ipairs(ready) do
    if each == listener then
      accept()
    elseif peers[each] then
      receive(peers[each])
    end
  end
  send_due()
end
