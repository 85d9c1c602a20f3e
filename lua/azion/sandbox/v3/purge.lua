-- Real-time purge (v3.md, sections 2.7 and 4.9). The account owns the names of its domains, and example.com,
-- example.net and example.org with all below them.

local body = require "azion.sandbox.v3.body"
local json = require "azion.sandbox.model.json"
local judge = require "azion.sandbox.v3.judge"
local replies = require "azion.sandbox.model.replies"
local rows = require "azion.sandbox.v3.rows"
local schema = require "azion.api.schema"

local purge = {}

local DONE = "Purge request successfully created"
local NOT_YOURS = "Unauthorized domain for your account"

local OWN = { ["example.com"] = true, ["example.net"] = true, ["example.org"] = true }

local function body_of(most)
  return schema.object {
    schema.list "urls" { schema.text, required = true, length = { 1, most } },
    schema.choice "method" { "delete", required = true },
    schema.choice "layer" { "edge_caching", "l2_caching", default = "edge_caching" },
  }
end

local MANY, ONE = body_of(50), body_of(1)

local function host_of(url)
  return url:gsub("^%a[%w+.-]*://", ""):match "^[^/:?#]*":lower()
end

local function is_own(model, host)
  if OWN[host] or OWN[host:match "([^.]+%.[^.]+)$"] then
    return true
  end
  return rows.first(model:collection "domains", function(domain)
    if domain.domain_name == host then
      return true
    end
    for _, name in ipairs(domain.cnames) do
      if name:lower() == host then
        return true
      end
    end
  end) ~= nil
end

local function read(request, holder)
  local input, refusal = body.read(request)
  if not input then
    return nil, refusal
  end
  local item, problems = judge.item(holder, input, "create")
  return item, problems and replies.value(400, problems)
end

local OUTCOMES = {
  done = { status = "HTTP/1.1 201 CREATED", details = DONE },
  foreign = { status = "HTTP/1.1 403 FORBIDDEN", details = NOT_YOURS },
}

local GROUP = json.ordered { "status", "urls", "details" }

-- Recorded: groups and urls come in another order than they were sent. Here it is the reverse.
local function groups_of(model, urls)
  local groups, by_outcome = json.array {}, {}
  for position = #urls, 1, -1 do
    local outcome = is_own(model, host_of(urls[position])) and OUTCOMES.done or OUTCOMES.foreign
    local group = by_outcome[outcome]
    if not group then
      group = setmetatable({ status = outcome.status, urls = json.array {}, details = outcome.details }, GROUP)
      by_outcome[outcome], groups[#groups + 1] = group, group
    end
    group.urls[#group.urls + 1] = urls[position]
  end
  return groups, by_outcome[OUTCOMES.foreign] == nil
end

local function purge_urls(model, _, request)
  local values, refusal = read(request, MANY)
  if not values then
    return refusal
  end
  local groups, all_done = groups_of(model, values.urls)
  return all_done and replies.detail(201, DONE) or replies.value(207, groups)
end

-- Cache keys and wildcards are done together or not at all.
local function purge_together(holder)
  return function(model, _, request)
    local values, refusal = read(request, holder)
    if not values then
      return refusal
    end
    local _, all_done = groups_of(model, values.urls)
    return all_done and replies.detail(201, DONE) or replies.value(403, { details = NOT_YOURS })
  end
end

purge.routes = {
  { path = "/purge/url", bucket = "purge", methods = { POST = purge_urls } },
  { path = "/purge/cachekey", bucket = "purge", methods = { POST = purge_together(MANY) } },
  { path = "/purge/wildcard", bucket = "purge_wildcard", methods = { POST = purge_together(ONE) } },
}

return purge
