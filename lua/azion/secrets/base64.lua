--- Base64: RFC 4648, section 4.
local base64 = {}

local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local letters, values = {}, {}
for place = 0, 63 do
  letters[place] = alphabet:sub(place + 1, place + 1)
  values[letters[place]] = place
end

---@param bytes string
---@return string
function base64.encode(bytes)
  local text = {}
  for index = 1, #bytes, 3 do
    local first, second, third = bytes:byte(index, index + 2)
    local bits = first * 65536 + (second or 0) * 256 + (third or 0)
    text[#text + 1] = letters[math.floor(bits / 262144)]
    text[#text + 1] = letters[math.floor(bits / 4096) % 64]
    text[#text + 1] = second and letters[math.floor(bits / 64) % 64] or "="
    text[#text + 1] = third and letters[bits % 64] or "="
  end
  return table.concat(text)
end

--- What a text stands for; nil if it is not Base64.
---@param text string
---@return string? bytes
function base64.decode(text)
  local bytes, bits, count = {}, 0, 0
  for letter in text:gsub("=+$", ""):gmatch(".") do
    if not values[letter] then
      return nil
    end
    bits, count = bits * 64 + values[letter], count + 6
    if count >= 8 then
      count = count - 8
      bytes[#bytes + 1] = string.char(math.floor(bits / 2 ^ count))
      bits = bits % 2 ^ count
    end
  end
  return table.concat(bytes)
end

--- The letters that stand for some bytes wherever these lie within others: there are three ways in which groups of
--- three can begin. Letters that depend on the neighbours are left out.
---@param bytes string
---@return string[]
function base64.fragments(bytes)
  local found = {}
  for before = 0, 2 do
    local whole = math.floor((before + #bytes) * 8 / 6)
    local depending = ({ [0] = 0, 2, 3 })[before]
    found[#found + 1] = base64.encode(("\0"):rep(before) .. bytes):sub(depending + 1, whole)
  end
  return found
end

return base64
