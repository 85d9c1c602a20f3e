--- The budget of a fleet, in Redis (5 or newer): one script run by Redis for each decision, one round trip each.
--- What a call's end has to tell travels with the next decision or is sent without waiting.
local core = require "azion.core"
local options = require "azion.client.options"
local redis_hiredis = require "azion.budget.redis_hiredis"
local redis_resty = require "azion.budget.redis_resty"
local redis_script = require "azion.budget.redis_script"
local secrets = require "azion.secrets"
local shared = require "azion.budget.shared"

local known_options = {
  host = options.text, prefix = options.text, tls = options.flag, ca_file = options.text,
  password = { type = "string", is_secret = true },
  port = options.number("a port from 1 to 65535", function(value)
    return value >= 1 and value <= 65535 and value % 1 == 0
  end),
  db = options.number("the number of a database", function(value)
    return value >= 0 and value % 1 == 0 and value < 2 ^ 31
  end),
}

---@class azion.RedisStore: azion.BudgetStore
local methods = {}
local metatable = { __index = methods }

-- Seconds for which it need not be asked again whether a 429 keeps all waiting.
local fresh = 0.05

local function words_of(self, key, seen, want, reports)
  local words = redis_script.words(seen, want, reports, core.now())
  table.insert(words, 1, self.prefix .. key)
  return words
end

local function decide(self, key, seen, want, reports)
  local words = words_of(self, key, seen, want, reports)
  local value, problem = redis_script.evaluate(self, words, core.now() + redis_script.patience)
  if not value then
    return nil, "Redis: " .. self.hide(problem)
  end
  local read = redis_script.read(value)
  return read, not read and "what answers is not Redis" or nil
end

function methods:ask(key, seen, reports)
  return decide(self, key, seen, "1", reports)
end

-- What was heard when a slot was given is fresh for a moment; of many that waited longer only one asks in that time.
function methods:blocked(key, now, since)
  local last = self.looks[key]
  if not last or last.at < math.max(since, now - fresh) then
    if now - since < fresh then
      return nil
    end
    local read, problem = decide(self, key, "*", "0", {})
    if not read then
      return nil, problem
    end
    last = { at = now, ends = now + read.wait }
    self.looks[key] = last
  end
  return last.ends > now and last.ends - now or nil
end

function methods:tell(key, reports)
  self.way.tell(self, words_of(self, key, "*", "0", reports))
end

-- The script writes, so that a Redis out of memory is not taken for one that is back.
function methods:probe(now)
  return self.way.probe(self, words_of(self, "probe", "*", "0", {}), now)
end

---@class azion.RedisOptions
---@field host? string default 127.0.0.1; best an address: looking a name up may take its time, and needs a `resolver` in nginx
---@field port? integer default 6379
---@field password? string
---@field db? integer
---@field prefix? string what the keys begin with; default "azion:"
---@field tls? boolean
---@field ca_file? string what to trust; in nginx `lua_ssl_trusted_certificate` says so

-- What a new connection has to say first. A function gives it: no printed table shows the password.
local function login_of(given)
  local commands = {}
  if given.password then
    commands[#commands + 1] = { "AUTH", given.password }
  end
  if (given.db or 0) > 0 then
    commands[#commands + 1] = { "SELECT", ("%d"):format(given.db) }
  end
  return function() return commands end
end

--- A budget in Redis, for all that use it with the same token.
---@param given? azion.RedisOptions
---@return table budget for the option of `azion.client`, which says what is missing where it cannot work
return function(given)
  local name, problem = options.check(given, known_options, "azion.budget.redis")
  if name then
    return shared.missing(name .. ": " .. problem)
  end
  given = given or {}
  local way = redis_resty.is_here() and redis_resty or redis_hiredis
  problem = way.missing(given.tls)
  if problem then
    return shared.missing(problem)
  end
  return shared.new(setmetatable({
    address = { host = given.host or "127.0.0.1", port = given.port or 6379, tls = given.tls or false,
      ca_file = given.ca_file },
    prefix = given.prefix or "azion:", way = way, looks = {}, login = login_of(given),
    hide = secrets.hider { given.password },
    login_name = core.sha256(("%s %d"):format(given.password or "", given.db or 0)),
  }, metatable))
end
