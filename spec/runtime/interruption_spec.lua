-- Errors that come between any two instructions, as an instruction limit raises them: nothing is lost for good.
local azion = require "azion"
local core = require "azion.core"
local support = require "spec.support.sandbox"

local APPLICATION = 1618339282

describe("an error of a debug hook", function()
  local sandbox, client, origins
  setup(function() sandbox = assert(azion.sandbox.start { limits = { read = 1e6, write = 1e6 } }) end)
  teardown(function() sandbox:stop() end)

  -- Runs `work` while a hook raises after each `count` instructions, so many times, wherever the library is then.
  local function disturb(work, count, shots)
    local function hook()
      if shots > 0 and debug.getinfo(2, "S").short_src:find("azion/", 1, true) then
        shots = shots - 1
        error("limit", 0)
      end
    end
    pcall(function()
      debug.sethook(hook, "", count)
      work()
    end)
    shots = 0
    debug.sethook()
  end

  local works = {
    list = function() return origins:list { page_size = 1 } end,
    all = function() return origins:all { page_size = 5, prefetch = 0 } end,
    each = function()
      for _ in origins:each { page_size = 5, prefetch = 2 } do end
    end,
    map = function()
      return client:map({ 1, 2, 3 }, function() return origins:list { page_size = 1 } end, { concurrency = 3 })
    end,
  }
  for name, work in pairs(works) do
    for shots = 1, 2 do
      it(("in %s (%d times) leaves the next call its place and its slot"):format(name, shots), function()
        client = assert(sandbox:client { concurrency = 1, deadline = 60 })
        origins = client:origins(APPLICATION)
        assert(origins:list())
        for count = 60, 2600, 37 do
          disturb(work, count, shots)
          collectgarbage()
          local started = core.now()
          for _ = 1, 2 do
            assert(origins:list { page_size = 1 })
          end
          assert.is_true(core.now() - started < 20, count)
          client.engine.runtime:sleep(0.02, client.engine) -- pages that were asked for come in
          assert.equal(1, client.engine.places.free, count)
          assert.equal(0, client.engine.budget.buckets.read.in_flight, count)
        end
        client:close()
      end)
    end
  end

  -- What the library has begun and the program has not heard of yet.
  describe("where something was just begun", function()
    local page = '{"count":2,"total_pages":2,"links":{"next":"x"},"results":[{"id":1}]}'
    local server
    setup(function()
      server = support.start { faults = {
        { method = "GET", path = "/edge_applications/8/origins", action = "hang" },
        { method = "GET", path = "/edge_applications/9/origins", status = 200, body = page },
      } }
    end)
    teardown(function() server:stop() end)

    local begun = {
      ["client/shared_iterator.lua"] = function(given)
        for _ in given:origins(8):each { prefetch = 0 } do end
      end,
      ["client/pages_ahead.lua"] = function(given)
        for _ in given:origins(9):each { page_size = 1, prefetch = 2 } do end
      end,
      ["client/map.lua"] = function(given)
        given:map({ 1, 2 }, function() return given:origins(8):list() end)
      end,
    }
    for file, work in pairs(begun) do
      it("reaches the program as it is, and leaves nothing in flight: " .. file, function()
        local given, place, left = server:client { deadline = 1 }, 0, nil
        local function hook()
          if debug.getinfo(2, "S").short_src:sub(-#file) == file then
            left = left - 1
            if left == 0 then
              error("limit", 0)
            end
          end
        end
        repeat
          place = place + 1
          left = place
          local began = core.now()
          debug.sethook(hook, "", 1)
          local _, raised = pcall(work, given)
          debug.sethook()
          local has_waited = left > 0 or core.now() - began > 1
          if not has_waited then
            assert.equal("limit", raised, place)
            collectgarbage()
            collectgarbage()
            given.engine.runtime:drop_abandoned()
            assert.equal("azion.session: 0 in flight", tostring(given.engine.session), place)
          end
        until has_waited
        assert.is_true(place > 10, place)
      end)
    end
  end)
end)
