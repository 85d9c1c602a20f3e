-- The marks of keys that paging keeps: as small as they are said to be, and right.
local core = require "azion.core"

describe("a keyset", function()
  it("tells in which turn a key was met last", function()
    local set = core.keyset()
    assert.equal(0, set:mark("a", 1))
    assert.equal(1, set:mark("a", 1))
    assert.equal(1, set:mark("a", 2))
    assert.equal(2, set:mark("a", 3))
    assert.equal(0, set:mark("", 1))
    assert.equal(1, set:mark("", 1))
    assert.equal(0, set:mark("a\0b", 1))
    assert.equal(0, set:mark("a\0c", 1))
    assert.equal(3, set:mark("a", 1))
  end)

  it("keeps 200,000 keys apart, in less than 6 MB", function()
    local function resident()
      for line in io.lines("/proc/self/status") do
        local kilobytes = line:match("^VmRSS:%s*(%d+)")
        if kilobytes then
          return tonumber(kilobytes)
        end
      end
    end
    collectgarbage()
    collectgarbage()
    local before = resident()
    local set = core.keyset()
    for round = 0, 1 do
      for index = 1, 200000 do
        if set:mark(("%08x-0000-4000-8000-%012x"):format(index, index * 7), 1) ~= round then
          error("key " .. index .. " in round " .. round)
        end
      end
    end
    collectgarbage()
    collectgarbage()
    assert.is_true(resident() - before < 6 * 1024, "grew by " .. resident() - before .. " kB")
    assert.equal(1, set:mark("00000001-0000-4000-8000-000000000007", 2))
  end)

  it("refuses what is no key and no turn", function()
    local set = core.keyset()
    for _, arguments in ipairs { { 5, 1 }, { nil, 1 }, { "a", 0 }, { "a", 4 }, { "a", "x" } } do
      assert.is_false((pcall(set.mark, set, arguments[1], arguments[2])))
    end
    assert.is_false((pcall(set.mark, io.stdout, "a", 1)))
  end)
end)
