--- What applying a plan costs: requests, windows of the rate limit, time.
local cost = {}

-- What the page on the rate limit shows; version 4 publishes no number.
local published = { v3 = { read = 200, write = 200 } }
local window = 60

-- Requests of a step that it makes in any case.
local requests = {
  create = { write = 1 },
  update = { read = 1, write = 1 },
  delete = { read = 1, write = 1 },
  order = { read = 1, write = 1 },
}

local function count(steps)
  local counts, looked_up = { read = 0, write = 0 }, {}
  for _, step in ipairs(steps) do
    for bucket, number in pairs(requests[step.action]) do
      counts[bucket] = counts[bucket] + number
    end
    local is_coming = step.node and step.node.is_coming
    if is_coming and looked_up[step.scope] then
      counts.read = counts.read - 1 -- one list for all that came
    end
    counts.write = counts.write - (step.may_be_done and 1 or 0)
    looked_up[step.scope] = looked_up[step.scope] or is_coming
  end
  return counts
end

---@class azion.plan.Cost
---@field operations integer
---@field windows integer
---@field eta number seconds
---@field counts { read: integer, write: integer }
---@field assumed? integer the limit that is assumed, as no reply has told it

--- What steps cost.
---@param client azion.Client
---@param version string
---@param steps azion.plan.Step[]
---@return azion.plan.Cost
function cost.of(client, version, steps)
  local counts = count(steps)
  local result = { operations = counts.read + counts.write, windows = 0, eta = 0, counts = counts }
  local rates = client:rate() or {}
  for _, bucket in ipairs({ "read", "write" }) do
    local number, rate = counts[bucket], rates[bucket] or {}
    local assumed = not rate.limit and (published[version] or {})[bucket] or nil
    local limit = rate.limit or assumed
    if number > 0 then
      local now = rate.limit and rate.remaining or limit or number
      local windows = 1 + (limit and number > now and math.ceil((number - now) / math.max(limit, 1)) or 0)
      local known = rate.limit and client:eta(number, bucket)
      result.windows = math.max(result.windows, windows)
      result.eta = math.max(result.eta, known or (windows - 1) * window)
      result.assumed = assumed or result.assumed
    end
  end
  return result
end

return cost
