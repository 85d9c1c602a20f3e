-- Many requests, 16 at once, to a sandbox that fails one in twenty. (`make soak` makes 200,000.)
-- #seconds 20
local soak = require "spec.support.soak"

describe("a soak of 5,000 calls", function()
  local report
  setup(function()
    report = soak.run({ calls = 5000, batches = 5, seed = 1 })
  end)

  it("takes no more memory or descriptors, loses no slot, and fails as often as expected", function()
    local problems = soak.problems(report)
    assert.equal(0, #problems, table.concat(problems, "\n"))
  end)

  it("meets faults, and gets over most of them", function()
    assert.equal(5000, report.calls)
    assert.is_true(report.server.faulty > 100)
    local failed = 0
    for _, count in pairs(report.errors) do
      failed = failed + count
    end
    assert.is_true(failed > 40 and failed < 300, "failed: " .. failed)
  end)

  it("keeps inside the rate that the server allows, and near it", function()
    local rate = report.calls / report.seconds
    assert.is_true(rate < soak.limits.read + soak.limits.write, "calls a second: " .. rate)
    assert.is_true(rate > 50, "calls a second: " .. rate) -- #time
  end)
end)
