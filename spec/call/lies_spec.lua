-- Replies that are not what they say: kind protocol, bounded memory, and a client that goes on.
local azion = require("azion")
local support = require("spec.support.sandbox")
local web = require("spec.support.web_server")

local megabyte = 1024 * 1024

local function resident_bytes()
  local file = assert(io.open("/proc/self/status"))
  local text = file:read("*a")
  file:close()
  return tonumber(text:match("VmRSS:%s*(%d+) kB")) * 1024
end

describe("a reply that lies", function()
  local server, client
  local lists = {
    html = "<!DOCTYPE html><html><title>Welcome</title></html>",
    cut = '{"count":1,"results":[{"id":1}',
    junk = '{"count":0,"results":[]} trailing',
    twice = '{"results":[]}{"results":[]}',
    nested = ("["):rep(200000),
    nested_and_closed = ("["):rep(200000) .. ("]"):rep(200000),
    nested_objects = ('{"a":'):rep(200000) .. "1" .. ("}"):rep(200000),
    results_number = '{"results":5}',
    results_object = '{"results":{"id":1}}',
    results_string = '{"results":"none"}',
    results_null = '{"results":null}',
    no_results = '{"count":5}',
    items_numbers = '{"results":[1,2,3]}',
    items_null = '{"results":[null]}',
    count_text = '{"count":"five","results":[]}',
    count_negative = '{"count":-1,"results":[]}',
    count_fraction = '{"count":1.5,"results":[]}',
    total_pages_text = '{"total_pages":{},"results":[]}',
    number = "7", text = '"text"', null = "null", true_ = "true",
    empty = "", blank = " \n ",
    invalid_escape = '{"results":["\\x"]}',
    raw_control = '{"results":["a\nb"]}',
    lone_surrogate = '{"results":[{"a":"\\ud800"}]}',
    nan = '{"results":[NaN]}', infinity = '{"results":[Infinity]}', hexadecimal = '{"results":[0x10]}',
    single_quotes = "{'results':[]}", comment = '{"results":[]} // none',
    byte_order_mark = "\239\187\191" .. '{"results":[}',
    nul = '{"results":[]}\0',
  }
  local items = {
    html = lists.html, cut = '{"results":{"id":1', junk = '{"results":{"id":1}}]', number = "7", text = '"x"',
    true_ = "true",
    null = "null", list = '[{"id":1},{"id":2}]', results_number = '{"results":5}', results_list = '{"results":[1,2]}',
    results_empty_list = '{"results":[]}', results_null = '{"results":null}',
    results_null_in_envelope = '{"results":null,"schema_version":3}', results_null_first = '{"results":null,"id":1}',
    results_null_last = '{"id":1,"name":"x","results" : null }', results_null_list = '{"results":[null]}',
    results_string = '{"results":"x"}', results_false = '{"results":false}', results_lists = '{"results":[[1]]}',
    results_twice = '{"results":{"id":1},"results":null}', no_results = '{"schema_version":3}',
    no_results_in_list = '{"count":1,"total_pages":1,"links":{"next":null},"schema_version":3}',
    nested = lists.nested, empty = "", blank = "\t",
  }

  setup(function()
    local faults = {}
    local application = 1
    for name, body in pairs(lists) do
      lists[name] = application
      faults[#faults + 1] = { path = ("/edge_applications/%d/origins"):format(application), status = 200, body = body }
      application = application + 1
    end
    for name, body in pairs(items) do
      for _, method in ipairs({ "GET", "PUT", "PATCH" }) do
        faults[#faults + 1] = { method = method, path = "/edge_applications/1/origins/" .. name, status = 200,
          body = body }
      end
    end
    server = support.start({ seed = 3, faults = faults })
    client = server:client()
  end)
  teardown(function() server:stop() end)

  it("about a list is a protocol error", function()
    for name, application in pairs(lists) do
      local origins = client:origins(application)
      for _, outcome in ipairs({ { origins:list() }, { origins:all() }, { origins:find("x") } }) do
        local err = outcome[2]
        assert.is_nil(outcome[1], name)
        assert.equal("protocol", err.kind, name)
        assert.equal(200, err.status, name)
        assert.equal(1, err.attempts, name)
        assert.is_false(err.retryable, name)
        assert.is_nil(err.maybe_applied, name)
        assert.is_true(#err.message > 0 and #tostring(err) < 500, name)
      end
      assert.equal("protocol", support.raised(origins:each()).kind, name)
      assert.equal("protocol", support.raised(origins:pages()).kind, name)
    end
    assert.equal(3, client:origins(support.application):list().count)
  end)

  it("is no lie where it says what is there", function()
    local replies = { ['{"results":{"id":7,"results":null}}'] = { id = 7 }, ['{"id":7,"other":null}'] = { id = 7 },
      ['{"results":{}}'] = {}, ["{}"] = {}, ['{"results":null,"results":{"id":7}}'] = { id = 7 },
      ['{"results":[{"id":7}]}'] = { id = 7 }, ['{"id":7,"count":2}'] = { id = 7, count = 2 } }
    for body, item in pairs(replies) do
      local liar = support.start({ faults = { { path = "/x", status = 200, body = body },
        { path = "/edge_applications/1/origins", status = 201, body = body } } })
      local here = liar:client()
      assert.same(item, (assert(here:origins(1):create({ name = "x" }))), body)
      liar:stop()
    end
  end)

  it("about nothing is nothing to a delete, and as it is to a request", function()
    local bodies = { '{"results":null}', '{"results":null,"detail":"gone","more":[null]}' }
    for _, body in ipairs(bodies) do
      local liar = support.start({ faults = { { status = 200, body = body } } })
      local here = liar:client()
      assert.is_true((here:origins(1):delete("x")))
      local value = assert(here:request("GET", "/x"))
      assert.is_nil(value.results)
      assert.equal(body:find("gone") and "gone" or nil, value.detail)
      local _, err = here:origins(1):get("x")
      assert.equal("protocol", err.kind)
      assert.is_nil(err.response.body.results)
      liar:stop()
    end
  end)

  it("about an item is a protocol error, and a write may have been applied", function()
    local origins = client:origins(1)
    for name in pairs(items) do
      local value, err = origins:get(name)
      assert.is_nil(value, name)
      assert.equal("protocol", err.kind, name)
      assert.is_nil(err.maybe_applied, name)
      for _, method in ipairs({ "overwrite", "update" }) do
        value, err = origins[method](origins, name, { name = "x" })
        if name == "empty" or name == "blank" then
          assert.is_true(value, name)
        else
          assert.is_nil(value, name)
          assert.equal("protocol", err.kind, name)
          assert.is_true(err.maybe_applied, name)
          assert.equal(1, err.attempts, name)
        end
      end
    end
  end)

  it("with a body that is no JSON is kept as text", function()
    local _, err = client:origins(lists.html):list()
    assert.equal("<!DOCTYPE html><html><title>Welcome</title></html>", err.response.body)
  end)
end)

describe("a reply that is too large", function()
  local server
  setup(function()
    -- 100 MiB of zeros in 100 KiB; 400 MiB without compression; a TiB that is announced; two MiB of headers.
    server = web.start({ http2 = true, http = "gzip off;", locations = [[
      location /bomb {
        gzip on; gzip_types application/json; gzip_comp_level 1;
        default_type application/json;
        content_by_lua_block {
          local zeros = ("\0"):rep(1024 * 1024)
          for _ = 1, 100 do ngx.print(zeros) ngx.flush(true) end
        }
      }
      location /bulk {
        default_type application/json;
        content_by_lua_block {
          local blanks = (" "):rep(1024 * 1024)
          for _ = 1, 400 do ngx.print(blanks) ngx.flush(true) end
        }
      }
      location /announced {
        content_by_lua_block { ngx.header["Content-Length"] = 2 ^ 40 ngx.print("{") ngx.flush(true) ngx.sleep(5) }
      }
      location /compressed {
        gzip on; gzip_min_length 0; gzip_types application/json;
        default_type application/json;
        content_by_lua_block { ngx.print('{"a":"' .. ("x"):rep(100000) .. '"}') }
      }
      location /not-gzip {
        default_type application/json;
        content_by_lua_block { ngx.header["Content-Encoding"] = "gzip" ngx.print('{"a":1}') }
      }
      location /headers {
        content_by_lua_block {
          for index = 1, 2000 do ngx.header["X-Filler-" .. index] = ("x"):rep(1000) end
          ngx.print("{}")
        }
      }
      location / { default_type application/json; return 200 '{"a":1}'; }
    ]] })
  end)
  teardown(function() server:stop() end)

  local function client_for(base_url, options)
    local settings = { base_url = base_url, token = "t", ca_file = server.ca_file, max_attempts = 1 }
    for name, value in pairs(options or {}) do
      settings[name] = value
    end
    return assert(azion.client(settings))
  end

  for _, scheme in ipairs({ "base_url", "plain_url" }) do
    for _, path in ipairs({ "/bomb", "/bulk", "/announced", "/headers" }) do
      it(("ends as a protocol error in bounded memory (%s, %s)"):format(path, scheme), function()
        local client = client_for(server[scheme], { max_response_bytes = 8 * megabyte, timeout = 10 })
        assert(client:request("GET", "/"))
        collectgarbage()
        collectgarbage()
        local before, lua_before = resident_bytes(), collectgarbage("count") * 1024
        local body, err = client:request("GET", path)
        assert.is_true(resident_bytes() - before < 40 * megabyte, resident_bytes() - before)
        assert.is_true(collectgarbage("count") * 1024 - lua_before < 30 * megabyte)
        assert.is_nil(body)
        -- An HTTP/2 connection with such headers is given up before there is a reply.
        local lost = path == "/headers" and scheme == "base_url"
        assert.equal(lost and "network" or "protocol", err.kind)
        assert.equal(1, err.attempts)
        assert.equal(lost, err.retryable)
        assert.is_true(err.elapsed < 5, err.elapsed) -- #time
        assert.same({ a = 1 }, (client:request("GET", "/")))
        client:close()
      end)
    end
  end

  it("after decompression counts, and what is small enough is decompressed", function()
    local client = client_for(server.base_url, { max_response_bytes = 100008 })
    assert.equal(("x"):rep(100000), client:request("GET", "/compressed").a)
    client:close()
    client = client_for(server.base_url, { max_response_bytes = 100007 })
    local body, err = client:request("GET", "/compressed")
    assert.is_nil(body)
    assert.equal("protocol", err.kind)
    client:close()
  end)

  it("or not compressed as it says is a protocol error", function()
    local client = client_for(server.base_url)
    local body, err = client:request("GET", "/not-gzip")
    assert.is_nil(body)
    assert.equal("protocol", err.kind)
    assert.same({ a = 1 }, (client:request("GET", "/")))
    client:close()
  end)
end)
