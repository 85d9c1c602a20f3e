-- What the description lets a caller send passes the check, and is kept so that it would pass again, unchanged.
local check = require("azion.api.check")
local core = require("azion.core")
local fill = require("azion.api.fill")
local generator = require("spec.support.random")
local random_items = require("spec.support.random_items")

local rounds = 200
local seed = tonumber(os.getenv("SPEC_SEED")) or os.time()

local function problem_of(holder, item, mode, base)
  local body, problems = check.body(holder, item, mode, { whole = true, strict = true, base = base })
  return body, problems and ("%s: %s: %s"):format(problems[1].at, problems[1].rule, problems[1].text)
end

for _, version in ipairs({ "v3", "v4" }) do
  for _, resource in ipairs(require("azion.api." .. version .. ".resources")) do
    describe(("%s of %s, at random"):format(resource.name, version), function()
      it("passes, is kept as it would be taken, and stays so", function()
        local random = generator(seed)
        for round = 1, rounds do
          local given = random_items.make(random, resource)
          local where = ("SPEC_SEED=%d, round %d: %s"):format(seed, round, core.encode(given))
          local body, problem = problem_of(resource, given, "create")
          assert.is_nil(problem, where)
          assert.equal(core.encode(given), core.encode(body))
          local item = fill.item(resource, body, "create")
          local kept = core.encode(item)
          assert.is_nil((select(2, problem_of(resource, item, "create"))), where)
          assert.equal(kept, core.encode(fill.item(resource, item, "create")), where)
          assert.equal(kept, core.encode(fill.item(resource, item, "overwrite", item)), where)
          assert.equal(kept, core.encode(fill.item(resource, {}, "update", item)), where)
          assert.is_nil((select(2, problem_of(resource, {}, "update", item))), where)
        end
      end)

      it("misses each field that is required", function()
        local random = generator(seed)
        for _, field in ipairs(resource.fields) do
          if field.required == true and not field.when then
            local given = random_items.make(random, resource)
            given[field.name] = nil
            local _, problems = check.body(resource, given, "create", { whole = true })
            local found = false
            for _, problem in ipairs(problems) do
              found = found or (problem.at == field.name and problem.rule == "required")
            end
            assert.is_true(found, field.name)
          end
        end
      end)
    end)
  end
end
