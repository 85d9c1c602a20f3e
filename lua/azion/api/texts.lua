--- How long the texts of an error may be.
local texts = {}

-- A field's name stands before the names of all its members: if long ones were kept whole, what a body says of its
-- fields could take far more room than the body.
texts.longest_name = 200

--- The beginning of a text, never ending in the middle of a character.
---@param text string
---@param length integer
---@return string
function texts.cut(text, length)
  local last = length
  while last > length - 4 and text:find("^[\128-\191]", last + 1) do
    last = last - 1
  end
  return text:sub(1, last)
end

--- A text, or as much of it as is allowed.
---@param text string
---@param length integer
---@return string
function texts.shorten(text, length)
  return #text <= length and text or texts.cut(text, length) .. "…"
end

return texts
