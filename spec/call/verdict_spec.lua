local verdict = require "azion.call.verdict"

local methods = { "GET", "PUT", "DELETE", "POST", "PATCH" }
local idempotent = { GET = true, PUT = true, DELETE = true }

local function lowest() return 0 end
local function highest() return 1 - 2 ^ -53 end
local function never() error("no chance was to be taken") end

local function judge(method, outcome, options)
  options = options or {}
  outcome.sent = outcome.sent or (outcome.status and 1 or 0)
  return verdict.judge(method, outcome, options.attempt or 1, options.may_be_gone or false, options.random or lowest)
end

-- Both ends of a wait: `least` is reached, `most` is not passed and nearly reached.
local function assert_wait(method, outcome, least, most, attempt)
  local shortest = judge(method, outcome, { random = lowest, attempt = attempt })
  local longest = judge(method, outcome, { random = highest, attempt = attempt })
  assert.is_true(shortest.retry)
  assert.is_true(longest.retry)
  assert.near(least, shortest.wait, 1e-9)
  assert.is_true(longest.wait <= most)
  assert.near(most, longest.wait, 1e-6)
end

-- What "backoff" means after the attempt: at least 0.05 s, at most 8 s.
local bounds = { 0.5, 1, 2, 4, 8, 8, 8, 8, 8, 8 }

local function assert_backoff(method, outcome)
  assert_wait(method, outcome, 0.05, 0.5)
  assert_wait(method, outcome, 0.05, 2, 3)
  assert_wait(method, outcome, 0.05, 8, 9)
end

local function assert_final(method, outcome)
  local judged = judge(method, outcome, { random = never })
  assert.is_nil(judged.retry)
  assert.is_nil(judged.wait)
  assert.is_nil(judged.success)
  return judged
end

local function each_method(what, test)
  for _, method in ipairs(methods) do
    it(what .. ", " .. method, function() test(method, idempotent[method] or false) end)
  end
end

describe("backoff", function()
  for attempt, bound in ipairs(bounds) do
    it("after attempt " .. attempt .. " is from 0.05 s to " .. bound .. " s", function()
      assert.equal(0.05, verdict.backoff(attempt, lowest))
      assert.near(bound, verdict.backoff(attempt, highest), 1e-9)
      assert.is_true(verdict.backoff(attempt, highest) < bound)
      assert.near(bound / 2, verdict.backoff(attempt, function() return 0.5 end), 1e-9)
    end)
  end

  it("stays at its bound however many attempts there were", function()
    for _, attempt in ipairs { 11, 100, 2000, 1e6 } do
      assert.equal(4, verdict.backoff(attempt, function() return 0.5 end))
    end
  end)

  it("is as likely as the random number says, and never under 0.05 s", function()
    assert.equal(0.05, verdict.backoff(1, function() return 0.09 end))
    assert.near(0.055, verdict.backoff(1, function() return 0.11 end), 1e-9)
  end)
end)

describe("429", function()
  local hour = 3600
  -- What was told, and the wait without its jitter; nil: backoff.
  local told = {
    { "Retry-After", { retry_after = 7 }, 7 },
    { "reset", { reset_after = 60.675446 }, 60.675446 },
    { "Retry-After before reset, shorter", { retry_after = 2, reset_after = 60 }, 2 },
    { "Retry-After before reset, longer", { retry_after = 90, reset_after = 60 }, 90 },
    { "Retry-After 0 and a reset", { retry_after = 0, reset_after = 30 }, 30 },
    { "Retry-After in the past and a reset", { retry_after = -5, reset_after = 30 }, 30 },
    { "a tiny reset", { reset_after = 0.001 }, 0.001 },
    { "a day", { retry_after = 24 * hour }, 24 * hour },
    { "10^20 seconds", { retry_after = 1e20 }, 1e20 },
    { "neither", {} },
    { "Retry-After 0", { retry_after = 0 } },
    { "a reset that has passed", { reset_after = -3 } },
    { "a reset of now", { reset_after = 0 } },
    { "both useless", { retry_after = 0, reset_after = -1 } },
    { "only limit and remaining", { limit = 200, remaining = 0 } },
    { "no headers at all", nil },
  }
  for _, row in ipairs(told) do
    each_method(row[1], function(method)
      local outcome = { status = 429, rate = row[2] }
      local judged = judge(method, outcome)
      assert.equal("rate_limited", judged.kind)
      assert.equal("rate_limited", judged.reason)
      assert.is_true(judged.retry)
      assert.is_true(judged.retryable)
      assert.equal(5, judged.cost)
      assert.is_nil(judged.in_doubt)
      assert.equal(row[3], judged.told)
      if row[3] then
        assert_wait(method, outcome, row[3], row[3] + 0.25)
      else
        assert_backoff(method, outcome)
      end
    end)
  end

  each_method("whose body was cut is still a 429", function(method)
    local judged = judge(method, { status = 429, code = "PARTIAL_FILE", sent = 1, rate = { retry_after = 3 } })
    assert.equal("rate_limited", judged.kind)
    assert.equal(3, judged.told)
  end)

  it("is never under what was told, whatever the chance", function()
    for step = 0, 100 do
      local wait = judge("GET", { status = 429, rate = { retry_after = 5 } },
        { random = function() return step / 101 end }).wait
      assert.is_true(wait >= 5 and wait < 5.25)
    end
  end)
end)

