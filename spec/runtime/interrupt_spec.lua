-- Ctrl-C ends a program within half a second, whatever it waits for.
local child = require("spec.support.child")
local core = require("azion.core")
local support = require("spec.support.sandbox")

local waits = {
  { "in a transfer", 'client:request("GET", "/hang")' },
  { "in a transfer, over and over", 'for _ = 1, 100 do client:request("GET", "/hang", { timeout = 0.3 }) end' },
  { "in the wait for the rate window", 'for _ = 1, 3 do assert(client:request("GET", "/edge_applications")) end' },
  { "in the wait that 429 told", 'client:request("POST", "/limited")' },
  { "in a backoff", 'client:request("GET", "/always", { max_attempts = 30 })' },
  { "in a listing that reads ahead", "for _ in client:origins(7):each({ page_size = 1, prefetch = 8 }) do end" },
  { "in map", 'client:map({ 1, 2, 3, 4 }, function() return client:request("GET", "/hang") end)' },
  { "after much waiting", [[
    for _ = 1, 400 do client:request("POST", "/nowhere") end
    client:map({ 1, 2 }, function()
      for _ = 1, 400 do pcall(client.engine.runtime.sleep, client.engine.runtime, 0.004, client.engine) end
    end)
    client:request("GET", "/hang")]], 5 },
  { "in a coroutine of its own", 'coroutine.wrap(function() client:request("GET", "/hang") end)()' },
  { "in coroutines of its own in map", [[client:map({ 1, 2, 3 }, function()
    return coroutine.wrap(function() return client:request("POST", "/limited") end)()
  end)]] },
  { "in a sort in map", [[client:map({ 1, 2, 3 }, function()
    table.sort({ 1, 2 }, function(a, b)
      for _ = 1, 4 do pcall(client.request, client, "GET", "/hang", { timeout = 20 }) end
      return a < b
    end)
  end)]] },
  { "in a map in a coroutine in a map", [[client:map({ 1, 2 }, function()
    coroutine.wrap(function()
      client:map({ 1, 2 }, function() return client:request("GET", "/always", { max_attempts = 30 }) end)
    end)()
  end)]] },
}

describe("Ctrl-C", function()
  local server
  setup(function()
    server = support.start({ seed = 3, limits = { read = 1, write = false }, faults = {
      { path = "/hang", action = "hang" },
      { path = "/always", status = 500 },
      { path = "/limited", status = 429, headers = { ["Retry-After"] = "60" } },
      { path = "/edge_applications/7/origins", nth = 1, status = 200,
        body = '{"count":9,"total_pages":9,"links":{"next":"x"},"results":[{"id":1}]}' },
      { path = "/edge_applications/7/origins", action = "hang" },
    } })
  end)
  teardown(function() server:stop() end)

  -- Seconds from the signal, which comes after so many others, to the end of a program that waits.
  local function interrupt(wait, seconds)
    local ready = os.tmpname()
    local program = ([[
      local client = assert(require("azion").client())
      local file = assert(io.open(%q, "w"))
      file:write(require("azion.core").pid(), "\n")
      file:close()
      %s
      print("came to its end")
    ]]):format(ready, wait)
    -- A program that was started in the background may ignore SIGINT: this one shall not.
    local running = child.start({ "-e", 'require("spec.support.trust")', "-e", program }, {
      prefix = "env --default-signal=INT",
      environment = { AZION_BASE_URL = server.sandbox.base_url, AZION_TOKEN = server.sandbox.token,
        SPEC_CA_FILE = server.sandbox.ca_file },
    })
    local pid
    local limit = core.now() + 60
    repeat
      os.execute("sleep 0.02")
      local file = assert(io.open(ready))
      pid = file:read("*n")
      file:close()
    until pid or core.now() > limit
    os.remove(ready)
    assert.is_number(pid) -- #time
    os.execute("sleep " .. (seconds or 0.8))
    local sent = core.now()
    os.execute(("kill -INT %d"):format(pid))
    local status, output, errors = running:finish()
    local elapsed = core.now() - sent
    assert.equal("", output)
    assert.equal(1, status)
    assert.truthy(errors:find("interrupted!", 1, true), errors)
    return elapsed
  end

  for _, case in ipairs(waits) do
    it(("%s ends the program within half a second"):format(case[1]), function()
      -- The soonest of a few: what else the machine does only adds to it.
      local elapsed = interrupt(case[2], case[3])
      for _ = 1, 2 do
        elapsed = elapsed < 0.5 and elapsed or math.min(elapsed, interrupt(case[2], case[3]))
      end
      assert.is_true(elapsed < 0.5, elapsed) -- #time
    end)
  end
end)
