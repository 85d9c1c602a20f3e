-- What can be done to an item, the same for every resource.

local bodies = require "azion.sandbox.v4.bodies"
local fill = require "azion.api.fill"
local json = require "azion.sandbox.model.json"
local judge = require "azion.sandbox.v4.judge"
local replies = require "azion.sandbox.v4.replies"
local special = require "azion.sandbox.v4.special"
local values = require "azion.sandbox.model.values"

local crud = { list = {}, item = {}, single = {} }

local STATUSES = { create = 201 }
local MASK = "********"

local function time_text(api)
  local time = api.now()
  return ("%s.%06dZ"):format(os.date("!%Y-%m-%dT%H:%M:%S", math.floor(time)), math.floor((time % 1) * 1e6))
end

local STAMPS = {
  last_editor = function(api) return api.email end,
  last_modified = time_text,
  created_at = function(api, old) return old and old.created_at or time_text(api) end,
  product_version = function() return "1.0" end,
  renewed_at = function(_, old) return old and old.renewed_at or json.null end,
  version_id = function() return json.null end,
  version_state = function() return json.null end,
}

local function stamp(api, resource, item, old)
  for name, value_of in pairs(STAMPS) do
    if resource.by_name[name] then
      item[name] = value_of(api, old)
    end
  end
end

--- What a reply shows of an item.
---@param api azion.sandbox.Api4
---@param entry table
---@param query table
---@param in_list boolean|nil
---@return table
function crud.shown(api, entry, query, in_list)
  local resource, item = entry.resource, entry.item
  local names = fill.shown(resource, item, in_list)
  local copy = bodies.copy(item)
  if api.options.hmac_keys == "masked" then
    values.each(resource, copy, function(field, _, _, holder, key)
      if field.secret == true then
        holder[key] = MASK
      end
    end)
  end
  if special.shows[resource.name] then
    special.shows[resource.name](copy, entry, api, query)
  end
  local shown = setmetatable({}, json.ordered(names))
  for _, name in ipairs(names) do
    shown[name] = copy[name]
  end
  return bodies.pick(shown, query.fields)
end

--- The reply to a request that was carried out.
---@param api azion.sandbox.Api4
---@param entry table
---@param method string
---@param query table
---@return table reply
function crud.reply(api, entry, method, query)
  local declared = (entry.resource.replies.status or {})[method] or { STATUSES[method] or 200 }
  local state = api.options.state
  if method ~= "get" then
    entry.pending_until = state == "pending" and api.now() + api.options.pending_for or nil
  else
    state = api.now() < (entry.pending_until or 0) and "pending" or "executed"
  end
  local status = state == "pending" and declared[2] or declared[1]
  if status == 202 then
    state = "pending"
  end
  return replies.item(status, state, method ~= "delete" and crud.shown(api, entry, query) or nil)
end

--- Makes an item of what was sent and of what is there; nil and what is wrong with it.
---@param api azion.sandbox.Api4
---@param place table { resource, parent, phase, entry }
---@param given table
---@param mode "create"|"overwrite"|"update"
---@return table|nil item
---@return azion.sandbox.Problem[]|nil
function crud.make(api, place, given, mode)
  local resource, old = place.resource, place.entry and place.entry.item
  if mode == "update" and api.options.patch_depth == "merge" then
    for name, value in pairs(given) do
      given[name] = bodies.merge(old[name], value)
    end
  end
  local problems = judge.body(api, resource, given, mode, old)
  if problems[1] then
    return nil, problems
  end
  local item = fill.item(resource, given, mode, old)
  problems = judge.item(api, place, item, given, mode)
  if problems[1] then
    return nil, problems
  end
  if not old and resource.key == "id" then
    item.id = api.store:new_id(resource)
  end
  stamp(api, resource, item, old)
  if special.adds[resource.name] then
    special.adds[resource.name](item, { given = given, old = old })
  end
  return item
end

--- Makes an item and keeps it.
---@param api azion.sandbox.Api4
---@param place table { resource, parent, phase }
---@param given table
---@return table|nil entry
---@return azion.sandbox.Problem[]|nil
function crud.add(api, place, given)
  local item, problems = crud.make(api, place, given, "create")
  if not item then
    return nil, problems
  end
  local entry = api.store:add(place.resource, place.parent, place.phase, item)
  api:add_companions(entry)
  return entry
end

function crud.list.POST(api, place, request)
  local given, refusal = bodies.read(request)
  if not given then
    return refusal
  end
  local entry, problems = crud.add(api, place, given)
  return entry and crud.reply(api, entry, "create", request.query) or replies.errors(400, problems)
end

function crud.item.GET(api, place, request)
  api:issue(place.entry)
  return crud.reply(api, place.entry, "get", request.query)
end

local function change(mode)
  return function(api, place, request)
    local given, refusal = bodies.read(request)
    if not given then
      return refusal
    end
    local item, problems = crud.make(api, place, given, mode)
    if not item then
      return replies.errors(400, problems)
    end
    place.entry.item = item
    return crud.reply(api, place.entry, mode, request.query)
  end
end

crud.item.PUT = change "overwrite"
crud.item.PATCH = change "update"

function crud.item.DELETE(api, place, request)
  local problems = judge.deletion(api, place.entry)
  if problems[1] then
    return replies.errors(400, problems)
  end
  api.store:remove(place.entry)
  return crud.reply(api, place.entry, "delete", request.query)
end

crud.single.GET, crud.single.PUT, crud.single.PATCH = crud.item.GET, crud.item.PUT, crud.item.PATCH

return crud
