-- Errors that come between any two instructions, as an instruction limit raises them: nothing is lost for good.
local azion = require "azion"
local core = require "azion.core"

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
end)
