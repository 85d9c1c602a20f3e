--- The examples' settings, from the environment of nginx. A setting that cannot work keeps nginx from starting: nobody
--- reads the log of a server that seems to work.
local settings = {}

-- nginx prints an error only if it is a string.
local function refuse(message)
  error(message, 0)
end

local function variable(name)
  local value = os.getenv(name)
  return value ~= "" and value or nil
end

local function number(name, default)
  local text = variable(name)
  local value = text and tonumber(text)
  if text and not (value and value > 0 and value < math.huge) then
    refuse(("%s: expected a number of seconds, got %q"):format(name, text))
  end
  return value or default
end

local version = variable("AZION_API") or "v3"

--- What differs between the versions of the API: see api.lua.
settings.api = require("api")[version] or refuse(('AZION_API: expected "v3" or "v4", got %q'):format(version))

settings.application = variable("AZION_APPLICATION")
if settings.api.needs_application and not settings.application then
  refuse("AZION_APPLICATION: expected the id of an edge application; it is not set")
elseif settings.application and not settings.application:find("^%d+$") then
  refuse(("AZION_APPLICATION: expected the id of an edge application, got %q"):format(settings.application))
end

--- What a caller of the admin API has to show. Without it the admin API refuses everybody.
settings.admin_token = variable("ADMIN_TOKEN")
if not settings.admin_token then
  ngx.log(ngx.WARN, "ADMIN_TOKEN is not set: the admin API refuses everybody")
end

---@class Probe
---@field name string
---@field origin string
---@field address string
---@field host string
---@field port integer

local function read_probes(text)
  local probes = {}
  for word in (text or ""):gmatch("%S+") do
    local name, origin, address, host, port = word:match("^(([^/]+)/([^=]+))=([^:]+):(%d+)$")
    if not name then
      refuse(("FAILOVER_PROBES: expected ORIGIN/ADDRESS=HOST:PORT, got %q"):format(word))
    end
    probes[#probes + 1] = { name = name, origin = origin, address = address, host = host, port = tonumber(port) }
  end
  return probes
end

--- What to probe: see failover.lua.
---@type Probe[]
settings.probes = read_probes(variable("FAILOVER_PROBES"))

--- Seconds between two rounds of probes, for one probe, and how many results in a row change an address.
settings.every, settings.timeout, settings.results = number("FAILOVER_EVERY", 1), 0.5, 3

local client, err = require("azion")[version].client({
  token = variable("AZION_TOKEN"),
  base_url = variable(settings.api.base_url),
  ca_file = variable("AZION_CA_FILE"),
  proxy = variable("AZION_PROXY"),
  deadline = 20,
})
if not client then
  refuse(tostring(err))
end

--- The one client of a worker: made before nginx forks, used by all requests.
---@type azion.Client
settings.client = client

--- The origins of the application, or the connectors of the account.
---@return table
function settings.collection()
  return settings.api.open(client, settings.application)
end

return settings
