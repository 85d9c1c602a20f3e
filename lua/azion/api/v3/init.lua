--- All that is particular to version 3 of the API beside its resources: headers, query names, envelopes, buckets.
local version = require "azion.api.version"
local envelope = require "azion.api.envelope"
local problem = require "azion.api.problem"
local purge = require "azion.api.v3.purge"
local query = require "azion.api.query"
local resources = require "azion.api.v3.resources"

local is_list = envelope.is_list

---@type azion.Api
local v3 = {
  name = "v3",
  class = "azion.client",
  resources = resources,
  prefix = "/v3",
  base_url = "https://api.azionapi.net",
  environment = "AZION_BASE_URL",
  accept = "application/json; version=3",
  kept = "results",
  page = envelope.page,
  purge = purge,
  problem = problem.reader { prefixes = { "/data", "/attributes" } },
  query_names = { known = { "page", "page_size", "order_by", "sort", "name", "filter", "search" }, renamed = {} },
  -- Accounts move to the next version one by one, and this one refuses them then.
  refusal_hint = "azion.api_version tells whether the account speaks another version of the API",
}

--- A path as it may be shown: a token is part of the path that revokes it, which the API has under /v3 too.
function v3.public_path(path)
  return (path:gsub("^(/?v?3?/tokens/)[^/]+", "%1***"))
end

function v3.token_of(path)
  return path:match("^/?v?3?/tokens/([^/]+)")
end

function v3.bucket(method, path)
  return version.bucket(method, path, "^/purge/([^/]+)")
end

local query_rules = { page = query.positive, page_size = query.positive, sort = query.direction }

function v3.query(given)
  return query.text(given, query_rules)
end

local envelope_names = { count = true, total_pages = true, links = true, schema_version = true }

-- What is left of an envelope whose item is missing.
local function is_bare_envelope(body)
  for name in pairs(body) do
    if not envelope_names[name] then
      return false
    end
  end
  return next(body) ~= nil
end

--- A reply with one item: `{results={…}}` or the bare object; an empty reply is `true`.
---@param body any decoded, or true for an empty reply
---@return table|true|nil item
---@return string? problem
function v3.item(body)
  if body == true then
    return true
  end
  local item = body
  if type(body) == "table" and body.results ~= nil then
    item = body.results
    if is_list(item) and #item == 1 then
      item = item[1]
    end
  end
  if type(item) ~= "table" or is_list(item) or (item == body and is_bare_envelope(item)) then
    return nil, "the reply is not an item"
  end
  return item
end

--- Session tokens, which take an e-mail address and a password.
v3.tokens = { path = "/tokens" }

---@param body any
---@return { token: string, created_at: string, expires_at: string }? created
---@return string? problem
function v3.tokens.read(body)
  local item, wrong = v3.item(body)
  if type(item) ~= "table" or type(item.token) ~= "string" then
    return nil, wrong or "the reply has no token"
  end
  return item
end

return version.complete(v3)
