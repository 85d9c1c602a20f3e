--- What the examples need to know. nginx.conf names these variables, or its workers would not see them.
local settings = {}

local function variable(name)
  local value = os.getenv(name)
  return value ~= "" and value or nil
end

settings.application = variable("AZION_APPLICATION")

--- What a caller of the admin API has to show.
settings.admin_token = variable("ADMIN_TOKEN")

--- What to probe: see failover.lua.
settings.probes = variable("FAILOVER_PROBES")

--- Seconds between two rounds of probes, for one probe, and how many results in a row change an address.
settings.every, settings.timeout, settings.results = tonumber(variable("FAILOVER_EVERY")) or 1, 0.5, 3

--- The one client of a worker: made before nginx forks, used by all requests.
---@type azion.Client
settings.client = assert(require("azion").client({
  token = variable("AZION_TOKEN"),
  base_url = variable("AZION_BASE_URL"),
  ca_file = variable("AZION_CA_FILE"),
  proxy = variable("AZION_PROXY"),
  deadline = 20,
}))

return settings
