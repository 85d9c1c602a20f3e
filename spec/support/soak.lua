--- Very many requests, 16 at once, to a sandbox that fails one in twenty: what they take and what comes of them. Used
--- by soak_spec.lua and tools/soak.lua.
local commit_state = require "spec.support.commit_state"
local core = require "azion.core"
local patience = require "spec.support.patience"
local shell = require "spec.support.shell"
local support = require "spec.support.sandbox"

local soak = {}

soak.concurrency = 16
soak.fault_rate = 0.05
-- Calls a second that the server allows: about as many as there is time for, so that the budget is at work too.
soak.limits = { read = 800, write = 700 }

-- ---- what is done ----

local function fields(number)
  return { name = "soak" .. number, addresses = { { address = "origin.example.com" } } }
end

-- By turns: 8 of 20 get an item, 3 list, 3 overwrite, 2 update, 2 create, 2 delete what was created.
local turns = {}

local function add_turns(kind, count, run)
  for _ = 1, count do
    turns[#turns + 1] = { kind = kind, run = run }
  end
end

add_turns("get", 8, function(work, number) return work.origins:get(work.ids[number % #work.ids + 1]) end)
add_turns("list", 3, function(work) return work.origins:list({ page_size = 10 }) end)
add_turns("overwrite", 3, function(work, number)
  return work.origins:overwrite(work.ids[number % #work.ids + 1], fields(number))
end)
add_turns("update", 2, function(work, number)
  return work.origins:update(work.ids[number % #work.ids + 1], { name = "soak" .. number })
end)
add_turns("create", 2, function(work, number)
  local origin, err, response = work.origins:create(fields(number))
  work.made[#work.made + 1] = origin and origin.origin_key
  return origin, err, response
end)
add_turns("delete", 2, function(work)
  return work.origins:delete(table.remove(work.made) or "00000000-0000-4000-8000-000000000000")
end)

local function count_in(counts, name)
  counts[name] = (counts[name] or 0) + 1
end

local function call(work, number)
  local turn = turns[number % #turns + 1]
  local _, err, response = turn.run(work, number)
  count_in(work.calls, turn.kind)
  if err then
    count_in(work.errors, turn.kind .. " " .. err.kind)
  end
  work.attempts = work.attempts + (err or response).attempts
  return true
end

-- ---- what it takes ----

local function resident()
  local file = assert(io.open("/proc/self/status"))
  local kilobytes = file:read("*a"):match("VmRSS:%s*(%d+)")
  file:close()
  return tonumber(kilobytes) / 1024
end

local function descriptors()
  return tonumber(shell.output_of(("ls /proc/%d/fd | wc -l"):format(core.pid())))
end

-- Between two batches nothing is in flight, so nothing may be held.
local function held(engine)
  local count = soak.concurrency - engine.places.free + engine.session:step(0)
  for _, bucket in pairs(engine.budget.buckets) do
    count = count + bucket.in_flight
  end
  return count
end

local function sample(work, started)
  -- What LuaJIT has compiled counts as heap. It grows up to a bound of LuaJIT's own, and is not what is measured.
  if jit then
    jit.flush()
  end
  collectgarbage()
  collectgarbage()
  return { seconds = core.now() - started, resident = resident(), heap = collectgarbage("count"),
    descriptors = descriptors(), held = held(work.client.engine), tokens = work.client.engine.quota.tokens }
end

-- ---- the run ----

-- Counts in the journal line by line: as tables, so many entries would be the greatest thing in memory.
local function read_journal(server)
  local counts = { requests = 0, faulty = 0, limited = 0 }
  for line in io.lines(server.sandbox.ca_file:match("^(.*)/") .. "/journal") do
    local status = tonumber(line:match('"status":(%d+)'))
    counts.requests = counts.requests + 1
    counts.limited = counts.limited + (status == 429 and 1 or 0)
    if line:find('"action":', 1, true) or status >= 500 or status == 200 and line:find('"applied":false', 1, true) then
      counts.faulty = counts.faulty + 1
    end
  end
  return counts
end

local function start_work(seed)
  local list = commit_state.faults(soak.fault_rate, true)
  local server = support.start({ seed = 40, http2 = false, fault_seed = seed, faults = list, window = 1,
    limits = soak.limits })
  local client = server:client({ concurrency = soak.concurrency, timeout = patience(1), max_attempts = 8 })
  local work = { client = client, origins = client:origins(support.application), ids = {}, made = {}, calls = {},
    errors = {}, attempts = 0 }
  local origins
  repeat
    origins = work.origins:all()
  until origins
  for index, origin in ipairs(origins) do
    work.ids[index] = origin.origin_key
  end
  return server, work
end

-- What is left of the budget when its window is over: all of it, if nothing was lost.
local function measure_budget(client)
  os.execute("sleep 4")
  return { read = client:eta(soak.limits.read, "read"), write = client:eta(soak.limits.write, "write") }
end

--- Makes so many calls and tells what they took.
---@param given { calls: integer, batches: integer, seed: integer, on_sample: fun(sample: table)? }
---@return table report
function soak.run(given)
  local server, work = start_work(given.seed)
  local batch, samples, started, number = given.calls / given.batches, {}, core.now(), 0
  for index = 1, given.batches do
    local numbers = {}
    for position = 1, batch do
      number = number + 1
      numbers[position] = number
    end
    local _, failures = work.client:map(numbers, function(which) return call(work, which) end)
    assert(#failures == 0, failures[1] and tostring(failures[1].err))
    samples[index] = sample(work, started)
    samples[index].calls = number
    if given.on_sample then
      given.on_sample(samples[index])
    end
  end
  local report = { calls = number, by_kind = work.calls, errors = work.errors, attempts = work.attempts,
    samples = samples, seconds = samples[#samples].seconds, wait = measure_budget(work.client) }
  report.server = read_journal(server)
  server:stop()
  return report
end

-- ---- what is expected ----

-- Of all faults, by what comes of them: 4 of 16 break the connection, 2 hang, 2 are garbage, 8 are a status. Of these
-- only garbage is final where a request may be sent again.
local shares = { network = 4 / 16, timeout = 2 / 16, protocol = 2 / 16, server = 8 / 16 }
local once = { create = true, update = true }

-- A number of events with that chance, six standard deviations either way.
local function bounds(count, chance)
  local deviation = math.sqrt(count * chance * (1 - chance))
  return math.max(0, math.floor(count * chance - 6 * deviation)), math.ceil(count * chance + 6 * deviation)
end

-- Calls, and errors of one kind, of the operations that are sent once, or of the others.
local function total(report, kind, is_once)
  local calls, failed = 0, 0
  for name, count in pairs(report.by_kind) do
    if (once[name] or false) == is_once then
      calls = calls + count
      failed = failed + (report.errors[name .. " " .. kind] or 0)
    end
  end
  return calls, failed
end

local function row(what, count, of, chance)
  local least, most = bounds(of, chance)
  return { what = what, least = least, most = most, count = count }
end

--- Errors as they are expected and as they came: rows { what, least, most, count }.
---@param report table
---@return table[]
function soak.errors(report)
  -- The journal does not tell garbage that came after the request was carried out, one of the 16.
  local rows = { row("faults that the journal shows", report.server.faulty, report.server.requests,
    soak.fault_rate * 15 / 16) }
  for _, kind in ipairs { "network", "timeout", "protocol", "server" } do
    local calls, failed = total(report, kind, true)
    rows[#rows + 1] = row(kind .. ": POST, PATCH", failed, calls, soak.fault_rate * shares[kind])
    calls, failed = total(report, kind, false)
    rows[#rows + 1] = row(kind .. ": GET, PUT, DELETE", failed, calls,
      kind == "protocol" and soak.fault_rate * shares.protocol or 0)
  end
  return rows
end

-- The least and the greatest of a figure from the second sample on: the first may still warm up.
local function range(samples, name)
  local least, most = math.huge, -math.huge
  for index = 2, #samples do
    least, most = math.min(least, samples[index][name]), math.max(most, samples[index][name])
  end
  return least, most
end

-- So much may a figure be apart between two batches: MiB, KiB, and the connections that happen to be open.
local spread = { resident = 2, heap = 128, descriptors = soak.concurrency + 2, held = 0 }
if patience(1) > 1 then
  spread.resident = nil -- most of it is the checker's own
end

--- Everything that is not as it should be.
---@param report table
---@return string[]
function soak.problems(report)
  local problems = {}
  local function expect(holds, ...)
    if not holds then
      problems[#problems + 1] = string.format(...)
    end
  end
  for _, figures in ipairs(soak.errors(report)) do
    expect(figures.count >= figures.least and figures.count <= figures.most, "%s: %d, not from %d to %d", figures.what,
      figures.count, figures.least, figures.most)
  end
  -- There is not always something to delete; all other errors are explained by faults.
  for name, count in pairs(report.errors) do
    expect(shares[name:match("[%l_]+$")] or name == "delete not_found", "%d of %s", count, name)
  end
  for name, most_apart in pairs(spread) do
    local least, most = range(report.samples, name)
    expect(most - least <= most_apart, "%s: from %g to %g", name, least, most)
  end
  expect(range(report.samples, "held") == 0, "slots are held although nothing is in flight")
  expect(report.wait.read == 0 and report.wait.write == 0, "budget lost: %g s for reads, %g s for writes",
    report.wait.read, report.wait.write)
  expect(report.server.limited == 0, "%d drew a 429", report.server.limited)
  expect(report.server.requests <= report.attempts + 30 and report.server.requests > 0.999 * report.attempts,
    "%d requests, %d attempts", report.server.requests, report.attempts)
  return problems
end

return soak
