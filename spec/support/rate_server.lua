--- A server that counts strictly, on a virtual clock: three kinds of window, exact headers.
local rate_server = {}

local kinds = {}

-- A window begins with the first call after the last one ended.
function kinds.first_call(server, now)
  if not server.reset or now >= server.reset then
    server.reset, server.used, server.windows = now + server.window, 0, server.windows + 1
  end
  return server.reset
end

-- Windows lie on the server's clock, used or not.
function kinds.aligned(server, now)
  local reset = (math.floor((now - server.phase) / server.window) + 1) * server.window + server.phase
  if reset ~= server.reset then
    server.reset, server.used, server.windows = reset, 0, server.windows + 1
  end
  return reset
end

-- Each call counts for as long as a window after it came.
function kinds.sliding(server, now)
  local calls = server.calls
  while calls[server.first] and calls[server.first] <= now - server.window do
    server.first = server.first + 1
  end
  server.used = #calls - server.first + 1
  return now + server.window
end

---@param options table kind, limit, window, offset (server's clock minus the client's), phase
function rate_server.new(options)
  return { kind = options.kind, limit = options.limit, window = options.window, offset = options.offset or 0,
    phase = options.phase or 0, calls = {}, first = 1, used = 0, windows = 0, throttled = 0, accepted = 0 }
end

--- Takes a call that arrives at the client's time `now`.
---@return table answer as the budget wants it
function rate_server.receive(server, now)
  local clock = now + server.offset
  local reset = kinds[server.kind](server, clock)
  local accepted = server.used < server.limit
  if accepted then
    server.used = server.used + 1
    server.accepted = server.accepted + 1
    server.calls[#server.calls + 1] = clock
  else
    server.throttled = server.throttled + 1
  end
  local date = math.floor(clock)
  return {
    sent = true, status = accepted and 200 or 429, blocked = not accepted and reset - date or nil,
    rate = { limit = server.limit, remaining = server.limit - server.used, reset = reset, date = date,
      reset_after = reset - date },
  }
end

return rate_server
