-- Whatever the description allows can be planned, applied, planned again to nothing, exported, and planned from that.
-- #seconds 40
local core = require("azion.core")
local generator = require("spec.support.random")
local names = require("azion.plan.names")
local plans = require("spec.support.plans")

local resources = { v3 = require("azion.api.v3.resources"), v4 = require("azion.api.v4.resources") }
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

local uncertain = { read_only = true, write_only = true, not_kept = true, create_only = true, hidden = true,
  secret = true, when = true, shown_as = true, also = true }
local scalar = { text = true, integer = true, number = true, boolean = true, choice = true }

-- By another way than a plan compares: plain values that a document gives are in the export, however deep, and lists
-- are as long.
local function assert_values(fields, wanted, got, where)
  local count = 0
  for _, field in ipairs(fields) do
    local value, is_certain = wanted[field.name], true
    for flag in pairs(uncertain) do
      is_certain = is_certain and not field[flag]
    end
    if is_certain and field.kind == "list" and type(value) == "table" and value[1] ~= nil then
      assert.equal(#value, #got[field.name], where .. "." .. field.name)
    elseif is_certain and scalar[field.kind] and value ~= nil and value ~= core.null and value ~= "" then
      assert.equal(value, got[field.name], where .. "." .. field.name)
      count = count + 1
    elseif field.kind == "object" and type(value) == "table" and type(got[field.name]) == "table" then
      count = count + assert_values(field.fields, value, got[field.name], where .. "." .. field.name)
    end
  end
  return count
end

local function assert_items(version, holder, wanted, got, where)
  local count = 0
  for _, resource in ipairs(resources[version]) do
    local lists = resource.parent == holder and wanted[resource.name]
    for _, phase in ipairs(lists and (resource.phases or { false }) or {}) do
      local list, found = lists, got[resource.name]
      if phase then
        list, found = lists[phase], (found or {})[phase]
      end
      for _, item in ipairs(list and (list[1] ~= nil and list or { list }) or {}) do
        for _, other in ipairs(found and (found[1] ~= nil and found or { found }) or {}) do
          if names.identity(resource, item) == names.identity(resource, other) then
            local at = ("%s %s %s"):format(where, resource.name, tostring(item.name or item.key))
            count = count + assert_values(resource.fields, item, other, at)
              + assert_items(version, resource.name, item, other, at)
          end
        end
      end
    end
  end
  return count
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
        assert.is_true(assert_items(version, nil, document, exported, where) > 20, where)
        account:rests(exported, nil, where)
        account:rests(exported, { prune = true }, where)

        local other = made.make(random) -- over what is there
        account:apply(other, nil, where)
        account:rests(other, nil, where)
        assert_items(version, nil, other, (assert(account.client:export())), where)
        account:apply(emptied(document), { prune = true }, where)
        assert.same({}, (assert(account.client:export())), where)
        account:stop()
      end
    end)
  end)
end
