--- What one process has of one bucket of a shared budget: slots that it took in advance, what the store told it last,
--- and what it has yet to tell the store.
local holding = {}

-- Seconds after which a question has no answer any more: whoever asked may have been ended.
local longest_question = 1

-- Seconds by which two readings of one moment may differ.
local resolution = 0.0001

-- Reports that wait to travel with the next question; more are sent at once.
local most_reports = 8

---@class azion.BudgetDecision
---@field granted integer
---@field wait number seconds
---@field start number the window
---@field left? number seconds to its end
---@field reset? number its end, by the API's clock
---@field holders integer
---@field limit? number

---@class azion.BudgetHolding
---@field seen number|string the window in which it asked last; "" before the first
---@field reset? number that window's end, if it was told
---@field reports azion.BudgetReport[]
---@field in_flight integer
---@field spare integer slots taken in advance, good until `spare_until`
---@field spare_decision? azion.BudgetDecision
---@field spare_until? number
---@field refused_until? number
---@field asking_since? number
---@field holders integer that share the bucket
local methods = {}
local metatable = { __index = methods }

---@return azion.BudgetHolding
function holding.new()
  return setmetatable({ seen = "", reports = {}, in_flight = 0, spare = 0, holders = 1 }, metatable)
end

--- What is to be told; it is not told again.
---@return azion.BudgetReport[]
function methods:take_reports()
  local taken = self.reports
  self.reports = {}
  return taken
end

-- The store counts its holders by those that ask for the first time in a window; under nginx a process can ask
-- again before it has its first answer.
local function ask(self, store, key, now)
  local is_asking = self.asking_since and now - self.asking_since < longest_question
  local seen = is_asking and "*" or self.seen
  self.asking_since = now
  local decision, problem = store:ask(key, seen, self:take_reports(), now)
  self.asking_since = nil
  if not decision then
    return nil, problem
  end
  self.holders, self.seen, self.reset = decision.holders, decision.start, decision.reset
  if decision.granted == 0 then
    self.refused_until = now + decision.wait
  elseif decision.granted > 1 then
    self.spare, self.spare_decision, self.spare_until = decision.granted - 1, decision, now + decision.left
  end
  return decision
end

local function grant(self, decision)
  self.in_flight = self.in_flight + 1
  return { start = decision.start, reset = decision.reset }
end

--- Takes a slot: of those taken in advance, else from the store.
---@param store azion.BudgetStore
---@param key string
---@param now number monotonic seconds
---@return table|false|nil slot nil where the store has nothing to say
---@return number|string|nil wait seconds; or what is wrong with the store
function methods:reserve(store, key, now)
  if self.spare > 0 and now < self.spare_until then
    self.spare = self.spare - 1
    return grant(self, self.spare_decision)
  elseif self.refused_until and now < self.refused_until then
    return false, self.refused_until - now
  end
  self.refused_until = nil
  local decision, problem = ask(self, store, key, now)
  if not decision then
    return nil, problem
  elseif decision.granted == 0 then
    return false, decision.wait
  end
  return grant(self, decision)
end

-- Others wait for what this reply tells: of a window that nobody knew, of a call that fell into another one than
-- its slot is of, of a 429, of slots that come back. The rest travels with the next question, unless it may be long
-- until then.
local function is_news(self, report, slot)
  local reset, expected = report.rate.reset, slot and (slot.reset or (slot.start == self.seen and self.reset))
  local is_elsewhere = reset and not (expected and math.abs(reset - expected) < resolution)
  local is_last = self.in_flight == 0 and self.spare == 0
  return is_elsewhere or is_last or report.outcome ~= "counted" or #self.reports >= most_reports
end

--- Notes how a call ended.
---@param report azion.BudgetReport
---@param slot? table
---@return boolean is_news whether the store should hear of it now
function methods:note(report, slot)
  self.reports[#self.reports + 1] = report
  return is_news(self, report, slot)
end

--- A call with a slot of the store has ended.
---@param report azion.BudgetReport
---@param slot? table
function methods:give_back(report, slot)
  if slot then
    self.in_flight = self.in_flight - 1
  end
  if report.outcome == "unused" then
    self.refused_until = nil
  end
end

--- The store was lost, or is back: what it told is over.
function methods:forget()
  self.refused_until, self.spare = nil, 0
end

return holding