describe("a server in trouble", function()
  for _, status in ipairs { 408, 500, 502, 503, 504 } do
    local kind = status == 408 and "rejected" or "server"
    each_method(status .. " without Retry-After", function(method, may_repeat)
      local outcome = { status = status, rate = {} }
      local judged = judge(method, outcome)
      assert.equal(kind, judged.kind)
      assert.is_true(judged.retryable)
      assert.is_nil(judged.told)
      if may_repeat then
        assert.equal(5, judged.cost)
        assert_backoff(method, outcome)
      else
        assert_final(method, outcome)
      end
    end)
  end

  each_method("503 with Retry-After", function(method)
    local outcome = { status = 503, rate = { retry_after = 4 } }
    local judged = judge(method, outcome)
    assert.equal("server", judged.kind)
    assert.equal(4, judged.told)
    assert.equal(5, judged.cost)
    assert.is_false(judged.in_doubt)
    assert_wait(method, outcome, 4, 4.25)
  end)

  each_method("503 with Retry-After 0", function(method)
    assert_backoff(method, { status = 503, rate = { retry_after = 0 } })
    assert.is_nil(judge(method, { status = 503, rate = { retry_after = 0 } }).told)
  end)

  it("503 with nothing but a rate reset is not told to come back", function()
    assert_final("POST", { status = 503, rate = { reset_after = 5 } })
    assert_final("PATCH", { status = 503, rate = { reset_after = 5 } })
    assert_backoff("GET", { status = 503, rate = { reset_after = 5 } })
  end)

  for _, status in ipairs { 408, 500, 502, 504 } do
    it(status .. " with Retry-After is no leave to send a POST or PATCH again", function()
      assert_final("POST", { status = status, rate = { retry_after = 1 } })
      assert_final("PATCH", { status = status, rate = { retry_after = 1 } })
    end)
  end

  each_method("501, 505, 507 and 599 are final", function(method)
    for _, status in ipairs { 501, 505, 507, 599 } do
      local judged = assert_final(method, { status = status, rate = {} })
      assert.equal("server", judged.kind)
      assert.equal(status > 505, judged.retryable)
    end
  end)

  it("is the status even where the body was cut or too large", function()
    assert.equal("server", judge("GET", { status = 500, code = "PARTIAL_FILE", sent = 1, rate = {} }).kind)
    assert.equal("not_found", judge("GET", { status = 404, code = "TOO_LARGE", sent = 1, rate = {} }).kind)
  end)
end)

describe("what cannot be mended by trying again", function()
  local kinds = { [401] = "unauthorized", [403] = "forbidden", [404] = "not_found", [409] = "conflict" }
  for _, status in ipairs { 300, 301, 302, 304, 307, 308, 400, 401, 402, 403, 404, 405, 406, 409, 410, 411, 412, 413,
    415, 418, 422, 425, 428, 431, 451, 499 } do
    each_method("HTTP " .. status, function(method)
      local judged = assert_final(method, { status = status, rate = { retry_after = 1, reset_after = 1 } })
      assert.equal(kinds[status] or "rejected", judged.kind)
      assert.is_falsy(judged.retryable)
      assert.is_falsy(judged.in_doubt)
    end)
  end

  each_method("a 2xx that cannot be read", function(method)
    local judged = assert_final(method, { status = 200, unreadable = "not JSON" })
    assert.equal("protocol", judged.kind)
    assert.equal(method ~= "GET", judged.in_doubt)
    assert.is_falsy(judged.retryable)
  end)

  for _, code in ipairs { "PEER_FAILED_VERIFICATION", "SSL_CONNECT_ERROR", "SSL_CERTPROBLEM", "SSL_CIPHER",
    "SSL_CACERT_BADFILE", "SSL_ISSUER_ERROR", "SSL_INVALIDCERTSTATUS", "USE_SSL_FAILED", "SSL_CRL_BADFILE" } do
    each_method(code, function(method)
      local judged = assert_final(method, { code = code })
      assert.equal("tls", judged.kind)
      assert.is_falsy(judged.in_doubt)
    end)
  end

  for _, code in ipairs { "TOO_LARGE", "BAD_CONTENT_ENCODING", "WEIRD_SERVER_REPLY", "UNSUPPORTED_PROTOCOL",
    "OUT_OF_MEMORY" } do
    each_method(code, function(method)
      local judged = assert_final(method, { code = code, sent = 1, status = 200 })
      assert.equal("protocol", judged.kind)
      assert.equal(method ~= "GET", judged.in_doubt)
      assert.is_falsy(judge(method, { code = code, sent = 0 }).in_doubt)
    end)
  end

  each_method("a client that was closed", function(method)
    for _, code in ipairs { "CLOSED", "CANCELLED" } do
      local judged = assert_final(method, { code = code, sent = 1 })
      assert.equal("closed", judged.kind)
      assert.equal(method ~= "GET", judged.in_doubt)
      assert.is_falsy(assert_final(method, { code = code, sent = 0 }).in_doubt)
    end
  end)

  each_method("a request that libcurl does not take", function(method)
    for _, code in ipairs { "URL_MALFORMAT", "FAILED_INIT" } do
      local judged = assert_final(method, { code = code, sent = 0 })
      assert.equal("invalid", judged.kind)
      assert.is_falsy(judged.in_doubt)
    end
  end)
end)

