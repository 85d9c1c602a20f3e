--- Purges, as version 4 takes and answers them.
local envelope = require "azion.api.envelope"

---@type azion.ApiPurge
local purge = {
  ways = { urls = "/workspace/purge/url", cachekeys = "/workspace/purge/cachekey",
    wildcard = "/workspace/purge/wildcard" },
  names = { "layer" },
  list = "items",
}

local layers = { cache = true, tiered_cache = true }

function purge.problem(what, way)
  if what.layer and not layers[what.layer] then
    return "layer", ('expected "cache" or "tiered_cache", got %q'):format(what.layer)
  elseif way == "wildcard" and what.layer == "tiered_cache" then
    return "layer", "wildcards do not work on tiered_cache"
  end
end

function purge.body(what, _, entries)
  return { items = entries, layer = what.layer or "cache" }
end

--- A reply to a purge tells what it is of: one group, or nothing.
function purge.groups(body, status, sent)
  if body ~= true and not envelope.is_object(body) then
    return nil, "the reply is not that to a purge"
  end
  local data = body ~= true and envelope.is_object(body.data) and body.data or {}
  local detail = data.detail
  return { { status = status, urls = envelope.is_list(data.items) and data.items or sent,
    detail = type(detail) == "string" and detail or nil } }
end

return purge
