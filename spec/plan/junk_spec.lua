-- Whatever a document holds, planning it ends in a plan or in a list of its mistakes.
-- #seconds 8
local azion = require("azion")
local plans = require("spec.support.plans")
local generator = require("spec.support.random")

local documents = { v3 = require("spec.support.random_documents"), v4 = require("spec.support.random_documents_v4") }
local rounds = tonumber(os.getenv("SPEC_ROUNDS")) or 60
local seed = tonumber(os.getenv("SPEC_SEED")) or os.time()

local junk = { azion.null, {}, azion.array({}), 7, -1.5, "x", "", true, false, { 1, 2 }, { {} }, { a = 1 },
  { name = "app 1" }, ("y"):rep(3000), 2 ^ 60, "7", { azion.null }, 0 / 0, print, { [1.5] = 2 }, { [true] = 1 } }

local function copy(value)
  if type(value) ~= "table" then
    return value
  end
  local made = setmetatable({}, getmetatable(value))
  for name, member in next, value do
    made[name] = copy(member)
  end
  return made
end

-- Puts something else somewhere.
local function spoil(random, value)
  local names = {}
  for name in next, value do
    names[#names + 1] = name
  end
  table.sort(names, function(one, other) return tostring(one) < tostring(other) end)
  local name = names[1] and names[random(#names)] or "name"
  if type(value[name]) == "table" and next(value[name]) ~= nil and random(5) > 1 then
    return spoil(random, value[name])
  end
  value[random(6) == 1 and "zzz" or name] = copy(junk[random(#junk)])
end

for version, made in pairs(documents) do
  it("a document of " .. version .. " with junk in it is planned, or refused with its mistakes", function()
    local account, random = plans.start(version), generator(seed)
    local first = made.make(random)
    account:apply(first)
    local refused = 0
    for round = 1, rounds do
      local document, where = copy(first), ("SPEC_SEED=%d, round %d"):format(seed, round)
      for _ = 1, random(3) do
        spoil(random, document)
      end
      local plan, err = account.client:plan(document, { prune = random(2) == 1 })
      assert(plan and tostring(plan) or err.kind == "invalid" and next(err.fields), where)
      refused = refused + (plan and 0 or 1)
    end
    assert.is_true(refused > rounds / 2)
    account:stop()
  end)
end
