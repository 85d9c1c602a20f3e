-- #seconds 15
local core = require "azion.core"
local child = require "spec.support.child"
local connections_to = require "spec.support.connections"
local web = require "spec.support.web_server"
local wire = require "azion.api.wire"

local interpreter = child.interpreter()

describe("a session", function()
  local server, bomb

  setup(function()
    bomb = os.tmpname()
    os.execute("head -c 100000000 /dev/zero | gzip -9 > " .. bomb)
    server = web.start { http2 = true, locations = [[
      location /mirror { content_by_lua_block { ngx.req.read_body() ngx.print(ngx.req.get_body_data() or "") } }
      location /echo { content_by_lua_block {
        ngx.req.read_body()
        local headers = ngx.req.get_headers()
        ngx.header["X-Seen"] = { "one", "two" }
        ngx.header["X-Blank"] = ""
        ngx.print(ngx.req.get_method(), "|", ngx.req.get_body_data() or "", "|",
          headers["content-type"] or "-", "|", headers["content-length"] or "-", "|",
          headers["expect"] or "-", "|", headers["user-agent"] or "-", "|", headers["x-own"] or "-")
      } }
      location /connection { content_by_lua_block { ngx.print(ngx.var.connection) } }
      location /slow { content_by_lua_block { ngx.req.read_body() ngx.sleep(0.3) ngx.print("slow") } }
      location /slower { content_by_lua_block { ngx.sleep(1.5) ngx.print("slow") } }
      location /hang { content_by_lua_block { ngx.sleep(5) } }
      location /drip { content_by_lua_block {
        for i = 1, 50 do ngx.print(i, " ") ngx.flush(true) ngx.sleep(0.05) end
      } }
      location /reset { content_by_lua_block { ngx.req.read_body() require("connection").reset() } }
      location /cut { content_by_lua_block {
        ngx.header["Content-Length"] = 100
        ngx.print("begun") ngx.flush(true) ngx.sleep(0.05) require("connection").reset()
      } }
      location /large { content_by_lua_block { for _ = 1, 300 do ngx.print(("x"):rep(10000)) end } }
      location /announced { content_by_lua_block {
        ngx.header["Content-Length"] = 3000000
        for _ = 1, 300 do ngx.print(("x"):rep(10000)) ngx.flush(true) ngx.sleep(0.1) end
      } }
      location /flood { content_by_lua_block {
        for i = 1, 90 do ngx.header["X-" .. i] = ("v"):rep(3000) end ngx.print("x")
      } }
      location /raw { content_by_lua_block {
        ngx.req.read_body()
        local reply = ngx.req.get_body_data()
        local socket = ngx.req.socket(true)
        socket:send(reply)
      } }
      location = /bomb { default_type application/json; add_header Content-Encoding gzip; alias ]]
      .. bomb .. [[; }
    ]] }
  end)

  teardown(function()
    server:stop()
    os.remove(bomb)
  end)

  local function open(options)
    options = options or {}
    options.ca_file = options.ca_file or server.ca_file
    return assert(core.session(options))
  end

  local function start(session, method, url, extra)
    local request = { method = method, url = url, timeout = 5, connect_timeout = 2,
      resend_safe = method ~= "POST" and method ~= "PATCH" }
    for name, value in pairs(extra or {}) do request[name] = value end
    return session:start(request)
  end

  local function finish(session, transfer)
    while not transfer:done() do session:step(0.25) end
    return transfer:take_result()
  end

  local function exchange(session, method, url, extra)
    return finish(session, assert(start(session, method, url, extra)))
  end

  local function times_seen(what)
    local session = open()
    local result = exchange(session, "GET", server.plain_url .. "/count?of=" .. wire.escape(what))
    session:close()
    return tonumber(result.body)
  end

  -- What the process holds of memory, in KiB.
  local function resident()
    for line in io.lines("/proc/self/status") do
      local size = line:match("^VmRSS:%s+(%d+)")
      if size then return tonumber(size) end
    end
  end

  describe("exchange", function()
    for version, which in pairs { ["1.1"] = "plain_url", ["2"] = "base_url" } do
      it("brings status, headers and body over HTTP/" .. version, function()
        local session = open()
        local before = core.now()
        local result = exchange(session, "POST", server[which] .. "/echo", { body = "a\0b",
          headers = { "Content-Type: text/plain", "X-Own: mine" } })
        assert.equal(200, result.status)
        assert.equal(version, result.http_version)
        assert.equal("POST|a\0b|text/plain|3|-|-|mine", result.body)
        assert.equal("one, two", result.headers["x-seen"])
        assert.is_nil(result.code) -- #time
        assert.is_nil(result.message)
        assert.is_nil(result.refused)
        assert.equal(1, result.sent)
        assert.is_false(result.reused)
        assert.is_true(result.elapsed > 0 and result.elapsed <= core.now() - before)
        session:close()
      end)

      it("uses one connection for twenty requests over HTTP/" .. version, function()
        local session = open()
        for i = 1, 20 do
          local result = exchange(session, "GET", server[which] .. "/echo")
          assert.equal(200, result.status)
          assert.equal(i > 1, result.reused)
        end
        assert.equal(1, session:connections())
        assert.is_false(exchange(session, "GET", server[which] .. "/echo", { fresh = true }).reused)
        assert.equal(2, session:connections())
        session:close()
      end)

      it("runs eight at once over HTTP/" .. version, function()
        local session = open()
        local before = core.now()
        local left = {}
        for _ = 1, 8 do
          local transfer = assert(start(session, "GET", server[which] .. "/slow"))
          left[transfer:id()] = transfer
        end
        assert.equal(8, session:step(0))
        local count = 0
        while count < 8 do
          session:step(0.25)
          local id = session:take_finished()
          while id do
            assert.equal("slow", left[id]:take_result().body)
            left[id], count = nil, count + 1
            id = session:take_finished()
          end
        end
        local elapsed = core.now() - before
        -- One after the other they would take 2.4 s.
        assert.is_true(elapsed >= 0.3 and elapsed < 1.2, elapsed) -- #time
        assert.equal(version == "2" and 1 or 8, session:connections())
        session:close()
      end)
    end

    it("sends what each method needs and nothing of its own", function()
      local session = open { user_agent = "spec/1" }
      local rows = {
        { "GET", nil, "GET||-|-|-|spec/1|-" }, { "DELETE", nil, "DELETE||-|-|-|spec/1|-" },
        { "POST", nil, "POST||-|0|-|spec/1|-" }, { "PUT", nil, "PUT||-|0|-|spec/1|-" },
        { "PATCH", "", "PATCH||-|0|-|spec/1|-" }, { "DELETE", "x", "DELETE|x|-|1|-|spec/1|-" },
      }
      for _, row in ipairs(rows) do
        assert.equal(row[3], exchange(session, row[1], server.plain_url .. "/echo", { body = row[2] }).body)
      end
      assert.equal("", exchange(session, "HEAD", server.plain_url .. "/echo").body)
      local large = exchange(session, "PUT", server.base_url .. "/echo", { body = ("x"):rep(3000000) })
      assert.equal(200, large.status)
      session:close()
    end)

    it("sends an empty header value as such", function()
      local session = open()
      local result = exchange(session, "GET", server.plain_url .. "/echo", { headers = { "X-Own:" } })
      assert.equal("GET||-|-|-|-|", result.body)
      session:close()
    end)

    it("reads heads as they come", function()
      local session = open()
      local rows = {
        { "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: 1\r\nx-a:2\r\nX-A:  3 \r\n\r\nok", "ok",
          { ["content-length"] = "2", ["x-a"] = "1, 2, 3" } },
        { "HTTP/1.1 102 Processing\r\nX-Interim: 1\r\n\r\nHTTP/1.1 200\r\nX-Last: a\r\n\r\nok", "ok",
          { ["x-last"] = "a" } },
        { "HTTP/1.1 200 OK\r\nX-Fold: a\r\n \t b\r\n\tc\r\nX-B:\r\n\r\nok", "ok",
          { ["x-fold"] = "a b\tc", ["x-b"] = "" } },
        { "HTTP/1.1 200 OK\r\nX-Fold:\r\n \r\n a\r\nX-Return: a\rb\r \r\r\nX-First:\r a\r\n\r\nok", "ok",
          { ["x-fold"] = "a", ["x-return"] = "a", ["x-first"] = "" } }, -- libcurl ends a value at a bare CR
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Trailer: t\r\n\r\n", "ok",
          { ["transfer-encoding"] = "chunked" } },
        { "HTTP/1.0 200 OK\nX-A: \195\169:\n\nok", "ok", { ["x-a"] = "\195\169:" }, nil, "1.0" },
        { "HTTP/1.1 200 OK\r\nX Y: 1\r\n: 2\r\nX-A: 3\r\n\r\n", "", { ["x-a"] = "3" } },
        { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok", "ok", { ["content-length"] = "5" }, "PARTIAL_FILE" },
        { "HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\n", "", {}, "GOT_NOTHING", false },
        { "not HTTP at all\r\n\r\n", "", {}, "UNSUPPORTED_PROTOCOL", false },
      }
      for _, row in ipairs(rows) do
        local result = exchange(session, "POST", server.plain_url .. "/raw", { body = row[1], fresh = true })
        assert.equal(row[4], result.code, row[1])
        assert.equal(row[2], result.body)
        assert.same(row[3], result.headers)
        assert.equal(row[5] ~= false and 200 or nil, result.status)
        assert.equal(row[5] == nil and "1.1" or row[5] or nil, result.http_version)
        assert.equal(1, result.sent)
      end
      session:close()
    end)

    it("decodes the body of a success where that is wanted", function()
      local session = open()
      local function result_of(body, decodes)
        local url = server.plain_url .. "/mirror"
        local transfer = assert(start(session, "POST", url, { body = body }))
        while not transfer:done() do session:step(0.25) end
        return transfer:take_result(decodes)
      end
      local result = result_of('{"a":[1,null]}', true)
      assert.same({ a = { 1, core.null } }, result.json)
      assert.is_nil(result.body)
      assert.is_nil(result.problem)
      result = result_of('{"a":', true)
      assert.equal("not JSON: the text ends early at byte 6", result.problem)
      assert.equal('{"a":', result.body)
      assert.is_nil(result.json)
      for _, blank in ipairs { "", " \r\n\t" } do
        result = result_of(blank, true)
        assert.equal(blank, result.body)
        assert.is_nil(result.json)
        assert.is_nil(result.problem)
      end
      result = result_of('{"a":1}')
      assert.equal('{"a":1}', result.body)
      assert.is_nil(result.json)
      session:close()
    end)

    it("hands its result over once, and keeps no reply after that", function()
      local session = open()
      local transfer = assert(start(session, "GET", server.plain_url .. "/echo"))
      assert.is_nil(transfer:take_result())
      assert.is_false(transfer:done())
      local kept = setmetatable({}, { __mode = "v" })
      local function status()
        local result = finish(session, transfer)
        kept[1] = result
        return result.status
      end
      assert.equal(200, status())
      assert.is_nil(transfer:take_result())
      collectgarbage()
      assert.is_nil(kept[1])
      assert.is_true(transfer:done())
      session:close()
    end)
  end)

  -- What a program's own code may do in the middle of ours: see also `make sanitize`.
  describe("in the middle of which the program's code runs", function()
    -- Strings that nothing else holds.
    local function request_of(round)
      return { method = "PO" .. ("ST"), url = server.plain_url .. "/echo?" .. ("x"):rep(100) .. round,
        body = ("body"):rep(500) .. round, headers = { "X-Own: " .. ("own"):rep(20) .. round },
        timeout = 5, connect_timeout = 2, resend_safe = false }
    end

    local function assert_echoed(round, session, transfer)
      local result = finish(session, assert(transfer))
      local text = ("body"):rep(500) .. round
      assert.is_true(result.body == ("POST|%s|-|%d|-|-|%s"):format(text, #text, ("own"):rep(20) .. round))
    end

    local function clear(given)
      for name in pairs(given) do
        given[name] = nil
      end
    end

    it("takes no part of a request from metamethods", function()
      local session = open()
      local request, lines
      local function spoil()
        clear(request)
        clear(lines)
        collectgarbage()
        error("called")
      end
      local traps = { __index = spoil, __len = spoil, __pairs = spoil, __newindex = spoil, __tostring = spoil }
      request = request_of(1)
      lines = request.headers
      setmetatable(lines, traps)
      assert_echoed(1, session, session:start(setmetatable(request, traps)))
      request = request_of(2)
      lines, request.headers = request.headers, nil
      local result = finish(session, assert(session:start(setmetatable(request, traps))))
      assert.matches("|%-$", result.body)
      request.url = nil
      assert.error_matches(function() session:start(request) end, "needs 'method' and 'url'")
      session:close()
      local options = { ca_file = server.ca_file }
      session = assert(core.session(setmetatable(options, { __index = function() clear(options) end })))
      assert.equal(200, exchange(session, "GET", server.base_url .. "/echo").status)
      session:close()
    end)

    -- In a process of its own: among all that the specs hold, a collection takes longer than a call. `act` is what
    -- finalizers do while `call` runs; most often one does in 5.1 and 5.4.
    local prelude = [[
      local core, finalizer = require "azion.core", require "azion.runtime.finalizer"
      local session, url = core.session {}, %q
      local function with_finalizers(act, call, speed, rubbish)
        local armed = false
        local function fire() if armed then act() end end
        collectgarbage("setpause", 1) collectgarbage("setstepmul", speed)
        collectgarbage() collectgarbage()
        for _ = 1, 5 do finalizer.guard(fire) end
        for _ = 1, math.random(0, rubbish) do local piece = { {} } end -- another part of a collection is left each time
        armed = true
        local ok, result = pcall(call)
        armed = false
        collectgarbage("setpause", 200) collectgarbage("setstepmul", 200)
        return ok, result
      end
      local function finish(transfer)
        while not transfer:done() do session:step(0.25) end
        return transfer
      end
    ]]

    local function run(path, script)
      local status, output, errors = child.run { "-e", prelude:format(server.plain_url .. path) .. script }
      assert.equal("done\n0", output .. status, errors)
    end

    it("takes a request as it is, or not at all, whatever a finalizer does to it", function()
      run("/echo", [[
        local cleared = 0
        local function clear(given)
          for name in pairs(given) do given[name] = nil end
          cleared = cleared + 1
        end
        for round = 1, 300 do
          local text, own = ("body"):rep(500) .. round, ("own"):rep(20) .. round
          local lines = { "X-Own: " .. own }
          local request = { method = "PO" .. ("ST"), url = url .. "?" .. ("x"):rep(100) .. round, body = text .. "",
            headers = lines, timeout = 5, connect_timeout = 2, resend_safe = false }
          local ok, transfer = with_finalizers(function()
            clear(lines) clear(request)
            for _ = 1, 30 do local rubbish = ("z"):rep(2000) .. cleared end
          end, function() return session:start(request) end, 1000, 150)
          if ok then
            local body = finish(assert(transfer)):take_result().body
            assert(body:find("POST|" .. text .. "|", 1, true) == 1, body)
          else
            assert(transfer:find("needs 'method' and 'url'", 1, true), transfer)
          end
          local options = { user_agent = "agent " .. ("x"):rep(50) .. round, max_connections = 3 }
          ok, transfer = with_finalizers(function() clear(options) end, function()
            return core.session(options)
          end, 1000, 150)
          assert(ok and transfer, transfer)
          transfer:close()
        end
        print "done"
      ]])
    end)

    it("hands its result over once, to whoever asked first", function()
      run("/mirror", [[
        local items = {}
        for index = 1, 200 do items[index] = ('{"id":%d,"name":"item %d","list":[]}'):format(index, index) end
        local text = "[" .. table.concat(items, ",") .. "]"
        local asked = 0
        for round = 1, 50 do
          local transfer = finish(assert(session:start { method = "POST", url = url, body = text, timeout = 5,
            connect_timeout = 5, resend_safe = true }))
          local given = 0
          local ok, result = with_finalizers(function()
            asked, given = asked + 1, given + (transfer:take_result(true) and 1 or 0)
          end, function() return transfer:take_result(true) end, 10000, 0)
          assert(ok and given + (result and 1 or 0) == 1, "given " .. given)
          assert(not result or result.json[200].name == "item 200")
        end
        assert(asked > 0, "never asked")
        print "done"
      ]])
    end)
  end)

  describe("refuses", function()
    it("wrong types, by name", function()
      assert.error_matches(function() core.session { ca_file = 1 } end, "ca_file")
      assert.error_matches(function() core.session { max_connections = 0 } end, "max_connections")
      assert.has_error(function() core.session("x") end)
      local session = open()
      for name, value in pairs { timeout = "1", connect_timeout = 0, max_bytes = 0.5, body = 1,
        headers = "x", fresh = 1, resend_safe = "no", method = 1, url = {} } do
        assert.error_matches(function()
          start(session, "GET", server.plain_url, { [name] = value })
        end, name)
      end
      assert.has_error(function() session:start { method = "GET" } end)
      assert.has_error(function() session:start { url = server.plain_url } end)
      assert.has_error(function() start(session, "GET", server.plain_url, { headers = { 1 } }) end)
      assert.has_error(function() session:step() end)
      assert.has_error(function() session:step(0 / 0) end)
      assert.has_error(function() session:step(-1) end)
      assert.equal(0, session:step(0))
      session:close()
    end)

    it("what would not leave as it stands", function()
      local session = open()
      local bad_headers = { "", "X", ": x", "X y: 1", "X: a\r\nY: b", "X: a\nb", "X: a\0b", "X\0: a",
        "X\n: a", "\195\169: a", "X: \127" }
      for _, header in ipairs(bad_headers) do
        local transfer, message = start(session, "GET", server.plain_url, { headers = { header } })
        assert.is_nil(transfer)
        assert.is_string(message)
      end
      for _, method in ipairs { "", "GET ", "GET / HTTP/1.1\r\nX: y", "G\0T" } do
        assert.is_nil((start(session, method, server.plain_url)))
      end
      for _, url in ipairs { "", "http://", "ftp://x/", "file:///etc/passwd", server.plain_url .. "/a b",
        server.plain_url .. "/\r\n", server.plain_url .. "/\0", "//x" } do
        assert.is_nil((start(session, "GET", url)))
      end
      assert.equal(0, session:step(0))
      assert.is_nil((core.session { user_agent = "a\r\nb" }))
      assert.error_matches(function() core.session { ca_file = "a\0b" } end, "ca_file")
      session:close()
    end)

    it("user names in the URL", function()
      local session = open()
      local result = exchange(session, "GET", (server.plain_url:gsub("//", "//me:secret@")) .. "/echo")
      assert.is_string(result.code)
      assert.equal(0, result.sent)
      assert.is_nil(result.message:find("secret", 1, true))
      session:close()
    end)
  end)

  describe("limits", function()
    it("the body", function()
      local session = open()
      local rows = {
        { "/large", 3000000 }, { "/large", 2999999, "TOO_LARGE" }, { "/large", 1, "TOO_LARGE" },
        { "/announced", 2999999, "TOO_LARGE" },
      }
      for _, row in ipairs(rows) do
        local result = exchange(session, "GET", server.base_url .. row[1], { max_bytes = row[2] })
        assert.equal(row[3], result.code)
        assert.equal(200, result.status)
        assert.is_true(#result.body <= row[2])
        if row[1] == "/announced" then assert.equal("", result.body) end
      end
      assert.equal(200, exchange(session, "GET", server.base_url .. "/echo").status)
      session:close()
    end)

    it("a small reply that unpacks to a large one, in bounded memory", function()
      local session = open()
      exchange(session, "GET", server.base_url .. "/echo")
      collectgarbage()
      local before = resident()
      local result = exchange(session, "GET", server.base_url .. "/bomb", { max_bytes = 1048576 })
      assert.equal("TOO_LARGE", result.code)
      assert.is_true(#result.body > 0 and #result.body <= 1048576)
      assert.is_true(resident() - before < 16 * 1024, "memory grew")
      session:close()
    end)

    it("the head", function()
      local session = open()
      local result = exchange(session, "GET", server.plain_url .. "/flood")
      assert.equal("TOO_LARGE", result.code)
      session:close()
    end)
  end)

  describe("in time", function()
    it("ends a transfer that gets no answer, neither early nor late", function()
      local session = open()
      for _, which in ipairs { "plain_url", "base_url" } do
        local result = exchange(session, "GET", server[which] .. "/hang", { timeout = 0.8 })
        assert.equal("OPERATION_TIMEDOUT", result.code)
        assert.equal("no complete answer within 0.8 s", result.message)
        assert.equal(1, result.sent)
        assert.is_nil(result.status)
        assert.is_true(result.elapsed >= 0.8 and result.elapsed < 2.5, result.elapsed) -- #time
      end
      session:close()
    end)

    it("keeps what came of the answer", function()
      local session = open()
      local result = exchange(session, "GET", server.plain_url .. "/drip", { timeout = 1.2 })
      assert.equal("OPERATION_TIMEDOUT", result.code)
      assert.equal(200, result.status)
      assert.equal("1 2 ", result.body:sub(1, 4))
      session:close()
    end)

    it("gives up a handshake that does not end", function()
      local silent = web.start {}
      -- The master listens before it makes its worker.
      local workers = ("/proc/%d/task/%d/children"):format(silent.pid, silent.pid)
      os.execute(("until grep -q . %s; do sleep 0.02; done; kill -STOP %d $(cat %s)"):format(workers, silent.pid,
        workers))
      local session = open()
      local result = exchange(session, "POST", silent.base_url .. "/", { connect_timeout = 0.3, body = "x" })
      os.execute(("kill -CONT %d $(cat /proc/%d/task/%d/children)"):format(silent.pid, silent.pid, silent.pid))
      silent:stop()
      assert.equal("OPERATION_TIMEDOUT", result.code)
      assert.equal("no connection within 0.3 s", result.message)
      assert.equal(0, result.sent)
      assert.is_true(result.elapsed >= 0.3 and result.elapsed < 2.5, result.elapsed) -- #time
      session:close()
    end)

    it("counts the wait for a free connection", function()
      local session = open { max_connections = 1 }
      local first = assert(start(session, "GET", server.plain_url .. "/hang"))
      session:step(0)
      local result = exchange(session, "GET", server.plain_url .. "/echo", { connect_timeout = 0.3 })
      assert.equal("OPERATION_TIMEDOUT", result.code)
      assert.equal(0, result.sent)
      assert.is_true(result.elapsed >= 0.3 and result.elapsed < 2.5, result.elapsed) -- #time
      assert.is_false(first:done())
      session:close()
    end)

    it("does not count the time in which nobody listened", function()
      for _, which in ipairs { "plain_url", "base_url" } do
        local session = open()
        local transfer = assert(start(session, "GET", server[which] .. "/slow",
          { timeout = 1.5, connect_timeout = 1 }))
        session:step(0)
        os.execute("sleep 1.8")
        local result = finish(session, transfer)
        assert.equal("slow", result.body, result.message)
        session:close()
      end
    end)

    it("sleeps when nothing is in flight", function()
      local session = open()
      local before, cpu = core.now(), os.clock()
      assert.equal(0, session:step(0.3))
      local slept = core.now() - before
      assert.is_true(os.clock() - cpu < 0.05) -- #time
      assert.is_true(slept >= 0.3 and slept < 2.5, slept) -- #time
      session:close()
      before = core.now()
      assert.equal(0, session:step(0.1))
      assert.is_true(core.now() - before >= 0.1)
    end)

    it("is interrupted by a signal", function()
      local script = [[
        local session = require("azion.core").session {}
        if arg[1] then session:start { method = "GET", url = arg[1] } session:step(0) end
        local ok = pcall(function() while true do session:step(10) end end)
        print(ok and "went on" or "interrupted")]]
      for _, url in ipairs { "", server.plain_url .. "/hang" } do
        local before = core.now()
        local file = os.tmpname()
        local handle = assert(io.open(file, "w"))
        handle:write(script)
        handle:close()
        local pipe = io.popen(("LUA_CPATH='%s' timeout -s INT 1.5 %s %s %s")
          :format(package.cpath, interpreter, file, url))
        assert.equal("interrupted\n", pipe:read("*a")) -- #time
        pipe:close()
        os.remove(file)
        local elapsed = core.now() - before
        assert.is_true(elapsed >= 1.5 and elapsed < 6, elapsed) -- #time
      end
    end)
  end)

  describe("waited for beside another", function()
    local one, two

    before_each(function() one, two = open(), open() end)
    after_each(function()
      one:close()
      two:close()
    end)

    -- Waits for both sessions until a transfer has ended; gives the number of waits and the seconds.
    local function wait_for(transfer)
      local before, waits = core.now(), 0
      while not transfer:done() and core.now() - before < 4 do
        core.wait({ one, two }, 4)
        waits = waits + 1
        one:step(0)
        two:step(0)
      end
      for _, session in ipairs { one, two } do
        while session:take_finished() do end
      end
      return waits, core.now() - before
    end

    for _, which in ipairs { "plain_url", "base_url" } do
      it("wakes at what comes for either, " .. which, function()
        for _, order in ipairs { { one, two }, { two, one } } do
          local hanging = assert(start(order[1], "GET", server[which] .. "/hang"))
          local cpu = os.clock()
          local transfer = assert(start(order[2], "GET", server[which] .. "/slow"))
          local waits, elapsed = wait_for(transfer)
          assert.equal("slow", transfer:take_result().body)
          assert.is_true(elapsed >= 0.29 and elapsed < 1, elapsed) -- #time
          assert.is_true(waits < 60, waits)
          assert.is_true(os.clock() - cpu < 0.2) -- #time
          assert.is_false(hanging:done())
          hanging:cancel()
          order[1]:take_finished()
        end
      end)
    end

    it("has more descriptors than select knows of", function()
      local files = {}
      for index = 1, 1100 do
        files[index] = io.open("/dev/null")
      end
      local transfer = assert(start(two, "GET", server.base_url .. "/slow"))
      assert(start(one, "GET", server.base_url .. "/hang"))
      local _, elapsed = wait_for(transfer)
      for _, file in ipairs(files) do
        file:close()
      end
      assert.equal(1100, #files)
      assert.equal("slow", transfer:take_result().body)
      assert.is_true(elapsed >= 0.29 and elapsed < 1, elapsed) -- #time
    end)

    it("wakes when the time of a transfer of either is over", function()
      for _, order in ipairs { { one, two }, { two, one } } do
        local hanging = assert(start(order[1], "GET", server.plain_url .. "/hang"))
        local transfer = assert(start(order[2], "GET", server.plain_url .. "/hang", { timeout = 0.3 }))
        local waits, elapsed = wait_for(transfer)
        assert.equal("OPERATION_TIMEDOUT", transfer:take_result().code)
        assert.is_true(elapsed >= 0.3 and elapsed < 1, elapsed) -- #time
        assert.is_true(waits < 40, waits)
        hanging:cancel()
        order[1]:take_finished()
      end
    end)

    it("does not wait where something was begun or has ended", function()
      local before = core.now()
      local transfer = assert(start(two, "GET", server.plain_url .. "/echo"))
      assert.is_true(core.wait({ one, two }, 5))
      assert.is_false(transfer:done())
      while not transfer:done() do
        two:step(0.25)
      end
      assert.is_true(core.wait({ one, two }, 5))
      assert.equal(transfer:id(), two:take_finished())
      assert.is_true(core.now() - before < 2) -- #time
      assert.is_false(core.wait({ one, two }, 0.2))
      assert.is_true(core.now() - before >= 0.2)
    end)

    it("waits for its own sake where nothing is under way", function()
      two:close()
      for _, sessions in ipairs { {}, { one }, { one, two }, { two } } do
        local before, cpu = core.now(), os.clock()
        assert.is_false(core.wait(sessions, 0.1))
        local waited = core.now() - before
        assert.is_true(waited >= 0.1 and waited < 0.7, waited) -- #time
        assert.is_true(os.clock() - cpu < 0.05) -- #time
      end
    end)

    it("listens while it waits: that is no absence", function()
      local transfer = assert(start(one, "GET", server.plain_url .. "/hang", { timeout = 1 }))
      one:step(0)
      local before = core.now()
      while not transfer:done() do
        core.wait({ one, two }, 0.3)
        one:step(0)
      end
      local elapsed = core.now() - before
      assert.is_true(elapsed >= 0.9 and elapsed < 1.25, elapsed) -- #time
    end)

    it("takes nothing but sessions", function()
      assert.error_matches(function() core.wait({ one, io.stdout }, 0) end, "azion.session")
      assert.error_matches(function() core.wait({ one, 1 }, 0) end, "azion.session")
      assert.has_error(function() core.wait(one, 0) end)
      assert.has_error(function() core.wait({ one }, -1) end)
      assert.has_error(function() core.wait({ one }, "1") end)
    end)
  end)

  describe("when sending fails", function()
    for version, which in pairs { ["1.1"] = "plain_url", ["2"] = "base_url" } do
      for _, method in ipairs { "POST", "PUT", "GET", "DELETE" } do
        it("sends a " .. method .. " once on a used connection, HTTP/" .. version, function()
          local session = open()
          local before = times_seen(method .. " /reset")
          exchange(session, "GET", server[which] .. "/echo")
          local result = exchange(session, method, server[which] .. "/reset",
            { body = method ~= "GET" and "x" or nil })
          assert.equal("RESEND_REFUSED", result.code)
          assert.equal(1, result.sent)
          assert.is_true(result.reused)
          assert.is_nil(result.refused)
          assert.is_nil(result.status)
          assert.equal(before + 1, times_seen(method .. " /reset"))
          session:close()
        end)
      end

      it("tells of a new connection that was reset, HTTP/" .. version, function()
        local session = open()
        local before = times_seen("POST /reset")
        local result = exchange(session, "POST", server[which] .. "/reset", { body = "x" })
        -- Which of them depends on what libcurl was about when the reset came.
        local codes = { RECV_ERROR = true, SEND_ERROR = true, GOT_NOTHING = true }
        assert.is_true(codes[result.code], result.code)
        assert.equal(1, result.sent)
        assert.is_false(result.reused)
        assert.equal(before + 1, times_seen("POST /reset"))
        session:close()
      end)

      it("has no trouble with a connection that was closed while idle, HTTP/" .. version, function()
        local hasty = web.start { http2 = true, http = "keepalive_timeout 200ms;",
          locations = [[ location / { return 200 "x"; } ]] }
        for _, method in ipairs { "POST", "GET" } do
          local session = open { ca_file = hasty.ca_file }
          exchange(session, "GET", hasty[which])
          local limit = core.now() + 10
          repeat
            session:step(0.3)
          until connections_to(hasty[which]) == 0 or core.now() > limit
          local result = exchange(session, method, hasty[which])
          assert.equal(200, result.status)
          assert.equal(1, result.sent)
          assert.is_false(result.reused)
          assert.equal(2, session:connections())
          session:close()
        end
        hasty:stop()
      end)

      it("keeps what came before a reset, HTTP/" .. version, function()
        local session = open()
        exchange(session, "GET", server[which] .. "/echo")
        local result = exchange(session, "GET", server[which] .. "/cut")
        assert.equal("RECV_ERROR", result.code)
        assert.equal(200, result.status)
        assert.equal("begun", result.body)
        assert.equal(1, result.sent)
        session:close()
      end)
    end

    it("knows that nothing was sent", function()
      local session = open()
      local gone = web.start {}
      gone:stop()
      local result = exchange(session, "POST", gone.plain_url .. "/", { body = "x" })
      assert.equal("COULDNT_CONNECT", result.code)
      assert.equal(0, result.sent)
      result = exchange(session, "GET", "http://" .. ("x"):rep(70) .. ".invalid/")
      assert.equal("COULDNT_RESOLVE_HOST", result.code)
      assert.equal(0, result.sent)
      session:close()
    end)

    it("trusts no unknown certificate, and no other name", function()
      local _, folder = core.authorities() -- a bundle would have to be parsed
      local session = assert(core.session { ca_folder = folder })
      local result = exchange(session, "POST", server.base_url .. "/echo", { body = "x" })
      assert.equal("PEER_FAILED_VERIFICATION", result.code)
      assert.equal(0, result.sent)
      session:close()
      session = open()
      result = exchange(session, "GET", (server.base_url:gsub("127.0.0.1", "127.0.0.2")) .. "/echo")
      assert.is_string(result.code)
      assert.equal(0, result.sent)
      session:close()
    end)
  end)

  describe("when the server declines unread", function()
    local declining

    -- With no room for bodies, nginx refuses those that come before its settings were seen; after
    -- 20 requests it sends GOAWAY, and drops what came meanwhile.
    setup(function()
      declining = web.start { http2 = true, http = "http2_body_preread_size 0; keepalive_requests 20;",
        locations = [[ location / { content_by_lua_block { ngx.req.read_body() ngx.print("x") } } ]] }
    end)
    teardown(function() declining:stop() end)

    it("says so for REFUSED_STREAM", function()
      local session = assert(core.session { ca_file = declining.ca_file })
      local result = exchange(session, "POST", declining.base_url .. "/refused", { body = "x" })
      assert.equal("RESEND_REFUSED", result.code)
      assert.is_true(result.refused)
      assert.equal(1, result.sent)
      local seen = exchange(session, "GET", declining.base_url .. "/count?of=POST%20/refused")
      assert.equal("0", seen.body)
      session:close()
    end)

    it("says so for every request that a GOAWAY leaves out, and only for those", function()
      local session = assert(core.session { ca_file = declining.ca_file })
      local left, started, answered, refused = {}, 0, 0, 0
      exchange(session, "GET", declining.base_url .. "/")
      session:take_finished()
      while started < 400 or next(left) do
        for _ = 1, 16 do
          if started < 400 then
            local safe = started % 4 == 0
            local transfer = assert(start(session, safe and "GET" or "POST",
              declining.base_url .. "/left-out", { resend_safe = safe }))
            left[transfer:id()], started = transfer, started + 1
          end
        end
        session:step(0.25)
        local id = session:take_finished()
        while id do
          local result = left[id]:take_result()
          left[id] = nil
          if result.code then
            refused = refused + (result.refused and 1 or 0)
          else
            answered = answered + 1
          end
          id = session:take_finished()
        end
      end
      local plain = declining.plain_url .. "/count?of="
      local seen = exchange(session, "GET", plain .. "POST%20/left-out").body
        + exchange(session, "GET", plain .. "GET%20/left-out").body
      assert.equal(seen, answered)
      assert.is_true(refused > 0)
      assert.is_true(refused <= 400 - answered)
      session:close()
    end)
  end)

  describe("ends", function()
    it("a transfer that is cancelled", function()
      local session = open()
      for _, which in ipairs { "plain_url", "base_url" } do
        local transfer = assert(start(session, "GET", server[which] .. "/hang"))
        session:step(0.05)
        transfer:cancel()
        transfer:cancel()
        assert.is_true(transfer:done())
        assert.equal("CANCELLED", transfer:take_result().code)
        assert.equal(transfer:id(), session:take_finished())
        assert.is_nil((session:take_finished()))
        assert.equal(200, exchange(session, "GET", server[which] .. "/echo").status)
        session:take_finished()
        -- Before its first step, over a handle that has brought a reply already.
        transfer = assert(start(session, "GET", server[which] .. "/echo"))
        transfer:cancel()
        local result = transfer:take_result()
        assert.is_nil(result.status)
        assert.same({}, result.headers)
        session:take_finished()
      end
      session:close()
    end)

    it("all transfers when it is closed", function()
      local session = open()
      local done = assert(start(session, "GET", server.plain_url .. "/echo"))
      while not done:done() do session:step(0.25) end
      local one = assert(start(session, "GET", server.plain_url .. "/hang"))
      local two = assert(start(session, "POST", server.base_url .. "/hang", { body = "x" }))
      session:step(0.05)
      assert.equal("azion.session: 2 in flight", tostring(session))
      session:close()
      session:close()
      assert.equal("azion.session: closed", tostring(session))
      assert.equal("CLOSED", one:take_result().code)
      assert.equal("CLOSED", two:take_result().code)
      assert.equal(200, done:take_result().status)
      assert.equal(done:id(), session:take_finished())
      assert.equal(one:id(), session:take_finished())
      assert.equal(two:id(), session:take_finished())
      assert.is_nil((session:take_finished()))
      assert.same({ nil, "closed" }, { start(session, "GET", server.plain_url .. "/echo") })
      assert.equal(0, session:step(0))
    end)

    it("in any order of collection", function()
      for round = 1, 12 do
        local session = open()
        local transfers = {}
        for i = 1, 4 do
          transfers[i] = assert(start(session, "POST", (i % 2 == 0 and server.plain_url or server.base_url)
            .. "/hang", { body = "x", headers = { "X-Own: 1" } }))
        end
        session:step(round % 3 == 0 and 0 or 0.05)
        if round % 2 == 0 then
          for i = 1, 4 do
            transfers[i] = nil
            collectgarbage()
            assert.equal("azion.session: " .. (4 - i) .. " in flight", tostring(session))
          end
          assert.equal(200, exchange(session, "GET", server.plain_url .. "/echo").status)
        else
          session = nil -- luacheck: ignore
          collectgarbage()
          assert.is_false(transfers[4]:done())
          if round % 4 == 1 then transfers[4]:cancel() end
          transfers[2] = nil
          collectgarbage()
        end
        transfers, session = nil, nil -- luacheck: ignore
        collectgarbage()
        collectgarbage()
      end
    end)

    it("with the Lua state", function()
      local script = ([[
        local session = require("azion.core").session {}
        kept = {}
        for i = 1, 4 do kept[i] = session:start { method = "GET", url = "%s/hang" } end
        session:step(0.05)]]):format(server.plain_url)
      local status = os.execute(("LUA_CPATH='%s' %s -e '%s'"):format(package.cpath, interpreter, script))
      assert.is_true(status == true or status == 0)
    end)

    it("and shows nothing of its inside", function()
      local session = open()
      local transfer = assert(start(session, "GET", server.plain_url .. "/echo",
        { headers = { "Authorization: token secret" } }))
      assert.is_false(getmetatable(session))
      assert.is_false(getmetatable(transfer))
      assert.has_error(function() session.start(transfer, {}) end)
      assert.has_error(function() transfer.done(session) end)
      assert.has_error(function() session.start(io.stdout, {}) end)
      finish(session, transfer)
      session:close()
    end)
  end)

  -- A resolver that hangs is preloaded, which a sanitizer does not allow: it must come first.
  if not os.getenv("ASAN_OPTIONS") then
    it("does not wait for a name look-up that hangs", function()
      local file = os.tmpname()
      local handle = assert(io.open(file .. ".c", "w"))
      handle:write("#include <unistd.h>\nint getaddrinfo(void) { sleep(2); return -3; }\n")
      handle:close()
      assert(os.execute(("cc -w -shared -fPIC -o %s.so %s.c"):format(file, file)))
      local script = [[
        local core = require "azion.core"
        local session = core.session {}
        local transfer = session:start { method = "POST", url = "http://slow.invalid/", connect_timeout = 0.3 }
        local before = core.now()
        while not transfer:done() do session:step(0.25) end
        session:start { method = "GET", url = "http://slow.invalid/" }
        session:step(0.1)
        session:close()
        local result = transfer:take_result()
        print(result.code, result.sent, core.now() - before < 1.5)]]
      handle = assert(io.open(file, "w"))
      handle:write(script)
      handle:close()
      local pipe = io.popen(("LUA_CPATH='%s' LD_PRELOAD=%s.so %s %s")
        :format(package.cpath, file, interpreter, file))
      assert.equal("OPERATION_TIMEDOUT\t0\ttrue\n", pipe:read("*a"))
      pipe:close()
      os.execute(("rm -f %s %s.c %s.so"):format(file, file, file))
    end)
  end

  -- Only LuaJIT can fork without another library.
  if jit then
    it("is left to the parent by a child", function()
      local ffi = require "ffi"
      ffi.cdef "int fork(void); int waitpid(int, int *, int); void _exit(int);"
      local session = open()
      exchange(session, "GET", server.base_url .. "/connection")
      local flying = assert(start(session, "GET", server.base_url .. "/slower"))
      session:step(0.02)
      local pid = ffi.C.fork()
      if pid == 0 then
        local good = pcall(function()
          assert(flying:done() and flying:take_result().code == "CLOSED")
          assert(tostring(session) == "azion.session: 0 in flight")
          local result = exchange(session, "GET", server.base_url .. "/connection")
          assert(result.status == 200 and not result.reused)
          session:close()
          collectgarbage()
        end)
        ffi.C._exit(good and 0 or 1)
      end
      local status = ffi.new("int[1]", -1)
      assert.equal(pid, ffi.C.waitpid(pid, status, 0))
      assert.equal(0, status[0])
      assert.equal("slow", finish(session, flying).body)
      local result = exchange(session, "GET", server.base_url .. "/connection")
      assert.is_true(result.reused)
      assert.equal(1, session:connections())
      session:close()
    end)
  end
end)
