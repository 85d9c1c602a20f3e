-- What the client tells of each operation is what became of it, at a server that fails one request in five before or
-- after it has carried it out.
-- #seconds 25
local commit_state = require "spec.support.commit_state"

-- 10,000 operations. Over HTTP/2 fewer are in flight: a reset ends whatever else is on the connection.
local runs = {
  { operations = 8000, seed = 1, http2 = false, concurrency = 100 },
  { operations = 2000, seed = 2, http2 = true, concurrency = 16 },
}

describe("commit state", function()
  for _, run in ipairs(runs) do
    it(("is told truly of %d operations over HTTP/%s (seed %d)"):format(run.operations, run.http2 and "2" or "1.1",
      run.seed), function()
      local broken, counts = commit_state.run(run)
      assert.equal(0, #broken, table.concat(broken, "\n", 1, math.min(#broken, 20)))
      assert.equal(run.operations, counts.operations)
      -- That there was something to tell: one in five failed, of each kind of outcome there were many.
      local share = counts.faults / counts.requests
      assert.is_true(share > 0.17 and share < 0.23, "share of faults: " .. share)
      assert.is_true(counts.recovered > 0.04 * run.operations and counts.recovered < 0.2 * run.operations)
      assert.is_true(counts.failed > 0.08 * run.operations and counts.failed < 0.3 * run.operations)
      assert.is_true(counts.applied > 0.02 * run.operations and counts.applied < counts.doubtful)
    end)
  end
end)
