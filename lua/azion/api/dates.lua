--- Dates as servers write them, in seconds since 1970. Years go from 1970 to 9999; leap seconds are not read.
local dates = {}

local month_numbers = { Jan = 1, Feb = 2, Mar = 3, Apr = 4, May = 5, Jun = 6, Jul = 7, Aug = 8, Sep = 9, Oct = 10,
  Nov = 11, Dec = 12 }
local weekdays = { Sun = "Sunday", Mon = "Monday", Tue = "Tuesday", Wed = "Wednesday", Thu = "Thursday",
  Fri = "Friday", Sat = "Saturday" }

-- Days since 1970-01-01. Years are counted from March here, so that the leap day is the last of its year; the
-- month may be 13.
local function day_number(year, month, day)
  local years = month <= 2 and year - 1 or year
  local leap_days = math.floor(years / 4) - math.floor(years / 100) + math.floor(years / 400)
  return years * 365 + leap_days + math.floor(((month + 9) % 12 * 306 + 5) / 10) + day - 719469
end

-- The parts are text; nil if there is no such moment.
local function epoch(year, month, day, hour, minute, second)
  year, month, day = tonumber(year), tonumber(month), tonumber(day)
  hour, minute, second = tonumber(hour), tonumber(minute), tonumber(second)
  if not month or year < 1970 or month < 1 or month > 12 or day < 1 or hour > 23 or minute > 59 or second > 59 then
    return nil
  end
  local days = day_number(year, month, day)
  return days < day_number(year, month + 1, 1) and days * 86400.0 + hour * 3600 + minute * 60 + second or nil
end

-- "Sun, 06 Nov 1994 08:49:37 GMT"
local function read_fixdate(text)
  local weekday, day, month, year, hour, minute, second =
    text:match("^[ \t]*(%a+), (%d%d) (%a+) (%d%d%d%d) (%d%d):(%d%d):(%d%d) GMT[ \t]*$")
  return weekdays[weekday] and epoch(year, month_numbers[month], day, hour, minute, second)
end

-- "Sunday, 06-Nov-94 08:49:37 GMT": the years from 1970 to 2069.
local function read_rfc850_date(text)
  local weekday, day, month, year, hour, minute, second =
    text:match("^[ \t]*(%a+), (%d%d)%-(%a+)%-(%d%d) (%d%d):(%d%d):(%d%d) GMT[ \t]*$")
  return weekday and weekdays[weekday:sub(1, 3)] == weekday
    and epoch((year < "70" and "20" or "19") .. year, month_numbers[month], day, hour, minute, second)
end

-- "Sun Nov  6 08:49:37 1994"
local function read_asctime_date(text)
  local weekday, month, day, hour, minute, second, year =
    text:match("^[ \t]*(%a+) (%a+) ([ %d]%d) (%d%d):(%d%d):(%d%d) (%d%d%d%d)[ \t]*$")
  return weekdays[weekday] and epoch(year, month_numbers[month], day, hour, minute, second)
end

--- Reads a date in any of the three forms of RFC 9110, 5.6.7. The day's name is not held against the date.
---@param text string
---@return number? epoch
function dates.http(text)
  return read_fixdate(text) or read_rfc850_date(text) or read_asctime_date(text) or nil
end

-- Seconds east of UTC. No zone means UTC.
local function read_zone(text)
  if text == "" or text == "Z" or text == "z" then
    return 0
  end
  local sign, hours, minutes = text:match("^([+-])(%d%d):?(%d%d)$")
  if not sign then
    sign, hours = text:match("^([+-])(%d%d)$")
  end
  hours, minutes = tonumber(hours), tonumber(minutes or "0")
  return hours and hours <= 23 and minutes <= 59 and (hours * 60 + minutes) * (sign == "-" and -60 or 60)
end

--- Reads an ISO 8601 date and time: YYYY-MM-DD, T or space, hh:mm:ss, a fraction of up to 9 digits if any, then Z,
--- +hh:mm, +hhmm, +hh (or -), or nothing.
---@param text string
---@return number? epoch
function dates.iso(text)
  local year, month, day, hour, minute, second, rest =
    text:match("^[ \t]*(%d%d%d%d)%-(%d%d)%-(%d%d)[Tt ](%d%d):(%d%d):(%d%d)([^ \t]*)[ \t]*$")
  if not year then
    return nil
  end
  local digits, zone = rest:match("^[.,](%d+)(.*)$")
  local offset, seconds = read_zone(zone or rest), epoch(year, month, day, hour, minute, second)
  if not offset or not seconds or (digits and #digits > 9) then
    return nil
  end
  return seconds - offset + (digits and tonumber(digits) / 10 ^ #digits or 0)
end

local largest_wait = 1e20

--- Reads a Retry-After value (RFC 9110, 10.2.3) into seconds from `now`: a number, its fraction rounded up, or an HTTP
--- date; 0 if that is over.
---@param text string
---@param now number epoch seconds
---@return number? seconds
function dates.retry_after(text, now)
  local whole, fraction = text:match("^[ \t]*(%d+)[ \t]*$"), "0"
  if not whole then
    whole, fraction = text:match("^[ \t]*(%d+)%.(%d+)[ \t]*$")
  end
  if whole then
    return math.min(tonumber(whole) + 0.0, largest_wait) + (fraction:find("[1-9]") and 1 or 0)
  end
  local date = dates.http(text)
  return date and math.max(date - now, 0)
end

return dates
