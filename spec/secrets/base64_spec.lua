-- Base64 (RFC 4648, section 4).
local base64 = require "azion.secrets.base64"
local core = require "azion.core"

describe("Base64", function()
  -- RFC 4648, section 10.
  local rows = { [""] = "", f = "Zg==", fo = "Zm8=", foo = "Zm9v", foob = "Zm9vYg==", fooba = "Zm9vYmE=",
    foobar = "Zm9vYmFy", ["\0\255\254"] = "AP/+" }
  for bytes, text in pairs(rows) do
    it(("of %q reads and writes"):format(bytes), function()
      assert.equal(text, base64.encode(bytes))
      assert.equal(bytes, base64.decode(text))
      assert.equal(bytes, base64.decode((text:gsub("=", ""))))
    end)
  end

  it("of any bytes comes back", function()
    for length = 0, 100 do
      local bytes = ("x"):rep(length):gsub("x", function() return string.char(math.floor(core.random() * 256)) end)
      assert.equal(bytes, base64.decode(base64.encode(bytes)))
    end
  end)

  it("is none with other characters in it", function()
    for _, text in ipairs { "Zg=a", "Z g=", "Zm9v\n", "Zm-v", "é" } do
      assert.is_nil(base64.decode(text))
    end
  end)
end)
