-- The sandbox's model of the API by itself: request table in, reply table out, a clock of our own.

local faults = require "azion.sandbox.host.faults"
local json = require "azion.sandbox.model.json"
local limits = require "azion.sandbox.host.limits"
local models = require "azion.sandbox.v3"

local TOKEN = ("0123456789"):rep(4)
local ORIGINS = "/edge_applications/1618339282/origins"
local UUID_V4 = "^%x%x%x%x%x%x%x%x%-%x%x%x%x%-4%x%x%x%-[89ab]%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x$"

local clock

local function new(options)
  local settings = {
    token = TOKEN,
    email = "user@example.com",
    password = "secret",
    seed = { edge_applications = 2, origins = 25 },
    now = function()
      return clock
    end,
    random = function()
      return 0.4321
    end,
  }
  for name, value in pairs(options or {}) do
    settings[name] = value
  end
  return models.new(settings)
end

local function request(method, path, fields)
  fields = fields or {}
  local headers = { accept = "application/json; version=3", authorization = "Token " .. TOKEN }
  local body = fields.body or ""
  if type(body) == "table" then
    body = json.encode(body)
  end
  if body ~= "" then
    headers["content-type"] = "application/json"
  end
  for name, value in pairs(fields.headers or {}) do
    headers[name] = value or nil
  end
  return { method = method, path = path, query = fields.query or {}, headers = headers, body = body }
end

local function call(model, method, path, fields)
  local reply = model:handle(request(method, path, fields))
  local value
  if reply.body ~= "" and reply.headers["Content-Type"] == "application/json" then
    value = assert(json.decode(reply.body))
  end
  return reply, value
end

local function single(extra)
  local fields = { name = "new", addresses = { { address = "httpbin.org" } } }
  for name, value in pairs(extra or {}) do
    fields[name] = value
  end
  return fields
end

local function create(model, fields)
  local reply, value = call(model, "POST", ORIGINS, { body = fields })
  assert.equal(201, reply.status, reply.body)
  return value.results, ORIGINS .. "/" .. value.results.origin_key
end

