--- An nginx that runs azion, for specs: the build for LuaJIT, whatever Lua runs the specs.
--
--   local server = openresty.start(sandbox, { client = "{ concurrency = 8 }", locations = [[ … ]] })
--   local reply = server:get("/path"); reply.status, reply.body
--
-- In it `require "shared"` is a client of the sandbox, with the options of `client`; one a worker.

local core = require "azion.core"
local patience = require "spec.support.patience"
local shell = require "spec.support.shell"
local web_server = require "spec.support.web_server"

local openresty = {}

local Server = {}
Server.__index = Server

local SHARED = [[
local options = %s
options.base_url, options.token, options.ca_file = %q, %q, %q
return assert(require("azion").client(options))
]]

--- Starts nginx.
-- @param sandbox of the client `shared`
-- @param options as web_server.start takes them; client (text of a Lua table)
function openresty.start(sandbox, options)
  local root = shell.output_of("pwd")
  local settings = {
    package_path = ("%s/lua/?.lua;%s/lua/?/init.lua;"):format(root, root),
    package_cpath = root .. "/build/luajit/?.so;",
    files = {
      ["shared.lua"] = SHARED:format(options.client or "{}", sandbox.base_url, sandbox.token, sandbox.ca_file),
    },
  }
  for name, value in pairs(options) do
    if name == "files" then
      for file, text in pairs(value) do
        settings.files[file] = text
      end
    else
      settings[name] = value
    end
  end
  local web = web_server.start(settings)
  return setmetatable({ web = web, session = assert(core.session { max_connections = 64 }) }, Server)
end

--- Sends a GET that is waited for later.
function Server:begin(path, timeout)
  local transfer = assert(self.session:start { method = "GET", url = self.web.plain_url .. path, headers = {},
    timeout = timeout or patience(20), fresh = true, resend_safe = false })
  self.session:step(0)
  return transfer
end

--- Waits for replies.
-- @return for each of them { status, headers, body, code }
function Server:finish(...)
  local results = {}
  for index, transfer in ipairs { ... } do
    while not transfer:done() do
      self.session:step(0.1)
    end
    results[index] = transfer:take_result()
  end
  return (table.unpack or unpack)(results)
end

function Server:get(path, timeout)
  return self:finish(self:begin(path, timeout))
end

--- Lets that time pass, and what was begun go on.
function Server:wait(seconds)
  local ends = core.now() + patience(seconds)
  while core.now() < ends do
    self.session:step(0.02)
  end
end

--- Waits until a condition holds; for things that happen by themselves soon, in no known time.
function Server:eventually(limit, condition)
  local ends = core.now() + patience(limit)
  while core.now() < ends do
    if condition() then
      return true
    end
    self.session:step(patience(0.02))
  end
  return false
end

--- Sends a signal to the master, or to another process.
function Server:signal(name, pid)
  assert(os.execute(("kill -%s %d"):format(name, pid or self.web.pid)))
end

--- Process ids of the workers that take requests or still finish some.
function Server:workers()
  local file = assert(io.open(("/proc/%d/task/%d/children"):format(self.web.pid, self.web.pid)))
  local found = {}
  for pid in file:read("*a"):gmatch("%d+") do
    found[#found + 1] = tonumber(pid)
  end
  file:close()
  return found
end

--- What nginx logged as an error or worse.
function Server:errors()
  local found = {}
  for line in io.lines(self.web.folder .. "/error.log") do
    local level = line:match("%[(%l+)%]")
    if level == "error" or level == "crit" or level == "alert" or level == "emerg" then
      found[#found + 1] = line
    end
  end
  return found
end

function Server:stop()
  self.session:close()
  self.web:stop()
end

return openresty
