-- The five things that can be done to a collection and its items, the same for every resource; what differs is in the
-- resource's row (rows.lua).

local body = require "azion.sandbox.v3.body"
local judge = require "azion.sandbox.v3.judge"
local listing = require "azion.sandbox.v3.listing"
local replies = require "azion.sandbox.model.replies"
local rows = require "azion.sandbox.v3.rows"

local crud = { collection = {}, item = {} }

-- nginx's clock counts milliseconds and its timers may fire one early.
local CLOCK_SLACK = 0.002

local function is_bare(resource, mode)
  local bare = resource.replies.bare or {}
  return bare == true or (" " .. table.concat(bare, " ") .. " "):find(" " .. mode .. " ", 1, true) ~= nil
end

local function answer(collection, mode, text)
  local resource = collection.row.resource
  local declared = (resource.replies.status or {})[mode]
  local status = declared and declared[1] or mode == "create" and 201 or 200
  return is_bare(resource, mode) and replies.json(status, text) or replies.item(status, text)
end

local function refuse_name(collection, values, serial)
  local row = collection.row
  local name = values[row.name_field]
  local holder = row.resource.by_name[row.name_field].unique and collection:named(name)
  if holder and holder ~= serial then
    return row.name_clash and row.name_clash(name)
      or replies.value(409, { name_already_in_use = ("The name %s is already in use."):format(name) })
  end
end

-- What an item would become; nil and the reply that refuses it where the rules do.
local function make(collection, input, mode, serial)
  local row = collection.row
  local old = serial and collection:item(serial) or nil
  local refusal = old and row.refuse_update and row.refuse_update(old, input)
  if refusal then
    return nil, refusal
  end
  local values, problems = judge.item(row.resource, input, mode, old, row, collection)
  if values and row.check then
    problems = row.check(values, collection, input)
  end
  if problems then
    return nil, row.problem_reply and row.problem_reply(problems) or replies.value(400, problems)
  end
  refusal = refuse_name(collection, values, serial) or (row.refuse and row.refuse(values, collection, serial))
  if refusal then
    return nil, refusal
  end
  rows.stamp(collection, values, old)
  if row.settle then
    row.settle(values, collection, serial, input)
  end
  return values
end

local function write(mode)
  return function(collection, serial, request)
    local input, refusal = body.read(request)
    local row, values, text = collection.row, nil, nil
    if input then
      values, refusal = make(collection, input, mode, serial)
    end
    if not values then
      return refusal
    elseif serial then
      collection:replace(serial, values)
    else
      serial = collection:insert(values)
      text = row.created and row.created(collection, serial, input)
    end
    return answer(collection, mode, text or collection:text(serial))
  end
end

local create = write "create"
crud.item.PUT, crud.item.PATCH = write "overwrite", write "update"

-- Whether another creation is in process: an answer that comes late means that the work took so long.
local function is_creating(collection)
  local model = collection.model
  local is_busy = collection.row.resource.created_in_turn and model.now() < (collection.busy_until or 0)
  collection.busy_until = is_busy and collection.busy_until or model.now() + model.latency - CLOCK_SLACK
  return is_busy
end

function crud.collection.GET(collection, _, request)
  return listing.reply(collection, request, collection.model.over_page_size)
end

function crud.collection.POST(collection, _, request)
  if is_creating(collection) then
    return replies.detail(500, "Sorry unable to perform operation.")
  end
  return create(collection, nil, request)
end

function crud.item.GET(collection, serial)
  return answer(collection, "get", collection:text(serial))
end

function crud.item.DELETE(collection, serial)
  local row = collection.row
  local user = rows.user_of(collection, serial)
  if user then
    return type(row.in_use) == "string" and replies.value(409, row.in_use) or row.in_use(user)
  end
  local refusal = row.refuse_delete and row.refuse_delete(collection, serial)
  if refusal then
    return refusal
  end
  collection:remove(serial)
  collection.model:forget(row.name, serial)
  if row.removed then
    row.removed(collection, serial)
  end
  return replies.empty()
end

return crud