describe("a connection", function()
  for _, code in ipairs { "COULDNT_RESOLVE_HOST", "COULDNT_RESOLVE_PROXY", "COULDNT_CONNECT" } do
    each_method("that never came about, " .. code, function(method)
      local judged = judge(method, { code = code, sent = 0 })
      assert.equal("network", judged.kind)
      assert.equal("network", judged.reason)
      assert.equal(5, judged.cost)
      assert.is_true(judged.retryable)
      assert.is_false(judged.in_doubt)
      assert.is_falsy(judged.fresh)
      assert_backoff(method, { code = code, sent = 0 })
    end)
  end

  each_method("that timed out before anything was sent", function(method)
    local judged = judge(method, { code = "OPERATION_TIMEDOUT", sent = 0 })
    assert.equal("timeout", judged.kind)
    assert.equal(10, judged.cost)
    assert.is_false(judged.in_doubt)
    assert_backoff(method, { code = "OPERATION_TIMEDOUT", sent = 0 })
  end)

  each_method("that timed out after the request was sent", function(method, may_repeat)
    local judged = judge(method, { code = "OPERATION_TIMEDOUT", sent = 1 })
    assert.equal("timeout", judged.kind)
    assert.is_true(judged.retryable)
    assert.equal(method ~= "GET", judged.in_doubt)
    if may_repeat then
      assert.equal(10, judged.cost)
      assert_backoff(method, { code = "OPERATION_TIMEDOUT", sent = 1 })
    else
      assert_final(method, { code = "OPERATION_TIMEDOUT", sent = 1 })
    end
  end)

  for _, code in ipairs { "RECV_ERROR", "SEND_ERROR", "GOT_NOTHING", "PARTIAL_FILE", "HTTP2", "HTTP2_STREAM",
    "A_CODE_OF_A_LATER_LIBCURL" } do
    each_method("that broke, " .. code, function(method, may_repeat)
      local outcome = { code = code, sent = 1 }
      local judged = judge(method, outcome)
      assert.equal("network", judged.kind)
      assert.equal(method ~= "GET", judged.in_doubt)
      if may_repeat then
        assert.equal(5, judged.cost)
        assert_backoff(method, outcome)
      else
        assert_final(method, outcome)
      end
    end)
  end

  each_method("that broke in the middle of a 2xx", function(method, may_repeat)
    local judged = judge(method, { status = 200, code = "PARTIAL_FILE", sent = 1 })
    assert.equal("network", judged.kind)
    assert.equal(may_repeat or nil, judged.retry)
    assert.equal(method ~= "GET", judged.in_doubt)
  end)

  each_method("that was cut in the TLS handshake", function(method)
    for message, is_cut in pairs {
      ["OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to a.example:443"] = true,
      ["OpenSSL SSL_connect: Connection reset by peer in connection to a.example:443"] = true,
      ["OpenSSL SSL_connect: Broken pipe in connection to a.example:443"] = true,
      ["getpeername() failed with errno 107: Transport endpoint is not connected"] = true,
      ["OpenSSL SSL_connect: Software caused connection abort in connection to a.example:443"] = true,
      ["error:0A00010B:SSL routines::wrong version number"] = false,
      ["SSL certificate problem: self-signed certificate"] = false,
    } do
      assert.equal(is_cut, verdict.is_cut(message), message)
    end
    local outcome = { code = "SSL_CONNECT_ERROR", sent = 0, handshake_cut = true }
    local judged = judge(method, outcome)
    assert.equal("network", judged.kind)
    assert.is_false(judged.in_doubt)
    assert_backoff(method, outcome)
  end)
end)

