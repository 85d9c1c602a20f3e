local grid = require "azion.command.grid"
local width = require "azion.command.width"

describe("the width of a text", function()
  it("is that of its characters on a terminal", function()
    assert.equal(5, width.of("plain"))
    assert.equal(4, width.of("ação"))
    assert.equal(4, width.of("漢字"))
    assert.equal(2, width.of("🙂"))
    assert.equal(1, width.of("e\204\129"))
    assert.equal(0, width.of(""))
    assert.equal(9, width.of("⌚⏰☕✅x"))
    assert.equal(9, width.of("กำลังทดสอบ"))
    assert.equal(2, width.of("❤️"))
    assert.equal(4, width.of("שָׁלוֹם"))
  end)

  it("is cut to what there is, with a mark", function()
    assert.equal("abcdef", width.cut("abcdef", 6, true))
    assert.equal("abcd…", width.cut("abcdef", 5, true))
    assert.equal("ab...", width.cut("abcdef", 5, false))
    assert.equal("ab.", width.cut("abcdef", 3, false))
    assert.equal("漢…", width.cut("漢字漢", 4, true))
    for most = 1, 8 do
      assert.is_true(width.of(width.cut("añ漢b🙂c漢d", most, true)) <= most)
    end
  end)

  it("survives bytes that are not UTF-8", function()
    assert.is_number(width.of("\128\255a\192"))
    assert.is_string(width.cut("\255\254\253\252", 2, true))
  end)

  it("does not steer the terminal", function()
    assert.equal("a [2Jb c", width.plain("a\27[2Jb\nc"))
    assert.equal("a b", width.plain("a\194\155b"))
    assert.equal("a b", width.plain("a\226\128\174b"))
  end)
end)

describe("a grid", function()
  local look = { utf8 = true, colour = false }

  it("has numbers to the right and words to the left", function()
    assert.same({ "id  name", " 7  a", "10  long" }, grid.lines({ "id", "name" }, { { 7, "a" }, { 10, "long" } }, look))
    assert.same({ "id  name", "-   a", "x7  b" }, grid.lines({ "id", "name" }, { { nil, "a" }, { "x7", "b" } }, look))
  end)

  it("marks what is not there faintly", function()
    local lines = grid.lines({ "a", "b" }, { { nil, 1 } }, { utf8 = true, colour = true })
    assert.equal("\27[1ma\27[0m  \27[1mb\27[0m", lines[1])
    assert.equal("\27[2m-\27[0m  1", lines[2])
  end)

  it("takes from the widest column first", function()
    look.width = 14
    assert.same({ "a      b", "short  a long…" }, grid.lines({ "a", "b" }, { { "short", "a long text" } }, look))
  end)
end)
