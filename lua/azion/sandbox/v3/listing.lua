-- One page of a collection: the query's meaning, the envelope, the links.

local paging = require "azion.sandbox.model.paging"
local replies = require "azion.sandbox.model.replies"

local listing = {}

-- The links that the API sends name a host of its own, whatever host was asked.
local LINK_HOST = "https://stage-api.azion.net"

local function link(request, page)
  return '"' .. paging.link(LINK_HOST, request, page > 1 and page or nil) .. '"'
end

-- The items whose names contain all that is looked for.
local function filter(query, collection, serials)
  local wanted, found = {}, {}
  for _, parameter in ipairs { "name", "search", "filter" } do
    wanted[#wanted + 1] = query[parameter] ~= "" and query[parameter] or nil
  end
  for _, serial in ipairs(wanted[1] and serials or {}) do
    local name, fits = collection:name_of(serial):lower(), true
    for _, part in ipairs(wanted) do
      fits = fits and name:find(part:lower(), 1, true) ~= nil
    end
    found[#found + 1] = fits and serial or nil
  end
  return wanted[1] and found or serials
end

local function check_order(query, row)
  local order, sort = query.order_by, query.sort
  if order == "" then
    -- Recorded: an empty order_by is a fault of the server's own.
    return replies.detail(500, "Sorry unable to perform operation.")
  elseif order and not row.order_fields[order] then
    return replies.value(400, { invalid_order_field = ("%s is not a valid field to order by."):format(order) })
  elseif sort and sort ~= "" and sort ~= "asc" and sort ~= "desc" then
    return replies.value(400, { sort = { ('"%s" is not a valid choice.'):format(sort) } })
  end
end

-- Without an envelope, and without pages.
local function whole(collection)
  local texts = {}
  for position, serial in ipairs(collection.order) do
    texts[position] = collection:list_text(serial)
  end
  return replies.json(200, "[" .. table.concat(texts, ",") .. "]")
end

---@param collection azion.sandbox.Collection
---@param request table
---@param over_page_size string what becomes of a page_size above the greatest: "clamp" or "reject"
---@return table reply
function listing.reply(collection, request, over_page_size)
  local query, row = request.query, collection.row
  if row.resource.lists.bare then
    return whole(collection)
  end
  local refusal = check_order(query, row)
  if refusal then
    return refusal
  end
  local size, page = paging.read(query, over_page_size)
  if not size then
    return replies.value(400, { page_size = { page } })
  end
  local serials = filter(query, collection, collection:ordered(query.order_by))
  local count = #serials
  local pages = paging.pages(count, size)
  if not page or page > pages then
    return replies.detail(404, "Invalid page.")
  end
  local texts = {}
  for position = (page - 1) * size + 1, math.min(page * size, count) do
    local serial = serials[query.sort == "desc" and count - position + 1 or position]
    texts[#texts + 1] = collection:list_text(serial)
  end
  local results = "[" .. table.concat(texts, ",") .. "]"
  local text = '{"count":%d,"total_pages":%d,"schema_version":3,"links":{"previous":%s,"next":%s},"results":%s}'
  return replies.json(200, text:format(count, pages, page > 1 and link(request, page - 1) or "null",
    page < pages and link(request, page + 1) or "null", row.results and row.results(collection, results) or results))
end

return listing
