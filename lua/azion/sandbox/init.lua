-- A local stand-in for the API: a real nginx that answers from a model of it, with TLS and HTTP/2, on loopback.

local finalizer = require "azion.runtime.finalizer"
local nginx = require "azion.sandbox.host.nginx"
local mistake = require "azion.client.mistake"
local options = require "azion.sandbox.options"

local sandbox = {}

---@class azion.Sandbox
---@field base_url string of the version that it was started for; version 4 lies below /v4 of version 3's
---@field account_url string of the page that says which version an account speaks
---@field token string
---@field email string with `password`: what POST /tokens takes
---@field password string
---@field ca_file string the certificate that clients must trust
---@field pid integer the server's process
local methods = {}
local metatable = { __index = methods, __name = "azion.sandbox" }

-- A client made by a sandbox keeps it running for as long as the client itself is in use.
local kept = setmetatable({}, { __mode = "k" })

-- lua-cjson 2.1 makes floats of them on Lua 5.3 and later.
local JOURNAL_INTEGERS = { "seq", "status", "connection", "connection_requests" }
local to_integer = math.tointeger or function(number)
  return number
end

local processes = setmetatable({}, { __mode = "k" })

local function hex(count)
  return (nginx.random_bytes(count):gsub(".", function(byte)
    return ("%02x"):format(byte:byte())
  end))
end

--- Ends the server and removes its files; once more is harmless.
---@return true
function methods:stop()
  nginx.stop(processes[self])
  return true
end

--- A client of this sandbox, of the version that it was started for; `given` are further options of azion.client.
---@param given table|nil
---@return azion.Client|nil client
---@return table|nil err
function methods:client(given)
  local face, known = require "azion", require("azion.client").options
  local wrong, problem = require("azion.client.options").check(given, known, "sandbox:client")
  if wrong then
    return nil, require("azion.client.errors").invalid(problem, wrong)
  end
  local merged = { base_url = self.base_url, token = self.token, ca_file = self.ca_file }
  for name, value in pairs(given or {}) do
    merged[name] = value
  end
  local client, err = face[processes[self].version].client(merged)
  if client then
    kept[client] = self
  end
  return client, err
end

--- What arrived so far, one entry a request, in the order of arrival.
---@return table[]
function methods:journal()
  local json = require "azion.sandbox.model.json"
  local entries = {}
  local process = processes[self]
  local file = not process.stopped and io.open(process.folder .. "/journal", "rb")
  if file then
    for line in file:read("*a"):gmatch("([^\n]*)\n") do -- the last line may be half written
      local entry = json.decode(line)
      for _, name in ipairs(JOURNAL_INTEGERS) do
        entry[name] = to_integer(entry[name])
      end
      entries[#entries + 1] = entry
    end
    file:close()
  end
  return entries
end

function metatable:__tostring()
  local state = processes[self].stopped and "stopped" or self.base_url
  return ("azion.sandbox (%s)"):format(state)
end

metatable.__gc = methods.stop
metatable.__close = methods.stop

mistake.guard(methods, metatable, "sandbox")

-- The errors module needs the C core, which the sandbox itself does without.
local function refused(message, name)
  local loaded, errors = pcall(require, "azion.client.errors")
  return nil, loaded and errors.invalid(message, name) or message
end

---@class azion.SandboxOptions: azion.SandboxOptionsOfV4
---@field limits? azion.SandboxLimits
---@field window? number seconds of a rate window; 60
---@field port? integer a free one by default
---@field retry_after? boolean whether 429 carries Retry-After; true
---@field latency? number seconds before every answer, after the request was carried out; 0
---@field work_latency? number seconds before a request is carried out, even if the client has gone by then; 0
---@field seed? integer|table<string, integer|table> how many of each resource there are, by the names of the version;
--- `{ v3 = …, v4 = … }` has those of both;
--- a number alone is of origins, in version 4 of connectors; an empty table is an account with nothing in it.
--- What belongs to an item (an application's origins, a zone's records) is per item
---@field faults? azion.SandboxFault[]
---@field fault_seed? integer of the chances by which faults with a `rate` act; 1
---@field http2? boolean false: HTTP/1.1 only
---@field over_page_size? "clamp"|"reject" what becomes of a page_size above 100
---@field ids? "fixed"|"random" whether ids are the same in each run; "fixed"
---@field repeated_names? boolean whether several items may have one name; false
---@field speaks? "both"|"v3"|"v4" which version the account may use; "both"
---@field ports? "list"|"scalar" how an application's only port is written; "list"
---@field without_products? string[] modules of applications that the account's contract lacks; none

---@class azion.SandboxLimits calls in a window, by bucket; false for no limit
---@field read? integer|false 200
---@field write? integer|false 200
---@field purge? integer|false 200
---@field purge_wildcard? integer|false 2000, in a window of 24 hours
---@field kind? "fixed"|"sliding" "fixed"

---@class azion.SandboxFault
---@field method? string which requests: any method by default
---@field path? string any path by default; with a * at its end all that begin so
---@field nth? integer only the nth of these requests; all by default
---@field rate? number only this share of these requests, by chance
---@field status? integer
---@field action? "reset"|"hang"|"truncate"|"garbage"|"mutate"
---@field headers? table<string, string|string[]>
---@field body? string
---@field apply? boolean the API carries the request out before the fault
---@field delay? number seconds before the answer, after the request was carried out
---@field work_delay? number seconds before the request is carried out, even if the client has gone by then
---@field delete? integer[] for "mutate": positions of items to delete before the answer
---@field insert? integer for "mutate": number of items to add before the answer

--- Starts a sandbox, which serves both versions of the API; its `base_url`, clients and seed are those of one.
---@param given azion.SandboxOptions|nil
---@param version? "v3"|"v4" "v3"
---@return azion.Sandbox|nil
---@return azion.Error|nil err says what to install where something is missing
function sandbox.start(given, version)
  version = version or "v3"
  local wanted, name, problem = options.read(given, version)
  if not wanted then
    return refused(problem, name)
  end
  local has_cjson, missing = pcall(require, "cjson")
  if not has_cjson and tostring(missing):find("interrupted!", 1, true) then
    error(missing, 0)
  elseif not has_cjson then
    return refused "the sandbox needs lua-cjson; on Debian: apt-get install lua-cjson"
  end
  wanted.token = hex(20)
  wanted.email = "user@example.com"
  wanted.password = hex(12)
  local process, message = nginx.start(wanted)
  if not process then
    return refused(message)
  end
  process.version = version
  local root = ("https://127.0.0.1:%d"):format(process.port)
  local self = {
    base_url = version == "v4" and root .. "/v4" or root,
    account_url = root,
    token = wanted.token,
    email = wanted.email,
    password = wanted.password,
    ca_file = process.folder .. "/certificate.pem",
    pid = process.pid,
    -- Before 5.2, tables have no __gc.
    sentinel = _VERSION == "Lua 5.1" and finalizer.guard(function() nginx.stop(process) end) or nil,
  }
  processes[self] = process
  return setmetatable(self, metatable)
end

return sandbox
