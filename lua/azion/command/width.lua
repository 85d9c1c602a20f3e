--- Texts as a terminal shows them: how many columns they take, and cut to fit. Text is what the API sent, so bytes that
--- are not UTF-8 and characters that steer a terminal have to be expected.
local width = {}

-- Characters that take two columns, as ranges and one by one; and those that take none. A mark that turns the character
-- before it into an emoji takes one: some terminals then give it two columns. What is counted too wide leaves a gap, what
-- is counted too narrow breaks the table.
local wide = { { 0x1100, 0x115f }, { 0x231a, 0x231b }, { 0x2329, 0x232a }, { 0x23e9, 0x23ec }, { 0x23f0 }, { 0x23f3 },
  { 0x25fd, 0x25fe }, { 0x2614, 0x2615 }, { 0x2648, 0x2653 }, { 0x267f }, { 0x2693 }, { 0x26a1 }, { 0x26aa, 0x26ab },
  { 0x26bd, 0x26be }, { 0x26c4, 0x26c5 }, { 0x26ce }, { 0x26d4 }, { 0x26ea }, { 0x26f2, 0x26f3 }, { 0x26f5 },
  { 0x26fa }, { 0x26fd }, { 0x2705 }, { 0x270a, 0x270b }, { 0x2728 }, { 0x274c }, { 0x274e }, { 0x2753, 0x2755 },
  { 0x2757 }, { 0x2795, 0x2797 }, { 0x27b0 }, { 0x27bf }, { 0x2b1b, 0x2b1c }, { 0x2b50 }, { 0x2b55 },
  { 0x2e80, 0x303e }, { 0x3040, 0xa4cf }, { 0xa960, 0xa97f }, { 0xac00, 0xd7a3 }, { 0xf900, 0xfaff },
  { 0xfe10, 0xfe19 }, { 0xfe30, 0xfe6f }, { 0xff00, 0xff60 }, { 0xffe0, 0xffe6 }, { 0x16fe0, 0x1b2ff },
  { 0x1f004 }, { 0x1f0cf }, { 0x1f18e }, { 0x1f191, 0x1f19a }, { 0x1f200, 0x1faff }, { 0x20000, 0x3fffd } }
local none = { { 0x300, 0x36f }, { 0x483, 0x489 }, { 0x591, 0x5bd }, { 0x5bf }, { 0x5c1, 0x5c2 }, { 0x610, 0x61a },
  { 0x64b, 0x65f }, { 0xe31 },
  { 0xe34, 0xe3a }, { 0xe47, 0xe4e }, { 0xeb1 }, { 0xeb4, 0xebc }, { 0xec8, 0xece }, { 0x1ab0, 0x1aff },
  { 0x1dc0, 0x1dff }, { 0x200b, 0x200f }, { 0x20d0, 0x20f0 }, { 0xfe00, 0xfe0e }, { 0xfe20, 0xfe2f } }

local function is_in(ranges, code)
  for _, range in ipairs(ranges) do
    if code >= range[1] and code <= (range[2] or range[1]) then
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
