--- The rate budget of one process. Each call holds a slot of its bucket from before it is sent until the
--- moment that its own reply names as the reset. That is right for windows that are fixed (all of a
--- window's slots come back together) and for windows that slide (each slot comes back by itself), and
--- it never lets more calls go than the server counts.
local buckets = require "azion.budget.bucket"
local line = require "azion.budget.line"

local memory = {}

-- Seconds after which the best known difference of the clocks is forgotten: clocks drift apart.
local clock_memory = 300

local huge, max = math.huge, math.max

---@class azion.Budget
local methods = {}
local metatable = { __index = methods, __name = "azion.budget" }

---@return azion.Budget
function memory.new()
  return setmetatable({ buckets = {}, lines = {} }, metatable)
end

--- Where calls wait for a slot.
---@param name string the bucket
---@return azion.Line
function methods:line(name)
  self.lines[name] = self.lines[name] or line.new()
  return self.lines[name]
end

local function bucket_of(self, name)
  local bucket = self.buckets[name]
  if not bucket then
    bucket = buckets.new()
    self.buckets[name] = bucket
  end
  return bucket
end

-- `Date` is cut to whole seconds, so each reply shows the server's clock up to a second late: the largest
-- difference seen is the nearest to the truth and never ahead of it.
local function observe_clock(self, difference, now)
  if not self.clock_since or now - self.clock_since > clock_memory then
    self.earlier, self.difference, self.clock_since = self.difference, difference, now
  end
  if difference > self.difference then
    self.difference = difference
  end
end

local function learn_clock(self, rate, now)
  if rate.date then
    observe_clock(self, rate.date - now, now)
  elseif not self.difference then
    observe_clock(self, rate.reset - rate.reset_after - now, now)
  end
end

local function server_time(self, now)
  return now + max(self.difference or 0, self.earlier or -huge)
end

--- Takes a slot, or tells how long there will be none.
---@param name string the bucket
---@param now number monotonic seconds
---@return boolean taken
---@return number? wait seconds; nil where it depends on a reply that is still to come
function methods:reserve(name, now)
  local bucket = bucket_of(self, name)
  local server_now = server_time(self, now)
  bucket:release(server_now)
  if bucket.blocked_until and now < bucket.blocked_until then
    return false, bucket.blocked_until - now
  end
  local at = bucket:next_free(server_now)
  if at and at <= server_now then
    bucket.in_flight = bucket.in_flight + 1
    return true
  end
  return false, at and at - server_now
end

---@class azion.BudgetAnswer
---@field sent boolean whether the call left the machine
---@field status? integer
---@field rate? azion.RateHeaders
---@field blocked? number seconds that a 429 told to wait
---@field backoff? number seconds that the call itself waits after a 429

--- Ends what `reserve` began: a slot that was used comes back when the reply says so.
---@param name string
---@param answer azion.BudgetAnswer
---@param now number monotonic seconds
function methods:settle(name, answer, now)
  -- First, and without taking memory: a slot that is not given back keeps all others waiting.
  local bucket = self.buckets[name]
  if bucket and bucket.in_flight > 0 then
    bucket.in_flight = bucket.in_flight - 1
  end
  self:observe(name, answer, now)
end

--- Learns from a reply to a call that took no slot.
---@param name string
---@param answer azion.BudgetAnswer
---@param now number monotonic seconds
function methods:observe(name, answer, now)
  local bucket = bucket_of(self, name)
  local rate = answer.rate
  if not answer.sent then
    return
  end
  if rate and rate.reset then
    bucket.known = true
    if answer.status ~= 429 then
      bucket:hold(rate.reset)
    end
    learn_clock(self, rate, now)
    bucket:learn(rate, server_time(self, now))
  elseif answer.status and (answer.status < 300 or not bucket.known) and answer.status ~= 429 then
    bucket:forget_limit(answer, now < (bucket.blocked_until or 0))
  elseif bucket.known and answer.status ~= 429 then
    bucket:hold_unanswered(server_time(self, now))
  end
  if answer.status == 429 and not bucket.limit then
    bucket.known, bucket.refused = false, true
  end
  local blocked = answer.blocked or (bucket.refused and answer.status == 429 and answer.backoff)
  if blocked then
    bucket.blocked_until = max(bucket.blocked_until or 0, now + blocked)
  end
end

--- Seconds until the `count`-th call from now can be made, at the least; nil where only a reply can tell.
---@param name string
---@param count integer
---@param now number monotonic seconds
---@return number? seconds
function methods:least_wait(name, count, now)
  local bucket = bucket_of(self, name)
  local blocked = self:blocked(name, now) or 0
  if not bucket.known or not bucket.limit or bucket.limit < 1 then
    return blocked > 0 and blocked or nil
  end
  local server_now = server_time(self, now)
  bucket:release(server_now)
  return max(blocked, bucket:least_time_of(count, server_now) - server_now)
end

--- Seconds for which a 429 keeps the whole bucket waiting, if it does.
---@param name string
---@param now number monotonic seconds
---@return number? seconds
function methods:blocked(name, now)
  local bucket = self.buckets[name]
  local left = bucket and (bucket.blocked_until or now) - now or 0
  return left > 0 and left or nil
end

--- How long until `count` more calls can have been made, as far as is known; 0 where no limit is known.
---@param name string
---@param count integer
---@param now number monotonic seconds
---@return number seconds
function methods:eta(name, count, now)
  local bucket = bucket_of(self, name)
  local server_now = server_time(self, now)
  bucket:release(server_now)
  local blocked = max(0, (bucket.blocked_until or now) - now)
  if count < 1 then
    return 0
  elseif not bucket.limit then
    return blocked
  elseif bucket.limit < 1 then
    return huge
  end
  return max(blocked, bucket:time_of(count, server_now) - server_now)
end

---@class azion.Rate
---@field limit? number
---@field remaining? number
---@field reset_after? number seconds

--- The last known state of each bucket.
---@param now number monotonic seconds
---@return table<string, azion.Rate>
function methods:snapshot(now)
  local rates = {}
  local server_now = server_time(self, now)
  for name, bucket in pairs(self.buckets) do
    bucket:release(server_now)
    local remaining = bucket.remaining or bucket.told_remaining or bucket.limit
    if remaining or bucket.limit then
      rates[name] = {
        limit = bucket.limit,
        remaining = remaining and max(0, remaining - bucket.in_flight),
        reset_after = bucket.reset and max(0, bucket.reset - server_now) or 0,
      }
    end
  end
  return rates
end

return memory
