local base_url = require "azion.client.base_url"

describe("a base URL", function()
  -- What is given, what comes of it (without a slash at its end), whether it is on this machine.
  local accepted = {
    { "https://api.azionapi.net", "https://api.azionapi.net" },
    { "https://api.azionapi.net/", "https://api.azionapi.net" },
    { "https://api.azionapi.net/v3", "https://api.azionapi.net/v3" },
    { "https://api.azionapi.net/v3/", "https://api.azionapi.net/v3" },
    { "https://api.azionapi.net/a/b-c/d.e/f_g~h/%41", "https://api.azionapi.net/a/b-c/d.e/f_g~h/%41" },
    { "HTTPS://API.AzionAPI.net/V3", "https://api.azionapi.net/V3" },
    { "https://stage-api.azion.net:8443", "https://stage-api.azion.net:8443" },
    { "https://stage-api.azion.net:1/x", "https://stage-api.azion.net:1/x" },
    { "https://host:65535", "https://host:65535" },
    { "https://192.0.2.1", "https://192.0.2.1" },
    { "https://[2001:db8::1]", "https://[2001:db8::1]" },
    { "https://[2001:DB8::1]:8443/x", "https://[2001:db8::1]:8443/x" },
    { "https://localhost", "https://localhost", true },
    { "https://127.0.0.1:8443", "https://127.0.0.1:8443", true },
    { "https://LocalHost:1/p", "https://localhost:1/p", true },
    { "https://[::1]:8443", "https://[::1]:8443", true },
    { "https://[0:0:0:0:0:0:0:1]", "https://[0:0:0:0:0:0:0:1]", true },
    { "https://[::ffff:127.0.0.1]", "https://[::ffff:127.0.0.1]", true },
    { "https://127.9.8.7", "https://127.9.8.7", true },
    { "https://127.1", "https://127.1", true },
    { "https://127.0.0.1.:8443", "https://127.0.0.1.:8443", true },
    { "https://2130706434", "https://2130706434", true },
    { "https://0X7F.1", "https://0x7f.1", true },
    { "https://0177.0.0.1", "https://0177.0.0.1", true },
    { "https://017700000001", "https://017700000001", true },
    { "https://[::FFFF:7F01:2]", "https://[::ffff:7f01:2]", true },
    { "https://128.0.0.1", "https://128.0.0.1" },
    { "https://2147483648", "https://2147483648" },
    { "https://0127.0.0.1", "https://0127.0.0.1" },
    { "https://127.0.0.0.1", "https://127.0.0.0.1" },
    { "https://127.0.0.1x", "https://127.0.0.1x" },
    { "https://[::ffff:8000:1]", "https://[::ffff:8000:1]" },
    { "https://localhost.", "https://localhost.", true },
    { "https://my.localhost", "https://my.localhost", true },
    { "https://127.0.0.1.evil.com", "https://127.0.0.1.evil.com" },
    { "https://localhost.evil.com", "https://localhost.evil.com" },
    { "https://evil-localhost", "https://evil-localhost" },
    { "https://128.0.0.1", "https://128.0.0.1" },
    { "https://[::2]", "https://[::2]" },
    { "https://[::10]", "https://[::10]" },
    { "https://[1::]", "https://[1::]" },
    { "https://a_b.example", "https://a_b.example" },
    { "http://127.0.0.1", "http://127.0.0.1", true },
    { "http://127.0.0.1:8080", "http://127.0.0.1:8080", true },
    { "http://127.0.0.1:8080/p/", "http://127.0.0.1:8080/p", true },
    { "http://127.1.2.3", "http://127.1.2.3", true },
    { "http://127.255.255.255", "http://127.255.255.255", true },
    { "http://localhost", "http://localhost", true },
    { "http://LOCALHOST:8080", "http://localhost:8080", true },
    { "http://localhost:8080/a/b", "http://localhost:8080/a/b", true },
    { "http://[::1]", "http://[::1]", true },
    { "http://[::1]:8080/p/", "http://[::1]:8080/p", true },
    { "HTTP://127.0.0.1", "http://127.0.0.1", true },
  }
  for _, row in ipairs(accepted) do
    it(("%q is accepted"):format(row[1]), function()
      local url, problem, loopback = base_url.read(row[1])
      assert.is_nil(problem)
      assert.equal(row[2], url)
      assert.equal(row[3] or false, loopback)
    end)
  end

  -- Plain HTTP to what is not, or does not clearly look like, this machine.
  for _, host in ipairs { "api.azionapi.net", "192.168.0.1", "10.0.0.1", "0.0.0.0", "128.0.0.1", "126.255.255.255",
    "127.0.0.1.evil.com", "127.0.0.1.", "127.0.0.256", "127.0.256.1", "127.256.0.1", "127.0.0.999", "127.1", "127.0.1",
    "127", "127.0.0.1.1", "127.0.0.01", "127.0.0.010", "127.00.0.1", "0127.0.0.1", "00127.0.0.1", "0x7f.1",
    "0x7f.0.0.1", "0x7f000001", "2130706433", "017700000001", "127.0.0.0x1", "localhost.evil.com", "localhost.",
    "evil-localhost", "xlocalhost", "localhost-evil", "local", "my.localhost", "localhosts", "ip6-localhost", "[::]",
    "[::2]", "[::1].evil.com", "[fe80::1]", "[::ffff:127.0.0.1]", "[2001:db8::1]", "127.0.0.1-evil", "127.0.0.1_",
    "[127.0.0.1]", "[localhost]" } do
    it(("plain HTTP to %s is refused"):format(host), function()
      for _, suffix in ipairs { "", ":80", "/", ":8080/p" } do
        local url, problem = base_url.read("http://" .. host .. suffix)
        assert.is_nil(url)
        assert.truthy(problem:find("^expected "))
      end
    end)
  end

  local refused = {
    -- user info, wherever it hides
    "https://user@host", "https://user:password@host", "https://@host", "https://:@host", "https://user@host/path",
    "http://127.0.0.1@evil.com", "http://localhost:80@evil.com/", "https://good.com\\@evil.com", "https://host/@",
    -- query and fragment
    "https://host?", "https://host?a=b", "https://host/?a=b", "https://host/p?a", "https://host#", "https://host#f",
    "https://host/#f", "https://host/p#f?a", "http://127.0.0.1?@evil.com",
    -- ports
    "https://host:", "https://host:0", "https://host:65536", "https://host:99999999999999999999", "https://host:-1",
    "https://host:80a", "https://host:0x50", "https://host: 80", "https://host:80:80", "https://host:+80",
    "https://host:8.0", "https://[::1]:", "https://[::1]:0", "https://[::1]8080",
    -- hosts
    "https://", "https:///path", "https://:443", "https://.", "https://.host", "https://-host", "https://ho st",
    "https://host\n", "https://host\r\nX: y", "https://ho\0st", "https://host\t", " https://host", "https://host ",
    "https://hóst", "https://host%41", "https://ho*st", "https://ho,st", "https://[", "https://[]", "https://[::1",
    "https://::1", "https://::1]", "https://[::1]]", "https://[[::1]]", "https://[::1%25eth0]", "https://[gggg::1]",
    "https://host\\evil.com", "https://a;b", "https://host|x", "https://<host>", "https://\"host\"",
    -- paths
    "https://host/..", "https://host/.", "https://host/a/../b", "https://host/a/./b", "https://host/%2e%2e",
    "https://host/.%2E/x", "https://host/a%2f..%2fb", "https://host/a//b", "https://host//", "https://host//evil.com",
    "https://host/a b", "https://host/a\nb", "https://host/\0", "https://host/é", "https://host/%", "https://host/%4",
    "https://host/%zz", "https://host/a\\b", "https://host/<x>", "https://host/{x}", "https://host/a|b",
    "https://host/^", "https://host/`",
    -- schemes
    "", " ", "host", "host:443", "//host", "api.azionapi.net", "https:host", "https:/host", "https//host", "://host",
    "ftp://host", "file:///etc/passwd", "ws://127.0.0.1", "httpss://host", "http+unix://host", "javascript://host",
    "1https://host", "ht tps://host", "unix://127.0.0.1", "http:/127.0.0.1",
  }
  for _, text in ipairs(refused) do
    it(("%q is refused"):format(text), function()
      local url, problem = base_url.read(text)
      assert.is_nil(url)
      assert.truthy(problem:find("^expected "))
    end)
  end

  it("is never quoted in the problem: it may hold a password", function()
    for _, text in ipairs { "https://user:hunter2@host", "ftp://hunter2", "https://hunter2?x", "https://hunter2:0",
      "http://hunter2", "https://host/hunter2//", "hunter2" } do
      local url, problem = base_url.read(text)
      assert.is_nil(url)
      assert.is_nil(problem:find("hunter2", 1, true))
    end
  end)

  it("may be long", function()
    local long = "https://" .. ("a"):rep(60) .. ("/b"):rep(2000)
    assert.equal(long, (base_url.read(long)))
  end)
end)
