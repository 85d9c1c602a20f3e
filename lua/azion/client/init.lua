--- A client: options, collections, requests, what is known of the rate limit.
local collection = require "azion.client.collection"
local engine = require "azion.client.engine"
local errors = require "azion.client.errors"
local map = require "azion.client.map"
local mistake = require "azion.client.mistake"
local network = require "azion.client.network"
local operation = require "azion.client.operation"
local options = require "azion.client.options"
local purge = require "azion.client.purge"
local request = require "azion.client.request"

local client = { options = engine.options_of "base_url" }

---@class azion.Client
local methods = {}

local function token_problem(token)
  if token == "" then
    return "expected a token: pass the option 'token' or set AZION_TOKEN"
  elseif not token:find("^[\33-\126]+$") then
    return "expected a token of visible ASCII characters, got one with blanks or other characters"
  end
end

local function new_client(class, given, credentials)
  local made, err = engine.new(class.api, given, credentials)
  if not made then
    return nil, err
  end
  local self = setmetatable({ engine = made }, class.metatable)
  made.client = self -- keeps the client alive during its calls
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

--- What has to be done for the account to match a document: sends nothing but GETs.
---@param desired table items by the names of collections
---@param given? azion.PlanOptions
---@return azion.Plan? plan
---@return azion.Error? err
function methods:plan(desired, given)
  mistake.check(desired, "table", "plan: the document")
  local plan = require "azion.plan"
  local name, problem = options.check(given, plan.options, "plan")
  if name then
    return nil, errors.invalid(problem, name)
  elseif self.engine.closed then
    return nil, errors.closed()
  end
  return plan.make(self, self.engine.api, desired, given or {})
end

--- The account as a document: all of it, or the parts that are named.
---@param parts? table<string, true|string[]> names of items, or true, by collection
---@return table? desired
---@return azion.Error? err
---@return azion.Omitted[]? omitted what cannot be carried over to another account
function methods:export(parts)
  mistake.check(parts == nil and {} or parts, "table", "export: the parts")
  if self.engine.closed then
    return nil, errors.closed()
  end
  return require("azion.plan.export").run(self, self.engine.api.resources, parts)
end

--- Ends the client: calls that wait end with kind `closed`, connections are closed. Idempotent.
---@return true
function methods:close()
  local made = self.engine
  if not made.closed and made.budget.close then
    made.budget:close(made.now())
  end
  made.closed = true
  made.session:close()
  made.runtime:release(made)
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
  return { api = api, metatable = metatable, options = engine.options_of(api.base_option) }
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
