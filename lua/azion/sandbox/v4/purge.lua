-- Real-time purge (v4.md, section 7.7).

local bodies = require "azion.sandbox.v4.bodies"
local json = require "azion.sandbox.model.json"
local judge = require "azion.sandbox.v4.judge"
local replies = require "azion.sandbox.v4.replies"
local schema = require "azion.api.schema"

local purge = {}

local function body_of(most_items, longest, ...)
  return schema.object {
    schema.list "items" { schema.text { length = { 1, longest } }, required = true, length = { 1, most_items } },
    schema.choice "layer" { default = "cache", ... },
  }
end

local BODIES = {
  url = body_of(50, 4096, "cache", "tiered_cache"),
  cachekey = body_of(50, 4096, "cache", "tiered_cache"),
  wildcard = body_of(1, 256, "cache"),
}

local DATA = json.ordered { "items", "layer" }

local function handler(body)
  return function(api, _, request)
    local given, refusal = bodies.read(request)
    if not given then
      return refusal
    end
    local problems = judge.body(api, body, given, "create")
    if problems[1] then
      return replies.errors(400, problems)
    end
    local data = { items = json.array(given.items), layer = given.layer or "cache" }
    return replies.item(201, api.options.state, setmetatable(data, DATA))
  end
end

purge.routes = {}
for name, body in pairs(BODIES) do
  purge.routes[#purge.routes + 1] = {
    path = "/workspace/purge/" .. name,
    bucket = name == "wildcard" and "purge_wildcard" or "purge",
    methods = { POST = handler(body) },
  }
end

return purge
