-- A plan of 2,000 items takes the reads that it needs, no longer than their limit asks for, and little memory.
-- #alone
local child = require("spec.support.child")

it("a plan of 2,000 items keeps to the rate limit's time, and is small", function()
  local status, output, errors = child.run({ "bench/plan.lua", "3" })
  assert.same({ 0, "" }, { status, errors })
  local steps, reads, seconds, least, megabytes =
    output:match("^(%d+) steps, (%d+) reads: (%S+) s, at best (%S+) s %(%S+ times that%), at most (%S+) MB\n$")
  assert.same({ "2000", "602", "9.00" }, { steps, reads, least }, output)
  assert.is_true(tonumber(seconds) >= 8.5, output)
  assert.is_true(tonumber(seconds) < 18, output) -- #time
  assert.is_true(tonumber(megabytes) < 60, output) -- #time
end)
