--- The retry quota: retries are paid from a purse that successes fill slowly, so that a server in trouble is
--- not stormed. (Figures as in the standard retry mode of the AWS clients.)
local retry_quota = {}

local full = 500
local methods = {}
local metatable = { __index = methods }

---@class azion.Quota
---@field tokens integer

---@return azion.Quota
function retry_quota.new()
  return setmetatable({ tokens = full }, metatable)
end

--- Pays for a retry.
---@param cost integer
---@return boolean paid false if there is too little left: then the fault is final
function methods:take(cost)
  if self.tokens < cost then
    return false
  end
  self.tokens = self.tokens - cost
  return true
end

--- A call succeeded.
function methods:give()
  self.tokens = math.min(full, self.tokens + 1)
end

return retry_quota
