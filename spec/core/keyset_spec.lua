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
    local exact = math.type ~= nil
    for _, number in ipairs { 9007199254740991, -9007199254740991, 0.5, 5 } do
      assert.equal(0, set:mark(number, 1))
      assert.equal(1, set:mark(number, 1))
      assert.equal(0, set:mark(tostring(number), 1))
    end
    for _, number in ipairs { 9007199254740992, 9007199254740993, -9007199254740993 } do
      assert.equal(exact and 0 or nil, (set:mark(number, 1)))
    end
    for _, number in ipairs { 2 ^ 53, 1e300, 1 / 0, 0 / 0 } do
      assert.is_nil((set:mark(number, 1)))
    end
  end)

  it("takes nothing but strings and numbers for keys", function()
    local set = core.keyset()
    for _, value in pairs { true, {}, core.null, print } do
      assert.is_nil((set:mark(value, 1)))
    end
    assert.is_nil((set:mark(nil, 1)))
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

  it("refuses what is no turn", function()
    local set = core.keyset()
    for _, turn in ipairs { 0, 64, "x" } do
      assert.is_false((pcall(set.mark, set, "a", turn)))
    end
    assert.is_false((pcall(set.mark, io.stdout, "a", 1)))
  end)
end)
