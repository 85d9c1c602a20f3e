-- What oom.c plays while allocations fail: everything that the module does, in pieces. Whatever a piece calls has to
-- give a true answer, or `nil, err`, or a Lua error; and afterwards the client has to work as if nothing had been.
local name, arm, disarm = ...

local azion = require("azion")
local core = require("azion.core")

local application = 1618339282
local seeded = 25 -- origins that the sandbox has
local concurrency = 4

-- What is noted while memory is short takes none.
local noted = { wrong = false, err = false }

local function expect(condition, problem)
  if not condition then
    noted.wrong = noted.wrong or problem
    error(problem, 0)
  end
  return condition
end

-- What a call returned: a value, or an error that is one.
local function check(value, err)
  if value == nil then
    noted.err = err or false
    expect(type(err) == "table" and type(err.kind) == "string", "nil came without an error")
  end
  return value
end

local function new_client(options)
  local settings = { concurrency = concurrency, max_attempts = 2, ca_file = os.getenv("SPEC_CA_FILE") }
  for key, value in pairs(options or {}) do
    settings[key] = value
  end
  return azion.client(settings)
end

local scenarios = {}

-- Pieces whose client is made while memory is short; the others get one that is connected.
local bare = { client = true, connect = true, json = true, functions = true, tokens = true, v4 = true }

