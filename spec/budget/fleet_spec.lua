-- A fleet on one token, in processes of their own, against the sandbox's strict count.
-- #seconds 40
local child = require "spec.support.child"
local core = require "azion.core"
local patience = require "spec.support.patience"
local redis = require "spec.support.redis"
local support = require "spec.support.sandbox"

local scripts, operations, window, limit = 8, 240, patience(3), 60

local function start_script(server, count, redis_port)
  return child.start({ "spec/support/fleet_worker.lua", server.sandbox.base_url, server.sandbox.token,
    server.sandbox.ca_file, support.application, count, redis_port })
end

local function finish_script(script, count)
  local status, output, errors = script:finish()
  assert.are.equal(0, status, errors)
  local made, _, failed = output:match("(%d+)%s+(%d+)%s+(%d+)")
  assert.are.equal(count, tonumber(made), errors)
  assert.are.equal(0, tonumber(failed), errors)
end

local function run_fleet(server, redis_port)
  local children, before = {}, core.now()
  for index = 1, scripts do
    children[index] = start_script(server, operations / scripts, redis_port)
  end
  for index = 1, scripts do
    finish_script(children[index], operations / scripts)
  end
  return core.now() - before
end

-- Of each window but the last, and of those that nobody could have used as a whole.
local function least_used(used)
  local least = limit
  for index = 1, #used - 1 do
    least = math.min(least, used[index])
  end
  return least, table.concat(used, " ")
end

local function start_sandbox()
  return support.start { seed = 5, window = window, limits = { kind = "fixed", read = limit, write = limit } }
end

describe("8 scripts on one token", function()
  it("draw no 429 and use each window with a budget in Redis", function()
    local server, store = start_sandbox(), redis.start()
    local seconds = run_fleet(server, store.port)
    local used, refused = server:windows(window), server:refused()
    local least, list = least_used(used)
    local commands = store:command("INFO stats"):match("total_commands_processed:(%d+)")
    print(("\n  Redis: %d refused, %.1f s, windows %s, %s commands"):format(refused, seconds, list, commands))
    assert.is_nil(store:contents():find(server.sandbox.token, 1, true))
    -- A script that waits for Redis for longer than a quarter of a second goes by a count of its own.
    assert.are.equal(0, refused) -- #time
    assert.is_true(least >= 0.98 * limit, "used: " .. list) -- #time
    assert.is_true(seconds <= operations / limit * window + 2, "too slow: " .. seconds) -- #time
    store:stop()
    server:stop()
  end)

  it("are refused often when each keeps a budget of its own", function()
    local server = start_sandbox()
    local seconds = run_fleet(server)
    local used, refused = server:windows(window), server:refused()
    local _, list = least_used(used)
    print(("\n  in process: %d refused, %.1f s, windows %s"):format(refused, seconds, list))
    assert.is_true(refused > 0)
    server:stop()
  end)
end)

describe("a script that is killed", function()
  it("gives its slots in Redis back when the window ends", function()
    -- A window's calls are made 4 at once, each in 0.3 s: that leaves a machine that stands still seconds to spare.
    local few, count, seconds = 12, 34, patience(5)
    local store = redis.start()
    local server = support.start { seed = 5, window = seconds, limits = { read = few }, latency = 0.3 }
    local victim = start_script(server, count, store.port)
    local ends = core.now() + patience(10)
    repeat
      os.execute("sleep 0.05")
    until #server:requests() >= 5 or core.now() > ends
    victim:kill()
    victim:finish()
    finish_script(start_script(server, count, store.port), count)
    local used, refused = server:windows(seconds), server:refused()
    local _, list = least_used(used)
    print("\n  a script killed: windows " .. list)
    assert.are.equal(0, refused)
    assert.is_true(#used >= 3 and #used <= 5, list)
    for index = 2, #used - 1 do
      assert.are.equal(few, used[index], list)
    end
    server:stop()
    store:stop()
  end)
end)
