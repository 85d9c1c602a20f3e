--- What both versions have in common about a decoded reply: what a list is, and a page of one.
local core = require "azion.core"

local envelope = {}

---@class azion.Page
---@field results table[]
---@field count? integer
---@field total_pages? integer
---@field page? integer
---@field links { previous?: string, next?: string }

---@class azion.PageReply what a reader of many pages needs to know of one
---@field page azion.Page
---@field has_next? boolean whether the reply announces a next page; nil where it does not say

--- Whether a decoded value is an array.
---@param value any
---@return boolean
function envelope.is_list(value)
  return type(value) == "table"
    and (value[1] ~= nil or (next(value) == nil and getmetatable(value) == core.array_metatable))
end

--- Whether a decoded value is an object.
---@param value any
---@return boolean
function envelope.is_object(value)
  return type(value) == "table" and not envelope.is_list(value)
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
function envelope.page(body)
  if envelope.is_list(body) then
    body = { results = body, count = #body, total_pages = 1, links = {} }
  end
  if type(body) ~= "table" or not envelope.is_list(body.results) then
    return nil, "the reply is not a list"
  end
  if not is_count(body.count) or not is_count(body.total_pages) then
    return nil, "`count` or `total_pages` is not a whole number"
  end
  if not core.all_objects(body.results) then
    return nil, "the list contains values that are not objects"
  end
  -- Some services send the links without the object around them: there a null one ends the list only where it was
  -- kept, for else it cannot be told from none.
  local has_links = type(body.links) == "table"
  local links = has_links and body.links or body
  local page = { results = body.results, count = body.count, total_pages = body.total_pages,
    links = { previous = link(links.previous), next = link(links.next) } }
  local reply = { page = page }
  if has_links or links.next ~= nil then
    reply.has_next = page.links.next ~= nil
  end
  return reply
end

return envelope
