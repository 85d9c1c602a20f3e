-- client:request, the way to any endpoint.
local azion = require("azion")
local base64 = require("azion.secrets.base64")
local core = require("azion.core")
local support = require("spec.support.sandbox")
local web = require("spec.support.web_server")

local faults = {
  { path = "/nothing", status = 204 },
  { path = "/blank", status = 200, body = " \n" },
  { path = "/null", status = 200, body = "null" },
  { path = "/false", status = 200, body = "false" },
  { path = "/text", status = 200, body = '"a word"' },
  { path = "/number", status = 200, body = "42" },
  { path = "/list", status = 200, body = "[1,null,[]]" },
  { path = "/html", status = 200, body = "<html></html>" },
  { path = "/moved", status = 302, headers = { Location = "https://127.0.0.1:1/elsewhere" } },
  { path = "/trouble", nth = 1, status = 503, headers = { ["Retry-After"] = "1" } },
  { path = "/trouble", status = 200, body = "{}" },
  { path = "/slow", delay = 3, status = 200, body = "{}" },
  { path = "/always", status = 500 },
}

describe("a request", function()
  local server, client
  setup(function()
    server = support.start({ seed = 3, faults = faults })
    client = server:client()
  end)
  teardown(function() server:stop() end)

  it("gives the whole body, nil and the response", function()
    local body, err, response = client:request("GET", "/edge_applications", { query = { page_size = 1 } })
    assert.is_nil(err)
    assert.equal(1, body.count)
    assert.equal(3, body.schema_version)
    assert.equal(support.application, body.results[1].id)
    assert.equal(200, response.status)
    assert.equal("GET", response.method)
    assert.equal(1, response.attempts)
    assert.equal(server.sandbox.base_url .. "/edge_applications?page_size=1", response.url)
  end)

  it("does not show headers where their names say that they are secret", function()
    local basic = "Basic " .. base64.encode("someone:pass-word-1")
    for name, value in pairs({ Authorization = "Bearer bearer-0815", ["X-Api-Key"] = "api-key-0815",
      Cookie = "session=cookie-0815", ["X-Auth"] = "auth-0815", ["X-My-Secret"] = "secret-0815" }) do
      local _, err = client:request("GET", "/repeats/" .. value:match("%S+$"), { headers = { [name] = value } })
      assert.is_table(err, name)
      assert.is_nil((tostring(err) .. err.path .. err.response.url):find("0815", 1, true), name)
    end
    local _, err = client:request("GET", "/repeats/pass-word-1", { headers = { Authorization = basic } })
    assert.is_nil(tostring(err):find("pass-word-1", 1, true))
    _, err = client:request("GET", "/shown-0815", { headers = { ["X-Request"] = "shown-0815" } })
    assert.truthy(tostring(err):find("/shown-0815", 1, true))
  end)

  it("gives whatever JSON it was answered", function()
    for path, expected in pairs({ ["/text"] = "a word", ["/number"] = 42, ["/nothing"] = true, ["/blank"] = true,
      ["/null"] = azion.null }) do
      local body, err, response = client:request("GET", path)
      assert.is_nil(err, path)
      assert.equal(expected, body, path)
      assert.is_table(response, path)
    end
    local body, err = client:request("GET", "/false")
    assert.is_nil(err)
    assert.is_false(body)
    body = client:request("GET", "/list")
    assert.equal(3, #body)
    assert.equal(azion.null, body[2])
  end)

  it("carries all five methods, each with a body if it has one", function()
    for _, method in ipairs({ "GET", "POST", "PUT", "PATCH", "DELETE" }) do
      for _, body in ipairs({ { a = 1 }, azion.array({}), { 1, 2 }, {} }) do
        client:request(method, "/nothing", { body = body })
        local requests = server:requests("/nothing")
        assert.equal(method, requests[#requests].method)
        assert.equal(core.encode(body), requests[#requests].body)
      end
      client:request(method, "/nothing")
      local requests = server:requests("/nothing")
      assert.equal(method, requests[#requests].method)
      assert.equal("", requests[#requests].body)
    end
  end)

  it("takes paths as they are, and no other than paths", function()
    for _, path in ipairs({ "/", "/a", "/a/", "/a%20b/%2Fc", "/a;b=c,d", "/a:b@c", "/...", "/.a", "/a/..b",
      "/~x/$&'()*+!",
      "/" .. ("x"):rep(4000) }) do
      local count = #server:requests()
      local _, err = client:request("GET", path)
      assert.equal(404, err.status, path)
      local requests = server:requests()
      assert.equal(count + 1, #requests)
      assert.equal(path, requests[#requests].path)
    end
    local before = #server:requests()
    for _, path in ipairs({ "", "a", "edge_applications", "//", "//evil.example/x", "///", "/a//b", "/.", "/..",
      "/./a", "/../a",
      "/a/.", "/a/..", "/a/../b", "/a/./b", "/%2e", "/a/%2E%2e/b", "/.%2e", "/a?b=c", "/a#b", "/a b", "/a\\b", "/a\nb",
      "https://evil.example/", "@evil.example/", ":80/", "\\\\evil.example\\", "/" .. ("x"):rep(10000) }) do
      local body, err = client:request("GET", path)
      assert.is_nil(body, path)
      assert.equal("invalid", err.kind, path)
      assert.truthy(err.message:find("^path: "), err.message)
    end
    assert.equal(before, #server:requests())
  end)

  it("does not follow redirects", function()
    local body, err = client:request("GET", "/moved")
    assert.is_nil(body)
    assert.equal("rejected", err.kind)
    assert.equal(302, err.status)
    assert.equal(1, err.attempts)
    assert.is_false(err.retryable)
    assert.equal("https://127.0.0.1:1/elsewhere", err.response.headers.location)
    assert.equal(1, #server:requests("/moved"))
  end)

  it("is retried, and limited, as its own options say", function()
    local body, _, response = client:request("GET", "/trouble")
    assert.same({}, body)
    assert.equal(2, response.attempts)
    assert.is_true(response.elapsed >= 1 and response.elapsed < 4) -- #time

    local err
    body, err = client:request("GET", "/always", { max_attempts = 2 })
    assert.is_nil(body)
    assert.equal(2, err.attempts)
    assert.equal(2, #server:requests("/always"))

    local started = core.now()
    body, err = client:request("GET", "/slow", { timeout = 0.3, max_attempts = 1 })
    local elapsed = core.now() - started
    assert.is_nil(body)
    assert.equal("timeout", err.kind)
    assert.is_true(elapsed >= 0.3 and elapsed < 2, elapsed) -- #time

    started = core.now()
    body, err = client:request("GET", "/slow", { deadline = 0.4 })
    elapsed = core.now() - started
    assert.is_nil(body)
    assert.equal("timeout", err.kind)
    assert.is_true(elapsed >= 0.35 and elapsed < 2, elapsed) -- #time
  end)

  it("fails as the collections do", function()
    local body, err = client:request("GET", "/html")
    assert.is_nil(body)
    assert.equal("protocol", err.kind)
    assert.equal("<html></html>", err.response.body)
    body, err = client:request("POST", support.origins_path, { body = { origin_type = "single_origin" } })
    assert.is_nil(body)
    assert.equal("rejected", err.kind)
    assert.same({ "This field is required." }, err.fields.name)
    body, err = client:request("POST", support.origins_path, { body = { list = { 0 / 0 } } })
    assert.is_nil(body)
    assert.equal("invalid", err.kind)
    assert.truthy(err.message:find("list.1", 1, true), err.message)
  end)

  it("raises where the program is wrong, at its line", function()
    local line
    local function here() line = debug.getinfo(2, "l").currentline end
    for index, mistake in ipairs({
      function() here(); local r = client:request(nil, "/") return r end,
      function() here(); local r = client:request("GET") return r end,
      function() here(); local r = client:request("GET", 5) return r end,
      function() here(); local r = client:request("GET", "/", 5) return r end,
      function() here(); local r = client:request("GET", "/", { quary = {} }) return r end,
      function() here(); local r = client:request("GET", "/", { query = "a=b" }) return r end,
      function() here(); local r = client:request("GET", "/", { body = "{}" }) return r end,
      function() here(); local r = client:request("GET", "/", { headers = "X: 1" }) return r end,
      function() here(); local r = client:request("GET", "/", { timeout = "1" }) return r end,
    }) do
      local message = support.raised(mistake)
      assert.truthy(message:find("request_spec.lua:" .. line .. ": ", 1, true), index .. ": " .. tostring(message))
    end
  end)

  it("leaves the caller's tables as they are", function()
    local options = { query = { page = 1 }, headers = { ["X-A"] = "b" }, body = { list = azion.array({}) },
      timeout = 5 }
    client:request("PUT", "/nothing", options)
    assert.same({ query = { page = 1 }, headers = { ["X-A"] = "b" }, body = { list = {} }, timeout = 5 }, options)
  end)
end)

describe("a request's headers", function()
  local server, client
  setup(function()
    server = web.start({ locations = [[
      location / {
        content_by_lua_block {
          ngx.req.read_body()
          -- JSON by hand: nginx may have no cjson.
          ngx.print('{"head":"', (ngx.req.raw_header():gsub("\r\n", "|")), '"}')
        }
      }
    ]] })
    client = assert(azion.client({ base_url = server.plain_url .. "/prefix", token = "t-0-k-e-n" }))
  end)
  teardown(function()
    client:close()
    server:stop()
  end)

  -- The head as it arrived: its first line, and all lines by lower-case name.
  local function sent(method, options)
    local head = assert(client:request(method, "/x", options)).head
    local lines, count = {}, {}
    for name, value in head:gmatch("|([^:|]+):[ \t]*([^|]*)") do
      name = name:lower()
      lines[name], count[name] = value, (count[name] or 0) + 1
    end
    for name, times in pairs(count) do
      assert.equal(1, times, name)
    end
    return lines, head:match("^[^|]*")
  end

  it("are those of the API", function()
    local lines, first = sent("GET")
    assert.equal("GET /prefix/x HTTP/1.1", first)
    assert.equal("token t-0-k-e-n", lines.authorization)
    assert.equal("application/json; version=3", lines.accept)
    assert.is_nil(lines["content-type"])
    assert.is_nil(lines["content-length"])
    assert.is_nil(lines.expect)
    lines = sent("POST", { body = { a = ("x"):rep(2000000) } })
    assert.equal("application/json", lines["content-type"])
    assert.equal("2000008", lines["content-length"])
    assert.is_nil(lines.expect)
    assert.is_nil(lines["transfer-encoding"])
    lines = sent("POST")
    assert.equal("0", lines["content-length"])
  end)

  it("can be added to and replaced", function()
    local lines = sent("PUT", { body = {}, headers = { accept = "text/plain", ["CONTENT-type"] = "application/x",
      ["X-One"] = "1 é",
      ["X-Empty"] = "", AUTHORIZATION = "Bearer other" } })
    assert.equal("text/plain", lines.accept)
    assert.equal("application/x", lines["content-type"])
    assert.equal("1 é", lines["x-one"])
    assert.equal("", lines["x-empty"])
    assert.equal("Bearer other", lines.authorization)
  end)
end)
