-- Version 4 of the API, as a client sends it and reads it: paths, envelopes, keys, further methods, purges.
local azion = require("azion")
local core = require("azion.core")
local scripted_server = require("spec.support.scripted_server")

local server, client

local function start(answers, options)
  server = scripted_server.start(answers)
  client = server:client_of_v4(options)
end

local function last_request()
  local requests = server:requests()
  return requests[#requests]
end

local function assert_sent(method, path, body, query)
  local request = last_request()
  assert.equal(method .. " /v4" .. path, request.method .. " " .. request.path)
  assert.equal(body or "", request.body)
  assert.equal(query or request.query, request.query)
end

local function assert_invalid(field, text, value, err)
  assert.is_nil(value)
  assert.equal("invalid", err.kind)
  assert.equal(0, err.attempts)
  assert.is_truthy(err.fields[field], tostring(err))
  assert.is_truthy(err.message:find(text, 1, true), err.message)
  assert.equal(0, #server:requests())
end

local function data(item, state)
  return { 200, assert(core.encode({ state = state or "executed", data = item })) }
end

describe("version 4", function()
  after_each(function()
    if client then
      client:close()
      server:stop()
      client, server = nil, nil
    end
  end)

  it("has each collection at its path", function()
    local application = { id = 7, name = "shop" }
    local paths = {
      applications = "/workspace/applications",
      cache_settings = "/workspace/applications/7/cache_settings",
      device_groups = "/workspace/applications/7/device_groups",
      function_instances = "/workspace/applications/7/functions",
      functions = "/workspace/functions", connectors = "/workspace/connectors",
      custom_pages = "/workspace/custom_pages", network_lists = "/workspace/network_lists",
      workloads = "/workspace/workloads", deployments = "/workspace/workloads/7/deployments",
      certificates = "/workspace/tls/certificates", certificate_revocation_lists = "/workspace/tls/crls",
      firewalls = "/workspace/firewalls", firewall_rules = "/workspace/firewalls/7/request_rules",
      firewall_function_instances = "/workspace/firewalls/7/functions", wafs = "/workspace/wafs",
      waf_exceptions = "/workspace/wafs/7/exceptions", dns_zones = "/workspace/dns/zones",
      dns_records = "/workspace/dns/zones/7/records", buckets = "/workspace/storage/buckets",
      personal_tokens = "/iam/personal_tokens",
    }
    local answers = {}
    for _, path in pairs(paths) do
      answers["GET /v4" .. path] = { 200, '{"count":0,"results":[]}' }
    end
    answers["GET /v4/workspace/applications/7/response_rules"] = { 200, '{"results":[]}' }
    start(answers)
    for name, path in pairs(paths) do
      assert(client[name](client, application):list())
      assert_sent("GET", path)
    end
    assert(client:rules("7", "response"):list())
    assert_sent("GET", "/workspace/applications/7/response_rules")
    local request = last_request()
    assert.equal("token the-token", request.authorization)
    assert.equal("application/json", request.accept)
  end)

  it("takes the place from the environment, and has one of its own", function()
    assert.matches("^azion%.v4%.client %(https://api%.azion%.com/v4%)$",
      tostring((azion.v4.client { token = "t" })))
    assert.is_nil(azion.v4.create_token)
    assert.is_nil(azion.v4.revoke_token)
    assert.equal(azion.client, azion.v3.client)
    assert.equal(azion.create_token, azion.v3.create_token)
    local made = assert(azion.v4.client { token = "t" })
    assert.is_nil(made.origins)
    assert.is_nil(assert(azion.client { token = "t" }).connectors)
    made:close()
  end)

  it("gives an item and the state, whatever 2xx answers", function()
    start({
      ["POST /v4/workspace/workloads"] = { 202,
        '{"state":"pending","data":{"id":5,"name":"w","tls":{"certificate":null}}}' },
      ["GET /v4/workspace/workloads/5"] = { 200, '{"data":{"id":5}}' },
      ["PUT /v4/workspace/workloads/5"] = { 204, "" },
      ["DELETE /v4/workspace/workloads/5"] = { 202, '{"state":"pending"}' },
      ["DELETE /v4/workspace/workloads/6"] = { 204, "" },
    })
    local workloads = client:workloads()
    local item, err, response = workloads:create { name = "w" }
    assert.is_nil(err)
    assert.same({ id = 5, name = "w", tls = {} }, item)
    assert.equal(202, response.status)
    assert.equal("pending", response.state)
    item, err, response = workloads:get(item)
    assert.is_nil(err)
    assert.same({ id = 5 }, item)
    assert.is_nil(response.state)
    assert.is_true((workloads:overwrite(5, { name = "w" })))
    item, err, response = workloads:delete { id = 5, name = "w" }
    assert.is_nil(err)
    assert.is_true(item)
    assert.equal("pending", response.state)
    assert.is_true((workloads:delete(6)))
  end)

  for _, body in ipairs { "{}", '{"state":"executed"}', '{"state":"executed","data":null}', '{"data":[]}',
    '{"data":[{"id":1}]}', '{"data":"x"}', '{"id":1,"name":"bare"}', "[]", "1", '{"results":{"id":1}}', "<html>" } do
    it("takes no other reply for an item: " .. body, function()
      start({ ["GET /v4/workspace/connectors/1"] = { 200, body }, ["POST /v4/workspace/connectors"] = { 201, body } })
      local item, err = client:connectors():get(1)
      assert.is_nil(item)
      assert.equal("protocol", err.kind)
      item, err = client:connectors():create { name = "x" }
      assert.is_nil(item)
      assert.equal("protocol", err.kind)
      assert.is_true(err.maybe_applied)
    end)
  end

  it("has tokens bare, which can be listed, created and deleted", function()
    start({
      ["GET /v4/iam/personal_tokens"] = { 200, '{"count":1,"results":[{"uuid":"u-1","name":"ci"}]}' },
      ["POST /v4/iam/personal_tokens"] = { 201, '{"uuid":"u-2","name":"cd","key":"azion0123"}' },
      ["DELETE /v4/iam/personal_tokens/u-2"] = { 204, "" },
    })
    local tokens = client:personal_tokens()
    assert.equal("u-1", tokens:find("ci").uuid)
    local created = assert(tokens:create { name = "cd", expires_at = "2030-01-01T00:00" })
    assert.equal("azion0123", created.key)
    assert.is_true((tokens:delete(created)))
    local before = #server:requests()
    for _, method in ipairs { "get", "update", "overwrite" } do
      local item, err = tokens[method](tokens, "u-1", {})
      assert.is_nil(item)
      assert.equal("invalid", err.kind)
    end
    assert.equal(before, #server:requests())
  end)

  describe("a list", function()
    it("has its links in either version's place, and needs results only", function()
      start({ ["GET /v4/workspace/wafs"] = { 200, '{"count":3,"total_pages":2,"page":1,"page_size":2,'
        .. '"next":"https://elsewhere/?page=2","previous":null,"results":[{"id":1},{"id":2}]}' },
        ["GET /v4/workspace/firewalls"] = { 200, '{"results":[{"id":1}]}' } })
      local page = assert(client:wafs():list { page_size = 2 })
      assert.same({ next = "https://elsewhere/?page=2" }, page.links)
      assert.equal(3, page.count)
      assert.equal(2, page.total_pages)
      assert.equal(1, page.page)
      page = assert(client:firewalls():list())
      assert.same({ { id = 1 } }, page.results)
      assert.is_nil(page.count)
      assert.same({ { id = 1 } }, (client:firewalls():all()))
    end)

    it("is read to its end, whatever it tells of it", function()
      local path = "GET /v4/workspace/functions?page=%d&page_size=2"
      local function answers(extra, last)
        return {
          [path:format(1)] = { 200, '{"results":[{"id":1},{"id":2}]' .. extra .. "}" },
          [path:format(2)] = { 200, '{"results":[{"id":3},{"id":4}]' .. extra .. "}" },
          [path:format(3)] = last or { 200, '{"results":[{"id":5}]' .. extra .. "}" },
        }
      end
      for name, given in pairs { ["nothing"] = { "" }, ["count"] = { ',"count":5' }, ["pages"] = { ',"total_pages":3' },
        ["both"] = { ',"count":5,"total_pages":3' }, ["an empty page"] = { "", { 200, '{"results":[]}' } },
        ["404"] = { "", { 404, "{}" } } } do
        start(answers(given[1], given[2]))
        local items, err = client:functions():all { page_size = 2 }
        assert.is_nil(err, name)
        assert.equal(given[2] and 4 or 5, #items, name)
        client:close()
        server:stop()
      end
      start({})
    end)

    it("is read to its end by a server that grants smaller pages, and by one that has none", function()
      local function page(first, count)
        local items = {}
        for index = 1, count do
          items[index] = { id = first + index }
        end
        return { 200, assert(core.encode { results = items }) }
      end
      local path = "GET /v4/workspace/functions?page=%d&page_size=500"
      start({ [path:format(1)] = page(0, 100), [path:format(2)] = page(100, 100), [path:format(3)] = page(200, 30),
        ["GET /v4/workspace/wafs"] = page(0, 120) })
      assert.equal(230, #assert(client:functions():all { page_size = 500 }))
      assert.equal(120, #assert(client:wafs():all()))
    end)

    it("drops repeats by the collection's key", function()
      start({
        ["GET /v4/workspace/storage/buckets?page=1&page_size=2"] = { 200,
          '{"count":3,"total_pages":2,"results":[{"name":"first-one"},{"name":"second"}]}' },
        ["GET /v4/workspace/storage/buckets?page=2&page_size=2"] = { 200,
          '{"count":3,"total_pages":2,"results":[{"name":"second"},{"name":"third-one"}]}' },
        ["DELETE /v4/workspace/storage/buckets/second"] = { 200, '{"state":"executed"}' },
      })
      local items = assert(client:buckets():all { page_size = 2 })
      assert.same({ { name = "first-one" }, { name = "second" }, { name = "third-one" } }, items)
      assert.is_true((client:buckets():delete(items[2])))
    end)

    it("takes version 4's names, and says what has taken the place of others", function()
      start({ ["GET /v4/workspace/connectors"] = { 200, '{"results":[]}' } })
      for _, query in ipairs { { order_by = "name" }, { sort = "desc" }, { sort = "asc", order_by = "id" } } do
        for _, method in ipairs { "list", "all" } do
          local connectors = client:connectors()
          assert_invalid(query.order_by and "order_by" or "sort", "ordering", connectors[method](connectors, query))
        end
        local ok, raised = pcall(function() for _ in client:connectors():each(query) do break end end)
        assert.is_false(ok)
        assert.equal("invalid", raised.kind)
      end
      assert(client:connectors():list { ordering = "-name", search = "a", fields = "id,name", anything = 1, page = 2 })
      assert_sent("GET", "/workspace/connectors", "", "anything=1&fields=id%2Cname&ordering=-name&page=2&search=a")
    end)
  end)

  describe("find", function()
    it("compares exactly, and sends the filter that the list has", function()
      local page = { 200, '{"results":[{"id":1,"name":"Shop"},{"id":2,"name":"shop"},{"id":3,"name":"shop two"}]}' }
      start({ ["GET /v4/workspace/applications"] = page, ["GET /v4/workspace/workloads/9/deployments"] = page,
        ["GET /v4/workspace/dns/zones/9/records"] = page, ["GET /v4/workspace/wafs/9/exceptions"] = page })
      for _, row in ipairs { { client:applications(), "name=shop&" }, { client:deployments(9), "", "&tag=shop" },
        { client:dns_records(9), "" }, { client:waf_exceptions(9), "" } } do
        assert.equal(2, assert(row[1]:find "shop").id)
        assert.equal(row[2] .. "page=1&page_size=100" .. (row[3] or ""), last_request().query)
      end
      local found, err = client:applications():find "SHOP"
      assert.is_nil(found)
      assert.equal("not_found", err.kind)
    end)

    it("gives the item whole where lists give less", function()
      start({ ["GET /v4/workspace/network_lists"] = { 200, '{"count":1,"results":[{"id":8,"name":"blocked"}]}' },
        ["GET /v4/workspace/network_lists/8"] = data({ id = 8, name = "blocked", items = { "10.0.0.0/8" } }) })
      assert.same({ "10.0.0.0/8" }, assert(client:network_lists():find "blocked").items)
      assert.equal("name=blocked&page=1&page_size=100", server:requests()[1].query)
    end)
  end)

  describe("what is sent", function()
    it("has lists inside objects as lists, and items as ids", function()
      start({ ["POST /v4/workspace/workloads/5/deployments"] = data { id = 1 },
        ["POST /v4/workspace/workloads"] = data { id = 1 } })
      local application, firewall = { id = 7, name = "a" }, { id = 8, name = "f" }
      assert(client:deployments({ id = 5 }):create { name = "d",
        strategy = { type = "default", attributes = { application = application, firewall = firewall } } })
      assert_sent("POST", "/workspace/workloads/5/deployments", '{"name":"d","strategy":{"attributes":'
        .. '{"application":7,"firewall":8},"type":"default"}}')
      assert(client:workloads():create { name = "w", domains = {}, protocols = { http = { versions = {} } },
        mtls = { config = { crl = {}, verification = azion.null } }, new = { x = 1 } })
      assert_sent("POST", "/workspace/workloads", '{"domains":[],"mtls":{"config":{"crl":[],"verification":null}},'
        .. '"name":"w","new":{"x":1},"protocols":{"http":{"versions":[]}}}')
      assert.equal(7, application.id)
    end)

    it("is refused with the dotted name of what is wrong", function()
      start({})
      local connectors = client:connectors()
      assert_invalid("attributes.addresses.1.http_port", 'expected an integer, got "80"', connectors:create {
        name = "c", type = "http", attributes = { addresses = { { address = "a.example", http_port = "80" } } } })
      assert_invalid("attributes.modules.load_balancer.enabled", "expected a boolean, got a number", connectors:create {
        name = "c", type = "http", attributes = { modules = { load_balancer = { enabled = 1 } } } })
      assert_invalid("firewall id", "expected an integer or a string of digits", client:firewall_rules("x"):list())
      assert_invalid("phase", 'expected "request" or "response"', client:rules(7, "requests"):list())
    end)
  end)

  describe("an update of a connector", function()
    local answers = { ["GET /v4/workspace/connectors/5"] = data { id = 5, type = "storage", name = "old" },
      ["PATCH /v4/workspace/connectors/5"] = data({ id = 5, name = "new" }, "pending"),
      ["PUT /v4/workspace/connectors/5"] = data { id = 5 } }

    it("brings the type along, of the item or of the one that is there", function()
      start(answers)
      local connectors = client:connectors()
      local item, err, response = connectors:update({ id = 5, type = "http" }, { name = "new" })
      assert.is_nil(err)
      assert.equal("new", item.name)
      assert.equal("pending", response.state)
      assert.equal(1, #server:requests())
      assert_sent("PATCH", "/workspace/connectors/5", '{"name":"new","type":"http"}')
      local fields = { name = "new" }
      assert(connectors:update(5, fields))
      assert.equal(3, #server:requests())
      assert_sent("PATCH", "/workspace/connectors/5", '{"name":"new","type":"storage"}')
      assert.same({ name = "new" }, fields)
      assert(connectors:update("5", { type = "live_ingest" }))
      assert.equal(4, #server:requests())
      assert(connectors:overwrite(5, { name = "new" }))
      assert.equal(5, #server:requests())
      assert_sent("PUT", "/workspace/connectors/5", '{"name":"new"}')
    end)

    it("is not sent where the item cannot be read, or what is given is wrong", function()
      start({ ["GET /v4/workspace/connectors/5"] = { 403, '{"errors":[{"code":"10003","detail":"No."}]}' } })
      local item, err = client:connectors():update(5, { name = "new" })
      assert.is_nil(item)
      assert.equal("forbidden", err.kind)
      assert.equal("GET", err.method)
      assert.equal(1, #server:requests())
      assert.equal("invalid", select(2, client:connectors():update(5, { name = 1 })).kind)
      assert.equal(1, #server:requests())
    end)

    it("has one deadline for both requests", function()
      start({ ["GET /v4/workspace/connectors/5"] = { 200, '{"data":{"id":5,"type":"http"}}', {}, 0.6 },
        ["PATCH /v4/workspace/connectors/5"] = { 200, '{"data":{"id":5}}', {}, 0.8 } })
      local began = core.now()
      local item, err = client:connectors():update(5, { name = "new" }, { deadline = 1 })
      assert.is_nil(item)
      assert.equal("timeout", err.kind)
      assert.equal("PATCH", err.method)
      assert.is_true(core.now() - began < 1.35) -- #time: two deadlines, or none for the second, take 1.4 s
    end)
  end)

  describe("a further method", function()
    it("asks for certificates, and copies", function()
      start({ ["POST /v4/workspace/tls/csr"] = data { id = 1, csr = "PEM" },
        ["POST /v4/workspace/tls/certificates/request"] = data({ id = 2, status = "pending" }, "pending"),
        ["POST /v4/workspace/applications/7/clone"] = data { id = 8, name = "copy" },
        ["POST /v4/workspace/firewalls/7/clone"] = data { id = 9 },
        ["POST /v4/workspace/wafs/7/clone"] = data { id = 10 } })
      local certificates = client:certificates()
      local requested = assert(certificates:create_csr { name = "c", common_name = "c.example",
        alternative_names = {} })
      assert.equal("PEM", requested.csr)
      assert_sent("POST", "/workspace/tls/csr", '{"alternative_names":[],"common_name":"c.example","name":"c"}')
      local asked, err, response = certificates:request { name = "c", challenge = "dns",
        source_certificate = { id = 3 } }
      assert.is_nil(err)
      assert.equal(2, asked.id)
      assert.equal("pending", response.state)
      assert_sent("POST", "/workspace/tls/certificates/request",
        '{"challenge":"dns","name":"c","source_certificate":3}')
      assert.equal(8, client:applications():clone({ id = 7 }, { name = "copy" }).id)
      assert_sent("POST", "/workspace/applications/7/clone", '{"name":"copy"}')
      assert.equal(9, client:firewalls():clone("7", { name = "f" }).id)
      assert.equal(10, client:wafs():clone(7, { name = "w" }).id)
      assert.is_nil(client:connectors().clone)
      assert.is_nil(client:functions().clone)
      local count = #server:requests()
      for _, id in ipairs { "", "..", {}, 1.5, true } do
        assert.equal("invalid", select(2, client:applications():clone(id, { name = "x" })).kind)
      end
      assert.equal("invalid", select(2, client:applications():clone(nil, { name = "x" })).kind)
      assert.equal("invalid", select(2, client:wafs():clone(7, { name = 5 })).kind)
      assert.has_error(function() client:wafs():clone(7, "name") end)
      assert.has_error(function() client:wafs():clone(7, { name = "x" }, { nonsense = 1 }) end)
      assert.equal(count, #server:requests())
    end)

    it("orders rules", function()
      start({ ["PUT /v4/workspace/applications/7/response_rules/order"] = { 200,
        '{"count":2,"total_pages":1,"results":[{"id":5},{"id":3}]}' },
        ["PUT /v4/workspace/firewalls/7/request_rules/order"] = { 200, '{"results":[]}' } })
      local page, err, response = client:rules(7, "response"):order { 5, { id = 3, name = "x" } }
      assert.is_nil(err)
      assert.equal(2, page.count)
      assert.equal(5, page.results[1].id)
      assert.same({}, page.links)
      assert.equal(200, response.status)
      assert_sent("PUT", "/workspace/applications/7/response_rules/order", '{"order":[5,3]}')
      assert(client:firewall_rules(7):order { "12" })
      assert_sent("PUT", "/workspace/firewalls/7/request_rules/order", '{"order":[12]}')
    end)

    it("orders nothing by what are no ids", function()
      start({})
      local rules = client:rules(7, "request")
      assert_invalid("order", "at least one", rules:order {})
      assert_invalid("order", "at least one", rules:order { id = 5 })
      assert_invalid("order.2", "named before", rules:order { 5, "5" })
      assert_invalid("order.3", "named before", rules:order { 5, 6, { id = 5 } })
      assert_invalid("order.1", "expected", rules:order { "first" })
      assert_invalid("order.2", "expected", rules:order { 1, {} })
      assert_invalid("order.2", "expected", rules:order { 1, 1.5 })
      assert_invalid("order.1", "expected", rules:order { azion.null })
      assert_invalid("order.1", "expected", rules:order { -1 })
      assert.has_error(function() rules:order(5) end)
      assert.equal("invalid", select(2, client:rules("x", "request"):order { 1 }).kind)
      assert.equal(0, #server:requests())
    end)

    it("opens what a zone has one of", function()
      start({ ["GET /v4/workspace/dns/zones/6/dnssec"] = data { enabled = false, status = "unconfigured" },
        ["PATCH /v4/workspace/dns/zones/6/dnssec"] = { 200, '{"data":{"enabled":true}}' },
        ["PUT /v4/workspace/dns/zones/6/dnssec"] = { 202, '{"state":"pending","data":{"enabled":false}}' } })
      local dnssec = client:dns_zones():dnssec({ id = 6, name = "z" })
      assert.equal("unconfigured", dnssec:get().status)
      assert.is_true(dnssec:update({ enabled = true }).enabled)
      assert_sent("PATCH", "/workspace/dns/zones/6/dnssec", '{"enabled":true}')
      assert.equal("pending", select(3, dnssec:overwrite { enabled = false }).state)
      local count = #server:requests()
      assert.equal("invalid", select(2, dnssec:update { enabled = "yes" }).kind)
      assert.equal("invalid", select(2, client:dns_zones():dnssec("z"):get()).kind)
      assert.is_nil(dnssec.list)
      assert.is_nil(dnssec.delete)
      assert.has_error(function() dnssec.get() end)
      assert.has_error(function() dnssec:update(5) end)
      assert.equal(count, #server:requests())
    end)
  end)

  describe("purge", function()
    local path = "POST /v4/workspace/purge/"

    it("takes entries and a layer", function()
      start({ [path .. "url"] = { 201, '{"state":"executed","data":{"items":["a.example/x"],"layer":"cache"}}' },
        [path .. "cachekey"] = { 201, '{"state":"pending"}' }, [path .. "wildcard"] = { 201, "" } })
      local results, err, response = client:purge { urls = { "a.example/x" } }
      assert.is_nil(err)
      assert.same({ { status = 201, urls = { "a.example/x" } }, failed = 0 }, results)
      assert.equal("executed", response.state)
      assert_sent("POST", "/workspace/purge/url", '{"items":["a.example/x"],"layer":"cache"}')
      results = assert(client:purge { cachekeys = { "k", "l" }, layer = "tiered_cache" })
      assert.same({ { status = 201, urls = { "k", "l" } }, failed = 0 }, results)
      assert_sent("POST", "/workspace/purge/cachekey", '{"items":["k","l"],"layer":"tiered_cache"}')
      assert(client:purge { wildcard = "a.example/*" })
      assert_sent("POST", "/workspace/purge/wildcard", '{"items":["a.example/*"],"layer":"cache"}')
    end)

    it("sends many in several requests", function()
      start({ [path .. "url"] = { 201, '{"state":"executed","data":{}}' } })
      local urls = {}
      for index = 1, 120 do
        urls[index] = "a.example/" .. index
      end
      local results = assert(client:purge { urls = urls })
      assert.equal(3, #results)
      assert.equal(20, #results[3].urls)
      assert.equal(3, #server:requests())
    end)

    it("refuses what cannot be", function()
      start({})
      assert_invalid("layer", "tiered_cache", client:purge { wildcard = "a/*", layer = "tiered_cache" })
      assert_invalid("layer", '"cache" or "tiered_cache"', client:purge { urls = { "a" }, layer = "l2_caching" })
      assert_invalid("urls.1", "4096", client:purge { urls = { ("a"):rep(4097) } })
      assert_invalid("wildcard", "256", client:purge { wildcard = ("a"):rep(257) })
      assert_invalid("purge", "one of", client:purge { urls = { "a" }, wildcard = "b" })
      assert.has_error(function() client:purge { urls = { "a" }, method = "delete" } end)
    end)

    it("draws on budgets of its own", function()
      local v4 = require("azion.api.v4")
      for request, bucket in pairs { ["GET /workspace/connectors"] = "read", ["POST /workspace/connectors"] = "write",
        ["PATCH /workspace/connectors/purge"] = "write", ["POST /workspace/purge/url"] = "purge",
        ["POST /workspace/purge/cachekey"] = "purge", ["POST /workspace/purge/wildcard"] = "purge_wildcard",
        ["DELETE /workspace/wafs/1"] = "write", ["GET /workspace/purge/url"] = "read" } do
        assert.equal(bucket, v4.bucket(request:match("^(%u+) (.+)$")), request)
      end
    end)
  end)

  it("gives the whole body by request", function()
    start({ ["GET /v4/workspace/streams"] = { 200, '{"state":"executed","data":null,"next":null}' } })
    local body, err, response = client:request("GET", "/workspace/streams", { query = { order_by = "x" } })
    assert.is_nil(err)
    assert.same({ state = "executed" }, body)
    assert.equal("executed", response.state)
  end)

  it("runs beside version 3 in one program, and map takes both", function()
    start({ ["GET /v4/workspace/functions"] = { 200, '{"count":1,"results":[{"id":1}]}' },
      ["GET /v3/domains"] = { 200, '{"count":1,"results":[{"id":2}]}' } })
    local older = assert(azion.v3.client { token = "the-token", base_url = server.url .. "/v3" })
    local results, failures = client:map({ client:functions(), older:domains() }, function(collection)
      return assert(collection:all())[1].id
    end)
    assert.same({}, failures)
    assert.same({ 1, 2, n = 2 }, results)
    older:close()
  end)
end)
