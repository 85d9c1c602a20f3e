--- Random operations against a sandbox that fails by chance, held against its journal: what was told of each
--- operation must be what became of it. Used by commit_state_spec.lua and tools/soak.lua.
local generator = require "spec.support.random"
local patience = require "spec.support.patience"
local support = require "spec.support.sandbox"

local commit_state = {}

-- Each comes before the request is carried out and after. Not after it: 429, and 503 with Retry-After. By both the
-- server says that it did not act.
local kinds = {
  { action = "reset" }, { action = "truncate" }, { action = "garbage" }, { action = "hang" },
  { status = 500 }, { status = 502 }, { status = 503 }, { status = 504 },
}
local before_only = { { status = 429 }, { status = 503, headers = { ["Retry-After"] = "1" } } }

-- Seconds after which a hanging request is given up: so many that no other takes as long, however busy the machine.
local timeout = patience(2)

-- The share of requests that fail.
commit_state.fault_rate = 0.2

local function copy(given)
  local made = {}
  for name, value in pairs(given) do
    made[name] = value
  end
  return made
end

--- Faults of all kinds, equally likely; together they meet `share` of all requests.
---@param share number
---@param without_limits? boolean none by which the server says that it did not act
---@return azion.SandboxFault[]
function commit_state.faults(share, without_limits)
  local list = {}
  for _, kind in ipairs(kinds) do
    list[#list + 1] = copy(kind)
    list[#list + 1] = copy(kind)
    list[#list].apply = true
  end
  for _, kind in ipairs(without_limits and {} or before_only) do
    list[#list + 1] = copy(kind)
  end
  -- The first that is due acts: each meets what those before it let pass.
  local each, left = share / #list, 1
  for _, fault in ipairs(list) do
    fault.rate = each / left
    left = left - each
  end
  return list
end

-- ---- what is done ----

local application = support.application
local under = "/edge_applications/" .. application .. "/"

-- `fields(mark)`: of an item with that name. `refused`: a field and its value that the server takes from nobody.
local resources = {
  { name = "origins", path = under .. "origins", refused = { "origin_protocol_policy", "none" },
    fields = function(mark) return { name = mark, addresses = { { address = mark .. ".example.com" } } } end },
  { name = "cache_settings", path = under .. "cache_settings", refused = { "cdn_cache_settings", "none" },
    fields = function(mark) return { name = mark } end },
  { name = "device_groups", path = under .. "device_groups", refused = { "user_agent", "" },
    fields = function(mark) return { name = mark, user_agent = "(Mobile)" } end },
  { name = "domains", path = "/domains", refused = { "environment", "none" },
    fields = function(mark) return { name = mark, edge_application_id = application } end },
}

local id_of = { origins = function(item) return item.origin_key end }
local function key_of(resource, item)
  return (id_of[resource.name] or function(any) return ("%d"):format(any.id) end)(item)
end

local operations = {}

local function change(method, wire)
  return function(operation, collection)
    local item, resource = operation.item, operation.resource
    local value, err, response = collection[method](collection, item.id, resource.fields(operation.mark))
    item.name = not err and operation.mark or not err.maybe_applied and item.name or nil
    return wire, wire .. " " .. operation.mark, value, err, response
  end
end

operations.overwrite = change("overwrite", "PUT")
operations.update = change("update", "PATCH")

function operations.create(operation, collection)
  local value, err, response = collection:create(operation.resource.fields(operation.mark))
  operation.item = value and { id = key_of(operation.resource, value), name = operation.mark }
  return "POST", "POST " .. operation.mark, value, err, response
end

function operations.refused(operation, collection)
  local resource = operation.resource
  local fields = resource.fields(operation.mark)
  fields[resource.refused[1]] = resource.refused[2]
  return "POST", "POST " .. operation.mark, collection:create(fields)
end

function operations.delete(operation, collection)
  local id = operation.item.id
  local value, err, response = collection:delete(id)
  if value or err.maybe_applied then
    operation.item = nil
  end
  return "DELETE", ("DELETE %s/%s"):format(operation.resource.path, id), value, err, response
end

-- What is there for nobody.
function operations.absent(operation, collection)
  local id = tostring(2000000000 + tonumber(operation.mark:match("%d+")))
  return "DELETE", ("DELETE %s/%s"):format(operation.resource.path, id), collection:delete(id)
end

function operations.get(operation, collection)
  local item = operation.item
  local value, err, response = collection:get(item.id)
  operation.misread = value and item.name and value.name ~= item.name
  return "GET", ("GET %s/%s"):format(operation.resource.path, item.id), value, err, response
end

function operations.list(operation, collection)
  return "GET", "GET " .. operation.mark, collection:list({ mark = operation.mark, page_size = 10 })
end

local chances = {
  "create", "create", "create", "create", "create", "overwrite", "overwrite", "overwrite", "update", "update", "update",
  "delete", "delete", "delete", "get", "get", "get", "list", "absent", "refused",
}
local needs_item = { overwrite = true, update = true, delete = true, get = true }

-- ---- what became of it ----

-- The journal by operation: how often its request arrived, how often it was carried out, and how often it arrived
-- after it had been: a name that is taken keeps the model from carrying a creation out twice.
local function read_journal(sandbox)
  local arrived, applied, again, faulty = {}, {}, {}, 0
  local entries = sandbox:journal()
  for _, entry in ipairs(entries) do
    local mark = entry.body:match('"name":"(op%d+)"') or entry.query:match("mark=(op%d+)")
    local key = entry.method .. " " .. (mark or entry.path)
    arrived[key] = (arrived[key] or 0) + 1
    again[key] = (again[key] or 0) + ((applied[key] or 0) > 0 and 1 or 0)
    applied[key] = (applied[key] or 0) + (entry.applied and 1 or 0)
    if entry.action or entry.status == 429 or entry.status >= 500 or entry.status == 200 and not entry.applied then
      faulty = faulty + 1
    end
  end
  return { arrived = arrived, applied = applied, again = again, entries = #entries, faulty = faulty }
end

local once = { POST = true, PATCH = true }

-- By key, the attempts of all its operations, and how many of them tell that they were, or may have been, carried out:
-- what one failed to delete another may delete.
local function sum_up(done)
  local sums = {}
  for _, operation in ipairs(done) do
    local sum = sums[operation.key] or { attempts = 0, told = 0 }
    sum.attempts = sum.attempts + (operation.err or operation.response).attempts
    sum.told = sum.told + ((not operation.err or operation.err.maybe_applied) and 1 or 0)
    sums[operation.key] = sum
  end
  return sums
end

-- The broken promises of one operation.
local function judge(operation, journal, told, sum)
  local arrived, applied = journal.arrived[operation.key] or 0, journal.applied[operation.key] or 0
  local err, writes = operation.err, operation.method ~= "GET"
  local attempts = err and err.attempts or operation.response.attempts
  local broken = {}
  local function promise(kept, what)
    if not kept then
      broken[#broken + 1] = ("%s by %s: %d arrived, %d applied, told: %s"):format(what, operation.key, arrived, applied,
        tostring(err or operation.value))
    end
  end
  promise(not once[operation.method] or (journal.again[operation.key] or 0) == 0, "sent again although applied")
  -- The same item may be read by several operations, one after another.
  promise(arrived <= (writes and sum.attempts or math.huge), "more requests than attempts")
  promise(attempts <= 5, "more than max_attempts")
  promise(not operation.misread, "another item was read")
  if err then
    local untouched = applied <= sum.told - (err.maybe_applied and 1 or 0) or not writes
    promise(untouched or (err.kind ~= "invalid" and err.kind ~= "rejected"), "refused, and yet applied")
    promise(untouched or err.maybe_applied, "applied, and not told")
    promise(writes or not err.maybe_applied, "a read that may have been applied")
  else
    told[operation.key] = (told[operation.key] or 0) + 1
    -- A 404 to the second try of a DELETE passes for the first one's doing.
    local may_be_gone = operation.kind == "absent" and attempts > 1
    promise(may_be_gone or applied >= (writes and 1 or told[operation.key]), "a success that never was")
    promise(operation.kind ~= "refused", "taken, although nobody takes it")
  end
  return broken
end

local function judge_all(done, journal)
  local broken, told, sums = {}, {}, sum_up(done)
  local counts = { operations = #done, attempts = 0, succeeded = 0, recovered = 0, failed = 0, doubtful = 0,
    applied = 0 }
  for _, operation in ipairs(done) do
    for _, what in ipairs(judge(operation, journal, told, sums[operation.key])) do
      broken[#broken + 1] = what
    end
    local err = operation.err
    local attempts = err and err.attempts or operation.response.attempts
    counts.attempts = counts.attempts + attempts
    counts.succeeded = counts.succeeded + (err and 0 or 1)
    counts.recovered = counts.recovered + (not err and attempts > 1 and 1 or 0)
    counts.failed = counts.failed + (err and 1 or 0)
    if err and err.maybe_applied then
      counts.doubtful = counts.doubtful + 1
      counts.applied = counts.applied + ((journal.applied[operation.key] or 0) > 0 and 1 or 0)
    end
  end
  return broken, counts
end

-- The faults go on, and some are final.
local function names_of(collection)
  local found, items, err = {}, nil, nil
  for _ = 1, 30 do
    items, err = collection:all()
    if items then
      break
    end
  end
  for _, item in ipairs(assert(items, err)) do
    found[item.name] = true
  end
  return found
end

-- What is there in the end, against what was told: nothing lost, nothing that nobody knows of.
local function compare_state(server, items, done, broken)
  local possible = {}
  for _, operation in ipairs(done) do
    if operation.err and operation.err.maybe_applied then
      possible[operation.mark], possible[operation.before or ""] = true, true
    end
  end
  local client = server:client({ timeout = timeout })
  for index, resource in ipairs(resources) do
    local collection = resource.path == "/domains" and client:domains() or client[resource.name](client, application)
    local found = names_of(collection)
    for _, item in ipairs(items[index]) do
      if item.name and not found[item.name] then
        broken[#broken + 1] = ("lost: %s, an item of %s"):format(item.name, resource.name)
      end
      found[item.name or ""] = nil
    end
    for name in pairs(found) do
      if name:find("^op%d+$") and not possible[name] then
        broken[#broken + 1] = ("unheard of: %s, an item of %s"):format(name, resource.name)
      end
    end
  end
end

-- ---- the run ----

local function choose(roll, items, number)
  local index = roll(#resources)
  local kind, free = chances[roll(#chances)], items[index]
  if needs_item[kind] and #free == 0 then
    kind = "create"
  end
  -- Nobody else works on the item meanwhile: what happens to it is told to one operation.
  local item = needs_item[kind] and table.remove(free, roll(#free)) or nil
  return { kind = kind, resource = resources[index], free = free, item = item, before = item and item.name,
    mark = "op" .. number }
end

local function carry_out(operation, client)
  local resource = operation.resource
  local collection = resource.path == "/domains" and client:domains() or client[resource.name](client, application)
  operation.method, operation.key, operation.value, operation.err, operation.response =
    operations[operation.kind](operation, collection)
  if operation.item then
    table.insert(operation.free, operation.item)
  end
end

--- Runs so many operations, many at once, and judges them all.
---@param given { operations: integer, seed: integer, http2: boolean, concurrency: integer }
---@return string[] broken promises, in words; empty when all were kept
---@return table counts
function commit_state.run(given)
  local server = support.start({ seed = 3, http2 = given.http2, faults = commit_state.faults(commit_state.fault_rate),
    fault_seed = given.seed })
  local client = server:client({ concurrency = given.concurrency, timeout = timeout,
    deadline = patience(60) })
  local roll, numbers, done, items = generator(given.seed), {}, {}, {}
  for index in ipairs(resources) do
    items[index] = {}
  end
  for number = 1, given.operations do
    numbers[number] = number
  end
  local _, failures = client:map(numbers, function(number)
    local operation = choose(roll, items, number)
    done[number] = operation
    carry_out(operation, client)
    return true
  end)
  assert(#failures == 0, failures[1] and tostring(failures[1].err))
  local journal = read_journal(server.sandbox)
  local broken, counts = judge_all(done, journal)
  compare_state(server, items, done, broken)
  server:stop()
  counts.requests, counts.faults = journal.entries, journal.faulty
  return broken, counts
end

return commit_state
