local core = require "azion.core"
local child = require "spec.support.child"

local huge_integer = "1" .. ("0"):rep(20)
local interpreter = child.interpreter()

describe("dates", function()
  local base = 1509625828 -- 2017-11-02T12:30:28Z

  local http_dates = {
    { "Thu, 02 Nov 2017 12:30:28 GMT", base },
    { "  Thu, 02 Nov 2017 12:30:28 GMT ", base },
    { "Thursday, 02-Nov-17 12:30:28 GMT", base },
    { "Thu Nov  2 12:30:28 2017", base },
    { "Thu Nov 12 12:30:28 2017", base + 10 * 86400 },
    { "Mon, 02 Nov 2017 12:30:28 GMT", base }, -- the day's name is not held against the date
    { "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
    { "Sunday, 06-Nov-94 08:49:37 GMT", 784111777 },
    { "Friday, 01-Jan-70 00:00:00 GMT", 0 },
    { "Tuesday, 31-Dec-69 23:59:59 GMT", 3155759999 },
    { "Thu, 29 Feb 2024 00:00:00 GMT", 1709164800 },
    { "Fri, 31 Dec 9999 23:59:59 GMT", 253402300799 },
    { "Wed, 29 Feb 2023 00:00:00 GMT" },
    { "Mon, 29 Feb 2100 00:00:00 GMT" },
    { "Fri, 30 Feb 2024 00:00:00 GMT" },
    { "Thu, 31 Apr 2017 12:30:28 GMT" },
    { "Thu, 00 Nov 2017 12:30:28 GMT" },
    { "Thu, 02 Nov 2017 24:00:00 GMT" },
    { "Thu, 02 Nov 2017 12:60:28 GMT" },
    { "Thu, 02 Nov 2017 12:30:60 GMT" },
    { "Thu, 02 Nov 1969 12:30:28 GMT" },
    { "Thx, 02 Nov 2017 12:30:28 GMT" },
    { "Thu, 02 Nox 2017 12:30:28 GMT" },
    { "Thu, 02 Nov 2017 12:30:28 CET" },
    { "Thu, 02 Nov 2017 12:30:28" },
    { "Thu, 2 Nov 2017 12:30:28 GMT" },
    { "thu, 02 nov 2017 12:30:28 gmt" },
    { "Thu, 02 Nov 2017 12:30:28 GMT x" },
    { "Thu, 02-Nov-17 12:30:28 GMT" },
    { "Thu, 02 Nov 2017 12:30:28 GMT\0" },
    { "" }, { "0" }, { "-1" }, { "2017-11-02T12:30:28Z" },
  }

  local iso_dates = {
    { "2017-11-02T12:30:28", base },
    { "2017-11-02t12:30:28z", base },
    { "2017-11-02 12:30:28", base },
    { " 2017-11-02T12:30:28Z\t", base },
    { "2017-11-02T12:31:28.675446", base + 60.675446 },
    { "2017-11-02T12:30:28.5", base + 0.5 },
    { "2017-11-02T12:30:28,25Z", base + 0.25 },
    { "2017-11-02T12:30:28.000000001", base },
    { "2017-11-02T12:30:28.123456789Z", base + 0.123456789 },
    { "2019-04-01 13:53:28.536782+00:00", 1554126808.536782 },
    { "2017-11-02T14:30:28+02:00", base },
    { "2017-11-02T14:30:28+0200", base },
    { "2017-11-02T14:30:28+02", base },
    { "2017-11-02T09:30:28-03:00", base },
    { "2017-11-02T18:15:28.5+05:45", base + 0.5 },
    { "2017-11-03T12:29:28+23:59", base },
    { "2017-11-02T12:30:28-00:00", base },
    { "1970-01-01T00:00:00Z", 0 },
    { "2000-02-29T00:00:00Z", 951782400 },
    { "9999-12-31T23:59:59Z", 253402300799 },
    { "2017-13-02T12:30:28" }, { "2017-00-02T12:30:28" },
    { "2017-02-30T12:30:28" }, { "2017-02-29T12:30:28" }, { "2100-02-29T12:30:28" },
    { "2017-11-00T12:30:28" }, { "2017-11-31T12:30:28" },
    { "2017-11-02T24:00:00" }, { "2017-11-02T12:60:28" }, { "2016-12-31T23:59:60Z" },
    { "2017-11-02T12:30:28+24:00" }, { "2017-11-02T12:30:28+02:60" },
    { "2017-11-02T12:30:28+2" }, { "2017-11-02T12:30:28+02:" }, { "2017-11-02T12:30:28+02:0" },
    { "2017-11-02T12:30:28+020" }, { "2017-11-02T12:30:28+02000" },
    { "2017-11-02T12:30:28." }, { "2017-11-02T12:30:28.1234567890" },
    { "2017-11-02T12:30:28 Z" }, { "2017-11-02T12:30:28ZZ" }, { "2017-11-02T12:30:28 +00:00" },
    { "2017-11-02T12:30" }, { "2017-11-02" }, { "2017-11-02T" }, { "12:30:28" },
    { "2017-11-2T12:30:28" }, { "17-11-02T12:30:28" }, { "2017/11/02T12:30:28" },
    { "1969-12-31T23:59:59Z" }, { "12017-11-02T12:30:28" }, { "+2017-11-02T12:30:28" },
    { "2017-11-02T12:30:28\0" }, { "" }, { "1509625828" },
  }

  local function check(read, rows)
    for _, row in ipairs(rows) do
      local got = read(row[1])
      if row[2] then
        assert.is_number(got, row[1])
        assert.is_true(math.abs(got - row[2]) < 1e-6, row[1] .. " gave " .. tostring(got))
      else
        assert.is_nil(got, row[1])
      end
    end
  end

  it("are read in the three forms of HTTP", function() check(core.http_date, http_dates) end)
  it("are read in the form of ISO 8601", function() check(core.iso_date, iso_dates) end)

  it("give the documented wait", function()
    local wait = core.iso_date("2017-11-02T12:31:28.675446")
      - core.http_date("Thu, 02 Nov 2017 12:30:28 GMT")
    assert.is_true(math.abs(wait - 60.675446) < 1e-6)
  end)

  it("do not depend on TZ or locale", function()
    local script = [[print(require("azion.core").iso_date("2017-07-02T12:30:28")
      == 1498998628, require("azion.core").http_date("Sun, 02 Jul 2017 12:30:28 GMT") == 1498998628)]]
    local pipe = io.popen(("TZ=America/Sao_Paulo LC_ALL=C.UTF-8 LUA_CPATH='%s' %s -e '%s'")
      :format(package.cpath, interpreter, script))
    assert.equal("true\ttrue", (pipe:read("*a"):gsub("%s+$", "")))
    pipe:close()
  end)

  it("take strings only", function()
    for _, name in ipairs { "http_date", "iso_date", "escape", "valid_segment", "valid_header_value" } do
      for _, value in ipairs { 1, true, {} } do
        assert.has_error(function() core[name](value) end)
      end
      assert.has_error(function() core[name]() end)
    end
  end)

  it("serve Retry-After", function()
    local date = "Thu, 02 Nov 2017 12:30:28 GMT"
    local rows = {
      { "120", 120 }, { " 7 ", 7 }, { "0", 0 }, { "0.0", 0 }, { "0.2", 1 }, { "1.5", 2 }, { "2.0", 2 },
      { "007", 7 }, { huge_integer, 1e20 }, { ("9"):rep(1000), 1e20 },
      { "-5" }, { "+5" }, { "abc" }, { "" }, { "1e3" }, { "0x10" }, { "1." }, { ".5" }, { "1.5.5" },
      { "5 s" }, { "1,5" }, { "inf" }, { "nan" }, { "5\0" },
      { "Thu, 02 Nov 2017 12:31:28 GMT", 60 }, { "Thu, 02 Nov 2017 12:30:28 GMT", 0 },
      { "Thu, 02 Nov 2017 12:29:28 GMT", 0 }, { "Thu, 02 Nov 2017 12:31:60 GMT" },
      { "2017-11-02T12:31:28Z" },
    }
    for _, row in ipairs(rows) do
      assert.equal(row[2], core.retry_after(row[1], date, 0), row[1])
      assert.equal(row[2], core.retry_after(row[1], nil, base), row[1])
      assert.equal(row[2], core.retry_after(row[1], "unreadable", base), row[1])
    end
    assert.has_error(function() core.retry_after("1", nil) end)
    assert.has_error(function() core.retry_after("1", nil, "1") end)
    assert.has_error(function() core.retry_after(1, nil, 1) end)
  end)
end)

describe("text of a request", function()
  it("is percent-encoded but for the unreserved characters", function()
    local unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    assert.equal(unreserved, core.escape(unreserved))
    for byte = 0, 255 do
      local char = string.char(byte)
      if not unreserved:find(char, 1, true) then
        assert.equal(("%%%02X"):format(byte), core.escape(char))
      end
    end
    assert.equal("", core.escape(""))
    assert.equal(("%20"):rep(100000), core.escape((" "):rep(100000)))
  end)

  it("may be a path segment or not", function()
    for _, good in ipairs { "1", "a b", "...", ".a", " . ", "%2e", "a/b", "\195\169", ("x"):rep(1024) } do
      assert.is_true(core.valid_segment(good), good)
    end
    for _, bad in ipairs { "", " ", "   ", ".", "..", "\0", "a\0b", "a\nb", "\t", "\127", ("x"):rep(1025) } do
      assert.is_false(core.valid_segment(bad), bad)
    end
  end)

  it("may be a header value or not", function()
    for _, good in ipairs { "", "token x", "a\tb", "\195\169" } do
      assert.is_true(core.valid_header_value(good), good)
    end
    for byte = 0, 127 do
      local control = (byte < 32 and byte ~= 9) or byte == 127
      assert.equal(not control, core.valid_header_value("a" .. string.char(byte) .. "b"))
    end
  end)
end)

describe("clocks and chance", function()
  it("tell the time", function()
    assert.is_true(math.abs(core.time() - os.time()) < 2) -- #time
    local before = core.now()
    os.execute("sleep 0.05")
    local passed = core.now() - before
    assert.is_true(passed >= 0.05 and passed < 1, passed)
  end)

  it("draw from the whole of [0, 1)", function()
    local low, high, sum = 1, 0, 0
    for _ = 1, 2000 do
      local number = core.random()
      low, high, sum = math.min(low, number), math.max(high, number), sum + number
    end
    assert.is_true(low >= 0 and low < 0.02 and high < 1 and high > 0.98)
    assert.is_true(math.abs(sum / 2000 - 0.5) < 0.05)
  end)
end)
