-- What each thread of threads.c plays, in a Lua state of its own.
local number, round = ...

local azion = require("azion")
local core = require("azion.core")

local application = 1618339282
local ca_file = os.getenv("SPEC_CA_FILE")

local function check(value, err)
  return value ~= nil and value or error(tostring(err), 2)
end

local client = check(azion.client({ ca_file = ca_file, concurrency = 4 }))
local origins = client:origins(application)

-- An own item, seen by nobody else.
local name = ("thread-%d-%d"):format(number, round)
local origin = check(origins:create({ name = name, addresses = { { address = name .. ".example.net" } } }))
assert(origin.name == name)

local results, failures = client:map({ "origin-001", "origin-002", "origin-003", name }, function(wanted)
  return origins:find(wanted)
end)
assert(#failures == 0, tostring(failures[1] and failures[1].err))
assert(results[1].name == "origin-001" and results[4].origin_key == origin.origin_key)

-- A client that is collected while it has pages in flight, and one that is closed so.
for turn = 1, 2 do
  local other = check(azion.client({ ca_file = ca_file }))
  local step = other:origins(application):each({ page_size = 5 })
  assert(step().name)
  if turn == 1 then
    other:close()
  end
end
collectgarbage()
collectgarbage()

local page = check(origins:list({ page_size = 5 }))
assert(#page.results == 5)
assert(check(origins:update(origin, { origin_path = "/" .. name })).origin_path == "/" .. name)
assert(origins:delete(origin) == true)
local missing, err = origins:get(origin)
assert(missing == nil and err.kind == "not_found", tostring(err))

local value = core.decode(core.encode({ number = number, list = azion.array({}), part = 0.5 }))
assert(value.number == number and value.part == 0.5)
client:close()
