-- What was secret is cleared from the core's memory once it is done with.
local web = require "spec.support.web_server"

local function output_of(command)
  local pipe = assert(io.popen(command .. " 2>&1"))
  local text = pipe:read("*a")
  pipe:close()
  return text
end

local LOCATIONS = [[
location /echo {
  content_by_lua_block {
    ngx.req.read_body()
    ngx.header["X-Echo"] = ngx.var.http_authorization
    ngx.print(ngx.var.http_authorization, ngx.req.get_body_data(), ("."):rep(20000), ngx.var.http_authorization)
  }
}
location /hang { content_by_lua_block { ngx.sleep(30) } }
]]

describe("the core's memory", function()
  local server, program
  setup(function()
    server = web.start { locations = LOCATIONS }
    program = server.folder .. "/wiped"
    -- All of the core that does not know Lua.
    local built = output_of(("gcc -std=c11 -O2 -Wall -Wextra -Werror -Isrc -o %s spec/native/wiped.c"
      .. " $(grep -L -e '\"compat.h\"' -e '\"interrupt' -e '\"json' src/*.c) $(pkg-config --cflags --libs libcurl)"
      .. " -lm -lpthread")
      :format(program))
    assert(built == "", built)
  end)
  teardown(function() server:stop() end)

  it("holds no token, password or reply after the end of a session", function()
    assert.equal("used 1, known 1, left 0, lines left 0\n", output_of(program .. " " .. server.plain_url))
  end)
end)
