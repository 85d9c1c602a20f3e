-- Origins, end to end: the nine methods, the four types, and what values become on the way there and back.
local azion = require("azion")
local core = require("azion.core")
local support = require("spec.support.sandbox")

local application = support.application
local uuid = "^%x%x%x%x%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x$"

local examples = {
  single_origin = { name = "web", origin_type = "single_origin", addresses = { { address = "web.example.net" } },
    origin_protocol_policy = "https", origin_path = "/v2", host_header = "${host}" },
  load_balancer = { name = "pool", origin_type = "load_balancer", method = "least_connections", addresses = {
    { address = "one.example.net", weight = 10, server_role = "primary", is_active = true },
    { address = "two.example.net", weight = 5, server_role = "backup", is_active = false } } },
  object_storage = { name = "files", origin_type = "object_storage", bucket = "photos", prefix = "/2024" },
  live_ingest = { name = "stream", origin_type = "live_ingest", streaming_endpoint = "br-east-1.azioningest.net" },
}

-- Replies that the sandbox does not give by itself, each on a path of its own.
local whole_item = [[{"results":{"origin_key":"k-1","name":"x","addresses":[],"connection_timeout":60,"weight":0.5,
  "big":9007199254740992,"absent":null,"list":[1,null,3],"empty":[],"object":{},"nested":{"list":[],"flag":false}},
  "schema_version":3}]]
local faults = {
  { method = "GET", path = "/edge_applications/1/origins/k-1", status = 200, body = whole_item },
  { method = "PUT", path = "/edge_applications/1/origins/k-1", status = 204 },
  { method = "PATCH", path = "/edge_applications/1/origins/k-1", status = 200, body = "" },
  { method = "POST", path = "/edge_applications/1/origins", status = 202, body = " \r\n" },
  { method = "GET", path = "/edge_applications/2/origins", status = 200, body = [=[[{"id":1},{"id":2}]]=] },
  { method = "GET", path = "/edge_applications/3/origins", status = 200, body = [[{"results":[{"id":1}]}]] },
  { method = "GET", path = "/edge_applications/4/origins", status = 200, body = "[]" },
  { method = "GET", path = "/edge_applications/2/origins/7", status = 200, body = [[{"id":7,"name":"bare"}]] },
  { method = "GET", path = "/edge_applications/5/origins", status = 200,
    body = [[{"count":3,"results":[{"id":1,"name":"twin"},{"id":2,"name":"twin"},{"id":3,"name":"Twin"}]}]] },
}

