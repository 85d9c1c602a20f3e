-- Redis' protocol by libhiredis, in pieces as they come, and whatever else may come instead.
local generator = require "spec.support.random"
local hiredis = require "azion.hiredis"
local support = require "spec.support.sandbox"

local parts = { "+OK\r\n", "-NOSCRIPT No matching script\r\n", ":42\r\n", "$5\r\na\r\nbc\r\n", "$-1\r\n",
  "*3\r\n$1\r\n1\r\n:2\r\n$0\r\n\r\n", "*0\r\n", "*2\r\n*1\r\n:-1\r\n-ERR x\r\n" }
local whole = table.concat(parts)
local values = { { value = "OK" }, { problem = "NOSCRIPT No matching script" }, { value = 42 }, { value = "a\r\nbc" },
  {}, { value = { "1", 2, "" } }, { value = {} }, { value = { { -1 } } } }

-- All that can be read by now, and what came instead of the next one.
local function read_all(reader)
  local replies = {}
  while true do
    local reply = reader:next()
    if not reply then
      return replies, reply
    end
    replies[#replies + 1] = reply
  end
end

local function read(bytes)
  local reader = hiredis.reader()
  reader:feed(bytes)
  return read_all(reader)
end

describe("azion.hiredis", function()
  it("writes commands of any bytes", function()
    assert.are.equal("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\n\r\n\0x\r\n", hiredis.command { "SET", "k", "\r\n\0x" })
    assert.are.equal("*1\r\n$0\r\n\r\n", hiredis.command { "" })
  end)

  it("raises on what is no command", function()
    for _, words in ipairs { {}, { 1 }, { "GET", {} }, { ("x"):rep(2 ^ 20 + 1) }, { ("x"):rep(2 ^ 20), "x" } } do
      assert.is_truthy(support.raised(hiredis.command, words):find("bad argument #1", 1, true))
    end
    assert.is_truthy(support.raised(hiredis.command, "PING"):find("table expected", 1, true))
    local many = {}
    for index = 1, 4097 do
      many[index] = "x"
    end
    assert.is_truthy(support.raised(hiredis.command, many):find("no such number of words", 1, true))
  end)

  it("reads replies of every kind", function()
    assert.are.same(values, (read(whole)))
  end)

  -- How many replies are whole in so many bytes.
  local function count_whole(length)
    local count, ends = 0, 0
    for index, part in ipairs(parts) do
      ends = ends + #part
      count = ends <= length and index or count
    end
    return count
  end

  it("waits for the rest of what is not there as a whole", function()
    for _, size in ipairs { 1, 2, 3, 7 } do
      local reader, count = hiredis.reader(), 0
      for first = 1, #whole, size do
        local last = first + size - 1
        reader:feed(whole:sub(first, last))
        local replies, rest = read_all(reader)
        assert.is_nil(rest)
        for _, reply in ipairs(replies) do
          count = count + 1
          assert.are.same(values[count], reply)
        end
        assert.are.equal(count_whole(math.min(last, #whole)), count, "at byte " .. last)
      end
      assert.are.equal(#parts, count)
    end
  end)

  it("knows what is no reply, then and ever after", function()
    local nested = ("*1\r\n"):rep(20) .. ":1\r\n"
    for _, bytes in ipairs { "HTTP/1.1 400 Bad Request\r\n", "*x\r\n", "*99999999\r\n", "*2147483647\r\n", "*1025\r\n",
      "*99999999999999999999\r\n", "$-2\r\n", nested, "+" .. ("x"):rep(200000),
      "$200000\r\n" .. ("x"):rep(150000), "*1024\r\n" .. ("$500\r\n" .. ("x"):rep(500) .. "\r\n"):rep(300) } do
      local reader = hiredis.reader()
      reader:feed(bytes)
      local replies, rest = read_all(reader)
      assert.are.same({}, replies, bytes:sub(1, 20))
      assert.is_false(rest, bytes:sub(1, 20))
      reader:feed("+OK\r\n")
      assert.is_false(reader:next())
    end
  end)

  it("frees what is not read to the end", function()
    collectgarbage()
    local before = collectgarbage("count")
    for _ = 1, 20000 do
      local reader = hiredis.reader()
      reader:feed("*2\r\n$3\r\nabc\r\n$100\r\nx")
      assert.is_nil(reader:next())
    end
    collectgarbage()
    collectgarbage()
    assert.is_true(collectgarbage("count") - before < 100)
  end)

  it("stands whatever comes, in whatever pieces", function()
    local random = generator(1)
    local readers, broken, read_well = 3000, 0, 0
    for _ = 1, readers do
      local bytes = whole:rep(random(3))
      for _ = 1, random(4) - 1 do
        local at = random(#bytes)
        local digits = "+-:$*0123456789\r\n"
        local instead = random(3) == 1 and string.char(random(256) - 1) or digits:sub(random(#digits)):sub(1, 1)
        bytes = bytes:sub(1, at - 1) .. instead .. bytes:sub(at + random(2))
      end
      local reader, first, rest = hiredis.reader(), 1, nil
      while first <= #bytes do
        local last = first + random(20) - 1
        reader:feed(bytes:sub(first, last))
        local replies
        replies, rest = read_all(reader)
        first, read_well = last + 1, read_well + #replies
      end
      broken = broken + (rest == false and 1 or 0)
    end
    assert.is_true(broken > readers / 10 and broken < readers, "broken: " .. broken)
    assert.is_true(read_well > readers, "read: " .. read_well)
  end)
end)
