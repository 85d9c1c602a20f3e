local core = require "azion.core"
local child = require "spec.support.child"
local errors = require "azion.client.errors"

local function new(fields)
  fields.kind = fields.kind or "server"
  fields.message = fields.message or "something"
  return errors.new(fields)
end

describe("an error", function()
  it("has what every error has", function()
    local err = errors.new { kind = "network", message = "refused" }
    assert.equal(0, err.attempts)
    assert.equal(0, err.elapsed)
    assert.is_false(err.retryable)
    assert.is_nil(err.maybe_applied)
    assert.is_nil(err.fields)
  end)

  it("keeps what it is given", function()
    local err = errors.new { kind = "network", message = "refused", attempts = 3, elapsed = 1.5, retryable = true }
    assert.equal(3, err.attempts)
    assert.equal(1.5, err.elapsed)
    assert.is_true(err.retryable)
  end)

  it("is told from other values", function()
    assert.is_true(errors.is(new {}))
    assert.is_true(errors.is(errors.closed()))
    for _, value in ipairs { "azion: server", 5, {}, { kind = "server" }, print, false } do
      assert.is_false(errors.is(value))
    end
    assert.is_false(errors.is(nil))
  end)

  it("may name the field at fault", function()
    local err = errors.invalid("expected a string, got nil", "addresses.1.address")
    assert.equal("invalid", err.kind)
    assert.equal("addresses.1.address: expected a string, got nil", err.message)
    assert.same({ ["addresses.1.address"] = { "expected a string, got nil" } }, err.fields)
    err = errors.invalid("no")
    assert.equal("no", err.message)
    assert.is_nil(err.fields)
  end)

  it("says that the client is closed", function()
    assert.equal("closed", errors.closed().kind)
    assert.equal("azion: closed: the client is closed", tostring(errors.closed()))
  end)
end)

