-- The five things that can be done to a collection and its items, the same for every resource; what differs is in the
-- resource's row.

local json = require "azion.sandbox.json"
local listing = require "azion.sandbox.listing"
local replies = require "azion.sandbox.replies"
local schema = require "azion.sandbox.schema"

local crud = { collection = {}, item = {} }

local function read_object(request)
  local text = request.body or ""
  local content_type = request.headers["content-type"]
  if text == "" and not content_type then
    return {}
  end
  if (content_type or ""):lower():match "^%s*([^;%s]*)" ~= "application/json" then
    local message = 'Unsupported media type "%s" in request.'
    return nil, replies.detail(415, message:format(content_type or "application/octet-stream"))
  end
  if text == "" then
    return {}
  end
  local value, problem = json.decode(text)
  if problem then
    return nil, replies.detail(400, "JSON parse error - " .. problem)
  elseif not text:find "^%s*{" then
    local sentence = "Invalid data. Expected a dictionary."
    return nil, replies.value(400, { non_field_errors = { sentence } })
  end
  return value
end

-- What an item would become; nil and the reply that refuses it where the rules do.
local function read_values(collection, input, old, base, serial)
  local row = collection.row
  local fields, wrong_kind = row.fields(input, old)
  if not fields then
    return nil, replies.value(400, wrong_kind)
  end
  local values, problems = schema.read(fields, input, base)
  if not problems and row.check then
    problems = row.check(values)
  end
  if problems then
    return nil, replies.value(400, problems)
  end
  local holder = values.name and collection:named(values.name)
  if holder and holder ~= serial then
    return nil, replies.value(409, { name_already_in_use = ("The name %s is already in use."):format(values.name) })
  end
  return values
end

local function change(collection, serial, request, keep)
  local old = collection:item(serial)
  local row = collection.row
  local input, refusal = read_object(request)
  if not input then
    return refusal
  end
  refusal = row.refuse_update and row.refuse_update(old, input)
  if refusal then
    return refusal
  end
  local values
  values, refusal = read_values(collection, input, old, keep and old or nil, serial)
  if not values then
    return refusal
  end
  values.in_use = old.in_use
  collection:replace(serial, values)
  return replies.item(200, collection:text(serial))
end

function crud.collection.GET(collection, _, request)
  return listing.reply(collection, request, collection.model.over_page_size)
end

function crud.collection.POST(collection, _, request)
  local input, refusal = read_object(request)
  if not input then
    return refusal
  end
  local values
  values, refusal = read_values(collection, input)
  if not values then
    return refusal
  end
  local serial = collection:insert(values)
  if collection.row.created then
    collection.row.created(collection, serial, input)
  end
  return replies.item(201, collection:text(serial))
end

function crud.item.GET(collection, serial)
  return replies.item(200, collection:text(serial))
end

function crud.item.PUT(collection, serial, request)
  return change(collection, serial, request, false)
end

function crud.item.PATCH(collection, serial, request)
  return change(collection, serial, request, true)
end

function crud.item.DELETE(collection, serial)
  local row = collection.row
  local refusal = row.refuse_delete and row.refuse_delete(collection:item(serial))
  if refusal then
    return refusal
  end
  collection:remove(serial)
  if row.removed then
    row.removed(collection, serial)
  end
  return replies.empty()
end

return crud
