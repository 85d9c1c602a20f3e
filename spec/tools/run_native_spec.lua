-- The program that runs those of spec/native/: what it tells of them at its end.
local files = require "spec.support.files"
local shell = require "spec.support.shell"

-- Plays no scenario, but says what one that fails would say.
local program = [[#!/bin/sh
echo "at $3"
case $1-$3 in
map-*) echo "wrong 5: places are lost"; echo "end 1 runs, 9 allocations"; exit 1 ;;
read-1) kill -KILL $$ ;;
esac
echo "end 1 runs, 9 allocations"
]]

describe("spec/native/run.lua", function()
  it("tells at its end once more which scenario failed, at which allocation, and how", function()
    local path = shell.output_of("mktemp")
    files.write(path, program)
    os.execute("chmod +x " .. path)
    local lines = shell.lines_of("lua5.4 spec/native/run.lua oom 61 " .. path)
    os.remove(path)
    local count, told = #lines, {}
    while lines[count - 1 - #told]:find("^%-%- failed: ") do
      table.insert(told, 1, lines[count - 1 - #told])
    end
    assert.equal("30 passed, 4 failed", lines[count])
    local text = table.concat(told, "\n"):gsub(path, "PROGRAM"):gsub("Killed\n%-%- failed:   ", "")
    assert.equal([[
-- failed: PROGRAM: read, once: 9 allocations, 2 runs, 1 crashes
-- failed:   crashed at 1
-- failed: PROGRAM: read, from: 9 allocations, 2 runs, 1 crashes
-- failed:   crashed at 1
-- failed: PROGRAM: map, once: 9 allocations, 1 runs, 0 crashes
-- failed:   wrong 5: places are lost
-- failed: PROGRAM: map, from: 9 allocations, 1 runs, 0 crashes
-- failed:   wrong 5: places are lost]], text)
  end)
end)