describe("origins", function()
  local server, client, origins
  setup(function()
    server = support.start({ seed = 25, faults = faults })
    client = server:client()
    origins = client:origins(application)
  end)
  teardown(function() server:stop() end)

  local function last_body()
    local requests = server:requests()
    return requests[#requests].body
  end

  local function check_response(response, method, status, path)
    assert.equal(method, response.method)
    assert.equal(status, response.status)
    assert.equal(server.sandbox.base_url .. path, response.url)
    assert.equal(1, response.attempts)
    assert.is_true(response.elapsed > 0 and response.elapsed < 5) -- #time
    assert.equal("2", response.http_version)
    assert.is_string(response.headers.date)
    assert.is_nil(response.rate)
    for name in pairs(response.headers) do
      assert.equal(name:lower(), name)
    end
  end

  describe("are read", function()
    it("as a page", function()
      local page, err, response = origins:list({ page = 2, page_size = 10, order_by = "origin_id", sort = "desc" })
      assert.is_nil(err)
      assert.equal(25, page.count)
      assert.equal(3, page.total_pages)
      assert.equal(10, #page.results)
      assert.equal("origin-015", page.results[1].name)
      assert.is_string(page.links.previous)
      assert.is_string(page.links.next)
      check_response(response, "GET", 200, support.origins_path .. "?order_by=origin_id&page=2&page_size=10&sort=desc")
    end)

    it("as a page that knows its number", function()
      assert.equal(1, origins:list().page)
      assert.equal(2, origins:list({ page = 2 }).page)
      assert.equal(3, origins:list({ page = "3", page_size = "10" }).page)
      local numbers = {}
      for page in origins:pages({ page_size = 10, page = 2 }) do
        numbers[#numbers + 1] = page.page
      end
      assert.same({ 2, 3 }, numbers)
    end)

    it("with no link where there is none", function()
      assert.is_nil(origins:list({ page_size = 30 }).links.next)
      assert.is_nil(origins:list({ page_size = 30 }).links.previous)
    end)

    it("page by page, item by item, all at once", function()
      local by_page, by_item = {}, {}
      for page in origins:pages({ page_size = 10 }) do
        by_page[#by_page + 1] = #page.results
      end
      for item in origins:each({ page_size = 10 }) do
        by_item[#by_item + 1] = item.name
      end
      local all, err, response = origins:all({ page_size = 10 })
      assert.is_nil(err)
      assert.same({ 10, 10, 5 }, by_page)
      assert.equal(25, #by_item)
      for index, item in ipairs(all) do
        assert.equal(by_item[index], item.name)
      end
      check_response(response, "GET", 200, support.origins_path .. "?page=3&page_size=10")
    end)

    it("by id, by name, and not at all", function()
      local first = origins:list({ page_size = 1 }).results[1]
      local item, err, response = origins:get(first.origin_key)
      assert.is_nil(err)
      assert.same(first, item)
      check_response(response, "GET", 200, support.origins_path .. "/" .. first.origin_key)
      item, err, response = origins:find("origin-003")
      assert.is_nil(err)
      assert.equal("origin-003", item.name)
      assert.equal(200, response.status)
      for name, shown in pairs { ["origin-0"] = '"origin-0"', ['a "b"\n'] = [["a \"b\"\u000a"]] } do
        item, err = origins:find(name)
        assert.is_nil(item)
        assert.equal("not_found", err.kind)
        assert.equal("no item is named " .. shown, err.message)
        assert.equal(support.origins_path, err.path)
      end
      item, err, response = origins:get("00000000-0000-4000-8000-000000000000")
      assert.is_nil(item)
      assert.is_nil(response)
      assert.equal("not_found", err.kind)
      assert.equal("Not found.", err.message)
      assert.equal(404, err.status)
      check_response(err.response, "GET", 404, support.origins_path .. "/00000000-0000-4000-8000-000000000000")
      assert.same({ detail = "Not found." }, err.response.body)
    end)

    it("in every shape of reply", function()
      assert.equal(2, #assert(client:origins(2):list()).results)
      assert.equal(2, #assert(client:origins(2):all()))
      assert.equal(1, #assert(client:origins(3):list()).results)
      assert.equal(1, #assert(client:origins("3"):all()))
      assert.same({}, (client:origins(4):all()))
      assert.equal(0, client:origins(4):list().count)
      assert.equal("bare", client:origins(2):get(7).name)
    end)

    it("and a name that several have is a conflict", function()
      local item, err = client:origins(5):find("twin")
      assert.is_nil(item)
      assert.equal("conflict", err.kind)
      assert.equal('2 items are named "twin"', err.message)
      assert.equal("Twin", client:origins(5):find("Twin").name)
      for _, name in ipairs({ "", "  ", 7, true, {} }) do
        item, err = origins:find(name)
        assert.is_nil(item)
        assert.equal("invalid", err.kind)
      end
    end)
  end)

  for kind, example in pairs(examples) do
    it(("of type %s are created, read, overwritten, updated and deleted"):format(kind), function()
      local before = core.encode(example)
      local created, err, response = origins:create(example)
      assert.is_nil(err)
      check_response(response, "POST", 201, support.origins_path)
      assert.truthy(created.origin_key:find(uuid))
      for name, value in pairs(example) do
        if name ~= "addresses" then
          assert.equal(value, created[name], name)
        end
      end
      for index, address in ipairs(example.addresses or {}) do
        for name, value in pairs(address) do
          assert.equal(value, created.addresses[index][name], name)
        end
      end
      assert.equal(before, core.encode(example))
      assert.same(created, (origins:get(created)))

      local item_path = support.origins_path .. "/" .. created.origin_key
      local updated
      updated, err, response = origins:update(created, { name = kind .. " 2" })
      assert.is_nil(err)
      check_response(response, "PATCH", 200, item_path)
      assert.equal(kind .. " 2", updated.name)
      updated.name = created.name
      assert.same(created, updated)

      local replacement = kind == "object_storage" and { name = kind .. " 3", bucket = "other" }
        or { name = kind .. " 3", origin_type = kind, streaming_endpoint = example.streaming_endpoint,
          addresses = example.addresses }
      local overwritten
      overwritten, err, response = origins:overwrite(created, replacement)
      assert.is_nil(err)
      check_response(response, "PUT", 200, item_path)
      assert.equal(kind .. " 3", overwritten.name)
      assert.equal(created.origin_key, overwritten.origin_key)
      if kind == "single_origin" then -- what PUT does not name goes back to its default
        assert.equal("preserve", overwritten.origin_protocol_policy)
        assert.equal("", overwritten.origin_path)
      elseif kind == "load_balancer" then
        assert.equal("ip_hash", overwritten.method)
      elseif kind == "object_storage" then
        assert.equal("/", overwritten.prefix)
      end

      local deleted
      deleted, err, response = origins:delete(created)
      assert.is_true(deleted)
      assert.is_nil(err)
      check_response(response, "DELETE", 204, item_path)
      deleted, err = origins:delete(created)
      assert.is_nil(deleted)
      assert.equal("not_found", err.kind)
    end)
  end

  describe("come back", function()
    it("with integers as integers", function()
      local origin = assert(origins:find("origin-004"))
      for _, value in ipairs({ origin.origin_id, origin.connection_timeout, origin.addresses[1].weight }) do
        assert.is_nil(tostring(value):find("[.e]"))
        if math.type then
          assert.equal("integer", math.type(value))
        end
      end
      local page = origins:list()
      if math.type then
        assert.equal("integer", math.type(page.count))
        assert.equal("integer", math.type(page.total_pages))
        assert.equal("integer", math.type(page.page))
      end
    end)

    it("with null as an absent field, and in its place inside a list", function()
      local single = assert(origins:find("origin-001"))
      assert.is_nil(single.addresses[1].weight)
      local item = assert(client:origins(1):get("k-1"))
      assert.is_nil(item.absent)
      assert.equal(3, #item.list)
      assert.equal(azion.null, item.list[2])
      assert.equal(0.5, item.weight)
      assert.equal(2 ^ 53, item.big)
    end)

    it("with fields that nobody knows", function()
      local item = assert(client:origins(1):get("k-1"))
      assert.same({}, item.empty)
      assert.same({}, item.object)
      assert.is_false(item.nested.flag)
    end)
  end)

  describe("are sent", function()
    local one

    setup(function() one = client:origins(1) end)

    it("with empty lists as lists, through get and overwrite", function()
      local item = assert(one:get("k-1"))
      assert.is_true((one:overwrite(item, item)))
      local sent = last_body()
      for _, part in ipairs({ '"addresses":[]', '"empty":[]', '"object":{}', '"list":[1,null,3]', '"nested":{',
        '"connection_timeout":60', '"big":9007199254740992', '"weight":0.5' }) do
        assert.truthy(sent:find(part, 1, true), part .. " in " .. sent)
      end
      assert.is_nil(sent:find("absent", 1, true))
      assert.is_nil(sent:find("60.0", 1, true))
    end)

    it("with an empty table as a list where the API has a list, and as an object elsewhere", function()
      assert.is_true((one:update("k-1", { addresses = {}, unknown = {}, forced = azion.array({}) })))
      local sent = last_body()
      assert.truthy(sent:find('"addresses":[]', 1, true))
      assert.truthy(sent:find('"unknown":{}', 1, true))
      assert.truthy(sent:find('"forced":[]', 1, true))
    end)

    it("with null where azion.null stands", function()
      assert.is_true((one:update("k-1", { name = "n", host_header = azion.null,
        addresses = { { address = "a", weight = azion.null } } })))
      local sent = last_body()
      assert.truthy(sent:find('"host_header":null', 1, true))
      assert.truthy(sent:find('"weight":null', 1, true))
    end)

    it("with fields that nobody knows, as they are", function()
      assert.is_true((one:create({ name = "n", tomorrow = { level = 3, tags = { "a", "b" } }, on = false })))
      local sent = core.decode(last_body())
      assert.same({ name = "n", tomorrow = { level = 3, tags = { "a", "b" } }, on = false }, sent)
    end)

    it("without changing the caller's tables", function()
      local fields = { name = "n", addresses = {}, deep = { list = azion.array({}) } }
      local options = { timeout = 5 }
      local query = { page_size = 3, name = "", prefetch = 2 }
      assert.is_true((one:update("k-1", fields, options)))
      assert(origins:all(query))
      assert.same({ name = "n", addresses = {}, deep = { list = {} } }, fields)
      assert.is_nil(getmetatable(fields.addresses))
      assert.same({ timeout = 5 }, options)
      assert.same({ page_size = 3, name = "", prefetch = 2 }, query)
      local list = {}
      assert.not_equal(list, azion.array(list))
      assert.is_nil(getmetatable(list))
    end)
  end)

  it("answered by an empty 2xx give true, and the response", function()
    local one = client:origins(1)
    for _, call in ipairs({
      { 204, one:overwrite("k-1", { name = "x" }) },
      { 200, one:update("k-1", { name = "x" }) },
      { 202, one:create({ name = "x" }) },
    }) do
      assert.is_true(call[2])
      assert.is_nil(call[3])
      assert.equal(call[1], call[4].status)
    end
  end)

  it("take an item as an id, by its key", function()
    local found = assert(origins:find("origin-005"))
    assert.equal("origin-005", origins:get(found).name)
    assert.equal("origin-005", origins:get({ origin_key = found.origin_key, origin_id = 1, id = 2 }).name)
    assert.equal("origin-005", origins:get({ origin_id = found.origin_key, id = 2 }).name)
    assert.equal("bare", client:origins(2):get({ id = 7 }).name)
    assert.equal("bare", client:origins(2):get({ id = "7", origin_id = 90001 }).name)
    assert.equal(25, client:origins({ id = application }):list().count)
  end)

  it("are not found by another number, and the error says by which key they are", function()
    local number = origins:list({ page_size = 1 }).results[1].origin_id
    for _, outcome in ipairs({ { origins:get(number) }, { origins:get(("%d"):format(number)) },
      { origins:update(number, { name = "x" }) }, { origins:delete(number) } }) do
      assert.is_nil(outcome[1])
      assert.equal("not_found", outcome[2].kind)
      assert.truthy(outcome[2].message:find(" (origins are addressed by their origin_key, a UUID)", 1, true))
    end
    assert.is_nil(tostring(select(2, origins:get("00000000-0000-4000-8000-000000000000"))):find("origin_key", 1, true))
    assert.is_nil(tostring(select(2, client:domains():get(5))):find("origin_key", 1, true))
  end)

  it("refuse fields of a wrong type before anything is sent", function()
    local before = #server:requests()
    local wrong = {
      { { name = 5 }, "name", "expected a string, got a number" },
      { { name = "x", addresses = "a" }, "addresses", "expected a list, got a string" },
      { { name = "x", addresses = { address = "a" } }, "addresses", "expected a list, got a table with named fields" },
      { { name = "x", addresses = { { address = "a" }, { address = 1 } } }, "addresses.2.address",
        "expected a string, got a number" },
      { { name = "x", addresses = { { weight = "1" } } }, "addresses.1.weight", "expected an integer, got \"1\"" },
      { { name = "x", addresses = { "a" } }, "addresses.1", "expected an object, got a string" },
      { { connection_timeout = 1.5 }, "connection_timeout", "expected an integer, got 1.5" },
      { { hmac_authentication = "true" }, "hmac_authentication", "expected a boolean, got \"true\"" },
      { { hmac_secret_key = 12345678 }, "hmac_secret_key", "expected a string" },
      { { "x" }, "fields", "expected named fields, got a list" },
    }
    for _, case in ipairs(wrong) do
      for _, outcome in ipairs({ { origins:create(case[1]) }, { origins:overwrite(1, case[1]) },
        { origins:update(1, case[1]) } }) do
        local err = outcome[2]
        assert.is_nil(outcome[1])
        assert.equal("invalid", err.kind)
        assert.truthy(err.fields[case[2]], err.message)
        assert.truthy(err.fields[case[2]][1]:find(case[3], 1, true), err.message)
        assert.truthy(err.message:find(case[2] .. ": " .. case[3], 1, true), err.message)
        assert.is_nil(err.message:find("12345678", 1, true))
      end
    end
    assert.equal(before, #server:requests())
  end)

  it("refuse what would not leave exactly", function()
    local before = #server:requests()
    local cycle = {}
    cycle.inner = cycle
    local deep = {}
    for _ = 1, 2000 do
      deep = { deep }
    end
    for label, value in pairs({ nan = 0 / 0, infinity = 1 / 0, large = 2 ^ 53 + 2, cycle = cycle, deep = deep,
      a_function = print, sparse = { [1] = 1, [9] = 2 }, mixed = { 1, name = 2 } }) do
      local item, err = origins:create({ name = "x", unknown = value })
      assert.is_nil(item, label)
      assert.equal("invalid", err.kind, label)
      assert.truthy(err.message:find("unknown", 1, true), label .. ": " .. err.message)
    end
    assert.equal(before, #server:requests())
  end)

  it("raise where the program is wrong, at its line", function()
    local key = "00000000-0000-4000-8000-000000000000"
    local line
    local function here()
      line = debug.getinfo(2, "l").currentline
      return line
    end
    local mistakes = {
      function() here(); local r = origins:create("name") return r end,
      function() here(); local r = origins:create(nil) return r end,
      function() here(); local r = origins:update(key, 1) return r end,
      function() here(); local r = origins:overwrite(key) return r end,
      function() here(); local r = origins:list("page") return r end,
      function() here(); local r = origins:list({ timeout = 5 }) return r end,
      function() here(); local r = origins:list({ prefetch = 5 }) return r end,
      function() here(); local r = origins:all({ deadline = 5 }) return r end,
      function() here(); local r = origins:each({ max_attempts = 5 }) return r end,
      function() here(); local r = origins:pages({ connect_timeout = 5 }) return r end,
      function() here(); local r = origins:get(key, { timeuot = 5 }) return r end,
      function() here(); local r = origins:get(key, { timeout = "5" }) return r end,
      function() here(); local r = origins:get(key, 5) return r end,
      function() here(); local r = origins:delete(key, { page = 1 }) return r end,
      function() here(); local r = origins:find("x", { name = 1 }) return r end,
      function() here(); local r = origins.list() return r end,
      function() here(); local r = origins.get(key) return r end,
      function() here(); local r = azion.array("x") return r end,
    }
    local before = #server:requests()
    for index, mistake in ipairs(mistakes) do
      local message = support.raised(mistake)
      assert.is_string(message, index)
      assert.truthy(message:find("origins_spec.lua:" .. line .. ": ", 1, true), index .. ": " .. message)
    end
    assert.equal(before, #server:requests())
  end)

  it("refuse queries and options that cannot be", function()
    local before = #server:requests()
    for _, query in ipairs({ { page = 0 }, { page = -1 }, { page = 1.5 }, { page_size = 0 }, { page_size = "x" },
      { sort = "up" }, { name = {} }, { filter = 0 / 0 }, { filter = print }, { [1] = "x" } }) do
      for _, outcome in ipairs({ { origins:list(query) }, { origins:all(query) } }) do
        assert.is_nil(outcome[1])
        assert.equal("invalid", outcome[2].kind)
      end
      assert.equal("invalid", support.raised(origins:each(query)).kind)
      assert.equal("invalid", support.raised(origins:pages(query)).kind)
    end
    for _, options in ipairs({ { timeout = 0 }, { deadline = -1 }, { max_attempts = 0.5 } }) do
      for _, outcome in ipairs({ { origins:list(nil, options) }, { origins:get(1, options) },
        { origins:create({ name = "x" }, options) }, { origins:delete(1, options) }, { origins:find("x", options) },
        { origins:all(nil, options) } }) do
        assert.is_nil(outcome[1])
        assert.equal("invalid", outcome[2].kind)
      end
    end
    for _, prefetch in ipairs({ -1, 0.5, "4" }) do
      local all, err = origins:all({ prefetch = prefetch })
      assert.is_nil(all)
      assert.equal("invalid", err.kind)
    end
    assert.equal(before, #server:requests())
  end)

  it("send what a query says, encoded, and nothing that is empty", function()
    assert(origins:list({ name = "a&b=c d/é+%", order_by = "", filter = "", page_size = 5, page = 1, flag = true }))
    local requests = server:requests()
    assert.equal("flag=true&name=a%26b%3Dc%20d%2F%C3%A9%2B%25&page=1&page_size=5", requests[#requests].query)
    assert(origins:list({ page_size = 5.0 }))
    requests = server:requests()
    assert.equal("page_size=5", requests[#requests].query)
    assert(origins:list({}))
    requests = server:requests()
    assert.equal("", requests[#requests].query)
  end)
end)
