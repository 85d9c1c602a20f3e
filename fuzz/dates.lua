-- Dates as servers write them: HTTP dates, ISO 8601, Retry-After.
local dates = require "azion.api.dates"

local last_second = 253402300799 -- 9999-12-31T23:59:59Z

-- What is read must not depend on blanks around the text.
local function read(reader, text, ...)
  local number = watched(reader, text, ...)
  assert(number == reader("\t " .. text .. " \t", ...), "blanks around do not matter")
  return number
end

-- The C library's calendar is the judge, as far as ours goes.
local function check_calendar(seconds)
  local whole = math.floor(seconds)
  if whole < 0 or whole > last_second then
    return
  end
  for format, reader in pairs { ["!%Y-%m-%dT%H:%M:%SZ"] = dates.iso, ["!%Y-%m-%d %H:%M:%S.000000+00:00"] = dates.iso,
    ["!%a, %d %b %Y %H:%M:%S GMT"] = dates.http, ["!%a %b %e %H:%M:%S %Y"] = dates.http } do
    assert(reader(os.date(format, whole)) == whole, "the calendar agrees")
  end
end

local function check_http(text)
  local seconds = read(dates.http, text)
  if seconds then
    assert(seconds >= 0 and seconds <= last_second and seconds % 1 == 0, "an HTTP date is a whole second of its years")
    check_calendar(seconds)
  end
end

local function check_iso(text)
  local seconds = read(dates.iso, text)
  if seconds then
    assert(seconds > -86400 and seconds < last_second + 1 + 86400, "an ISO date lies in its years")
    check_calendar(seconds)
  end
end

local function check_retry_after(text)
  local early, late = read(dates.retry_after, text, 0), read(dates.retry_after, text, 4e9)
  assert((early == nil) == (late == nil), "whether it is read does not depend on the time")
  if not early then
    return
  end
  assert(early >= 0 and early <= 1e20 and late >= 0 and late <= early, "a wait has its bounds")
  local date = dates.http(text)
  if date then
    assert(early == date and late == math.max(date - 4e9, 0), "the wait for a date ends at it")
  else
    local number = math.min(tonumber(text) + 0.0, 1e20)
    assert(early == late and early >= number and early <= math.max(number + 1, number * (1 + 1e-9)), "it is a number")
  end
end

return function(text)
  check_http(text)
  check_iso(text)
  check_retry_after(text)
end
