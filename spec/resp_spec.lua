-- Redis' protocol, in pieces as they come.
local resp = require "azion.budget.resp"

local parts = { "+OK\r\n", "-NOSCRIPT No matching script\r\n", ":42\r\n", "$5\r\na\r\nbc\r\n", "$-1\r\n",
  "*3\r\n$1\r\n1\r\n:2\r\n$0\r\n\r\n" }
local whole = table.concat(parts)

local function read_all(bytes)
  local replies, position = {}, 1
  while position <= #bytes do
    local reply, after = resp.read(bytes, position)
    if not reply then
      return replies, reply
    end
    replies[#replies + 1], position = reply, after
  end
  return replies
end

describe("RESP", function()
  it("writes commands of any bytes", function()
    assert.are.equal("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\n\r\n\0x\r\n", resp.command { "SET", "k", "\r\n\0x" })
  end)

  it("reads replies of every kind", function()
    assert.are.same({ { value = "OK" }, { problem = "NOSCRIPT No matching script" }, { value = 42 },
      { value = "a\r\nbc" }, {}, { value = { "1", 2, "" } } }, read_all(whole))
  end)

  it("waits for the rest of what is not there as a whole", function()
    local count, ends = 0, #parts[1]
    for length = 0, #whole do
      if length == ends then
        count = count + 1
        ends = ends + #(parts[count + 1] or "")
      end
      local replies, problem = read_all(whole:sub(1, length))
      assert.are.equal(count, #replies, "at byte " .. length)
      assert.is_nil(problem)
    end
    assert.are.equal(6, count)
  end)

  it("knows what is no reply", function()
    for _, bytes in ipairs { "HTTP/1.1 400 Bad Request\r\n", "$x\r\n", "*x\r\n", "$99999999\r\n", "*99999999\r\n" } do
      assert.is_false((resp.read(bytes, 1)))
    end
    assert.is_false((resp.read("+" .. ("x"):rep(200000), 1)))
  end)
end)
