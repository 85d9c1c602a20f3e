--- The base URL: where all requests of a client go, and nowhere else.
local identifier = require "azion.api.identifier"

local base_url = {}

local function is_loopback(host)
  if host == "localhost" or host == "[::1]" then
    return true
  end
  if not host:find("^127%.%d+%.%d+%.%d+$") then
    return false
  end
  for part in host:gmatch("%d+") do
    -- With a leading zero it would be octal to some resolvers, and a name to others.
    if tonumber(part) > 255 or part:find("^0%d") then
      return false
    end
  end
  return true
end

-- As libcurl reads addresses of version 4: up to four numbers, decimal, octal or hexadecimal; a single one is all of it.
local function is_in_127(host)
  local numbers = {}
  for part in (host:gsub("%.$", "") .. "."):gmatch("(.-)%.") do
    local number = part:find("^0%d") and tonumber(part, 8)
      or (part:find("^%d+$") or part:find("^0x%x+$")) and tonumber(part)
    if not number then
      return false
    end
    numbers[#numbers + 1] = number
  end
  return #numbers <= 4 and (#numbers == 1 and math.floor(numbers[1] / 2 ^ 24) or numbers[1]) == 127
end

-- Other spellings of this machine. They do not do for plain HTTP, since not everybody reads them so.
local function is_this_machine(host)
  return is_loopback(host) or host == "localhost." or host:find("%.localhost%.?$") ~= nil
    or is_in_127(host) or host:find("^%[[0:]*:0*1%]$") ~= nil
    or host:find("^%[[0:]*:ffff:127%.[%d.]+%]$") ~= nil or host:find("^%[[0:]*:ffff:7f%x%x:%x+%]$") ~= nil
end

local function is_host(host)
  if host:find("^%[") then
    return host:find("^%[[%x:.]+%]$") ~= nil
  end
  return host:find("^[%w_]") ~= nil and host:find("^[%w%-._]+$") ~= nil
end

local function is_prefix(path)
  local plain = path:gsub("%%%x%x", "")
  return not identifier.has_dot_segment(path) and not path:find("//", 1, true)
    and not plain:find("[^%w%-._~/!$&'()*+,;=:]")
end

--- Reads a base URL.
---@param text string
---@return string? base_url without a slash at its end
---@return string? problem
---@return boolean? loopback whether it is on this machine
function base_url.read(text)
  local scheme, authority, path = text:match("^(%a[%w+.-]*)://([^/?#]*)([^?#]*)$")
  if text:find("@", 1, true) then
    return nil, "expected a URL without user info"
  elseif not scheme then
    return nil, "expected https://host[:port][/prefix] without query and fragment"
  end
  scheme = scheme:lower()
  local host, port = authority:match("^(.-):(%d*)$")
  if not host or host:find("^%[[^%]]*$") then
    host, port = authority, nil
  end
  host = host:lower()
  if scheme ~= "https" and scheme ~= "http" then
    return nil, "expected https, got another scheme"
  elseif not is_host(host) then
    return nil, "expected a host name or address"
  elseif port and not (tonumber(port) and tonumber(port) >= 1 and tonumber(port) <= 65535) then
    return nil, "expected a port between 1 and 65535"
  elseif scheme == "http" and not is_loopback(host) then
    return nil, "expected https: plain http is accepted for loopback hosts only"
  elseif not is_prefix(path) then
    return nil, "expected a plain path prefix"
  end
  return scheme .. "://" .. host .. (port and ":" .. port or "") .. path:gsub("/+$", ""), nil, is_this_machine(host)
end

return base_url
