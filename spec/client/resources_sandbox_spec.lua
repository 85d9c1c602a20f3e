-- Every resource against the sandbox: all methods, and the traps that the API has, with the bodies that it sends.
-- #seconds 25
local azion = require("azion")
local core = require("azion.core")
local resources = require("azion.api.v3").resources
local support = require("spec.support.sandbox")

local application = support.application

local function pem(label)
  return ("-----BEGIN %s-----\nc2VjcmV0\n-----END %s-----\n"):format(label, label)
end

local function everything(prefix)
  return { { { variable = "${uri}", operator = "starts_with", conditional = "if", input_value = prefix } } }
end

-- What is created, what is changed of it, and what it is replaced by; `hidden` fields are not in replies.
local rows = {
  edge_applications = {
    create = { name = "shop", delivery_protocol = "http,https", http_port = { 80, 8080 } },
    update = { http3 = true }, overwrite = { name = "shop 2" }, reset = { delivery_protocol = "http" },
  },
  origins = {
    create = { name = "web", addresses = { { address = "web.example.net" } }, origin_path = "/v1" },
    update = { origin_path = "/v2" }, overwrite = { name = "web 2", addresses = { { address = "b.example.net" } } },
    reset = { origin_path = "" }, key = "origin_key",
  },
  cache_settings = {
    create = { name = "long", browser_cache_settings = "override", browser_cache_settings_maximum_ttl = 3600,
      cache_by_query_string = "whitelist", query_string_fields = { "page" } },
    update = { query_string_fields = { "page", "size" } }, overwrite = { name = "short" },
    reset = { browser_cache_settings = "honor" },
  },
  rules = {
    create = { name = "old pages", criteria = everything("/old"), description = "moved",
      behaviors = { { name = "redirect_to_301", target = "https://www.example.com/" } } },
    update = { order = 7 },
    overwrite = { name = "old", criteria = everything("/"), behaviors = { { name = "deny" } } },
    reset = { description = "" },
  },
  device_groups = {
    create = { name = "phones", user_agent = "(iPhone|Android)" }, update = { user_agent = "Android" },
    overwrite = { name = "tablets", user_agent = "iPad" },
  },
  functions_instances = {
    create = { name = "resize", edge_function_id = 5001, args = { width = 100 } },
    update = { args = { width = 200 } }, overwrite = { name = "crop", edge_function_id = 5002 }, reset = { args = {} },
  },
  domains = {
    create = { name = "shop", cnames = { "shop.example.com" }, edge_application_id = application,
      cname_access_only = true },
    update = { cnames = { "shop.example.com", "www.shop.example.com" } },
    overwrite = { name = "shop 2", cnames = {}, edge_application_id = application },
    reset = { cname_access_only = false },
  },
  digital_certificates = {
    create = { name = "shop", certificate = pem("CERTIFICATE"), private_key = pem("PRIVATE KEY") },
    update = { name = "shop, renewed" },
    overwrite = { name = "shop 2", certificate = pem("CERTIFICATE"), private_key = pem("PRIVATE KEY") },
    hidden = { certificate = true, private_key = true },
  },
  personal_tokens = {
    create = { name = "deploy", expires_at = "2099-07-26T00:00", description = "for CI" },
    hidden = { expires_at = true }, key = "uuid",
  },
  variables = {
    create = { key = "REGION", value = "south" }, overwrite = { key = "REGION", value = "north" }, key = "uuid",
  },
}

-- Cannot be created.
rows.error_responses = {}

