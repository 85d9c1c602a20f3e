-- Rate limits, counted strictly: in a window that allows n calls, call n + 1 is refused, whoever makes it. Pure.
--
-- "fixed": the first window begins with the first call, and each begins where the last one ended. "sliding": at any time,
-- the calls of the last `window` seconds count; the reset that is announced is the moment when everything is free again.

local limits = {}

-- Recorded: wildcard purges are counted by the day.
local WINDOWS = { purge_wildcard = 24 * 60 * 60 }

---@class azion.sandbox.Limits
local Limits = {}
Limits.__index = Limits

local kinds = {}

function kinds.fixed(bucket, limit, window, time)
  local over = bucket.ends and time - bucket.ends or 0
  if over >= 0 then
    bucket.ends, bucket.used = (bucket.ends or time) + window * (math.floor(over / window) + 1), 0
  end
  local allowed = bucket.used < limit
  if allowed then
    bucket.used = bucket.used + 1
  end
  return allowed, limit - bucket.used, bucket.ends
end

-- Calls are kept as times in a ring that begins at `first`; what is older than the window is forgotten.
function kinds.sliding(bucket, limit, window, time)
  bucket.first, bucket.last = bucket.first or 1, bucket.last or 0
  while bucket.first <= bucket.last and time >= bucket[bucket.first] + window do
    bucket[bucket.first] = nil
    bucket.first = bucket.first + 1
  end
  local used = bucket.last - bucket.first + 1
  if used >= limit then
    return false, 0, bucket[bucket.first] + window
  end
  bucket.last = bucket.last + 1
  bucket[bucket.last] = time
  return true, limit - used - 1, time + window
end

---@param options table { limits = { kind, [bucket] = limit or false }, window, retry_after }
---@return azion.sandbox.Limits
function limits.new(options)
  local given = options.limits or {}
  return setmetatable({
    given = given,
    count = kinds[given.kind or "fixed"],
    window = options.window or 60,
    retry_after = options.retry_after ~= false,
    buckets = {},
  }, Limits)
end

-- As really sent: UTC without saying so, six digits; rounded up, so that it is never before the window's end.
local function reset_text(time)
  local micros = math.ceil((time % 1) * 1e6)
  local whole = math.floor(time)
  if micros >= 1e6 then
    whole, micros = whole + 1, micros - 1e6
  end
  return ("%s.%06d"):format(os.date("!%Y-%m-%dT%H:%M:%S", whole), micros)
end

--- Counts one call.
---@param name string the bucket
---@param time number epoch seconds of its arrival
---@return boolean allowed
---@return table headers to send with the reply
---@return integer wait whole seconds until the next call can be allowed, when this one is not
function Limits:take(name, time)
  local limit = self.given[name]
  if not limit then
    return true, {}, 0
  end
  local bucket = self.buckets[name] or {}
  self.buckets[name] = bucket
  local allowed, remaining, reset = self.count(bucket, limit, WINDOWS[name] or self.window, time)
  local headers = {
    ["X-RateLimit-Limit"] = ("%d"):format(limit),
    ["X-RateLimit-Remaining"] = ("%d"):format(remaining),
    ["X-RateLimit-Reset"] = reset_text(reset),
  }
  local wait = math.max(1, math.ceil(reset - time))
  if not allowed and self.retry_after then
    headers["Retry-After"] = ("%d"):format(wait)
  end
  return allowed, headers, wait
end

return limits
