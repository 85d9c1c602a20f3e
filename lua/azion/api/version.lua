--- What a version of the API is to the engine, which is given one and knows none.
local rate = require "azion.api.rate"
local walk = require "azion.api.walk"

local version = {}

---@class azion.Api a version of the API
---@field name string
---@field class string what its clients are called
---@field resources azion.Resources
---@field base_url string
---@field base_option string the option that gives another one
---@field prefix? string of paths, where the API has them below it too
---@field environment string the variable that does
---@field scheme string of the Authorization header
---@field accept string
---@field content_type string
---@field page_size integer what a listing asks for when the caller does not say
---@field kept string the member of an envelope whose null says something: it is not left out
---@field query_names azion.QueryNames
---@field lists_may_not_count? boolean whether a full page without any count may be followed by others
---@field refusal_hint? string told with a refusal (401, 403) of a client that has had no success yet
---@field purge azion.ApiPurge
---@field tokens? { path: string, read: fun(body: any): table?, string? } session tokens
---@field problem fun(status: integer, text: string?): azion.Problem
---@field query fun(given: table?): string?, string?, string? the text; or nil, the field and the problem
---@field page fun(body: any): azion.PageReply?, string?
---@field item fun(body: any, resource: azion.Resource): table|true|nil, string?
---@field state fun(body: any): string? what a reply tells of a change that it has begun
---@field bucket fun(method: string, path: string): string the rate budget that a call draws on
---@field rate fun(headers: table, now: number, bucket?: string): azion.RateHeaders
---@field public_path fun(path: string): string the path as it may be shown
---@field token_of fun(path: string): string? a token in it, still percent-encoded
---@field secret_names fun(path?: string): table<string, true> names under which calls to a path hold secrets

---@class azion.ApiPurge
---@field ways table<string, string> paths, by what they are called in the library
---@field names string[] what may be given besides
---@field problem fun(what: table, way: string): string?, string? the name at fault, and the problem
---@field list string where the body has the entries
---@field body fun(what: table, way: string, entries: string[]): table
---@field groups fun(body: any, status: integer, sent: string[]): azion.PurgeGroup[]?, string?

---@class azion.PurgeGroup
---@field status? integer
---@field err? azion.Error in place of the status where the request failed, one of several
---@field urls string[] URLs, cache keys, or the wildcard expression
---@field detail? string

--- Reads, writes and purges are counted apart; wildcard purges have a window of their own (24 hours).
---@param method string
---@param path string
---@param purge string the pattern of purges' paths
---@return string
function version.bucket(method, path, purge)
  if method == "GET" then
    return "read"
  end
  local way = path:match(purge)
  if way then
    return way == "wildcard" and "purge_wildcard" or "purge"
  end
  return "write"
end

-- Names under which any call may hold a secret.
local common_secrets = { "token", "access_token", "refresh_token", "password" }

local function secret_names_of(resources, prefix)
  local secrets = walk.secrets(resources)
  for _, name in ipairs(common_secrets) do
    secrets.anywhere[name] = true
  end
  return function(path)
    local names = {}
    for name in pairs(secrets.anywhere) do
      names[name] = true
    end
    path = path and path:gsub("^" .. prefix .. "/", "/")
    for _, place in ipairs(path and secrets.here or {}) do
      for name in pairs(path:find(place.pattern) and place.names or {}) do
        names[name] = true
      end
    end
    return names
  end
end

-- Keys that tell of which kind an item is: only one resource has such a key, and no other such a field.
local function telling_keys_of(resources)
  local names = {}
  for _, resource in ipairs(resources) do
    local is_only = resource.key ~= nil
    for _, other in ipairs(resources) do
      is_only = is_only and (other == resource or (other.key ~= resource.key and not other.by_name[resource.key]))
    end
    names[#names + 1] = is_only and resource.key or nil
  end
  return names
end

local function itself(path)
  return path
end

local function nothing() end

--- Puts what most versions have in common where one does not say otherwise.
---@param api azion.Api
---@return azion.Api
function version.complete(api)
  api.base_option = api.base_option or "base_url"
  api.scheme = api.scheme or "token"
  api.content_type = api.content_type or "application/json"
  api.page_size = api.page_size or 100 -- the largest that all services honour
  api.rate = api.rate or rate.read
  api.public_path = api.public_path or itself
  api.token_of = api.token_of or nothing
  api.state = api.state or nothing
  local telling_keys = telling_keys_of(api.resources)
  for _, resource in ipairs(api.resources) do
    resource.telling_keys = telling_keys
  end
  api.secret_names = secret_names_of(api.resources, api.prefix or "")
  return api
end

return version
