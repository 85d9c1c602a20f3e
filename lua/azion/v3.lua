--- All that is particular to version 3 of the API: headers, query names, envelopes, buckets, rate headers.
--- Nothing else knows an envelope, so that a later version can stand beside it. (Index page of the API.)
local core = require "azion.core"
local errors = require "azion.errors"

local v3 = {}

v3.base_url = "https://api.azionapi.net"
v3.accept = "application/json; version=3"
v3.content_type = "application/json"

--- Where an envelope has what it is about. A null there is no item, and must not pass for a bare object.
v3.results = "results"

--- What a listing asks for when the caller does not say: 100 is the largest size that all services honour today.
v3.page_size = 100

---@param token string
---@return string the value of the Authorization header
function v3.authorization(token)
  return "token " .. token
end

--- A path as it may be shown: a token is part of the path that revokes it, which the API has under /v3 too.
---@param path string
---@return string
function v3.public_path(path)
  return (path:gsub("^(/?v?3?/tokens/)[^/]+", "%1***"))
end

--- The token in such a path, still percent-encoded.
---@param path string
---@return string?
function v3.token_of(path)
  return path:match("^/?v?3?/tokens/([^/]+)")
end

--- The API counts reads, writes and purges apart; wildcard purges have a window of their own (24 hours).
---@param method string
---@param path string
---@return string
function v3.bucket(method, path)
  if method == "GET" then
    return "read"
  end
  local purge = path:match("^/purge/([^/]+)")
  if purge then
    return purge == "wildcard" and "purge_wildcard" or "purge"
  end
  return "write"
end

---@class azion.Page
---@field results table[]
---@field count? integer
---@field total_pages? integer
---@field page? integer
---@field links { previous?: string, next?: string }

---@class azion.PageReply what a reader of many pages needs to know of one
---@field page azion.Page
---@field has_next? boolean whether the reply announces a next page; nil where it does not say

local function is_list(value)
  return type(value) == "table"
    and (value[1] ~= nil or (next(value) == nil and getmetatable(value) == core.array_metatable))
end

local function is_count(value)
  return value == nil or (type(value) == "number" and value >= 0 and value % 1 == 0)
end

local function link(value)
  return value ~= false and value ~= "" and value ~= core.null and value or nil
end

