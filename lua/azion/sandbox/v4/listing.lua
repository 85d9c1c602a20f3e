-- Lists: order, search, filters, pages.

local crud = require "azion.sandbox.v4.crud"
local json = require "azion.sandbox.model.json"
local paging = require "azion.sandbox.model.paging"
local replies = require "azion.sandbox.v4.replies"
local values = require "azion.sandbox.model.values"

local listing = {}

-- Links name the API's own host, whatever host was asked.
local LINK_HOST = "https://api.azion.com"

-- Lists know some fields by the names of their columns.
local function path_of(resource, name)
  return (resource.lists.means or {})[name] or name
end

local function text_of(value)
  if type(value) == "table" then
    local parts = {}
    for position, entry in ipairs(value) do
      parts[position] = text_of(entry)
    end
    return table.concat(parts, " ")
  elseif value == nil or value == json.null then
    return ""
  end
  return (type(value) == "number" and value % 1 == 0 and ("%d"):format(value) or tostring(value)):lower()
end

local function contains(value, part)
  return text_of(value):find(part:lower(), 1, true) ~= nil
end

local function is_one_of(value, list)
  for part in list:lower():gmatch "[^,%s]+" do
    if text_of(value) == part then
      return true
    end
  end
  return false
end

-- Numbers by size; times as texts, which their form allows.
local function compare(value, bound)
  if type(value) == "number" then
    return value - (tonumber(bound) or 0)
  end
  local left, right = text_of(value):gsub("z$", ""), bound:lower():gsub("z$", "")
  return left == right and 0 or left < right and -1 or 1
end

local suffixes = {
  ["__in"] = is_one_of,
  ["__gte"] = function(value, bound) return compare(value, bound) >= 0 end,
  ["__lte"] = function(value, bound) return compare(value, bound) <= 0 end,
}

-- What a filter tests: the field's path, and how.
local function test_of(resource, filter)
  local name, suffix = filter:match "^(.-)(__%a+)$"
  local path = path_of(resource, name or filter)
  local field = resource.by_name[path]
  if suffix then
    return path, suffixes[suffix]
  end
  return path, (path == "workload_domain" or (field and field.kind == "text")) and contains or is_one_of
end

local function filtered(resource, query, entries)
  local wanted = {}
  for _, filter in ipairs(resource.lists.filters or {}) do
    if query[filter] and query[filter] ~= "" then
      local path, test = test_of(resource, filter)
      wanted[#wanted + 1] = function(item) return test(values.at(item, path), query[filter]) end
    end
  end
  if query.search and query.search ~= "" and resource.lists.search then
    wanted[#wanted + 1] = function(item)
      for _, name in ipairs(resource.lists.search) do
        if contains(values.at(item, path_of(resource, name)), query.search) then
          return true
        end
      end
    end
  end
  local found = {}
  for _, entry in ipairs(entries) do
    local fits = true
    for _, test in ipairs(wanted) do
      fits = fits and test(entry.item)
    end
    found[#found + 1] = fits and entry or nil
  end
  return found
end

local function sort_key(value)
  return type(value) == "number" and ("%020.4f"):format(value) or text_of(value)
end

local function sorted(resource, ordering, entries)
  local sign, name = ordering:match "^(%-?)(.*)$"
  local path, keys, places = path_of(resource, name), {}, {}
  for position, entry in ipairs(entries) do
    keys[entry], places[entry] = sort_key(values.at(entry.item, path)), position
  end
  table.sort(entries, function(left, right)
    if keys[left] ~= keys[right] then
      return (keys[left] < keys[right]) == (sign == "")
    end
    return places[left] < places[right]
  end)
end

local function is_known_order(resource, ordering)
  for _, name in ipairs(resource.lists.order_by or {}) do
    if ordering == name or ordering == "-" .. name then
      return true
    end
  end
  return false
end

local function wrong(parameter, detail)
  return replies.errors(400, { { parameter = parameter, detail = detail } })
end

local ENVELOPE = json.ordered { "count", "total_pages", "page", "page_size", "next", "previous", "results" }

--- One page of entries.
---@param api azion.sandbox.Api4
---@param entries table[]
---@param request table
---@param page integer
---@param size integer
---@return table reply
function listing.page(api, entries, request, page, size)
  local pages = paging.pages(#entries, size)
  local results = json.array {}
  for position = (page - 1) * size + 1, math.min(page * size, #entries) do
    api:issue(entries[position])
    results[#results + 1] = crud.shown(api, entries[position], request.query, true)
  end
  return replies.value(200, setmetatable({
    count = #entries,
    total_pages = pages,
    page = page,
    page_size = size,
    next = page < pages and paging.link(LINK_HOST, request, page + 1) or json.null,
    previous = page > 1 and paging.link(LINK_HOST, request, math.min(page - 1, pages)) or json.null,
    results = results,
  }, ENVELOPE))
end

---@param api azion.sandbox.Api4
---@param place table
---@param request table
---@return table reply
function listing.GET(api, place, request)
  local query, resource = request.query, place.resource
  local ordering = query.ordering ~= "" and query.ordering or nil
  if ordering and not is_known_order(resource, ordering) then
    return wrong("ordering", ("%s is not a field to order by."):format(ordering))
  end
  local size, page = paging.read(query, api.options.over_page_size)
  if not size then
    return wrong("page_size", page)
  end
  local entries = filtered(resource, query, place.list)
  if ordering then
    sorted(resource, ordering, entries)
  end
  local is_past = page and page > paging.pages(#entries, size)
  if not page or (is_past and api.options.past_the_end == "not_found") then
    return replies.error(404, "10004", "Invalid page.")
  end
  return listing.page(api, entries, request, page, size)
end

return listing
