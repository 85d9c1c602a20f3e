--- What the headers of a reply say of the rate limit.
local dates = require "azion.api.dates"

local rate = {}

-- A header given more than once arrives as one value, joined by ", ": the number that `choose` picks of
-- those that `read` finds. A member may itself hold ", ", as HTTP dates do.
local function choose_value(value, read, choose)
  local chosen, previous = read(value), nil
  if chosen then
    return chosen
  end
  for part in (value .. ", "):gmatch("(.-), ") do
    local number = read(part) or (previous and read(previous .. ", " .. part))
    chosen, previous = number and choose(chosen or number, number) or chosen, part
  end
  return chosen
end

-- Reads a header, if it is there. Replies of the same moment tell the same: what was read last is remembered.
local function reader(read, choose)
  local last_text, last_value
  return function(text)
    if text ~= last_text then
      last_text, last_value = text, text and choose_value(text, read, choose)
    end
    return last_value
  end
end

local day = 24 * 60 * 60

-- What a reply can sensibly tell to wait, in seconds: wildcard purges are counted by the day.
local function longest_wait(bucket)
  return bucket == "purge_wildcard" and 2 * day or day
end

local function read_count(text)
  return tonumber(text:match("^%s*(%d+)%s*$"))
end

local read_date, read_reset = reader(dates.http, math.min), reader(dates.iso, math.max)
local read_limit, read_remaining = reader(read_count, math.min), reader(read_count, math.min)

-- One that cannot be believed does not hide another that can.
local function read_retry_after(text, from, longest)
  return text and choose_value(text, function(part)
    local seconds = dates.retry_after(part, from)
    return seconds and seconds <= longest and seconds or nil
  end, math.max)
end

---@class azion.RateHeaders
---@field limit? integer
---@field remaining? integer
---@field reset? number server's epoch seconds at which the window ends
---@field date? number server's epoch seconds at the reply (resolution: one second)
---@field reset_after? number seconds from the reply to the window's end; never shorter than the truth; negative if past
---@field retry_after? number seconds, as told by Retry-After

--- What a reply says of the rate limit. Dates count from the reply's own `Date`, so that a wrong local
--- clock does not matter; the local clock serves only where there is no `Date`. (RFC 9110, 10.2.3.)
---@param headers table<string, string>
---@param now number local epoch seconds
---@param bucket? string
---@return azion.RateHeaders
function rate.read(headers, now, bucket)
  local date, reset = read_date(headers.date), read_reset(headers["x-ratelimit-reset"])
  local longest = longest_wait(bucket)
  if reset and reset - (date or now) > longest then
    reset = nil
  end
  return {
    limit = read_limit(headers["x-ratelimit-limit"]),
    remaining = read_remaining(headers["x-ratelimit-remaining"]),
    reset = reset,
    date = date,
    reset_after = reset and reset - (date or now),
    retry_after = read_retry_after(headers["retry-after"], date or now, longest),
  }
end

return rate
