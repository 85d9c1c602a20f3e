-- Personal tokens: those of version 3, under another address. What comes back is bare.

local bodies = require "azion.sandbox.v4.bodies"
local json = require "azion.sandbox.model.json"
local judge = require "azion.sandbox.v4.judge"
local personal_tokens = require "azion.sandbox.v3.personal_tokens"
local replies = require "azion.sandbox.v4.replies"
local resource = require "azion.api.v4.personal_tokens"
local rows = require "azion.sandbox.v3.rows"
local v3 = require "azion.sandbox.v3.judge"
local shared = require "azion.sandbox.model.replies"

local tokens = {}

local LIST = json.ordered { "count", "results" }
local ITEM = json.ordered { "uuid", "name", "expires_at", "description", "created" }

local function list(api)
  local collection = api.v3:collection "personal_tokens"
  local results = json.array {}
  for position, serial in ipairs(collection.order) do
    results[position] = setmetatable({}, ITEM)
    for name, value in pairs(collection:item(serial)) do
      results[position][name] = value
    end
  end
  return shared.value(200, setmetatable({ count = #results, results = results }, LIST))
end

local function create(api, _, request)
  local given, refusal = bodies.read(request)
  if not given then
    return refusal
  end
  local problems, item, wrong = judge.body(api, resource, given, "create"), nil, nil
  if not problems[1] then
    item, wrong = v3.item(personal_tokens.resource, given, "create", nil, personal_tokens)
  end
  for name, details in pairs(wrong or {}) do
    problems[#problems + 1] = { at = name, detail = details[1] }
  end
  if problems[1] then
    return replies.errors(400, problems)
  end
  local collection = api.v3:collection "personal_tokens"
  rows.stamp(collection, item)
  local serial = collection:insert(item)
  return shared.json(201, personal_tokens.created(collection, serial))
end

local function delete(api, place)
  local collection = api.v3:collection "personal_tokens"
  local serial = collection:find(place.key)
  if not serial then
    return replies.not_found()
  end
  collection:remove(serial)
  personal_tokens.removed(collection, serial)
  return replies.item(200, "executed")
end

tokens.routes = {
  { path = resource.path, methods = { GET = list, POST = create } },
  { path = resource.path .. "/:key", methods = { DELETE = delete } },
}

return tokens
