--- Keys that an object in JSON has twice: readers take one of the two, and the other would be lost without a word.
local core = require "azion.core"

local repeated = {}

-- Where a string ends, whose opening quote is at `first`.
local function end_of_string(text, first)
  local position = first + 1
  while true do
    local found = text:find('["\\]', position)
    if text:sub(found, found) == '"' then
      return found
    end
    position = found + 2
  end
end

--- The first key that is in an object for the second time.
---@param text string valid JSON
---@return string?
function repeated.key(text)
  local open, position = {}, 1 -- of what is open: the keys of an object, false for a list
  while true do
    local first, _, mark = text:find('([{}%[%]"])', position)
    if not first then
      return nil
    end
    position = first + 1
    if mark == "{" or mark == "[" then
      open[#open + 1] = mark == "{" and {}
    elseif mark ~= '"' then
      open[#open] = nil
    else
      position = end_of_string(text, first) + 1
      local keys = open[#open]
      if keys and text:find("^%s*:", position) then
        local key = core.decode(text:sub(first, position - 1))
        if keys[key] then
          return key
        end
        keys[key] = true
      end
    end
  end
end

return repeated
