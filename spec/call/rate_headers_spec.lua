local child = require "spec.support.child"
local v3 = require "azion.api.v3"

local date = "Thu, 02 Nov 2017 12:30:28 GMT"
local epoch = 1509625828 -- the same moment
local day = 86400

local function rate(headers, now)
  return v3.rate(headers, now or epoch)
end

local function reset_after(reset, now)
  return rate({ date = date, ["x-ratelimit-reset"] = reset }, now).reset_after
end

local function retry_after(text, headers, now)
  headers = headers or { date = date }
  headers["retry-after"] = text
  return rate(headers, now).retry_after
end

describe("X-RateLimit-Reset", function()
  local readable = {
    { "as the documentation shows it", "2017-11-02T12:31:28.675446", 60.675446 },
    { "with Z", "2017-11-02T12:31:28.675446Z", 60.675446 },
    { "with z", "2017-11-02t12:31:28z", 60 },
    { "with a space for T", "2017-11-02 12:31:28.675446", 60.675446 },
    { "as session tokens have it", "2017-11-02 12:31:28.675446+00:00", 60.675446 },
    { "without a fraction", "2017-11-02T12:31:28", 60 },
    { "with a comma before the fraction", "2017-11-02T12:31:28,5", 60.5 },
    { "west of UTC", "2017-11-02T09:31:28-03:00", 60 },
    { "east of UTC", "2017-11-02T18:01:28+05:30", 60 },
    { "with an offset without a colon", "2017-11-02T09:31:28-0300", 60 },
    { "with an offset of hours", "2017-11-02T09:31:28-03", 60 },
    { "on the next day", "2017-11-03T12:30:28", day },
    { "with blanks around", "  2017-11-02T12:31:28 ", 60 },
    { "that has passed", "2017-11-02T12:30:00", -28 },
    { "that is now", "2017-11-02T12:30:28", 0 },
  }
  for _, row in ipairs(readable) do
    it(row[1], function()
      assert.near(row[3], reset_after(row[2]), 1e-6)
    end)
  end

  for digits = 1, 9 do
    it("with " .. digits .. " digits of a fraction", function()
      local fraction = ("123456789"):sub(1, digits)
      assert.near(60 + tonumber("0." .. fraction), reset_after("2017-11-02T12:31:28." .. fraction), 1e-6)
    end)
  end

  for _, text in ipairs { "2017-13-02T12:31:28", "2017-00-02T12:31:28", "2017-02-30T12:31:28", "2017-02-29T12:31:28",
    "2017-11-31T12:31:28", "2017-11-00T12:31:28", "2017-11-02T24:00:00", "2017-11-02T12:60:28", "2017-11-02T12:31:60",
    "2016-12-31T23:59:60", "2017-11-02T12:31:28.", "2017-11-02T12:31:28.1234567890", "2017-11-02", "12:31:28",
    "2017-11-02T12:31:28 UTC", "2017-11-02T12:31:28+24:00", "2017-11-02T12:31:28+00:60", "1509625888", "60",
    "", "soon", "Thu, 02 Nov 2017 12:31:28 GMT", "2017-11-02T12:31:28.5junk", "17-11-02T12:31:28",
    "0000-00-00T00:00:00" } do
    it(("that is no date is none: %q"):format(text), function()
      local told = rate { date = date, ["x-ratelimit-reset"] = text }
      assert.is_nil(told.reset)
      assert.is_nil(told.reset_after)
    end)
  end

  it("knows the leap day of a leap year", function()
    assert.near(60, rate({ ["x-ratelimit-reset"] = "2020-02-29T00:01:00" }, 1582934400).reset_after, 1e-6)
  end)

  it("given twice counts as the larger, in either order", function()
    assert.near(60, reset_after("2017-11-02T12:31:28, 2017-11-02T12:30:48"), 1e-6)
    assert.near(60, reset_after("2017-11-02T12:30:48, 2017-11-02T12:31:28"), 1e-6)
    assert.near(60, reset_after("junk, 2017-11-02T12:31:28"), 1e-6)
    assert.near(60, reset_after("2017-11-02T12:31:28, junk"), 1e-6)
    assert.near(61, reset_after("2017-11-02T12:31:28, 2017-11-02T12:31:29, 2017-11-02T12:31:27"), 1e-6)
  end)

  it("counts from the reply's Date, however wrong the local clock is", function()
    for _, wrong in ipairs { -day, -1, 0, 1, day, -40 * 365 * day, 40 * 365 * day } do
      assert.near(60.675446, reset_after("2017-11-02T12:31:28.675446", epoch + wrong), 1e-6)
    end
  end)

  it("counts from the local clock where there is no Date, or none that can be read", function()
    for _, useless in ipairs { false, "", "yesterday", "2017-11-02T12:30:28", "Thu, 32 Nov 2017 12:30:28 GMT" } do
      local told = rate({ date = useless or nil, ["x-ratelimit-reset"] = "2017-11-02T12:31:28" }, epoch + 20)
      assert.near(40, told.reset_after, 1e-6)
      assert.is_nil(told.date)
    end
  end)

  it("takes the earliest of two Dates, for a wait that is never too short", function()
    local twice = "Thu, 02 Nov 2017 12:30:38 GMT, Thu, 02 Nov 2017 12:30:28 GMT"
    local told = rate({ date = twice, ["x-ratelimit-reset"] = "2017-11-02T12:31:28" }, epoch + day)
    assert.near(60, told.reset_after, 1e-6)
    assert.equal(epoch, told.date)
  end)

  it("takes the other two forms of Date", function()
    for _, form in ipairs { "Thursday, 02-Nov-17 12:30:28 GMT", "Thu Nov  2 12:30:28 2017" } do
      assert.near(60, rate({ date = form, ["x-ratelimit-reset"] = "2017-11-02T12:31:28" }, 0).reset_after, 1e-6)
    end
  end)

  for _, zone in ipairs { "America/Sao_Paulo", "Asia/Kolkata", "UTC", "XYZ+11:30" } do
    it("means UTC with TZ=" .. zone, function()
      local program = [[
        local v3 = require "azion.api.v3"
        local told = v3.rate({ date = "Thu, 02 Nov 2017 12:30:28 GMT",
          ["retry-after"] = "Thu, 02 Nov 2017 12:30:58 GMT", ["x-ratelimit-reset"] = "2017-11-02T12:31:28.675446" }, 0)
        local alone = v3.rate({ ["x-ratelimit-reset"] = "2017-11-02T12:31:28.675446" }, 1509625828)
        io.write(("%.6f %d %.6f"):format(told.reset_after, told.retry_after, alone.reset_after))
      ]]
      local status, output, errors = child.run({ "-e", program }, { environment = { TZ = zone } })
      assert.equal("", errors)
      assert.equal(0, status)
      assert.equal("60.675446 30 60.675446", output)
    end)
  end
end)

