local base64 = require "azion.base64"

describe("Base64", function()
  -- RFC 4648, section 10.
  local vectors = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
    { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" }, { "\0\255\254", "AP/+" } }
  for _, vector in ipairs(vectors) do
    it(("writes and reads %q"):format(vector[1]), function()
      assert.equal(vector[2], base64.encode(vector[1]))
      assert.equal(vector[1], base64.decode(vector[2]))
      assert.equal(vector[1], base64.decode((vector[2]:gsub("=", ""))))
    end)
  end

  it("is not read from what is none", function()
    for _, text in ipairs { "Zg=a", "Zm9-", "Zm 9v", "\n", "ü" } do
      assert.is_nil(base64.decode(text))
    end
  end)

  it("of bytes within others holds one of the fragments, whatever is around them", function()
    local bytes = "a secret\0\255"
    local fragments = base64.fragments(bytes)
    assert.equal(3, #fragments)
    for before = 0, 5 do
      for after = 0, 5 do
        local text = base64.encode(("x"):rep(before) .. bytes .. ("\254"):rep(after))
        assert.truthy(text:find(fragments[before % 3 + 1], 1, true), before .. " " .. after)
      end
    end
  end)
end)
