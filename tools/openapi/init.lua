-- Holds the stand-in's replies of version 4 against the public OpenAPI file: LUA tools/openapi/init.lua FILE
-- Needs lua-yaml, and prism of @stoplight/prism-cli in PATH (or PRISM=path), which checks requests and replies on their
-- way. What the file says wrongly is named in mend.lua. Ends with status 1 where anything else differs.
package.path = "./lua/?.lua;./lua/?/init.lua;./?.lua;" .. package.path

local azion = require("azion")
local json = require("azion.sandbox.model.json")
local mend = require("tools.openapi.mend")
local requests = require("tools.openapi.requests")
local sandboxes = require("azion.sandbox")

local function fail(message)
  io.stderr:write(message, "\n")
  os.exit(2)
end

-- lyaml's empty lists and objects are one; what must be a list is marked.
local lists = { required = true, parameters = true, enum = true, tags = true, security = true }

local function mark_lists(node)
  for key, value in pairs(node) do
    if type(value) == "table" then
      if lists[key] and next(value) == nil then
        node[key] = json.array({})
      end
      mark_lists(value)
    end
  end
end

local function mended_copy(path)
  local lyaml = require("lyaml")
  local file = assert(io.open(path, "rb"))
  local description = lyaml.load(file:read("*a"))
  file:close()
  mark_lists(description)
  mend.all(description)
  local copy = os.tmpname()
  file = assert(io.open(copy, "wb"))
  file:write(json.encode(description))
  file:close()
  os.rename(copy, copy .. ".json")
  return copy .. ".json"
end

local function start_proxy(copy, sandbox)
  local log, port = copy .. ".log", 20000 + sandbox.pid % 10000
  local command = "NODE_EXTRA_CA_CERTS=%s %s proxy %s %s -p %d >%s 2>&1 & echo $!"
  local prism = os.getenv("PRISM") or "prism"
  local pipe = io.popen(command:format(sandbox.ca_file, prism, copy, sandbox.base_url, port, log))
  local pid = pipe:read("*l")
  pipe:close()
  local deadline = os.time() + 60
  repeat
    os.execute("sleep 0.2")
    local file = io.open(log, "rb")
    local text = file and file:read("*a") or ""
    if file then
      file:close()
    end
    if os.time() > deadline or text:find("not found", 1, true) then
      fail("the proxy did not start: " .. text)
    end
  until text:find("is listening", 1, true)
  return { pid = pid, log = log, base_url = ("http://127.0.0.1:%d"):format(port) }
end

local function main(path)
  if not path then
    fail("usage: tools/openapi/init.lua FILE")
  end
  local copy = mended_copy(path)
  local sandbox = assert(sandboxes.start({
    limits = { read = false, write = false, purge = false }, faults = requests.nonsense(),
  }, "v4"))
  local proxy = start_proxy(copy, sandbox)
  local client = assert(azion.client({
    base_url = proxy.base_url, token = sandbox.token, pace = false, max_attempts = 1,
  }))
  local ok, count, differences = pcall(requests.run, client)
  client:close()
  os.execute("kill " .. proxy.pid)
  sandbox:stop()
  os.remove(copy)
  os.remove(proxy.log)
  if not ok then
    fail(count)
  end
  for _, reason in ipairs(mend.reasons) do
    print("mended: " .. reason)
  end
  for _, difference in ipairs(differences) do
    print("differs: " .. difference)
  end
  print(("%d requests, %d differences"):format(count, #differences))
  os.exit(#differences == 0 and 0 or 1)
end

main(arg[1])
