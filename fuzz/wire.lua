-- What may stand in a request: path segments, header values.
local wire = require "azion.api.wire"

local function unescape(text)
  return (text:gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
end

return function(text)
  local escaped = watched(wire.escape, text)
  assert(not escaped:find("[^%w%-._~%%]"), "nothing but unreserved characters and escapes")
  assert(unescape(escaped) == text, "escapes mean what was escaped")
  if watched(wire.is_segment, text) then
    assert(#text >= 1 and #text <= 1024 and not text:find("%c"), "a segment has bounds and no control characters")
    assert(escaped ~= "." and escaped ~= ".." and not escaped:find("[/?#]"), "it stays one segment")
    assert(wire.is_header_value(text), "and could be a header's value")
  end
  assert(wire.is_header_value(text) == not text:gsub("\t", ""):find("%c"), "of control characters, only tabs")
end
