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
    assert.equal(3, set:mark("a", 50))
    assert.equal(50, set:mark("a", 63))
    assert.equal(63, set:mark("a", 1))
  end)

  it("tells numbers apart that no double can hold, and takes a double that may be one of several for no key", function()
    local set = core.keyset()
    local items = { { id = 9007199254740991 }, { id = 9007199254740992 }, { id = 9007199254740993 },
      { id = -9007199254740993 }, { id = 0.5 } }
    -- Where a double holds two of them, none counts as a key, and all are new.
    local exact = math.type ~= nil
    local fresh, _, keyless = set:sift(items, 1, { "id" })
    assert.equal(5, #fresh)
    assert.equal(not exact, keyless)
    assert.equal(1, #(set:sift({ { id = 5, name = "a" }, { id = 6, name = "a" } }, 2, { "name", "id" })))
  end)

  it("keeps 200,000 keys apart, in less than 4 MB", function()
    local set = core.keyset()
    assert.equal(0, set:bytes())
    for round = 0, 1 do
      for index = 1, 200000 do
        if set:mark(("%08x-0000-4000-8000-%012x"):format(index, index * 7), 1) ~= round then
          error("key " .. index .. " in round " .. round)
        end
      end
    end
    assert.is_true(set:bytes() >= 200000 * 8)
    assert.is_true(set:bytes() <= 4 * 1024 * 1024, "takes " .. set:bytes())
    assert.equal(1, set:mark("00000001-0000-4000-8000-000000000007", 2))
  end)

  it("refuses what is no key and no turn", function()
    local set = core.keyset()
    for _, arguments in ipairs { { 5, 1 }, { nil, 1 }, { "a", 0 }, { "a", 64 }, { "a", "x" } } do
      assert.is_false((pcall(set.mark, set, arguments[1], arguments[2])))
    end
    assert.is_false((pcall(set.mark, io.stdout, "a", 1)))
  end)
end)
