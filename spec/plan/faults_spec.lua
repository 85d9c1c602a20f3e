-- With one request in five failing before or after it was carried out, a document still comes to rest at what is wanted,
-- and nothing is made twice: the account is exported as one where nothing failed.
-- #seconds 60
local core = require("azion.core")
local plans = require("spec.support.plans")
local v3_documents = require("spec.support.random_documents")

local documents = { v3 = v3_documents, v4 = require("spec.support.random_documents_v4") }
local rounds = tonumber(os.getenv("SPEC_ROUNDS")) or 1
local seed = tonumber(os.getenv("SPEC_SEED")) or os.time()
local most_applies = 10

local function faults()
  return {
    { rate = 0.1, status = 500 },
    { rate = 0.1, status = 502, apply = true },
    { rate = 0.02, action = "reset" },
  }
end

-- As few tries as can be, so that a call fails where it can.
local impatient = { max_attempts = 3 }

local function come_to_rest(client, document, options, where)
  local applies = 0
  while true do
    local plan, err = client:plan(document, options)
    assert(plan or err.kind ~= "invalid", where .. ": " .. tostring(err))
    if plan and plan.empty then
      return
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

for version, made in pairs(documents) do
  it("comes to rest in spite of faults: " .. version, function()
    for round = 1, rounds do
      local where = ("SPEC_SEED=%d, round %d"):format(seed, round)
      local random = v3_documents.generator(seed + round)
      local document, other = made.make(random), made.make(random)
      local faulty = plans.start(version, { faults = faults(), fault_seed = (seed + round) % 10 ^ 6 })
      local client = faulty:new_client(impatient)
      come_to_rest(client, document, nil, where)
      come_to_rest(client, other, nil, where)

      local whole = plans.start(version)
      whole:apply(document, nil, where)
      whole:apply(other, nil, where)
      assert.equal(exported(whole.client), exported(client), where)

      local nothing = {}
      for name in pairs(document) do
        nothing[name] = {}
      end
      come_to_rest(client, nothing, { prune = true }, where)
      assert.equal("{}", exported(client), where)
      whole:stop()
      faulty:stop()
    end
  end)
end
