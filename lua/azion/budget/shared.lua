--- A rate budget that many processes share: what is the same wherever it is kept. Each call asks the store for a
--- slot; when the store is lost, calls go on with a fair share, and the store is tried again now and then.
local core = require "azion.core"
local line = require "azion.budget.line"
local memory = require "azion.budget.memory"
local reports = require "azion.budget.reports"

local shared = {}

-- Seconds between two looks whether a lost store is back.
local retry_interval = 1

-- Seconds after which a question has no answer any more: whoever asked may have been ended.
local longest_question = 1

-- Seconds by which two readings of one moment may differ.
local resolution = 0.0001

-- Reports that wait to travel with the next question; more are sent at once.
local most_reports = 8

---@class azion.BudgetStore where the state is kept
---@field ask fun(self, key: string, seen: number|string, reports: azion.BudgetReport[], now: number): azion.BudgetDecision?, string? settles what is reported and takes a slot; nil and what is wrong with the store
---@field tell fun(self, key: string, reports: azion.BudgetReport[], now: number) the same without a slot; waits for nothing
---@field blocked fun(self, key: string, now: number, since: number): number?, string? seconds for which a 429 keeps all waiting that have slots since then; or nil and what is wrong with the store
---@field probe fun(self, now: number): boolean? whether a lost store is back, nil if that is not known yet; waits for nothing

---@class azion.BudgetDecision
---@field granted integer
---@field wait number seconds
---@field start number the window
---@field left? number seconds to its end
---@field reset? number its end, by the API's clock
---@field holders integer
---@field limit? number

---@class azion.SharedBudget
local methods = {}
local metatable = { __index = methods, __name = "azion.budget" }

-- Not bound to a client yet: nothing of it depends on a token.
local unbound = {}
local unbound_metatable = { __index = unbound, __name = "azion.budget" }

---@param store azion.BudgetStore
---@return table budget for the option of the clients
function shared.new(store)
  return setmetatable({ store = store, lines = {} }, unbound_metatable)
end

--- One that cannot work here: a client that gets it says why.
---@param problem string what is missing
---@return table budget for the option of the clients
function shared.missing(problem)
  return setmetatable({ missing = problem }, unbound_metatable)
end

--- The budget of one client.
---@param identity string what tells the accounts apart; it becomes part of keys
---@param emit fun(event: table)
---@return azion.SharedBudget
function unbound:bind(identity, emit)
  return setmetatable({
    common = self, identity = identity, emit = emit, holders = 1, is_lost = false,
    told = memory.new(), -- what replies told, for people who ask
    share = memory.new(), -- what this process may do alone
  }, metatable)
end

-- A child of a fork holds none of the slots that its parent took in advance.
local function buckets_of(self)
  if self.pid ~= core.pid() then
    self.pid, self.buckets = core.pid(), {}
  end
  return self.buckets
end

local function bucket_of(self, name)
  local buckets = buckets_of(self)
  local bucket = buckets[name]
  if not bucket then
    bucket = { seen = "", reports = {}, in_flight = 0, spare = 0 }
    buckets[name] = bucket
  end
  return bucket
end

local function key_of(self, name)
  return self.identity .. ":" .. name
end

--- Where calls of this process wait for a slot, those of all clients with the same token.
---@param name string the bucket
---@return azion.Line
function methods:line(name)
  local lines, key = self.common.lines, key_of(self, name)
  lines[key] = lines[key] or line.new()
  return lines[key]
end

local function lose(self, problem, now)
  if not self.common.lost then
    self.common.lost, self.common.retry_at = problem, now + retry_interval
  end
end

-- Whether the store decides; an event tells when that changes.
local function has_store(self, now)
  local common = self.common
  if common.lost and now >= common.retry_at then
    local is_back = common.store:probe(now)
    if is_back then
      common.lost = nil
    elseif is_back == false then
      common.retry_at = now + retry_interval
    end
  end
  if (common.lost ~= nil) ~= self.is_lost then
    self.is_lost = common.lost ~= nil
    for _, bucket in pairs(buckets_of(self)) do
      bucket.refused_until, bucket.spare = nil, 0
    end
    self.emit { type = "budget", state = self.is_lost and "lost" or "restored", message = common.lost,
      holders = self.holders }
  end
  return not common.lost
end

local function take_reports(bucket)
  local taken = bucket.reports
  bucket.reports = {}
  return taken
end

-- The store counts its holders by those that ask for the first time in a window; under nginx a process can ask
-- again before it has its first answer.
local function ask(self, bucket, name, now)
  local is_asking = bucket.asking_since and now - bucket.asking_since < longest_question
  local seen = is_asking and "*" or bucket.seen
  bucket.asking_since = now
  local decision, problem = self.common.store:ask(key_of(self, name), seen, take_reports(bucket), now)
  bucket.asking_since = nil
  if not decision then
    lose(self, problem, now)
    return nil
  end
  self.holders, bucket.seen, bucket.reset = decision.holders, decision.start, decision.reset
  if decision.granted == 0 then
    bucket.refused_until = now + decision.wait
  elseif decision.granted > 1 then
    bucket.spare, bucket.spare_decision, bucket.spare_until = decision.granted - 1, decision, now + decision.left
  end
  return decision
