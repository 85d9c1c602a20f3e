--- A rate budget that many processes share: what is the same wherever it is kept. Each call asks the store for a
--- slot; when the store is lost, calls go on with a fair share, and the store is tried again now and then.
local core = require "azion.core"
local holding = require "azion.budget.holding"
local line = require "azion.budget.line"
local memory = require "azion.budget.memory"
local reports = require "azion.budget.reports"

local shared = {}

-- Seconds between two looks whether a lost store is back.
local retry_interval = 1

---@class azion.BudgetStore where the state is kept
---@field ask fun(self, key: string, seen: number|string, reports: azion.BudgetReport[], now: number): azion.BudgetDecision?, string? settles what is reported and takes a slot; nil and what is wrong with the store
---@field tell fun(self, key: string, reports: azion.BudgetReport[], now: number) the same without a slot; waits for nothing
---@field blocked fun(self, key: string, now: number, since: number): number?, string? seconds for which a 429 keeps all waiting that have slots since then; or nil and what is wrong with the store
---@field probe fun(self, now: number): boolean? whether a lost store is back, nil if that is not known yet; waits for nothing

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
    bucket = holding.new()
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
      bucket:forget()
    end
    self.emit { type = "budget", state = self.is_lost and "lost" or "restored", message = common.lost,
      holders = self.holders }
  end
  return not common.lost
end

--- Takes a slot, or tells how long there will be none. What is returned for a slot goes back to `settle`.
---@param name string the bucket
---@param now number monotonic seconds
---@return table|boolean taken
---@return number? wait seconds
function methods:reserve(name, now)
  if has_store(self, now) then
    local bucket = bucket_of(self, name)
    local slot, wait = bucket:reserve(self.common.store, key_of(self, name), now)
    if slot ~= nil then
      self.holders = bucket.holders
      return slot, wait
    end
    lose(self, wait, now)
    has_store(self, now)
  end
  local taken, wait = self.share:reserve(name, now)
  -- Whoever waits has to look for the store, too.
  return taken, not taken and math.min(wait or retry_interval, retry_interval) or nil
end

local function settle_in_store(self, name, answer, now, slot)
  local bucket, report = bucket_of(self, name), reports.of(answer, slot, now)
  bucket:give_back(report, slot)
  if not has_store(self, now) then
    -- The newest reply tells a store that comes back what was used in the meantime.
    report.start = nil
    bucket.reports = report.rate.reset and { report } or bucket.reports
    return
  end
  if bucket:note(report, slot) then
    self.common.store:tell(key_of(self, name), bucket:take_reports(), now)
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
      self.common.store:tell(key_of(self, name), bucket:take_reports(), now)
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
