-- With one request in five failing before or after it was carried out, a document still comes to rest at what is wanted,
-- and nothing is made or deleted that is not where nothing fails: the journals are counted, the accounts exported.
-- #seconds 20
local core = require("azion.core")
local generator = require("spec.support.random")
local plans = require("spec.support.plans")
local verdict = require("azion.call.verdict")

local documents = { v3 = require("spec.support.random_documents"), v4 = require("spec.support.random_documents_v4") }
local rounds = tonumber(os.getenv("SPEC_ROUNDS")) or 2
local seed = tonumber(os.getenv("SPEC_SEED")) or os.time()
local most_applies = 10

local faults = {
  { rate = 0.09, status = 500 },
  { rate = 0.09, status = 502, apply = true },
  { rate = 0.01, action = "reset" },
  { rate = 0.01, action = "reset", apply = true },
}

local function come_to_rest(client, document, options, where)
  local applies = 0
  while true do
    local plan, err = client:plan(document, options)
    assert(plan or err.kind ~= "invalid", where .. ": " .. tostring(err))
    if plan and plan.empty then
      return applies
    elseif plan then
      assert(applies < most_applies, ("%s: %s"):format(where, tostring(plan)))
      applies = applies + 1
      assert(plan:apply({ max_deletes = 1000 }))
    end
  end
end

local function exported(client)
  for _ = 1, 50 do
    local document = client:export()
    if document then
      return core.encode(document)
    end
  end
end

-- How many creations and deletions were carried out, by their paths.
local function counted(account)
  local counts = {}
  for position, entry in ipairs(account.sandbox:journal()) do
    if position > (account.counted or 0) and entry.applied and (entry.method == "POST" or entry.method == "DELETE") then
      local what = entry.method .. " " .. entry.path:gsub("/[%x-]*%d[%x-]*", "/:id"):gsub("(/buckets/).*", "%1:id")
      counts[what] = (counts[what] or 0) + 1
    end
  end
  account.counted = #account.sandbox:journal()
  return counts
end

local function emptied(document)
  local nothing = {}
  for name in pairs(document) do
    nothing[name] = {}
  end
  return nothing
end

-- Some documents are none for an account that has something already: what stays refers to what would be pruned, or an
-- entry stays what it was and does not take a member that another kind of it takes.
local function is_possible(account, document, options)
  local _, err = account.client:plan(document, options)
  local message = err and err.message or ""
  return not (message:find("cannot be deleted: ", 1, true) or message:find("can be given only if", 1, true))
end

for version, made in pairs(documents) do
  describe("with faults, documents of " .. version, function()
    local least = verdict.backoff_least
    setup(function() verdict.backoff_least = 0.002 end)
    teardown(function() verdict.backoff_least = least end)

    it("come to rest, and nothing is made or deleted twice", function()
      local whole, most, done = plans.start(version), 0, 0
      for round = seed + 1, seed + rounds do
        local where = ("%s, SPEC_SEED=%d, first round"):format(version, round - 1)
        local random = generator(round)
        local faulty = plans.start(version, { faults = faults, fault_seed = round % 10 ^ 6, ids = "random",
          repeated_names = true })
        local client = faulty:new_client({ max_attempts = 3 }) -- so that a call fails now and then
        client.engine.random = function() return 0 end
        local document, other = made.make(random), made.make(random)
        for _, step in ipairs({ { document }, { other }, { other, { prune = true } },
          { emptied(document), { prune = true } } }) do
          if is_possible(whole, step[1], step[2]) then
            done = done + 1
            whole:apply(step[1], step[2], where)
            most = math.max(most, come_to_rest(client, step[1], step[2], where))
            assert.same(counted(whole), counted(faulty), where)
            assert.equal(exported(whole.client), exported(client), where)
          end
        end
        faulty:stop()
      end
      whole:stop()
      assert.is_true(done > 2 * rounds)
      if rounds > 2 then
        print(("%s: %d documents in %d rounds from SPEC_SEED=%d, at most %d applies"):format(version, done, rounds,
          seed, most))
      end
    end)
  end)
end
