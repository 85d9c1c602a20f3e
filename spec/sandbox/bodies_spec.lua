-- What version 3 of the sandbox makes of a body by the description of its resource, beyond what was recorded.
local json = require("azion.sandbox.model.json")
local support = require("spec.support.sandbox_model")

local null = json.null

local application = 1618339282
local root = "/edge_applications/" .. application
local origins, caches, rules = root .. "/origins", root .. "/cache_settings", root .. "/rules_engine/request/rules"
local pem = "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n"
local key = "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n"
local only_listed = "This field is allowed only if cache_by_query_string is whitelist or blacklist."

describe("version 3 of the sandbox", function()
  local api

  before_each(function()
    api = support.new({ seed = { edge_applications = 1, origins = 9, cache_settings = 2, rules = 2, variables = 1,
      functions_instances = 1, digital_certificates = 1, personal_tokens = 1 } })
  end)

  local function origin(number)
    return origins .. "/" .. api:expect(200, "GET", origins).results[number].origin_key
  end

  local function single(more)
    return support.with({ name = "new", addresses = { { address = "a.example" } } }, more)
  end

  local refused = {
    { "a text for ports", "/edge_applications", { name = "new", http_port = "x" },
      { http_port = { "A valid integer is required." } } },
    { "null in the place of a list", rules, { name = "new", behaviors = { { name = "deny" } }, criteria = { null } },
      { criteria = { "This field may not be null." } } },
    { "a number in the place of an object", origins, single({ addresses = { 5 } }),
      { addresses = { "Invalid data. Expected a dictionary." } } },
    { "a blank choice", origins, { name = "new", origin_type = "live_ingest", streaming_endpoint = "" },
      { streaming_endpoint = { '"" is not a valid choice.' } } },
    { "a load balancer without a method", origins, single({ origin_type = "load_balancer", method = "" }),
      { method = { '"" is not a valid choice.' } } },
    { "an item in the place of its id", "/domains", { name = "new", edge_application_id = { id = application } },
      { edge_application_id = { "A valid integer is required." } } },
    { "an id that none can have", root .. "/functions_instances", { name = "new", edge_function_id = 0 },
      { edge_function_id = { "Ensure this value is greater than or equal to 1." } } },
    { "half an id", rules, support.rule({ { name = "set_origin", target = 90001.5 } }),
      { behaviors = { invalid_behaviors_target = { "set_origin" } } } },
    { "what decides, and not what depends on it", caches,
      { name = "new", cache_by_query_string = "x", query_string_fields = { "a" } },
      { cache_by_query_string = { '"x" is not a valid choice.' } } },
  }
  for _, case in ipairs(refused) do
    it("refuses " .. case[1], function()
      local value, status = api:call("POST", case[2], case[3])
      assert.equal(400, status)
      assert.same(case[4], value)
    end)
  end

  it("does not look at what it does not keep, at what only it sets, or at fields of other variants", function()
    local item = api:expect(201, "POST", origins, single({
      addresses = { { address = "a.example", weight = "x" } }, connection_timeout = "x", origin_id = "x", bucket = 5,
    })).results
    assert.same({ null, 60, nil }, { item.addresses[1].weight, item.connection_timeout, item.bucket })
    api:expect(201, "POST", "/edge_applications", { name = "new", origins = { "x" } })
    api:expect(200, "PATCH", root, { address = 5 })
  end)

  it("takes a certificate's other type, and keeps the blanks around a certificate", function()
    local path = "/digital_certificates/24001"
    local item = api:expect(200, "PATCH", path, { certificate_type = "trusted_ca_certificate" })
    assert.equal("trusted_ca_certificate", item.certificate_type)
    item = api:expect(201, "POST", "/digital_certificates", { name = "new", certificate = pem, private_key = key })
    assert.equal(pem, item.results.certificate_content)
  end)

  it("does not leave a list behind when what it belongs to goes", function()
    local path = caches .. "/117001"
    local value = api:expect(400, "PATCH", path, { cache_by_query_string = "ignore" })
    assert.same({ query_string_fields = { only_listed } }, value)
    local item = api:expect(200, "PATCH", path, { cache_by_query_string = "ignore", query_string_fields = null })
    assert.equal(null, item.results.query_string_fields)
  end)

  it("gives an origin the defaults of its new type, and keeps its type where none is sent", function()
    local item = api:expect(200, "PATCH", origin(9), { origin_type = "object_storage", bucket = "b" }).results
    assert.same({ "b", "/", nil }, { item.bucket, item.prefix, item.streaming_endpoint })
    local addresses = { { address = "a.example" }, { address = "b.example" } }
    item = api:expect(200, "PUT", origin(4), { name = "new", addresses = addresses }).results
    assert.equal("load_balancer", item.origin_type)
  end)

  it("makes an application's origin of the type that is asked for", function()
    local made = api:expect(201, "POST", "/edge_applications", { name = "new", origin_type = "load_balancer" }).results
    local path = ("/edge_applications/%d/origins"):format(made.id)
    assert.equal("load_balancer", api:expect(200, "GET", path).results[1].origin_type)
  end)

  it("compares with nothing where that is sent", function()
    local criteria = { { { variable = "${uri}", operator = "is_equal", conditional = "if", input_value = "" } } }
    local item = api:expect(201, "POST", rules, support.rule({ { name = "deny" } }, { criteria = criteria })).results
    assert.same(criteria, item.criteria)
  end)

  it("says when an item was changed, and when it was made", function()
    local before = api:expect(200, "GET", "/variables")[1]
    local item = api:expect(200, "PUT", "/variables/" .. before.uuid, { key = "NEW", value = "x" })
    assert.same({ before.created_at, "2023-11-14T22:13:20.000000Z" }, { item.created_at, item.updated_at })
    api:expect(200, "PATCH", root, { http3 = true })
    local listed = api:expect(200, "GET", "/edge_applications").results[1]
    assert.equal("2023-11-14T22:13:20.000000Z", listed.last_modified)
  end)

  it("orders by what it shows only", function()
    local value = api:call("GET", "/iam/personal_tokens", nil, { query = { order_by = "key" } })
    assert.is_not_nil(value.invalid_order_field)
    value = api:call("GET", "/iam/personal_tokens", nil, { query = { order_by = "created" } })
    assert.equal(1, value.count)
  end)

  it("writes an item's fields in its order", function()
    local _, _, reply = api:call("GET", rules .. "/173001")
    assert.truthy(reply.body:find('^{"results":{"id":173001,"name":.*,"behaviors":.*,"criteria":%[%[{"variable":'
      .. '.*,"operator":.*,"conditional":.*,"input_value":.*}%]%],"is_active":.*,"order":.*,"description":.*,"phase":'))
    _, _, reply = api:call("GET", root .. "/functions_instances/9700")
    assert.truthy(reply.body:find('^{"results":{"id":9700,"edge_function_id":.*,"name":.*,"args":'))
  end)
end)
