-- Values in messages: on one line, in UTF-8, cut, and not at all where they may be secret.
local shown = require "azion.api.shown"

describe("a value in a message", function()
  local rows = {
    { "up", '"up"' }, { "", "an empty string" }, { " ", '" "' },
    { 'a"b\\c', '"a\\"b\\\\c"' }, { "a\r\n\tb", '"a\\r\\n\\tb"' },
    { "a\0b\27[0m\127", '"a\\x00b\\x1B[0m\\x7F"' }, { "não", '"não"' }, { "日本 𝄞", '"日本 𝄞"' }, { "n\227o", '"n\\xE3o"' },
    { "\255", '"\\xFF"' }, { "a\194\133b", '"a\\xC2\\x85b"' }, { ("a"):rep(40), '"' .. ("a"):rep(40) .. '"' },
    { ("a"):rep(41), '"' .. ("a"):rep(40) .. '…"' }, { ("é"):rep(30), '"' .. ("é"):rep(19) .. '…"' },

    { ("\255"):rep(1e6), '"' .. ("\\xFF"):rep(39) .. '…"' }, { 5, "5" }, { 1.5, "1.5" },
    { 0 / 0, "nan" }, { true, "true" }, { false, "false" },
    { nil, "nil" }, { {}, "a table" }, { print, "a function" }, { io.stdout, "a userdata" },
  }
  for index = 1, #rows do
    it(("is shown as %s"):format(rows[index][2]), function()
      assert.equal(rows[index][2], shown.value(rows[index][1]))
    end)
  end

  it("that may be secret is told by its kind alone", function()
    for kind, value in pairs { ["a string"] = "s3cret", ["an empty string"] = "", ["a number"] = 12345,
      ["a table"] = {}, ["a boolean"] = true } do
      assert.equal(kind, shown.kind(value))
    end
    assert.equal("nil", shown.kind(nil))
  end)

  it("that may be a secret in the wrong place is shown if it is too short for one", function()
    assert.equal('"30"', shown.short("30"))
    assert.equal('"0123456789abcdef"', shown.short("0123456789abcdef"))
    assert.equal("a string", shown.short("0123456789abcdef0"))
    assert.equal("12345678901234", shown.short(12345678901234))
  end)
end)
