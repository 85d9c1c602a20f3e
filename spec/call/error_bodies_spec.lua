-- The server's own words, in every shape that the API has for them (rows a to m of its description).
local azion = require("azion")
local support = require("spec.support.sandbox")

local html = "<html>\n<head><title>502 Bad Gateway</title></head>\n"
  .. "<body><h1>502</h1>\n<p>Request ID: 4f9c</p></body></html>"

-- { status, body, message, fields, decoded body or nil where the text is kept }
local shapes = {
  a = { 401, '{"detail":"Authentication credentials were not provided."}',
    "Authentication credentials were not provided." },
  b = { 400, '{"errors":[{"message":"Bad Request","error":"bad_request"}],"schema_version":3}', "Bad Request" },
  b_404 = { 404, '{"errors":[{"message":"Digital certificate not found","error":"not_found"}],"schema_version":3}',
    "Digital certificate not found" },
  c = { 400, '{"name":["This field is required."],"code":["This field is required.","Too short."]}',
    "code: This field is required. Too short.; name: This field is required.",
    { name = { "This field is required." }, code = { "This field is required.", "Too short." } } },
  d = { 400, '{"addresses":[{"address":["Enter a valid address."]}]}', "addresses.1.address: Enter a valid address.",
    { ["addresses.1.address"] = { "Enter a valid address." } } },
  d_500 = { 500, '{"addresses":[{},{"address":["Bad.","Worse."]}]}', "addresses.2.address: Bad. Worse.",
    { ["addresses.2.address"] = { "Bad.", "Worse." } } },
  e = { 400, [[{"behaviors":{"incompatible_behaviors":["(u'set_cache_policy', ['deny'])"]}}]],
    "behaviors.incompatible_behaviors: (u'set_cache_policy', ['deny'])",
    { ["behaviors.incompatible_behaviors"] = { "(u'set_cache_policy', ['deny'])" } } },
  e_bare = { 400, '{"duplicated_behaviors":["deliver"]}', "duplicated_behaviors: deliver",
    { duplicated_behaviors = { "deliver" } } },
  f = { 400, '["To update a Origin of the type Object Storage, the allowed fields are name, bucket and prefix."]',
    "To update a Origin of the type Object Storage, the allowed fields are name, bucket and prefix." },
  f_two = { 400, '["One.","Two."]', "One.; Two." },
  g = { 409, "Origin can not be deleted because it is being used on Rules Engine.",
    "Origin can not be deleted because it is being used on Rules Engine." },
  g_json = { 409, '"Origin can not be deleted because it is being used on Rules Engine."',
    "Origin can not be deleted because it is being used on Rules Engine." },
  h_list = { 400, '{"errors":["msg1","msg2"]}', "msg1; msg2" },
  h_string = { 400, '{"errors":"msg"}', "msg" },
  h_error = { 400, '{"error":"msg"}', "msg" },
  h_error_list = { 422, '{"error":["msg"]}', "msg" },
  i = { 409, '{"duplicated_domain_name":["my-domain"]}', "duplicated_domain_name: my-domain",
    { duplicated_domain_name = { "my-domain" } } },
  i_string = { 400, '{"name_already_in_use":"Name taken"}', "name_already_in_use: Name taken",
    { name_already_in_use = { "Name taken" } } },
  i_order = { 400, '{"invalid_order_field":"colour"}', "invalid_order_field: colour",
    { invalid_order_field = { "colour" } } },
  i_list = { 400, '{"minimum_tls_version":["\\"tls_9\\" is not a valid choice."]}',
    'minimum_tls_version: "tls_9" is not a valid choice.',
    { minimum_tls_version = { '"tls_9" is not a valid choice.' } } },
  j = { 400, '{"detail":"The field name needs to be unique. There is already another certificate with this name in your'
    .. ' account."}',
      "The field name needs to be unique. There is already another certificate with this name in your account." },
  k = { 400, '{"details":"Unauthorized domain for your account"}', "Unauthorized domain for your account" },
  l_text = { 404, "Not Found", "Not Found" },
  l_html = { 502, html, "502 Bad Gateway" },
  l_html_untitled = { 400, "<p>Invalid  <b>request</b></p>\n", "Invalid request" },
  m = { 429, '{"errors":[{"status":"429","code":"10010","title":"Throttled","detail":"Request was throttled."}]}',
    "Request was throttled." },
  m_pointer = { 400, '{"errors":[{"status":"400","title":"Invalid","detail":"Too long.",'
    .. '"source":{"pointer":"/data/attributes/addresses/0/address"}}]}', "Too long.",
    { ["addresses.1.address"] = { "Too long." } } },
  none = { 500, "", "Internal Server Error" },
  none_of_a_kind = { 418, "", "HTTP status 418" },
  empty_object = { 400, "{}", "Bad Request" },
  empty_list = { 400, "[]", "Bad Request" },
  cut = { 400, '{"detail":"cut', '{"detail":"cut' },
}

local kinds = { [400] = "rejected", [401] = "unauthorized", [404] = "not_found", [409] = "conflict", [418] = "rejected",
  [422] = "rejected", [429] = "rate_limited", [500] = "server", [502] = "server" }

