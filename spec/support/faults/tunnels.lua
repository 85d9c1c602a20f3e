--- What a proxy can do to a tunnel. `serve` gets the CONNECT request.
local class = require("spec.support.faults.classes")

return {
  { "proxy resets", class.unsent, serve = function(x) x.connection:reset() end },
  { "proxy closes", class.unsent, serve = function(x) x.connection:close() end },
  { "proxy dies in its answer", class.unsent, serve = function(x)
    x:data("HTTP/1.1 200 Conn")
    x.connection:reset()
  end },
  { "proxy wants a password", class.barred, says = "407", serve = function(x)
    x:answer(407, { { "Proxy-Authenticate", "Basic realm=x" } })
    x.connection:close()
  end },
  { "proxy forbids", class.barred, says = "403", serve = function(x)
    x:answer(403, {}, "no")
    x.connection:close()
  end },
  { "proxy knows no such host", class.barred, says = "499", serve = function(x)
    x:answer(499, {}, "no")
    x.connection:close()
  end },
  { "proxy waited for too long", class.unsent, says = "408", serve = function(x)
    x:answer(408, {}, "no")
    x.connection:close()
  end },
  { "proxy is asked too often", class.unsent, says = "429", serve = function(x)
    x:answer(429, { { "Retry-After", "9" } }, "no")
    x.connection:close()
  end },
  { "proxy cannot reach the server", class.unsent, says = "502", serve = function(x)
    x:answer(502, {}, "no")
    x.connection:close()
  end },
  { "proxy is overloaded", class.unsent, serve = function(x)
    x:answer(503, { { "Retry-After", "9" } }, "busy")
    x.connection:close()
  end },
  { "proxy is silent", class.unconnected, connect_timeout = 0.2,
    serve = function(x) x.connection:hang() end },
  { "proxy floods", class.unsent, serve = function(x)
    x:data("HTTP/1.1 200 OK\r\n")
    while true do
      x:data(("X-Filler: " .. ("x"):rep(1000) .. "\r\n"):rep(10))
    end
  end },
  { "proxy dies before the handshake", class.unsent, serve = function(x)
    x:head(200)
    x.connection:reset()
  end },
  { "proxy dies in the handshake", class.unsent, serve = function(x)
    x:head(200)
    x.connection:read(5)
    x.connection:reset()
  end },
  { "proxy dies after the request", class.lost, serve = function(x)
    x.tunnel(function(inner) inner.connection:reset() end)
  end },
  { "proxy dies in the reply", class.lost, serve = function(x)
    x.tunnel(function(inner)
      inner:head(200, { { "Content-Length", "100" } })
      inner:data('{"ok":')
      inner.connection:reset()
    end)
  end },
  { "proxy lives", class.fine, serve = function(x) x.tunnel() end },
}
