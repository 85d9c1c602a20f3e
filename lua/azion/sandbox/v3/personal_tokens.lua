-- Personal tokens (v3.md, section 1.4): good until they expire, shown once, never changed.

local json = require "azion.sandbox.model.json"
local rows = require "azion.sandbox.model.rows"
local uuids = require "azion.sandbox.model.uuids"

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
  name = "personal_tokens",
  path = "/iam/personal_tokens",
  key = "uuid",
  uuid_step = 1,
  serial = uuids.serial,
  unique = false,
  lacks = { PUT = true, PATCH = true },
  bare = { GET = true, POST = true },
  field_list = {
    { name = "name", type = "string", required = true, not_blank = true, max_length = 255 },
    {
      name = "expires_at",
      type = "custom",
      required = true,
      read = function(value)
        local time = read_time(value)
        if not time then
          return nil, WRONG_FORMAT
        end
        return time_text(time)
      end,
    },
    { name = "description", type = "string", nullable = true, default = json.null },
  },
  read_only = { "created" },
  natural_order = "created",
  seed_name = rows.numbered "token",
}

local CREATED_NAMES = { "uuid", "name", "key", "user_id", "created", "expires_at", "description" }

function personal_tokens.identify(collection, serial, item)
  item.uuid = uuids.of(collection, serial)
  item.user_id = 1001
  item.created = item.created or time_text(collection.model.now())
end

function personal_tokens.seed_input(collection, serial)
  return { name = personal_tokens.seed_name(collection, serial), expires_at = "2099-01-01T00:00" }
end

function personal_tokens.seed_values()
  return { created = "2026-01-05T12:00:00Z" }
end

local function new_key(random)
  local digits = {}
  for position = 1, 35 do
    digits[position] = ("%x"):format(math.floor(random() * 16))
  end
  return "azion" .. table.concat(digits)
end

---@param collection azion.sandbox.Collection
---@param serial integer
---@return string JSON, with the key, which is not told again
function personal_tokens.created(collection, serial)
  local item, model = collection:item(serial), collection.model
  item.key = new_key(model.random)
  model.tokens[item.key] = read_time(item.expires_at)
  return json.encode_object(item, CREATED_NAMES)
end

function personal_tokens.removed(collection, _, item)
  if item.key then
    collection.model.tokens[item.key] = nil
  end
end

return personal_tokens