describe("an error's message", function()
  local server, client
  setup(function()
    local faults = {}
    for name, shape in pairs(shapes) do
      faults[#faults + 1] = { path = "/shape/" .. name, status = shape[1], body = shape[2] }
    end
    server = support.start({ seed = 10, faults = faults })
    client = server:client({ max_attempts = 1 })
  end)
  teardown(function() server:stop() end)

  for name, shape in pairs(shapes) do
    it(("is the server's own, of shape %s"):format(name), function()
      for _, method in ipairs({ "POST", "GET" }) do
        local value, err, response = client:request(method, "/shape/" .. name)
        assert.is_nil(value)
        assert.is_nil(response)
        assert.equal(kinds[shape[1]], err.kind)
        assert.equal(shape[1], err.status)
        assert.equal(shape[3], (err.message:gsub(" %(azion%.api_version tells .+%)$", "")))
        assert.same(shape[4], err.fields)
        assert.equal(shape[1], err.response.status)
        assert.equal(method, err.method)
        assert.equal("/shape/" .. name, err.path)
        assert.equal(1, err.attempts)
        assert.is_nil(err.code)
        if shape[2]:find("^[%[{]") and name ~= "cut" then
          assert.is_table(err.response.body)
        elseif shape[2] ~= "" and name ~= "g_json" then
          assert.equal(shape[2], err.response.body)
        end
        local line = tostring(err)
        assert.is_nil(line:find("%c"))
        assert.truthy(line:find(("^azion: %s: %s /shape/%s: HTTP %d: "):format(err.kind, method, name, shape[1])), line)
        assert.equal("log: " .. line, "log: " .. err)
        assert.equal(line .. "!", err .. "!")
      end
    end)
  end

  it("is that of the real rules", function()
    local origins = client:origins(support.application)
    local function refused(...)
      local value, err = ...
      assert.is_nil(value)
      return err
    end
    local err = refused(origins:create({ origin_type = "single_origin" }))
    assert.same({ "This field is required." }, err.fields.name)
    err = refused(origins:create({ name = "x", addresses = { { address = "https://a.example/path" } } }))
    assert.is_string(err.fields["addresses.1.address"][1])
    err = refused(origins:update(assert(origins:find("origin-007")), { origin_path = "/x" }))
    assert.truthy(err.message:find("^To update a Origin of the type Object Storage"))
    err = refused(origins:delete(assert(origins:find("used-by-rule"))))
    assert.equal("conflict", err.kind)
    assert.equal("Origin can not be deleted because it is being used on Rules Engine.", err.message)
    err = refused(origins:create({ name = "origin-001", addresses = { { address = "a.example" } } }))
    assert.equal("conflict", err.kind)
    assert.truthy(err.fields.name_already_in_use)
    err = refused(origins:list({ order_by = "colour" }))
    assert.truthy(err.fields.invalid_order_field)
    err = refused(client:origins(7):list())
    assert.equal("not_found", err.kind)
    err = refused(client:request("GET", "/nowhere"))
    assert.equal("Not Found", err.message)
    err = refused(server:client({ token = "wrong" }):origins(support.application):list())
    assert.equal("unauthorized", err.kind)
    assert.matches("^Invalid token%. %(azion%.api_version tells .+%)$", err.message)
    err = refused(client:request("GET", "/edge_applications", { headers = { Accept = "*/*" } }))
    assert.equal("rejected", err.kind)
    assert.equal(406, err.status)
  end)

  it("stays printable and short, whatever a server sends", function()
    local long = support.start({ faults = {
      { path = "/long", status = 400, body = ("x"):rep(200000) },
      { path = "/control", status = 400, body = '{"detail":"a\\u0000b\\u001b[31m\\r\\nc"}' },
      { path = "/deep", status = 400, body = ("["):rep(100000) .. ("]"):rep(100000) },
      { path = "/many", status = 400, body = "{" .. ('"field":["wrong"],'):rep(20000) .. '"z":1}' },
      { path = "/odd", status = 400, body = '{"detail":{"a":[null,{"b":false}]},"message":7}' },
    } })
    local other = long:client()
    for _, path in ipairs({ "/long", "/control", "/deep", "/many", "/odd" }) do
      local value, err = other:request("GET", path)
      assert.is_nil(value)
      assert.equal("rejected", err.kind, path)
      assert.is_true(#err.message > 0 and #err.message <= 1003, path)
      assert.is_nil(tostring(err):find("%c"), path)
    end
    long:stop()
  end)
end)

describe("azion.null", function()
  it("is the light userdata NULL", function()
    assert.equal(require("cjson").null, azion.null)
    assert.equal("userdata", type(azion.null))
  end)
end)


describe("an error in ISO-8859-1", function()
  it("has a message in UTF-8, and the text as it came", function()
    local web = require("spec.support.web_server")
    local server = web.start({ locations = [[
      location / { content_by_lua_block {
        ngx.status = 400
        ngx.header["Content-Type"] = "text/plain; charset=iso-8859-1"
        ngx.print("Acc\232s refus\233")
      } }
    ]] })
    finally(function() server:stop() end)
    local client = assert(azion.client({ token = "t", base_url = server.plain_url, max_attempts = 1 }))
    local _, err = client:request("GET", "/x")
    client:close()
    assert.equal("Accès refusé", err.message)
    assert.equal("Acc\232s refus\233", err.response.body)
    assert.equal("azion: rejected: GET /x: HTTP 400: Accès refusé", tostring(err))
  end)
end)
