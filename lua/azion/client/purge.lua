--- `client:purge`: what the edge has cached is removed, by URL, by cache key or by wildcard. (Page "Real-Time Purge".)
local call = require "azion.call"
local core = require "azion.core"
local errors = require "azion.client.errors"
local map = require "azion.client.map"
local options = require "azion.client.options"

local purge = {}

-- How many URLs or keys the API takes in one request; and how many characters each of them may have, and a wildcard.
local most, longest, longest_wildcard = 50, 4096, 256

---@class azion.Purge one of the first three, and no other
---@field urls? string[] more than 50 go in several requests
---@field cachekeys? string[] more than 50 go in several requests
---@field wildcard? string one expression
---@field method? string version 3; default: "delete"
---@field layer? string version 4: "cache" (default) or "tiered_cache"; version 3: "edge_caching" (default of cachekeys)
--- or "l2_caching"

---@class azion.PurgeResults: { [integer]: azion.PurgeGroup }
---@field failed integer groups whose status is not 2xx, or whose request failed

local ways = { urls = true, cachekeys = true, wildcard = true }

--- Raises on a name that purge does not know.
---@param what table
---@param api azion.ApiPurge
function purge.check_names(what, api)
  local known = { urls = true, cachekeys = true, wildcard = true }
  for _, name in ipairs(api.names) do
    known[name] = true
  end
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

-- A character of UTF-8 has one byte that is not a continuation.
local function is_too_long(text, limit)
  return #text > limit and select(2, text:gsub("[^\128-\191]", "")) > limit
end

local function list_problem(name, list)
  if type(list) ~= "table" then
    return name, "expected a list, got " .. errors.describe(list)
  elseif #list == 0 then
    return name, "expected at least one entry"
  end
  for index = 1, #list do
    if not is_text(list[index]) then
      return name .. "." .. index, "expected a string that is not blank, got " .. errors.describe(list[index])
    elseif is_too_long(list[index], longest) then
      return name .. "." .. index, ("expected at most %d characters, got a string of %d bytes"):format(longest,
        #list[index])
    end
  end
end

local function wildcard_problem(what)
  if not is_text(what.wildcard) then
    return "wildcard", "expected one expression, a string that is not blank, got " .. errors.describe(what.wildcard)
  elseif is_too_long(what.wildcard, longest_wildcard) then
    return "wildcard", ("expected at most %d characters, got a string of %d bytes"):format(longest_wildcard,
      #what.wildcard)
  end
end

local function problem_of(what, name, api)
  if not name then
    return "purge", "expected one of urls, cachekeys and wildcard"
  end
  local field, problem
  if name == "wildcard" then
    field, problem = wildcard_problem(what)
  else
    field, problem = list_problem(name, what[name])
  end
  if field then
    return field, problem
  end
  for _, option in ipairs(api.names) do
    if what[option] ~= nil and not is_text(what[option]) then
      return option, "expected a string that is not blank, got " .. errors.describe(what[option])
    end
  end
  return api.problem(what, name)
end

-- The requests that a purge takes: each with its part of the list, and its body.
local function requests_of(what, name, api)
  local list, requests = name == "wildcard" and { what.wildcard } or what[name], {}
  for first = 1, #list, most do
    local sent = {}
    for index = first, math.min(first + most - 1, #list) do
      sent[#sent + 1] = list[index]
    end
    local body, at, problem = core.encode(api.body(what, name, sent))
    if not body then
      at = at:gsub("^" .. api.list .. "%.?(%d*)", function(index)
        return index == "" and name or ("%s.%d"):format(name, first - 1 + index)
      end)
      return nil, at, "expected " .. problem
    end
    requests[#requests + 1] = { sent = sent, body = body }
  end
  return requests
end

local function send(engine, path, request, given)
  return call.run(engine, { method = "POST", path = path, query = "", body = request.body, options = given,
    read = function(reply, status) return engine.api.purge.groups(reply, status, request.sent) end })
end

-- Several requests, side by side. They are one call, with one deadline.
local function send_all(engine, path, requests, given)
  local ends = engine.now() + (given.deadline or engine.options.deadline)
  local replies, failures = map.run(engine, requests, function(request)
    local left = { deadline = ends - engine.now() }
    for name, value in pairs(given) do
      left[name] = left[name] or value
    end
    local groups, err, response = send(engine, path, request, left)
    return { groups = groups or { { err = err, urls = request.sent } }, response = response or err.response }
  end, {})
  if failures[1] then
    error(failures[1].err, 0)
  end
  local all, last = {}, nil
  for _, reply in ipairs(replies) do
    for _, group in ipairs(reply.groups) do
      all[#all + 1] = group
    end
    last = reply.response or last
  end
  return all, nil, last
end

--- Carries a purge out.
---@param engine table
---@param what azion.Purge
---@param given azion.CallOptions
---@return azion.PurgeResults? results in the order of the requests
---@return azion.Error? err
---@return azion.Response? response of the last request
function purge.run(engine, what, given)
  local api, name = engine.api.purge, way_of(what)
  local field, problem = problem_of(what, name, api)
  local requests
  if not field then
    requests, field, problem = requests_of(what, name, api)
  end
  if field then
    return nil, errors.invalid(problem, field)
  elseif engine.closed then
    return nil, errors.closed()
  end
  local refusal = engine.runtime.refusal()
  if refusal then
    return nil, errors.invalid(refusal)
  end
  local groups, err, response
  if requests[2] then
    groups, err, response = send_all(engine, api.ways[name], requests, given)
  else
    groups, err, response = send(engine, api.ways[name], requests[1], given)
  end
  if not groups then
    return nil, err
  end
  groups.failed = 0
  for _, group in ipairs(groups) do
    if group.err or group.status < 200 or group.status > 299 then
      groups.failed = groups.failed + 1
    end
  end
  return groups, nil, response
end

return purge
