--- `lazion rate` and `lazion api-version`: what there is to know of an account.
local catalog = require "azion.command.catalog"
local status = require "azion.command.status"

local account = {}

local commands = {}

-- A collection of the account itself that can be listed: one small page tells the limits.
local function any_collection(version)
  for _, resource in ipairs(catalog.resources(version)) do
    if not resource.parent and not resource.single and not resource.lacks.list then
      return resource.name
    end
  end
end

function commands.rate(session)
  local version = session.asked_version or "v3"
  local output, client = session:output(), session:client(version)
  local name = any_collection(version)
  status.check(client[name](client):list { page_size = 1 })
  local rate = status.check(client:rate())
  local names, rows = {}, {}
  for bucket in pairs(rate) do
    names[#names + 1] = bucket
  end
  table.sort(names)
  for position, bucket in ipairs(names) do
    local known = rate[bucket]
    rows[position] = { bucket = bucket, limit = known.limit, remaining = known.remaining,
      reset_after = known.reset_after and math.ceil(known.reset_after * 10) / 10 }
  end
  if output.format == "json" and not output.columns then
    return output:value(rate)
  end
  return output:list(rows, { "bucket", "limit", "remaining", "reset_after" })
end

commands["api-version"] = function(session)
  local options = session:client_options()
  options.base_url = nil
  local version = status.check(require("azion").api_version(options))
  local output = session:output()
  if output.format == "json" or output.format == "jsonl" then
    return output:value({ api_version = version })
  end
  return output:line(version)
end

function account.run(session)
  return commands[session.arguments.command](session)
end

return account
