-- The sandbox in a program that signals interrupt, without SA_RESTART: it starts and ends all the same.
local child = require "spec.support.child"

local program = [[
  local process, sandboxes = require("spec.process"), require("azion.sandbox")
  -- More often than a start takes: each of its waits is interrupted many times.
  process.alarm_every(tonumber(arg[1]))
  local folders, pids = {}, {}
  for index = 1, tonumber(arg[2]) do
    local sandbox = assert(sandboxes.start { seed = index })
    folders[index], pids[index] = sandbox.ca_file:match("^(.*)/"), sandbox.pid
    assert(#sandbox:journal() == 0)
    assert(sandbox:stop())
  end
  process.alarm_every(0)
  for index, folder in ipairs(folders) do
    assert(not io.open(folder .. "/options.lua"), "a folder is left")
    assert(not io.open(("/proc/%d/stat"):format(pids[index])), "a process is left")
  end
  io.stdout:write(#folders, " started and ended\n")
]]

local version = jit and "luajit" or _VERSION:match("%d%.%d")
local library = ("build/%s/spec/process.so"):format(version)
assert(os.execute(("make -s --no-print-directory VARIANT= LUA=%s %s"):format(version, library)))
local environment = { LUA_CPATH = package.cpath .. (";./build/%s/?.so;"):format(version) }

describe("the sandbox under signals that interrupt what waits", function()
  for _, case in ipairs { { 0.05, 5 }, { 0.0005, 10 }, { 0.003, 5 } } do
    it(("starts and ends, one every %g s"):format(case[1]), function()
      local status, output, errors = child.run({ "-e", ("arg = { %g, %d }\n"):format(case[1], case[2]) .. program },
        { environment = environment })
      assert.equal(0, status, errors)
      assert.equal(case[2] .. " started and ended\n", output)
    end)
  end
end)
