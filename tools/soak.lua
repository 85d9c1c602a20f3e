-- The long runs of docs/reliability.md, with their figures: LUA tools/soak.lua [commit|storms|soak] [SEED]
-- `make soak` runs all of them; what breaks a promise ends it with status 1.
package.path = "./?.lua;" .. package.path

local commit_state = require "spec.support.commit_state"
local core = require "azion.core"
local soak = require "spec.support.soak"
local storm = require "spec.support.storm"

local broken = 0

local function say(...)
  print(string.format(...))
  io.stdout:flush()
end

local function expect(kept, ...)
  if not kept then
    broken = broken + 1
    say("broken: " .. ...)
  end
end

local parts = {}

function parts.commit(seed)
  say("\nCommit state: 10,000 random operations, a fault in one of five requests\n")
  say("| HTTP | seed | requests | faults | succeeded | of these by a retry | failed | perhaps applied | really applied "
    .. "| broken promises |\n|---|---|---|---|---|---|---|---|---|---|")
  for _, run in ipairs { { "1.1", 100 }, { "2", 16 } } do
    local problems, counts = commit_state.run({ operations = 10000, seed = seed, http2 = run[1] == "2",
      concurrency = run[2] })
    say("| %s | %d | %d | %d | %d | %d | %d | %d | %d | %d |", run[1], seed, counts.requests, counts.faults,
      counts.succeeded, counts.recovered, counts.failed, counts.doubtful, counts.applied, #problems)
    for _, problem in ipairs(problems) do
      expect(false, "%s", problem)
    end
  end
end

function parts.storms()
  say("\nStorms: requests of %d calls at once, round by round\n", storm.calls)
  say("| the server's trouble | 1 | 2 | 3 | 4 | 5 | all, for each call |\n|---|---|---|---|---|---|---|")
  for _, trouble in ipairs(storm.troubles) do
    local requests, sum = storm.curve(trouble, 5), 0
    for _, count in ipairs(requests) do
      sum = sum + count
    end
    say("| %s | %s | %.3f |", trouble.name, table.concat(requests, " | "), sum / (#requests * storm.calls))
    for round = 2, #requests do
      expect(requests[round] < 1.15 * storm.calls, "%d requests in round %d", requests[round], round)
    end
  end
end

local function show_sample(sample)
  say("| %d | %.0f | %.1f | %.0f | %d | %d |", sample.calls, sample.seconds, sample.resident, sample.heap,
    sample.descriptors, sample.held)
end

function parts.soak(seed)
  say("\nSoak: 200,000 calls, %d at once, a fault in one of %d requests (seed %d)\n", soak.concurrency,
    1 / soak.fault_rate, seed)
  say("| calls | s | resident MiB | Lua heap KiB | descriptors | slots held |\n|---|---|---|---|---|---|")
  local report = soak.run({ calls = 200000, batches = 20, seed = seed, on_sample = show_sample })
  say("\n%d requests, %.0f calls a second, %d drew a 429\n", report.server.requests, report.calls / report.seconds,
    report.server.limited)
  say("| | at least | at most | came |\n|---|---|---|---|")
  for _, row in ipairs(soak.errors(report)) do
    say("| %s | %d | %d | %d |", row.what, row.least, row.most, row.count)
  end
  for _, problem in ipairs(soak.problems(report)) do
    expect(false, "%s", problem)
  end
end

local wanted = parts[arg[1]] and { arg[1] } or { "commit", "storms", "soak" }
local seed = tonumber(arg[2] or arg[1]) or os.time() % 1000000
local started = core.now()
say("%s, seed %d", jit and jit.version or _VERSION, seed)
for _, part in ipairs(wanted) do
  parts[part](seed)
end
say("\n%d broken, %.0f s", broken, core.now() - started)
os.exit(broken == 0 and 0 or 1)
