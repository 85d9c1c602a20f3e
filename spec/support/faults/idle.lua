--- What a server does to a connection between two calls, once it is told to: the caller must not see any of it.
local over_http1, over_tls = "plain tls", "tls http2"

local ok = '{"ok":true}'

local function after_reply(act)
  return function(x)
    x:answer(200, {}, ok)
    x.await_word()
    act(x)
  end
end

return {
  { "a reset", {}, serve = after_reply(function(x) x.connection:reset() end) },
  { "an end", {}, serve = after_reply(function(x) x.connection:close() end) },
  { "an end without a word to TLS", {}, over_tls, serve = after_reply(function(x) x.connection:drop() end) },
  { "a half-closed connection", {}, serve = after_reply(function(x) x.connection:half_close() end) },
  { "a timeout that is told", {}, over_http1, serve = after_reply(function(x)
    x:data("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    x.connection:close()
  end) },
  { "an answer to nothing", {}, over_http1, serve = after_reply(function(x)
    x:data('HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{"ok":false}')
    x.connection:hang()
  end) },
  { "GOAWAY alone", {}, "http2", serve = after_reply(function(x) x:goaway(x.stream, 0) end) },
  { "GOAWAY, then the end,", {}, "http2", serve = after_reply(function(x)
    x:goaway(x.stream, 0)
    x.connection:close()
  end) },
  { "RST_STREAM of what has ended", { may_be_kept = true }, "http2", serve = after_reply(function(x) x:rst(8) end) },
  { "silence from now on", {}, "apart", serve = function(x)
    x:answer(200, {}, ok)
    x.connection.mute = true
  end },
}