--- A reply of `list`: the envelope, `{results=…}` or a bare array.
---@param body any decoded
---@return azion.PageReply? reply
---@return string? problem
function v3.page(body)
  if is_list(body) then
    body = { results = body, count = #body, total_pages = 1, links = {} }
  end
  if type(body) ~= "table" or not is_list(body.results) then
    return nil, "the reply is not a list"
  end
  if not is_count(body.count) or not is_count(body.total_pages) then
    return nil, "`count` or `total_pages` is not a whole number"
  end
  if not core.all_objects(body.results) then
    return nil, "the list contains values that are not objects"
  end
  -- Some services send the links without the object around them; a null one cannot be told from none.
  local has_links = type(body.links) == "table"
  local links = has_links and body.links or body
  local page = { results = body.results, count = body.count, total_pages = body.total_pages,
    links = { previous = link(links.previous), next = link(links.next) } }
  local reply = { page = page }
  if has_links or page.links.next then
    reply.has_next = page.links.next ~= nil
  end
  return reply
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
  if type(body) == "table" and body[v3.results] ~= nil then
    item = body[v3.results]
    if is_list(item) and #item == 1 then
      item = item[1]
    end
  end
  if type(item) ~= "table" or is_list(item) or (item == body and is_bare_envelope(item)) then
    return nil, "the reply is not an item"
  end
  return item
end

-- 207 tells a group's status as a whole status line: "HTTP/1.1 403 FORBIDDEN".
local function read_status(value)
  if type(value) == "string" then
    value = tonumber(value:match("^%s*HTTP/[%d.]+ (%d%d%d)") or value:match("^%s*(%d%d%d)"))
  end
  return type(value) == "number" and value >= 100 and value < 600 and value % 1 == 0 and value or nil
end

---@class azion.PurgeGroup
---@field status? integer
---@field err? azion.Error in place of the status where the request failed, one of several
---@field urls string[] URLs, cache keys, or the wildcard expression
---@field detail? string

-- One group of a reply; where it does not say so itself, it has the status of the whole and is of all that was sent.
local function purge_group(entry, status, sent)
  if type(entry) ~= "table" or is_list(entry) then
    return nil, "the reply contains values that are not groups of a purge"
  end
  local detail = entry.detail or entry.details
  local group = {
    status = entry.status == nil and status or read_status(entry.status),
    urls = is_list(entry.urls) and entry.urls or sent,
    detail = type(detail) == "string" and detail or nil,
  }
  return group.status and group or nil, "the reply has a group without a readable status"
end

--- A reply to a purge: a bare array of groups in any order, one object of words, or nothing.
---@param body any decoded, or true for an empty reply
---@param status integer of the whole reply
---@param sent string[]
---@return azion.PurgeGroup[]? groups
---@return string? problem
function v3.purge_groups(body, status, sent)
  local entries = is_list(body) and body or { body == true and {} or body }
  local groups = {}
  for index, entry in ipairs(entries) do
    local group, problem = purge_group(entry, status, sent)
    if not group then
      return nil, problem
    end
    groups[index] = group
  end
  return groups
end

-- A header given more than once arrives as one value, joined by ", ": the number that `choose` picks of
-- those that `read` finds. A member may itself hold ", ", as HTTP dates do.
local function choose_value(value, read, choose)
  local chosen, previous = read(value), nil
  if chosen then
    return chosen
  end
  for part in (value .. ", "):gmatch("(.-), ") do
    local number = read(part) or (previous and read(previous .. ", " .. part))
    chosen, previous = number and choose(chosen or number, number) or chosen, part
  end
  return chosen
end

-- Reads a header, if it is there. Replies of the same moment tell the same: what was read last is remembered.
local function reader(read, choose)
  local last_text, last_value
  return function(text)
    if text ~= last_text then
      last_text, last_value = text, text and choose_value(text, read, choose)
    end
    return last_value
  end
end

local day = 24 * 60 * 60

-- What a reply can sensibly tell to wait, in seconds: wildcard purges are counted by the day.
local function longest_wait(bucket)
  return bucket == "purge_wildcard" and 2 * day or day
end

local function read_count(text)
  return tonumber(text:match("^%s*(%d+)%s*$"))
end

local read_date, read_reset = reader(core.http_date, math.min), reader(core.iso_date, math.max)
local read_limit, read_remaining = reader(read_count, math.min), reader(read_count, math.min)

-- One that cannot be believed does not hide another that can.
local function read_retry_after(text, from, longest)
  return text and choose_value(text, function(part)
    local seconds = core.retry_after(part, nil, from)
    return seconds and seconds <= longest and seconds or nil
  end, math.max)
end

---@class azion.RateHeaders
---@field limit? integer
---@field remaining? integer
---@field reset? number server's epoch seconds at which the window ends
---@field date? number server's epoch seconds at the reply (resolution: one second)
---@field reset_after? number seconds from the reply to the window's end; never shorter than the truth; negative if past
---@field retry_after? number seconds, as told by Retry-After

--- What a reply says of the rate limit. Dates count from the reply's own `Date`, so that a wrong local
--- clock does not matter; the local clock serves only where there is no `Date`. (RFC 9110, 10.2.3.)
---@param headers table<string, string>
---@param now number local epoch seconds
---@param bucket? string
---@return azion.RateHeaders
function v3.rate(headers, now, bucket)
  local date, reset = read_date(headers.date), read_reset(headers["x-ratelimit-reset"])
  local longest = longest_wait(bucket)
  if reset and reset - (date or now) > longest then
    reset = nil
  end
  return {
    limit = read_limit(headers["x-ratelimit-limit"]),
    remaining = read_remaining(headers["x-ratelimit-remaining"]),
    reset = reset,
    date = date,
    reset_after = reset and reset - (date or now),
    retry_after = read_retry_after(headers["retry-after"], date or now, longest),
  }
end

local function query_text(value)
  if type(value) == "number" then
    return (core.encode(value)) -- nil for what would not leave exactly
  end
  return (type(value) == "string" or type(value) == "boolean") and tostring(value) or nil
end

-- Digits may be in a string. We count on from these numbers: beyond 2^53 that would not be exact.
local function positive(value)
  local number = type(value) == "string" and value:find("^%d+$") and tonumber(value) or value
  return type(number) == "number" and number >= 1 and number < 2 ^ 53 and number % 1 == 0
end

local query_rules = {
  page = { positive, "a whole number from 1 to 2^53 - 1" },
  page_size = { positive, "a whole number from 1 to 2^53 - 1" },
  sort = { function(value) return value == "asc" or value == "desc" end, '"asc" or "desc"' },
}

--- The query as text; a nil or empty value is never sent (the API answers 500 to an empty `order_by`).
---@param query table<string, string|number|boolean>?
---@return string? text "" where there is nothing to send, else "?…"
---@return string? field
---@return string? problem
function v3.query(query)
  local names = {}
  for name in pairs(query or {}) do
    if type(name) ~= "string" or name == "" then
      return nil, "query", "expected names that are strings, got " .. errors.show_short(name)
    end
    names[#names + 1] = name
  end
  table.sort(names)
  local parts = {}
  for _, name in ipairs(names) do
    local value = query[name]
    if value ~= "" then
      local rule = query_rules[name]
      local text = query_text(value)
      if not text or (rule and not rule[1](value)) then
        return nil, name, ("expected %s, got %s"):format(rule and rule[2]
          or "a string, a boolean or a number up to 2^53", errors.show_short(value))
      end
      parts[#parts + 1] = core.escape(name) .. "=" .. core.escape(text)
    end
  end
  return #parts > 0 and "?" .. table.concat(parts, "&") or ""
end

return v3
