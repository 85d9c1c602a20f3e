--- `lazion request`: any endpoint; with --paginate all of its pages, as one list.
local queries = require "azion.command.query"
local core = require "azion.core"
local input = require "azion.command.input"
local status = require "azion.command.status"
local values = require "azion.command.values"

local request = {}

local function items_of(body)
  if values.is_list(body) then
    return body
  end
  local items = type(body) == "table" and body.results
  if type(items) ~= "table" or (next(items) ~= nil and not values.is_list(items)) then
    status.fail("--paginate: the reply is not a list")
  end
  return items
end

local function has_next(body, page)
  local links = type(body.links) == "table" and body.links or body
  if body.links ~= nil or links.next ~= nil then
    return links.next ~= nil and links.next ~= core.null and links.next ~= ""
  end
  return page < (tonumber(body.total_pages) or 1)
end

-- A list that repeats itself would go on for ever.
local function read_pages(client, path, query, progress)
  local page, items, last = tonumber(query.page) or 1, setmetatable({}, core.array_metatable), nil
  query.page_size = query.page_size or 100
  while true do
    query.page = page
    local body = status.check(client:request("GET", path, { query = query }))
    local found = items_of(body)
    local text = values.json_line(found)
    if #found > 0 and text == last then
      status.fail("--paginate: page %d repeats page %d", page, page - 1)
    end
    for _, item in ipairs(found) do
      items[#items + 1] = item
    end
    progress:reach(#items, tonumber(body.count))
    if #found == 0 or not has_next(body, page) then
      return items
    end
    page, last = page + 1, text
  end
end

function request.run(session)
  local given = session.arguments
  if given.paginate and given.verb ~= "GET" then
    status.wrong("--paginate is for GET")
  end
  local query = queries.of(given.query)
  local body = given.body and input.document(given.body)
  local output, progress = session:output(), session:progress()
  local client = session:client(session.asked_version or "v3")
  progress:start(given.verb .. " " .. given.path, { client = client, per_request = tonumber(query.page_size) or 100 })
  local reply
  if given.paginate then
    reply = read_pages(client, given.path, query, progress)
  else
    reply = status.check(client:request(given.verb, given.path, { query = query, body = body }))
  end
  progress:finish()
  output:value(reply)
end

return request
