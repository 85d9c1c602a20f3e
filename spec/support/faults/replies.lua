--- Faults in the reply to a request, as each protocol can have them.
local class = require("spec.support.faults.classes")

local over_http1, over_tls = "plain tls", "tls http2"
local ok = '{"ok":true}'

-- A reply in raw bytes, after which the connection goes on.
local function bytes(text)
  return function(x) x:data(text) x.connection:hang() end
end

local function gzipped(file, encoding)
  return function(x) x:answer(200, { { "Content-Encoding", encoding or "gzip" } }, x.file(file)) end
end

local function answer(headers, body)
  return function(x) x:answer(200, headers, body or ok) end
end

local function begun(how, headers)
  return function(x)
    x:head(200, headers)
    x:data('{"ok":')
    x:sleep(0.002)
    x.connection[how](x.connection)
  end
end

-- Sends until the client has had enough.
local function forever(x, first, piece)
  x:data(first)
  while true do
    x:data(piece)
  end
end

local function endless_interim(status)
  return function(x)
    while true do
      for _ = 1, 20 do
        x:head(status, { { "X-Filler", ("x"):rep(100) } })
      end
      x:sleep(0)
    end
  end
end

local rows = {
  -- Ends of the connection.
  { "reset after the request", class.lost, serve = function(x) x.connection:reset() end },
  { "closed after the request", class.lost, serve = function(x) x.connection:close() end },
  { "dropped after the request", class.lost, over_tls, serve = function(x) x.connection:drop() end },
  { "half-closed after the request", class.lost, serve = function(x) x.connection:half_close() end },
  { "reset during the body of the request", class.lost, early = true, upload = 300000, serve = function(x)
    x.connection:reset()
  end },
  { "closed during the body of the request", class.lost, early = true, upload = 300000, serve = function(x)
    x.connection:close()
  end },
  { "reset in the body", class.lost, serve = begun("reset", { { "Content-Length", "11" } }) },
  { "closed in the body", class.lost, serve = begun("close", { { "Content-Length", "11" } }) },
  { "dropped in the body", class.lost, over_tls, serve = begun("drop", { { "Content-Length", "11" } }) },
  { "half-closed in the body", class.lost, serve = begun("half_close", { { "Content-Length", "11" } }) },
  { "reset in the head", class.lost, over_http1, serve = function(x)
    x:data("HTTP/1.1 200 OK\r\nContent-Le")
    x.connection:reset()
  end },
  { "closed in the head", class.lost, over_http1, serve = function(x)
    x:data("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Le")
    x.connection:close()
  end },
  { "closed before the end of the head", class.lost, over_http1, serve = function(x)
    x:data("HTTP/1.1 204 No Content\r\nServer: x\r\n")
    x.connection:close()
  end },
  { "closed in the status line", class.lost, over_http1, serve = function(x)
    x:data("HTTP/1.1 2")
    x.connection:close()
  end },
  { "closed after 100 Continue", class.lost, serve = function(x)
    x:head(100)
    x:sleep(0.002)
    x.connection:close()
  end },
  { "reset in a chunk", class.lost, over_http1, serve = function(x)
    x:data("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n{\"ok\"")
    x.connection:reset()
  end },
  { "closed before the last chunk", class.lost, over_http1, serve = function(x)
    x:data("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n" .. ok .. "\r\n")
    x.connection:close()
  end },
  { "closed before the end of the trailers", class.lost, over_http1, serve = function(x)
    x:data("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n" .. ok .. "\r\n0\r\nX-A: ")
    x.connection:close()
  end },
  { "a body without length ends", class.fine, over_http1, serve = function(x)
    x:data("HTTP/1.1 200 OK\r\n\r\n" .. ok)
    x.connection:close()
  end },
  { "a body without length is cut", class.protocol, over_http1, serve = function(x)
    x:data("HTTP/1.1 200 OK\r\n\r\n" .. '{"ok":')
    x.connection:close()
  end },

  -- Lengths.
  { "a body longer than announced", class.fine, over_http1,
    serve = bytes("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n" .. ok .. "HTTP/1.1 500 No\r\n\r\n") },
  { "a body shorter than announced", class.protocol, over_http1,
    serve = bytes("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n" .. ok) },
  { "a body longer than announced in frames", class.lost, "http2", serve = answer({ { "Content-Length", "5" } }) },
  { "a body shorter than announced in frames", class.lost, "http2", serve = answer({ { "Content-Length", "100" } }) },
  { "a length that is no number", class.protocol, over_http1,
    serve = bytes("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n" .. ok) },
  { "a negative length", class.protocol, over_http1,
    serve = bytes("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" .. ok) },
  { "a length beyond all numbers", class.protocol, over_http1,
    serve = bytes("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n" .. ok) },
  { "a chunk without a size", class.lost, over_http1,
    serve = bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" .. ok) },
  { "a chunk beyond all numbers", class.lost, over_http1,
    serve = bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n" .. ok) },
  { "chunks of one byte", class.fine, over_http1, serve = function(x)
    x:head(200, { { "Transfer-Encoding", "chunked" } })
    x.connection:trickle(ok:gsub(".", "1\r\n%0\r\n") .. "0\r\n\r\n")
  end },
  { "frames of one byte", class.fine, "http2", serve = function(x)
    x:head(200)
    for byte in ok:gmatch(".") do
      x:data(byte)
      x:sleep(0)
    end
    x:data("", true)
  end },
  { "byte by byte", class.fine, over_http1, serve = function(x)
    x.connection:trickle("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n" .. ok)
  end },

  -- Heads.
  { "endless headers", class.protocol, over_http1, memory = true, serve = function(x)
    forever(x, "HTTP/1.1 200 OK\r\n", ("X-Filler: " .. ("x"):rep(1000) .. "\r\n"):rep(10))
  end },
  { "endless short headers", class.protocol, over_http1, memory = true, serve = function(x)
    forever(x, "HTTP/1.1 200 OK\r\n", ("A:\r\n"):rep(1000))
  end },
  { "a header of 1 MB", class.protocol, over_http1, memory = true, serve = function(x)
    x:answer(200, { { "X-Long", ("x"):rep(1000000) } }, ok)
  end },
  { "a header name of 1 MB", class.protocol, over_http1, memory = true, serve = function(x)
    x:answer(200, { { ("x"):rep(1000000), "1" } }, ok)
  end },
  { "a reason of 1 MB", class.protocol, over_http1, memory = true, serve = function(x)
    x:head(200, {}, ("x"):rep(1000000))
  end },
  { "endless folding", class.protocol, over_http1, memory = true, serve = function(x)
    forever(x, "HTTP/1.1 200 OK\r\nX-Folded: a\r\n", (" x\r\n"):rep(1000))
  end },
  { "endless trailers", class.protocol, over_http1, memory = true, serve = function(x)
    forever(x, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n" .. ok .. "\r\n0\r\n",
      ("X-Filler: " .. ("x"):rep(1000) .. "\r\n"):rep(10))
  end },
  { "an endless line", class.protocol, over_http1, memory = true, serve = function(x)
    forever(x, "HTTP/1.1 200 ", ("x"):rep(10000))
  end },
  -- Here the connection is given up before there is a reply.
  { "headers of 1 MB in frames", class.lost, "http2", memory = true, serve = function(x)
    x:answer(200, { { "X-Long", ("x"):rep(1000000) } }, ok)
  end },
  { "many headers in frames", class.lost, "http2", memory = true, serve = function(x)
    local headers = {}
    for index = 1, 5000 do
      headers[index] = { "x-" .. index, ("x"):rep(40) }
    end
    x:answer(200, headers, ok)
  end },
  { "a status without digits", class.protocol, over_http1, serve = bytes("HTTP/1.1 OK\r\n\r\n") },
  { "a status of one digit", class.protocol, over_http1, serve = bytes("HTTP/1.1 2\r\n\r\n") },
  { "a status of four digits", class.protocol, over_http1, serve = bytes("HTTP/1.1 2000 OK\r\n\r\n") },
  { "a status of 000", class.protocol, over_http1, serve = bytes("HTTP/1.1 000 OK\r\n\r\n") },
  { "no HTTP at all", class.protocol, over_http1, serve = bytes("SSH-2.0-OpenSSH_9.2\r\n\r\n") },
  { "a version beyond", class.protocol, over_http1, serve = bytes("HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n") },

  -- Interim replies.
  { "some interim replies", class.fine, serve = function(x)
    for _ = 1, 50 do
      x:head(100)
      x:head(102)
      x:head(103, { { "Link", "</a>" } })
    end
    x:answer(200, {}, ok)
  end },
  { "endless 100 Continue", class.protocol, memory = true, serve = endless_interim(100) },
  { "endless 103 Early Hints", class.protocol, memory = true, serve = endless_interim(103) },
  { "another protocol", class.protocol, over_http1,
    serve = bytes("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n") },
  { "another protocol and the end", class.protocol, over_http1, serve = function(x)
    x:head(101)
    x.connection:close()
  end },
  { "100 Continue does not come", class.fine, early = true, upload = 300000, serve = function(x)
    assert(x.headers.expect == nil)
    x:read_body()
    x:answer(200, {}, ok)
  end },
  { "expectation failed", { kind = "rejected", again = "none", status = 417 }, serve = function(x)
    x:answer(417, {}, "")
  end },
  { "too large is said before the end of the request", { kind = "rejected", again = "none", status = 413 },
    early = true, upload = 300000, serve = function(x)
      x:answer(413, { { x.http2 and "X-A" or "Connection", "close" } }, "")
      x:read_body()
    end },

  -- Encodings.
  { "a bomb", class.protocol, memory = true, serve = gzipped("bomb.gz") },
  { "a bomb in a bomb", class.protocol, memory = true, serve = gzipped("bomb.gz.gz", "gzip, gzip") },
  { "compressed again and again", class.protocol, serve = gzipped("ok.gz", ("gzip, "):rep(20) .. "gzip") },
  { "compressed", class.fine, serve = gzipped("ok.gz") },
  { "not compressed as it says", class.protocol, serve = answer({ { "Content-Encoding", "gzip" } }) },
  { "compressed as nobody knows", class.protocol, serve = answer({ { "Content-Encoding", "x-unknown" } }) },
  { "compressed and cut", class.protocol, serve = function(x)
    x:answer(200, { { "Content-Encoding", "gzip" } }, x.file("ok.gz"):sub(1, -12))
  end },
  { "compressed with a wrong sum", class.protocol, serve = function(x)
    x:answer(200, { { "Content-Encoding", "gzip" } }, x.file("ok.gz"):sub(1, -9) .. ("\0"):rep(8))
  end },
  { "nothing compressed", class.fine, empty = true, serve = function(x)
    x:answer(200, { { "Content-Encoding", "gzip" } }, "")
  end },

  -- Bytes.
  { "a NUL in a body", class.protocol, serve = answer({}, '{"ok":\0true}') },
  { "a NUL after a body", class.protocol, serve = answer({}, ok .. "\0") },
  { "a NUL in a string", class.protocol, serve = answer({}, '{"ok":"a\0b"}') },
  { "no UTF-8 in a string", class.fine, serve = answer({}, '{"ok":true,"text":"\255\192\128\237\160\128"}') },
  { "no UTF-8 in a name", class.fine, serve = answer({}, '{"ok":true,"\255":1}') },
  { "no UTF-8 outside strings", class.protocol, serve = answer({}, '{"ok":\255}') },
  { "bytes in an error", { kind = "rejected", again = "none", status = 400 }, serve = function(x)
    x:answer(400, {}, '{"detail":"a\\u0000\\u001b[2J\255\\nb"}')
  end },
  { "bytes in an error that is no JSON", { kind = "rejected", again = "none", status = 400 }, serve = function(x)
    x:answer(400, {}, "a\0\27[2J\255\r\nb")
  end },
  { "a NUL in a header", class.protocol, over_http1, serve = answer({ { "X-A", "a\0b" } }) },
  { "a NUL in a header name", class.protocol, over_http1, serve = answer({ { "X\0A", "b" } }) },
  { "a NUL in the reason", class.protocol, over_http1, serve = function(x)
    x:data("HTTP/1.1 200 O\0K\r\nContent-Length: 11\r\n\r\n" .. ok)
  end },
  { "no UTF-8 in a header", class.fine, serve = answer({ { "X-A", "\255\192\128" } }) },
  { "no UTF-8 in a header name", class.fine, over_http1, serve = answer({ { "X\255", "a" } }) },
  { "no UTF-8 in the reason", class.fine, over_http1, serve = function(x)
    x:data("HTTP/1.1 200 \255\27\r\nContent-Length: 11\r\n\r\n" .. ok)
  end },
  { "a NUL in a header in frames", class.lost, "http2", serve = answer({ { "X-A", "a\0b" } }) },
  { "a NUL in a header name in frames", class.lost, "http2", serve = answer({ { "X\0A", "b" } }) },
  { "no UTF-8 in a header name in frames", class.lost, "http2", serve = answer({ { "X\255", "b" } }) },
  { "a line break in a header in frames", class.lost, "http2", serve = answer({ { "X-A", "b\r\nX-Evil: 1" } }) },
}

-- These take as long as the client waits.
local endless = {
  { "no answer", serve = function(x) x.connection:hang() end },
  { "no end of the head", over_http1, serve = function(x) x:data("HTTP/1.1 200 OK\r\n") x.connection:hang() end },
  { "no end of the body", serve = function(x)
    x:head(200, { { "Content-Length", "11" } })
    x:data('{"ok":')
    x.connection:hang()
  end },
  { "a drip", serve = function(x)
    x:head(200, { { "Content-Length", "11" } })
    for byte in ok:gmatch(".") do
      x:data(byte)
      x:sleep(1)
    end
  end },
  { "a drip of heads", serve = function(x)
    while true do
      x:head(103)
      x:sleep(0.1)
    end
  end },
  { "100 Continue and no more", early = true, upload = 300000, serve = function(x)
    x:head(100)
    x:read_body()
    x.connection:hang()
  end },
  { "an endless chunk extension", over_http1, memory = true, serve = function(x)
    x:data("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb;")
    while true do
      x:data(("x"):rep(10000))
      x:sleep(0.001)
    end
  end },
  { "the request is not read", early = true, upload = 500000, serve = function(x)
    x.deaf = true
    x:sleep(60)
  end },
}
for _, row in ipairs(endless) do
  row[2], row[3], row.endless = class.timeout, row[2], true
  rows[#rows + 1] = row
end

return rows
