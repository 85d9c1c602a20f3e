-- Requests of every kind to every resource of version 4, through a proxy that holds them and their replies against a
-- file.
local core = require("azion.core")
local resources = require("azion.api.v4.resources")
local valid_items = require("spec.support.valid_items")

local requests = {}

local rounds = 5

local run = { random = math.random, number = 0, count = 0, pool = {}, differences = {}, seen = {} }

local function note(verb, path, headers)
  local violations = headers["sl-violations"]
  for message in (violations or ""):gmatch('"message":"(.-)"}') do
    local text = ("%s %s: %s"):format(verb, path, message):gsub("%d%d%d%d+", "#"):gsub("%.%d+", ".#")
    if not run.seen[text] then
      run.seen[text] = true
      run.differences[#run.differences + 1] = text
    end
  end
end

local function send(verb, path, body, query)
  local value, err, response = run.client:request(verb, path, { body = body, query = query })
  response = response or (err and err.response)
  if not response then
    error(tostring(err))
  end
  run.count = run.count + 1
  note(verb, path, response.headers)
  if err then
    error(("%s: %s"):format(err, core.encode(body or {}, {})))
  end
  return type(value) == "table" and value.data or value
end

local path_of

local function make(resource)
  local item
  repeat
    run.number = run.number + 1
    item = valid_items.make(run.random, resource, run.number, run.refer, run.phase)
  until item.type ~= "live_ingest" -- the file does not know it
  return item
end

local function companion(name)
  local resource = resources.by_name[name]
  run.pool[name] = run.pool[name] or send("POST", path_of(resource), make(resource))
  return run.pool[name]
end

function run.refer(field)
  return companion(field.to)[field.by]
end

function path_of(resource, phase)
  return (resource.path:gsub("{phase}", phase or run.phase or ""):gsub("{([%l_]+)}", function(name)
    return ("%d"):format(companion(name).id)
  end))
end

local function item_path(path, key)
  return ("%s/%s"):format(path, type(key) == "number" and ("%d"):format(key) or key)
end

local function change(resource, path, verb, base)
  local given = make(resource)
  for _, field in ipairs(resource.fields) do
    if field.create_only then
      given[field.name] = nil
    elseif field.immutable then
      given[field.name] = base[field.name]
    end
  end
  given.certificate, given.private_key = nil, nil
  send(verb, path, given)
end

local function live(resource)
  local path = path_of(resource)
  local made = send("POST", path, make(resource))
  local item = item_path(path, made[resource.key])
  send("GET", path, nil, { page_size = 100 })
  send("GET", item)
  if not resource.lacks.overwrite then
    change(resource, item, "PUT", made)
  end
  change(resource, item, "PATCH", made)
  if resource.methods.clone then
    send("POST", item .. "/clone", { name = "copy " .. run.number })
  end
  send("DELETE", item)
end

local function once()
  local zone = item_path("/workspace/dns/zones", companion("dns_zones").id)
  send("PUT", zone .. "/dnssec", { enabled = true })
  send("GET", zone .. "/dnssec")
  send("POST", "/workspace/tls/csr", { name = "csr", common_name = "c.example", country = "BR", state = "s",
    locality = "l", organization = "o", organization_unity = "u", email = "a@b.example" })
  send("POST", "/workspace/tls/certificates/request",
    { name = "request", challenge = "dns", authority = "lets_encrypt", common_name = "c.example" })
  for _, kind in ipairs({ "url", "cachekey", "wildcard" }) do
    send("POST", "/workspace/purge/" .. kind, { items = { "http://a.example/x" } })
  end
  local rules = path_of(resources.by_name.rules, "request")
  local list = run.client:request("GET", rules).results
  send("PUT", rules .. "/order", { order = { list[1].id } })
end

-- Resources that the file describes, at paths that are known beforehand.
local function each_root(fn)
  for _, resource in ipairs(resources) do
    if not resource.parent and resource.name ~= "personal_tokens" then
      fn(resource)
    end
  end
end

--- Replies to the first GETs that make no sense: a proxy that could not compile a schema passes everything in silence.
---@return azion.SandboxFault[]
function requests.nonsense()
  local faults = {}
  each_root(function(resource)
    local path = "/v4" .. resource.path
    faults[#faults + 1] = { method = "GET", path = path, nth = 1, body = '{"count":"x","results":[{"name":7}]}' }
    faults[#faults + 1] = { method = "GET", path = path .. "/1", nth = 1, body = '{"data":{"name":7}}' }
  end)
  return faults
end

local function expect_refusal(verb, path, body)
  local _, err, response = run.client:request(verb, path, { body = body })
  response = response or err.response
  if not (response.headers["sl-violations"] or ""):find("name", 1, true) then
    error(("the proxy passes nonsense: %s %s"):format(verb, path))
  end
end

local function refuse_nonsense()
  each_root(function(resource)
    expect_refusal("GET", resource.path)
    expect_refusal("GET", resource.path .. "/1")
    expect_refusal("POST", resource.path, { name = 5 })
  end)
end

--- Sends everything; the file may know nothing of a resource (deployments).
---@param client azion.Client
---@return integer count of requests
---@return string[] differences
function requests.run(client)
  run.client = client
  refuse_nonsense()
  for _, resource in ipairs(resources) do
    if not resource.lacks.create and not resource.lacks.get and resource.name ~= "deployments" then
      for _ = 1, rounds do
        for _, phase in ipairs(resource.phases or { false }) do
          run.phase = phase or nil
          live(resource)
        end
      end
    end
  end
  once()
  return run.count, run.differences
end

return requests
