-- Dates as servers write them, the ones that are none included.
local dates = require "azion.api.dates"

local huge_integer = "1" .. ("0"):rep(20)

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

  it("are read in the three forms of HTTP", function() check(dates.http, http_dates) end)
  it("are read in the form of ISO 8601", function() check(dates.iso, iso_dates) end)

  it("give the documented wait", function()
    local wait = dates.iso("2017-11-02T12:31:28.675446")
      - dates.http("Thu, 02 Nov 2017 12:30:28 GMT")
    assert.is_true(math.abs(wait - 60.675446) < 1e-6)
  end)

  it("serve Retry-After", function()
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
      assert.equal(row[2], dates.retry_after(row[1], base), row[1])
    end
  end)

  it("that are long cost no more than their length", function()
    local long = 256 * 1024
    local before = os.clock()
    for _, text in ipairs { (" "):rep(long) .. "x", ("1"):rep(long) .. "x",
      "5" .. (" "):rep(long) .. "x", ("a"):rep(long),
      "2017-11-02T12:30:28" .. ("."):rep(long) .. " x" } do
      assert.is_nil(dates.http(text))
      assert.is_nil(dates.iso(text))
      assert.is_nil(dates.retry_after(text, 0))
    end
    assert.is_true(os.clock() - before < 2, "takes " .. os.clock() - before)
  end)
end)
