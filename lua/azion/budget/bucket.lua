--- What one process knows of one bucket: which slots are held, and when they come back. All times are the server's.
local abs, ceil, floor, huge, max, min = math.abs, math.ceil, math.floor, math.huge, math.max, math.min

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

local methods = {}
local metatable = { __index = methods }

local bucket = {}

---@return azion.BudgetBucket
function bucket.new()
  return setmetatable({ known = false, window = 0, in_flight = 0, foreign = 0, held = {} }, metatable)
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

--- Slots whose time has come are free again.
---@param server_now number
function methods:release(server_now)
  local first = self.held[1]
  if first and first <= server_now then
    release_held(self.held, server_now)
  end
  if self.reset and self.reset <= server_now then
    self.remaining, self.reset, self.foreign = nil, nil, 0
  end
end

--- Holds a slot until then.
---@param until_time number
function methods:hold(until_time)
  local held = self.held
  local index = #held + 1
  while index > 1 and held[index - 1] > until_time do
    held[index] = held[index - 1]
    index = index - 1
  end
  held[index] = until_time
end

--- When a slot is free: now or earlier if one is; nil if only a reply can tell.
---@param server_now number
---@return number?
function methods:next_free(server_now)
  local held, foreign = self.held, self.foreign
  if not self.known then
    return self.in_flight == 0 and server_now or nil
  end
  local missing = #held + self.in_flight + foreign + 1 - (self.limit or huge)
  if missing <= 0 then
    return server_now
  end
  local own = held[missing]
  local others = foreign > 0 and max(self.reset, held[missing - foreign] or self.reset) or nil
  if others and missing - foreign > #held then
    others = nil
  end
  if own and others then
    return min(own, others)
  end
  -- A limit below one leaves nothing to wait for but the window's end.
  return own or others or (self.in_flight == 0 and (self.reset or server_now) or nil)
end

-- In a fixed window no slot comes back before the reset: what was guessed of a call without an answer is
-- settled by the next reply.
local function correct_guesses(self, server_now)
  if self.slides == false then
    for index, until_time in ipairs(self.held) do
      if until_time > server_now + date_resolution then
        self.held[index] = self.reset
      end
    end
  end
  self.guessed = false
end

-- Replies may overtake each other: the newest is the one with the latest reset, then with the least left.
local function is_newer(self, rate)
  if not self.reset or rate.reset ~= self.reset then
    return not self.reset or rate.reset > self.reset
  end
  return (rate.remaining or 0) <= (self.remaining or huge)
end

-- What others took of the bucket is what the newest reply counts beyond our own slots. Calls in flight that
-- the server has counted already look like others' until their replies are here.
local function learn_newest(self, rate, server_now)
  self.reset = rate.reset
  if self.guessed then
    correct_guesses(self, server_now)
  end
  self.limit, self.remaining = rate.limit, rate.remaining
  self.foreign = rate.remaining and max(0, (rate.limit or #self.held) - rate.remaining - #self.held) or 0
  if rate.remaining and not rate.limit then
    self.limit = rate.remaining + #self.held
  end
end

--- Learns from a reply's headers.
---@param rate azion.RateHeaders
---@param server_now number
function methods:learn(rate, server_now)
  if rate.reset_after > self.window then
    self.window = rate.reset_after
  end
  if self.last_reset then
    -- After a pause, the resets of a sliding window are as far from each other as those of fixed ones.
    local gap = abs(rate.reset - self.last_reset)
    self.slides = self.slides or (gap > 0 and gap < self.window / 2)
  end
  self.last_reset = rate.reset
  if is_newer(self, rate) then
    learn_newest(self, rate, server_now)
  else
    self.foreign = max(0, self.foreign - 1)
  end
end

--- There is no limit, or none any more. What was sent before a 429 says nothing about the time after it; and what the
--- server could not carry out does not end the caution.
---@param answer azion.BudgetAnswer
---@param is_blocked boolean a 429 keeps the bucket waiting
function methods:forget_limit(answer, is_blocked)
  if self.refused and (answer.status >= 500 or is_blocked) then
    return
  end
  local rate = answer.rate or {}
  self.known, self.refused, self.foreign, self.held = true, false, 0, {}
  self.limit, self.told_remaining = rate.limit, rate.remaining
  self.remaining, self.reset, self.last_reset, self.slides, self.guessed = nil, nil, nil, nil, nil
end

--- The server may have counted a call that it did not answer properly, in the next window already if the reset is so
--- near that its clock may have passed it.
---@param server_now number
function methods:hold_unanswered(server_now)
  local latest = server_now + date_resolution
  local is_certain = self.slides == false and self.reset and latest <= self.reset
  self:hold(is_certain and self.reset or latest + (self.window > 0 and self.window or default_window))
  self.guessed = self.guessed or not is_certain
end

local function free_of(self)
  return max(0, self.limit - #self.held - self.in_flight - self.foreign)
end

--- When the `count`-th call from now can be made, where a limit is known.
---@param count integer
---@param server_now number
---@return number
function methods:time_of(count, server_now)
  local window = self.window > 0 and self.window or default_window
  local reset = self.reset or server_now + window
  local free = free_of(self)
  if count <= free then
    return server_now
  elseif not self.slides then
    return reset + (ceil((count - free) / self.limit) - 1) * window
  end
  local round = floor((count - 1) / self.limit)
  local place = (count - 1) % self.limit + 1
  return (place <= free and server_now or self.held[place - free] or reset) + round * window
end

--- The earliest that it can be. A window may be shorter than it looks, by what `Date` is cut, and may slide.
---@param count integer
---@param server_now number
---@return number
function methods:least_time_of(count, server_now)
  local window = max(0, (self.window > 0 and self.window or default_window) - date_resolution)
  local reset = self.reset or server_now
  local free = free_of(self)
  if count <= free then
    return server_now
  end
  local fixed = reset + (ceil((count - free) / self.limit) - 1) * window
  local place = (count - 1) % self.limit + 1
  local slot = place <= free and server_now or self.held[place - free] or reset
  return min(fixed, slot + floor((count - 1) / self.limit) * window)
end

return bucket
