--- Faults of connections, before there is a whole request. `accept` comes before TLS, `connected` after it.
local class = require("spec.support.faults.classes")

local over_tls, over_http1 = "tls http2", "plain tls"

return {
  { "reset at once", class.unsent, over_tls, accept = function(it) it:reset() end },
  -- Whether the request had left by then is chance, and the client's to know.
  { "reset at once without TLS", class.unsent, "plain", chance = true, accept = function(it) it:reset() end },
  { "closed at once", class.unsent, over_tls, accept = function(it) it:close() end },
  { "closed at once without TLS", class.lost, "plain", accept = function(it) it:close() end },
  { "reset in the handshake", class.unsent, over_tls, accept = function(it) it:read(5) it:reset() end },
  { "closed in the handshake", class.unsent, over_tls, accept = function(it) it:read(5) it:close() end },
  { "reset in the middle of a ServerHello", class.unsent, over_tls, accept = function(it)
    it:read(5)
    it:send("\22\3\3\0\80\2\0\0\76\3\3")
    it:reset()
  end },
  { "silence instead of a handshake", class.unconnected, over_tls, connect_timeout = 0.2,
    accept = function(it) it:hang() end },
  { "an alert instead of a handshake", class.tls, over_tls, accept = function(it)
    it:read(5)
    it:send("\21\3\3\0\2\2\40")
    it:hang()
  end },
  { "HTTP instead of a handshake", class.tls, over_tls, accept = function(it)
    it:read(5)
    it:send("HTTP/1.1 400 Bad Request\r\n\r\n")
    it:hang()
  end },

  { "reset before the request was read", class.lost, connected = function(it) it:read(1) it:reset() end },
  { "closed before the request was read", class.lost, connected = function(it) it:read(1) it:close() end },
  { "half-closed before the request was read", class.lost, connected = function(it) it:read(1) it:half_close() end },
  { "reset in the middle of the request", class.lost, connected = function(it) it:read(20) it:reset() end },
  { "closed in the middle of the request", class.lost, connected = function(it) it:read(20) it:close() end },
  { "an answer before the request", { kind = "rejected", again = "safe", doubt = true, status = 408 }, over_http1,
    connected = function(it)
      it:send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
      it:hang()
    end },
  { "HTTP/1 where HTTP/2 was agreed", class.lost, "http2", connected = function(it)
    it:send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    it:hang()
  end },
}
