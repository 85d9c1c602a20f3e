-- Bytes that would end a header, a request line or a query: refused before anything is sent, or encoded.
local azion = require("azion")
local support = require("spec.support.sandbox")

local breaks = { "\r\nX-Evil: 1", "\nX-Evil: 1", "\rX-Evil: 1", "\0", "\r\n\r\nGET /evil HTTP/1.1\r\n", "\127",
  "\27", "\11" }

describe("injection", function()
  local server, client
  setup(function()
    server = support.start({ seed = 3 })
    client = server:client()
  end)
  teardown(function() server:stop() end)

  local function options_with(name, value)
    local options = { base_url = server.sandbox.base_url, token = server.sandbox.token,
      ca_file = server.sandbox.ca_file }
    options[name] = value
    return options
  end

  local function assert_refused(value, err, label)
    assert.is_nil(value, label)
    assert.equal("invalid", err.kind, label)
    assert.equal(0, err.attempts, label)
    assert.is_nil(tostring(err):find("%c"), label)
    assert.same({}, server:requests(), label)
  end

  it("through a client's options is refused", function()
    for _, bytes in ipairs(breaks) do
      for name, value in pairs({
        token = server.sandbox.token .. bytes, base_url = server.sandbox.base_url .. bytes,
        user_agent = "x" .. bytes, proxy = "http://127.0.0.1:1" .. bytes, ca_file = server.sandbox.ca_file .. bytes,
      }) do
        local refused, err = azion.client(options_with(name, value))
        assert_refused(refused, err, ("%s %q"):format(name, bytes))
        assert.truthy(err.fields[name])
      end
    end
    for _, bytes in ipairs({ " ", "\t", "a b", " x", "x " }) do
      local refused, err = azion.client(options_with("token", server.sandbox.token .. bytes))
      assert_refused(refused, err, ("token %q"):format(bytes))
      refused, err = azion.client(options_with("base_url", server.sandbox.base_url .. "/" .. bytes))
      assert_refused(refused, err, ("base_url %q"):format(bytes))
    end
  end)

  it("through the method is refused", function()
    for _, method in ipairs({ "", " ", "GET ", " GET", "get", "GET /evil HTTP/1.1\r\nX:", "GET\r\n", "GET\0",
      "G\tET", "TRACE",
      "CONNECT", "HEAD", "OPTIONS", "PROPFIND", "*" }) do
      local body, err = client:request(method, "/edge_applications")
      assert_refused(body, err, ("%q"):format(method))
      assert.truthy(err.message:find("^method: "), err.message)
    end
  end)

  it("through the path is refused", function()
    local paths = { "/a b", "/ ", "/a\tb", "/a?b", "/a#b", "/a\\b", "/é", "/\255" }
    for _, bytes in ipairs(breaks) do
      paths[#paths + 1] = "/edge_applications" .. bytes
      paths[#paths + 1] = bytes .. "/edge_applications"
    end
    for _, path in ipairs(paths) do
      local body, err = client:request("GET", path)
      assert_refused(body, err, ("%q"):format(path))
      assert.truthy(err.message:find("^path: "), err.message)
    end
  end)

  it("through a header is refused", function()
    local headers = {}
    for _, bytes in ipairs(breaks) do
      headers[#headers + 1] = { ["X-A"] = "a" .. bytes }
      headers[#headers + 1] = { ["X-A"] = bytes .. "a" }
      headers[#headers + 1] = { ["X-A" .. bytes] = "a" }
    end
    for _, name in ipairs({ "", " ", "X A", "X-A ", " X-A", "X-A:", "X:A", "X\tA", "X(A)", "X,A", "X/A", "Ä", "X@A",
      "X;A" }) do
      headers[#headers + 1] = { [name] = "a" }
    end
    for _, name in ipairs({ "Host", "host", "Keep-Alive", "Proxy-Connection", "Content-Length",
      "Transfer-Encoding", "Connection", "Upgrade", "Expect", "TE", "Trailer", "Proxy-Authorization" }) do
      headers[#headers + 1] = { [name] = "a" }
    end
    for _, value in ipairs({ 1, true, {}, print, azion.null }) do
      headers[#headers + 1] = { ["X-A"] = value }
    end
    headers[#headers + 1] = { "X-A: 1" }
    for index, given in ipairs(headers) do
      local body, err = client:request("GET", "/edge_applications", { headers = given })
      assert_refused(body, err, "header " .. index)
      assert.truthy(err.message:find("^headers: "), err.message)
    end
  end)

  it("through an application's id is refused", function()
    for _, bytes in ipairs(breaks) do
      local page, err = client:origins("1" .. bytes):list()
      assert_refused(page, err, ("%q"):format(bytes))
    end
  end)

  it("through a query or a body stays inside it", function()
    local mark = #server:requests()
    for _, bytes in ipairs(breaks) do
      assert(client:origins(support.application):list({ filter = "x" .. bytes }))
      assert(client:request("GET", "/edge_applications", { query = { ["x" .. bytes] = "&y=1#z" } }))
      client:request("POST", "/evil", { body = { ["x" .. bytes] = bytes } })
    end
    local requests = server:requests()
    assert.equal(mark + 3 * #breaks, #requests)
    for index = mark + 1, #requests do
      local entry = requests[index]
      local expected = ({ support.origins_path, "/edge_applications", "/evil" })[(index - mark - 1) % 3 + 1]
      assert.equal(expected, entry.path)
      assert.is_nil(entry.query:find("[%c%s]"))
      assert.is_nil(entry.query:find("&", 1, true))
      assert.is_nil(entry.body:find("%c"))
    end
  end)
end)
