-- Version 4 of the sandbox: addresses, credentials, envelopes, errors, and what an option decides.
local azion = require("azion")
local sandboxes = require("spec.support.sandbox_v4")

local APPLICATIONS, CONNECTORS = "/workspace/applications", "/workspace/connectors"

local function with_server(options, fn)
  local server = sandboxes.start(options)
  local ok, problem = pcall(fn, server)
  server:stop()
  assert(ok, problem)
end

-- What curl gets: headers and bytes that no client of ours has touched.
local function curl(server, path, ...)
  local sandbox = server.sandbox
  local command = { "curl -sS -i --http1.1 --cacert", sandbox.ca_file, ... }
  command[#command + 1] = ("'%s%s'"):format(sandbox.base_url, path)
  local pipe = assert(io.popen(table.concat(command, " ")))
  local text = pipe:read("*a")
  pipe:close()
  local status, head, body = text:match("^HTTP/1.1 (%d+)[^\r]*(.-)\r\n\r\n(.*)$")
  return tonumber(status), body, head:lower()
end

local function token_header(server)
  return ("-H 'Authorization: token %s'"):format(server.sandbox.token)
end

describe("version 4 of the sandbox", function()
  local server

  setup(function()
    server = sandboxes.start({})
  end)

  teardown(function()
    server:stop()
  end)

  it("lies below /v4 of version 3, on the same token", function()
    local sandbox = server.sandbox
    assert.equal(sandbox.account_url .. "/v4", sandbox.base_url)
    local v3 = assert(azion.client({
      base_url = sandbox.account_url, token = sandbox.token, ca_file = sandbox.ca_file,
    }))
    assert.equal(25, #assert(v3:origins(1618339282):all()))
    assert.same({}, assert(v3:request("GET", "/api/account/info")).client_flags)
    v3:close()
    local none, err = azion.client({ base_url = sandbox.account_url, token = "x", ca_file = sandbox.ca_file })
      :request("GET", "/api/account/info")
    assert.is_nil(none)
    assert.equal(401, err.status)
  end)

  it("begins with some of each resource, under names of its own", function()
    local counts = {
      ["/workspace/applications"] = 1, ["/workspace/functions"] = 2, ["/workspace/connectors"] = 25,
      ["/workspace/custom_pages"] = 0, ["/workspace/network_lists"] = 2, ["/workspace/workloads"] = 1,
      ["/workspace/tls/certificates"] = 1, ["/workspace/tls/crls"] = 0, ["/workspace/firewalls"] = 1,
      ["/workspace/wafs"] = 1, ["/workspace/dns/zones"] = 1, ["/workspace/storage/buckets"] = 1,
      ["/iam/personal_tokens"] = 1,
    }
    for path, count in pairs(counts) do
      assert.equal(count, server:expect(200, "GET", path).count, path)
    end
    local path = ("%s/%d/"):format(APPLICATIONS, server:id(APPLICATIONS))
    counts = { cache_settings = 2, device_groups = 1, request_rules = 2, response_rules = 1, functions = 1 }
    for name, count in pairs(counts) do
      assert.equal(count, server:expect(200, "GET", path .. name).count, name)
    end
  end)

  it("answers items and lists in version 4's envelopes", function()
    local path = ("%s/%d"):format(CONNECTORS, server:id(CONNECTORS))
    local item, body = server:expect(200, "GET", path)
    assert.equal("executed", body.state)
    local changed = server:expect(200, "PATCH", path, { type = "http", active = true })
    assert.equal(item.created_at, changed.created_at)
    assert.truthy(changed.last_modified > item.last_modified)
    assert.same({ "connector-001", true, "http" }, { item.name, item.active, item.type })
    assert.matches("^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d%d%d%d%d%dZ$", item.last_modified)
    assert.equal("user@example.com", item.last_editor)
    local _, text = curl(server, CONNECTORS .. "?page_size=10&page=2", token_header(server))
    local link = '"https://api.azion.com/v4/workspace/connectors?page=%d&page_size=10"'
    local head = '{"count":25,"total_pages":3,"page":2,"page_size":10,"next":%s,"previous":%s,"results":[{"id":'
    head = head:format(link:format(3), link:format(1))
    assert.equal(head, text:sub(1, #head))
    _, text = curl(server, "/workspace/tls/crls", token_header(server))
    assert.equal('{"count":0,"total_pages":1,"page":1,"page_size":10,"next":null,"previous":null,"results":[]}', text)
  end)

  it("shows defaults and nulls of what was not given", function()
    local connector = server:expect(201, "POST", CONNECTORS, sandboxes.connector("shown"))
    local status, text = curl(server, ("%s/%d"):format(CONNECTORS, connector.id), token_header(server))
    assert.equal(200, status)
    assert.truthy(text:find('"addresses":[{"active":true,"address":"a.example","http_port":80,"https_port":443,'
      .. '"modules":null}]', 1, true), text)
    assert.truthy(text:find('"load_balancer":{"config":null,"enabled":false}', 1, true), text)
    assert.equal("${host}", connector.attributes.connection_options.host)
  end)

  it("replaces what a PATCH names, whole, and what a PUT leaves out by defaults", function()
    local path = "/workspace/functions"
    local made = server:expect(201, "POST", path,
      { name = "f", code = "1", default_args = { a = 1, b = { c = 2 } }, execution_environment = "firewall" })
    local item = ("%s/%d"):format(path, made.id)
    local patched = server:expect(200, "PATCH", item, { default_args = { b = { d = 3 } } })
    assert.same({ b = { d = 3 } }, patched.default_args)
    assert.equal("firewall", patched.execution_environment)
    assert.equal("application", server:expect(200, "PUT", item, { name = "g", code = "2" }).execution_environment)
    assert.same({ "/data/code 10059 The {field} field is required." }, server:refused("PUT", item, { name = "g" }))
    assert.same({ state = "executed" }, (server:expect(200, "DELETE", item)))
    server:expect(404, "GET", item)
  end)

  it("keeps lists in a user's own objects apart from objects, empty ones too", function()
    local args = { list = azion.array({}), nested = { { azion.array({}) } }, text = 'a [] "[]" \\' }
    local made = server:expect(201, "POST", "/workspace/functions", { name = "own", code = "[]", default_args = args })
    local _, text = curl(server, ("/workspace/functions/%d"):format(made.id), token_header(server))
    assert.truthy(text:find('"default_args":{"list":[],"nested":[[[]]],"text":"a [] \\"[]\\" \\\\"}', 1, true), text)
    assert.truthy(text:find('"azion_form":{}', 1, true), text)
  end)

  it("refuses as JSON:API does", function()
    local cases = {
      { "/workspace/nothing", 404, "10004", token_header(server) },
      { APPLICATIONS .. "/1", 404, "10004", token_header(server) },
      { APPLICATIONS .. "/1/cache_settings", 404, "10004", token_header(server) },
      { APPLICATIONS, 401, "10001", "-H 'Authorization: token x'" },
      { APPLICATIONS, 401, "10001" },
      { APPLICATIONS, 405, "10007", token_header(server), "-X DELETE" },
      { APPLICATIONS, 406, "10005", token_header(server), "-H 'Accept: text/html'" },
      { APPLICATIONS, 400, "10000", token_header(server), "-d '{'" },
      { APPLICATIONS, 400, "10000", token_header(server), "-d '[1]'" },
    }
    for _, case in ipairs(cases) do
      local status, body, head = curl(server, case[1], case[4] or "", case[5] or "")
      assert.equal(case[2], status)
      assert.matches(('^{"errors":%%[{"status":"%d","code":"%s","title":"[^"]+","detail":"[^"]+"'):format(
        case[2], case[3]), body)
      assert.matches("content%-type: application/json", head)
    end
  end)

  it("takes any Accept that has JSON in it, and a token in either case", function()
    for _, accept in ipairs({ "application/json", "application/json; version=3", "*/*", "text/html, application/*" }) do
      assert.equal(200, (curl(server, APPLICATIONS, token_header(server), ("-H 'Accept: %s'"):format(accept))))
    end
    local upper = token_header(server):gsub("token", "Token")
    assert.equal(200, (curl(server, APPLICATIONS, upper)))
  end)

  it("names every field that is wrong, by a pointer from 0", function()
    assert.same({
      "/data/attributes/addresses/0/address 10059 The {field} field is required.",
      "/data/attributes/addresses/1/http_port 10000 Expected 1 to 65535, got 0.",
      "/data/name 10059 The {field} field is required.",
    }, server:refused("POST", CONNECTORS,
      { type = "http", attributes = { addresses = { { http_port = 80 }, { address = "b", http_port = 0 } } } }))
    assert.same({ "/data/attributes/addresses 10049 Ensure this field has at least 1 elements." },
      server:refused("POST", CONNECTORS,
        { name = "n", type = "http", attributes = { addresses = azion.array({}) } }))
  end)

  it("has no method where the API has none", function()
    local bucket = "/workspace/storage/buckets/" .. server:listed("/workspace/storage/buckets", "name")[1]
    server:expect(405, "PUT", bucket, {})
    local uuid = server:expect(200, "GET", "/iam/personal_tokens").results[1].uuid
    server:expect(405, "GET", "/iam/personal_tokens/" .. uuid)
    server:expect(405, "GET", ("%s/%d/clone"):format(APPLICATIONS, server:id(APPLICATIONS)))
    server:expect(404, "POST", ("%s/%d/clone"):format(CONNECTORS, server:id(CONNECTORS)), { name = "x" })
  end)
end)

describe("an option of the sandbox", function()
  it("makes writes pending, with 202 where that is declared, and a while of GETs", function()
    with_server({ state = "pending" }, function(server)
      local function make(status, path, body)
        local data, whole = server:expect(status, "POST", path, body)
        assert.equal("pending", whole.state)
        return data
      end
      local made = make(201, CONNECTORS, sandboxes.connector("p"))
      make(202, "/workspace/workloads", { name = "p" })
      make(202, "/workspace/storage/buckets", { name = "bucket-p", workloads_access = "restricted" })
      local path = ("%s/%d"):format(CONNECTORS, made.id)
      assert.equal("executed", select(2, server:expect(200, "GET", path)).state)
      assert.equal("pending", server:expect(200, "DELETE", path).state)
    end)
    with_server({ state = "pending", pending_for = 600 }, function(server)
      local made = server:expect(201, "POST", CONNECTORS, sandboxes.connector("p"))
      assert.equal("pending", select(2, server:expect(200, "GET", ("%s/%d"):format(CONNECTORS, made.id))).state)
      assert.equal("executed",
        select(2, server:expect(200, "GET", ("%s/%d"):format(CONNECTORS, server:id(CONNECTORS)))).state)
    end)
  end)

  it("sends no rate headers but Retry-After, or all of them, and counts strictly by bucket", function()
    with_server({ limits = { read = 2, write = 1, purge = 1 }, window = 600 }, function(server)
      for _ = 1, 2 do
        local _, _, response = server:expect(200, "GET", CONNECTORS)
        assert.is_nil(response.headers["x-ratelimit-limit"])
      end
      local body, _, response = server:expect(429, "GET", CONNECTORS)
      assert.same({ "10010", "Request was throttled." }, { body.errors[1].code, body.errors[1].detail })
      assert.truthy(tonumber(response.headers["retry-after"]) > 500)
      assert.is_nil(response.headers["x-ratelimit-limit"])
      server:expect(201, "POST", CONNECTORS, sandboxes.connector("w"))
      server:expect(429, "POST", CONNECTORS, sandboxes.connector("x"))
      server:expect(201, "POST", "/workspace/purge/url", { items = { "a.example/x" } })
      server:expect(429, "POST", "/workspace/purge/cachekey", { items = { "a" } })
      server:expect(201, "POST", "/workspace/purge/wildcard", { items = { "a.example/*" } })
    end)
    with_server({ limits = { read = 9 }, rate_headers = true }, function(server)
      local _, _, response = server:expect(200, "GET", CONNECTORS)
      assert.same({ "9", "8" }, { response.headers["x-ratelimit-limit"], response.headers["x-ratelimit-remaining"] })
    end)
    with_server({ limits = { read = 1 }, retry_after = false }, function(server)
      server:expect(200, "GET", CONNECTORS)
      assert.is_nil(select(3, server:expect(429, "GET", CONNECTORS)).headers["retry-after"])
    end)
  end)

  it("says what becomes of pages that are too large or do not exist", function()
    with_server({ seed = 120 }, function(server)
      assert.equal(100, server:expect(200, "GET", CONNECTORS, nil, { page_size = 101 }).page_size)
      assert.equal("10004", server:expect(404, "GET", CONNECTORS, nil, { page = 13 }).errors[1].code)
    end)
    with_server({ over_page_size = "reject", past_the_end = "empty" }, function(server)
      assert.same({ "page_size 10000 Ensure this value is less than or equal to 100." },
        server:refused("GET", CONNECTORS, nil, { page_size = 101 }))
      assert.same({}, server:expect(200, "GET", CONNECTORS, nil, { page = 4 }).results)
    end)
  end)

  it("masks HMAC keys", function()
    local hmac = { enabled = true, config = { type = "aws4_hmac_sha256",
      attributes = { region = "r", access_key = "ACCESS", secret_key = "SECRET" } } }
    local fields = sandboxes.connector("h", { attributes = { addresses = { { address = "a" } },
      modules = { origin_shield = { enabled = true, config = { hmac = hmac } } } } })
    for _, option in ipairs({ "shown", "masked" }) do
      with_server({ hmac_keys = option }, function(server)
        local made = server:expect(201, "POST", CONNECTORS, fields)
        local read = server:expect(200, "GET", ("%s/%d"):format(CONNECTORS, made.id))
        local shown = read.attributes.modules.origin_shield.config.hmac.config.attributes
        assert.same(option == "shown" and { "ACCESS", "SECRET", "r" } or { "********", "********", "r" },
          { shown.access_key, shown.secret_key, shown.region })
      end)
    end
  end)

  it("merges objects of a PATCH", function()
    with_server({ patch_depth = "merge" }, function(server)
      local path = ("%s/%d"):format(APPLICATIONS, server:id(APPLICATIONS))
      server:expect(200, "PATCH", path, { modules = { image_processor = { enabled = true } } })
      local item = server:expect(200, "PATCH", path, { modules = { cache = { enabled = false } } })
      assert.same({ true, false }, { item.modules.image_processor.enabled, item.modules.cache.enabled })
    end)
    with_server({}, function(server)
      local path = ("%s/%d"):format(APPLICATIONS, server:id(APPLICATIONS))
      server:expect(200, "PATCH", path, { modules = { image_processor = { enabled = true } } })
      local item = server:expect(200, "PATCH", path, { modules = { cache = { enabled = false } } })
      assert.same({ false, false }, { item.modules.image_processor.enabled, item.modules.cache.enabled })
    end)
  end)

  it("refuses unknown fields, at any depth", function()
    local fields = sandboxes.connector("u", { colour = 1 })
    fields.attributes.addresses[1].weight = 2
    with_server({ unknown_fields = "reject" }, function(server)
      assert.same({ "/data/attributes/addresses/0/weight 10000 Unknown.", "/data/colour 10000 Unknown." },
        server:refused("POST", CONNECTORS, fields))
    end)
    with_server({}, function(server)
      assert.is_nil(server:expect(201, "POST", CONNECTORS, fields).colour)
    end)
  end)

  it("lets deletions lag", function()
    with_server({ deletion_lag = 2 }, function(server)
      local path = ("%s/%d"):format(CONNECTORS, server:id(CONNECTORS))
      for _ = 1, 2 do
        assert.same({ "/data 10000 Cannot delete: referenced by another resource." }, server:refused("DELETE", path))
      end
      server:expect(200, "DELETE", path)
    end)
  end)

  it("gives 405 and 406 the codes of the merged file", function()
    with_server({ error_codes = "merged" }, function(server)
      assert.equal("10005", server:expect(405, "DELETE", CONNECTORS).errors[1].code)
      local body = server:call("GET", CONNECTORS, nil, nil, { Accept = "text/csv" })
      assert.equal("10006", body.errors[1].code)
    end)
  end)

  it("says which version an account speaks", function()
    local function of(server, path, token)
      local sandbox = server.sandbox
      local client = assert(azion.client({ base_url = sandbox.account_url, token = token or sandbox.token,
        ca_file = sandbox.ca_file, max_attempts = 1 }))
      local value, err = client:request("GET", path)
      client:close()
      return value, err and err.status
    end
    with_server({ speaks = "v4" }, function(server)
      assert.same({ "block_apiv3_access" }, of(server, "/api/account/info").client_flags)
      assert.equal(403, select(2, of(server, "/edge_applications")))
      assert.equal(401, select(2, of(server, "/edge_applications", "unknown")))
      server:expect(200, "GET", CONNECTORS)
    end)
    with_server({ speaks = "v3" }, function(server)
      assert.same({ "block_apiv4_incompatible_endpoints" }, of(server, "/api/account/info").client_flags)
      assert.truthy(of(server, "/edge_applications"))
      for _, name in ipairs({ "applications", "connectors", "workloads", "custom_pages" }) do
        assert.equal("10003", server:expect(403, "GET", "/workspace/" .. name).errors[1].code)
      end
      server:expect(200, "GET", "/workspace/functions")
    end)
  end)
end)
