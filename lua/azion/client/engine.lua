--- What a client's calls need: its options, its session, its budget, the version of the API.
local addresses = require "azion.client.base_url"
local core = require "azion.core"
local errors = require "azion.client.errors"
local memory = require "azion.budget.memory"
local network = require "azion.client.network"
local options = require "azion.client.options"
local retry_quota = require "azion.call.retry_quota"
local runtimes = require "azion.runtime"
local secrets = require "azion.secrets"
local semaphore = require "azion.runtime.semaphore"
local wire = require "azion.api.wire"

local engine = {}

---@class azion.ClientOptions
---@field token? string personal or session token; default: AZION_TOKEN
---@field base_url? string default: AZION_BASE_URL, else https://api.azionapi.net (version 4: AZION_V4_BASE_URL, else
--- https://api.azion.com/v4)
---@field timeout? number seconds for one attempt, connect to last byte (default 30)
---@field connect_timeout? number seconds for TCP and TLS of one attempt (default 10)
---@field deadline? number seconds for the whole call: attempts, backoff and rate-limit waits (default 180)
---@field max_attempts? integer tries of one call, the first included (default 5)
---@field concurrency? integer requests in flight at once, at most (default 8)
---@field pace? boolean stay inside the announced rate budget (default true)
---@field budget? table where the rate budget is kept (default: in this process)
---@field max_response_bytes? integer largest body after decompression (default 64 MiB)
---@field ca_file? string certificates to trust besides those of the system; default: AZION_CA_FILE
---@field proxy? string "" for none; default: as libcurl finds it in the environment, for other machines than this one
---@field user_agent? string
---@field strict? boolean refuse unknown fields and query names (default false)
---@field on_event? fun(event: table) what it raises is ignored

local function text_rule(is_secret, may_be_empty)
  return { type = "string", is_secret = is_secret,
    expected = (may_be_empty and "text" or "text that is not empty,") .. " without control characters",
    allows = function(value) return (may_be_empty or value ~= "") and wire.is_header_value(value) end }
end

-- One that cannot work here is a budget too: `nil, err` in an option would be no option.
local function budget_problem(value)
  if rawget(value, "missing") then
    return value.missing
  elseif not value.reserve and not value.bind then
    return "expected a budget from azion.budget, got another table"
  end
end

local url_rule = { type = "string", is_secret = true } -- people write passwords into URLs

local known_options = {
  token = { type = "string", is_secret = true },
  timeout = options.seconds,
  connect_timeout = options.seconds,
  deadline = options.seconds,
  max_attempts = options.count,
  concurrency = options.count,
  pace = options.flag,
  budget = { type = "table", called = "a budget from azion.budget", problem = budget_problem },
  max_response_bytes = options.count,
  ca_file = text_rule(),
  proxy = text_rule(true, true),
  user_agent = text_rule(),
  strict = options.flag,
  on_event = { type = "function" },
}

local defaults = { timeout = 30, connect_timeout = 10, deadline = 180, max_attempts = 5, concurrency = 8, pace = true,
  max_response_bytes = 64 * 1024 * 1024 }

--- The options of a client, with the one that tells where the API is.
---@param base_option string
---@return table<string, azion.OptionRule>
function engine.options_of(base_option)
  local known = { [base_option] = url_rule }
  for name, rule in pairs(known_options) do
    known[name] = rule
  end
  return known
end

-- A budget that others share is told who draws on it, by a name that does not give the token away. A password is
-- short enough to be guessed from such a name, so that of an account is made of the e-mail address.
local function budget_of(settings, base_url, account)
  local budget = settings.budget or memory.new()
  if not budget.bind then
    return budget
  end
  local on_event = settings.on_event
  return budget:bind(core.sha256(base_url .. " " .. account):sub(1, 32), function(event)
    if on_event then
      pcall(on_event, event)
    end
  end)
end

-- The headers that all requests have: the same two lists for all of them.
local function headers_with(api, authorization)
  local plain = { "Authorization: " .. authorization, "Accept: " .. api.accept }
  local with_body = { plain[1], plain[2], "Content-Type: " .. api.content_type }
  return function(has_body)
    return has_body and with_body or plain
  end
end

-- Everything that a call needs, apart from the client that the user holds. The credentials live in closures
-- only: no printed table shows them.
local function new_engine(api, settings, base_url, authorization, hidden, account)
  local session, err = network.open(settings, base_url)
  if not session then
    return nil, err
  end
  settings.token, settings.proxy = nil, nil
  local runtime = runtimes.get()
  return {
    api = api, session = session, base_url = base_url, options = settings, on_event = settings.on_event,
    runtime = runtime, budget = budget_of(settings, base_url, account or authorization), quota = retry_quota.new(),
    places = semaphore.new(runtime, settings.concurrency), turns = {},
    now = core.now, time = core.time, random = core.random, closed = false, has_succeeded = false,
    headers = headers_with(api, authorization),
    secrets = function() return { (table.unpack or unpack)(hidden) } end,
    hide = secrets.hider(hidden),
  }
end

local function settle_options(given)
  local settings = {}
  for name, value in pairs(defaults) do
    settings[name] = value
  end
  for name, value in pairs(given or {}) do
    settings[name] = value
  end
  return settings
end

--- Makes one. `credentials(settings)` gives the Authorization header, the values to hide and whose they are; or nil
--- and an error.
---@param api azion.Api
---@param given azion.ClientOptions?
---@param credentials fun(settings: table): string?, any, string?
---@return table? engine
---@return azion.Error? err
function engine.new(api, given, credentials)
  local settings = settle_options(given)
  local base_url, problem, loopback =
    addresses.read(settings[api.base_option] or network.from_environment(api.environment) or api.base_url)
  if not base_url then
    return nil, errors.invalid(problem, api.base_option)
  end
  local authorization, hidden, account = credentials(settings)
  if not authorization then
    return nil, hidden
  end
  network.settle(settings, loopback)
  network.hide_proxies(hidden, settings)
  return new_engine(api, settings, base_url, authorization, hidden, account)
end

return engine
