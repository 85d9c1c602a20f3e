-- The campaign: every fault of a reply, with every method, over every protocol, on new connections and on used ones.
-- #seconds 30
local campaign = require("spec.support.campaign")
local core = require("azion.core")
local faults = require("spec.support.faults")
local patience = require("spec.support.patience")

local function rows_of(protocol)
  local rows = {}
  for _, list in ipairs({ faults.replies, faults.frames }) do
    for _, row in ipairs(list) do
      if not row[3] or row[3]:find(protocol, 1, true) then
        rows[#rows + 1] = row
      end
    end
  end
  return rows
end

for _, protocol in ipairs({ "plain", "tls", "http2" }) do
  describe("over " .. protocol, function()
    local server
    setup(function() server = campaign.start() end)
    teardown(function() campaign.finish(server) end)

    local function check(row, method, client, state)
      local path = ("/%s/%s/%s"):format(row.path, method, state)
      local started = core.now()
      local result = campaign.call(client, method, path, row)
      local elapsed = core.now() - started
      local sent = campaign.check(row, method, state, result, path)
      assert.equal(sent, server:seen(path, sent), path)
      assert.is_true(elapsed < 5 and (not result[2] or result[2].elapsed <= elapsed), elapsed) -- #time
      assert.is_true(client:request("GET", "/fine").ok)
    end

    local function check_all(row)
      local used = campaign.client(server, protocol)
      assert.is_true(used:request("GET", "/fine").ok)
      for _, method in ipairs(campaign.methods) do
        check(row, method, used, "used")
        -- libcurl treats the first request of a connection differently only where a reply does not come.
        if row[2].kind == "network" then
          local client = campaign.client(server, protocol)
          check(row, method, client, "new")
          client:close()
        end
      end
      used:close()
    end

    for _, row in ipairs(rows_of(protocol)) do
      if not row.endless then
        it(row[1], function()
          local before = campaign.resident_bytes()
          check_all(row)
          local grown = campaign.resident_bytes() - before
          assert.is_true(not row.memory or grown < campaign.memory_bound, grown)
        end)
      end
    end

    -- Over HTTP/2 its rest would come before the next reply, however long it is.
    it("what is too large is left behind, with its connection", function()
      local client = campaign.client(server, protocol)
      for _, path in ipairs({ "/endless-100-Continue/GET/left", "/a-bomb/GET/left" }) do
        assert.is_true(client:request("GET", "/fine").ok)
        local opened = client.engine.session:connections()
        local _, err = client:request("GET", path)
        assert.equal("TOO_LARGE", err.code)
        assert.is_true(client:request("GET", "/fine").ok)
        assert.equal(opened + 1, client.engine.session:connections())
      end
      client:close()
    end)

    it("what does not end is ended in time", function()
      local cases = {}
      for _, row in ipairs(rows_of(protocol)) do
        if row.endless then
          for _, method in ipairs(campaign.methods) do
            cases[#cases + 1] = { row = row, method = method, path = ("/%s/%s"):format(row.path, method) }
          end
        end
      end
      assert.is_true(#cases >= 25)
      local client = campaign.client(server, protocol, { timeout = 2.5, concurrency = #cases, pace = false })
      -- Handshakes first: so many at once can use up an attempt's time, of which then nothing is sent.
      client:map(cases, function() return assert(client:request("GET", "/fine", { timeout = 20 })) end)
      local before, started = campaign.resident_bytes(), core.now()
      local results, failures = client:map(cases, function(case)
        return campaign.call(client, case.method, case.path, case.row)
      end)
      local elapsed = core.now() - started
      assert.same({}, failures)
      assert.is_true(campaign.resident_bytes() - before < 2 * campaign.memory_bound)
      for index, case in ipairs(cases) do
        local result = results[index]
        local sent = campaign.check(case.row, case.method, "used", result, case.path)
        local seen = server:seen(case.path, 1)
        -- A second attempt has a handshake of its own.
        assert.is_true(seen >= 1 and seen <= sent, case.path)
      end
      assert.is_true(client:request("GET", "/fine", { timeout = patience(2.5) }).ok)
      client:close()
      assert.is_true(elapsed >= 5 and elapsed < 10, elapsed) -- #time
      for _, result in ipairs(results) do
        local took, least = result[2].elapsed, 2.5 * result[2].attempts
        assert.is_true(took >= least and took < least + 3, took) -- #time
      end
    end)
  end)
end
