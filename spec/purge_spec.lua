-- client:purge: what is sent, what is refused before that, and every shape of reply.
local core = require("azion.core")
local support = require("spec.support.sandbox")

-- As recorded: a bare list, whose groups and URLs stand in another order than they were sent in.
local recorded = [==[[
  {"status":"HTTP/1.1 403 FORBIDDEN","urls":["www.notauthorize.com/mistaken.jgp"],
   "details":"Unauthorized domain for your account"},
  {"status":"HTTP/1.1 201 CREATED","urls":["www.maugzoide.com/bar.jgp","www.maugzoide.com/foo.jgp"],
   "details":"Purge request successfully created"}]]==]

local sent = { "www.maugzoide.com/foo.jgp", "www.notauthorize.com/mistaken.jgp", "www.maugzoide.com/bar.jgp" }

local done = '{"detail":"Purge request successfully created"}'

local function reply(nth, status, body, path, headers)
  return { method = "POST", path = path or "/purge/url", nth = nth, status = status, body = body, headers = headers }
end

describe("purge", function()
  local server

  after_each(function()
    server:stop()
  end)

  local function start(faults, options)
    server = support.start({ faults = faults, http2 = false, seed = 1 })
    return server:client(options)
  end

  local function last_request()
    local requests = server:requests()
    return requests[#requests]
  end

  it("by URL tells of each group, whatever their order", function()
    local client = start({ reply(1, 207, recorded) })
    local results, err, response = client:purge({ urls = sent })
    assert.is_nil(err)
    assert.equal(207, response.status)
    assert.equal("/purge/url", last_request().path)
    assert.same({ urls = sent, method = "delete" }, core.decode(last_request().body))
    assert.same({
      { status = 403, urls = { "www.notauthorize.com/mistaken.jgp" }, detail = "Unauthorized domain for your account" },
      { status = 201, urls = { "www.maugzoide.com/bar.jgp", "www.maugzoide.com/foo.jgp" },
        detail = "Purge request successfully created" },
      failed = 1,
    }, results)
  end)

  it("by cache key names the layer, by wildcard sends one expression", function()
    local client = start({ reply(nil, 201, done, "/purge/cachekey"), reply(nil, 201, done, "/purge/wildcard") })
    local keys = { "www.example.com/@@cookie_name=value" }
    local results = assert(client:purge({ cachekeys = keys }))
    assert.same({ { status = 201, urls = keys, detail = "Purge request successfully created" }, failed = 0 }, results)
    assert.same({ urls = keys, method = "delete", layer = "edge_caching" }, core.decode(last_request().body))
    assert(client:purge({ cachekeys = keys, layer = "l2_caching" }))
    assert.equal("l2_caching", core.decode(last_request().body).layer)
    results = assert(client:purge({ wildcard = "www.example.com/*" }))
    assert.same({ { status = 201, urls = { "www.example.com/*" }, detail = "Purge request successfully created" },
      failed = 0 }, results)
    assert.equal("/purge/wildcard", last_request().path)
    assert.same({ urls = { "www.example.com/*" }, method = "delete" }, core.decode(last_request().body))
    assert(client:purge({ wildcard = "www.example.com/*", method = "delete", layer = "l2_caching" }))
    assert.equal("l2_caching", core.decode(last_request().body).layer)
  end)

  it("makes one group of a reply that has none", function()
    local urls = { "www.example.com/a" }
    local client = start({
      reply(1, 201, '{"details":"created"}'), reply(2, 204), reply(3, 200, '{"results":[]}'),
      reply(4, 207, '[{"status":200,"urls":["x"]},{"status":"500","urls":["y"],"detail":"no"},{"detail":["a"]}]'),
      reply(5, 207, "[]"), reply(6, 207, '{"status":"HTTP/2 403","urls":["x"],"detail":"no"}'),
    })
    assert.same({ { status = 201, urls = urls, detail = "created" }, failed = 0 }, (client:purge({ urls = urls })))
    assert.same({ { status = 204, urls = urls }, failed = 0 }, (client:purge({ urls = urls })))
    assert.same({ { status = 200, urls = urls }, failed = 0 }, (client:purge({ urls = urls })))
    assert.same({ { status = 200, urls = { "x" } }, { status = 500, urls = { "y" }, detail = "no" },
      { status = 207, urls = urls }, failed = 1 }, (client:purge({ urls = urls })))
    assert.same({ failed = 0 }, (client:purge({ urls = urls })))
    assert.same({ { status = 403, urls = { "x" }, detail = "no" }, failed = 1 }, (client:purge({ urls = urls })))
  end)

  it("that is answered by something else may have been applied", function()
    local bodies = { '"done"', "[1]", '["x"]', "[[]]", '[{"status":"CREATED","urls":["x"]}]', '[{"status":true}]',
      '[{"status":99}]', "<html>" }
    local faults = {}
    for index, body in ipairs(bodies) do
      faults[index] = reply(index, 207, body)
    end
    local client = start(faults)
    for _, body in ipairs(bodies) do
      local results, err = client:purge({ urls = { "x" } })
      assert.is_nil(results, body)
      assert.equal("protocol", err.kind)
      assert.is_true(err.maybe_applied)
    end
  end)

  it("that fails as a whole is an error", function()
    local client = start({ reply(1, 403, '{"detail":"You do not have permission to perform this action."}') })
    local results, err = client:purge({ urls = { "x" } })
    assert.is_nil(results)
    assert.equal("forbidden", err.kind)
    assert.equal("You do not have permission to perform this action.", err.message)
    assert.equal("/purge/url", err.path)
  end)

  it("refuses what is not one list of up to 50, and sends nothing", function()
    local client = start({})
    local many = {}
    for index = 1, 51 do
      many[index] = "www.example.com/" .. index
    end
    for _, case in ipairs({
      { {}, "purge", "expected one of urls, cachekeys and wildcard" },
      { { method = "delete" }, "purge", "expected one of urls, cachekeys and wildcard" },
      { { urls = { "x" }, wildcard = "x" }, "purge", "expected one of urls, cachekeys and wildcard" },
      { { urls = { "x" }, cachekeys = { "x" } }, "purge", "expected one of urls, cachekeys and wildcard" },
      { { urls = "x" }, "urls", "expected a list, got a string" },
      { { urls = {} }, "urls", "expected from 1 to 50 entries, got 0" },
      { { urls = { a = "x" } }, "urls", "expected from 1 to 50 entries, got 0" },
      { { urls = many }, "urls", "expected from 1 to 50 entries, got 51" },
      { { cachekeys = many }, "cachekeys", "expected from 1 to 50 entries, got 51" },
      { { urls = { "x", 5 } }, "urls.2", "expected a string that is not blank, got 5" },
      { { cachekeys = { " " } }, "cachekeys.1", "expected a string that is not blank, got a string" },
      { { urls = { "x\255" } }, "urls.1", "expected a string in UTF-8, got invalid bytes" },
      { { wildcard = { "x" } }, "wildcard", "expected one expression, a string that is not blank, got a table" },
      { { wildcard = "" }, "wildcard", "expected one expression, a string that is not blank, got an empty string" },
      { { urls = { "x" }, layer = 5 }, "layer", "expected a string that is not blank, got 5" },
      { { urls = { "x" }, method = "" }, "method", "expected a string that is not blank, got an empty string" },
    }) do
      local results, err = client:purge(case[1])
      assert.is_nil(results)
      assert.equal("invalid", err.kind)
      assert.same({ [case[2]] = { case[3] } }, err.fields)
    end
    assert.same({}, server:requests())
  end)

  it("takes 50, and leaves the caller's table alone", function()
    local client = start({ reply(nil, 201, done) })
    local urls = {}
    for index = 1, 50 do
      urls[index] = "www.example.com/" .. index
    end
    local given = { urls = urls }
    local results = assert(client:purge(given, { timeout = 5 }))
    results[1].urls[1] = "changed"
    assert.equal("www.example.com/1", urls[1])
    assert.same({ urls = urls }, given)
  end)

  it("raises on a mistake in the program, at its line", function()
    local client = start({})
    for _, case in ipairs({
      { function() client:purge() end, "purge: what to purge must be a table, got nil" },
      { function() client:purge("x") end, "purge: what to purge must be a table, got a string" },
      { function() client:purge({ url = { "x" } }) end, "unknown name 'url'; the nearest known one is 'urls'" },
      { function() client:purge({ urls = { "x" } }, { timeuot = 1 }) end, "nearest known one is 'timeout'" },
    }) do
      local message = support.raised(case[1])
      assert.matches("^spec/purge_spec.lua:%d+: ", message)
      assert.is_truthy(message:find(case[2], 1, true), message)
    end
    assert.same({}, server:requests())
  end)

  it("by wildcard has a window of 24 hours: too long a wait fails at once and says when", function()
    local reset = os.date("!%Y-%m-%dT%H:%M:%S", os.time() + 86400) .. ".267566"
    local headers = { ["X-RateLimit-Limit"] = "2000", ["X-RateLimit-Remaining"] = "0", ["X-RateLimit-Reset"] = reset }
    local client = start({ reply(nil, 201, done, "/purge/wildcard", headers), reply(nil, 201, done) })
    assert(client:purge({ wildcard = "www.example.com/*" }))
    assert.equal(2000, client:rate().purge_wildcard.limit)
    local began = core.now()
    local results, err = client:purge({ wildcard = "www.example.com/*" })
    assert.is_nil(results)
    assert.is_true(core.now() - began < 0.5) -- #time
    assert.equal("rate_limited", err.kind)
    assert.is_nil(err.status)
    assert.equal(0, err.attempts)
    assert.is_true(err.retry_after > 86000 and err.retry_after < 86402, err.retry_after)
    assert.equal(1, #server:requests())
    assert(client:purge({ urls = { "www.example.com/a" } }))
  end)

  it("that draws a 429 of 24 hours fails at once and says when", function()
    local client = start({ reply(nil, 429, '{"detail":"Request was throttled."}', "/purge/wildcard",
      { ["Retry-After"] = "86000" }) })
    local results, err = client:purge({ wildcard = "www.example.com/*" })
    assert.is_nil(results)
    assert.equal("rate_limited", err.kind)
    assert.equal(429, err.status)
    assert.equal(1, err.attempts)
    assert.equal(86000, err.retry_after)
    assert.equal("Request was throttled.", err.message)
  end)
end)