describe("a proxy", function()
  each_method("that refuses to connect is final, but where it is busy", function(method)
    for status = 300, 599 do
      local outcome = { code = "RECV_ERROR", sent = 0, proxy_status = status }
      if status >= 400 and status < 500 and status ~= 408 and status ~= 429 then
        assert.same({ kind = "network" }, judge(method, outcome, { random = never }))
      else
        assert.equal("network", judge(method, outcome).kind)
        assert_backoff(method, outcome)
      end
    end
  end)
end)

describe("a reused connection that was dead", function()
  each_method("where it is certain that nothing was read", function(method)
    for _, code in ipairs { "RESEND_REFUSED", "HTTP2_STREAM", "HTTP2" } do
      local judged = judge(method, { code = code, sent = 1, refused = true, reused = true }, { random = never })
      assert.is_true(judged.retry)
      assert.equal(0, judged.wait)
      assert.is_true(judged.fresh)
      assert.is_false(judged.in_doubt)
      assert.equal(5, judged.cost)
    end
  end)

  each_method("where that is not certain", function(method, may_repeat)
    local judged = judge(method, { code = "RESEND_REFUSED", sent = 1, reused = true }, { random = never })
    assert.equal("network", judged.kind)
    assert.equal(method ~= "GET", judged.in_doubt)
    assert.equal(may_repeat or nil, judged.retry)
    if may_repeat then
      assert.equal(0, judged.wait)
      assert.is_true(judged.fresh)
    end
  end)

  each_method("was no accident of timing if the connection was new", function(method)
    local outcome = { code = "HTTP2_STREAM", sent = 1, refused = true, reused = false }
    assert.is_false(judge(method, outcome).fresh)
    assert_backoff(method, outcome)
  end)
end)

describe("a DELETE that meets 404", function()
  it("is not_found on the first try", function()
    assert.equal("not_found", assert_final("DELETE", { status = 404 }).kind)
  end)

  it("is a success if an earlier try may have been carried out", function()
    local judged = judge("DELETE", { status = 404 }, { may_be_gone = true, attempt = 2, random = never })
    assert.is_true(judged.success)
    assert.is_true(judged.gone)
  end)

  for _, method in ipairs { "GET", "PUT", "POST", "PATCH" } do
    it("has no such meaning for " .. method, function()
      local judged = judge(method, { status = 404 }, { may_be_gone = true, attempt = 2, random = never })
      assert.is_nil(judged.success)
      assert.equal("not_found", judged.kind)
    end)
  end

  -- What makes a 404 to the next try a success, and what does not.
  local causes = {
    { true, { code = "OPERATION_TIMEDOUT", sent = 1 } }, { true, { code = "RECV_ERROR", sent = 1 } },
    { true, { code = "GOT_NOTHING", sent = 1 } }, { true, { code = "RESEND_REFUSED", sent = 1 } },
    { true, { status = 408 } }, { true, { status = 500 } }, { true, { status = 502 } }, { true, { status = 504 } },
    { false, { status = 503 } }, { false, { status = 503, rate = { retry_after = 1 } } }, { false, { status = 429 } },
    { false, { code = "COULDNT_CONNECT", sent = 0 } }, { false, { code = "OPERATION_TIMEDOUT", sent = 0 } },
    { false, { code = "HTTP2_STREAM", sent = 1, refused = true } },
  }
  for _, cause in ipairs(causes) do
    local what = cause[2].status or cause[2].code
    it(("is %s after %s"):format(cause[1] and "a success" or "not_found", what), function()
      local judged = judge("DELETE", cause[2])
      assert.is_true(judged.retry)
      assert.equal(cause[1], judged.may_be_gone or false)
    end)
  end
end)

describe("maybe_applied", function()
  -- Whether a write may have been carried out although it failed for us.
  local rows = {
    { 400, false }, { 401, false }, { 403, false }, { 404, false }, { 409, false }, { 422, false }, { 301, false },
    { 408, true }, { 500, true }, { 501, false }, { 502, true }, { 503, true }, { 504, true }, { 505, false },
    { 507, true }, { 520, true },
  }
  for _, row in ipairs(rows) do
    each_method(row[1] .. "", function(method)
      assert.equal(row[2] and method ~= "GET", judge(method, { status = row[1], rate = {} }).in_doubt or false)
    end)
  end

  each_method("not after 503 that says when to come back", function(method)
    for _, seconds in ipairs { 0, 1, 60 } do
      assert.is_false(judge(method, { status = 503, rate = { retry_after = seconds } }).in_doubt)
    end
  end)
end)

describe("success", function()
  each_method("is any 2xx that can be read", function(method)
    for _, status in ipairs { 200, 201, 202, 204, 207, 299 } do
      local judged = judge(method, { status = status }, { random = never })
      assert.is_true(judged.success)
      assert.is_nil(judged.kind)
      assert.is_nil(judged.retry)
      assert.is_nil(judged.gone)
    end
  end)
end)
