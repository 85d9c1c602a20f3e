--- A plain HTTP client over a cosocket, with what any such client has to do: a URL taken apart, a pool of connections,
--- headers that ignore case, bodies of a known length or in chunks. Where lua-resty-http is installed, that one instead.
local cjson = require "cjson"

local cosocket = {}

local ignoring_case = {
  __index = function(headers, name)
    return rawget(headers, name:lower())
  end,
}

local function receive_headers(socket)
  local headers = setmetatable({}, ignoring_case)
  while true do
    local line, problem = socket:receive("*l")
    if not line then
      return nil, problem
    elseif line == "" then
      return headers
    end
    local found = ngx.re.match(line, [[^([^:\s]+):\s*(.*)$]], "jo")
    if found then
      local name = found[1]:lower()
      local before = rawget(headers, name)
      headers[name] = before and before .. ", " .. found[2] or found[2]
    end
  end
end

local function receive_chunks(socket)
  local chunks = {}
  while true do
    local length = tonumber(((socket:receive("*l") or ""):match("^%x+")), 16)
    if not length then
      return nil, "not a chunk"
    elseif length == 0 then
      socket:receive("*l")
      return table.concat(chunks)
    end
    chunks[#chunks + 1] = socket:receive(length)
    socket:receive(2)
  end
end

local function connect(scheme, host, port)
  local socket = ngx.socket.tcp()
  socket:settimeouts(10000, 30000, 30000)
  local ok, problem = socket:connect(host, port, { pool = scheme .. host .. ":" .. port, pool_size = 256 })
  if ok and scheme == "https" and socket:getreusedtimes() == 0 then
    ok, problem = socket:sslhandshake(nil, host, true)
  end
  return ok and socket, problem
end

local function request(url, headers)
  local parts = assert(ngx.re.match(url, [[^(https?)://([^:/]+):(\d+)(/.*)$]], "jo"))
  local socket, problem = connect(parts[1], parts[2], tonumber(parts[3]))
  if not socket then
    return nil, problem
  end
  local lines = { "GET " .. parts[4] .. " HTTP/1.1\r\nHost: " .. parts[2] .. ":" .. parts[3] }
  for name, value in pairs(headers) do
    lines[#lines + 1] = name .. ": " .. value
  end
  lines[#lines + 1] = "\r\n"
  socket:send(table.concat(lines, "\r\n"))
  local status = tonumber((socket:receive("*l") or ""):match("^HTTP/1%.%d (%d+)"))
  local reply_headers = receive_headers(socket)
  if not status or not reply_headers then
    return nil, "no reply"
  end
  local length = tonumber(reply_headers["Content-Length"])
  local body = length and socket:receive(length) or receive_chunks(socket)
  socket:setkeepalive(60000, 256)
  return { status = status, headers = reply_headers, body = body }
end

local has_resty_http, resty_http = pcall(require, "resty.http")

--- @param url string
--- @param headers table<string, string>
--- @return any the decoded body
--- @return string? problem
function cosocket.get(url, headers)
  local reply, problem
  if has_resty_http then
    reply, problem = resty_http.new():request_uri(url, { headers = headers, keepalive_pool = 256 })
  else
    reply, problem = request(url, headers)
  end
  if not reply or reply.status ~= 200 then
    return nil, problem or "status " .. reply.status
  end
  return cjson.decode(reply.body)
end

return cosocket
