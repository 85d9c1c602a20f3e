-- Ctrl-C and crashes at any moment of an apply: the next run carries on from what is there, and nothing is made or deleted
-- twice.
-- #seconds 25
local child = require("spec.support.child")
local core = require("azion.core")
local generator = require("spec.support.random")
local plans = require("spec.support.plans")

local documents = { v3 = require("spec.support.random_documents"), v4 = require("spec.support.random_documents_v4") }
local rounds = tonumber(os.getenv("SPEC_ROUNDS")) or 1
local seed = tonumber(os.getenv("SPEC_SEED")) or os.time()
local most_ends = 6

-- What a user's script does, with a document of its own.
local program = [[
local version, seed, name, prunes = arg[1], tonumber(arg[2]), arg[3], arg[4] == "true"
local generator = require("spec.support.random")
local made = require("spec.support.random_documents" .. (version == "v4" and "_v4" or ""))
local random = generator(seed)
local documents = { first = made.make(random), second = made.make(random), nothing = {} }
for name in pairs(documents.first) do documents.nothing[name] = {} end
local client = assert(require("azion")[version].client())
local plan = assert(client:plan(documents[name], { prune = prunes }))
local report = assert(plan:apply({ max_deletes = 1000 }))
assert(report.ok, report.failed[1] and tostring(report.failed[1].err))
]]

local function start(account, path, round, name, prunes)
  local sandbox = account.sandbox
  return child.start({ path, account.version, tostring(round), name, tostring(prunes) }, { environment = {
    AZION_TOKEN = sandbox.token, AZION_CA_FILE = sandbox.ca_file,
    AZION_BASE_URL = account.version == "v3" and sandbox.base_url or false,
    AZION_V4_BASE_URL = account.version == "v4" and sandbox.base_url or false } })
end

-- Runs it again and again, and ends it after so many of its requests, until it came to its end by itself.
local function run_to_the_end(account, path, random, where, ...)
  for ends = 0, most_ends do
    local run, runtime = start(account, path, ...), account.client.engine.runtime
    local last = ends < most_ends and #account.sandbox:journal() + random(80) or math.huge
    local deadline = core.now() + 2
    while #account.sandbox:journal() < last and core.now() < deadline and last < math.huge do
      runtime:sleep(0.003)
    end
    if last < math.huge then
      run[random(2) == 1 and "interrupt" or "kill"](run)
    end
    local status, _, errors = run:finish()
    if status == 0 then
      return ends
    end
    assert(status == 137 or status == 130 or errors:find("interrupted", 1, true), where .. ": " .. errors)
  end
  error(where .. ": did not come to its end")
end

local function counted(account)
  local counts = {}
  for _, entry in ipairs(account.sandbox:journal()) do
    if entry.applied and (entry.method == "POST" or entry.method == "DELETE") then
      local what = entry.method .. " " .. entry.path:gsub("/[%x-]*%d[%x-]*", "/:id"):gsub("(/buckets/).*", "%1:id")
      counts[what] = (counts[what] or 0) + 1
    end
  end
  return counts
end

describe("an apply that is interrupted", function()
  local path

  setup(function()
    path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write(program)
    file:close()
  end)

  teardown(function()
    os.remove(path)
  end)

  for version, made in pairs(documents) do
    it("is carried on by the next, in " .. version, function()
      for round = seed + 1, seed + rounds do
        local where = ("%s, SPEC_SEED=%d"):format(version, round - 1)
        local random = generator(round)
        local account = plans.start(version, { ids = "random", repeated_names = true, work_latency = 0.003 })
        local whole = plans.start(version)
        local first, second = made.make(random), made.make(random)
        local nothing, interruptions = {}, 0
        for name in pairs(first) do
          nothing[name] = {}
        end
        for _, step in ipairs({ { "first", first }, { "second", second }, { "nothing", nothing, true } }) do
          whole:apply(step[2], { prune = step[3] }, where)
          interruptions = interruptions + run_to_the_end(account, path, random, where, round, step[1], step[3] or false)
          account:rests(step[2], { prune = step[3] }, where)
          assert.same(counted(whole), counted(account), where)
          local expected, exported = assert(whole.client:export()), assert(account.client:export())
          assert.equal(core.encode(expected), core.encode(exported), where)
        end
        assert.is_true(interruptions > 0, where)
        account:stop()
        whole:stop()
      end
    end)
  end
end)