describe("Retry-After", function()
  for text, expected in pairs {
    ["1"] = 1, ["120"] = 120, [" 7 "] = 7, ["007"] = 7, ["0"] = 0, ["0.0"] = 0,
    ["0.2"] = 1, ["1.0"] = 1, ["1.5"] = 2, ["1.000000001"] = 2, ["59.999"] = 60,
    ["86400"] = 86400, ["Fri, 03 Nov 2017 12:30:28 GMT"] = 86400,
    ["Thu, 02 Nov 2017 12:31:28 GMT"] = 60,
    ["Thursday, 02-Nov-17 12:31:28 GMT"] = 60,
    ["Thu Nov  2 12:31:28 2017"] = 60,
  } do
    it(("%q is %g"):format(text, expected), function()
      assert.equal(expected, retry_after(text))
    end)
  end

  for _, text in ipairs { "", " ", "-1", "-1.5", "+1", "1e3", "0x10", "1.", ".5", "1.5.5", "five", "5 s", "5;x", "NaN",
    "inf", "Thu, 02 Nov 2017", "Thu, 02 Foo 2017 12:31:28 GMT", "Thu, 30 Feb 2017 12:31:28 GMT",
    "Thu, 02 Nov 2017 24:31:28 GMT", "2017-11-02T12:31:28" } do
    it(("%q says nothing"):format(text), function()
      assert.is_nil(retry_after(text))
    end)
  end

  it("as a date that has passed is no time at all", function()
    assert.equal(0, retry_after("Thu, 02 Nov 2017 12:30:00 GMT"))
    assert.equal(0, retry_after("Thu, 01 Jan 1970 00:00:00 GMT"))
  end)

  it("of more than a day cannot be meant, of a wildcard purge of more than two", function()
    for _, row in ipairs { { "read", day }, { "write", day }, { "purge", day }, { "purge_wildcard", 2 * day } } do
      local bucket, longest = row[1], row[2]
      for seconds, expected in pairs { [longest] = longest, [longest + 1] = false, [4 * longest] = false } do
        assert.equal(expected or nil, v3.rate({ ["retry-after"] = tostring(seconds) }, epoch, bucket).retry_after)
        local reset = os.date("!%Y-%m-%dT%H:%M:%S", epoch + seconds)
        local told = v3.rate({ date = date, ["x-ratelimit-limit"] = "7", ["x-ratelimit-reset"] = reset }, 0, bucket)
        assert.equal(expected or nil, told.reset_after)
        assert.equal(expected and epoch + expected or nil, told.reset)
        assert.equal(7, told.limit)
      end
      assert.is_nil(v3.rate({ ["retry-after"] = ("9"):rep(400) }, epoch, bucket).retry_after)
      assert.is_nil(v3.rate({ ["retry-after"] = "Sat, 01 Jan 2099 00:00:00 GMT" }, epoch, bucket).retry_after)
      assert.equal(5, v3.rate({ ["retry-after"] = "99999999999999999999, 5" }, epoch, bucket).retry_after)
    end
  end)

  it("as a date counts from the reply's Date, however wrong the local clock is", function()
    for _, wrong in ipairs { -day, 0, day } do
      assert.equal(60, retry_after("Thu, 02 Nov 2017 12:31:28 GMT", { date = date }, epoch + wrong))
    end
    assert.equal(40, retry_after("Thu, 02 Nov 2017 12:31:28 GMT", {}, epoch + 20))
    assert.equal(40, retry_after("Thu, 02 Nov 2017 12:31:28 GMT", { date = "?" }, epoch + 20))
  end)

  it("given twice counts as the larger", function()
    local later, sooner = "Thu, 02 Nov 2017 12:31:28 GMT", "Thu, 02 Nov 2017 12:30:58 GMT"
    assert.equal(7, retry_after("3, 7"))
    assert.equal(7, retry_after("7, 3"))
    assert.equal(7, retry_after("7, 3, 5"))
    assert.equal(60, retry_after(later .. ", " .. sooner))
    assert.equal(60, retry_after(sooner .. ", " .. later))
    assert.equal(60, retry_after("5, " .. later))
    assert.equal(60, retry_after(later .. ", 5"))
    assert.equal(90, retry_after(later .. ", 90"))
    assert.equal(90, retry_after("90, " .. later))
    assert.equal(60, retry_after("Thursday, 02-Nov-17 12:30:58 GMT, " .. later))
    assert.equal(5, retry_after("junk, 5"))
    assert.equal(5, retry_after("5, -7"))
    assert.is_nil(retry_after("junk, junk"))
  end)
end)

