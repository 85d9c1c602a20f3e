-- Purges in the sandbox's model (v3.md, sections 2.7 and 4.9).

local json = require "azion.sandbox.model.json"
local support = require "spec.support.sandbox_model"

local with = support.with

local APPLICATION = 1618339282

describe("the sandbox's", function()
  local api

  before_each(function()
    api = support.new { seed = { edge_applications = 1 } }
  end)

  local function call(...)
    return api:call(...)
  end

  local function succeeds(...)
    return api:expect(...)
  end

  describe("purge", function()
    local done = { detail = "Purge request successfully created" }

    local function purge(kind, urls, more)
      return call("POST", "/purge/" .. kind, with({ urls = urls, method = "delete" }, more))
    end

    it("answers in groups, in another order than was sent", function()
      local value, status, reply = purge("url", {
        "www.notauthorize.test/a.jpg", "www.example.com/foo.jpg", "http://www.example.com/bar.jpg", "nowhere.test",
      })
      assert.equal(207, status)
      assert.same({
        { status = "HTTP/1.1 403 FORBIDDEN", urls = { "nowhere.test", "www.notauthorize.test/a.jpg" },
          details = "Unauthorized domain for your account" },
        { status = "HTTP/1.1 201 CREATED", urls = { "http://www.example.com/bar.jpg", "www.example.com/foo.jpg" },
          details = "Purge request successfully created" },
      }, value)
      assert.equal('[{"status":', reply.body:sub(1, 11))
    end)

    local own = { "example.com", "https://EXAMPLE.org/a", "a.b.example.net:443/x?y#z", "www.mine.test/a" }
    for _, url in ipairs(own) do
      it("takes " .. url, function()
        succeeds(201, "POST", "/domains", {
          name = "mine", edge_application_id = APPLICATION, cnames = { "www.mine.test" },
        })
        local value, status = purge("url", { url })
        assert.equal(201, status)
        assert.same(done, value)
      end)
    end

    it("takes the name that the API gave a domain", function()
      local item = succeeds(201, "POST", "/domains", { name = "mine", edge_application_id = APPLICATION }).results
      assert.equal(201, select(2, purge("url", { item.domain_name .. "/a" })))
    end)

    for _, url in ipairs { "notexample.com", "example.com.test", "www.mine.test", "", "/a" } do
      it(("does not take %q"):format(url), function()
        local value, status = purge("url", { url })
        assert.equal(207, status)
        assert.equal("HTTP/1.1 403 FORBIDDEN", value[1].status)
      end)
    end

    local function many(count)
      local urls = {}
      for position = 1, count do
        urls[position] = ("www.example.com/%d"):format(position)
      end
      return urls
    end
    local too_many = { urls = { "Ensure this field has no more than 50 elements." } }
    local cases = {
      { "cachekey", { "www.example.com/a@@" }, { layer = "l2_caching" }, 201, done },
      { "cachekey", { "www.example.com/a@@" }, nil, 201, done },
      { "cachekey", { "www.other.test/a@@" }, nil, 403, { details = "Unauthorized domain for your account" } },
      { "cachekey", { "a" }, { layer = "x" }, 400, { layer = { '"x" is not a valid choice.' } } },
      { "wildcard", { "www.example.com/*" }, nil, 201, done },
      { "wildcard", many(2), nil, 400, { urls = { "Ensure this field has no more than 1 elements." } } },
      { "wildcard", { "www.other.test/*" }, nil, 403, { details = "Unauthorized domain for your account" } },
      { "url", many(50), nil, 201, done },
      { "url", many(51), nil, 400, too_many },
      { "cachekey", many(51), nil, 400, too_many },
      { "url", json.array {}, nil, 400, { urls = { "This list may not be empty." } } },
      { "url", "x", nil, 400, { urls = { 'Expected a list of items but got type "str".' } } },
      { "url", { "a" }, { method = "get" }, 400, { method = { '"get" is not a valid choice.' } } },
    }
    for number, case in ipairs(cases) do
      it(("%s, case %d: %d"):format(case[1], number, case[4]), function()
        local value, status = purge(case[1], case[2], case[3])
        assert.equal(case[4], status)
        assert.same(case[5], value)
      end)
    end

    it("is counted apart, wildcards by the day", function()
      api = support.new { window = 60, limits = { read = 1, write = 1, purge = 2, purge_wildcard = 1 } }
      for _, kind in ipairs { "url", "cachekey" } do
        assert.equal(201, select(2, purge(kind, { "example.com/a" })))
      end
      local _, status, reply = purge("url", { "example.com/a" })
      assert.same({ 429, "purge", "60" }, { status, reply.bucket, reply.headers["Retry-After"] })
      _, status, reply = purge("wildcard", { "example.com/*" })
      assert.same({ 201, "purge_wildcard", "2023-11-15T22:13:20.000000" },
        { status, reply.bucket, reply.headers["X-RateLimit-Reset"] })
      api.clock = api.clock + 86399
      _, status, reply = purge("wildcard", { "example.com/*" })
      assert.same({ 429, "1" }, { status, reply.headers["Retry-After"] })
      assert.equal(201, select(2, purge("url", { "example.com/a" })))
      api.clock = api.clock + 1
      assert.equal(201, select(2, purge("wildcard", { "example.com/*" })))
    end)

    it("is all that can be done there", function()
      succeeds(405, "GET", "/purge/url")
      succeeds(404, "POST", "/purge/all")
    end)
  end)
end)
