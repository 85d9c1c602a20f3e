-- Version 4's error bodies, as a client's errors show them.
local azion = require("azion")
local core = require("azion.core")
local scripted_server = require("spec.support.scripted_server")
local v4 = require("azion.api.v4")

local function read(body, status)
  return v4.problem(status or 400, type(body) == "string" and body or assert(core.encode(body)))
end

describe("a body of version 4", function()
  local rows = {
    { "one error", { errors = { { status = "400", code = "10000", title = "T", detail = "Too long.",
      source = { pointer = "/data/name" } } } }, "Too long.", { name = { "Too long." } }, "10000" },
    { "several errors", { errors = { { code = "10059", detail = "Required.", source = { pointer = "/data/type" } },
      { code = "10049", detail = "Too short.", source = { pointer = "/data/rdata" } } } }, "Required.; Too short.",
      { type = { "Required." }, rdata = { "Too short." } }, "10059" },
    { "no status, no source", { errors = { { code = "29002", title = "Cant Deactivate",
      detail = "You can't deactivate it." } } }, "You can't deactivate it.", nil, "29002" },
    { "a title in a detail's place", { errors = { { title = "Throttled" }, { title = "More", detail = "" },
      { title = "x", detail = "detailed" } } }, "Throttled; More; detailed" },
    { "nested fields, positions from 1", { errors = { { detail = "No host.",
      source = { pointer = "/data/attributes/addresses/0/address" } } } }, "No host.",
      { ["attributes.addresses.1.address"] = { "No host." } } },
    { "lists of lists", { errors = { { detail = "Bad.", source = { pointer = "/data/criteria/2/11/operator" } } } },
      "Bad.", { ["criteria.3.12.operator"] = { "Bad." } } },
    { "the whole object", { errors = { { code = "32005", detail = "In use.", source = { pointer = "/data" } } } },
      "In use.", nil, "32005" },
    { "a pointer with escapes", { errors = { { detail = "Bad.", source = { pointer = "/data/args/a~1b~0c" } } } },
      "Bad.", { ["args.a/b~c"] = { "Bad." } } },
    { "a name that only begins so", { errors = { { detail = "Bad.", source = { pointer = "/database" } } } },
      "Bad.", { database = { "Bad." } } },
    { "a parameter", { errors = { { code = "10000", detail = "Unknown field.",
      source = { parameter = "ordering" } } } }, "Unknown field.", { ordering = { "Unknown field." } }, "10000" },
    { "a header", { errors = { { code = "10005", detail = "Not acceptable.", source = { header = "Accept" } } } },
      "Not acceptable.", nil, "10005" },
    { "two complaints about a field", { errors = { { detail = "A.", source = { pointer = "/data/x" } },
      { detail = "B.", source = { pointer = "/data/x" } } } }, "A.; B.", { x = { "A.", "B." } } },
    { "what it offends against", { errors = { { detail = "The {field} is in use: {field}.",
      source = { pointer = "/data/name" }, meta = { offending_refs = { { resource_type = "edge_application" },
      { resource_type = "other" } } } } } }, "The edge application is in use: edge application.",
      { name = { "The edge application is in use: edge application." } } },
    { "what it offends against, beside it", { errors = { { detail = "{field} 100%",
      offending_refs = { { resource_type = "waf" } } } } }, "waf 100%" },
    { "the pointer's last part", { errors = { { detail = "{field} is required.",
      source = { pointer = "/data/attributes/bucket" }, meta = { offending_refs = {} } } } }, "bucket is required.",
      { ["attributes.bucket"] = { "bucket is required." } } },
    { "nothing to fill in", { errors = { { detail = "{field} is required.", source = { pointer = "/data" } } } },
      "{field} is required." },
    { "a code that is a number", { errors = { { code = 10001, detail = "No." } } }, "No.", nil, "10001" },
    { "the first code that there is", { errors = { { detail = "A." }, { code = "14003", detail = "B." } } }, "A.; B.",
      nil, "14003" },
    { "other JSON", { error = "Internal Server Error" }, "Internal Server Error" },
    { "Django's JSON", { detail = "Not found." }, "Not found." },
    { "fields", { name = { "Required." } }, "name: Required.", { name = { "Required." } } },
    { "a list", '["one","two"]', "one; two" },
    { "a string", '"plain"', "plain" },
    { "HTML", "<html><head><title>502 Bad Gateway</title></head></html>", "502 Bad Gateway" },
    { "nothing", "", "Bad Request" },
    { "odd members", { errors = { 5, { detail = "A.", source = "x", meta = 7, code = {} }, azion.null,
      { detail = "B.", source = { pointer = 7, parameter = {} }, meta = { offending_refs = { 1 } } } } }, "5; A.; B." },
  }
  for _, row in ipairs(rows) do
    it("tells of " .. row[1], function()
      local told = read(row[2])
      assert.equal(row[3], told.message)
      assert.same(row[4], told.fields)
      assert.equal(row[5], told.api_code)
    end)
  end
end)

