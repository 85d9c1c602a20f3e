--- What may stand in a request: parts of a URL, values of headers.
local wire = {}

local longest_segment = 1024

local function escape_byte(byte)
  return ("%%%02X"):format(byte:byte())
end

--- Percent-encodes all but the unreserved characters of RFC 3986, 2.3.
---@param value string
---@return string
function wire.escape(value)
  return (value:gsub("[^A-Za-z0-9%-._~]", escape_byte))
end

--- Whether a text is fit to be one path segment once it is percent-encoded: not blank, not a dot segment (RFC 3986,
--- 3.3), no control characters, not too long.
---@param value string
---@return boolean
function wire.is_segment(value)
  return #value <= longest_segment and value ~= "." and value ~= ".." and value:find("[^ ]") ~= nil
    and not value:find("[%z\1-\31\127]")
end

--- Whether a text may be the value of a header: no control character but tab (RFC 9110, 5.5).
---@param value string
---@return boolean
function wire.is_header_value(value)
  return not value:find("[%z\1-\8\10-\31\127]")
end

return wire