function scenarios.client()
  local client = check(new_client({ user_agent = "oom", on_event = print }))
  if client then
    expect(#tostring(client) > 0, "no text for a client")
    client:rate()
    client:close()
    local page, err = client:origins(application):list()
    expect(page == nil and (err == nil or err.kind == "closed"), "a closed client answered")
  end
end

function scenarios.connect()
  local client = check(new_client())
  local page = client and check(client:origins(application):list({ page_size = 3 }))
  if page then
    expect(#page.results == 3 and page.count >= seeded, "a page is not whole")
  end
end

function scenarios.read(client)
  local origins = client:origins(application)
  local page, err, response = origins:list({ page_size = 2, order_by = "name", sort = "asc" })
  if check(page, err) then
    expect(#page.results == 2 and response.status == 200 and response.headers.date, "a page is not whole")
    local origin = check(origins:get(page.results[1]))
    expect(not origin or origin.name == page.results[1].name, "another origin came")
  end
  local found = check(origins:find("origin-004"))
  expect(not found or found.name == "origin-004", "another origin was found")
  local all = check(origins:all({ page_size = 10, prefetch = 0 }))
  expect(not all or #all >= seeded, "not all came")
end

function scenarios.each(client)
  local count = 0
  for origin in client:origins(application):each({ page_size = 5 }) do
    expect(origin.name, "an item is not whole")
    count = count + 1
  end
  expect(count >= seeded, "the list ended early")
  for page in client:origins(application):pages({ page_size = 10, prefetch = 1 }) do
    expect(#page.results > 0, "a page is not whole")
  end
end

function scenarios.abandon(client)
  local step = client:origins(application):each({ page_size = 5 })
  expect(step(), "nothing came")
end

function scenarios.write(client)
  local origins = client:origins(application)
  local fields = { name = "oom", addresses = { { address = "a.example.net" } } }
  local origin = check(origins:create(fields))
  if origin then
    expect(origin.name == "oom" and origin.addresses[1].address == "a.example.net", "created otherwise")
    local changed = check(origins:update(origin, { origin_path = "/v2" }))
    expect(not changed or changed.origin_path == "/v2", "changed otherwise")
    changed = check(origins:overwrite(origin, { name = "oom", addresses = { { address = "b.example.net" } } }))
    expect(not changed or changed.addresses[1].address == "b.example.net", "overwritten otherwise")
    local deleted = check(origins:delete(origin))
    expect(deleted == nil or deleted == true, "deleted otherwise")
  end
end

function scenarios.map(client)
  local origins = client:origins(application)
  local results, failures = client:map({ "origin-001", "origin-002", "origin-003", "origin-004", "origin-005" },
    function(item)
      return origins:find(item)
    end, { on_progress = function() end })
  if check(results, failures) then
    for index = 1, 5 do
      expect(results[index] == nil or results[index].name == "origin-00" .. index, "results are in disorder")
    end
    for _, failure in ipairs(failures) do
      expect(results[failure.index] == nil and failure.err ~= nil, "a failure is no failure")
    end
    expect(results.n == 5, "results lack their number")
  end
end

function scenarios.request(client)
  local body, err, response = client:request("GET", "/edge_applications", { query = { page_size = 1, name = "ü &" },
    headers = { ["X-Test"] = "1", Accept = "application/json; version=3" }, timeout = 5, deadline = 20 })
  if check(body, err) then
    expect(type(body.results) == "table" and response.attempts <= 2, "an answer is not whole")
  end
  expect(type(check(client:rate())) ~= "number", "no budgets")
  check(client:eta(10, "read"))
end

function scenarios.purge(client)
  local results = check(client:purge({ urls = { "www.example.net/a", "www.example.net/b" } }))
  expect(not results or #results > 0, "nothing was purged")
  check(client:purge({ wildcard = "www.example.net/*" }))
end

function scenarios.tokens()
  local options = { email = os.getenv("SPEC_EMAIL"), password = os.getenv("SPEC_PASSWORD"),
    ca_file = os.getenv("SPEC_CA_FILE"), max_attempts = 2 }
  local created = check(azion.create_token(options))
  if created then
    options.token = expect(created.token, "there is no token")
    check(azion.revoke_token(options))
  end
end

function scenarios.errors(client)
  local origins = client:origins(application)
  local origin, err = origins:get("00000000-0000-4000-8000-000000000000")
  expect(origin == nil and type(err) == "table", "what is not there was found")
  expect(#tostring(err) > 0 and #("x" .. err) > 1, "an error without text")
  origin, err = origins:create({ name = "oom", addresses = {} })
  expect(origin == nil and type(err) == "table", "a bad origin was taken")
  expect(#tostring(err) > 0, "an error without text")
  origin, err = origins:create({ name = 5 })
  expect(origin == nil and type(err) == "table", "a bad field was taken")
  origin, err = origins:get("..")
  expect(origin == nil and type(err) == "table", "a bad id was taken")
  local body
  body, err = client:request("GET", "/no/such/thing")
  expect(body == nil and type(err) == "table", "what is not there was found")
end

local new_v4_client = azion.v4.client -- its modules are loaded while there is memory

-- What version 4 has of its own: envelopes, lists, error bodies.
function scenarios.v4()
  local client = check(new_v4_client({ base_url = os.getenv("AZION_BASE_URL") .. "/v4", concurrency = concurrency,
    max_attempts = 2, ca_file = os.getenv("SPEC_CA_FILE") }))
  if not client then
    return
  end
  local connectors = client:connectors()
  check(connectors:list({ page_size = 2, ordering = "-name" }))
  check(connectors:all({ page_size = 5 }))
  local item, err = connectors:create({ name = "", type = "http", attributes = { addresses = {} } })
  expect(item == nil and type(err) == "table" and #tostring(err) > 0, "a bad connector was taken")
  item, err = connectors:get(4711)
  expect(item == nil and type(err) == "table" and #tostring(err) > 0, "what is not there was found")
  client:close()
end

function scenarios.events(client)
  client.engine.on_event = function(event)
    noted.err = event
    return #event.type + #event.path
  end
  check(client:origins(application):list({ page_size = 1 }))
end

-- Closed while two calls wait for an answer.
function scenarios.close(client)
  local origins = client:origins(application)
  local results, failures = client:map({ 1, 2, 3 }, function(number)
    if number == 3 then
      client:close()
      return true
    end
    return origins:list({ page_size = number })
  end)
  check(results, failures)
  client:close()
end

local text = [==[{"list":[1,2.5,-0,1e3,9007199254740993,null,[],{}],"empty":[],"null":null,
  "word":"\u00e4\ud83d\ude00\n","nested":{"deep":[[[{"key":true}]]]},"point":0.10}]==]

function scenarios.json()
  local value, message = core.decode(text)
  if value == nil then
    return expect(message == "not enough memory", "refused otherwise")
  end
  expect(type(value) == "table" and #value.list == 8 and value.word == "ä😀\n", "decoded otherwise")
  local written = core.encode({ list = azion.array({}), null = azion.null, nested = { 1, 2, { name = "ä\"\n" } },
    whole = 3, part = 0.1, aliases = azion.array({}) })
  expect(written == '{"aliases":[],"list":[],"nested":[1,2,{"name":"ä\\"\\u000a"}],"null":null,"part":0.1,'
    .. '"whole":3}', "encoded otherwise")
  local refused, path, problem = core.encode({ a = { { b = print } } })
  expect(refused == nil and path == "a.1.b" and problem, "refused otherwise")
  local nothing
  nothing, message = core.decode("[1,")
  expect(nothing == nil and message, "half a list was decoded")
end

function scenarios.functions()
  local set = core.keyset()
  for index = 1, 600 do
    expect(set:mark("key" .. index, 1) == 0 and set:mark(index, 1) == 0, "a key was met before")
  end
  expect(set:mark("key1", 2) == 1, "a key was not met before")
  expect(core.sha256("abc"):sub(1, 8) == "ba7816bf", "hashed otherwise")
  expect(core.utf8("\252") == "ü", "transcoded otherwise")
  expect(core.random() < 1 and core.now() > 0 and core.time() > 0, "no numbers")
end

-- ---- before and after ----

local function is_want_of_memory(raised)
  if type(raised) == "table" then
    return type(raised.kind) == "string" and #tostring(raised) > 0
  end
  return type(raised) == "string" and (raised:find("not enough memory", 1, true)
    or raised:find("stack overflow", 1, true)) ~= nil -- what Lua says when its stack cannot grow
end

local function drop_leftovers(client)
  local origins = client:origins(application)
  for _, origin in ipairs(assert(origins:all({ prefetch = 0 }))) do
    if origin.name == "oom" then
      assert(origins:delete(origin))
    end
  end
end

-- What a call takes has to be given back: a place among the requests in flight, a slot of the budget, a transfer.
local function check_client(client)
  local engine = client.engine
  collectgarbage()
  collectgarbage()
  if not engine.closed then
    assert(client:origins(application):list({ page_size = 1 }))
    if name == "write" or name == "errors" then
      drop_leftovers(client)
    end
    local till = core.now() + 5
    -- Driven as the runtime of a plain program does it: with time to wait, so that libcurl looks at each transfer.
    while (engine.session:step(0.01) > 0 or engine.places.free < concurrency) and core.now() < till do
      engine.runtime:sleep(0.001)
    end
    assert(engine.places.free == concurrency, "places are lost: " .. engine.places.free .. " are left")
    for _, bucket in pairs(engine.budget.buckets) do
      assert(bucket.in_flight == 0, "slots of the budget are lost: " .. bucket.in_flight)
    end
    assert(tostring(engine.session):find(": 0 in flight", 1, true), tostring(engine.session))
  end
end

local client
if not bare[name] then
  client = assert(new_client())
  client.engine.random = function() return 0 end -- the shortest backoff
  assert(client:origins(application):list({ page_size = 1 }))
end

local play = assert(scenarios[name], "there is no such scenario")
arm()
local ok, raised = pcall(play, client)
disarm()
assert(not noted.wrong, noted.wrong)
assert(ok or is_want_of_memory(raised), raised)
if noted.err then
  assert(#tostring(noted.err) > 0)
end
if client then
  check_client(client)
end
