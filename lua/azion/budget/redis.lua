--- The budget of a fleet, in Redis (5 or newer): one script run by Redis for each decision, one round trip each.
--- What a call's end has to tell travels with the next decision or is sent without waiting.
local core = require "azion.core"
local conversation = require "azion.budget.conversation"
local cosocket = require "azion.budget.cosocket"
local decision = require "azion.budget.decision"
local errors = require "azion.errors"
local luasocket = require "azion.budget.luasocket"
local options = require "azion.options"
local shared = require "azion.budget.shared"

-- Seconds that a decision may take, and that the look whether a lost Redis is back may take beside the calls.
local patience, probe_patience = 0.25, 1

local known_options = {
  host = { type = "string" }, port = options.count, password = { type = "string" },
  db = { type = "number", problem = function(value)
    if not (value >= 0 and value % 1 == 0 and value < 2 ^ 31) then
      return "expected the number of a database, got " .. tostring(value)
    end
  end },
  prefix = { type = "string" }, tls = { type = "boolean" }, ca_file = { type = "string" },
}

---@class azion.RedisStore: azion.BudgetStore
local methods = {}
local metatable = { __index = methods }

local function words_of(self, key, seen, want, reports)
  local words = { "EVALSHA", "", "1", self.prefix .. key }
  for _, word in ipairs(decision.words(seen, want, reports, core.now())) do
    words[#words + 1] = word
  end
  return words
end

-- In plain Lua: one connection, which is kept.
local plain = {}

local function conversation_of(self)
  local kept = self.conversation
  if not kept or not kept.connection:is_ours() then
    kept = conversation.new(luasocket.new(self.address), self, self.login())
    self.conversation = kept
  end
  return kept
end

local function drop(self)
  if self.conversation then
    self.conversation.connection:close()
    self.conversation = nil
  end
end

-- A connection that was kept may have been closed in the meantime: that says nothing of the server.
local function ask_twice(self, ask, words, time)
  local value, problem, was_kept = ask(self, words, time)
  if not value and was_kept and problem ~= "timeout" then
    value, problem = ask(self, words, time)
  end
  return value, problem
end

local function ask_kept(self, words, time)
  local was_kept, kept = self.conversation ~= nil, conversation_of(self)
  local value, problem = kept:evaluate(words, time)
  local is_broken = kept.purposes[1] ~= nil
  -- A late reply would be taken for that to the next question.
  if is_broken then
    drop(self)
  end
  return value, problem, was_kept and is_broken
end

function plain.ask(self, words, time)
  return ask_twice(self, ask_kept, words, time)
end

function plain.tell(self, words)
  local kept, now = conversation_of(self), core.now()
  words[2] = self.digest or ""
  local ok, problem = kept:say("tell", words, now)
  if ok then
    ok, problem = kept:listen(now)
  end
  if not ok and problem ~= "timeout" then
    drop(self)
  end
end

function plain.probe(self, words, now)
  if not self.probe_until then
    drop(self)
    self.probe_until = now + probe_patience
    words[1], words[2] = "EVAL", decision.script -- which Redis may have forgotten
    conversation_of(self):say("answer", words, now)
  end
  local kept = conversation_of(self)
  local ok, problem = kept.connection:send("", now)
  local answer
  if ok then
    answer, problem = kept:listen(now)
  end
  if not answer and problem == "timeout" and now < self.probe_until then
    return nil
  end
  self.probe_until = nil
  if not answer or answer.problem then
    drop(self)
    return false
  end
  return true
end

-- In nginx: a connection from its pool for each question.
local pooled = {}

local function ask_pooled(self, words, time)
  local connection = cosocket.new(self.address, self.login_name)
  local opened, value, problem
  opened, problem = connection:open(time)
  if opened then
    local kept = conversation.new(connection, self, connection.is_fresh and self.login() or {})
    value, problem = kept:evaluate(words, time)
    if not kept.purposes[1] then
      connection:rest()
      return value, problem
    end
  end
  connection:close()
  return value, problem, opened and not connection.is_fresh
end

function pooled.ask(self, words, time)
  return ask_twice(self, ask_pooled, words, time)
end

function pooled.tell(self, words)
  cosocket.in_background(function()
    pooled.ask(self, words, core.now() + probe_patience)
  end)
end

function pooled.probe(self, words)
  local is_back = self.probed
  self.probed = nil
  if is_back == nil and not self.is_probing then
    self.is_probing = cosocket.in_background(function()
      self.probed = pooled.ask(self, words, core.now() + probe_patience) ~= nil
      self.is_probing = false
    end)
    if not self.is_probing then
      return false
    end
  end
  return is_back
end

function methods:ask(key, seen, reports)
  local value, problem = self.way.ask(self, words_of(self, key, seen, "1", reports), core.now() + patience)
  if not value then
    return nil, "Redis: " .. problem
  end
  local read = decision.read(value)
  return read, not read and "what answers is not Redis" or nil
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

local function commands_of(given)
  local password, db = given.password, given.db
  return function()
    local commands = {}
    if password then
      commands[#commands + 1] = { "AUTH", password }
    end
    if db and db > 0 then
      commands[#commands + 1] = { "SELECT", ("%d"):format(db) }
    end
    return commands
  end, core.sha256(("%s %d"):format(password or "", db or 0))
end

--- A budget in Redis, for all that use it with the same token.
---@param given? azion.RedisOptions
---@return table? budget for the option of `azion.client`
---@return azion.Error? err
return function(given)
  local name, problem = options.check(given, known_options, "azion.budget.redis", 2)
  if name then
    return nil, errors.invalid(problem, name)
  end
  given = given or {}
  local is_nginx = cosocket.is_here()
  problem = not is_nginx and luasocket.missing(given.tls)
  if problem then
    return nil, errors.invalid(problem, "budget")
  end
  local login_commands, login_name = commands_of(given)
  return shared.new(setmetatable({
    address = { host = given.host or "127.0.0.1", port = given.port or 6379, tls = given.tls or false,
      ca_file = given.ca_file },
    prefix = given.prefix or "azion:", login = login_commands, login_name = login_name,
    way = is_nginx and pooled or plain,
  }, metatable))
end
