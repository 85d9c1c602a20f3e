-- Under nginx: how much faster calls are that wait side by side. Neighbours would take the processor for it away.
-- #alone
local openresty = require "spec.support.openresty"
local patience = require "spec.support.patience"
local support = require "spec.support.sandbox"

describe("replies that come together under nginx", function()
  it("are given out together", function()
    local server = support.start { seed = 3, latency = 0.005 }
    local web = openresty.start(server.sandbox, { client = "{ concurrency = 8, pace = false }", locations = [[
      location = /rate { content_by_lua_block {
        local client, now = require "shared", require("azion.core").now
        local function seconds_each(width, count)
          local items, began = {}, now()
          for index = 1, count do items[index] = index end
          local _, failures = client:map(items, function()
            return client:origins(1618339282):list { page_size = 1 }
          end, { concurrency = width })
          assert(#failures == 0, failures[1] and tostring(failures[1].err))
          return (now() - began) / count
        end
        seconds_each(8, 40)
        ngx.print(seconds_each(1, 80) / seconds_each(8, 640))
      } }
    ]] })
    local reply = web:get("/rate", patience(30))
    assert.equal(200, reply.status, web:errors()[1])
    assert.is_true(tonumber(reply.body) > 5.5, reply.body) -- #time
    web:stop()
    server:stop()
  end)
end)
