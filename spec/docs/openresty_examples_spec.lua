-- The examples for nginx: the nginx.conf that is shown, on the sandbox.
-- #seconds 25
local azion = require "azion"
local core = require "azion.core"
local files = require "spec.support.files"
local patience = require "spec.support.patience"
local ports = require "spec.support.ports"
local shell = require "spec.support.shell"
local support = require "spec.support.sandbox"
local web_server = require "spec.support.web_server"

-- A copy of the folder, as in a checkout, with another port.
local function copy_example(workers)
  local root, folder = shell.output_of("pwd"), shell.output_of("mktemp -d")
  os.execute(("mkdir %s/examples && cp -r examples/openresty %s/examples && ln -s %s/lua %s/build %s"):format(folder,
    folder, root, root, folder))
  local held = ports.hold()
  local example = { folder = folder, prefix = folder .. "/examples/openresty", held = held, port = held.number }
  local original = files.read(example.prefix .. "/nginx.conf")
  local text, changed = original:gsub("127%.0%.0%.1:8080", "127.0.0.1:" .. example.port)
  assert(changed == 1)
  text, changed = text:gsub("worker_processes 2;", ("worker_processes %d;"):format(workers or 2))
  assert(changed == 1)
  files.write(example.prefix .. "/nginx.conf", text)
  return example
end

local function remove(example)
  os.execute("rm -rf " .. example.folder)
end

