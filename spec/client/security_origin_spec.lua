-- Requests go to the configured origin, whatever replies, files and environment say. Somebody else listens, and must
-- not see a connection.
local child = require "spec.support.child"
local socket = require "socket"
local web = require "spec.support.web_server"

local token = "tkn-origin-0123456789"

local LOCATIONS = [[
location / {
  add_header Alt-Svc 'h2="127.0.0.1:OTHER"; ma=86400, h3="127.0.0.1:OTHER"; ma=86400' always;
  add_header Strict-Transport-Security 'max-age=31536000; includeSubDomains' always;
  add_header Set-Cookie 'session=stolen; Path=/' always;
  add_header Refresh '0; url=http://127.0.0.1:OTHER/refresh' always;
  add_header Content-Location 'http://127.0.0.1:OTHER/content' always;
  add_header Link '<http://127.0.0.1:OTHER/link>; rel=next, <http://127.0.0.1:OTHER/p>; rel=preload' always;
  add_header Origin-Agent-Cluster 'http://127.0.0.1:OTHER' always;
  add_header Location 'http://127.0.0.1:OTHER/location' always;
  add_header WWW-Authenticate 'Basic realm="http://127.0.0.1:OTHER/"' always;
  add_header WWW-Authenticate 'Negotiate' always;
  add_header Proxy-Authenticate 'Basic realm="x"' always;
  content_by_lua_block {
    local status = tonumber(ngx.var.uri:match("^/status/(%d+)$"))
    if status then
      ngx.status = status
    end
    ngx.header["Content-Type"] = "application/json"
    local page = tonumber(ngx.var.arg_page)
    if page then
      ngx.print('{"count":2,"total_pages":2,"links":{"previous":null,"next":',
        page < 2 and '"http://127.0.0.1:OTHER/next?page=2"' or "null", '},"results":[{"id":', page, '}]}')
    elseif ngx.var.uri == "/echo" then
      local parts = {}
      for name, value in pairs(ngx.req.get_headers()) do
        parts[#parts + 1] = ("%q:%q"):format(name, value)
      end
      ngx.print('{"results":{', table.concat(parts, ","), "}}")
    else
      ngx.print("{}")
    end
    return ngx.exit(ngx.status)
  }
}
]]

-- Each kind of call once, after replies that name somebody else; prints what came, one line each.
local PROGRAM = [[
local azion = require "azion"
local settings = { token = os.getenv("TOKEN"), base_url = os.getenv("BASE_URL"), max_attempts = 1,
  timeout = tonumber(os.getenv("TIMEOUT") or 10),
  proxy = os.getenv("PROXY") }
if not os.getenv("NO_CA") then settings.ca_file = os.getenv("CA_FILE") end
local client = assert(azion.client(settings))
local function show(value, err)
  print(err and (err.kind .. " " .. tostring(err.status or err.code)) or type(value))
end
for status in (os.getenv("STATUSES") or ""):gmatch("%d+") do
  for _, method in ipairs { "GET", "POST", "DELETE" } do
    show(client:request(method, "/status/" .. status))
  end
end
show(client:edge_applications():all())
local echo, err = client:request("GET", "/echo")
show(echo, err)
if echo then
  local names = {}
  for name in pairs(echo.results) do names[#names + 1] = name end
  table.sort(names)
  print(table.concat(names, " "))
  print(echo.results.authorization)
end
client:close()
]]

describe("a request goes to the configured origin", function()
  local server, other, other_port, folder
  setup(function()
    other = assert(socket.bind("127.0.0.1", 0))
    other:settimeout(0)
    other_port = select(2, other:getsockname())
    server = web.start { http2 = true, locations = (LOCATIONS:gsub("OTHER", other_port)) }
    folder = server.folder
  end)
  teardown(function()
    server:stop()
    other:close()
  end)

  -- What came at the other: the first bytes of each connection.
  local function seen_by_other()
    local heads = {}
    local connection = other:accept()
    while connection do
      connection:settimeout(0)
      local head, _, part = connection:receive(4096)
      heads[#heads + 1] = head or part or ""
      connection:close()
      connection = other:accept()
    end
    return heads
  end

  local clean = { TOKEN = token, AZION_TOKEN = false, AZION_BASE_URL = false, http_proxy = false, https_proxy = false,
    HTTPS_PROXY = false, HTTP_PROXY = false, all_proxy = false, ALL_PROXY = false, no_proxy = false, NO_PROXY = false }

  local function run(environment)
    local settings = { CA_FILE = server.ca_file, BASE_URL = server.base_url }
    for name, value in pairs(clean) do
      settings[name] = value
    end
    for name, value in pairs(environment) do
      settings[name] = value
    end
    local status, output, errors = child.run({ "-e", PROGRAM }, { environment = settings })
    assert.equal(0, status, errors)
    local lines = {}
    for line in output:gmatch("[^\n]+") do
      lines[#lines + 1] = line
    end
    return lines
  end

  local function assert_all_there(lines)
    assert.equal("table", lines[#lines - 3])
    assert.equal("table", lines[#lines - 2])
    assert.equal("accept accept-encoding authorization host user-agent", lines[#lines - 1])
    assert.equal("token " .. token, lines[#lines])
    assert.same({}, seen_by_other())
  end

  local statuses = "200 201 300 301 302 303 305 307 308 401 407 421 426 503"
  for _, scheme in ipairs { "base_url", "plain_url" } do
    it(("whatever its replies say (%s)"):format(scheme), function()
      local lines = run { STATUSES = statuses, BASE_URL = server[scheme] }
      assert_all_there(lines)
      -- Redirects are errors.
      assert.equal("rejected 301", lines[10])
      assert.equal("rejected 308", lines[25])
      assert.equal(14 * 3 + 4, #lines)
      -- One request each, and no second one with other credentials.
      local count = io.popen(("curl -sk '%s/count?of=GET%%20/status/401'"):format(server.base_url)):read("*a")
      assert.equal(scheme == "base_url" and "1" or "2", count)
    end)
  end

  it("whatever lies in the home directory", function()
    local function write(name, text)
      local file = assert(io.open(folder .. "/" .. name, "w"))
      file:write(text)
      file:close()
    end
    write(".curlrc", ('proxy = "http://127.0.0.1:%d"\ninsecure\nheader = "X-Curlrc: 1"\n'):format(other_port))
    write("_curlrc", ('proxy = "http://127.0.0.1:%d"\n'):format(other_port))
    write(".netrc", "machine 127.0.0.1 login somebody password else\ndefault login somebody password else\n")
    write(".curl-hsts", '127.0.0.1 "20990101 00:00:00"\n')
    for _, scheme in ipairs { "base_url", "plain_url" } do
      assert_all_there(run { HOME = folder, CURL_HOME = folder, XDG_CONFIG_HOME = folder, NETRC = folder .. "/.netrc",
        BASE_URL = server[scheme] })
    end
  end)

  it("though a proxy is set for others", function()
    local proxy = "http://127.0.0.1:" .. other_port
    assert_all_there(run { http_proxy = proxy, HTTP_PROXY = proxy, ftp_proxy = proxy })
    -- What is for this machine must not leave it.
    for _, scheme in ipairs { "base_url", "plain_url" } do
      for _, name in ipairs { "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "HTTP_PROXY" } do
        assert_all_there(run { BASE_URL = server[scheme], [name] = proxy, no_proxy = "other.example", NO_PROXY = "" })
      end
      assert_all_there(run { BASE_URL = server[scheme], all_proxy = "odd://cannot be read", PROXY = "" })
    end
  end)

  it("and to a proxy where option or environment name one, without a token", function()
    local proxy = "http://user:proxy-word@127.0.0.1:" .. other_port
    for _, environment in ipairs { { PROXY = proxy }, { https_proxy = proxy }, { HTTPS_PROXY = proxy },
      { all_proxy = proxy }, { ALL_PROXY = proxy }, { PROXY = proxy, no_proxy = "other.example" } } do
      environment.TIMEOUT = "0.3"
      -- The option holds for this machine too.
      local base_url = environment.PROXY and server.base_url or "https://api.invalid:8443"
      environment.BASE_URL = base_url
      local lines = run(environment)
      assert.equal("timeout OPERATION_TIMEDOUT", lines[1])
      local heads = seen_by_other()
      assert.is_true(#heads >= 1)
      for _, head in ipairs(heads) do
        assert.equal("CONNECT " .. base_url:match("//(.*)$") .. " HTTP/1.1", head:match("^[^\r]*")) -- #time
        assert.is_nil(head:find(token, 1, true))
        assert.is_nil(head:lower():find("\nauthorization:", 1, true))
        assert.truthy(head:find("Proxy-Authorization: Basic dXNlcjpwcm94eS13b3Jk\r\n", 1, true))
      end
    end
  end)

  it("whose certificate no variable vouches for", function()
    local lines = run { NO_CA = "1", SSL_CERT_FILE = server.ca_file, CURL_CA_BUNDLE = server.ca_file,
      SSL_CERT_DIR = folder, REQUESTS_CA_BUNDLE = server.ca_file }
    assert.same({ "tls PEER_FAILED_VERIFICATION", "tls PEER_FAILED_VERIFICATION" }, lines)
  end)
end)
