-- Personal tokens (v3.md, section 1.4): good until they expire, shown once, never changed.

local dates = require "azion.api.dates"
local json = require "azion.sandbox.model.json"
local rows = require "azion.sandbox.v3.rows"
local tokens = require "azion.sandbox.v3.tokens"

local WRONG_FORMAT = "Datetime has wrong format. Use one of these formats instead: "
  .. "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."

-- Seconds may be left out.
local function read_time(text)
  local minute, rest = tostring(text):match "^(%d%d%d%d%-%d%d%-%d%d[T ]%d%d:%d%d)(.*)$"
  return minute and dates.iso(minute .. (rest:find "^:" and rest or ":00" .. rest))
end

local function time_text(time)
  return os.date("!%Y-%m-%dT%H:%M:%SZ", math.floor(time))
end

local personal_tokens = rows.complete {
  resource = require "azion.api.v3.personal_tokens",
  uuid_step = 1,
  seed_name = rows.numbered "token",
}

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
