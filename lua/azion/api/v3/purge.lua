--- Purges, as version 3 takes and answers them. (Page "Real-Time Purge".)
local envelope = require "azion.api.envelope"

---@type azion.ApiPurge
local purge = {
  ways = { urls = "/purge/url", cachekeys = "/purge/cachekey", wildcard = "/purge/wildcard" },
  names = { "method", "layer" },
  list = "urls", -- in all three
}

function purge.problem(what, way)
  if way == "wildcard" and what.layer == "l2_caching" then
    return "layer", "wildcards do not work on l2_caching"
  end
end

function purge.body(what, way, entries)
  -- The API's specification wants the layer with cache keys, its pages do not.
  return { urls = entries, method = what.method or "delete",
    layer = what.layer or (way == "cachekeys" and "edge_caching" or nil) }
end

-- 207 tells a group's status as a whole status line: "HTTP/1.1 403 FORBIDDEN".
local function read_status(value)
  if type(value) == "string" then
    value = tonumber(value:match("^%s*HTTP/[%d.]+ (%d%d%d)") or value:match("^%s*(%d%d%d)"))
  end
  return type(value) == "number" and value >= 100 and value < 600 and value % 1 == 0 and value or nil
end

-- One group of a reply; where it does not say so itself, it has the status of the whole and is of all that was sent.
local function read_group(entry, status, sent)
  if not envelope.is_object(entry) then
    return nil, "the reply contains values that are not groups of a purge"
  end
  local detail = entry.detail or entry.details
  local group = {
    status = entry.status == nil and status or read_status(entry.status),
    urls = envelope.is_list(entry.urls) and entry.urls or sent,
    detail = type(detail) == "string" and detail or nil,
  }
  return group.status and group or nil, "the reply has a group without a readable status"
end

--- A reply to a purge: a bare array of groups in any order, one object of words, or nothing.
function purge.groups(body, status, sent)
  local entries = envelope.is_list(body) and body or { body == true and {} or body }
  local groups = {}
  for index, entry in ipairs(entries) do
    local group, problem = read_group(entry, status, sent)
    if not group then
      return nil, problem
    end
    groups[index] = group
  end
  return groups
end

return purge
