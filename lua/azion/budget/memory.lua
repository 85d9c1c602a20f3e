--- The rate budget of one process. Each call holds a slot of its bucket from before it is sent until the
--- moment that its own reply names as the reset. That is right for windows that are fixed (all of a
--- window's slots come back together) and for windows that slide (each slot comes back by itself), and
--- it never lets more calls go than the server counts.
local abs, ceil, floor, huge, max, min = math.abs, math.ceil, math.floor, math.huge, math.max, math.min

local line = require "azion.budget.line"

local memory = {}

-- Seconds after which the best known difference of the clocks is forgotten: clocks drift apart.
local clock_memory = 300

-- Seconds by which the server's clock may be ahead of what its replies show.
local date_resolution = 1

-- Seconds that a slot is held when no reply ever told how long a window is. (Index page: one minute.)
local default_window = 60

---@class azion.BudgetBucket
---@field known boolean whether any reply told about this bucket
---@field limit? number
---@field remaining? number as told by the newest reply
---@field reset? number end of the newest window, server's clock
---@field last_reset? number told by the reply that came last
---@field window number seconds, the longest told
---@field in_flight integer
---@field foreign integer slots that others hold until the reset, as far as the newest reply tells
---@field held number[] when slots come back, server's clock, sorted
---@field guessed? boolean whether some of `held` stands for a call without an answer
---@field slides? boolean whether each slot comes back by itself; nil as long as that is not known
---@field blocked_until? number local clock
---@field refused? boolean a 429 came and no limit is known: one call goes first when the wait is over

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
    bucket = { known = false, window = 0, in_flight = 0, foreign = 0, held = {} }
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

local function server_time(self, now)
  return now + max(self.difference or 0, self.earlier or -huge)
end

local function release_held(held, server_now)
  local count = 1
  while held[count + 1] and held[count + 1] <= server_now do
    count = count + 1
  end
  local left = #held - count
  for index = 1, left do
    held[index] = held[index + count]
  end
  for index = left + count, left + 1, -1 do
    held[index] = nil
  end
end

local function release_slots(bucket, server_now)
  local first = bucket.held[1]
  if first and first <= server_now then
    release_held(bucket.held, server_now)
  end
  if bucket.reset and bucket.reset <= server_now then
    bucket.remaining, bucket.reset, bucket.foreign = nil, nil, 0
  end
end

local function hold(bucket, until_time)
  local held = bucket.held
  local index = #held + 1
  while index > 1 and held[index - 1] > until_time do
    held[index] = held[index - 1]
    index = index - 1
  end
  held[index] = until_time
end

-- When a slot is free, server's clock: now or earlier if one is; nil if only a reply can tell.
local function next_free(bucket, server_now)
  local held, foreign = bucket.held, bucket.foreign
  if not bucket.known then
    return bucket.in_flight == 0 and server_now or nil
  end
  local missing = #held + bucket.in_flight + foreign + 1 - (bucket.limit or huge)
  if missing <= 0 then
    return server_now
  end
  local own = held[missing]
  local others = foreign > 0 and max(bucket.reset, held[missing - foreign] or bucket.reset) or nil
  if others and missing - foreign > #held then
    others = nil
  end
  if own and others then
    return min(own, others)
  end
  -- A limit below one leaves nothing to wait for but the window's end.
  return own or others or (bucket.in_flight == 0 and (bucket.reset or server_now) or nil)
end

--- Takes a slot, or tells how long there will be none.
---@param name string the bucket
---@param now number monotonic seconds
---@return boolean taken
---@return number? wait seconds; nil where it depends on a reply that is still to come
function methods:reserve(name, now)
  local bucket = bucket_of(self, name)
  local server_now = server_time(self, now)
  release_slots(bucket, server_now)
  if bucket.blocked_until and now < bucket.blocked_until then
    return false, bucket.blocked_until - now
  end
  local at = next_free(bucket, server_now)
  if at and at <= server_now then
    bucket.in_flight = bucket.in_flight + 1
    return true
  end
  return false, at and at - server_now
end

-- In a fixed window no slot comes back before the reset: what was guessed of a call without an answer is
-- settled by the next reply.
local function correct_guesses(bucket, server_now)
  if bucket.slides == false then
    for index, until_time in ipairs(bucket.held) do
      if until_time > server_now + date_resolution then
        bucket.held[index] = bucket.reset
      end
    end
  end
  bucket.guessed = false
end

-- Replies may overtake each other: the newest is the one with the latest reset, then with the least left.
local function is_newer(bucket, rate)
  if not bucket.reset or rate.reset ~= bucket.reset then
    return not bucket.reset or rate.reset > bucket.reset
  end
  return (rate.remaining or 0) <= (bucket.remaining or huge)
end

-- What others took of the bucket is what the newest reply counts beyond our own slots. Calls in flight that
-- the server has counted already look like others' until their replies are here.
local function learn(self, bucket, rate, now)
  if rate.date then
    observe_clock(self, rate.date - now, now)
  elseif not self.difference then
    observe_clock(self, rate.reset - rate.reset_after - now, now)
  end
  if rate.reset_after > bucket.window then
    bucket.window = rate.reset_after
  end
  if bucket.last_reset then
    -- After a pause, the resets of a sliding window are as far from each other as those of fixed ones.
    local gap = abs(rate.reset - bucket.last_reset)
    bucket.slides = bucket.slides or (gap > 0 and gap < bucket.window / 2)
  end
  bucket.last_reset = rate.reset
  if is_newer(bucket, rate) then
    bucket.reset = rate.reset
    if bucket.guessed then
      correct_guesses(bucket, server_time(self, now))
    end
    bucket.limit, bucket.remaining = rate.limit, rate.remaining
    bucket.foreign = rate.remaining and max(0, (rate.limit or #bucket.held) - rate.remaining - #bucket.held) or 0
    if rate.remaining and not rate.limit then
      bucket.limit = rate.remaining + #bucket.held
    end
  else
    bucket.foreign = max(0, bucket.foreign - 1)
  end
end

-- There is no limit, or none any more. What was sent before a 429 says nothing about the time after it; and what the
-- server could not carry out does not end the caution.
local function learn_without_headers(bucket, answer, now)
  if bucket.refused and (answer.status >= 500 or now < (bucket.blocked_until or 0)) then
    return
  end
  local rate = answer.rate or {}
  bucket.known, bucket.refused, bucket.foreign, bucket.held = true, false, 0, {}
  bucket.limit, bucket.told_remaining = rate.limit, rate.remaining
  bucket.remaining, bucket.reset, bucket.last_reset, bucket.slides, bucket.guessed = nil, nil, nil, nil, nil
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
      hold(bucket, rate.reset)
    end
    learn(self, bucket, rate, now)
  elseif answer.status and (answer.status < 300 or not bucket.known) and answer.status ~= 429 then
    learn_without_headers(bucket, answer, now)
  elseif bucket.known and answer.status ~= 429 then
    -- The server may have counted a call that it did not answer properly, in the next window already if the
    -- reset is so near that its clock may have passed it.
    local latest = server_time(self, now) + date_resolution
    local is_certain = bucket.slides == false and bucket.reset and latest <= bucket.reset
    hold(bucket, is_certain and bucket.reset or latest + (bucket.window > 0 and bucket.window or default_window))
    bucket.guessed = bucket.guessed or not is_certain
  end
  if answer.status == 429 and not bucket.limit then
    bucket.known, bucket.refused = false, true
  end
  local blocked = answer.blocked or (bucket.refused and answer.status == 429 and answer.backoff)
  if blocked then
    bucket.blocked_until = max(bucket.blocked_until or 0, now + blocked)
  end
end

-- When the `count`-th call from now can be made, server's clock.
local function time_of(bucket, count, server_now)
  local window = bucket.window > 0 and bucket.window or default_window
  local reset = bucket.reset or server_now + window
  local free = max(0, bucket.limit - #bucket.held - bucket.in_flight - bucket.foreign)
  if count <= free then
    return server_now
  elseif not bucket.slides then
    return reset + (ceil((count - free) / bucket.limit) - 1) * window
  end
  local round = floor((count - 1) / bucket.limit)
  local place = (count - 1) % bucket.limit + 1
  return (place <= free and server_now or bucket.held[place - free] or reset) + round * window
end

-- The earliest that it can be. A window may be shorter than it looks, by what `Date` is cut, and may slide.
local function least_time_of(bucket, count, server_now)
  local window = max(0, (bucket.window > 0 and bucket.window or default_window) - date_resolution)
  local reset = bucket.reset or server_now
  local free = max(0, bucket.limit - #bucket.held - bucket.in_flight - bucket.foreign)
  if count <= free then
    return server_now
  end
  local fixed = reset + (ceil((count - free) / bucket.limit) - 1) * window
  local place = (count - 1) % bucket.limit + 1
  local slot = place <= free and server_now or bucket.held[place - free] or reset
  return min(fixed, slot + floor((count - 1) / bucket.limit) * window)
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
  release_slots(bucket, server_now)
  return max(blocked, least_time_of(bucket, count, server_now) - server_now)
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
  release_slots(bucket, server_now)
  local blocked = max(0, (bucket.blocked_until or now) - now)
  if count < 1 then
    return 0
  elseif not bucket.limit then
    return blocked
  elseif bucket.limit < 1 then
    return huge
  end
  return max(blocked, time_of(bucket, count, server_now) - server_now)
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
    release_slots(bucket, server_now)
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
