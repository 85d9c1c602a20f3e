-- After a fork, the child's use opens connections of its own, and the parent's stay as they were.
local child = require("spec.support.child")
local support = require("spec.support.sandbox")

local program = [[
  require("spec.support.trust")
  local process = require("spec.process")
  local client = assert(require("azion").client({ max_attempts = 1 }))
  local function ask(path)
    return client:request("GET", "/edge_applications" .. path)
  end
  assert(ask(""))
  local pid = process.fork()
  if pid == 0 then
    local works = ask("/") ~= nil and ask("/") ~= nil
    %s
  end
  assert(process.wait(pid) == 0, "the child failed")
  assert(ask(""))
  assert(ask(""))
  print("done")
]]

local ends = {
  { "without farewell", "process.leave(works and 0 or 1)" },
  { "in order", "os.exit(works and 0 or 1, true)" },
  { "after closing its client", "client:close() os.exit(works and 0 or 1, true)" },
  { "after dropping its client", "client = nil collectgarbage() collectgarbage() process.leave(works and 0 or 1)" },
}

-- Plain Lua cannot fork: a module of this folder lends it that.
local version = jit and "luajit" or _VERSION:match("%d+%.%d+")
local library = ("build/%s/spec/process.so"):format(version)
assert(os.execute(("make -s --no-print-directory VARIANT= LUA=%s %s"):format(version, library)))
local modules = ("./build/%s/?.so;"):format(version)

for _, http2 in ipairs({ true, false }) do
  describe("a fork over HTTP/" .. (http2 and "2" or "1.1"), function()
    local server
    setup(function() server = support.start({ http2 = http2 }) end)
    teardown(function() server:stop() end)

    for _, case in ipairs(ends) do
      it(("whose child ends %s leaves the parent's connection alone"):format(case[1]), function()
        local before = #server:requests()
        local status, output, errors = child.run({ "-e", program:format(case[2]) }, { environment = {
          LUA_CPATH = package.cpath .. ";" .. modules,
          SPEC_DETECT_LEAKS = "0", -- the child leaves the parent's handles alone, and so their memory
          AZION_BASE_URL = server.sandbox.base_url, AZION_TOKEN = server.sandbox.token,
          SPEC_CA_FILE = server.sandbox.ca_file } })
        assert.equal("", errors)
        assert.equal("done\n", output)
        assert.equal(0, status)
        local parents, childs = {}, {}
        local requests = server:requests()
        for index = before + 1, #requests do
          local list = requests[index].path == "/edge_applications" and parents or childs
          list[#list + 1] = requests[index]
        end
        assert.equal(3, #parents)
        assert.equal(2, #childs)
        assert.equal(parents[1].connection, parents[2].connection)
        assert.equal(parents[1].connection, parents[3].connection)
        assert.equal(childs[1].connection, childs[2].connection)
        assert.not_equal(parents[1].connection, childs[1].connection)
      end)
    end
  end)
end