local function command_of(example, sandbox, environment)
  local words = { "AZION_TOKEN=" .. sandbox.token, "AZION_BASE_URL=" .. sandbox.base_url,
    "AZION_CA_FILE=" .. sandbox.ca_file, "AZION_APPLICATION=" .. support.application, "ADMIN_TOKEN=the-admin" }
  for name, value in pairs(environment or {}) do
    words[#words + 1] = ("%s='%s'"):format(name, value)
  end
  local user = shell.output_of("id -u") == "0" and "-g 'user root;'" or ""
  return ("env -i PATH=\"$PATH\" %s nginx -p %s -c nginx.conf -e %s/error.log %s </dev/null >%s/output 2>&1"):format(
    table.concat(words, " "), example.prefix, example.prefix, user, example.folder)
end

local function start(example, sandbox, environment)
  os.execute(command_of(example, sandbox, environment) .. " &")
  local limit = core.now() + patience(10)
  repeat
    os.execute("sleep 0.02")
    example.pid = tonumber(files.read(example.prefix .. "/nginx.pid") or "") -- nginx makes the file, then writes it
  until example.pid or core.now() > limit
  assert(example.pid, "nginx did not start")
end

local function stop(example)
  os.execute(("kill -QUIT %d; while kill -0 %d 2>/dev/null; do sleep 0.02; done"):format(example.pid, example.pid))
end

local function request(example, method, path, body, authorization)
  local session = assert(core.session {})
  local transfer = assert(session:start { method = method, url = ("http://127.0.0.1:%d%s"):format(example.port, path),
    headers = { authorization or "Authorization: Bearer the-admin" }, body = body, timeout = patience(20) })
  while not transfer:done() do
    session:step(0.1)
  end
  local result = transfer:take_result()
  session:close()
  return result.status, (core.decode(result.body)), result
end

local function eventually(limit, condition)
  local ends = core.now() + patience(limit)
  repeat
    if condition() then
      return true
    end
    os.execute("sleep 0.05")
  until core.now() > ends
  return false
end

describe("a setting that cannot work keeps nginx from starting and is in error.log:", function()
  local server, example
  setup(function()
    server = support.start { seed = 1 }
    example = copy_example()
  end)
  teardown(function()
    server:stop()
    remove(example)
  end)

  for name, case in pairs {
    AZION_APPLICATION = { "", "expected the id of an edge application" },
    ["an AZION_APPLICATION"] = { "shop", 'expected the id of an edge application, got "shop"', "AZION_APPLICATION" },
    AZION_API = { "4", 'AZION_API: expected "v3" or "v4", got "4"' },
    AZION_TOKEN = { "", "azion: invalid: token: [^\n]*AZION_TOKEN" },
    AZION_BASE_URL = { "http://api.example.net", "azion: invalid: base_url: " },
    FAILOVER_PROBES = { "a/b=127.0.0.1:1 a/c=127.0.0.1", 'ORIGIN/ADDRESS=HOST:PORT, got "a/c=127.0.0.1"' },
    FAILOVER_EVERY = { "often", 'expected a number of seconds, got "often"' },
  } do
    it(name, function()
      os.remove(example.prefix .. "/error.log")
      local status = os.execute("timeout 20 " .. command_of(example, server.sandbox, { [case[3] or name] = case[1] }))
      assert.is_false(status == true or status == 0)
      assert.matches(case[2], files.read(example.prefix .. "/error.log"))
      assert.is_nil(io.open(example.prefix .. "/nginx.pid"))
    end)
  end
end)

describe("the admin API in nginx", function()
  local server, example, origins
  setup(function()
    server = support.start { seed = 12, faults = {
      { method = "GET", path = support.origins_path .. "/11111111-1111-4111-8111-111111111111", status = 403,
        body = '{"detail":"no"}' },
      { method = "GET", path = support.origins_path .. "/22222222-2222-4222-8222-222222222222", status = 429,
        headers = { ["Retry-After"] = "1000" }, body = '{"detail":"slow down"}' },
    } }
    origins = server:origins()
    example = copy_example()
    start(example, server.sandbox)
  end)
  teardown(function()
    stop(example)
    example.held:release()
    server:stop()
    os.execute("rm -rf " .. example.folder)
  end)

  it("lists a page, without keys", function()
    local status, page = request(example, "GET", "/origins?page=2&page_size=5")
    assert.equal(200, status)
    assert.equal(5, #page.origins)
    assert.equal(12, page.count)
    assert.equal("origin-006", page.origins[1].name)
    assert.is_nil(page.origins[2].hmac_secret_key)
  end)

  it("reads and changes an origin", function()
    local origin = assert(origins:find("origin-003"))
    local status, found = request(example, "GET", "/origins/" .. origin.origin_key)
    assert.equal(200, status)
    assert.equal("origin-003", found.name)
    status, found = request(example, "PATCH", "/origins/" .. origin.origin_key, '{"origin_path":"/new"}')
    assert.equal(200, status)
    assert.equal("/new", found.origin_path)
    assert.equal("/new", assert(origins:get(origin)).origin_path)
  end)

  it("takes a body of any size that nginx does, also one that it writes to a file", function()
    local origin = assert(origins:find("origin-005"))
    for index, size in ipairs { 20000, 65000, 300000 } do
      local path = "/sized-" .. index
      local body = ('{"note":"%s","origin_path":"%s"}'):format(("x"):rep(size), path)
      local status, found = request(example, "PATCH", "/origins/" .. origin.origin_key, body)
      assert.equal(200, status)
      assert.equal(path, found.origin_path)
      assert.equal(path, assert(origins:get(origin)).origin_path)
    end
    for _, body in ipairs { "", "null", '"text"', " [1]", ("["):rep(70000) } do
      local status, found = request(example, "PATCH", "/origins/" .. origin.origin_key, body)
      assert.equal(400, status)
      assert.matches("JSON object", found.message)
    end
  end)

  it("leaves no files but those that .gitignore names", function()
    local names = {}
    for line in io.lines(".gitignore") do
      names[line:match("^/examples/openresty/([^/]+)") or ""] = true
    end
    local folders = shell.output_of("cd " .. example.prefix .. " && ls -A")
    assert.matches("error.log\n", folders)
    for name in folders:gmatch("[^\n]+") do
      local file = io.open("examples/openresty/" .. name)
      assert.is_true(names[name] or file ~= nil, name)
      if file then
        file:close()
      end
    end
  end)

  it("maps errors to statuses", function()
    local origin = assert(origins:find("origin-001"))
    local path = "/origins/" .. origin.origin_key
    local function assert_reply(wanted, kind, ...)
      local status, body, result = request(example, ...)
      assert.equal(wanted, status)
      assert.equal(kind, body.kind)
      return body, result
    end
    assert_reply(404, "not_found", "GET", "/origins/no-such-key")
    assert_reply(404, "not_found", "GET", "/origins/")
    assert_reply(400, "invalid", "PATCH", path, "no JSON")
    local body = assert_reply(400, "invalid", "PATCH", path, '{"addresses":"none"}')
    assert.is_table(body.fields.addresses)
    assert_reply(405, "invalid", "DELETE", path)
    assert_reply(502, "forbidden", "GET", "/origins/11111111-1111-4111-8111-111111111111")
    local _, result = assert_reply(429, "rate_limited", "GET", "/origins/22222222-2222-4222-8222-222222222222")
    assert.is_true(tonumber(result.headers["retry-after"]) >= 999)
  end)

  it("lets in only who shows its token", function()
    local before = #server:requests()
    assert.equal(401, (request(example, "GET", "/origins", nil, "Accept: */*")))
    assert.equal(401, (request(example, "GET", "/origins", nil, "Authorization: Bearer the-admim")))
    assert.equal(before, #server:requests())
  end)
end)

describe("failover in nginx", function()
  local server, example, origins, health, folder, environment
  local probed = {} -- ports of what is probed

  local function set_health(name, is_well)
    if is_well then
      os.remove(folder .. "/ill-" .. name)
    else
      files.write(folder .. "/ill-" .. name, "")
    end
  end

  before_each(function()
    -- A write takes longer than a round.
    server = support.start { seed = 5, latency = 0.2 }
    origins = server:origins()
    folder = shell.output_of("mktemp -d")
    local http = {}
    for index, name in ipairs { "first", "second" } do
      probed[index] = ports.hold()
      http[index] = ([[server { listen 127.0.0.1:%d; location = / { content_by_lua_block {
        ngx.exit(io.open("%s/ill-%s") and 500 or 200) } } }]]):format(probed[index].number, folder, name)
    end
    health = web_server.start { http = table.concat(http, "\n") }
    local addresses = assert(origins:find("origin-004")).addresses
    environment = { FAILOVER_EVERY = "0.2", FAILOVER_PROBES =
      ("origin-004/%s=127.0.0.1:%d origin-004/%s=127.0.0.1:%d"):format(addresses[1].address,
        probed[1].number, addresses[2].address, probed[2].number) }
    example = copy_example(4)
    start(example, server.sandbox, environment)
  end)
  after_each(function()
    stop(example)
    health:stop()
    server:stop()
    for _, held in ipairs { example.held, probed[1], probed[2] } do
      held:release()
    end
    os.execute("rm -rf " .. example.folder .. " " .. folder)
  end)

  local function activity()
    local found = {}
    for index, entry in ipairs(assert(origins:find("origin-004")).addresses) do
      found[index] = tostring(entry.is_active)
    end
    return table.concat(found, " ")
  end

  local function writes()
    local count = 0
    for _, entry in ipairs(server:requests()) do
      count = count + (entry.method == "PATCH" and 1 or 0)
    end
    return count
  end

  -- Rounds go on after this; another write would come in one of the next.
  local function assert_becomes(wanted, count)
    assert.is_true(eventually(8, function() return activity() == wanted end), activity())
    os.execute("sleep 1")
    assert.equal(wanted, activity())
    assert.equal(count, writes())
  end

  it("makes an address inactive and active again, with one write each, whatever restarts", function()
    assert_becomes("true true false", 0)
    set_health("first", false)
    assert_becomes("false true false", 1)
    os.execute("kill -HUP " .. example.pid)
    assert_becomes("false true false", 1)
    stop(example)
    start(example, server.sandbox, environment)
    assert_becomes("false true false", 1)
    set_health("first", true)
    assert_becomes("true true false", 2)
  end)

  it("leaves the last address alone, and does not react to a single failure", function()
    set_health("first", false)
    set_health("second", false)
    os.execute("sleep 0.25")
    set_health("second", true)
    assert_becomes("false true false", 1)
    set_health("second", false)
    assert_becomes("false true false", 1)
    local _, report = request(example, "GET", "/failover")
    assert.is_false(report.probes[1].done_active)
    -- Kept: it was the last one.
    assert.is_false(report.probes[2].wanted_active)
    assert.is_true(report.probes[2].done_active)
    set_health("first", true)
    assert_becomes("true false false", 2)
    _, report = request(example, "GET", "/failover")
    assert.is_true(report.probes[1].done_active)
    assert.is_false(report.probes[2].done_active)
  end)

  it("logs what changes, and not each probe and each try", function()
    local function lines(text)
      local count, log = 0, files.read(example.prefix .. "/error.log")
      for line in log:gmatch("[^\n]+") do
        count = count + (line:find(text, 1, true) and 1 or 0)
      end
      return count
    end
    set_health("second", false)
    assert_becomes("true false false", 1)
    health:stop() -- from here on nobody listens
    assert.is_true(eventually(8, function() return lines("does not answer") == 2 end))
    local all = lines("")
    os.execute("sleep 2") -- ten rounds
    assert.equal(all, lines(""))
    assert.equal(0, lines("Connection refused"))
    assert.equal(1, lines("the addresses of origin-004 were changed"))
  end)
end)

describe("failover in nginx, of an origin that is not there", function()
  it("logs that once, and starts anew when it is there", function()
    local server = support.start { seed = 1 }
    local example = copy_example()
    local function count(text)
      return select(2, files.read(example.prefix .. "/error.log"):gsub(text, ""))
    end
    start(example, server.sandbox, { FAILOVER_EVERY = "0.1", FAILOVER_PROBES = "late/a.example=127.0.0.1:1" })
    assert.is_true(eventually(8, function() return count("failover: late: azion: not_found") == 1 end))
    local before = #server:requests()
    assert.is_true(eventually(8, function() return #server:requests() > before + 3 end))
    assert.equal(1, count("failover: late: azion: not_found"))
    assert(server:origins():create { name = "late", origin_type = "load_balancer", method = "round_robin",
      addresses = { { address = "a.example", weight = 1 }, { address = "b.example", weight = 1 } } })
    assert.is_true(eventually(8, function() return count("late can be changed again") == 1 end))
    stop(example)
    server:stop()
    remove(example)
  end)
end)

describe("with AZION_API=v4, in nginx", function()
  local server, example, connectors
  local hmac = { enabled = true, config = { type = "aws4_hmac_sha256",
    attributes = { region = "r", access_key = "access-4f1d9a", secret_key = "secret-77be02" } } }

  local function balanced(name, shield)
    local function address(host, role)
      return { address = host, http_port = 8080, modules = { load_balancer = { server_role = role, weight = 7 } } }
    end
    return assert(connectors:create { name = name, type = "http", attributes = {
      addresses = { address("a.example", "primary"), address("b.example", "primary"), address("c.example", "backup") },
      connection_options = { path_prefix = "/v2" },
      modules = { load_balancer = { enabled = true, config = { method = "ip_hash" } }, origin_shield = shield } } })
  end

  before_each(function()
    server = azion.v4.sandbox.start { seed = 11 }
    connectors = assert(server:client()):connectors()
    example = copy_example()
  end)
  after_each(function()
    stop(example)
    server:stop()
    example.held:release()
    remove(example)
  end)

  local function start_v4(environment)
    local given = { AZION_API = "v4", AZION_V4_BASE_URL = server.base_url, AZION_BASE_URL = "", AZION_APPLICATION = "" }
    for name, value in pairs(environment or {}) do
      given[name] = value
    end
    start(example, server, given)
  end

  it("the admin API has connectors, without keys, and no origins", function()
    balanced("signed", { enabled = true, config = { hmac = hmac } })
    start_v4()
    local status, page = request(example, "GET", "/connectors?page=2&page_size=5&ordering=-name")
    assert.equal(200, status)
    assert.equal(12, page.count)
    assert.equal("connector-007", page.connectors[1].name)
    local connector = assert(connectors:find "signed")
    local result
    status, page, result = request(example, "GET", "/connectors/" .. connector.id)
    assert.equal(200, status)
    assert.equal("r", page.attributes.modules.origin_shield.config.hmac.config.attributes.region)
    assert.is_nil(result.body:find("4f1d9a", 1, true) or result.body:find("77be02", 1, true))
    status, page = request(example, "PATCH", "/connectors/" .. connector.id, '{"active":false}')
    assert.equal(200, status)
    assert.is_false(page.active)
    assert.is_false(assert(connectors:get(connector)).active)
    assert.equal(404, (request(example, "GET", "/origins")))
    assert.equal(400, (request(example, "PATCH", "/connectors/" .. connector.id, '{"active":"no"}')))
  end)

  it("failover makes addresses of connectors inactive, and sends no keys back", function()
    local plain = balanced("plain")
    balanced("signed", { enabled = true, config = { hmac = hmac } })
    start_v4 { FAILOVER_EVERY = "0.2", FAILOVER_PROBES = "plain/a.example=127.0.0.1:9 signed/a.example=127.0.0.1:9" }
    local function log()
      return files.read(example.prefix .. "/error.log")
    end
    assert.is_true(eventually(8, function()
      return not assert(connectors:get(plain)).attributes.addresses[1].active and log():find "signed: it signs" ~= nil
    end))
    os.execute("sleep 1")
    local expected = plain.attributes
    expected.addresses[1].active = false
    assert.same(expected, assert(connectors:get(plain)).attributes)
    assert.equal(1, select(2, log():gsub("signed: it signs its requests", "")))
    local patches = 0
    for _, entry in ipairs(server:journal()) do
      patches = patches + (entry.method == "PATCH" and 1 or 0)
    end
    assert.equal(1, patches)
  end)
end)

-- The first block of a language in a page that matches.
local function block_of(page, language, pattern)
  for block in files.read(page):gmatch("\n```" .. language .. "\n(.-)```\n") do
    if block:find(pattern) then
      return block
    end
  end
end

describe("the pages about nginx", function()
  local server
  before_each(function()
    server = support.start { seed = 7 }
  end)
  after_each(function()
    server:stop()
  end)

  local function with_modules(block)
    local root, modules = shell.output_of("pwd"), "load_module /usr/lib/nginx/modules/ndk_http_module.so;\n"
      .. "load_module /usr/lib/nginx/modules/ngx_http_lua_module.so;\nevents {}\nerror_log error.log;\n"
      .. "daemon off;\nworker_processes 1;\npid nginx.pid;\n"
    return modules .. block:gsub("http {", ([[http {
      lua_package_path "%s/lua/?.lua;%s/lua/?/init.lua;;";
      lua_package_cpath "%s/build/luajit/?.so;;"; access_log off;]]):format(root, root, root))
  end

  it("shows a nginx.conf that works, and that tells what is wrong", function()
    local example = copy_example()
    local shown = block_of("docs/openresty.md", "nginx", "init_by_lua_block")
    local text, changed = with_modules(shown):gsub("127%.0%.0%.1:8080", "127.0.0.1:" .. example.port)
    assert.equal(1, changed)
    files.write(example.prefix .. "/nginx.conf", text)
    start(example, server.sandbox)
    local _, _, result = request(example, "GET", "/names")
    assert.equal(200, result.status)
    assert.matches("^origin%-001\norigin%-002\n", result.body)
    stop(example)
    start(example, server.sandbox, { AZION_TOKEN = "wrong" })
    assert.equal(500, (request(example, "GET", "/names")))
    stop(example)
    assert.matches("azion: unauthorized: GET [^\n]*HTTP 401", files.read(example.prefix .. "/error.log"))
    os.execute(command_of(example, server.sandbox, { AZION_TOKEN = "" }))
    assert.matches("init_by_lua[^\n]*azion: invalid: token", files.read(example.prefix .. "/error.log"))
    remove(example)
  end)

  it("shows how to try it on the stand-in", function()
    local example = copy_example()
    local shown = block_of("examples/openresty/README.md", "sh", "sandbox%.lua")
    local lines = shown:match("cd examples/openresty\n(.*)$")
    files.write(example.folder .. "/try", "cp " .. shell.output_of("pwd") .. "/examples/sandbox.lua ..; "
      .. lines:gsub("lua5.4", "exec lua5.4"))
    os.execute(("cd %s && env -u LUA_PATH -u LUA_CPATH sh ../../try </dev/null >../../output 2>&1 &"):format(
      example.prefix))
    assert.is_true(eventually(20, function()
      local file = io.open(example.prefix .. "/nginx.pid")
      example.pid = file and tonumber(file:read("*a"))
      return example.pid ~= nil
    end), files.read(example.folder .. "/output"))
    local status, page = request(example, "GET", "/origins", nil, "Authorization: Bearer let-me-in")
    assert.equal(200, status)
    assert.equal(25, page.count)
    assert.is_true(eventually(15, function()
      return select(2, request(example, "GET", "/failover")).probes[1].done_active == false
    end))
    stop(example)
    remove(example)
  end)
end)