describe("an error of version 4", function()
  local server, client

  local function start(answers, options)
    server = scripted_server.start(answers)
    client = server:client_of_v4(options)
  end

  after_each(function()
    client:close()
    server:stop()
  end)

  it("has the code and the fields", function()
    start({ ["POST /v4/workspace/connectors"] = { 400, '{"errors":[{"status":"400","code":"10059","title":"Required",'
      .. '"detail":"{field} is required.","source":{"pointer":"/data/attributes/addresses/1/address"}}]}' } })
    local item, err = client:connectors():create { name = "c" }
    assert.is_nil(item)
    assert.equal("rejected", err.kind)
    assert.equal("10059", err.api_code)
    assert.equal("address is required.", err.message)
    assert.same({ ["attributes.addresses.2.address"] = { "address is required." } }, err.fields)
    assert.equal("10059", err.response.body.errors[1].code)
  end)

  it("says nothing of another version", function()
    start({ ["GET /v4/workspace/connectors"] = { 403, '{"errors":[{"code":"10003","detail":"No."}]}' } })
    local _, err = client:connectors():list()
    assert.equal("forbidden", err.kind)
    assert.equal("No.", err.message)
  end)

  it("hides secrets wherever they stand", function()
    local sent = { name = "c", type = "http", attributes = { modules = { origin_shield = { enabled = true, config = {
      hmac = { enabled = true, config = { type = "aws4_hmac_sha256", attributes = { region = "r",
        access_key = "AKIA-0123456789", secret_key = "s3cret/0123456789" } } } } } } } }
    local echo = '{"errors":[{"code":"10000","detail":"not AKIA-0123456789 or s3cret\\/0123456789"}],'
      .. '"access_key":"another-0123","private_key":"third-0123"}'
    local events = {}
    start({ ["POST /v4/workspace/connectors"] = { 400, echo, { ["X-Echo"] = "AKIA-0123456789" } },
      ["POST /v4/workspace/tls/certificates"] = { 400, '{"errors":[{"detail":"fourth-0123"}]}' },
      ["POST /v4/iam/personal_tokens"] = { 400, '{"key":"fifth-0123"}' } },
      { on_event = function(event) events[#events + 1] = event end })
    local function assert_hidden(err)
      local shown = table.concat({ tostring(err), err.message, core.encode(err.response.body),
        core.encode(err.response.headers), core.encode(err.fields or {}), core.encode(events) }, "\n")
      for _, secret in ipairs { "AKIA", "s3cret", "another", "third", "fourth", "fifth" } do
        assert.is_nil(shown:find(secret, 1, true), shown)
      end
    end
    local _, err = client:connectors():create(sent)
    assert_hidden(err)
    assert.equal("not *** or ***", err.message)
    assert_hidden(select(2, client:certificates():create { name = "c", private_key = "fourth-0123" }))
    assert_hidden(select(2, client:personal_tokens():create { name = "t", expires_at = "2030" }))
  end)
end)
