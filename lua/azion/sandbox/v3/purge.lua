-- Real-time purge (v3.md, sections 2.7 and 4.9). The account owns the names of its domains, and example.com,
-- example.net and example.org with all below them.

local body = require "azion.sandbox.v3.body"
local domains = require "azion.sandbox.v3.domains"
local json = require "azion.sandbox.model.json"
local judge = require "azion.sandbox.v3.judge"
local replies = require "azion.sandbox.model.replies"
local schema = require "azion.api.schema"

local purge = {}

local DONE = "Purge request successfully created"
local NOT_YOURS = "Unauthorized domain for your account"

local OWN = { ["example.com"] = true, ["example.net"] = true, ["example.org"] = true }

local function host_of(url)
  return url:gsub("^%a[%w+.-]*://", ""):match "^[^/:?#]*":lower()
end

local function is_own(model, host)
  return OWN[host] or OWN[host:match "([^.]+%.[^.]+)$"] or domains.at(model:collection "domains", host) ~= nil
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

local function route(path, bucket, most, reply_to_some)
  local holder = schema.object {
    schema.list "urls" { schema.text, required = true, length = { 1, most } },
    schema.choice "method" { "delete", required = true },
    schema.choice "layer" { "edge_caching", "l2_caching", default = "edge_caching" },
  }
  local function carry_out(model, _, request)
    local input, refusal = body.read(request)
    if not input then
      return refusal
    end
    local values, problems = judge.item(holder, input, "create")
    if not values then
      return replies.value(400, problems)
    end
    local groups, all_done = groups_of(model, values.urls)
    return all_done and replies.detail(201, DONE) or reply_to_some(groups)
  end
  return { path = path, bucket = bucket, methods = { POST = carry_out } }
end

local function all_or_none()
  return replies.value(403, { details = NOT_YOURS })
end

purge.routes = {
  route("/purge/url", "purge", 50, function(groups) return replies.value(207, groups) end),
  route("/purge/cachekey", "purge", 50, all_or_none),
  route("/purge/wildcard", "purge_wildcard", 1, all_or_none),
}

return purge
