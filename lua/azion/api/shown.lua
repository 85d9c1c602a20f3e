--- How a value is shown in "expected …, got …". Works without the core: the sandbox starts without it.
local shown = {}

-- Longer texts are cut: a message is one line.
local longest = 40

local function escape_byte(byte)
  return ("\\x%02X"):format(byte:byte())
end

-- Bytes that are no UTF-8 are escaped; so are the controls U+0080 to U+009F.
local function escape_high(run)
  local rest = run:gsub("\194[\160-\191]", ""):gsub("[\195-\223][\128-\191]", "")
    :gsub("[\224-\239][\128-\191][\128-\191]", ""):gsub("[\240-\244][\128-\191][\128-\191][\128-\191]", "")
  return rest == "" and run or run:gsub(".", escape_byte)
end

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

--- A text in quotes, on one line, cut if it is long.
---@param text string
---@return string
function shown.text(text)
  local mark = ""
  if #text > longest then
    text, mark = text:sub(1, longest):gsub("[\192-\255]?[\128-\191]*$", ""), "…"
  end
  text = text:gsub('[%c"\\]', function(byte) return escapes[byte] or escape_byte(byte) end)
  return '"' .. text:gsub("[\128-\255]+", escape_high) .. mark .. '"'
end

local kinds = { boolean = "a boolean", number = "a number", string = "a string", table = "a table",
  ["function"] = "a function", thread = "a thread", userdata = "a userdata" }

--- What kind of value it is: for values that may be secret.
---@param value any
---@return string
function shown.kind(value)
  if value == "" then
    return "an empty string"
  end
  return kinds[type(value)] or type(value)
end

--- A value that is no secret, as people write it.
---@param value any
---@return string
function shown.value(value)
  if value == "" then
    return "an empty string"
  elseif type(value) == "string" then
    return shown.text(value)
  elseif value ~= value then
    return "nan"
  elseif type(value) == "number" or type(value) == "boolean" then
    return tostring(value)
  end
  return shown.kind(value)
end

-- Longer strings may be a secret in the wrong place.
local longest_short = 16

--- A value that is no secret, unless it came to the wrong place.
---@param value any
---@return string
function shown.short(value)
  return (type(value) == "string" and #value > longest_short and shown.kind or shown.value)(value)
end

return shown
