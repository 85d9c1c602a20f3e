--- Enough of HPACK (RFC 7541) to read a request's method and path, and to write any header as it is.
local hpack = {}

-- The static table; what lies beyond these is known by its number only.
local static = { { ":authority", "" }, { ":method", "GET" }, { ":method", "POST" }, { ":path", "/" },
  { ":path", "/index.html" }, { ":scheme", "http" }, { ":scheme", "https" } }
local static_size = 61

-- The Huffman code is canonical, so that the lengths are the code: characters by length, in order of their values.
local by_length = { [5] = "012aceiost", [6] = " %-./3456789=A_bdfghlmnpru", [7] = ":BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz",
  [8] = "&*,;XZ", [10] = '!"()?', [11] = "'+|", [12] = "#>", [13] = "\0$@[]~", [14] = "^}", [15] = "<`{" }
local codes = {}
do
  local code = 0
  for length = 1, 15 do
    code = code * 2
    for character in (by_length[length] or ""):gmatch(".") do
      codes[length * 65536 + code] = character
      code = code + 1
    end
  end
end

local function huffman(bytes)
  local out, code, length = {}, 0, 0
  for index = 1, #bytes do
    local byte = bytes:byte(index)
    for bit = 7, 0, -1 do
      code, length = code * 2 + math.floor(byte / 2 ^ bit) % 2, length + 1
      local character = codes[length * 65536 + code]
      if character then
        out[#out + 1], code, length = character, 0, 0
      end
    end
  end
  return table.concat(out)
end

-- An integer whose first byte gives it `bits` bits; and where the next thing begins.
local function integer(bytes, at, bits)
  local limit = 2 ^ bits - 1
  local value = bytes:byte(at) % 2 ^ bits
  if value < limit then
    return value, at + 1
  end
  local factor = 1
  repeat
    at = at + 1
    local byte = bytes:byte(at)
    value, factor = value + byte % 128 * factor, factor * 128
  until byte < 128
  return value, at + 1
end

local function text(bytes, at)
  local coded = bytes:byte(at) >= 128
  local length
  length, at = integer(bytes, at, 7)
  local piece = bytes:sub(at, at + length - 1)
  return coded and huffman(piece) or piece, at + length
end

local function entry(dynamic, index)
  return static[index] or dynamic[index - static_size] or { "#" .. index, "" }
end

--- Reads a block of headers.
---@param dynamic table the connection's dynamic table, newest first
---@return table<string, string>
function hpack.decode(dynamic, block)
  local headers, at = {}, 1
  while at <= #block do
    local first = block:byte(at)
    local bits = first >= 128 and 7 or first >= 64 and 6 or first >= 32 and 5 or 4
    local index, after = integer(block, at, bits)
    at = after
    if bits == 7 then
      local found = entry(dynamic, index)
      headers[found[1]] = found[2]
    elseif bits ~= 5 then -- 5 is a new size of the table, which never gets full here
      local name = entry(dynamic, index)[1]
      if index == 0 then
        name, at = text(block, at)
      end
      local value
      value, at = text(block, at)
      headers[name] = value
      if bits == 6 then
        table.insert(dynamic, 1, { name, value })
      end
    end
  end
  return headers
end

local function written(piece)
  local rest = #piece - 127
  if rest < 0 then
    return string.char(#piece) .. piece
  end
  local bytes = "\127"
  while rest >= 128 do
    bytes, rest = bytes .. string.char(128 + rest % 128), math.floor(rest / 128)
  end
  return bytes .. string.char(rest) .. piece
end

--- Writes a header as a literal.
function hpack.encode(name, value)
  return "\0" .. written(name) .. written(value)
end

return hpack
