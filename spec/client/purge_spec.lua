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
    assert(client:purge({ wildcard = "www.example.com/*", method = "delete", layer = "edge_caching" }))
    assert.equal("edge_caching", core.decode(last_request().body).layer)
    -- As many characters as the API takes, of more bytes.
    assert(client:purge({ wildcard = ("é"):rep(256) }))
    assert(client:purge({ cachekeys = { ("é"):rep(4096) } }))
  end)

  it("makes one group of a reply that has none", function()
    local urls = { "www.example.com/a" }
    local client = start({
      reply(1, 201, '{"details":"created"}'), reply(2, 204), reply(3, 200, '{"results":[]}'),
      reply(4, 207, '[{"status":200,"urls":["x"]},{"status":"500","urls":["y"],"detail":"no"},{"detail":["a"]}]'),
      reply(5, 207, "[]"),
      reply(7, 207, '[{"status":"HTTP/1.1 302 FOUND","urls":["x"]},{"status":299},{"status":300},{"status":199}]'),
      reply(6, 207, '{"status":"HTTP/2 403","urls":["x"],"detail":"no"}'),
    })
    assert.same({ { status = 201, urls = urls, detail = "created" }, failed = 0 }, (client:purge({ urls = urls })))
    assert.same({ { status = 204, urls = urls }, failed = 0 }, (client:purge({ urls = urls })))
    assert.same({ { status = 200, urls = urls }, failed = 0 }, (client:purge({ urls = urls })))
    assert.same({ { status = 200, urls = { "x" } }, { status = 500, urls = { "y" }, detail = "no" },
      { status = 207, urls = urls }, failed = 1 }, (client:purge({ urls = urls })))
    assert.same({ failed = 0 }, (client:purge({ urls = urls })))
    assert.same({ { status = 403, urls = { "x" }, detail = "no" }, failed = 1 }, (client:purge({ urls = urls })))
    assert.equal(3, client:purge({ urls = urls }).failed)
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
    assert.matches("^You do not have permission to perform this action%. %(azion%.api_version ", err.message)
    assert.equal("/purge/url", err.path)
  end)

  it("refuses what is not one list of URLs or keys, and sends nothing", function()
    local client = start({})
    local many, long = {}, ("x"):rep(4097)
    for index = 1, 120 do
      many[index] = index == 111 and "x\255" or "www.example.com/" .. index
    end
    for _, case in ipairs({
      { {}, "purge", "expected one of urls, cachekeys and wildcard" },
      { { method = "delete" }, "purge", "expected one of urls, cachekeys and wildcard" },
      { { urls = { "x" }, wildcard = "x" }, "purge", "expected one of urls, cachekeys and wildcard" },
      { { urls = { "x" }, cachekeys = { "x" } }, "purge", "expected one of urls, cachekeys and wildcard" },
      { { urls = "x" }, "urls", "expected a list, got a string" },
      { { urls = {} }, "urls", "expected at least one entry" },
      { { urls = { a = "x" } }, "urls", "expected at least one entry" },
      { { cachekeys = many }, "cachekeys.111", "expected a string in UTF-8, got invalid bytes" },
      { { urls = { "x", long } }, "urls.2", "expected at most 4096 characters, got a string of 4097 bytes" },
      { { cachekeys = { long } }, "cachekeys.1", "expected at most 4096 characters, got a string of 4097 bytes" },
      { { wildcard = ("x"):rep(257) }, "wildcard", "expected at most 256 characters, got a string of 257 bytes" },
      { { wildcard = "www.example.com/*", layer = "l2_caching" }, "layer", "wildcards do not work on l2_caching" },
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

  local function numbered(count)
    local urls = {}
    for index = 1, count do
      urls[index] = "www.example.com/" .. index
    end
    return urls
  end

  local function sent_by(requests)
    local sizes, urls = {}, {}
    for index, request in ipairs(requests) do
      local list = core.decode(request.body).urls
      sizes[index] = #list
      for _, url in ipairs(list) do
        urls[url] = (urls[url] or 0) + 1
      end
    end
    table.sort(sizes)
    return sizes, urls
  end

  it("of more than 50 sends several requests, side by side, and tells of them in their order", function()
    for _, case in ipairs { { "urls", 300, { 50, 50, 50, 50, 50, 50 } }, { "cachekeys", 51, { 1, 50 } },
      { "urls", 120, { 20, 50, 50 } }, { "urls", 100, { 50, 50 } } } do
      local path = case[1] == "urls" and "/purge/url" or "/purge/cachekey"
      local client = start({ { method = "POST", path = path, nth = 2, delay = 0.5, status = 201, body = done },
        { method = "POST", path = path, delay = 0.2, status = 201, body = done } })
      local given = { [case[1]] = numbered(case[2]) }
      local began = core.now()
      local results, err, response = client:purge(given, { timeout = 20 })
      local elapsed = core.now() - began
      assert.is_nil(err)
      -- The first one goes alone: then it is known whether there is a limit.
      assert.is_true(elapsed >= 0.7 and (#case[3] < 6 or elapsed < 1.2), elapsed) -- #time
      assert.equal(201, response.status)
      assert.equal(#case[3], #results)
      assert.equal(0, results.failed)
      local told = {}
      for _, group in ipairs(results) do
        assert.equal(201, group.status)
        for _, url in ipairs(group.urls) do
          told[#told + 1] = url
        end
      end
      assert.same(numbered(case[2]), told)
      assert.same({ [case[1]] = told }, given)
      local sizes, urls = sent_by(server:requests(path))
      assert.same(case[3], sizes)
      for _, url in ipairs(told) do
        assert.equal(1, urls[url])
      end
      server:stop()
    end
  end)

  it("of several requests keeps to the client's concurrency", function()
    local client = start({ reply(nil, 201, done) }, { concurrency = 1 })
    assert.equal(4, #client:purge({ urls = numbered(170) }))
    for index, request in ipairs(server:requests()) do
      assert.equal("www.example.com/" .. index * 50 - 49, core.decode(request.body).urls[1])
    end
  end)

  it("of several requests tells the error of one in the place of its status", function()
    local client = start({ reply(2, 403, '{"detail":"not yours"}'), reply(3, 207, recorded), reply(nil, 201, done) },
      { concurrency = 1 })
    local results, err, response = client:purge({ urls = numbered(160) })
    assert.is_nil(err)
    assert.equal(201, response.status)
    assert.equal(5, #results)
    assert.equal(2, results.failed)
    assert.equal(201, results[1].status)
    assert.is_nil(results[2].status)
    assert.equal("forbidden", results[2].err.kind)
    assert.equal("not yours", results[2].err.message)
    assert.equal(50, #results[2].urls)
    assert.equal("www.example.com/51", results[2].urls[1])
    assert.same({ 403, 201, 201 }, { results[3].status, results[4].status, results[5].status })
    assert.same({ "www.example.com/151", "www.example.com/160" }, { results[5].urls[1], results[5].urls[10] })
  end)

  it("of several requests gives the last one's response, also where that failed", function()
    local client = start({ reply(2, 403, '{"detail":"no"}'), reply(nil, 201, done) }, { concurrency = 1 })
    local results, _, response = client:purge({ urls = numbered(60) })
    assert.equal(1, results.failed)
    assert.equal(403, response.status)
  end)

  it("of several requests has one deadline", function()
    local client = start({ reply(1, 201, done), { method = "POST", path = "/purge/url", action = "hang" } },
      { concurrency = 2 })
    assert(client:purge({ urls = { "x" } }))
    local began = core.now()
    local results = client:purge({ urls = numbered(300) }, { deadline = 1 })
    local elapsed = core.now() - began
    assert.equal(6, results.failed)
    assert.is_true(elapsed >= 0.9 and elapsed < 2.5, elapsed) -- #time
    for _, group in ipairs(results) do
      assert.equal("timeout", group.err.kind)
    end
  end)

  it("of several requests is refused as a whole by a closed client", function()
    local client = start({})
    client:close()
    local results, err = client:purge({ urls = numbered(60) })
    assert.is_nil(results)
    assert.equal("closed", err.kind)
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
      assert.matches("^spec/client/purge_spec.lua:%d+: ", message)
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
    assert.is_true(core.now() - began < 5) -- #time
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
