--- A client: options, collections, requests, what is known of the rate limit.
local address = require "azion.address"
local collection = require "azion.collection"
local core = require "azion.core"
local errors = require "azion.errors"
local map = require "azion.map"
local memory = require "azion.budget.memory"
local mistake = require "azion.mistake"
local network = require "azion.network"
local operation = require "azion.operation"
local options = require "azion.options"
local purge = require "azion.purge"
local quota = require "azion.quota"
local request = require "azion.request"
local runtimes = require "azion.runtime"
local secrets = require "azion.secrets"
local semaphore = require "azion.semaphore"

local client = {}

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
  return { type = "string", is_secret = is_secret, expected = "text without control characters",
    allows = function(value) return (may_be_empty or value ~= "") and core.valid_header_value(value) end }
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
function client.options_of(base_option)
  local known = { [base_option] = url_rule }
  for name, rule in pairs(known_options) do
    known[name] = rule
  end
  return known
end

client.options = client.options_of "base_url"

---@class azion.Client
local methods = {}

local function token_problem(token)
  if token == "" then
    return "expected a token: pass the option 'token' or set AZION_TOKEN"
  elseif not token:find("^[\33-\126]+$") then
    return "expected a token of visible ASCII characters, got one with blanks or other characters"
  end
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
    api = api, session = session, base_url = base_url, options = settings, on_event = settings.on_event, runtime = runtime,
    budget = budget_of(settings, base_url, account or authorization), quota = quota.new(),
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

-- `credentials(settings)` gives the Authorization header and the values to hide, or nil and an error.
local function new_client(class, given, credentials)
  local settings, api = settle_options(given), class.api
  local base_url, problem, loopback =
    address.read(settings[api.base_option] or network.from_environment(api.environment) or api.base_url)
  if not base_url then
    return nil, errors.invalid(problem, api.base_option)
  end
  local authorization, hidden, account = credentials(settings)
  if not authorization then
    return nil, hidden
  end
  network.settle(settings, loopback)
  network.hide_proxies(hidden, settings)
  local engine, err = new_engine(api, settings, base_url, authorization, hidden, account)
  if not engine then
    return nil, err
  end
  local self = setmetatable({ engine = engine }, class.metatable)
  engine.client = self -- keeps the client alive during its calls
  return self
end

--- Any endpoint: the decoded body, or true for an empty one.
---@param method string
---@param path string
---@param given? azion.RequestOptions
---@return any body
---@return azion.Error? err
---@return azion.Response? response
function methods:request(method, path, given)
  mistake.check(method, "string", "request: the method")
  mistake.check(path, "string", "request: the path")
  local name, problem = options.check(given, request.options, "request")
  if name then
    return nil, errors.invalid(problem, name)
  end
  return request.run(self.engine, method, path, given or {})
end

--- Removes what the edge has cached: `{ urls = {…} }`, `{ cachekeys = {…} }` or `{ wildcard = "…" }`.
---@param what azion.Purge
---@param call_options? azion.CallOptions
---@return azion.PurgeResults? results one entry for each group of the reply; `failed` counts those that were refused
---@return azion.Error? err
---@return azion.Response? response
function methods:purge(what, call_options)
  mistake.check(what, "table", "purge: what to purge")
  purge.check_names(what, self.engine.api.purge)
  local name, problem = options.check(call_options, operation.call_options, "purge")
  if name then
    return nil, errors.invalid(problem, name)
  end
  return purge.run(self.engine, what, call_options or {})
end

--- Calls `fn(item, index)` for every item, several at once.
---@param items any[]
---@param fn fun(item: any, index: integer): any, any
---@param given? azion.MapOptions
---@return table? results in the order of the items, with their number as `n`
---@return azion.MapFailure[]|azion.Error failures by index; empty when all went well
function methods:map(items, fn, given)
  mistake.check(items, "table", "map: the list of items")
  mistake.check(fn, "function", "map: what to call")
  local name, problem = options.check(given, map.options, "map")
  if name then
    return nil, errors.invalid(problem, name)
  elseif self.engine.closed then
    return nil, errors.closed()
  end
  local refusal = self.engine.runtime.refusal()
  if refusal then
    return nil, errors.invalid(refusal)
  end
  return map.run(self.engine, items, fn, given or {})
end

--- The last known rate budgets, by bucket ("read", "write", …).
---@return table<string, azion.Rate>? rates
---@return azion.Error? err
function methods:rate()
  if self.engine.closed then
    return nil, errors.closed()
  end
  return self.engine.budget:snapshot(self.engine.now())
end

--- How long until that many more calls can have been made, if nobody else makes any.
---@param count integer
---@param bucket? string "read" (default), "write", "purge", …
---@return number? seconds 0 where no limit is known
---@return azion.Error? err
function methods:eta(count, bucket)
  mistake.check(count, "number", "eta: the number of calls")
  mistake.check(bucket == nil and "read" or bucket, "string", "eta: the name of the bucket")
  if self.engine.closed then
    return nil, errors.closed()
  end
  return self.engine.budget:eta(bucket or "read", count, self.engine.now())
end

--- Ends the client: calls that wait end with kind `closed`, connections are closed. Idempotent.
---@return true
function methods:close()
  local engine = self.engine
  if not engine.closed and engine.budget.close then
    engine.budget:close(engine.now())
  end
  engine.closed = true
  engine.session:close()
  engine.runtime:release(engine)
  return true
end

local function close(self)
  methods.close(self)
end

-- The clients of a version: what they all have, and its collections.
local function class_of(api)
  local own = {}
  local metatable = { __index = own, __name = api.class, __gc = close, __close = close }
  for name, method in pairs(methods) do
    own[name] = method
  end
  for _, resource in ipairs(api.resources) do
    own[resource.name] = not resource.single and function(self, parent, phase)
      return collection.new(self, self.engine, resource, parent, phase)
    end or nil
  end
  mistake.guard(own, metatable, "client")
  function metatable:__tostring()
    return ("%s (%s%s)"):format(api.class, self.engine.base_url, self.engine.closed and ", closed" or "")
  end
  return { api = api, metatable = metatable, options = client.options_of(api.base_option) }
end

local classes = {}

-- The same class for the same version.
local function class_for(api)
  classes[api] = classes[api] or class_of(api)
  return classes[api]
end

--- What makes clients of a version.
---@param api azion.Api
---@return fun(given?: azion.ClientOptions): azion.Client?, azion.Error?
function client.of(api)
  local class = class_for(api)
  return function(given)
    local name, problem = options.check(given, class.options, api.class)
    if name then
      return nil, errors.invalid(problem, name)
    end
    return new_client(class, given, function(settings)
      local token = settings.token or network.from_environment("AZION_TOKEN") or ""
      local wrong = token_problem(token)
      if wrong then
        return nil, errors.invalid(wrong, "token")
      end
      return api.scheme .. " " .. token, { token }
    end)
  end
end

--- A client for one call under other credentials than a token.
---@param api azion.Api
---@param given table client options
---@param authorization string
---@param hidden string[] values that must not be shown
---@param account string whose they are
---@return azion.Client? client
---@return azion.Error? err
function client.with_authorization(api, given, authorization, hidden, account)
  local made, err = new_client(class_for(api), given, function() return authorization, hidden, account end)
  if made then
    made.engine.has_succeeded = true -- what the API says of a token is no matter here
  end
  return made, err
end

return client
