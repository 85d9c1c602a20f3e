--- All that is particular to version 4 of the API beside its resources: headers, query names, envelopes, buckets.
local envelope = require "azion.api.envelope"
local problem = require "azion.api.problem"
local purge = require "azion.api.v4.purge"
local query = require "azion.api.query"
local resources = require "azion.api.v4.resources"
local version = require "azion.api.version"

local instead = 'use `ordering`, as in "name" or "-name"'

---@type azion.Api
local v4 = {
  name = "v4",
  class = "azion.v4.client",
  resources = resources,
  base_url = "https://api.azion.com/v4",
  environment = "AZION_V4_BASE_URL",
  accept = "application/json",
  kept = "next",
  page = envelope.page,
  lists_may_not_count = true,
  purge = purge,
  problem = problem.reader { prefixes = { "/data" }, fills = true, codes = true },
  query_names = {
    known = { "page", "page_size", "ordering", "search", "fields" },
    renamed = { order_by = instead, sort = instead },
  },
}

function v4.bucket(method, path)
  return version.bucket(method, path, "^/workspace/purge/([^/]+)")
end

local query_rules = { page = query.positive, page_size = query.positive }

function v4.query(given)
  return query.text(given, query_rules)
end

local function is_bare(resource)
  return resource ~= nil and resource.replies.bare ~= nil
end

--- A reply with one item: `{data={…}}`, but for the few resources whose items come bare; an empty reply is `true`.
---@param body any decoded, or true for an empty reply
---@param resource? azion.Resource
---@return table|true|nil item
---@return string? problem
function v4.item(body, resource)
  if body == true then
    return true
  end
  local item = body
  if envelope.is_object(body) and not is_bare(resource) then
    item = body.data
  end
  if not envelope.is_object(item) then
    return nil, "the reply is not an item"
  end
  return item
end

function v4.state(body)
  local state = type(body) == "table" and body.state
  return type(state) == "string" and state or nil
end

return version.complete(v4)
