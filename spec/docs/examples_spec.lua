-- #seconds 25
local azion = require("azion")
local core = require("azion.core")
local child = require("spec.support.child")

local application = "1618339282"
local secret_keys = { AZION_HMAC_ACCESS_KEY = "access-4f1d9a", AZION_HMAC_SECRET_KEY = "secret-77be02" }

local examples = { "demo", "export_origins", "move_address", "failover", "rotate_hmac", "rate_report" }

local function path_of(example)
  return "examples/" .. example .. ".lua"
end

-- The tokens of sandboxes are 40 hexadecimal digits.
local token_pattern = ("%x"):rep(40)

local function last_line(text)
  return text:match("([^\n]*)\n$")
end

describe("the example", function()
  for _, example in ipairs(examples) do
    describe(example, function()
      it("explains itself", function()
        local status, output, errors = child.run({ path_of(example), "--help" })
        assert.equal(0, status)
        assert.equal("", errors)
        assert.matches("^Usage: " .. path_of(example):gsub("%p", "%%%0"), output)
        assert.matches("%-%-sandbox", output)
        assert.matches("AZION_TOKEN", output)
      end)

      it("refuses an unknown option", function()
        local status, output, errors = child.run({ path_of(example), "--sandbox", "--nonsense" })
        assert.equal(1, status)
        assert.equal("", output)
        assert.matches("unknown option '%-%-nonsense'", errors)
      end)
    end)
  end

  it("asks for an application, where it is not on the sandbox", function()
    for _, example in ipairs(examples) do
      if example ~= "rate_report" then
        local status, output, errors = child.run({ path_of(example) }, { environment = { AZION_TOKEN = "t" } })
        assert.equal(1, status)
        assert.equal("", output)
        assert.matches("'%-%-%l+' is needed", errors)
      end
    end
  end)
end)