describe("the sandbox's model", function()
  local model

  before_each(function()
    clock = 1700000000
    model = new()
  end)

  describe("asks of every request", function()
    local cases = {
      { "version with a space", { accept = "application/json; version=3" }, 200 },
      { "version without a space", { accept = "application/json;version=3" }, 200 },
      { "another type beside it", { accept = "text/html, application/json;version=3;q=0.5" }, 200 },
      { "no Accept", { accept = false }, 406 },
      { "any type", { accept = "*/*" }, 406 },
      { "no version", { accept = "application/json" }, 406 },
      { "another version", { accept = "application/json; version=4" }, 406 },
      { "version 33", { accept = "application/json; version=33" }, 406 },
      { "scheme in lower case", { authorization = "token " .. TOKEN }, 200 },
      { "no token", { authorization = false }, 401, "Authentication credentials were not provided." },
      { "another scheme", { authorization = "Bearer " .. TOKEN }, 401,
        "Authentication credentials were not provided." },
      { "a wrong token", { authorization = "token " .. TOKEN:reverse() }, 401, "Invalid token." },
      { "a longer token", { authorization = "token " .. TOKEN .. "0" }, 401, "Invalid token." },
    }
    for _, case in ipairs(cases) do
      it(case[1] .. ": " .. case[3], function()
        local reply, value = call(model, "GET", ORIGINS, { headers = case[2] })
        assert.equal(case[3], reply.status)
        if case[4] then
          assert.same({ detail = case[4] }, value)
        end
      end)
    end
  end)

  describe("finds its way", function()
    local key = "00000000-0000-4000-8000-000000000001"
    local cases = {
      { "GET", "/edge_applications", 200 },
      { "GET", "/edge_applications/", 200 },
      { "GET", "/v3/edge_applications", 200 },
      { "GET", "/edge_applications/1618339282", 200 },
      { "GET", "/edge_applications/001618339283", 200 },
      { "GET", "/edge_applications/1618339284", 404 },
      { "GET", "/edge_applications/1618339281", 404 },
      { "GET", "/edge_applications/1618339282.0", 404 },
      { "GET", "/edge_applications/0x60765252", 404 },
      { "GET", "/edge_applications/1618339284/origins", 404 },
      { "POST", "/edge_applications/1618339284/origins", 404 },
      { "GET", ORIGINS .. "/" .. key, 404 },
      { "PUT", ORIGINS .. "/" .. key, 404 },
      { "PATCH", ORIGINS .. "/" .. key, 404 },
      { "DELETE", ORIGINS .. "/" .. key, 404 },
      { "GET", ORIGINS .. "/90001", 404 },
      { "PUT", ORIGINS, 405, "GET, POST" },
      { "DELETE", ORIGINS, 405, "GET, POST" },
      { "DELETE", ORIGINS .. "/", 405, "GET, POST" },
      { "POST", "/edge_applications/1618339282", 405, "DELETE, GET, PATCH, PUT" },
    }
    for _, case in ipairs(cases) do
      it(("%s %s: %d"):format(case[1], case[2], case[3]), function()
        local reply, value = call(model, case[1], case[2])
        assert.equal(case[3], reply.status)
        assert.equal(case[4], reply.headers.Allow)
        if case[3] == 404 then
          assert.same({ detail = "Not found." }, value)
        end
      end)
    end

    it("answers an address outside the API in HTML, whoever asks", function()
      local reply = call(model, "GET", "/nothing", { headers = { authorization = false, accept = false } })
      assert.equal(404, reply.status)
      assert.equal("text/html", reply.headers["Content-Type"])
      assert.truthy(reply.body:find("Not Found", 1, true))
    end)

    it("decodes the segments of a path", function()
      assert.equal(200, call(model, "GET", "/edge%5Fapplications/161833928%32").status)
    end)
  end)

  describe("reads bodies", function()
    local cases = {
      { "another media type", { body = "name=x", headers = { ["content-type"] = "text/plain" } }, 415,
        { detail = 'Unsupported media type "text/plain" in request.' } },
      { "no media type", { body = "{}", headers = { ["content-type"] = false } }, 415 },
      { "parameters of the media type", { body = single(),
        headers = { ["content-type"] = "application/json; version=3" } }, 201 },
      { "cut JSON", { body = '{"name":' }, 400 },
      { "junk after JSON", { body = '{"name":"x"} y' }, 400 },
      { "NaN", { body = '{"name":NaN}' }, 400 },
      { "a list", { body = "[]" }, 400, { non_field_errors = { "Invalid data. Expected a dictionary." } } },
      { "null", { body = "null" }, 400, { non_field_errors = { "Invalid data. Expected a dictionary." } } },
      { "nothing", {}, 400, { name = { "This field is required." }, addresses = { "This field is required." } } },
    }
    for _, case in ipairs(cases) do
      it(case[1] .. ": " .. case[3], function()
        local reply, value = call(model, "POST", ORIGINS, case[2])
        assert.equal(case[3], reply.status)
        if case[4] then
          assert.same(case[4], value)
        elseif case[3] == 400 then
          assert.truthy(value.detail:find "^JSON parse error %- ")
        end
      end)
    end
  end)

  describe("pages", function()
    local function list(query)
      return call(model, "GET", ORIGINS, { query = query })
    end

    local function names(value)
      local found = {}
      for position, item in ipairs(value.results) do
        found[position] = item.name
      end
      return table.concat(found, " ")
    end

    it("ten at a time, in the order of creation", function()
      local _, value = list()
      assert.equal(25, value.count)
      assert.equal(3, value.total_pages)
      assert.equal(3, value.schema_version)
      assert.equal(10, #value.results)
      assert.equal("origin-001", value.results[1].name)
      assert.equal("origin-010", value.results[10].name)
      assert.equal(json.null, value.links.previous)
    end)

    it("with links that name another host, keep the query, and drop page 1", function()
      local base = "https://stage-api.azion.net" .. ORIGINS
      local _, value = list { page = "2", page_size = "5", sort = "asc", name = "origin-0" }
      assert.equal(base .. "?name=origin-0&page=3&page_size=5&sort=asc", value.links.next)
      assert.equal(base .. "?name=origin-0&page_size=5&sort=asc", value.links.previous)
      _, value = list { page = "2" }
      assert.equal(base, value.links.previous)
      _, value = list { page = "3" }
      assert.equal(json.null, value.links.next)
      assert.equal(5, #value.results)
    end)

    local sizes = {
      [""] = 10, ["1"] = 1, ["7"] = 7, ["25"] = 25, ["100"] = 25, ["101"] = 25, ["0"] = 10, ["-1"] = 10, ["x"] = 10,
    }
    for given, expected in pairs(sizes) do
      it(("page_size %q: %d"):format(given, expected), function()
        local _, value = list { page_size = given }
        assert.equal(expected, #value.results)
        assert.equal(math.ceil(25 / expected), value.total_pages)
      end)
    end

    it("a hundred at most", function()
      model = new { seed = { edge_applications = 1, origins = 250 } }
      local _, value = list { page_size = "250" }
      assert.equal(100, #value.results)
      assert.equal(3, value.total_pages)
    end)

    it("or refuses more, if told so", function()
      model = new { over_page_size = "reject" }
      assert.equal(200, list({ page_size = "100" }).status)
      local reply, value = list { page_size = "101" }
      assert.equal(400, reply.status)
      assert.same({ page_size = { "Ensure this value is less than or equal to 100." } }, value)
    end)

    for _, page in ipairs { "4", "0", "-1", "x", "1.5" } do
      it(("page %q: 404"):format(page), function()
        local reply, value = list { page = page }
        assert.equal(404, reply.status)
        assert.same({ detail = "Invalid page." }, value)
      end)
    end

    it("an empty list as one page, not as 404", function()
      local reply, value = list { name = "no such name" }
      assert.equal(200, reply.status)
      assert.equal(0, value.count)
      assert.truthy(reply.body:find('"results":[]', 1, true))
    end)

    it("by name, in part and in any case", function()
      local _, value = list { name = "ORIGIN-01", page_size = "100" }
      assert.equal(10, value.count)
      _, value = list { search = "origin", filter = "003" }
      assert.equal("origin-003", names(value))
    end)

    it("sorted", function()
      local _, value = list { order_by = "origin_id", sort = "desc", page_size = "3" }
      assert.equal("used-by-rule origin-024 origin-023", names(value))
      _, value = list { sort = "desc", page_size = "2", page = "13" }
      assert.equal("origin-001", names(value))
      _, value = list { order_by = "name", page_size = "2" }
      assert.equal("origin-001 origin-002", names(value))
      _, value = list { order_by = "origin_type", page_size = "3" }
      assert.equal("origin-009 origin-019 origin-004", names(value))
      create(model, single { name = "aaa" })
      _, value = list { order_by = "name", page_size = "2" }
      assert.equal("aaa origin-001", names(value))
    end)

    it("with the recorded faults of order_by and sort", function()
      local reply, value = list { order_by = "" }
      assert.equal(500, reply.status)
      assert.truthy(value.detail)
      reply, value = list { order_by = "hmac_secret_key" }
      assert.equal(400, reply.status)
      assert.truthy(value.invalid_order_field:find("hmac_secret_key", 1, true))
      reply, value = list { sort = "up" }
      assert.equal(400, reply.status)
      assert.same({ '"up" is not a valid choice.' }, value.sort)
    end)

    it("200,000 items without building them", function()
      model = new { seed = { edge_applications = 1, origins = 200000 } }
      local started = os.clock()
      local _, value = list { page = "2000", page_size = "100" }
      assert.equal("used-by-rule", value.results[100].name)
      assert.equal(199999, tonumber(value.results[99].name:match "%d+"))
      assert.is_true(os.clock() - started < 0.5) -- #time
      local path = ORIGINS .. "/" .. value.results[99].origin_key
      assert.equal("origin-199999", select(2, call(model, "GET", path)).results.name)
    end)
  end)

  describe("keeps origins", function()
    it("as recorded: ids, defaults, the order of the keys", function()
      local reply = call(model, "POST", ORIGINS, { body = single() })
      local expected = '^{"results":{"origin_id":%d+,"origin_key":"[%x-]+","name":"new","origin_type":"single_origin",'
        .. '"addresses":%[{"address":"httpbin.org","weight":null,"server_role":"primary","is_active":true}%],'
        .. '"origin_protocol_policy":"preserve","is_origin_redirection_enabled":false,"host_header":"${host}",'
        .. '"method":"","origin_path":"","connection_timeout":60,"timeout_between_bytes":120,'
        .. '"hmac_authentication":false,"hmac_region_name":"","hmac_access_key":"","hmac_secret_key":""},'
        .. '"schema_version":3}$'
      assert.truthy(reply.body:find(expected:gsub("%${", "%%${"), 1), reply.body)
    end)

    it("under a key of their own", function()
      local seen = {}
      for application = 1618339282, 1618339283 do
        local path = ("/edge_applications/%d/origins"):format(application)
        local _, value = call(model, "GET", path, { query = { page_size = "100" } })
        for _, item in ipairs(value.results) do
          assert.truthy(item.origin_key:find(UUID_V4), item.origin_key)
          assert.equal(0, item.origin_id % 1)
          assert.is_nil(seen[item.origin_key])
          assert.is_nil(seen[item.origin_id])
          seen[item.origin_key], seen[item.origin_id] = true, true
          local _, single_item = call(model, "GET", path .. "/" .. item.origin_key)
          assert.same(item, single_item.results)
        end
      end
    end)

    it("of every type, and no more fields than the type has", function()
      local bodies = {
        { single(), 16 },
        { {
          name = "b", origin_type = "load_balancer", method = "round_robin",
          addresses = { { address = "a.example", weight = 3 }, { address = "b.example", server_role = "backup" } },
        }, 16 },
        { { name = "c", origin_type = "object_storage", bucket = "bucket" }, 6 },
        { { name = "d", origin_type = "live_ingest", streaming_endpoint = "br-east-1.azioningest.net" }, 5 },
      }
      for _, case in ipairs(bodies) do
        local item, path = create(model, case[1])
        local count = 0
        for _ in pairs(item) do
          count = count + 1
        end
        assert.equal(case[2], count)
        assert.equal(200, call(model, "GET", path).status)
      end
    end)

    it("and gives the HMAC secret back in clear", function()
      local item, path = create(model, single {
        hmac_authentication = true, hmac_region_name = "sa-east-1", hmac_access_key = "A", hmac_secret_key = "S3",
      })
      assert.equal("S3", item.hmac_secret_key)
      assert.equal("S3", select(2, call(model, "GET", path)).results.hmac_secret_key)
    end)

    it("overwrites: what is not sent goes back to its default", function()
      local _, path = create(model, single { origin_path = "/a", origin_protocol_policy = "https" })
      local reply, value = call(model, "PUT", path, { body = single { name = "newer" } })
      assert.equal(200, reply.status)
      assert.equal("", value.results.origin_path)
      assert.equal("preserve", value.results.origin_protocol_policy)
      reply, value = call(model, "PUT", path, { body = { origin_path = "/b" } })
      assert.equal(400, reply.status)
      assert.same({ "This field is required." }, value.name)
    end)

    it("updates: what is not sent stays", function()
      local created, path = create(model, single { origin_path = "/a" })
      local reply, value = call(model, "PATCH", path, { body = { host_header = "h" } })
      assert.equal(200, reply.status)
      created.host_header = "h"
      assert.same(created, value.results)
      assert.same(created, select(2, call(model, "GET", path)).results)
    end)

    it("changes those of the seed too, and finds them under their new name only", function()
      local _, value = call(model, "GET", ORIGINS, { query = { name = "origin-005" } })
      local path = ORIGINS .. "/" .. value.results[1].origin_key
      call(model, "PATCH", path, { body = { name = "renamed" } })
      assert.equal(0, select(2, call(model, "GET", ORIGINS, { query = { name = "origin-005" } })).count)
      assert.equal(1, select(2, call(model, "GET", ORIGINS, { query = { name = "renamed" } })).count)
      create(model, single { name = "origin-005" })
      assert.equal(409, call(model, "POST", ORIGINS, { body = single { name = "renamed" } }).status)
    end)

    it("deletes", function()
      local _, path = create(model, single())
      local reply = call(model, "DELETE", path)
      assert.equal(204, reply.status)
      assert.equal("", reply.body)
      assert.is_nil(reply.headers["Content-Type"])
      assert.equal(404, call(model, "GET", path).status)
      assert.equal(404, call(model, "DELETE", path).status)
      assert.equal(25, select(2, call(model, "GET", ORIGINS)).count)
      local again = create(model, single())
      assert.is_nil(path:find(again.origin_key, 1, true))
    end)

    it("but not one that a rule uses", function()
      local _, value = call(model, "GET", ORIGINS, { query = { name = "used-by-rule" } })
      local path = ORIGINS .. "/" .. value.results[1].origin_key
      call(model, "PATCH", path, { body = { name = "still used" } })
      local reply, message = call(model, "DELETE", path)
      assert.equal(409, reply.status)
      assert.equal("Origin can not be deleted because it is being used on Rules Engine.", message)
      assert.equal(200, call(model, "GET", path).status)
    end)

    it("refuses a name that is taken, and leaves an item its own", function()
      local reply, value = call(model, "POST", ORIGINS, { body = single { name = "origin-001" } })
      assert.equal(409, reply.status)
      assert.truthy(value.name_already_in_use)
      local _, path = create(model, single())
      assert.equal(200, call(model, "PATCH", path, { body = { name = "new" } }).status)
      assert.equal(409, call(model, "PATCH", path, { body = { name = "origin-001" } }).status)
    end)

    it("takes nothing but name, bucket and prefix to change an object storage", function()
      local storage, path = create(model, { name = "s", origin_type = "object_storage", bucket = "b", prefix = "/p" })
      for _, method in ipairs { "PATCH", "PUT" } do
        for _, field in ipairs { "origin_type", "addresses", "host_header", "unknown" } do
          local body = { name = "s", bucket = "b", [field] = storage[field] or "x" }
          local reply, value = call(model, method, path, { body = body })
          assert.equal(400, reply.status)
          assert.same({
            "To update a Origin of the type Object Storage, the allowed fields are name, bucket and prefix.",
          }, value)
        end
      end
      local reply, value = call(model, "PATCH", path, { body = { prefix = "/q" } })
      assert.equal(200, reply.status)
      assert.same({ "b", "/q" }, { value.results.bucket, value.results.prefix })
      reply, value = call(model, "PUT", path, { body = { name = "t", bucket = "c" } })
      assert.equal(200, reply.status)
      local item = value.results
      assert.same({ "object_storage", "c", "/" }, { item.origin_type, item.bucket, item.prefix })
    end)

    it("ignores what is not a field and what cannot be written", function()
      local item = create(model, single { unknown = 1, origin_id = 7, connection_timeout = 5, method = "ip_hash" })
      assert.is_nil(item.unknown)
      assert.not_equal(7, item.origin_id)
      assert.equal(60, item.connection_timeout)
      assert.equal("", item.method)
    end)
  end)

  describe("refuses an origin with", function()
    local function balancer(weight)
      return { origin_type = "load_balancer", addresses = { { address = "a.example", weight = weight } } }
    end
    local function at(address, policy)
      return { addresses = { { address = address } }, origin_protocol_policy = policy }
    end
    local exactly_one = { addresses = { "An Origin of the type Single Origin must have exactly one address." } }
    local function bad_address(message)
      return { addresses = { { address = { message } } } }
    end
    local scheme, path = "The address must not contain a scheme.", "The address must not contain a path."
    local invalid = "Enter a valid address."
    local port = "A port is allowed only if the origin protocol policy is http or https."

    local cases = {
      { "a blank name", { name = " " }, { name = { "This field may not be blank." } } },
      { "a null name", { name = json.null }, { name = { "This field may not be null." } } },
      { "a number for a name", { name = 1 }, { name = { "Not a valid string." } } },
      { "a name too long", { name = ("x"):rep(256) },
        { name = { "Ensure this field has no more than 255 characters." } } },
      { "an unknown type", { origin_type = "other" }, { origin_type = { '"other" is not a valid choice.' } } },
      { "an unknown policy", { origin_protocol_policy = "ftp" },
        { origin_protocol_policy = { '"ftp" is not a valid choice.' } } },
      { "a word for a flag", { hmac_authentication = "yes" },
        { hmac_authentication = { "Must be a valid boolean." } } },
      { "a word for the addresses", { addresses = "a.example" },
        { addresses = { 'Expected a list of items but got type "str".' } } },
      { "an object for the addresses", { addresses = { address = "a.example" } },
        { addresses = { 'Expected a list of items but got type "dict".' } } },
      { "no address", { addresses = json.array {} }, exactly_one },
      { "two addresses", { addresses = { { address = "a.example" }, { address = "b.example" } } }, exactly_one },
      { "an empty address", at "", bad_address "This field may not be blank." },
      { "a scheme", at "https://a.example", bad_address(scheme) },
      { "a path", at "a.example/x", bad_address(path) },
      { "a space in the address", at "a example", bad_address(invalid) },
      { "a port and policy preserve", at("a.example:80", "preserve"), bad_address(port) },
      { "port 0", at("a.example:0", "http"), bad_address(invalid) },
      { "port 65536", at("a.example:65536", "http"), bad_address(invalid) },
      { "no port after the colon", at("a.example:", "http"), bad_address(invalid) },
      { "an unknown role", { addresses = { { address = "a.example", server_role = "third" } } },
        { addresses = { { server_role = { '"third" is not a valid choice.' } } } } },
      { "weight 0", balancer(0),
        { addresses = { { weight = { "Ensure this value is greater than or equal to 1." } } } } },
      { "weight 101", balancer(101),
        { addresses = { { weight = { "Ensure this value is less than or equal to 100." } } } } },
      { "weight 1.5", balancer(1.5), { addresses = { { weight = { "A valid integer is required." } } } } },
      { "a word for a weight", balancer "1", { addresses = { { weight = { "A valid integer is required." } } } } },
      { "a load balancer without addresses", { origin_type = "load_balancer", addresses = json.array {} },
        { addresses = { "This list may not be empty." } } },
      { "a fault in the second address only",
        { origin_type = "load_balancer", addresses = { { address = "a.example" }, { address = "http://b" } } },
        { addresses = { {}, { address = { scheme } } } } },
      { "an unknown method", { origin_type = "load_balancer", method = "any" },
        { method = { '"any" is not a valid choice.' } } },
      { "a path without its slash", { origin_path = "x" },
        { origin_path = { "Enter a valid path: it begins with a slash." } } },
      { "HMAC without its keys", { hmac_authentication = true, hmac_region_name = "r" },
        { hmac_access_key = { "This field is required." }, hmac_secret_key = { "This field is required." } } },
      { "an object storage without a bucket", { origin_type = "object_storage" },
        { bucket = { "This field is required." } } },
      { "a live ingest without an endpoint", { origin_type = "live_ingest" },
        { streaming_endpoint = { "This field is required." } } },
      { "a live ingest at another host", { origin_type = "live_ingest", streaming_endpoint = "x" },
        { streaming_endpoint = { '"x" is not a valid choice.' } } },
    }
    for _, case in ipairs(cases) do
      it(case[1], function()
        local reply, value = call(model, "POST", ORIGINS, { body = single(case[2]) })
        assert.equal(400, reply.status)
        assert.same(case[3], value)
        assert.equal(25, select(2, call(model, "GET", ORIGINS)).count)
      end)
    end
  end)

  describe("takes as an address", function()
    local cases = {
      { "a.example" }, { "1.2.3.4" }, { "a.example:8080", "http" }, { "a.example:1", "https" },
      { "2001:db8::1" }, { "::1" }, { "[2001:db8::1]:443", "https" }, { "under_score.example" },
    }
    for _, case in ipairs(cases) do
      it(case[1], function()
        local item = create(model, single {
          addresses = { { address = case[1] } },
          origin_protocol_policy = case[2],
        })
        assert.equal(case[1], item.addresses[1].address)
      end)
    end
  end)

  describe("keeps edge applications", function()
    it("with a smaller shape in lists, where origin_id is the key", function()
      local _, value = call(model, "GET", "/edge_applications")
      assert.equal(2, value.count)
      local item = value.results[1]
      assert.equal(1618339282, item.id)
      assert.is_nil(item.http_port)
      assert.equal(25, #item.origins)
      assert.truthy(item.origins[1].origin_id:find(UUID_V4))
      assert.equal(200, call(model, "GET", ORIGINS .. "/" .. item.origins[1].origin_id).status)
      local _, details = call(model, "GET", "/edge_applications/1618339282")
      assert.same({ 80 }, details.results.http_port)
      assert.equal(json.null, details.results.websocket)
      assert.is_nil(details.results.origins)
    end)

    it("creates one with a Default Origin that is in use", function()
      local reply, value = call(model, "POST", "/edge_applications", {
        body = { name = "mine", address = "a.example", http_port = 8080, delivery_protocol = "http,https" },
      })
      assert.equal(201, reply.status)
      assert.equal(1618339284, value.results.id)
      assert.same({ 8080 }, value.results.http_port)
      local path = "/edge_applications/1618339284/origins"
      local _, origins = call(model, "GET", path)
      assert.equal(1, origins.count)
      assert.equal("Default Origin", origins.results[1].name)
      assert.equal("a.example", origins.results[1].addresses[1].address)
      assert.equal(409, call(model, "DELETE", path .. "/" .. origins.results[1].origin_key).status)
    end)

    it("overwrites, updates and deletes", function()
      local path = "/edge_applications/1618339283"
      local _, value = call(model, "PATCH", path, { body = { http3 = true } })
      assert.is_true(value.results.http3)
      assert.equal("application-002", value.results.name)
      _, value = call(model, "PUT", path, { body = { name = "other" } })
      assert.is_false(value.results.http3)
      assert.equal(400, call(model, "PUT", path, { body = { http3 = true } }).status)
      assert.equal(409, call(model, "PUT", path, { body = { name = "application-001" } }).status)
      assert.equal(204, call(model, "DELETE", path).status)
      assert.equal(404, call(model, "GET", path .. "/origins").status)
      _, value = call(model, "POST", "/edge_applications", { body = { name = "next" } })
      assert.equal(1618339284, value.results.id)
    end)
  end)

  describe("gives out tokens", function()
    -- printf 'user@example.com:secret' | base64, and with a line feed at the end, as the documentation has it.
    local GOOD = { "Basic dXNlckBleGFtcGxlLmNvbTpzZWNyZXQ=", "basic dXNlckBleGFtcGxlLmNvbTpzZWNyZXQK" }

    local function with(authorization)
      return { headers = { authorization = authorization } }
    end

    it("for e-mail and password, in either form", function()
      clock = 1554126808.536782
      for _, authorization in ipairs(GOOD) do
        local reply, value = call(model, "POST", "/tokens", with(authorization))
        assert.equal(201, reply.status)
        assert.truthy(value.token:find("^" .. ("%x"):rep(40) .. "$"))
        assert.truthy(value.created_at:find "^2019%-04%-01 13:53:28%.53678[12]%+00:00$", value.created_at)
        assert.truthy(value.expires_at:find "^2019%-04%-02 13:53:28%.53678[12]%+00:00$", value.expires_at)
      end
    end)

    it("that work for a day, or until they are revoked", function()
      local numbers = 0
      model = new {
        random = function()
          numbers = (numbers + 0.37) % 1
          return numbers
        end,
      }
      local _, first = call(model, "POST", "/tokens", with(GOOD[1]))
      local _, second = call(model, "POST", "/tokens", with(GOOD[1]))
      assert.not_equal(first.token, second.token)
      assert.equal(200, call(model, "GET", ORIGINS, with("token " .. first.token)).status)
      assert.equal(204, call(model, "DELETE", "/tokens/" .. first.token, with(GOOD[2])).status)
      local reply, value = call(model, "GET", ORIGINS, with("token " .. first.token))
      assert.equal(401, reply.status)
      assert.same({ detail = "Invalid token." }, value)
      assert.equal(404, call(model, "DELETE", "/tokens/" .. first.token, with(GOOD[1])).status)
      clock = clock + 86399
      assert.equal(200, call(model, "GET", ORIGINS, with("token " .. second.token)).status)
      clock = clock + 1
      assert.equal(401, call(model, "GET", ORIGINS, with("token " .. second.token)).status)
      assert.equal(200, call(model, "GET", ORIGINS).status)
    end)

    it("and for nothing else", function()
      for _, authorization in ipairs { "Basic dXNlcjpzZWNyZXQ=", "Basic", "token " .. TOKEN, GOOD[1] .. "=" } do
        assert.equal(401, call(model, "POST", "/tokens", with(authorization)).status)
        assert.equal(401, call(model, "DELETE", "/tokens/" .. TOKEN, with(authorization)).status)
      end
      assert.equal(401, call(model, "POST", "/tokens", with(false)).status)
      assert.equal(200, call(model, "GET", ORIGINS).status)
      assert.equal(405, call(model, "GET", "/tokens", with(GOOD[1])).status)
    end)
  end)

  describe("counts", function()
    local function limited(options)
      options.window = options.window or 60
      return new(options)
    end

    it("reads and writes apart, strictly, in windows that begin with their first call", function()
      clock = 1700000000.25
      model = limited { limits = { read = 3, write = 1 } }
      for remaining = 2, 0, -1 do
        local reply = call(model, "GET", ORIGINS)
        assert.equal(200, reply.status)
        assert.equal("3", reply.headers["X-RateLimit-Limit"])
        assert.equal(tostring(remaining), reply.headers["X-RateLimit-Remaining"])
        assert.equal("2023-11-14T22:14:20.250000", reply.headers["X-RateLimit-Reset"])
        assert.is_nil(reply.headers["Retry-After"])
        clock = clock + 10
      end
      local reply, value = call(model, "GET", "/edge_applications")
      assert.equal(429, reply.status)
      assert.equal("read", reply.bucket)
      assert.equal("30", reply.headers["Retry-After"])
      assert.equal("0", reply.headers["X-RateLimit-Remaining"])
      assert.equal("2023-11-14T22:14:20.250000", reply.headers["X-RateLimit-Reset"])
      assert.same({ detail = "Request was throttled. Expected available in 30 seconds." }, value)
      reply = call(model, "POST", ORIGINS, { body = single() })
      assert.equal(201, reply.status)
      assert.equal("2023-11-14T22:14:50.250000", reply.headers["X-RateLimit-Reset"])
      assert.equal(429, call(model, "DELETE", ORIGINS .. "/x").status)
      clock = 1700000060.2
      reply = call(model, "GET", ORIGINS)
      assert.equal(429, reply.status)
      assert.equal("1", reply.headers["Retry-After"])
      clock = 1700000060.25
      assert.equal(200, call(model, "GET", ORIGINS).status)
    end)

    it("refused calls of other kinds too, but says so on successes only", function()
      model = limited { limits = { read = 2 } }
      local reply = call(model, "GET", ORIGINS .. "/x")
      assert.equal(404, reply.status)
      assert.is_nil(reply.headers["X-RateLimit-Limit"])
      assert.equal("0", call(model, "GET", ORIGINS).headers["X-RateLimit-Remaining"])
    end)

    it("nothing for those who do not prove who they are", function()
      model = limited { limits = { read = 1 } }
      for _ = 1, 3 do
        assert.equal(401, call(model, "GET", ORIGINS, { headers = { authorization = false } }).status)
        assert.equal(406, call(model, "GET", ORIGINS, { headers = { accept = "*/*" } }).status)
      end
      assert.equal(200, call(model, "GET", ORIGINS).status)
    end)

    it("without Retry-After, if told so, and not at all where there is no limit", function()
      model = limited { limits = { read = 1, write = false }, retry_after = false }
      call(model, "GET", ORIGINS)
      local reply = call(model, "GET", ORIGINS)
      assert.equal(429, reply.status)
      assert.is_nil(reply.headers["Retry-After"])
      assert.truthy(reply.headers["X-RateLimit-Reset"])
      reply = call(model, "POST", ORIGINS, { body = single() })
      assert.equal(201, reply.status)
      assert.is_nil(reply.headers["X-RateLimit-Limit"])
    end)

    it("in windows of which each begins where the last one ended, however late the next call comes", function()
      local counter = limits.new { limits = { read = 1 }, window = 10 }
      local function reset(time)
        local allowed, headers = counter:take("read", time)
        assert.is_true(allowed)
        return headers["X-RateLimit-Reset"]:sub(-9)
      end
      assert.equal("12.500000", reset(2.5))
      assert.equal("22.500000", reset(12.5))
      assert.equal("42.500000", reset(32.75))
      assert.is_false((counter:take("read", 42.25)))
    end)

    it("in fractions of a second", function()
      local counter = limits.new { limits = { read = 1 }, window = 0.5 }
      local allowed, headers = counter:take("read", 0.9999996)
      assert.is_true(allowed)
      assert.equal("1970-01-01T00:00:01.500000", headers["X-RateLimit-Reset"])
      assert.is_false((counter:take("read", 1.4)))
      assert.is_true((counter:take("read", 1.5)))
    end)

    it("in sliding windows", function()
      local counter = limits.new { limits = { kind = "sliding", read = 2 }, window = 10 }
      local function take(time)
        local allowed, headers, wait = counter:take("read", time)
        return { allowed, headers["X-RateLimit-Remaining"], headers["X-RateLimit-Reset"]:sub(-9), wait }
      end
      assert.same({ true, "1", "10.000000", 10 }, take(0))
      assert.same({ true, "0", "14.000000", 10 }, take(4))
      assert.same({ false, "0", "10.000000", 1 }, take(9.5))
      assert.same({ true, "0", "20.000000", 10 }, take(10))
      assert.same({ false, "0", "14.000000", 4 }, take(10))
      assert.same({ true, "0", "24.000000", 10 }, take(14))
      assert.same({ true, "1", "50.000000", 10 }, take(40))
    end)
  end)

  describe("fails as scripted", function()
    local function answer(script, method, path, fields)
      local asked = request(method or "GET", path or ORIGINS, fields)
      return faults.answer(model, asked, script:match(asked.method, asked.path))
    end

    it("for the method, the path and the turn that are named", function()
      local script = faults.new {
        { method = "post", path = ORIGINS, nth = 2, status = 503 },
        { path = ORIGINS .. "/*", status = 500 },
        { path = "/edge_applications", nth = 1, status = 502 },
      }
      assert.equal(200, answer(script).reply.status)
      assert.equal(400, answer(script, "POST").reply.status)
      assert.equal(503, answer(script, "POST").reply.status)
      assert.equal(400, answer(script, "POST").reply.status)
      assert.equal(500, answer(script, "GET", ORIGINS .. "/x").reply.status)
      assert.equal(502, answer(script, "GET", "/edge_applications").reply.status)
      assert.equal(200, answer(script, "GET", "/edge_applications").reply.status)
    end)

    it("turn by turn, where several are due", function()
      local script = faults.new { { nth = 1, status = 500 }, { nth = 2, status = 502 }, { nth = 3, status = 504 } }
      for _, status in ipairs { 500, 502, 504, 200 } do
        assert.equal(status, answer(script).reply.status)
      end
    end)

    describe("by chance", function()
      local function statuses(list, seed, count)
        local script, found = faults.new(list, seed), {}
        for turn = 1, count do
          found[turn] = script:match("GET", ORIGINS) and script.list[1].status or 200
        end
        return found
      end

      it("for the share that is named, whatever the seed", function()
        for _, seed in ipairs { 0, 1, 2, 7, 1000, 2 ^ 31, 2 ^ 40 } do
          local count = 0
          for _, status in ipairs(statuses({ { rate = 0.2, status = 503 } }, seed, 10000)) do
            count = count + (status == 503 and 1 or 0)
          end
          assert.is_true(count > 1800 and count < 2200, ("%d of 10000 with seed %d"):format(count, seed))
        end
      end)

      it("that a seed repeats, and another one does not", function()
        local list = { { rate = 0.5, status = 503 } }
        assert.same(statuses(list, 5, 100), statuses(list, 5, 100))
        assert.not_same(statuses(list, 5, 100), statuses(list, 6, 100))
        assert.same(statuses(list, 1, 100), statuses(list, nil, 100))
      end)

      it("for one of several, each by its own chance", function()
        local script, counts = faults.new({ { rate = 0.1, status = 500 }, { rate = 0.1, status = 502 } }, 3), {}
        for _ = 1, 10000 do
          local fault = script:match("GET", ORIGINS)
          local status = fault and fault.status or 200
          counts[status] = (counts[status] or 0) + 1
        end
        assert.is_true(counts[500] > 850 and counts[500] < 1150)
        assert.is_true(counts[502] > 750 and counts[502] < 1050)
      end)

      it("always, with a rate of 1", function()
        for _, status in ipairs(statuses({ { rate = 1, status = 503 } }, 1, 1000)) do
          assert.equal(503, status)
        end
      end)
    end)

    it("before the model sees the request, or after it carried it out", function()
      local script = faults.new {
        { method = "POST", nth = 1, action = "reset" },
        { method = "POST", nth = 2, action = "reset", apply = true },
      }
      local function count()
        return select(2, call(model, "GET", ORIGINS)).count
      end
      local outcome = answer(script, "POST", ORIGINS, { body = single() })
      assert.equal("reset", outcome.action)
      assert.is_false(outcome.applied)
      assert.equal(25, count())
      outcome = answer(script, "POST", ORIGINS, { body = single() })
      assert.equal("reset", outcome.action)
      assert.is_true(outcome.applied)
      assert.equal(26, count())
    end)

    local replies = {
      { "a status alone", { status = 404 }, 404, "application/json", '{"detail":"Not found."}' },
      { "a gateway's status", { status = 502 }, 502, "text/html", nil },
      { "a success alone", { status = 200 }, 200, "text/html", "" },
      { "a body alone", { body = "[]" }, 200, "application/json", "[]" },
      { "garbage", { action = "garbage" }, 200, "text/html", nil },
      { "garbage of another status", { action = "garbage", status = 500 }, 500, "text/html", nil },
      { "a header in place of our own", { status = 429, headers = { ["content-type"] = "text/plain" } }, 429 },
    }
    for _, case in ipairs(replies) do
      it("with " .. case[1], function()
        local outcome = answer(faults.new { case[2] })
        assert.equal(case[3], outcome.reply.status)
        assert.equal(case[4], outcome.reply.headers["Content-Type"])
        if case[5] then
          assert.equal(case[5], outcome.reply.body)
        elseif case[4] == "text/html" then
          assert.truthy(outcome.reply.body:find "^<!DOCTYPE html>")
        end
        assert.is_nil(outcome.action)
      end)
    end

    it("by delay and headers alone, without keeping the request from the model", function()
      local outcome = answer(faults.new { { delay = 3, headers = { ["X-Odd"] = { "1", "2" } } } })
      assert.equal(3, outcome.delay)
      assert.equal(200, outcome.reply.status)
      assert.same({ "1", "2" }, outcome.reply.headers["X-Odd"])
      assert.is_true(outcome.applied)
    end)

    it("by changing what is listed", function()
      local script = faults.new { { path = ORIGINS, nth = 2, action = "mutate", delete = { 1, 3 }, insert = 1 } }
      assert.truthy(answer(script).reply.body:find('"count":25', 1, true))
      local outcome = answer(script)
      assert.is_nil(outcome.action)
      local value = json.decode(outcome.reply.body)
      assert.equal(24, value.count)
      assert.equal("origin-002", value.results[1].name)
      assert.equal("origin-004", value.results[2].name)
      local _, last = call(model, "GET", ORIGINS, { query = { sort = "desc", page_size = "1" } })
      assert.equal("origin-026", last.results[1].name)
    end)

    it("with any body that the API is known to send", function()
      local bodies = {
        b = '{"errors":[{"message":"Bad Request","error":"bad_request"}],"schema_version":3}',
        e = [[{"behaviors":{"incompatible_behaviors":["(u'set_cache_policy', ['deny'])"]}}]],
        h = '{"errors":["msg1","msg2"]}',
        j = '{"detail":"The field name needs to be unique."}',
        k = '{"details":"Purge request successfully created"}',
        m = '{"errors":[{"status":"429","code":"10010","title":"Throttled","detail":"Request was throttled."}]}',
      }
      for _, body in pairs(bodies) do
        local reply = answer(faults.new { { status = 400, body = body } }).reply
        assert.equal(body, reply.body)
        assert.equal("application/json", reply.headers["Content-Type"])
      end
    end)
  end)
end)
