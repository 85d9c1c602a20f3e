--- HTTP/2 (RFC 9113), frame by frame, as a fault wants it.
local hpack = require("spec.support.raw.hpack")
local loop = require("spec.support.raw.loop")

local DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 6, 7, 8, 9
local END_STREAM, ACK, END_HEADERS, PADDED, PRIORITY = 1, 1, 4, 8, 32
local largest = 16384

local function number(value, bytes)
  local out = ""
  for _ = 1, bytes do
    out, value = string.char(value % 256) .. out, math.floor(value / 256)
  end
  return out
end

local function number_of(bytes)
  local value = 0
  for byte in bytes:gmatch(".") do
    value = value * 256 + byte:byte()
  end
  return value
end

local function has(flags, flag)
  return flags % (2 * flag) >= flag
end

local function frame(kind, flags, stream, payload)
  return number(#payload, 3) .. string.char(kind, flags) .. number(stream, 4) .. payload
end

local Exchange = { http2 = true }
Exchange.__index = Exchange

Exchange.sleep = function(_, seconds) loop.sleep(seconds) end

--- Any frame; on the exchange's stream unless another is named.
function Exchange:frame(kind, flags, payload, stream)
  self.connection:send(frame(kind, flags, stream or self.stream, payload))
end

--- A block of headers as it is, in as many frames as it takes.
function Exchange:block(block, last)
  local kind, flags = HEADERS, last and END_STREAM or 0
  repeat
    local piece = block:sub(1, largest)
    block = block:sub(largest + 1)
    self:frame(kind, flags + (block == "" and END_HEADERS or 0), piece)
    kind, flags = CONTINUATION, 0
  until block == ""
end

---@param headers? string[][] pairs of name and value; names go in lower case
function Exchange:head(status, headers, _, last)
  local pieces = { hpack.encode(":status", tostring(status)) }
  for _, header in ipairs(headers or {}) do
    pieces[#pieces + 1] = hpack.encode(header[1]:lower(), header[2])
  end
  self:block(table.concat(pieces), last)
end

function Exchange:data(bytes, last)
  repeat
    local piece = bytes:sub(1, largest)
    bytes = bytes:sub(largest + 1)
    self:frame(DATA, last and bytes == "" and END_STREAM or 0, piece)
  until bytes == ""
end

function Exchange:answer(status, headers, body)
  self:head(status, headers)
  self:data(body or "", true)
end

function Exchange:rst(code)
  self:frame(RST_STREAM, 0, number(code, 4))
end

function Exchange:goaway(last_stream, code)
  self:frame(GOAWAY, 0, number(last_stream, 4) .. number(code, 4), 0)
end

--- Waits for the end of the request.
function Exchange:read_body()
  while not self.complete do
    loop.sleep(0.001)
  end
end

local receive = {}

local function begin(self, stream, block, flags)
  local headers = hpack.decode(self.dynamic, block)
  local exchange = setmetatable({ connection = self.connection, stream = stream, headers = headers,
    method = headers[":method"], path = headers[":path"], body = "", complete = has(flags, END_STREAM) }, Exchange)
  self.streams[stream] = exchange
  loop.spawn(self.serve, exchange)
end

receive[HEADERS] = function(self, flags, stream, payload)
  local first, last = 1, #payload
  if has(flags, PADDED) then
    first, last = 2, last - payload:byte(1)
  end
  first = has(flags, PRIORITY) and first + 5 or first
  local block = payload:sub(first, last)
  assert(has(flags, END_HEADERS), "a request with CONTINUATION frames")
  begin(self, stream, block, flags)
end

receive[DATA] = function(self, flags, stream, payload)
  local exchange = self.streams[stream]
  exchange.body = exchange.body .. payload
  exchange.complete = has(flags, END_STREAM)
  if #payload > 0 and not exchange.deaf then
    self.connection:send(frame(WINDOW_UPDATE, 0, 0, number(#payload, 4))
      .. frame(WINDOW_UPDATE, 0, stream, number(#payload, 4)))
  end
end

receive[SETTINGS] = function(self, flags)
  if not has(flags, ACK) then
    self.connection:send(frame(SETTINGS, ACK, 0, ""))
  end
end

receive[PING] = function(self, flags, _, payload)
  if not has(flags, ACK) then
    self.connection:send(frame(PING, ACK, 0, payload))
  end
end

--- Serves a connection: `serve(exchange)` for each request, all at once.
return function(connection, serve)
  local self = { connection = connection, serve = serve, streams = {}, dynamic = {} }
  connection.shared = true
  connection:read(#"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
  connection:send(frame(SETTINGS, 0, 0, ""))
  while true do
    local head = connection:read(9)
    local payload = connection:read(number_of(head:sub(1, 3)))
    local handler = receive[head:byte(4)]
    if handler then
      handler(self, head:byte(5), number_of(head:sub(6, 9)), payload)
    end
  end
end
