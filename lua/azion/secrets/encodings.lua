--- How a text may be written: in JSON, in a URL, in HTML, in Base64.
local base64 = require "azion.secrets.base64"
local core = require "azion.core"
local wire = require "azion.api.wire"

local encodings = {}

-- A line of a key; shorter ones are too common in ordinary text.
local shortest_line = 16

local function add_all(list, others)
  for _, text in ipairs(others) do
    list[#list + 1] = text
  end
end

-- A UTF-8 sequence as JSON escapes it; from U+10000 on that takes two units. (RFC 8259, section 7.)
local function escape_sequence(bytes)
  local point = bytes:byte() % 2 ^ (7 - #bytes)
  for index = 2, #bytes do
    point = point * 64 + bytes:byte(index) % 64
  end
  if point < 65536 then
    return ("\\u%04x"):format(point)
  end
  local rest = point - 65536
  return ("\\u%04x\\u%04x"):format(0xD800 + math.floor(rest / 1024), 0xDC00 + rest % 1024)
end

-- In JSON, with or without `\/`, in letters as they are or in ASCII.
local function json_spellings(value)
  local json = (core.encode(value) or ""):sub(2, -2)
  json = json:gsub("\\u000a", "\\n"):gsub("\\u000d", "\\r"):gsub("\\u0009", "\\t")
  local ascii = json:gsub("[\194-\244][\128-\191]+", escape_sequence)
  local found = {}
  for _, text in ipairs { json, ascii } do
    add_all(found, { text, (text:gsub("/", "\\/")) })
  end
  return found
end

local function url_spellings(value)
  local escaped = wire.escape(value)
  local form = escaped:gsub("%%20", "+")
  return { escaped, (escaped:gsub("%%%x%x", string.lower)), form, (form:gsub("%%%x%x", string.lower)) }
end

-- With the last two letters of either alphabet. (RFC 4648, section 5.)
local function base64_spellings(value)
  local found = base64.fragments(value)
  add_all(found, { (base64.encode(value)) })
  for index = 1, #found do
    found[#found + 1] = found[index]:gsub("%+", "-"):gsub("/", "_")
  end
  return found
end

--- The ways in which a reply usually spells a value.
---@param value string
---@return string[]
function encodings.of(value)
  local found = { value, (value:gsub("/", "\\/")) }
  add_all(found, json_spellings(value))
  add_all(found, url_spellings(value))
  add_all(found, base64_spellings(value))
  -- Of several lines each is as secret as the whole.
  for line in value:gmatch("[^\r\n]+") do
    if line ~= value and #line >= shortest_line and not line:find("^%-%-%-%-%-") then
      found[#found + 1] = line
    end
  end
  return found
end

local plain_escapes = { n = "\n", r = "\r", t = "\t", b = "\b", f = "\f" }
local entities = { amp = "&", lt = "<", gt = ">", quot = '"', apos = "'" }

-- A code point, or half of a pair of them, as UTF-8 has it.
local function utf8_of(point)
  if point < 128 then
    return string.char(point)
  elseif point < 2048 then
    return string.char(192 + math.floor(point / 64), 128 + point % 64)
  end
  return string.char(224 + math.floor(point / 4096), 128 + math.floor(point / 64) % 64, 128 + point % 64)
end

-- Two halves that stand together, in UTF-8 of three bytes each, are one code point.
local function join_halves(text)
  return (text:gsub("\237([\160-\175])([\128-\191])\237([\176-\191])([\128-\191])", function(...)
    local a, b, c, d = table.concat({ ... }):byte(1, 4)
    local point = 65536 + ((a - 160) * 64 + b - 128) * 1024 + (c - 176) * 64 + d - 128
    return string.char(240 + math.floor(point / 262144), 128 + math.floor(point / 4096) % 64,
      128 + math.floor(point / 64) % 64, 128 + point % 64)
  end))
end

local function unescape(letter, digits)
  if letter == "u" and #digits == 4 then
    return utf8_of(tonumber(digits, 16))
  end
  return (plain_escapes[letter] or letter) .. digits
end

local function entity(name)
  local digits, is_hex = name:match("^#[xX](%x+)$"), true
  if not digits then
    digits, is_hex = name:match("^#(%d+)$"), false
  end
  local point = digits and tonumber(digits, is_hex and 16 or 10)
  return entities[name] or (point and point < 65536 and utf8_of(point)) or nil
end

--- Decoders: a marker that is always present, and the function.
encodings.decoders = {
  { "\\", function(text) return join_halves((text:gsub("\\(.)(%x?%x?%x?%x?)", unescape))) end },
  { "%", function(text)
    return (text:gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
  end },
  { ";", function(text) return (text:gsub("&(#?%w+);", entity)) end },
}

return encodings
