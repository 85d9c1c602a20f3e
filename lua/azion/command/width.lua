--- Texts as a terminal shows them: how many columns they take, and cut to fit. Text is what the API sent, so bytes that
--- are not UTF-8 and characters that steer a terminal have to be expected.
local width = {}

-- Ranges of characters that take two columns, and of those that take none.
local wide = { { 0x1100, 0x115f }, { 0x2e80, 0xa4cf }, { 0xac00, 0xd7a3 }, { 0xf900, 0xfaff }, { 0xfe30, 0xfe6f },
  { 0xff00, 0xff60 }, { 0xffe0, 0xffe6 }, { 0x1f300, 0x1faff }, { 0x20000, 0x3fffd } }
local none = { { 0x300, 0x36f }, { 0x200b, 0x200f }, { 0xfe00, 0xfe0f } }

local function is_in(ranges, code)
  for _, range in ipairs(ranges) do
    if code >= range[1] and code <= range[2] then
      return true
    end
  end
  return false
end

local function code_of(character)
  local first = character:byte()
  if #character == 1 then
    return first
  end
  local code = first % 2 ^ (7 - #character)
  for position = 2, #character do
    code = code * 64 + character:byte(position) % 64
  end
  return code
end

local function columns_of(character)
  local code = code_of(character)
  if code < 0x300 then
    return 1
  end
  return is_in(wide, code) and 2 or is_in(none, code) and 0 or 1
end

local a_character = "[%z\1-\127\192-\255][\128-\191]*"

--- A text on one line that cannot steer a terminal, nor turn the direction of what is around it.
---@param text string
---@return string
function width.plain(text)
  if not text:find("[%c\128-\255]") then
    return text
  end
  return (text:gsub("%c", " "):gsub("\194[\128-\159]", " "):gsub("\226\128[\142\143\168-\174]", " ")
    :gsub("\226\129[\166-\169]", " "))
end

--- How many columns a text takes.
---@param text string
---@return integer
function width.of(text)
  if not text:find("[\128-\255]") then
    return #text
  end
  local columns = 0
  for character in text:gmatch(a_character) do
    columns = columns + columns_of(character)
  end
  return columns
end

--- A text that takes no more columns than that; what is cut off is replaced by a mark.
---@param text string
---@param most integer
---@param utf8 boolean
---@return string
function width.cut(text, most, utf8)
  if width.of(text) <= most then
    return text
  end
  local mark = utf8 and "…" or most > 3 and "..." or "."
  local left, parts = most - width.of(mark), {}
  for character in text:gmatch(a_character) do
    left = left - columns_of(character)
    if left < 0 then
      break
    end
    parts[#parts + 1] = character
  end
  return table.concat(parts) .. mark
end

return width
