-- Whatever the description allows can be planned, applied, planned again to nothing, exported, and planned from that.
-- #seconds 40
local generator = require("spec.support.random")
local plans = require("spec.support.plans")

local documents = { v3 = require("spec.support.random_documents"), v4 = require("spec.support.random_documents_v4") }

local rounds = tonumber(os.getenv("SPEC_ROUNDS")) or 4
local seed = tonumber(os.getenv("SPEC_SEED")) or os.time()

-- A list of each collection, with nothing in it.
local function emptied(document)
  local nothing = {}
  for name in pairs(document) do
    nothing[name] = {}
  end
  return nothing
end

for version, made in pairs(documents) do
  describe("documents of " .. version .. " at random", function()
    it("come to rest, and are exported as they are", function()
      for round = 1, rounds do
        local account = plans.start(version)
        local random = generator(seed + round)
        local where = ("SPEC_SEED=%d, round %d"):format(seed, round)
        local document = made.make(random)
        account:apply(document, nil, where)
        account:rests(document, nil, where)
        local exported = assert(account.client:export())
        account:rests(exported, nil, where)
        account:rests(exported, { prune = true }, where)

        local other = made.make(random) -- over what is there
        account:apply(other, nil, where)
        account:rests(other, nil, where)
        account:apply(emptied(document), { prune = true }, where)
        assert.same({}, (assert(account.client:export())), where)
        account:stop()
      end
    end)
  end)
end
