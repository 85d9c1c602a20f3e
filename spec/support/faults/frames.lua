--- Faults of HTTP/2 itself.
local class = require("spec.support.faults.classes")

local ok = '{"ok":true}'
local NO_ERROR, ENHANCE_YOUR_CALM = 0, 11

local rows = {
  -- On a connection that was used before, libcurl 7.88 does not tell a refusal from the connection's end.
  { "GOAWAY that leaves the request out", class.refused, used = class.lost, serve = function(x)
    x:goaway(x.stream - 1, NO_ERROR)
    x.connection:hang()
  end },
  { "GOAWAY that leaves the request out and the end", class.refused, used = class.lost, serve = function(x)
    x:goaway(x.stream - 1, NO_ERROR)
    x.connection:close()
  end },
  { "GOAWAY before the answer", class.fine, serve = function(x)
    x:goaway(x.stream, NO_ERROR)
    x:answer(200, {}, ok)
  end },
  { "GOAWAY in the answer", class.fine, serve = function(x)
    x:head(200)
    x:data('{"ok"')
    x:goaway(x.stream, NO_ERROR)
    x:sleep(0.01)
    x:data(":true}", true)
  end },
  { "GOAWAY and the end", class.lost, serve = function(x)
    x:goaway(x.stream, NO_ERROR)
    x.connection:close()
  end },
  { "GOAWAY for later and the end", class.lost, serve = function(x)
    x:goaway(2 ^ 31 - 1, NO_ERROR)
    x.connection:close()
  end },
  { "GOAWAY with an error and the end", class.lost, serve = function(x)
    x:goaway(x.stream, ENHANCE_YOUR_CALM)
    x.connection:close()
  end },
  -- The server contradicts itself: what it has answered it has looked at.
  { "GOAWAY that leaves out what was answered", class.lost, serve = function(x)
    x:head(200, { { "Content-Length", "11" } })
    x:data('{"ok"')
    x:goaway(x.stream - 1, NO_ERROR)
    x.connection:hang()
  end },

  { "a frame that is too long", class.lost, serve = function(x)
    x.connection:send("\255\255\255\0\0\0\0\0\1")
    x.connection:hang()
  end },
  { "DATA before the head", class.lost, serve = function(x) x:data(ok, true) x.connection:hang() end },
  { "DATA on no stream", class.lost, serve = function(x) x:frame(0, 0, ok, 0) x.connection:hang() end },
  { "a head on a stream that is not open", class.lost, serve = function(x)
    x:frame(1, 5, "\136", x.stream + 2)
    x.connection:hang()
  end },
  { "a header that is in no table", class.lost, serve = function(x)
    x:block("\255\255\127", true)
    x.connection:hang()
  end },
  { "a pushed request", class.lost, serve = function(x)
    x:frame(5, 4, "\0\0\0\2\130\132\135")
    x.connection:hang()
  end },
  { "CONTINUATION of nothing", class.lost, serve = function(x) x:frame(9, 4, "\136") x.connection:hang() end },
  { "endless CONTINUATION", class.lost, memory = true, serve = function(x)
    x:frame(1, 0, "\136")
    while true do
      x:frame(9, 0, "\0\3x-a\16" .. ("x"):rep(16))
    end
  end },
  { "SETTINGS out of range", class.lost, serve = function(x)
    x:frame(4, 0, "\0\4\255\255\255\255", 0)
    x.connection:hang()
  end },
  { "a window of nothing more", class.lost, serve = function(x) x:frame(8, 0, "\0\0\0\0", 0) x.connection:hang() end },
  { "a window that overflows", class.lost, serve = function(x)
    x:frame(8, 0, "\127\255\255\255", 0)
    x:frame(8, 0, "\127\255\255\255", 0)
    x.connection:hang()
  end },
  { "a frame of an unknown kind", class.fine, serve = function(x)
    x:frame(250, 255, "whatever")
    x:answer(200, {}, ok)
  end },
  { "some pings", class.fine, serve = function(x)
    for _ = 1, 100 do
      x:frame(6, 0, "12345678", 0)
    end
    x:answer(200, {}, ok)
  end },
  { "no status", class.lost, serve = function(x) x:block("\0\3x-a\1b", true) x.connection:hang() end },
  { "a status that is no number", class.lost, serve = function(x) x:answer("2x0", {}, ok) x.connection:hang() end },
  { "a status twice", class.lost, serve = function(x) x:block("\136\136", true) x.connection:hang() end },
  { "another protocol in frames", class.lost, serve = function(x) x:head(101) x.connection:hang() end },
  { "an answer before the end of the request", { kind = "rejected", again = "none", status = 413 }, early = true,
    upload = 300000, serve = function(x)
      x:answer(413, {}, "")
      x:rst(NO_ERROR)
    end },
}

-- RFC 9113, 7.
local codes = { [0] = "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT",
  "STREAM_CLOSED", "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR",
  "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED", "of an unknown code" }
for code = 0, #codes do
  local refused = codes[code] == "REFUSED_STREAM"
  rows[#rows + 1] = { "RST_STREAM " .. codes[code], refused and class.refused or class.lost,
    used = refused and class.lost or nil, serve = function(x) x:rst(code) end }
  rows[#rows + 1] = { "RST_STREAM " .. codes[code] .. " in the answer", class.lost, serve = function(x)
    x:head(200, { { "Content-Length", "11" } })
    x:data('{"ok"')
    x:rst(code)
  end }
end
for _, row in ipairs(rows) do
  row[3] = "http2"
end

return rows