describe("an error as text", function()
  local rows = {
    { { kind = "invalid", message = "name: expected a string, got 5" },
      "azion: invalid: name: expected a string, got 5" },
    { { kind = "not_found", message = "Not found.", status = 404, method = "GET", path = "/a/1", attempts = 1 },
      "azion: not_found: GET /a/1: HTTP 404: Not found." },
    { { kind = "network", message = "refused", code = "COULDNT_CONNECT", method = "POST", path = "/a", attempts = 5 },
      "azion: network: POST /a: COULDNT_CONNECT: refused (after 5 attempts)" },
    { { kind = "rate_limited", message = "Throttled", status = 429, method = "GET", path = "/a", attempts = 2,
      retry_after = 60.675446 },
      "azion: rate_limited: GET /a: HTTP 429: Throttled (after 2 attempts, retry after 60.68 s)" },
    { { kind = "server", message = "x", status = 500, method = "PUT", path = "/a", attempts = 1, maybe_applied = true },
      "azion: server: PUT /a: HTTP 500: x (the request may have been applied)" },
    { { kind = "timeout", message = "late", code = "OPERATION_TIMEDOUT", method = "DELETE", path = "/a", attempts = 3,
      retry_after = 1, maybe_applied = true },
      "azion: timeout: DELETE /a: OPERATION_TIMEDOUT: late (after 3 attempts, retry after 1 s,"
        .. " the request may have been applied)" },
    { { kind = "server", status = 500, code = "PARTIAL_FILE", message = "x", method = "GET", path = "/a" },
      "azion: server: GET /a: HTTP 500: x" },
  }
  for _, row in ipairs(rows) do
    it(row[2], function()
      assert.equal(row[2], tostring(errors.new(row[1])))
    end)
  end

  it("is one line, whatever the message holds", function()
    for _, message in ipairs { "two\nlines", "a\r\n\r\nb", "\n", "\ttab", "bell\7", "nul\0nul", "escape\27[31m", "\127",
      "a\11b\12c", ("\n"):rep(1000), "\128\133é" } do
      local text = tostring(new { message = message, method = "GET", path = "/a", status = 500 })
      assert.is_nil(text:find("%c"))
      assert.truthy(text:find("^azion: server: GET /a: HTTP 500: "))
    end
    assert.equal("azion: server: two lines", tostring(new { message = "two\r\n\tlines" }))
  end)

  it("is one line, whatever the path holds", function()
    assert.is_nil(tostring(new { method = "GET", path = "/a\nb" }):find("%c"))
  end)

  it("has nothing that ends a line or turns its direction for who shows it", function()
    -- U+0085, U+009B, U+2028, U+2029, U+200F, U+202E, U+2066.
    for _, mark in ipairs { "\194\133", "\194\155", "\226\128\168", "\226\128\169", "\226\128\143", "\226\128\174",
      "\226\129\166" } do
      assert.equal("azion: server: a b", tostring(new { message = "a" .. mark .. "b" }))
    end
    -- U+00A0, U+2013, U+2026, U+2070.
    local others = "\194\160 \226\128\147 \226\128\166 \226\129\176"
    assert.truthy(tostring(new { message = others }):find(others, 1, true))
  end)

  it("keeps words that are not ASCII", function()
    assert.truthy(tostring(new { message = "não é válido" }):find("não é válido", 1, true))
  end)

  it("takes a long message quickly", function()
    local before = os.clock()
    tostring(new { message = ("a" .. (" "):rep(1000)):rep(1000) })
    assert.is_true(os.clock() - before < 1) -- #time
  end)

  it("joins with others from either side", function()
    local err = errors.new { kind = "invalid", message = "no" }
    assert.equal("failed: azion: invalid: no", "failed: " .. err)
    assert.equal("azion: invalid: no!", err .. "!")
    assert.equal("azion: invalid: noazion: invalid: no", err .. err)
    assert.equal("5azion: invalid: no5", 5 .. err .. 5)
  end)

  it("joins with numbers, errors and what is neither", function()
    local err = errors.new { kind = "network", message = "no" }
    local text = "azion: network: no"
    assert.equal("1.5" .. text, 1.5 .. err)
    assert.equal(text .. "nil", err .. nil)
    assert.equal("true" .. text, true .. err)
    assert.equal("a" .. text .. "b" .. text .. "c", "a" .. err .. "b" .. err .. "c")
    assert.equal(text .. "1" .. text, err .. 1 .. err)
    assert.equal(text, ("%s"):format(tostring(err)))
  end)

  it("passes through error, assert and pcall as it is", function()
    local err = errors.new { kind = "network", message = "no" }
    for _, raise in ipairs { function() error(err) end, function() error(err, 0) end, function() error(err, 2) end,
      function() pcall(error, err) error(err) end } do
      assert.equal(err, (select(2, pcall(raise))))
    end
    local caught = select(2, pcall(function() error(tostring(err), 0) end))
    assert.equal("azion: network: no", caught)
  end)

  it("is what the interpreter prints when nobody catches it", function()
    local status, _, printed = child.run({ "-e", 'error((select(2, require("azion").client { token = "" })))' })
    assert.equal(1, status)
    assert.truthy(printed:find("azion: invalid: token: expected a token: pass the option 'token'", 1, true), printed)
  end)

  it("is what an uncaught error shows", function()
    local ok, err = pcall(error, errors.new { kind = "invalid", message = "no" }, 0)
    assert.is_false(ok)
    assert.is_true(errors.is(err))
    assert.equal("azion: invalid: no", tostring(err))
  end)
end)

describe("seconds as text", function()
  for seconds, text in pairs { [1] = "1 s", [0.001] = "0.01 s", [60.675446] = "60.68 s", [60.671] = "60.68 s",
    [86400] = "86400 s", [1e20] = "1e+20 s", [12345.678] = "12345.68 s" } do
    it(text .. " for " .. seconds, function()
      assert.equal(text, errors.seconds(seconds))
    end)
  end
end)

describe("what a value is called", function()
  local rows = {
    { nil, "nil" }, { core.null, "null" }, { true, "a boolean" }, { false, "a boolean" }, { 5, "5" }, { 1.5, "1.5" },
    { 0 / 0, "nan" }, { 1 / 0, "inf" }, { "", "an empty string" }, { "secret", "a string" }, { {}, "a table" },
    { { "secret" }, "a table" }, { print, "a function" }, { coroutine.create(print), "a thread" },
    { io.stdout, "a userdata" },
  }
  for index = 1, #rows do
    local row = rows[index]
    it("is " .. row[2] .. ", " .. index, function()
      assert.equal(row[2], errors.describe(row[1]))
    end)
  end
end)
