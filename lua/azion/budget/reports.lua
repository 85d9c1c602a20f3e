--- How a call ended, as a budget that is shared takes it.
local reports = {}

---@class azion.BudgetReport how a call ended
---@field start? number the window of its slot
---@field outcome "counted"|"refused"|"unused"|"silent"|"unlimited"|"answered"|"failed" the last three without headers
---@field rate azion.RateHeaders|table
---@field blocked? number
---@field at number when the reply came, monotonic seconds

--- The part of the limit, and of what is left of it, that one of so many holders may use.
---@param answer azion.BudgetAnswer
---@param holders integer
---@return azion.BudgetAnswer
function reports.share_of(answer, holders)
  local rate = answer.rate
  if not rate or not rate.reset or holders <= 1 then
    return answer
  end
  return {
    sent = answer.sent, status = answer.status, blocked = answer.blocked,
    rate = {
      limit = rate.limit and math.max(1, math.floor(rate.limit / holders)),
      remaining = rate.remaining and math.floor(rate.remaining / holders),
      reset = rate.reset, reset_after = rate.reset_after, date = rate.date,
    },
  }
end

local function outcome_of(answer)
  if not answer.sent then
    return "unused"
  elseif answer.status == 429 then
    return "refused"
  elseif answer.rate and answer.rate.reset then
    return "counted"
  elseif not answer.status then
    return "silent"
  end
  return answer.status < 300 and "unlimited" or answer.status < 500 and "answered" or "failed"
end

-- As every store writes it: windows are told apart by their ends.
local function rounded(time)
  return time and tonumber(("%.6f"):format(time))
end

--- What a store is told of a call.
---@param answer azion.BudgetAnswer
---@param slot? { start: number }
---@param now number monotonic seconds
---@return azion.BudgetReport
function reports.of(answer, slot, now)
  local rate = answer.rate and answer.rate.reset and answer.rate or {}
  return {
    start = slot and slot.start, outcome = outcome_of(answer), blocked = answer.blocked, at = now,
    rate = { limit = rate.limit, remaining = rate.remaining, reset = rounded(rate.reset),
      date = rate.date or (rate.reset and rate.reset - rate.reset_after) },
  }
end

return reports