describe("on the sandbox, the example", function()
  -- No token and no address: what is not needed cannot be used by mistake.
  local nothing = { AZION_TOKEN = false, AZION_BASE_URL = false,
    AZION_HMAC_ACCESS_KEY = false, AZION_HMAC_SECRET_KEY = false }

  local function run(example, ...)
    local status, output, errors = child.run({ path_of(example), "--sandbox", ... }, { environment = nothing })
    assert.equal("", errors)
    assert.equal(0, status)
    assert.is_nil(output:find(token_pattern))
    return output
  end

  it("demo shows the main job", function()
    local started = core.now()
    local output = run("demo")
    local elapsed = core.now() - started
    assert.is_true(elapsed > 6 and elapsed < 30, elapsed) -- #time
    assert.matches("\n  50 of 450 origins\n  100 of 450 origins\n", output)
    assert.matches("\n  450 origins listed\n", output)
    for _, step in ipairs({ "created", "got", "overwritten", "updated", "deleted" }) do
      assert.matches("\n  " .. step .. " +%S", output)
    end
    assert.matches("no reads are left in this window: waiting %d%.%d s", output)
    assert.matches("\n  next window in 2 s\n  next window in 1 s\n", output)
    assert.matches("450 origins listed, 21 requests, 0 of them answered by 429, %d+%.%d s waited", output)
    assert.equal("AZION_TOKEN=… lua5.4 examples/demo.lua --application ID", last_line(output))
    assert.is_nil(output:find("\r", 1, true))
  end)

  it("export_origins exports two applications", function()
    local exported = core.decode(run("export_origins"))
    assert.equal(40, #exported["1618339282"])
    assert.equal(40, #exported["1618339283"])
  end)

  it("move_address shows and does", function()
    assert.matches("^origins to change: 16 ", last_line(run("move_address")))
    assert.equal("origins changed: 16", last_line(run("move_address", "--apply")))
  end)

  it("failover shows and does", function()
    assert.equal("origin-004 would use the backup addresses (--apply changes it)", last_line(run("failover")))
    assert.equal("origin-004 now uses the backup addresses", last_line(run("failover", "--apply")))
  end)

  it("rotate_hmac shows and does", function()
    assert.matches("^origins to get the new keys: 8 ", last_line(run("rotate_hmac")))
    assert.equal("origins with the new keys: 8", last_line(run("rotate_hmac", "--apply")))
  end)

  it("rate_report reports", function()
    assert.matches("read +200 +199 +%d+%.%d s", last_line(run("rate_report")))
  end)
end)

describe("the stand-in for other programs", function()
  local script = "examples/sandbox.lua"

  local function is_gone(ca_file)
    return io.open(ca_file) == nil
  end

  it("runs a command with all that a client needs, and ends as it ends", function()
    local program = [[io.write(os.getenv "AZION_CA_FILE")
      local file = assert(io.open(os.getenv "AZION_CA_FILE"))
      assert(file:read("*a"):find("BEGIN CERTIFICATE", 1, true))
      assert(os.getenv("AZION_BASE_URL"):find("^https://127.0.0.1:%d+$"))
      assert(#os.getenv("AZION_TOKEN") == 40 and os.getenv("AZION_APPLICATION") == "1618339282")
      os.exit(arg[1] == "it's" and 7 or 8)]]
    local name = os.tmpname()
    local file = assert(io.open(name, "wb"))
    file:write(program)
    file:close()
    local status, output, errors = child.run({ script, child.interpreter(), name, "it's" })
    os.remove(name)
    assert.equal("", errors)
    assert.equal(7, status)
    assert.is_true(is_gone(output))
  end)

  it("prints what to set until its input ends", function()
    local status, output, errors = child.run({ script })
    assert.equal("", errors)
    assert.equal(0, status)
    assert.matches("^export AZION_TOKEN=%x+ AZION_BASE_URL=https://127.0.0.1:%d+\n"
      .. "export AZION_V4_BASE_URL=https://127.0.0.1:%d+/v4 AZION_ACCOUNT_URL=https://127.0.0.1:%d+\n"
      .. "export AZION_CA_FILE='/[^']+' AZION_APPLICATION=1618339282\n$", output)
    assert.is_true(is_gone(output:match("'([^']+)'")))
  end)

  it("explains itself", function()
    local status, output = child.run({ script, "--help" })
    assert.equal(0, status)
    assert.matches("^Usage: examples/sandbox.lua ", output)
  end)
end)

describe("an example that waits", function()
  local sandbox

  before_each(function()
    sandbox = assert(azion.sandbox.start({ seed = 250, limits = { read = 2 }, window = 2,
      faults = { { method = "GET", nth = 1, status = 503 } } }))
  end)

  after_each(function()
    sandbox:stop()
  end)

  local function run(...)
    local settings = { environment = { AZION_TOKEN = sandbox.token, AZION_BASE_URL = sandbox.base_url,
      AZION_CA_FILE = sandbox.ca_file } }
    local file = os.tmpname()
    local status, output, errors = child.run({ path_of("export_origins"),
      "--application", application, "--output", file, ... }, settings)
    os.remove(file)
    return status, output, errors
  end

  local function assert_told(text)
    assert.matches("server: trying again in 0%.%d s\r?\n", text)
    assert.matches("waiting %d%.%d s for the rate limit %(read%)\r?\n", text)
  end

  it("says so with --verbose, on stderr", function()
    local status, output, errors = run("--verbose")
    assert.equal(0, status)
    assert.matches("^origins written to [^\n]*: 250\n$", output)
    assert_told(errors)
  end)

  it("says so on a terminal without being asked", function()
    local command = ("env AZION_TOKEN=%s AZION_BASE_URL=%s AZION_CA_FILE=%s LUA_PATH='%s' LUA_CPATH='%s' %s "
      .. "%s --application %s"):format(sandbox.token, sandbox.base_url,
        sandbox.ca_file, package.path, package.cpath, child.interpreter(), path_of("export_origins"), application)
    local file = os.tmpname()
    os.execute(("script -qec '%s' /dev/null </dev/null >%s"):format((command:gsub("'", [['\'']])), file))
    local handle = assert(io.open(file, "rb"))
    local text = handle:read("*a")
    handle:close()
    os.remove(file)
    assert_told(text)
  end)

  it("is silent where nobody looks", function()
    local status, output, errors = run()
    assert.equal(0, status)
    assert.matches("^origins written to [^\n]*: 250\n$", output)
    assert.equal("", errors)
  end)
end)

describe("on an account, the example", function()
  local sandbox, client, origins

  local function start(options)
    sandbox = assert(azion.sandbox.start(options))
    client = assert(sandbox:client())
    origins = client:origins(application)
  end

  after_each(function()
    client:close()
    sandbox:stop()
  end)

  local function launch(words, settings)
    settings = settings or {}
    local environment = { AZION_TOKEN = sandbox.token, AZION_BASE_URL = sandbox.base_url,
      AZION_CA_FILE = sandbox.ca_file }
    for name, value in pairs(settings.environment or {}) do
      environment[name] = value
    end
    local line = {}
    for _, word in ipairs(words) do
      line[#line + 1] = word
    end
    return child.start(line, { environment = environment, input = settings.input })
  end

  -- What every run has to keep to itself.
  local function finish(program)
    local status, output, errors = program:finish()
    local everything = output .. errors
    assert.is_nil(everything:find(sandbox.token, 1, true))
    for _, key in pairs(secret_keys) do
      assert.is_nil(everything:find(key, 1, true))
    end
    return status, output, errors
  end

  local function run(words, settings)
    return finish(launch(words, settings))
  end

  -- The requests of a run that change something, as "METHOD path".
  local function writes()
    local found = {}
    for _, entry in ipairs(sandbox:journal()) do
      if entry.method ~= "GET" then
        found[#found + 1] = entry.method .. " " .. entry.path
      end
    end
    return found
  end

  local function names()
    local found = {}
    for origin in origins:each() do
      found[#found + 1] = origin.name
    end
    return found
  end

  describe("export_origins", function()
    before_each(function()
      start({ seed = 120 })
    end)

    it("exports everything but keys, and the same text twice", function()
      local status, output = run({ path_of("export_origins"), "--application", application })
      assert.equal(0, status)
      local exported = core.decode(output)[application]
      local expected = assert(origins:all())
      assert.equal(120, #exported)
      for index, origin in ipairs(expected) do
        origin.hmac_access_key, origin.hmac_secret_key = nil, nil
        assert.same(origin, exported[index])
      end
      assert.matches('"connection_timeout":60,', output)
      local _, again = run({ path_of("export_origins"), "--application", application })
      assert.equal(output, again)
    end)

    it("exports keys when it is told to", function()
      local origin = origins:create({ name = "signed", addresses = { { address = "a.example.net" } },
        hmac_authentication = true, hmac_region_name = "r", hmac_access_key = "one", hmac_secret_key = "two" })
      local _, output = run({ path_of("export_origins"), "--application", application, "--with-keys" })
      local exported = core.decode(output)[application]
      assert.same(origin, exported[#exported])
      assert.equal("two", exported[#exported].hmac_secret_key)
    end)

    it("replaces a file only by a whole export", function()
      local file = os.tmpname()
      local words = { path_of("export_origins"), "--application", application, "--output", file }
      local status, output = run(words)
      assert.equal(0, status)
      assert.equal("origins written to " .. file .. ": 120\n", output)
      local handle = io.open(file)
      local text = handle:read("*a")
      handle:close()
      assert.equal(120, #core.decode(text)[application])
      words[#words + 1] = "--application"
      words[#words + 1] = "404"
      local errors
      status, output, errors = run(words)
      assert.equal(1, status)
      assert.equal("", output)
      assert.matches("^examples/export_origins.lua: azion: not_found: [^\n]*\n$", errors)
      handle = io.open(file)
      assert.equal(text, handle:read("*a"))
      handle:close()
      os.remove(file)
    end)

    it("fails when its output cannot be written", function()
      local status, _, errors = run({ path_of("export_origins"), "--application", application, "--output",
        "/nowhere/file" })
      assert.equal(1, status)
      assert.matches("^examples/export_origins.lua: /nowhere/file.unfinished: [^\n]*\n$", errors)
    end)
  end)

  describe("move_address", function()
    local words = { path_of("move_address"), "--application", application,
      "--from", "Old.example", "--to", "new.example" }

    before_each(function()
      start({ seed = 3 })
      assert(origins:create({ name = "plain", addresses = { { address = "old.example" } } }))
      assert(origins:create({ name = "port", origin_protocol_policy = "http",
        addresses = { { address = "old.example:8080" } } }))
      assert(origins:create({ name = "balanced", origin_type = "load_balancer", method = "round_robin", addresses = {
        { address = "old.example", weight = 3 }, { address = "very-old.example", weight = 2, is_active = false },
        { address = "old.example.net", weight = 1, server_role = "backup" } } }))
    end)

    it("changes nothing without --apply", function()
      local before = #writes()
      local status, output = run(words)
      assert.equal(0, status)
      assert.matches("\norigins to change: 3 %(%-%-apply changes them%)\n$", output)
      assert.equal(before, #writes())
    end)

    it("changes exactly the addresses on that host", function()
      local before = assert(origins:all())
      local status, output = run({ "examples/move_address.lua", "--apply", "--application", application,
        "--from", "old.example", "--to", "new.example" })
      assert.equal(0, status)
      assert.matches(application .. "  port: old.example:8080 %-> new.example:8080\n", output)
      local after = assert(origins:all())
      before[4].addresses[1].address = "new.example"
      before[5].addresses[1].address = "new.example:8080"
      before[6].addresses[1].address = "new.example"
      assert.same(before, after)
    end)
  end)

  describe("failover", function()
    local words = { path_of("failover"), "--application", application, "--origin", "origin-004" }

    local function activity()
      local found = {}
      for index, entry in ipairs(assert(origins:find("origin-004")).addresses) do
        found[index] = entry.server_role .. " " .. tostring(entry.is_active)
      end
      return table.concat(found, ", ")
    end

    before_each(function()
      start({ seed = 5 })
    end)

    it("flips to the backup and back, and twice is as once", function()
      assert.equal("primary true, primary true, backup false", activity())
      local apply = { words[1], words[2], words[3], words[4], words[5], "--apply" }
      for _ = 1, 2 do
        assert.equal(0, (run(apply)))
        assert.equal("primary false, primary false, backup true", activity())
      end
      apply[7], apply[8] = "--to", "primary"
      assert.equal(0, (run(apply)))
      assert.equal("primary true, primary true, backup true", activity())
    end)

    it("changes nothing without --apply", function()
      local status, output = run(words)
      assert.equal(0, status)
      assert.matches("backup   standby.example.org: inactive %-> active\n", output)
      assert.same({}, writes())
    end)

    it("refuses an origin without a backup, and one that is not there", function()
      local status, _, errors = run({ words[1], words[2], words[3], "--origin", "origin-001", "--apply" })
      assert.equal(1, status)
      assert.equal("examples/failover.lua: origin origin-001 has no backup address\n", errors)
      status, _, errors = run({ words[1], words[2], words[3], "--origin", "nobody", "--apply" })
      assert.equal(1, status)
      assert.matches("^examples/failover.lua: azion: not_found: [^\n]*\n$", errors)
      assert.same({}, writes())
    end)
  end)

  describe("rotate_hmac", function()
    local words = { path_of("rotate_hmac"), "--application", application, "--apply" }
    local access, secret = secret_keys.AZION_HMAC_ACCESS_KEY, secret_keys.AZION_HMAC_SECRET_KEY

    local function rotated()
      local found = {}
      for origin in origins:each() do
        if origin.hmac_access_key == access and origin.hmac_secret_key == secret then
          found[#found + 1] = origin.name
        end
      end
      return found
    end

    it("rotates the keys of all origins that use HMAC", function()
      start({ seed = 25 })
      local status, output = run(words, { environment = secret_keys })
      assert.equal(0, status)
      assert.matches("\norigins with the new keys: 3\n$", output)
      assert.same({ "origin-002", "origin-012", "origin-022" }, rotated())
      assert.equal(3, #writes())
    end)

    it("takes the keys from standard input, and only the named origins", function()
      start({ seed = 25 })
      local status, output = run({ words[1], words[2], words[3], "--apply", "--stdin", "--origin", "origin-012" },
        { input = access .. "\n" .. secret .. "\n" })
      assert.equal(0, status)
      assert.matches("\norigins with the new keys: 1\n$", output)
      assert.same({ "origin-012" }, rotated())
    end)

    it("sends nothing without keys", function()
      start({ seed = 2 })
      local status, _, errors = run(words, { environment = {
        AZION_HMAC_ACCESS_KEY = access, AZION_HMAC_SECRET_KEY = " " } })
      assert.equal(1, status)
      assert.matches("^examples/rotate_hmac.lua: no keys: [^\n]*\n$", errors)
      assert.same({}, sandbox:journal())
    end)

    it("does not show a key that the server repeats in an error", function()
      start({ seed = 3, faults = { { method = "PATCH", status = 400,
        body = ('{"detail":"%s and %s are not valid"}'):format(access, secret) } } })
      local status, output, errors = run(words, { environment = secret_keys })
      assert.equal(1, status)
      assert.equal("", output)
      assert.matches("^examples/rotate_hmac.lua: azion: rejected: [^\n]*are not valid\n$", errors)
    end)
  end)

  describe("rate_report", function()
    before_each(function()
      start({ seed = 1, limits = { read = 30 } })
    end)

    it("prints a table, or JSON", function()
      local status, output = run({ path_of("rate_report") })
      assert.equal(0, status)
      assert.matches("^bucket +limit +left +window ends in\nread +30 +29 +%d+%.%d s\n$", output)
      status, output = run({ path_of("rate_report"), "--json" })
      assert.equal(0, status)
      assert.equal(30, core.decode(output).read.limit)
      assert.equal(28, core.decode(output).read.remaining)
    end)

    it("fails below the minimum, and not at it", function()
      assert.equal(0, (run({ path_of("rate_report"), "--minimum", "29" })))
      local status, _, errors = run({ path_of("rate_report"), "--minimum", "29" })
      assert.equal(1, status)
      assert.equal("examples/rate_report.lua: reads left: 28, fewer than 29\n", errors)
    end)
  end)

  describe("demo", function()
    local words = { path_of("demo"), "--application", application }
    local item = "/edge_applications/" .. application .. "/origins/*"

    -- Writes on anything but the one origin that was created: none.
    local function assert_own_origin_only(last)
      local found = writes()
      assert.equal("POST /edge_applications/" .. application .. "/origins", found[1])
      local own = found[#found]:match("^DELETE (.*)$")
      for position = 2, #found do
        assert.equal(own, found[position]:match("^%u+ (.*)$"))
      end
      assert.equal(last, #found)
      assert.same({ "origin-001", "origin-002", "used-by-rule" }, names())
    end

    it("works on an origin of its own and uses no limit up", function()
      start({ seed = 3 })
      local status, output, errors = run(words)
      assert.equal("", errors)
      assert.equal(0, status)
      assert.matches("\n  read: 19%d of 200\n", output)
      assert.matches("3 origins listed, 6 requests, 0 of them answered by 429, 0%.0 s waited", last_line(output))
      assert_own_origin_only(4)
    end)

    it("deletes its origin when a step fails", function()
      start({ seed = 3, faults = { { method = "PUT", path = item, status = 403 } } })
      local status, _, errors = run(words)
      assert.equal(1, status)
      assert.matches("^examples/demo.lua: azion: forbidden: PUT [^\n]*\n$", errors)
      assert_own_origin_only(3)
    end)

    it("deletes its origin when the reply to the create is lost", function()
      start({ seed = 3, faults = { { method = "POST", action = "reset", apply = true } } })
      local status, _, errors = run(words)
      assert.equal(1, status)
      assert.matches("^examples/demo.lua: azion: network: POST [^\n]*may have been applied[^\n]*\n$", errors)
      assert_own_origin_only(2)
    end)

    it("deletes its origin when it is interrupted", function()
      start({ seed = 3, faults = { { method = "PATCH", path = item, action = "hang" } } })
      local program, limit = launch(words), core.now() + 20
      repeat
        os.execute("sleep 0.05")
        local found = writes()
      until (found[#found] or ""):find("^PATCH") or core.now() > limit
      local began = core.now()
      program:interrupt()
      local status, _, errors = finish(program)
      assert.is_true(core.now() - began < 2) -- #time
      assert.equal(1, status)
      assert.equal("examples/demo.lua: interrupted\n", errors)
      assert_own_origin_only(4)
    end)
  end)
end)

describe("with no server in reach, every example", function()
  local children = {}

  -- All at once: each of them tries for some seconds.
  setup(function()
    for _, example in ipairs(examples) do
      local words = { path_of(example) }
      if example ~= "rate_report" then
        words = { path_of(example), "--application", application }
      end
      if example == "move_address" then
        words[4], words[5], words[6], words[7] = "--from", "a.example", "--to", "b.example"
      elseif example == "failover" then
        words[4], words[5] = "--origin", "o"
      end
      children[example] = child.start(words, { environment = {
        AZION_TOKEN = "the-token", AZION_BASE_URL = "http://127.0.0.1:1",
        AZION_HMAC_ACCESS_KEY = secret_keys.AZION_HMAC_ACCESS_KEY,
        AZION_HMAC_SECRET_KEY = secret_keys.AZION_HMAC_SECRET_KEY,
      } })
    end
  end)

  for _, example in ipairs(examples) do
    it("fails with one line: " .. example, function()
      local status, output, errors = children[example]:finish()
      assert.equal(1, status)
      assert.matches("^examples/" .. example .. ".lua: azion: network: GET [^\n]*COULDNT_CONNECT[^\n]*\n$", errors)
      assert.is_nil((output .. errors):find("the-token", 1, true))
    end)
  end
end)
