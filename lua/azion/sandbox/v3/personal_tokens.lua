-- Personal tokens (v3.md, section 1.4): good until they expire, shown once, never changed.

local json = require "azion.sandbox.model.json"
local rows = require "azion.sandbox.v3.rows"
local tokens = require "azion.sandbox.v3.tokens"

-- Days from 1970-01-01 to a date of the Gregorian calendar; the year begins in March, so that leap days come last.
local function days_since_epoch(year, month, day)
  if month <= 2 then
    year, month = year - 1, month + 12
  end
  local leap_days = math.floor(year / 4) - math.floor(year / 100) + math.floor(year / 400)
  return 365 * year + leap_days + math.floor((153 * (month - 3) + 2) / 5) + day - 719469
end

local WRONG_FORMAT = "Datetime has wrong format. Use one of these formats instead: "
  .. "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."

local function seconds_east(zone)
  if zone == "" or zone == "Z" then
    return 0
  end
  local sign, hours, minutes = zone:match "^([+-])(%d%d):?(%d%d)$"
  return sign and (sign == "-" and -1 or 1) * (hours * 3600 + minutes * 60)
end

local function read_time(text)
  if type(text) ~= "string" then
    return nil
  end
  local year, month, day, hour, minute, rest = text:match "^(%d%d%d%d)%-(%d%d)%-(%d%d)[T ](%d%d):(%d%d)(.*)$"
  if not year then
    return nil
  end
  local second, zone = rest:match "^:(%d%d)%.?%d*(.*)$"
  local east = seconds_east(zone or rest)
  return east and days_since_epoch(tonumber(year), tonumber(month), tonumber(day)) * 86400
    + hour * 3600 + minute * 60 + tonumber(second or 0) - east
end

local function time_text(time)
  return os.date("!%Y-%m-%dT%H:%M:%SZ", math.floor(time))
end

local personal_tokens = rows.complete {
  resource = require "azion.api.v3.personal_tokens",
  uuid_step = 1,
  seed_name = rows.numbered "token",
}

local identify_by_uuid = personal_tokens.identify

function personal_tokens.identify(collection, serial, item)
  identify_by_uuid(collection, serial, item)
  item.created = item.created or serial <= collection.seeded and "2026-01-05T12:00:00Z"
    or time_text(collection.model.now())
end

-- The only field that is more than its description.
function personal_tokens.prepare(input)
  local time = read_time(input.expires_at)
  if time then
    input.expires_at = time_text(time)
  elseif input.expires_at ~= nil and input.expires_at ~= json.null then
    return { expires_at = json.array { WRONG_FORMAT } }
  end
end

function personal_tokens.seed_input(collection, serial)
  return { name = personal_tokens.seed_name(collection, serial), expires_at = "2099-01-01T00:00:00Z" }
end

local CREATED_NAMES = { "uuid", "name", "key", "user_id", "created", "expires_at", "description" }

function personal_tokens.created(collection, serial)
  local item, model = collection:item(serial), collection.model
  local key = "azion" .. tokens.digits(model, 35)
  collection.keys = collection.keys or {}
  collection.keys[serial], model.tokens[key] = key, read_time(item.expires_at)
  return json.encode_object(setmetatable({ key = key, user_id = 1001 }, { __index = item }), CREATED_NAMES)
end

function personal_tokens.removed(collection, serial)
  local key = (collection.keys or {})[serial]
  if key then
    collection.model.tokens[key] = nil
  end
end

return personal_tokens
