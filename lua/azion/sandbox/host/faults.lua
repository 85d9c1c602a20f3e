-- Scripted faults: which request they meet, and what happens to it instead of the model's answer. Pure.
--
-- Of the bodies of v3.md 2.6, version 4's (m) and a few spellings are made with `body`; requests draw the others: a (no
-- token), b and j (digital certificates), c (no name), d (a bad address), e (rules), f (an object storage's other
-- fields), g (an origin in use), h (device groups), i (a name clash, an unknown order field), k (purges), l (an unknown
-- path).

local faults = {}

---@class azion.sandbox.Faults
local Faults = {}
Faults.__index = Faults

local GARBAGE = "<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body>It works!</body></html>\n"

local EDGE_ERROR = "<!DOCTYPE html>\n<html><head><title>%d</title></head><body><h1>Error %d</h1>"
  .. "<p>Request ID: 4f9c0d6a1b</p></body></html>\n"

local DETAILS = {
  [400] = "Bad request.",
  [401] = "Invalid token.",
  [403] = "You do not have permission to perform this action.",
  [404] = "Not found.",
  [409] = "Conflict.",
  [429] = "Request was throttled.",
}

-- The minimal standard generator of Park and Miller, with the multiplier of 1993: exact in a double.
local MULTIPLIER, MODULUS = 48271, 2147483647

-- What a fault truncates where the model was not asked.
local SOME_BODY = '{"results":{"name":"cut short before its end"},"schema_version":3}'

-- Own generator, so a seed reproduces the faults.
local function chances(seed)
  local state = seed % (MODULUS - 1) + 1
  return function()
    state = state * MULTIPLIER % MODULUS
    return state / MODULUS
  end
end

---@param list table[] as in the contract
---@param seed integer|nil of the chances by which faults with a `rate` act
---@return azion.sandbox.Faults
function faults.new(list, seed)
  local chance = chances(seed or 1)
  chance() -- the first one after a small seed is always small
  return setmetatable({ list = list, met = {}, chance = chance }, Faults)
end

local function meets(fault, method, path)
  if fault.method and fault.method:upper() ~= method then
    return false
  end
  local wanted = fault.path
  if not wanted or wanted == path then
    return true
  end
  return wanted:sub(-1) == "*" and path:sub(1, #wanted - 1) == wanted:sub(1, -2)
end

-- Whether a fault acts on the request that it has just met.
local function is_due(fault, met, chance)
  return (not fault.nth or fault.nth == met) and (not fault.rate or chance() < fault.rate)
end

--- The fault for this request, if any. Every fault counts the requests that it meets; the first that is due acts.
---@param method string
---@param path string without the query; a fault's own may end in * for any path that begins so
---@return table|nil
function Faults:match(method, path)
  local due
  for position, fault in ipairs(self.list) do
    if meets(fault, method, path) then
      local met = (self.met[position] or 0) + 1
      self.met[position] = met
      if not due and is_due(fault, met, self.chance) then
        due = fault
      end
    end
  end
  return due
end

local function guess_type(body)
  return body:find("^%s*[%[{\"]") and "application/json" or "text/html"
end

local function default_body(status)
  if status == 204 or status < 400 then
    return ""
  elseif DETAILS[status] then
    return ('{"detail":"%s"}'):format(DETAILS[status])
  end
  return EDGE_ERROR:format(status, status)
end

-- The fault's reply, where it has one of its own.
local function reply_of(fault, model_reply)
  local body, status = fault.body, fault.status
  if fault.action == "garbage" then
    body = body or GARBAGE
  end
  if not body and not status and model_reply then
    return model_reply
  end
  status = status or 200
  body = body or (fault.action == "truncate" and SOME_BODY) or default_body(status)
  return { status = status, headers = { ["Content-Type"] = guess_type(body) }, body = body }
end

local function with_headers(reply, added)
  local headers, is_replaced = {}, {}
  for name, value in pairs(added or {}) do
    headers[name], is_replaced[name:lower()] = value, true
  end
  for name, value in pairs(reply.headers) do
    headers[name] = headers[name] or not is_replaced[name:lower()] and value or nil
  end
  return { status = reply.status, headers = headers, body = reply.body, bucket = reply.bucket }
end

-- Without a status, an action or a body, a fault only delays or adds headers: the model answers as ever.
local function asks_model(fault, request)
  if fault.apply or fault.action == "mutate" then
    return true
  elseif fault.action == "truncate" then
    return request.method == "GET" and not fault.body and not fault.status
  end
  return not (fault.action or fault.status or fault.body)
end

--- Answers one request: by the model, or as a fault says.
--- A request that a fault keeps from the model is not counted against the rate limits either.
---@param model azion.sandbox.Account
---@param request table
---@param fault table|nil that `match` found
---@return table outcome { reply, action, applied, delay, bucket }; `applied`: the model carried the request out
function faults.answer(model, request, fault)
  if not fault then
    local reply = model:handle(request)
    return { reply = reply, applied = reply.status < 300, delay = 0, bucket = reply.bucket }
  end
  if fault.action == "mutate" then
    model:mutate(request.path, fault.delete, fault.insert)
  end
  local reply = asks_model(fault, request) and model:handle(request) or nil
  local action = fault.action ~= "garbage" and fault.action ~= "mutate" and fault.action or nil
  return {
    reply = with_headers(reply_of(fault, reply), fault.headers),
    action = action,
    applied = reply ~= nil and reply.status < 300,
    delay = fault.delay or 0,
    bucket = reply and reply.bucket,
  }
end

return faults
