-- What lies between a client and its server: trust, proxies, names, descriptors, a program that is away.
local azion = require("azion")
local child = require("spec.support.child")
local core = require("azion.core")
local ports = require("spec.support.ports")
local web = require("spec.support.web_server")

local function write_file(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
  return path
end

local function read_all(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("*a")
  pipe:close()
  return text
end

local clean = { http_proxy = false, https_proxy = false, HTTPS_PROXY = false, all_proxy = false, ALL_PROXY = false,
  no_proxy = false, NO_PROXY = false, AZION_BASE_URL = false, AZION_CA_FILE = false, AZION_TOKEN = "t" }

-- Runs a program that has `azion` and `core`, and gives what it prints, in lines.
local function run(program, environment)
  local settings = {}
  for _, list in ipairs { clean, environment or {} } do
    for name, value in pairs(list) do
      settings[name] = value
    end
  end
  local status, output, errors = child.run({ "-e", 'local azion, core = require("azion"), require("azion.core")\n'
    .. program }, { environment = settings })
  assert.equal(0, status, errors)
  return output
end

-- What is preloaded must come before a sanitizer, which does not allow that.
local can_preload = not os.getenv("ASAN_OPTIONS")

local function compile(folder, name, text)
  local source = write_file(folder .. "/" .. name .. ".c", text)
  local library = folder .. "/" .. name .. ".so"
  assert(os.execute(("cc -w -shared -fPIC -o %s %s -Wl,--no-as-needed -ldl -lcurl"):format(library, source)))
  return library
end

describe("the network:", function()
  local server, folder

  setup(function()
    folder = read_all("mktemp -d"):gsub("%s+$", "")
    server = web.start { locations = [[
      location /hang { content_by_lua_block { ngx.sleep(20) } }
      location /moved { content_by_lua_block {
        ngx.header.Location = "https://user:pass-1@else.example/x/y?token=pass-2#pass-3"
        ngx.exit(308)
      } }
      location /twice { add_header Location "//user:pass-1@else.example/x/y?token=pass-2"; return 307; }
      location /here { content_by_lua_block { ngx.header.Location = "/there" ngx.exit(301) } }
      location /lost { content_by_lua_block { ngx.exit(304) } }
      location /gone { add_header Location "/there"; return 410; }
      location / { add_header aBCDEFGHIJKLMNOPQRSTUVWXYZ-AZ "Az"; default_type application/json; return 200 "{}"; }
    ]] }
  end)

  teardown(function()
    server:stop()
    os.execute("rm -rf " .. folder)
  end)

  describe("a CA file", function()
    local function refusal(ca_file)
      local client, err = azion.client { token = "t", base_url = server.base_url, ca_file = ca_file }
      assert.is_nil(client)
      assert.equal("invalid", err.kind)
      assert.is_table(err.fields.ca_file)
      return err.message
    end

    it("that is of no use is refused at once", function()
      local key = read_all("openssl genpkey -algorithm ED25519")
      assert.matches("no such file", refusal(folder .. "/missing.pem"))
      assert.matches("no such file", refusal(server.ca_file .. "/below"))
      assert.matches("directory", refusal(folder))
      for name, text in pairs { empty = "", key = key, words = "no certificate",
        cut = "-----BEGIN CERTIFICATE-----\nMIIB", hollow = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
        other = "-----BEGIN CERTIFICATE-----\n" .. ("x"):rep(400) .. "\n-----END CERTIFICATE-----\n",
        odd = "-----BEGIN CERTIFICATE-----\nMI" .. ("!"):rep(400) .. "\n-----END CERTIFICATE-----\n" } do
        assert.matches("no certificate in PEM form", refusal(write_file(folder .. "/" .. name, text)), nil, nil, name)
      end
      assert.matches("too large", refusal("/dev/zero"))
    end)

    it("may have other things beside certificates", function()
      local key = read_all("openssl genpkey -algorithm ED25519")
      local path = write_file(folder .. "/mixed.pem", "A note\n" .. key .. read_all("cat " .. server.ca_file))
      local client = assert(azion.client { token = "t", base_url = server.base_url, ca_file = path })
      assert(client:request("GET", "/"))
      client:close()
    end)

    it("comes from AZION_CA_FILE where no option names one", function()
      local program = [[
        local client, err = azion.client { base_url = os.getenv("BASE_URL"), ca_file = os.getenv("OPTION") }
        if client then print(client:request("GET", "/") and "trusted" or "not") else print(err.message) end]]
      local function try(variable, option)
        return (run(program, { BASE_URL = server.base_url, AZION_CA_FILE = variable, OPTION = option or false }))
      end
      assert.equal("trusted\n", try(server.ca_file))
      assert.equal("not\n", try(""))
      assert.equal("not\n", try(false))
      assert.equal("ca_file: /missing: there is no such file\n", try("/missing"))
      assert.equal("trusted\n", try("/missing", server.ca_file))
    end)
  end)

  -- Where this libcurl looks for authorities, another may not: so it is told of other places.
  if can_preload then
    describe("the system's authorities", function()
      local preload, hashed, other

      setup(function()
        -- Linked with libcurl, for its own function to be found.
        preload = compile(folder, "places", [[
          #define _GNU_SOURCE
          #include <curl/curl.h>
          #include <dlfcn.h>
          #include <stdlib.h>
          curl_version_info_data *curl_version_info(CURLversion version) {
            static curl_version_info_data copy;
            curl_version_info_data *(*real)(CURLversion) = dlsym(RTLD_NEXT, "curl_version_info");
            copy = *real(version);
            copy.cainfo = getenv("PLACE_BUNDLE");
            copy.capath = getenv("PLACE_FOLDER");
            return &copy;
          }]])
        other = web.start { locations = "location / { return 200 '{}'; }" }
        hashed = folder .. "/hashed"
        os.execute(("mkdir %s && cp %s %s/ours.pem && openssl rehash %s")
          :format(hashed, server.ca_file, hashed, hashed))
      end)

      teardown(function() other:stop() end)

      -- Which of the two servers is trusted.
      local function trusted(bundle, place, ca_file)
        return (run([[
          for _, url in ipairs { os.getenv("OURS"), os.getenv("OTHER") } do
            local client = assert(azion.client { base_url = url, max_attempts = 1 })
            local _, err = client:request("GET", "/")
            io.write(err and err.kind or "trusted", " ")
          end]], { OURS = server.base_url, OTHER = other.base_url, PLACE_BUNDLE = bundle or false,
          PLACE_FOLDER = place or false, AZION_CA_FILE = ca_file or false, LD_PRELOAD = preload }))
      end

      it("are found in a bundle, in a folder, or in both", function()
        local bundle = write_file(folder .. "/bundle.pem", read_all("cat " .. server.ca_file))
        assert.equal("trusted tls ", trusted(bundle))
        assert.equal("trusted tls ", trusted(bundle, folder .. "/missing"))
        assert.equal("trusted tls ", trusted(bundle, folder)) -- a folder without hashes
        assert.equal("trusted tls ", trusted(nil, hashed))
        assert.equal("trusted tls ", trusted("/missing", hashed))
      end)

      it("are joined by those of ca_file", function()
        local bundle = write_file(folder .. "/bundle.pem", read_all("cat " .. server.ca_file))
        for _, place in ipairs { { bundle }, { bundle, folder }, { nil, hashed }, { "/missing", hashed } } do
          assert.equal("trusted trusted ", trusted(place[1], place[2], other.ca_file))
        end
        assert.equal("tls trusted ", trusted("/missing", nil, other.ca_file))
      end)

      it("may have been added to the bundle only, or to the folder only", function()
        local added = write_file(folder .. "/added.pem", read_all("cat " .. other.ca_file))
        os.execute(("touch -d 2020-01-01 %s"):format(hashed))
        assert.equal("trusted trusted ", trusted(added, hashed))
        os.execute(("touch -d 2019-01-01 %s"):format(added))
        assert.equal("trusted tls ", trusted(added, hashed))
      end)
    end)
  end

  it("a new connection costs little more than one that trusts a single certificate", function()
    local program = [[
      local trusted = require("azion.client.trust").choose(os.getenv("FILE"))
      local session = core.session { ca_file = trusted.file, ca_folder = trusted.folder, ca_text = trusted.text }
      local function connect()
        local transfer = session:start { method = "GET", url = os.getenv("URL"), fresh = true }
        while not transfer:done() do session:step(1) end
        io.stderr:write(transfer:take_result().code or "", "\n")
      end
      connect()
      local before = os.clock()
      for _ = 1, 16 do connect() end
      print((os.clock() - before) / 16)]]
    local function cost(file)
      local least = math.huge
      for _ = 1, 3 do
        least = math.min(least, tonumber((run(program, { URL = server.base_url, FILE = file or false }))))
      end
      return least
    end
    local system, single = cost(), cost(server.ca_file)
    assert.is_true(system < 3 * single + 0.001, system .. " " .. single) -- #time
  end)

  describe("a proxy", function()
    local unreadable = { "ftp://127.0.0.1:1", "http://u:p@ss@h", "http://", "http://h:99999", "h h", "gopher://h",
      "http://[::1", "://h", "http://u:p/ss@h", "http://u%00:p@127.0.0.1:1", "u:p%0D%0a@h", "socks5h://%1f:p@h" }

    it("that libcurl cannot use is refused at once, and not quoted", function()
      for _, base_url in ipairs { "https://api.example", server.base_url, server.plain_url } do
        for _, proxy in ipairs(unreadable) do
          local client, err = azion.client { token = "t", base_url = base_url, proxy = proxy }
          assert.is_nil(client, proxy)
          assert.equal("invalid", err.kind)
          assert.matches("^proxy: libcurl ", err.message)
          assert.is_nil(tostring(err):find(proxy, 1, true))
          assert.is_nil(tostring(err):find("p[@/]?ss"))
        end
      end
    end)

    it("that libcurl can use is not looked up, nor spoken to", function()
      for _, proxy in ipairs { "", "host:3128", "http://u:p%40ss@host.invalid", "socks5h://host:1", "socks4a://host",
        "HTTP://host", "[::1]:80", "https://proxy.invalid:3129/" } do
        local before = core.now()
        local client = assert(azion.client { token = "t", base_url = "https://api.example", proxy = proxy })
        assert.is_true(core.now() - before < 0.5) -- #time
        client:close()
      end
    end)

    it("of the environment is looked at where it would be used", function()
      local program = [[
        local client, err = azion.client { base_url = os.getenv("URL"), proxy = os.getenv("OPTION") }
        io.write(client and "fine" or err.message)]]
      for _, name in ipairs { "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY" } do
        local output = run(program, { URL = "https://api.example", [name] = "odd://u:pass@h" })
        assert.matches("^proxy: " .. name .. ": libcurl ", output)
        assert.is_nil(output:find("pass"))
        for _, more in ipairs { { URL = server.base_url }, { URL = "http://localhost:1" }, { OPTION = "" },
          { OPTION = "http://fine" }, { NO_PROXY = "api.example" } } do
          more.URL, more[name] = more.URL or "https://api.example", "odd://u:pass@h"
          assert.equal("fine", run(program, more))
        end
        assert.matches("^proxy: " .. name .. ": libcurl ", run(program, { URL = "https://api.example",
          [name] = "http://u:pass%0A@h" }))
      end
    end)

    -- A SOCKS proxy that answers each greeting with some bytes, and the request that follows with others.
    local function socks_proxy(choice, refusal)
      local held = ports.hold()
      os.remove(folder .. "/asked")
      local pipe = io.popen(([[lua5.4 -e 'local socket = require "socket"
        local server, asked = assert(socket.bind("127.0.0.1", %d)), 0
        io.stdout:setvbuf("line")
        print(asked)
        while true do
          local peer = server:accept()
          peer:receive(1)
          peer:receive((peer:receive(1) or "\0"):byte())
          asked = asked + 1
          print(asked)
          peer:send("%s")
          peer:receive(1)
          peer:send("%s")
          peer:close()
        end' >%s & echo $!]]):format(held.number, choice, refusal, folder .. "/asked"))
      local pid = pipe:read("*l")
      pipe:close()
      local function asked()
        return tonumber(read_all("tail -n 1 " .. folder .. "/asked 2>&1"))
      end
      while not asked() do
        os.execute("sleep 0.02")
      end
      return held, function()
        os.execute("kill " .. pid)
        held:release()
        return asked()
      end
    end

    it("of SOCKS that refuses credentials or destination is asked once, one that fails again", function()
      for _, row in ipairs {
        { "\\5\\2", "\\1\\1", 1 }, { "\\5\\255", "", 1 }, -- credentials wrong, or none that would do
        { "\\5\\0", "\\5\\2\\0\\1\\0\\0\\0\\0\\0\\0", 1 }, -- not allowed
        { "\\5\\0", "\\5\\5\\0\\1\\0\\0\\0\\0\\0\\0", 2 }, -- connection refused
      } do
        local held, finish = socks_proxy(row[1], row[2])
        local client = assert(azion.client { token = "t", base_url = "https://api.invalid", max_attempts = 2,
          proxy = "socks5h://u:pass-4@127.0.0.1:" .. held.number })
        local _, err = client:request("GET", "/")
        local asked = finish()
        assert.equal("network", err.kind)
        assert.equal(row[3], err.attempts, tostring(err))
        assert.equal(row[3], asked)
        assert.equal(row[3] > 1, err.retryable)
        assert.is_nil(tostring(err):find("pass-4", 1, true))
        client:close()
      end
    end)

    it("over TLS is not spoken to in versions before 1.2", function()
      for protocol, code in pairs { ["TLSv1 TLSv1.1"] = "SSL_CONNECT_ERROR",
        ["TLSv1.2"] = "PEER_FAILED_VERIFICATION" } do
        local old = web.start { http = "ssl_protocols " .. protocol .. "; ssl_ciphers ALL:@SECLEVEL=0;" }
        local config = write_file(folder .. "/openssl.cnf",
          "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nMinProtocol = TLSv1\n"
          .. "CipherString = ALL:@SECLEVEL=0\n")
        assert.equal(code, run([[
          local client = assert(azion.client { base_url = "https://api.invalid", proxy = os.getenv("URL"),
            max_attempts = 1 })
          io.write(select(2, client:request("GET", "/")).code)]], { URL = old.base_url, OPENSSL_CONF = config }))
        old:stop()
      end
    end)
  end)

  if can_preload then
    describe("a name", function()
      local preload

      setup(function()
        -- Moves from address to address as a file says, and counts how often it was asked for.
        preload = compile(folder, "names", [[
          #define _GNU_SOURCE
          #include <dlfcn.h>
          #include <netdb.h>
          #include <stdio.h>
          #include <stdlib.h>
          #include <string.h>
          int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **list) {
            int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) =
              dlsym(RTLD_NEXT, "getaddrinfo");
            char address[32] = "";
            FILE *log;
            if (node == NULL || strcmp(node, "moving.test") != 0) return real(node, service, hints, list);
            FILE *file = fopen(getenv("ADDRESS"), "r");
            if (file != NULL) { fscanf(file, "%31s", address); fclose(file); }
            log = fopen(getenv("LOOKUPS"), "a"); fputs("x", log); fclose(log);
            return address[0] == '-' ? EAI_AGAIN : real(address, service, hints, list);
          }]])
      end)

      local program = [[
        local session = core.session { proxy = "" }
        local function move(address)
          local file = io.open(os.getenv("ADDRESS"), "w") file:write(address) file:close()
        end
        local function exchange(path, extra)
          local request = { method = "GET", url = os.getenv("URL") .. (path or "/"), timeout = 5, connect_timeout = 1 }
          for name, value in pairs(extra or {}) do request[name] = value end
          local transfer = assert(session:start(request))
          while not transfer:done() do session:step(0.25) end
          local result = transfer:take_result()
          io.write(result.code or result.status, " ")
        end
        local function lookups()
          local file = io.open(os.getenv("LOOKUPS")) local text = file:read("*a") file:close()
          io.write(#text, " ")
        end
      ]]

      local function try(steps)
        os.remove(folder .. "/lookups")
        local port = server.plain_url:match("%d+$")
        return run(program .. steps, { LD_PRELOAD = preload, ADDRESS = folder .. "/address",
          LOOKUPS = folder .. "/lookups", URL = "http://moving.test:" .. port })
      end

      -- The look-up after it is one more: with what libcurl is to look up anew, it remembers nothing.
      it("is looked up again after a failed connect, and only then", function()
        assert.equal("200 200 200 1 COULDNT_CONNECT 2 COULDNT_CONNECT 3 200 4 200 200 5 ", try [[
          move("127.0.0.1")
          exchange() exchange() exchange("/", { fresh = true }) lookups()
          session = core.session { proxy = "" }
          move("127.0.0.9") exchange() lookups() exchange() lookups()
          move("127.0.0.1") exchange() lookups()
          exchange("/", { fresh = true }) exchange("/", { fresh = true }) lookups()]])
      end)

      it("is looked up again though other calls went over open connections meanwhile", function()
        local output = try([[
          local function exchange_elsewhere()
            local transfer = session:start { method = "GET", url = os.getenv("URL"):gsub("moving.test", "127.0.0.1") }
            while not transfer:done() do session:step(0.25) end
          end
          exchange_elsewhere()
          move("127.0.0.9") exchange()
          exchange_elsewhere()
          move("127.0.0.1") exchange() lookups()]])
        assert.equal("COULDNT_CONNECT 200 2 ", output)
      end)

      it("that moved is found by a retry", function()
        os.remove(folder .. "/lookups")
        assert.equal("2 2", run([[
          local path, url = os.getenv("ADDRESS"), os.getenv("URL")
          local function move(address)
            local file = io.open(path, "w") file:write(address) file:close()
          end
          move("127.0.0.9")
          local client = assert(azion.client { base_url = url, ca_file = os.getenv("CA"), proxy = "",
            on_event = function(event) if event.type == "retry" then move("127.0.0.1") end end })
          local _, err, response = client:request("POST", "/", { body = {} })
          local file = io.open(os.getenv("LOOKUPS"))
          -- The certificate is of another name, so that no answer can come; it is of the right address.
          io.write(response and response.attempts or err.attempts, " ", #file:read("*a"))]],
          { LD_PRELOAD = preload, ADDRESS = folder .. "/address", LOOKUPS = folder .. "/lookups", CA = server.ca_file,
            URL = server.base_url:gsub("127.0.0.1", "moving.test") }))
      end)
    end)
  end

  describe("descriptors", function()
    it("that are used up are told", function()
      assert.equal("COULDNT_CONNECT the process has no file descriptor left (ulimit -n) 0\n200\n", run([[
        local session = core.session { proxy = "" }
        local function exchange()
          local transfer = session:start { method = "GET", url = os.getenv("URL") }
          while not transfer:done() do session:step(0.25) end
          return transfer:take_result()
        end
        local files = {}
        repeat
          files[#files + 1] = io.open("/dev/null")
        until not io.open("/dev/null")
        local result = exchange()
        print(result.code, result.message, result.sent)
        for _, file in ipairs(files) do file:close() end
        print(exchange().status)]], { URL = server.plain_url }):gsub("\t", " "))
    end)

    it("of connections do not pass to programs that are started", function()
      local session = assert(core.session { ca_file = server.ca_file })
      for _, url in ipairs { server.base_url, server.plain_url } do
        local transfer = assert(session:start { method = "GET", url = url })
        while not transfer:done() do session:step(0.25) end
        assert.equal(200, transfer:take_result().status)
        local port = ("%04X"):format(url:match("%d+$"))
        local inodes = {}
        for line in io.lines("/proc/net/tcp") do
          local remote, inode = line:match("^%s*%d+: %x+:%x+ %x+:(%x+) 01 %x+:%x+ %x+:%x+ %x+%s+%d+%s+%d+ (%d+)")
          if remote == port then
            inodes[inode] = true
          end
        end
        assert.truthy(next(inodes))
        for inode in read_all("ls -l /proc/self/fd"):gmatch("socket:%[(%d+)%]") do
          assert.is_nil(inodes[inode])
        end
      end
      session:close()
    end)
  end)

  it("what libcurl refuses is told as what it is", function()
    local huge = ("x"):rep(9000000)
    local session = assert(core.session { user_agent = huge })
    local transfer, message = session:start { method = "GET", url = server.plain_url }
    assert.is_nil(transfer)
    assert.matches("^libcurl refuses the value of CURLOPT_USERAGENT: ", message)
    session:close()
    session = assert(core.session {})
    transfer, message = session:start { method = "GET", url = server.plain_url .. "/" .. huge }
    assert.is_nil(transfer)
    assert.matches("^libcurl refuses the value of CURLOPT_URL: ", message)
    session:close()
  end)

  it("header names come in lower case, from A to Z", function()
    local client = assert(azion.client { token = "t", base_url = server.plain_url })
    local _, _, response = client:request("GET", "/")
    assert.equal("Az", response.headers["abcdefghijklmnopqrstuvwxyz-az"])
    client:close()
  end)

  it("a redirect says where to, without what may be secret", function()
    local client = assert(azion.client { token = "t", base_url = server.base_url, ca_file = server.ca_file })
    local function message_of(path)
      local _, err = client:request("GET", path)
      assert.is_nil(tostring(err):find("pass"), tostring(err))
      return err.message
    end
    assert.matches("Location: https://else.example/x/y%)", message_of("/moved"))
    assert.matches("//else.example/x/y%)", message_of("/twice"))
    assert.matches("Location: /there%)", message_of("/here"))
    assert.is_nil(message_of("/lost"):find("Location"))
    assert.is_nil(message_of("/gone"):find("Location"))
    client:close()
  end)

  describe("a program that is away", function()
    local session

    before_each(function() session = assert(core.session {}) end)
    after_each(function() session:close() end)

    local function request(times)
      times.method, times.url = "GET", server.plain_url .. "/hang"
      return times
    end

    it("is forgiven once for a transfer", function()
      local before = core.now()
      local transfer = assert(session:start(request { timeout = 1 }))
      repeat
        os.execute("sleep 0.3")
        session:step(0.02)
      until transfer:done()
      local elapsed = core.now() - before
      assert.equal("OPERATION_TIMEDOUT", transfer:take_result().code)
      assert.is_true(elapsed >= 1.25 and elapsed < 2.2, elapsed) -- #time
    end)

    it("is forgiven for no longer than the timeout", function()
      local transfer = assert(session:start(request { timeout = 0.4 }))
      session:step(0)
      os.execute("sleep 1.2")
      session:step(0)
      assert.is_true(transfer:done()) -- 0.8 s are all that it can have
    end)

    it("is not forgiven past the deadline", function()
      local transfer = assert(session:start(request { timeout = 1, deadline = 1.1 }))
      session:step(0)
      os.execute("sleep 0.6")
      local before = core.now()
      while not transfer:done() do session:step(0.02) end
      local elapsed = core.now() - before
      assert.is_true(elapsed >= 0.35 and elapsed < 0.9, elapsed) -- #time
    end)

    it("still gets what came meanwhile", function()
      local transfer = assert(session:start { method = "GET", url = server.plain_url, timeout = 0.5 })
      session:step(0.05)
      os.execute("sleep 0.8")
      while not transfer:done() do session:step(0.02) end
      assert.equal(200, transfer:take_result().status)
    end)

    it("does not outlive the deadline of its call", function()
      local client = assert(azion.client { token = "t", base_url = server.plain_url, timeout = 2, deadline = 2.2,
        max_attempts = 1, pace = false })
      local before = core.now()
      local ended
      client:map({ "/hang", "/" }, function(path)
        client:request("GET", path)
        if path == "/" then
          os.execute("sleep 1.8")
        else
          ended = core.now() - before
        end
      end, { concurrency = 2 })
      assert.is_true(ended >= 1.9 and ended < 3.2, ended) -- #time
      client:close()
    end)
  end)
end)
