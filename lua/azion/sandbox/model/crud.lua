-- The five things that can be done to a collection and its items, the same for every resource; what differs is in the
-- resource's row (rows.lua).

local body = require "azion.sandbox.model.body"
local listing = require "azion.sandbox.model.listing"
local replies = require "azion.sandbox.model.replies"
local schema = require "azion.sandbox.model.schema"

local crud = { collection = {}, item = {} }

local STATUSES = { GET = 200, POST = 201, PUT = 200, PATCH = 200 }

-- nginx's clock counts milliseconds and its timers may fire one early.
local CLOCK_SLACK = 0.002

local function answer(collection, method, text)
  local row = collection.row
  local status = row.statuses and row.statuses[method] or STATUSES[method]
  if row.bare and row.bare[method] then
    return replies.json(status, text)
  end
  return replies.item(status, text)
end

local function refuse(row, problems)
  return row.problem_reply and row.problem_reply(problems) or replies.value(400, problems)
end

local function refuse_name(collection, values, serial)
  local row = collection.row
  local name = values[row.name_field or "name"]
  if not name or row.unique == false then
    return nil
  end
  local holder = collection:named(name)
  if holder and holder ~= serial then
    return row.name_clash and row.name_clash(name)
      or replies.value(409, { name_already_in_use = ("The name %s is already in use."):format(name) })
  end
end

-- What an item would become; nil and the reply that refuses it where the rules do.
local function read_values(collection, input, serial, keep)
  local row = collection.row
  local old = serial and collection:item(serial)
  local fields, wrong_kind = row.fields(input, old)
  if not fields then
    return nil, replies.value(400, wrong_kind)
  end
  local values, problems = schema.read(fields, input, keep and old or nil)
  if not problems and row.check then
    problems = row.check(values, collection, input)
  end
  if problems then
    return nil, refuse(row, problems)
  end
  local refusal = refuse_name(collection, values, serial)
  if not refusal and row.refuse then
    refusal = row.refuse(values, collection, serial)
  end
  if refusal then
    return nil, refusal
  end
  for _, name in ipairs(old and row.keep or {}) do
    values[name] = old[name]
  end
  if row.settle then
    row.settle(values, collection, serial)
  end
  return values
end

local function change(collection, serial, request, keep)
  local row = collection.row
  local input, refusal = body.read(request)
  if not input then
    return refusal
  end
  refusal = row.refuse_update and row.refuse_update(collection:item(serial), input)
  if refusal then
    return refusal
  end
  local values
  values, refusal = read_values(collection, input, serial, keep)
  if not values then
    return refusal
  end
  collection:replace(serial, values)
  return answer(collection, request.method, collection:text(serial))
end

-- Whether another creation is in process: an answer that comes late means that the work took so long.
local function is_creating(collection)
  local model = collection.model
  if not collection.row.one_at_a_time then
    return false
  elseif model.now() < (collection.busy_until or 0) then
    return true
  end
  collection.busy_until = model.now() + model.latency - CLOCK_SLACK
  return false
end

function crud.collection.GET(collection, _, request)
  return listing.reply(collection, request, collection.model.over_page_size)
end

function crud.collection.POST(collection, _, request)
  if is_creating(collection) then
    return replies.detail(500, "Sorry unable to perform operation.")
  end
  local input, refusal = body.read(request)
  if not input then
    return refusal
  end
  local values
  values, refusal = read_values(collection, input)
  if not values then
    return refusal
  end
  local row = collection.row
  local serial = collection:insert(values)
  local text = row.created and row.created(collection, serial, input)
  return answer(collection, "POST", text or collection:text(serial))
end

function crud.item.GET(collection, serial)
  return answer(collection, "GET", collection:text(serial))
end

function crud.item.PUT(collection, serial, request)
  return change(collection, serial, request, false)
end

function crud.item.PATCH(collection, serial, request)
  return change(collection, serial, request, true)
end

function crud.item.DELETE(collection, serial)
  local row = collection.row
  local refusal = row.refuse_delete and row.refuse_delete(collection, serial)
  if refusal then
    return refusal
  end
  local item = collection:remove(serial)
  if row.removed then
    row.removed(collection, serial, item)
  end
  return replies.empty()
end

return crud