describe("limit and remaining", function()
  it("are whole numbers", function()
    local told = rate { ["x-ratelimit-limit"] = "200", ["x-ratelimit-remaining"] = " 0 " }
    assert.equal(200, told.limit)
    assert.equal(0, told.remaining)
  end)

  it("given twice count as the smaller", function()
    local told = rate { ["x-ratelimit-limit"] = "200, 80", ["x-ratelimit-remaining"] = "3, 19, junk" }
    assert.equal(80, told.limit)
    assert.equal(3, told.remaining)
  end)

  for _, text in ipairs { "", "-1", "1.5", "many", "0x10", "1e3", "200;w=60", "nan" } do
    it(("%q says nothing"):format(text), function()
      local told = rate { ["x-ratelimit-limit"] = text, ["x-ratelimit-remaining"] = text }
      assert.is_nil(told.limit)
      assert.is_nil(told.remaining)
    end)
  end

  it("are absent where the reply has no such headers", function()
    assert.same({}, rate {})
  end)
end)

describe("buckets", function()
  for _, row in ipairs {
    { "GET", "/edge_applications/1/origins", "read" },
    { "GET", "/purge/url", "read" },
    { "POST", "/edge_applications/1/origins", "write" },
    { "PUT", "/edge_applications/1/origins/x", "write" },
    { "PATCH", "/edge_applications/1/origins/x", "write" },
    { "DELETE", "/edge_applications/1/origins/x", "write" },
    { "POST", "/tokens", "write" },
    { "POST", "/purge/url", "purge" },
    { "POST", "/purge/cachekey", "purge" },
    { "POST", "/purge/wildcard", "purge_wildcard" },
    { "POST", "/purge/wildcard/", "purge_wildcard" },
    { "POST", "/purges", "write" },
    { "POST", "/edge_applications/purge/url", "write" },
  } do
    it(row[1] .. " " .. row[2] .. " is counted as " .. row[3], function()
      assert.equal(row[3], v3.bucket(row[1], row[2]))
    end)
  end
end)
