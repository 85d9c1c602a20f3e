--- `client:purge`: what the edge has cached is removed, by URL, by cache key or by wildcard. (Page "Real-Time Purge".)
local call = require "azion.call"
local core = require "azion.core"
local errors = require "azion.errors"
local options = require "azion.options"
local v3 = require "azion.v3"

local purge = {}

-- How many URLs or keys the API takes in one call.
local most = 50

-- In all three the API calls the list `urls`.
local ways = {
  urls = { path = "/purge/url" },
  -- The API's specification wants the layer here, its pages do not.
  cachekeys = { path = "/purge/cachekey", layer = "edge_caching" },
  wildcard = { path = "/purge/wildcard" },
}

---@class azion.Purge one of the first three, and no other
---@field urls? string[] at most 50
---@field cachekeys? string[] at most 50
---@field wildcard? string one expression
---@field method? string default: "delete"
---@field layer? "edge_caching"|"l2_caching" for cachekeys; default: "edge_caching"

---@class azion.PurgeResults: { [integer]: azion.PurgeGroup }
---@field failed integer groups whose status is not 2xx

local known = { urls = true, cachekeys = true, wildcard = true, method = true, layer = true }

--- Raises on a name that purge does not know.
---@param what table
function purge.check_names(what)
  options.check_names(what, known, "purge", "name")
end

local function is_text(value)
  return type(value) == "string" and value:find("%S") ~= nil
end

local function way_of(what)
  local chosen
  for name in pairs(ways) do
    if what[name] ~= nil and chosen then
      return nil
    end
    chosen = what[name] ~= nil and name or chosen
  end
  return chosen
end

local function list_problem(name, list)
  if type(list) ~= "table" then
    return name, "expected a list, got " .. errors.describe(list)
  elseif #list < 1 or #list > most then
    return name, ("expected from 1 to %d entries, got %d"):format(most, #list)
  end
  for index, entry in ipairs(list) do
    if not is_text(entry) then
      return name .. "." .. index, "expected a string that is not blank, got " .. errors.describe(entry)
    end
  end
end

local function problem_of(what, name)
  if not name then
    return "purge", "expected one of urls, cachekeys and wildcard"
  elseif name == "wildcard" and not is_text(what.wildcard) then
    return name, "expected one expression, a string that is not blank, got " .. errors.describe(what.wildcard)
  elseif name ~= "wildcard" then
    local field, problem = list_problem(name, what[name])
    if field then
      return field, problem
    end
  end
  for _, option in ipairs({ "method", "layer" }) do
    if what[option] ~= nil and not is_text(what[option]) then
      return option, "expected a string that is not blank, got " .. errors.describe(what[option])
    end
  end
end

local function copy(list)
  return { (table.unpack or unpack)(list) }
end

--- Carries a purge out.
---@param engine table
---@param what azion.Purge
---@param given azion.CallOptions
---@return azion.PurgeResults? results
---@return azion.Error? err
---@return azion.Response? response
function purge.run(engine, what, given)
  local name = way_of(what)
  local field, problem = problem_of(what, name)
  if field then
    return nil, errors.invalid(problem, field)
  end
  local way = ways[name]
  local sent = name == "wildcard" and { what.wildcard } or copy(what[name])
  local body, at
  body, at, problem = core.encode({ urls = sent, method = what.method or "delete", layer = what.layer or way.layer })
  if not body then
    return nil, errors.invalid("expected " .. problem, (at:gsub("^urls", name)))
  end
  local groups, err, response = call.run(engine, { method = "POST", path = way.path, query = "", body = body,
    options = given, read = function(reply, status) return v3.purge_groups(reply, status, sent) end })
  if not groups then
    return nil, err
  end
  groups.failed = 0
  for _, group in ipairs(groups) do
    if group.status < 200 or group.status > 299 then
      groups.failed = groups.failed + 1
    end
  end
  return groups, nil, response
end

return purge
