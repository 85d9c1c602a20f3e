-- What may stand in a request.
local wire = require "azion.api.wire"

describe("text of a request", function()
  it("is percent-encoded but for the unreserved characters", function()
    local unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    assert.equal(unreserved, wire.escape(unreserved))
    for byte = 0, 255 do
      local char = string.char(byte)
      if not unreserved:find(char, 1, true) then
        assert.equal(("%%%02X"):format(byte), wire.escape(char))
      end
    end
    assert.equal("", wire.escape(""))
    assert.equal(("%20"):rep(100000), wire.escape((" "):rep(100000)))
  end)

  it("may be a path segment or not", function()
    for _, good in ipairs { "1", "a b", "...", ".a", " . ", "%2e", "a/b", "\195\169", ("x"):rep(1024) } do
      assert.is_true(wire.is_segment(good), good)
    end
    for _, bad in ipairs { "", " ", "   ", ".", "..", "\0", "a\0b", "a\nb", "\t", "\127", ("x"):rep(1025) } do
      assert.is_false(wire.is_segment(bad), bad)
    end
  end)

  it("may be a header value or not", function()
    for _, good in ipairs { "", "token x", "a\tb", "\195\169" } do
      assert.is_true(wire.is_header_value(good), good)
    end
    for byte = 0, 127 do
      local control = (byte < 32 and byte ~= 9) or byte == 127
      assert.equal(not control, wire.is_header_value("a" .. string.char(byte) .. "b"))
    end
  end)
end)