local names = {}
for name, row in pairs(rows) do
  names[#names + 1] = row.create and name
end
table.sort(names)

local function assert_has(item, wanted, hidden)
  for name, value in pairs(wanted or {}) do
    if not (hidden and hidden[name]) then
      if type(value) == "table" and type(item[name]) == "table" then
        assert_has(item[name], value)
      else
        assert.equal(value, item[name], name)
      end
    end
  end
end

describe("on the sandbox", function()
  local server, client

  local function start(options, client_options)
    server = support.start(options)
    client = server:client(client_options)
  end

  after_each(function()
    server:stop()
  end)

  local function last_request()
    local requests = server:requests()
    return requests[#requests]
  end

  local function open(name)
    local row = resources.by_name[name]
    return client[name](client, row.parent and application, row.phases and "request")
  end

  it("every resource has a row here", function()
    start()
    for name in pairs(resources.by_name) do
      assert.is_not_nil(rows[name], name)
    end
  end)

  for _, name in ipairs(names) do
    local row = rows[name]
    local named_by = resources.by_name[name].named_by[1]
    local lacks = resources.by_name[name].lacks or {}

    it(name .. ": create, get, list, each, pages, all, find", function()
      start()
      local items = open(name)
      local before = #assert(items:all())
      local created, err, response = items:create(row.create)
      assert.is_nil(err)
      assert.equal(201, response.status)
      assert_has(created, row.create, row.hidden)
      assert.is_not_nil(created[row.key or "id"])
      local read = assert(items:get(created))
      assert_has(read, row.create, row.hidden)
      assert.same(read, (items:get(created[row.key or "id"])))
      local page = assert(items:list({ page_size = 100 }))
      assert.equal(before + 1, page.count)
      assert.equal(before + 1, #page.results)
      local last
      for item in items:each({ page_size = 1, prefetch = 0 }) do
        last = item
      end
      assert.equal(created[named_by], last[named_by])
      local count = 0
      for each_page in items:pages() do
        count = count + #each_page.results
      end
      assert.equal(before + 1, count)
      assert.equal(before + 1, #assert(items:all()))
      assert.same(read, (items:find(created[named_by])))
      assert.equal("not_found", select(2, items:find("nobody has this name")).kind)
    end)

    it(name .. ": update, overwrite, delete", function()
      start()
      local items = open(name)
      local item = assert(items:create(row.create))
      if lacks.update then
        assert.equal("invalid", select(2, items:update(item, {})).kind)
      else
        local updated = assert(items:update(item, row.update))
        assert_has(updated, row.update, row.hidden)
        assert.equal(row.update.name or item.name, updated.name)
        assert.equal(item[row.key or "id"], updated[row.key or "id"])
      end
      if lacks.overwrite then
        assert.equal("invalid", select(2, items:overwrite(item, {})).kind)
      else
        local overwritten = assert(items:overwrite(item, row.overwrite))
        assert_has(overwritten, row.overwrite, row.hidden)
        assert_has(overwritten, row.reset)
        assert.same(overwritten, (items:get(item)))
      end
      assert.is_true((items:delete(item)))
      local gone, err = items:get(item)
      assert.is_nil(gone)
      assert.equal("not_found", err.kind)
      assert.equal(404, err.status)
    end)
  end

  for name, row in pairs(resources.by_name) do
    it(name .. ": every shape of reply", function()
      local path = row.path:gsub("{phase}", "request"):gsub("{[%l_]+}", application)
      local faults = {}
      local function answer(method, suffix, nth, status, body)
        faults[#faults + 1] = { method = method, path = path .. suffix, nth = nth, status = status, body = body }
      end
      for nth, body in ipairs({ '[{"id":1}]', '{"results":[{"id":1}]}',
        '{"count":1,"total_pages":1,"links":{"previous":null,"next":null},"results":[{"id":1}]}' }) do
        answer("GET", "", nth, 200, body)
      end
      answer("GET", "", 4, 200, '{"results":{"id":1}}')
      answer("GET", "/1", 1, 200, '{"id":1,"new":true}')
      answer("GET", "/1", 2, 200, '{"results":{"id":1,"new":true},"schema_version":3}')
      answer("GET", "/1", 3, 200, "[1]")
      answer("PUT", "/1", 1, 204)
      answer("PATCH", "/1", 1, 202, '{"id":1}')
      start({ faults = faults })
      local items = open(name)
      for _ = 1, 3 do
        assert.same({ { id = 1 } }, assert(items:list()).results)
      end
      assert.equal("protocol", select(2, items:list()).kind)
      for _ = 1, 2 do
        assert.same({ id = 1, new = true }, (items:get({ id = 1 })))
      end
      assert.equal("protocol", select(2, items:get("1")).kind)
      local lacks = row.lacks or {}
      assert.equal(not lacks.overwrite or nil, (items:overwrite(1, {})))
      assert.same(not lacks.update and { id = 1 } or nil, (items:update(1, {})))
    end)
  end

  describe("edge_applications", function()
    it("have ports as a list or as one number", function()
      start({ ports = "scalar" })
      local items = client:edge_applications()
      local created = assert(items:create({ name = "scalar", http_port = 8080 }))
      assert.equal(8080, created.http_port)
      assert.equal('{"http_port":8080,"name":"scalar"}', last_request().body)
      assert.same({ 80, 8008 }, assert(items:update(created, { http_port = { 80, 8008 } })).http_port)
      server:stop()
      start({ ports = "list" })
      assert.same({ 8080 }, assert(client:edge_applications():create({ name = "l", http_port = 8080 })).http_port)
    end)

    it("have no websocket where it is null, and take null for it", function()
      start()
      local items = client:edge_applications()
      local item = assert(items:get(application))
      assert.is_nil(item.websocket)
      assert(items:update(item, { websocket = azion.null }))
      assert.equal('{"websocket":null}', last_request().body)
    end)

    it("are smaller in lists; find gives the whole, and their origins' keys are ids", function()
      start()
      local items = client:edge_applications()
      local listed = assert(items:list()).results[1]
      assert.is_nil(listed.http_port)
      assert.is_string(listed.last_modified)
      assert.is_string(listed.origins[1].origin_id)
      local whole = assert(items:find(listed.name))
      assert.same({ 80 }, whole.http_port)
      assert.equal(whole.id, listed.id)
      local origin = assert(client:origins(listed):get(listed.origins[1]))
      assert.equal(listed.origins[1].origin_id, origin.origin_key)
      assert.equal(listed.origins[1].name, origin.name)
    end)

    it("are created one after the other, as the API wants it", function()
      start({ latency = 0.05 })
      local results, failures = client:map({ "a", "b", "c", "d" }, function(name)
        return client:edge_applications():create({ name = name })
      end)
      assert.same({}, failures)
      assert.equal("d", results[4].name)
      local creations = 0
      for _, entry in ipairs(server:requests("/edge_applications")) do
        creations = creations + (entry.method == "POST" and 1 or 0)
      end
      assert.equal(4, creations)
    end)

    it("name the product that the contract lacks", function()
      start({ without_products = { "image_optimization" } })
      local item, err = client:edge_applications():update(application, { image_optimization = true })
      assert.is_nil(item)
      assert.equal("rejected", err.kind)
      assert.same({ user_has_no_product = { "image_optimization" } }, err.fields)
    end)

    it("come with an origin, a cache setting and a rule of their own", function()
      start()
      local created = assert(client:edge_applications():create({ name = "new", address = "a.example.net" }))
      local origin = assert(client:origins(created):find("Default Origin"))
      assert.equal("a.example.net", origin.addresses[1].address)
      local cache = assert(client:cache_settings(created):find("Default Cache Settings"))
      local rule = assert(client:rules(created, "request"):find("Default Rule"))
      assert.equal("default", rule.phase)
      assert.same({ { name = "set_origin", target = tostring(origin.origin_id) },
        { name = "set_cache_policy", target = tostring(cache.id) } }, rule.behaviors)
      assert.same({}, (client:rules(created, "response"):all()))
    end)
  end)

  describe("rules", function()
    it("have targets that are null, a string, a number or an object", function()
      start()
      local rules = client:rules(application, "request")
      local origin = assert(client:origins(application):list({ page_size = 1 })).results[1]
      local capture = { captured_array = "parts", subject = "${uri}", regex = "^/(.*)$" }
      local rule = assert(rules:create({ name = "all kinds", criteria = everything("/"), behaviors = {
        { name = "set_origin", target = origin.origin_id }, { name = "capture_match_groups", target = capture },
        { name = "deliver", target = azion.null }, { name = "set_host_header", target = "shop.example.com" } } }))
      assert.matches('"target":null', last_request().body)
      assert.same({ { name = "set_origin", target = tostring(origin.origin_id) },
        { name = "capture_match_groups", target = capture }, { name = "deliver" },
        { name = "set_host_header", target = "shop.example.com" } }, rule.behaviors)
      assert(rules:overwrite(rule, rule))
    end)

    it("are of the phase that was asked for", function()
      start()
      local response = client:rules(application, "response")
      local rule = assert(response:create({ name = "zip", criteria = everything("/"),
        behaviors = { { name = "enable_gzip" } } }))
      assert.equal("response", rule.phase)
      assert.equal("zip", assert(response:find("zip")).name)
      assert.equal("not_found", select(2, client:rules(application, "request"):find("zip")).kind)
    end)

    it("keep what they use from being deleted", function()
      start()
      local origins, rules = client:origins(application), client:rules(application, "request")
      local origin = assert(origins:create({ name = "second", addresses = { { address = "b.example.net" } } }))
      local rule = assert(rules:create({ name = "r", criteria = everything("/"),
        behaviors = { { name = "set_origin", target = origin.origin_id } } }))
      local deleted, err = origins:delete(origin)
      assert.is_nil(deleted)
      assert.equal("conflict", err.kind)
      assert(rules:delete(rule))
      assert(origins:delete(origin))
    end)
  end)

  describe("domains", function()
    it("have a certificate as an integer, as digits, as lets_encrypt, or none", function()
      start()
      local domains = client:domains()
      local certificate = assert(client:digital_certificates():list()).results[1]
      local domain = assert(domains:create({ name = "d", edge_application_id = application, cnames = {},
        digital_certificate_id = certificate.id }))
      assert.matches('"cnames":%[%]', last_request().body)
      assert.equal(certificate.id, domain.digital_certificate_id)
      domain = assert(domains:update(domain, { digital_certificate_id = azion.null }))
      assert.is_nil(domain.digital_certificate_id)
      domain = assert(domains:update(domain, { digital_certificate_id = tostring(certificate.id) }))
      assert.equal(certificate.id, domain.digital_certificate_id)
      domain = assert(domains:update(domain, { digital_certificate_id = "lets_encrypt" }))
      assert.equal('{"digital_certificate_id":"lets_encrypt"}', last_request().body)
      assert.is_number(domain.digital_certificate_id)
      assert.same(domain.cnames, {})
      assert.matches("%.map%.azionedge%.net$", domain.domain_name)
    end)

    it("clash as a conflict that names the name", function()
      start()
      local domains = client:domains()
      assert(domains:create({ name = "d", edge_application_id = application, cnames = { "d.example.com" } }))
      local domain, err = domains:create({ name = "d", edge_application_id = application, cnames = {} })
      assert.is_nil(domain)
      assert.equal("conflict", err.kind)
      assert.is_truthy(err.fields.duplicated_domain_name)
      assert.matches("duplicated_domain_name: d ", err.message)
    end)

    it("stand for their application", function()
      start()
      local domain = assert(client:domains():create({ name = "d", edge_application_id = application, cnames = {} }))
      assert.equal(25, assert(client:origins(domain):list()).count)
    end)

    it("and certificates are looked up by name", function()
      start({ seed = { domains = 250 } })
      assert.equal("domain-240", assert(client:domains():find("domain-240")).name)
      assert.matches("name=domain%-240", last_request().query)
      assert.equal("certificate-001", assert(client:digital_certificates():find("certificate-001")).name)
    end)
  end)

  describe("digital_certificates", function()
    it("are answered by a bare object where they are changed", function()
      start()
      local certificates = client:digital_certificates()
      local certificate = assert(certificates:create(rows.digital_certificates.create))
      local renewed, _, response = certificates:update(certificate, { name = "renewed" })
      assert.equal(200, response.status)
      assert.equal(certificate.id, renewed.id)
      assert.equal("renewed", renewed.name)
    end)

    it("clash as 400", function()
      start()
      local certificates = client:digital_certificates()
      assert(certificates:create(rows.digital_certificates.create))
      local certificate, err = certificates:create(rows.digital_certificates.create)
      assert.is_nil(certificate)
      assert.equal("rejected", err.kind)
      assert.equal("The field name needs to be unique. "
        .. "There is already another certificate with this name in your account.", err.message)
    end)

    it("are asked for", function()
      start()
      local certificate, err, response = client:digital_certificates():create_csr({ name = "asked",
        common_name = "shop.example.com", private_key_type = "rsa_2048", sans = {} })
      assert.is_nil(err)
      assert.equal(201, response.status)
      assert.matches("BEGIN CERTIFICATE REQUEST", certificate.csr)
      assert.equal("/digital_certificates/csr", last_request().path)
      assert.matches('"sans":%[%]', last_request().body)
      assert.equal("asked", assert(client:digital_certificates():get(certificate)).name)
    end)
  end)

  describe("functions_instances", function()
    it("have arguments that are an object, empty or not, or a list of objects", function()
      start()
      local instances = client:functions_instances(application)
      assert(instances:create({ name = "a", edge_function_id = 5001, args = {} }))
      assert.matches('"args":{}', last_request().body)
      assert(instances:create({ name = "b", edge_function_id = 5001, args = { { width = 1 }, { width = 2 } } }))
      assert.matches('"args":%[{"width":1},{"width":2}%]', last_request().body)
    end)
  end)

  describe("error_responses", function()
    it("are one for each application, which can be read and changed", function()
      start()
      local items = client:error_responses(application)
      local page = assert(items:list())
      assert.equal(1, page.count)
      local item = assert(items:find(page.results[1].name))
      assert.same(item, (items:get(item)))
      local origin = assert(client:origins(application):list({ page_size = 1 })).results[1]
      local changed, err, response = items:update(item, { origin_id = origin.origin_id, error_responses = {
        { code = "any", timeout = 5 }, { code = "503", uri = "/503.html", custom_status_code = "200" } } })
      assert.is_nil(err)
      assert.equal(202, response.status)
      assert.equal(item.id, changed.id)
      assert.equal(origin.origin_id, changed.origin_id)
      assert.equal("/503.html", changed.error_responses[2].uri)
      changed, err = items:update(item, { error_responses = { { code = "any" }, { code = "404", uri = "404.html" } } })
      assert.is_nil(changed)
      assert.is_string(err.fields["error_responses.2.uri"][1])
      for method, what in pairs({ create = "created: the API has no POST for them",
        overwrite = "overwritten: the API has no PUT for them; use update",
        delete = "deleted: the API has no DELETE for them" }) do
        assert.equal("error_responses cannot be " .. what, select(2, items[method](items, item, {})).message)
      end
    end)
  end)

  describe("variables", function()
    it("are a bare list, and found by their key", function()
      start({ seed = { variables = 130 } })
      local variables = client:variables()
      assert.equal(130, #assert(variables:all()))
      assert.equal("value-7", assert(variables:find("VARIABLE_007")).value)
    end)
  end)

  describe("personal_tokens", function()
    it("tell their key once, and it works", function()
      start()
      local tokens = client:personal_tokens()
      local created = assert(tokens:create(rows.personal_tokens.create))
      assert.matches("^azion%x+$", created.key)
      assert.is_nil(assert(tokens:get(created)).key)
      local other = server:client({ token = created.key })
      assert.equal("deploy", assert(other:personal_tokens():get(created)).name)
      assert(tokens:delete(created))
      assert.equal("unauthorized", select(2, other:personal_tokens():list()).kind)
    end)
  end)

  it("results that is an object comes whole from request", function()
    start()
    local body, err = client:request("GET", "/intelligent_dns/3100/records")
    assert.is_nil(err)
    assert.equal("example.com", body.results.zone_domain)
    assert.equal(2, #body.results.records)
    assert.equal(2, body.count)
  end)

  describe("purge", function()
    local urls = { "www.example.com/foo.jpg", "www.notauthorized.test/mistaken.jpg", "www.example.com/bar.jpg" }

    it("tells of groups in the server's order, with statuses as numbers", function()
      start()
      local results, err, response = client:purge({ urls = urls })
      assert.is_nil(err)
      assert.equal(207, response.status)
      assert.same({
        { status = 201, urls = { urls[3], urls[1] }, detail = "Purge request successfully created" },
        { status = 403, urls = { urls[2] }, detail = "Unauthorized domain for your account" }, failed = 1,
      }, results)
      results = assert(client:purge({ cachekeys = { urls[1] } }))
      assert.same({ { status = 201, urls = { urls[1] }, detail = "Purge request successfully created" }, failed = 0 },
        results)
      results, err = client:purge({ wildcard = "www.notauthorized.test/*" })
      assert.is_nil(results)
      assert.equal("forbidden", err.kind)
      assert.equal("Unauthorized domain for your account", err.message)
    end)

    it("by wildcard fails at once when its day is used up, and says when there is more", function()
      start({ limits = { purge_wildcard = 1 } })
      assert.equal(0, assert(client:purge({ wildcard = "www.example.com/*" })).failed)
      local began = core.now()
      local results, err = client:purge({ wildcard = "www.example.com/*" })
      assert.is_nil(results)
      assert.is_true(core.now() - began < 5) -- #time
      assert.equal("rate_limited", err.kind)
      assert.equal(0, err.attempts)
      assert.is_true(err.retry_after > 86000 and err.retry_after <= 86401, err.retry_after)
      assert.is_true((assert(client:purge({ urls = { urls[1] } }))).failed == 0)
    end)
  end)

  -- Rows a to m of the facts file's table of error bodies.
  local html = "<html><head><title>502 Bad Gateway</title></head><body>Request ID: 1</body></html>"
  local throttled = '{"errors":[{"status":"429","code":"10010","title":"Throttled","detail":"Request was throttled."}]}'
  local bodies = {
    a = { "unauthorized", "^Invalid token%. %(azion%.api_version tells .+%)$", function()
      return server:client({ token = "wrong" }):domains():list()
    end },
    b = { "not_found", "^Digital certificate not found$", function() return client:digital_certificates():get(1) end },
    c = { "rejected", "name: This field is required%.", function() return client:domains():create({}) end, "name" },
    d = { "rejected", "^addresses%.2%.address: ", function()
      return client:origins(application):create({ name = "o", origin_type = "load_balancer",
        addresses = { { address = "a.example.net" }, { address = "http://b.example.net" } } })
    end, "addresses.2.address" },
    e = { "rejected", "^behaviors%.incompatible_behaviors: %(u'set_cache_policy', ", function()
      local cache = assert(client:cache_settings(application):list()).results[1]
      return client:rules(application, "request"):create({ name = "r", criteria = everything("/"), behaviors = {
        { name = "set_cache_policy", target = cache.id }, { name = "deny" } } })
    end, "behaviors.incompatible_behaviors" },
    f = { "rejected", "^To update a Origin of the type Object Storage", function()
      local origins = client:origins(application)
      local origin = assert(origins:create({ name = "s", origin_type = "object_storage", bucket = "b" }))
      return origins:update(origin, { host_header = "x" })
    end },
    g = { "conflict", "^Origin can not be deleted because it is being used on Rules Engine%.$", function()
      local origins = client:origins(application)
      return origins:delete(assert(origins:find("used-by-rule")))
    end },
    h = { "rejected", "^name: Enter letters and digits only%.$", function()
      return client:device_groups(application):create({ name = "no-letter", user_agent = "x" })
    end },
    i = { "rejected", "order_field", function() return client:domains():list({ order_by = "nonsense" }) end },
    j = { "rejected", "^The field name needs to be unique%.", function()
      return client:digital_certificates():create({ name = "certificate-001", certificate = pem("CERTIFICATE"),
        private_key = pem("PRIVATE KEY") })
    end },
    k = { "forbidden", "^Unauthorized domain for your account$", function()
      assert(client:domains():list()) -- or it would say that the account may speak another version
      return client:purge({ cachekeys = { "www.notauthorized.test/" } })
    end },
    l = { "server", "^502 Bad Gateway$", function() return client:variables():list() end },
    m = { "rate_limited", "^Request was throttled%.$", function() return client:personal_tokens():list() end },
  }
  for letter, case in pairs(bodies) do
    it("an error's body of shape " .. letter .. " gives the server's words", function()
      start({ faults = { { path = "/variables", status = 502, body = html },
        { path = "/iam/personal_tokens", status = 429, body = throttled } } }, { max_attempts = 1 })
      local value, err = case[3]()
      assert.is_nil(value)
      assert.equal(case[1], err.kind)
      assert.matches(case[2], err.message)
      if case[4] then
        assert.is_string(err.fields[case[4]][1])
      end
    end)
  end

  describe("a secret", function()
    local secret = "s3cret-value-0123456789"

    -- Everything that a failing call shows.
    local function assert_hidden(err, events)
      local shown = { tostring(err), err.message, core.encode(err.response.body), core.encode(err.response.headers),
        err.response.url, core.encode(err.fields or {}), core.encode(events) }
      for _, text in ipairs(shown) do
        assert.is_nil(text:find("s3cret", 1, true), text)
      end
      return table.concat(shown, "\n")
    end

    local function echo(path)
      local events = {}
      start({ faults = { { path = path, status = 400,
        body = ('{"detail":"not S","key":"S","value":"S","private_key":"S"}'):gsub("S", secret),
        headers = { ["X-Echo"] = secret } } } }, { on_event = function(event) events[#events + 1] = event end })
      return events
    end

    it("of a certificate is not shown by what fails", function()
      local events = echo("/digital_certificates")
      local _, err = client:digital_certificates():create({ name = "c", certificate = "x", private_key = secret })
      assert_hidden({ message = err.message, response = { url = err.response.url,
        body = { err.response.body.detail, err.response.body.private_key }, headers = err.response.headers },
        fields = err.fields }, events)
      assert.equal("not ***", err.response.body.detail)
    end)

    it("of a variable is not shown by what fails", function()
      local events = echo("/variables")
      local _, err = client:variables():create({ key = "NAME", value = secret, secret = true })
      assert.is_nil(assert_hidden(err, events):find("NAME", 1, true))
      assert.equal("***", err.response.body.value)
    end)

    it("in a token's reply is not shown by what fails", function()
      start({ faults = { { path = "/iam/personal_tokens", status = 500, body = '{"key":"s3cret-key"}' } } })
      local _, err = client:personal_tokens():create({ name = "t", expires_at = "2099-01-01T00:00" })
      assert_hidden(err, {})
      assert.equal("***", err.response.body.key)
    end)

    it("in a path or a query is not shown", function()
      start()
      local _, err = client:request("DELETE", "/tokens/" .. secret)
      assert_hidden(err, {})
      assert.equal(server.sandbox.base_url .. "/tokens/***", err.response.url)
      assert.equal("/tokens/***", err.path)
      _, err = client:request("GET", "/nowhere", { query = { token = secret } })
      assert_hidden(err, {})
      assert.equal(server.sandbox.base_url .. "/nowhere?token=***", err.response.url)
    end)
  end)
end)

describe("find", function()
  it("has the server filter by the name where the API takes one, and nowhere else", function()
    local server = support.start { seed = 2 }
    local client = server:client()
    local queries = { domains = "name=a%20b&page=1&page_size=100", edge_applications = "page=1&page_size=100",
      digital_certificates = "name=a%20b&page=1&page_size=100" }
    for name, query in pairs(queries) do
      local found, err = client[name](client):find "a b"
      assert.is_nil(found)
      assert.equal("not_found", err.kind)
      local requests = server:requests()
      assert.equal(query, requests[#requests].query)
    end
    server:stop()
  end)
end)