end

local function grant(bucket, decision)
  bucket.in_flight = bucket.in_flight + 1
  return { start = decision.start, reset = decision.reset }
end

-- nil where the store has nothing to say.
local function reserve_in_store(self, name, now)
  local bucket = bucket_of(self, name)
  if bucket.spare > 0 and now < bucket.spare_until then
    bucket.spare = bucket.spare - 1
    return grant(bucket, bucket.spare_decision)
  elseif bucket.refused_until and now < bucket.refused_until then
    return false, bucket.refused_until - now
  end
  bucket.refused_until = nil
  local decision = ask(self, bucket, name, now)
  if not decision then
    return nil
  elseif decision.granted == 0 then
    return false, decision.wait
  end
  return grant(bucket, decision)
end

--- Takes a slot, or tells how long there will be none. What is returned for a slot goes back to `settle`.
---@param name string the bucket
---@param now number monotonic seconds
---@return table|boolean taken
---@return number? wait seconds
function methods:reserve(name, now)
  if has_store(self, now) then
    local slot, wait = reserve_in_store(self, name, now)
    if slot ~= nil then
      return slot, wait
    end
    has_store(self, now)
  end
  local taken, wait = self.share:reserve(name, now)
  -- Whoever waits has to look for the store, too.
  return taken, not taken and math.min(wait or retry_interval, retry_interval) or nil
end

-- Others wait for what this reply tells: of a window that nobody knew, of a call that fell into another one than
-- its slot is of, of a 429, of slots that come back. The rest travels with the next question, unless it may be long
-- until then.
local function is_news(bucket, report, slot)
  local reset, expected = report.rate.reset, slot and (slot.reset or (slot.start == bucket.seen and bucket.reset))
  local is_elsewhere = reset and not (expected and math.abs(reset - expected) < resolution)
  local is_last = bucket.in_flight == 0 and bucket.spare == 0
  return is_elsewhere or is_last or report.outcome ~= "counted" or #bucket.reports >= most_reports
end

local function settle_in_store(self, name, answer, now, slot)
  local bucket, report = bucket_of(self, name), reports.of(answer, slot, now)
  if slot then
    bucket.in_flight = bucket.in_flight - 1
  end
  if report.outcome == "unused" then
    bucket.refused_until = nil
  end
  if not has_store(self, now) then
    -- The newest reply tells a store that comes back what was used in the meantime.
    report.start = nil
    bucket.reports = report.rate.reset and { report } or bucket.reports
    return
  end
  bucket.reports[#bucket.reports + 1] = report
  if is_news(bucket, report, slot) then
    self.common.store:tell(key_of(self, name), take_reports(bucket), now)
  end
end

--- Ends what `reserve` began.
---@param name string
---@param answer azion.BudgetAnswer
---@param now number monotonic seconds
---@param slot table|boolean what `reserve` returned
function methods:settle(name, answer, now, slot)
  local from_store = type(slot) == "table"
  self.told:observe(name, answer, now)
  self.share[from_store and "observe" or "settle"](self.share, name, reports.share_of(answer, self.holders), now)
  settle_in_store(self, name, answer, now, from_store and slot or nil)
end

--- Learns from a reply to a call that took no slot.
---@param name string
---@param answer azion.BudgetAnswer
---@param now number monotonic seconds
function methods:observe(name, answer, now)
  self.told:observe(name, answer, now)
  self.share:observe(name, reports.share_of(answer, self.holders), now)
  if answer.sent then
    settle_in_store(self, name, answer, now)
  end
end

--- Gives back what was taken in advance. For the end of a client.
---@param now number monotonic seconds
function methods:close(now)
  for name, bucket in pairs(buckets_of(self)) do
    for _ = 1, bucket.spare do
      bucket.reports[#bucket.reports + 1] = reports.of({ sent = false }, bucket.spare_decision, now)
    end
    bucket.spare = 0
    if #bucket.reports > 0 and not self.common.lost then
      self.common.store:tell(key_of(self, name), take_reports(bucket), now)
    end
  end
end

--- Seconds until the `count`-th call from now can be made, at the least, as far as this process was told.
---@param name string
---@param count integer
---@param now number monotonic seconds
---@return number? seconds
function methods:least_wait(name, count, now)
  return self.told:least_wait(name, count, now)
end

--- Seconds for which a 429 keeps the whole bucket waiting, if it does.
---@param name string
---@param now number monotonic seconds
---@param since number when the call that asks got its slot
---@return number? seconds
function methods:blocked(name, now, since)
  local left, problem
  if not self.common.lost then
    left, problem = self.common.store:blocked(key_of(self, name), now, since)
    if problem then
      lose(self, problem, now)
    end
  end
  return left or self.told:blocked(name, now)
end

--- How long until `count` more calls can have been made, as far as this process was told.
---@param name string
---@param count integer
---@param now number monotonic seconds
---@return number seconds
function methods:eta(name, count, now)
  return self.told:eta(name, count, now)
end

--- The last known state of each bucket.
---@param now number monotonic seconds
---@return table<string, azion.Rate>
function methods:snapshot(now)
  return self.told:snapshot(now)
end

return shared
