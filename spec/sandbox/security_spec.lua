-- The sandbox keeps to itself: loopback only, nothing but the model, files that nobody else can read, and no trace of
-- it afterwards.
local child = require "spec.support.child"
local core = require "azion.core"
local support = require "spec.support.sandbox"

local function output_of(command)
  local pipe = assert(io.popen(command .. " 2>&1"))
  local text = pipe:read("*a")
  pipe:close()
  return (text:gsub("%s+$", ""))
end

local function folder_of(sandbox)
  return sandbox.ca_file:match("^(.*)/")
end

-- Gone within that many seconds?
local function is_gone(folder, pid, seconds)
  local limit = core.now() + seconds
  repeat
    if output_of(("ls -d '%s' /proc/%d"):format(folder, pid)):find("No such file.*No such file") then
      return true
    end
    os.execute("sleep 0.05")
  until core.now() > limit
  return false
end

describe("the sandbox", function()
  local server, sandbox, port
  setup(function()
    server = support.start { seed = 3 }
    sandbox = server.sandbox
    port = sandbox.base_url:match("%d+$")
  end)
  teardown(function() server:stop() end)

  it("listens on loopback, at one port, and on nothing else", function()
    local listening = output_of(("ss -Hlntup | grep 'pid=%d,' | awk '{print $1, $5}' | sort -u"):format(sandbox.pid))
    assert.equal("tcp 127.0.0.1:" .. port, listening)
    for address in output_of("hostname -I"):gmatch("%d+%.%d+%.%d+%.%d+") do
      assert.matches("000$", output_of(("curl -sk -m 2 -o /dev/null -w '%%{http_code}' https://%s:%s/"):format(address,
        port)), nil, address)
    end
  end)

  it("serves nothing but the model", function()
    local accept = "-H 'Accept: application/json; version=3'"
    local function status(path, more)
      local command = "curl -sk --path-as-is -m 5 -o /dev/null -w '%%{http_code}' %s -H '%s' '%s%s'"
      return output_of(command:format(more or "", "Authorization: token " .. sandbox.token, sandbox.base_url, path))
    end
    assert.equal("200", status("/edge_applications", accept))
    for _, path in ipairs { "/", "/index.html", "/key.pem", "/options.lua", "/nginx.conf", "/journal", "/error.log",
      "/certificate.pem", "/../key.pem", "/%2e%2e/key.pem", "/..%2fkey.pem", "/.../key.pem",
      folder_of(sandbox) .. "/key.pem", "//etc/passwd", "/etc/passwd", "/nginx_status", "/status",
      "/edge_applications/../key.pem", "/%00", "/tokens/", "/body/", "/?/key.pem" } do
      assert.matches("^4%d%d$", status(path, accept), nil, path)
    end
    -- Without the token not even the model.
    assert.equal("401", output_of(("curl -sk -o /dev/null -w '%%{http_code}' %s %s/edge_applications")
      :format(accept, sandbox.base_url)))
    for _, method in ipairs { "TRACE", "CONNECT", "OPTIONS", "PROPFIND", "HEAD" } do
      local more = accept .. " -X " .. method .. (method == "HEAD" and " -I" or "")
      assert.matches("^4%d%d$", status("/key.pem", more), nil, method)
    end
  end)

  it("keeps its files from others", function()
    -- A body that is too large for memory lies in a file, too.
    local client = server:client { timeout = 20 }
    client:request("POST", "/edge_applications", { body = { name = ("x"):rep(2 ^ 21) } })
    local folder = folder_of(sandbox)
    assert.equal("700", output_of("stat -c %a " .. folder))
    local files, folders = 0, 0
    for line in output_of("find " .. folder .. " -mindepth 1 -printf '%y %m %p\\n'"):gmatch("[^\n]+") do
      local kind, mode = line:match("^(%S+) (%S+)")
      files, folders = files + (kind == "f" and 1 or 0), folders + (kind == "d" and 1 or 0)
      assert.equal(kind == "d" and "700" or "600", mode, line)
    end
    assert.is_true(files >= 6 and folders >= 5)
  end)

  it("tells no other user its token", function()
    local line = output_of(("tr '\\0' ' ' </proc/%d/cmdline; tr '\\0' '\\n' </proc/%d/environ"):format(sandbox.pid,
      sandbox.pid))
    assert.truthy(line:find("nginx", 1, true))
    assert.is_nil(line:find(sandbox.token, 1, true))
    assert.is_nil(line:find(sandbox.password, 1, true))
  end)

  it("leaves nothing behind when it is stopped", function()
    local other = support.start()
    local folder, pid = folder_of(other.sandbox), other.sandbox.pid
    assert.equal(folder, output_of("ls -d " .. folder))
    other:stop()
    assert.is_true(is_gone(folder, pid, 0))
  end)

  for _, signal in ipairs { "KILL", "TERM", "INT" } do
    it("leaves nothing behind when its program ends by SIG" .. signal, function()
      local status, output = child.run({ "-e", ([[
        local sandbox = assert(require("azion.sandbox").start())
        io.stdout:setvbuf("no")
        print(sandbox.ca_file, sandbox.pid)
        local core = require("azion.core")
        os.execute("(sleep 0.2; kill -%s " .. core.pid() .. ") &")
        core.session {}:step(10)
      ]]):format(signal) })
      assert.is_true(status ~= 0)
      local folder, pid = output:match("^(%S+)/%S+%s+(%d+)")
      assert.is_true(is_gone(folder, tonumber(pid), 10))
    end)
  end
end)
