-- Vectors of RFC 6234, section 8.5, and of FIPS 180; lengths around the ends of blocks by sha256sum.
local core = require "azion.core"

local function sha256sum(text)
  local path = os.tmpname()
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
  local pipe = assert(io.popen("sha256sum " .. path))
  local hex = pipe:read("*a"):match("^%x+")
  pipe:close()
  os.remove(path)
  return hex
end

describe("core.sha256", function()
  local vectors = {
    { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
    { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
    { ("a"):rep(1000000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
    { ("0123456701234567012345670123456701234567012345670123456701234567"):rep(10),
      "594847328451bdfa85056225462cc1d867d877fb388df0ce35f25ab5562bfbb5" },
    { "\25", "68aa2e2ee5dff96e3355e6c7ee373e3d6a4e17f75f9518d843709c0c9bc3e3d4" },
  }
  for _, vector in ipairs(vectors) do
    it(("digests %d bytes as the standard says"):format(#vector[1]), function()
      assert.are.equal(vector[2], core.sha256(vector[1]))
    end)
  end

  it("agrees with sha256sum around the ends of blocks", function()
    for _, length in ipairs { 1, 54, 55, 56, 57, 63, 64, 65, 118, 119, 120, 121, 127, 128, 129 } do
      local bytes = {}
      for index = 1, length do
        bytes[index] = string.char((index * 37 + length) % 256)
      end
      local text = table.concat(bytes)
      assert.are.equal(sha256sum(text), core.sha256(text))
    end
  end)

  it("takes text only", function()
    assert.is_false((pcall(core.sha256, 12)))
    assert.is_false((pcall(core.sha256)))
  end)
end)
