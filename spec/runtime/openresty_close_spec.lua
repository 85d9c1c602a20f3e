-- Under nginx: what becomes of light threads that wait when their client is closed.
local core = require "azion.core"
local openresty = require "spec.support.openresty"
local support = require "spec.support.sandbox"

describe("a client that is closed under nginx", function()
  local server, web
  setup(function()
    server = support.start { latency = 3 }
    web = openresty.start(server.sandbox, { client = "{ concurrency = 1, pace = false }", locations = [[
      location = /close { content_by_lua_block {
        local client = require "shared"
        local function get()
          local value, err = client:request("GET", "/edge_applications")
          return value == nil and ("%s after %d attempts"):format(err.kind, err.attempts) or "a value"
        end
        local threads = { ngx.thread.spawn(get), ngx.thread.spawn(get), ngx.thread.spawn(get) }
        ngx.sleep(0.3)
        client:close()
        for _, thread in ipairs(threads) do
          ngx.say(select(2, ngx.thread.wait(thread)))
        end
        ngx.say(get())
      } }
    ]] })
  end)
  teardown(function()
    web:stop()
    server:stop()
  end)

  it("wakes who is in flight and who waits for a place", function()
    local before = core.now()
    local reply = web:get("/close")
    local elapsed = core.now() - before
    assert.equal("closed after 1 attempts\nclosed after 0 attempts\nclosed after 0 attempts\n"
      .. "closed after 0 attempts\n", reply.body)
    assert.same({}, web:errors())
    assert.is_true(elapsed >= 0.3 and elapsed < 2.5, elapsed) -- #time
  end)
end)
