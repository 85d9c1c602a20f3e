-- The sandbox as a process: a real nginx, asked with the curl command line.
-- #seconds 20

local nginx = require "azion.sandbox.host.nginx"
local sandboxes = require "azion.sandbox"
local socket = require "socket"

local ORIGINS = "/edge_applications/1618339282/origins"
local INTERPRETER = jit and "luajit" or "lua" .. _VERSION:match "%d%.%d"
local has_fork, unistd = pcall(require, "posix.unistd")
local _, waiting = pcall(require, "posix.sys.wait")

-- curl's codes for a reset connection: it is met when reading or, with HTTP/2's own frames, when writing.
local RESET_CODES = { [55] = true, [56] = true }

local random_bytes = nginx.random_bytes
local started = {}

local function start(options)
  local sandbox = assert(sandboxes.start(options))
  started[#started + 1] = sandbox
  return sandbox
end

local function output_of(command)
  local pipe = assert(io.popen(command, "r"))
  local text = pipe:read "*a"
  pipe:close()
  return text
end

local function folder_of(sandbox)
  return sandbox.ca_file:match "^(.*)/"
end

local function succeeds(command)
  local result = os.execute(command)
  return result == true or result == 0
end

local function exists(path)
  return succeeds(("test -e '%s'"):format(path))
end

-- A process that has ended but was not waited for does not count as alive.
local function is_alive(pid)
  return succeeds(("grep -q '^State:.[^ZX]' /proc/%d/status 2>/dev/null"):format(pid))
end

local function seconds_now()
  return tonumber((output_of "date +%s.%N"))
end

-- One request; { body, code (curl's own), status, version, time }.
local function curl(sandbox, path, more)
  local command = "curl -sS --max-time 5 --cacert '%s' -H 'Accept: application/json; version=3' "
    .. "-H 'Authorization: token %s' %s -w '\\n%%{exitcode} %%{http_code} %%{http_version} %%{time_total}' "
    .. "'%s%s' 2>/dev/null"
  local text = output_of(command:format(sandbox.ca_file, sandbox.token, more or "", sandbox.base_url, path))
  local body, code, status, version, time = text:match "^(.*)\n(%d+) (%d+) (%S+) (%S+)$"
  return {
    body = body, code = tonumber(code), status = tonumber(status), version = version, time = tonumber(time),
  }
end

-- Runs a script that has started a sandbox as `sandbox`; gives what it printed.
local function child_command(script, environment)
  local prologue = ("package.path = %q; package.cpath = %q;"):format(package.path, package.cpath)
    .. 'local sandbox, err = require("azion.sandbox").start {};'
  local quoted = (prologue .. script):gsub("'", [['\'']])
  return ("%s exec %s -e '%s'"):format(environment or "", INTERPRETER, quoted)
end

describe("the sandbox", function()
  after_each(function()
    for _, sandbox in ipairs(started) do
      sandbox:stop()
    end
    started = {}
  end)

  describe("starts", function()
    it("and answers over TLS and HTTP/2", function()
      local sandbox = start()
      local reply = curl(sandbox, ORIGINS)
      assert.equal(200, reply.status)
      assert.equal("2", reply.version)
      assert.truthy(reply.body:find('"count":25', 1, true))
      assert.truthy(sandbox.base_url:find "^https://127%.0%.0%.1:%d+$")
      assert.truthy(sandbox.token:find("^" .. ("%x"):rep(40) .. "$"))
      assert.is_nil(tostring(sandbox):find(sandbox.token, 1, true))
    end)

    it("with a certificate that nobody trusts without ca_file", function()
      local sandbox = start()
      assert.equal(60, curl(sandbox, ORIGINS, "--cacert /etc/ssl/certs/ca-certificates.crt").code)
      local by_name = { base_url = sandbox.base_url:gsub("127%.0%.0%.1", "localhost") }
      setmetatable(by_name, { __index = sandbox })
      assert.equal(200, curl(by_name, ORIGINS, "-4").status)
    end)

    it("with HTTP/1.1 only, if told so", function()
      local reply = curl(start { http2 = false }, ORIGINS)
      assert.equal(200, reply.status)
      assert.equal("1.1", reply.version)
    end)

    it("on loopback only", function()
      local sandbox = start()
      local port = ("%04X"):format(tonumber(sandbox.base_url:match "%d+$"))
      local listening = output_of("cat /proc/net/tcp /proc/net/tcp6 | grep ':" .. port .. " 0*:0000 0A'")
      assert.truthy(listening:find("0100007F:" .. port, 1, true))
      assert.equal(1, select(2, listening:gsub("\n", "")))
    end)

    it("in a folder that nobody else can read", function()
      local folder = folder_of(start())
      assert.equal("700\n", output_of("stat -c %a " .. folder))
      assert.equal("", output_of("find " .. folder .. " -type f ! -perm 600"))
    end)

    it("side by side, each with a state of its own", function()
      local one, other = start { seed = 3 }, start { seed = 4 }
      assert.not_equal(one.base_url, other.base_url)
      assert.equal(201, curl(one, ORIGINS, "-H 'Content-Type: application/json' "
        .. [[-d '{"name":"x","addresses":[{"address":"a.example"}]}']]).status)
      assert.truthy(curl(one, ORIGINS .. "?name=x").body:find('"count":1', 1, true))
      assert.truthy(curl(other, ORIGINS).body:find('"count":4', 1, true))
      other.token = one.token
      assert.equal(401, curl(other, ORIGINS).status)
    end)

    it("on another port when somebody has come in between", function()
      local holder = assert(socket.tcp4())
      local taken = 20000
      while not holder:bind("127.0.0.1", taken) do
        taken = taken + 1
      end
      local drawn = 0
      finally(function()
        nginx.random_bytes = random_bytes
        holder:close()
      end)
      function nginx.random_bytes(count)
        drawn = drawn + (count == 2 and 1 or 0)
        local offset = taken - 20000
        return count == 2 and drawn == 1 and string.char(math.floor(offset / 256), offset % 256) or random_bytes(count)
      end
      assert.equal(200, curl(start(), ORIGINS).status)
      assert.equal(2, drawn)
    end)

    it("with 200,000 origins as fast as with none", function()
      local before = seconds_now()
      local sandbox = start { seed = { applications = 1, origins = 200000 } }
      assert.is_true(seconds_now() - before < 2.5) -- #time
      assert.truthy(curl(sandbox, ORIGINS .. "?page=2000&page_size=100").body:find("used-by-rule", 1, true))
    end)

    it("whatever the caller's LUA_CPATH says", function()
      local text = output_of(child_command("print(sandbox or err)", "LUA_PATH='nowhere/?' LUA_CPATH='nowhere/?.so'"))
      assert.truthy(text:find("^azion.sandbox %(https://"), text)
    end)
  end)

  describe("does not start", function()
    it("and says what to install, where something is missing", function()
      local text = output_of(child_command("print(sandbox, err)", "TMPDIR=/nonexistent") .. " 2>&1")
      assert.truthy(text:find("a temporary folder", 1, true), text)
      assert.truthy(text:find("apt-get install nginx libnginx-mod-http-lua lua-cjson openssl", 1, true), text)
    end)

    it("but raises where the program is wrong, at the caller's line, naming what was meant", function()
      local unknown = "unknown option '%s'; the nearest known one is '%s'"
      local cases = {
        { { latncy = 1 }, unknown:format("latncy", "latency") },
        { { limits = { raed = 1 } }, unknown:format("limits.raed", "limits.read") },
        { { seed = { origin = 1 } }, unknown:format("seed.origin", "seed.origins") },
        { { faults = { { status = 500 }, { staus = 500 } } }, unknown:format("faults.2.staus", "faults.2.status") },
        { { proxy = "x" }, "unknown option 'proxy'; known are 'default_rule_in_order', 'deletion_lag', " },
        { { window = "3" }, "option 'window' must be a number, got \"3\"" },
        { { limits = { write = "5" } }, "option 'limits.write' must be a number or boolean, got \"5\"" },
        { { faults = { "reset" } }, "option 'faults.1' must be a table, got \"reset\"" },
        { { faults = { { headers = 1 } } }, "option 'faults.1.headers' must be a table, got 1" },
        { { without_products = { 5 } }, "option 'without_products.1' must be a string, got 5" },
        { { seed = "many" }, "option 'seed' must be a number or table, got \"many\"" },
        { { http2 = 1 }, "option 'http2' must be a boolean, got 1" },
        { "fast", "options must be a table, got a string" },
      }
      for _, case in ipairs(cases) do
        local line
        local ok, message = pcall(function()
          line = debug.getinfo(1, "l").currentline; sandboxes.start(case[1])
        end)
        assert.is_false(ok)
        local place = ("sandbox_spec.lua:%d: azion.sandbox.start: "):format(line)
        assert.truthy(message:find(place .. case[2], 1, true), message)
      end
    end)

    it("and gives back what is wrong with a value that may come from data", function()
      local cases = {
        { { faults = { { status = 500 }, { status = 99 } } }, "faults.2.status: expected a status .+, got 99" },
        { { faults = { { method = "GET" } } }, "faults.1: expected a status, action, .+, got none" },
        { { faults = { { action = "explode" } } }, 'faults.1.action: expected .+, got "explode"' },
        { { faults = { { status = 500, headers = { a = 1 } } } }, "faults.1.headers: expected strings" },
        { { limits = { read = 0 } }, "limits.read: expected a whole number of at least 1, or false for none, got 0" },
        { { limits = { read = true } }, "limits.read: expected .* got true" },
        { { limits = { kind = "leaky" } }, 'limits.kind: expected "fixed" or "sliding", got "leaky"' },
        { { window = 0 }, "window: expected seconds above 0, got 0" },
        { { window = math.huge }, "window: expected seconds above 0, got inf" },
        { { latency = -1 }, "latency: expected seconds of at least 0, got %-1" },
        { { seed = 1.5 }, "seed: expected a whole number of at least 0, got 1.5" },
        { { seed = { domains = -1 } }, "seed.domains: expected a whole number of at least 0, got %-1" },
        { { over_page_size = "x" }, 'over_page_size: expected "clamp" or "reject", got "x"' },
      }
      for _, case in ipairs(cases) do
        local sandbox, err = sandboxes.start(case[1])
        assert.is_nil(sandbox)
        assert.equal("invalid", err.kind)
        assert.truthy(err.message:find("^" .. case[2]), err.message)
      end
    end)
  end)

  describe("ends", function()
    local function assert_gone(pid, folder, within)
      local deadline = seconds_now() + within
      while (is_alive(pid) or exists(folder)) and seconds_now() < deadline do
        os.execute "sleep 0.05"
      end
      assert.is_false(is_alive(pid))
      assert.is_false(exists(folder))
    end

    it("when it is stopped; once more is harmless", function()
      local sandbox = start()
      assert.is_true(is_alive(sandbox.pid))
      assert.is_true(sandbox:stop())
      assert_gone(sandbox.pid, folder_of(sandbox), 0)
      assert.is_true(sandbox:stop())
      assert.same({}, sandbox:journal())
      assert.equal("azion.sandbox (stopped)", tostring(sandbox))
    end)

    it("when it is collected", function()
      local pid, folder
      do
        local sandbox = assert(sandboxes.start())
        pid, folder = sandbox.pid, folder_of(sandbox)
        assert.is_true(is_alive(pid))
        sandbox = nil -- luacheck: ignore 311
      end
      collectgarbage()
      collectgarbage()
      assert_gone(pid, folder, 0)
    end)

    it("but not while a client of it is in use", function()
      local client = assert(assert(sandboxes.start()):client())
      collectgarbage()
      collectgarbage()
      local page = assert(client:origins(1618339282):list())
      assert.equal(25, page.count)
      client:close()
    end)

    it("with the program, whether it says so or not", function()
      local text = output_of(child_command 'print(sandbox.pid, sandbox.ca_file:match "^(.*)/")')
      local pid, folder = text:match "^(%d+)%s+(%S+)"
      assert_gone(tonumber(pid), folder, 0)
    end)

    it("when the program is killed", function()
      local fifo = output_of("mktemp -u"):match "%S+"
      assert.is_true(succeeds("mkfifo -m 600 " .. fifo))
      local pipe = io.popen(child_command(([[
        print(io.open("/proc/self/stat"):read(20):match "%%d+", sandbox.pid, sandbox.ca_file:match "^(.*)/")
        io.stdout:flush()
        io.open(%q, "r")
      ]]):format(fifo)), "r")
      local owner, pid, folder = pipe:read("*l"):match "^(%d+)%s+(%d+)%s+(%S+)"
      assert.is_true(is_alive(tonumber(pid)))
      os.execute("kill -9 " .. owner)
      assert_gone(tonumber(pid), folder, 2)
      pipe:close()
      os.remove(fifo)
    end)

    if has_fork then
      it("not because a forked child is done with it", function()
        local sandbox = start()
        local child = unistd.fork()
        if child == 0 then
          sandbox:stop()
          unistd._exit(0)
        end
        waiting.wait(child)
        assert.equal(200, curl(sandbox, ORIGINS).status)
      end)
    else
      pending "not because a forked child is done with it: no lua-posix for this Lua"
    end
  end)

  describe("keeps a journal", function()
    it("of what arrived and what became of it, but of no token", function()
      local sandbox = start { faults = { { path = "/down", status = 503 } } }
      local body = [[{"name":"x","addresses":[{"address":"a.example"}]}]]
      curl(sandbox, ORIGINS .. "?page=2&name=a%20b", "-A tester")
      curl(sandbox, ORIGINS, "-H 'Content-Type: application/json' -d '" .. body .. "'")
      curl(sandbox, "/down")
      curl(sandbox, "/tokens/" .. sandbox.token, "-X DELETE")
      local journal = sandbox:journal()
      assert.equal(4, #journal)
      local get, post, down, revoke = journal[1], journal[2], journal[3], journal[4]
      assert.same({ 1, 2, 3, 4 }, { get.seq, post.seq, down.seq, revoke.seq })
      assert.equal("GET " .. ORIGINS .. " page=2&name=a%20b 404 read",
        ("%s %s %s %d %s"):format(get.method, get.path, get.query, get.status, get.bucket))
      assert.equal("tester", get.user_agent)
      assert.equal("2", get.http_version)
      assert.is_false(get.applied)
      assert.same({ 201, true, "write", body }, { post.status, post.applied, post.bucket, post.body })
      assert.same({ 503, false }, { down.status, down.applied })
      assert.equal("/tokens/***", revoke.path)
      assert.is_true(math.abs(seconds_now() - get.time) < 5) -- #time
      assert.is_false(succeeds(("grep -rq '%s' '%s/journal'"):format(sandbox.token, folder_of(sandbox))))
    end)

    it("which tells connections apart", function()
      local sandbox = start()
      curl(sandbox, ORIGINS, ("'%s%s'"):format(sandbox.base_url, ORIGINS))
      curl(sandbox, ORIGINS)
      local journal = sandbox:journal()
      assert.equal(3, #journal)
      assert.equal(journal[1].connection, journal[2].connection)
      assert.not_equal(journal[1].connection, journal[3].connection)
      assert.same({ 1, 2, 1 },
        { journal[1].connection_requests, journal[2].connection_requests, journal[3].connection_requests })
    end)
  end)

  for _, http2 in ipairs { true, false } do
    describe("fails as scripted over HTTP/" .. (http2 and "2" or "1.1"), function()
      local function failing(fault)
        return start { http2 = http2, faults = { fault } }
      end

      it("by a reset, after the request was read", function()
        local sandbox = failing { action = "reset", nth = 1 }
        assert.is_true(RESET_CODES[curl(sandbox, ORIGINS).code])
        local journal = sandbox:journal()
        assert.equal(1, #journal)
        assert.equal("reset", journal[1].action)
        assert.is_nil(journal[1].status)
        assert.equal(200, curl(sandbox, ORIGINS).status)
      end)

      it("by a reset after the request was carried out", function()
        local sandbox = failing { action = "reset", method = "POST", apply = true }
        local post = [[-H 'Content-Type: application/json' -d '{"name":"x","addresses":[{"address":"a.example"}]}']]
        assert.is_true(RESET_CODES[curl(sandbox, ORIGINS, post).code])
        assert.is_true(sandbox:journal()[1].applied)
        assert.truthy(curl(sandbox, ORIGINS).body:find('"count":26', 1, true))
      end)

      it("by no answer at all", function()
        local reply = curl(failing { action = "hang" }, ORIGINS, "--max-time 0.5")
        assert.equal(28, reply.code)
        assert.equal(0, reply.status)
      end)

      it("by an answer that ends too early", function()
        local sandbox = failing { action = "truncate", nth = 1 }
        local reply = curl(sandbox, ORIGINS)
        assert.equal(200, reply.status)
        assert.not_equal(0, reply.code)
        local whole = curl(sandbox, ORIGINS).body
        assert.is_true(#reply.body > 0 and #reply.body < #whole)
        assert.equal(whole:sub(1, #reply.body), reply.body)
      end)

      it("by something that is not JSON", function()
        local reply = curl(failing { action = "garbage" }, ORIGINS)
        assert.equal(200, reply.status)
        assert.truthy(reply.body:find "^<!DOCTYPE html>")
      end)

      it("with any status, header and bytes", function()
        local sandbox = failing {
          status = 429,
          headers = { Date = "Thu, 02 Nov 2017 12:30:28 GMT", ["Retry-After"] = { "1", "2" } },
          body = "\0\r\n\255",
        }
        local reply = curl(sandbox, ORIGINS, "-i")
        assert.equal(429, reply.status)
        assert.truthy(reply.body:find("\0\r\n\255", 1, true))
        local head = reply.body:lower()
        assert.truthy(head:find("date: thu, 02 nov 2017 12:30:28 gmt", 1, true))
        assert.equal(2, select(2, head:gsub("retry%-after: [12]\r\n", "")))
      end)

      it("after a delay", function()
        local reply = curl(failing { delay = 0.3 }, ORIGINS)
        assert.equal(200, reply.status)
        assert.is_true(reply.time >= 0.3 and reply.time < 2) -- #time
      end)
    end)
  end

  it("answers late, if told so", function()
    local reply = curl(start { latency = 0.2 }, ORIGINS)
    assert.equal(200, reply.status)
    assert.is_true(reply.time >= 0.2 and reply.time < 2) -- #time
  end)

  it("limits over real time", function()
    local sandbox = start { limits = { read = 2 }, window = 1 }
    -- One run of curl for all three, so that they are sure to fall into one window.
    local url = ("'%s%s' "):format(sandbox.base_url, ORIGINS)
    local text = curl(sandbox, ORIGINS, "-i " .. url:rep(2)).body
    local statuses, resets = {}, {}
    for status in text:gmatch "HTTP/2 (%d+)" do
      statuses[#statuses + 1] = status
    end
    for reset in text:gmatch "x%-ratelimit%-reset: (%d+%-%d+%-%d+T%d+:%d+:%d+%.%d%d%d%d%d%d)\r\n" do
      resets[#resets + 1] = reset
    end
    assert.same({ "200", "200", "429" }, statuses)
    assert.same({ resets[1], resets[1], resets[1] }, resets)
    assert.equal(1, select(2, text:gsub("retry%-after: 1\r\n", "")))
    os.execute "sleep 1"
    assert.equal(200, curl(sandbox, ORIGINS).status)
  end)
end)
