-- Runs the programs of this folder against a sandbox, and ends with "N passed, N failed"; before that, what failed is
-- told once more, in lines that begin with "-- failed: ".
--
--   lua5.4 spec/native/run.lua oom STEP PROGRAM...          with every STEP-th allocation failing
--   lua5.4 spec/native/run.lua threads ROUNDS PROGRAM...
local support = require("spec.support.sandbox")

io.stdout:setvbuf("line")
local passed, failed = 0, 0
local retold = {}

-- What it said is shown before: `noise`.
local function tell(ok, noise, text, ...)
  passed, failed = passed + (ok and 1 or 0), failed + (ok and 0 or 1)
  text = text:format(...)
  for _, line in ipairs(noise) do
    print("        " .. line)
  end
  print((ok and "ok      " or "failed  ") .. text)
  if not ok then
    retold[#retold + 1] = "-- failed: " .. text
    for _, line in ipairs(noise) do
      retold[#retold + 1] = "-- failed:   " .. line
    end
  end
end

local function start()
  return support.start({ seed = 25, limits = { read = 1000000, write = 1000000, purge = 1000000 } })
end

-- Lines of the output of a program that knows the sandbox; then whether it ended well.
local function output_of(server, ...)
  local sandbox, words = server.sandbox, { "env" }
  for name, value in pairs({ AZION_BASE_URL = sandbox.base_url, AZION_TOKEN = sandbox.token,
    SPEC_CA_FILE = sandbox.ca_file, SPEC_EMAIL = sandbox.email, SPEC_PASSWORD = sandbox.password,
    LSAN_OPTIONS = "print_suppressions=0:suppressions=spec/native/leaks.supp",
    TSAN_OPTIONS = "halt_on_error=0:second_deadlock_stack=1" }) do
    words[#words + 1] = name .. "='" .. value .. "'"
  end
  local pipe = assert(io.popen(table.concat(words, " ") .. " " .. table.concat({ ... }, " ") .. " 2>&1"))
  local lines = {}
  for line in pipe:lines() do
    lines[#lines + 1] = line
  end
  return lines, pipe:close() == true
end

-- ---- out of memory ----

local scenarios = { "client", "connect", "read", "each", "abandon", "write", "map", "request", "purge", "tokens",
  "errors", "v4", "events", "close", "json", "functions", "load" }

-- Plays one scenario from `first` on.
local function sweep(server, program, scenario, mode, first, step)
  local lines, ok = output_of(server, program, scenario, mode, first, step)
  local result = { at = first, runs = 0, allocations = 0, noise = {} }
  for _, line in ipairs(lines) do
    local runs, allocations = line:match("^end (%d+) runs, (%d+) allocations$")
    local problem = line:match("^wrong %d+: (.*)") or line
    if runs then
      result.runs, result.allocations, result.ended = tonumber(runs), tonumber(allocations), true
    elseif line:find("^at %d+$") then
      result.at = tonumber(line:match("%d+"))
    elseif not result.noise[problem] then
      result.noise[problem] = true
      result.noise[#result.noise + 1] = line
    end
  end
  if not result.ended then
    result.noise[#result.noise + 1] = ("crashed at %d"):format(result.at)
  end
  result.ok = ok and #result.noise == 0
  return result
end

local most_crashes = 20

-- A crash ends the program: the next n is where to go on.
local function run_oom(server, program, step, scenario, mode)
  local first, runs, crashes, noise = 1, 0, 0, {}
  local result
  repeat
    result = sweep(server, program, scenario, mode, first, step)
    for _, line in ipairs(result.noise) do
      noise[#noise + 1] = line
    end
    runs = runs + (result.ended and result.runs or (result.at - first) / step + 1)
    crashes = crashes + (result.ended and 0 or 1)
    first = result.at + step
  until result.ended or crashes == most_crashes
  tell(result.ok and crashes == 0, noise, "%s: %s, %s: %d allocations, %d runs, %d crashes", program, scenario, mode,
    result.allocations, runs, crashes)
  return runs
end

-- Where a single n was found to matter, none is left out of those that fail alone.
local steps = { connect = 1 }

local function run_all_oom(step, programs)
  local runs = 0
  for _, program in ipairs(programs) do
    local server = start()
    for _, scenario in ipairs(scenarios) do
      runs = runs + run_oom(server, program, steps[scenario] or step, scenario, "once")
      runs = runs + run_oom(server, program, step, scenario, "from")
    end
    server:stop()
  end
  print(("%d runs in which an allocation failed"):format(runs))
end

-- ---- threads ----

local function run_threads(program, rounds)
  local server = start()
  local lines, ok = output_of(server, program, rounds)
  local last = table.remove(lines) or ""
  local connections = {}
  local requests = server:requests()
  for _, request in ipairs(requests) do
    connections[request.connection] = true
  end
  local count = 0
  for _ in pairs(connections) do
    count = count + 1
  end
  server:stop()
  tell(ok and #lines == 0, lines, "%s: %s, %d requests over %d connections", program, last, #requests, count)
end

local words = { ... }
local what, amount, programs = words[1], words[2], { select(3, ...) }
if what == "oom" then
  run_all_oom(tonumber(amount), programs)
elseif what == "threads" then
  for _, program in ipairs(programs) do
    run_threads(program, amount)
  end
else
  error("run what?")
end
for _, line in ipairs(retold) do
  print(line)
end
print(("%d passed, %d failed"):format(passed, failed))
os.exit(failed == 0 and passed > 0)
