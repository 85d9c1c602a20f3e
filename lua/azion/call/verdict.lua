--- The retry table of the contract, as data and pure functions: what one attempt's outcome means for its call.
--- No clock, no network; `random` is a parameter.
local verdict = {}

verdict.jitter = 0.25        -- seconds, at most, added to a wait that the server told
verdict.backoff_base = 0.5   -- seconds
verdict.backoff_most = 8     -- seconds
verdict.backoff_least = 0.05 -- seconds

-- May be sent twice with the effect of once. (RFC 9110, 9.2.2.)
local idempotent = { GET = true, PUT = true, DELETE = true }

local kinds = { [401] = "unauthorized", [403] = "forbidden", [404] = "not_found", [409] = "conflict",
  [429] = "rate_limited" }

-- Statuses of a server or gateway in trouble: the same request can succeed later.
local passing = { [408] = true, [500] = true, [502] = true, [503] = true, [504] = true }

-- Refusals made before the request was looked at. So is 503 where it says when to come back; without that, it may
-- be a gateway's word for a server that has read the request and gone.
local untouched = { [501] = true, [505] = true }

-- libcurl's names. What is in no list is a break of the connection: `network`.
local tls_codes = { PEER_FAILED_VERIFICATION = true, SSL_CONNECT_ERROR = true, SSL_CERTPROBLEM = true,
  SSL_CIPHER = true, SSL_CACERT_BADFILE = true, SSL_ISSUER_ERROR = true, SSL_ENGINE_NOTFOUND = true,
  SSL_ENGINE_SETFAILED = true, SSL_ENGINE_INITFAILED = true, SSL_INVALIDCERTSTATUS = true,
  SSL_PINNEDPUBKEYNOTMATCH = true, SSL_CRL_BADFILE = true, SSL_CLIENTCERT = true, USE_SSL_FAILED = true }
local protocol_codes = { TOO_LARGE = true, BAD_CONTENT_ENCODING = true, WEIRD_SERVER_REPLY = true,
  UNSUPPORTED_PROTOCOL = true, OUT_OF_MEMORY = true, FILESIZE_EXCEEDED = true, WRITE_ERROR = true }

-- What libcurl and the system say of a connection that ended under it: the code is that of TLS, the cause is not.
local cuts = { "SYSCALL", "reset by peer", "Broken pipe", "not connected", "connection abort" }

--- Whether a message of libcurl's tells of a connection that ended.
---@param message string
---@return boolean
function verdict.is_cut(message)
  for _, words in ipairs(cuts) do
    if message:find(words, 1, true) then
      return true
    end
  end
  return false
end

---@class azion.Outcome what came of one attempt
---@field status? integer
---@field code? string libcurl's name, if the transport failed
---@field sent integer 0: nothing left the machine
---@field refused? boolean the server says that it did not look at the request
---@field rate? azion.RateHeaders
---@field json? any what the body of a success holds
---@field problem? string why that is no JSON
---@field body? string where it is no JSON, or was not looked at
---@field unreadable? string why a 2xx reply's body is no use
---@field reused? boolean it went over a connection that was there
---@field proxy_status? integer with which a proxy refused the connection
---@field handshake_cut? boolean the connection ended in the middle of the TLS handshake

---@class azion.Verdict
---@field success? boolean
---@field retry? boolean
---@field wait? number seconds before the retry
---@field told? number seconds of `wait` that the server asked for
---@field fresh? boolean the retry must use a new connection
---@field reason? string for the event: "rate_limited", "server", "network", "timeout"
---@field kind? string
---@field retryable? boolean
---@field gone? boolean what a DELETE was to remove is not there any more
---@field in_doubt? boolean the server may have carried the request out
---@field may_be_gone? boolean should the next try of a DELETE meet 404, it was this one's doing
---@field cost? number what a retry takes from the quota

local success = { success = true }

--- Full jitter: any wait up to the bound is as likely as any other. Never none at all.
---@param attempt integer the attempt that failed, from 1
---@param random fun(): number in [0, 1)
---@return number seconds
function verdict.backoff(attempt, random)
  local bound = math.min(verdict.backoff_most, verdict.backoff_base * 2 ^ (attempt - 1))
  return math.max(verdict.backoff_least, random() * bound)
end

local function sensible(seconds)
  return seconds and seconds > 0 and seconds or nil
end

local function rate_limited(outcome, attempt, random)
  local rate = outcome.rate or {}
  local told = sensible(rate.retry_after) or sensible(rate.reset_after)
  return {
    kind = "rate_limited", reason = "rate_limited", retry = true, retryable = true, told = told,
    wait = told and told + random() * verdict.jitter or verdict.backoff(attempt, random),
    cost = 5,
  }
end

local function failed_status(method, outcome, attempt, random)
  local status = outcome.status
  local kind = kinds[status] or (status >= 500 and "server") or "rejected"
  local told = outcome.rate and outcome.rate.retry_after
  local in_doubt = method ~= "GET" and (status == 408 or status >= 500) and not untouched[status]
    and not (status == 503 and told)
  local result = {
    kind = kind, reason = kind,
    retryable = passing[status] or status > 505,
    in_doubt = in_doubt, may_be_gone = in_doubt and status ~= 503,
  }
  if passing[status] and (idempotent[method] or (status == 503 and told)) then
    result.retry, result.cost = true, 5
    result.told = status == 503 and sensible(told) or nil
    result.wait = result.told and result.told + random() * verdict.jitter or verdict.backoff(attempt, random)
  end
  return result
end

-- To be refused again, over and over, can lock an account.
local function is_final_for_proxy(status)
  return status ~= nil and status >= 400 and status < 500 and status ~= 408 and status ~= 429
end

local function failed_transport(method, outcome, attempt, random)
  local code = outcome.code
  if code == "CLOSED" or code == "CANCELLED" then
    return { kind = "closed", in_doubt = outcome.sent > 0 and method ~= "GET" }
  elseif protocol_codes[code] then
    return { kind = "protocol", in_doubt = outcome.sent > 0 and method ~= "GET" }
  elseif code == "URL_MALFORMAT" or code == "FAILED_INIT" then
    return { kind = "invalid" }
  elseif is_final_for_proxy(outcome.proxy_status) then
    return { kind = "network" }
  elseif tls_codes[code] and not outcome.handshake_cut then
    return { kind = "tls" }
  end
  local kind = code == "OPERATION_TIMEDOUT" and "timeout" or "network"
  local untouched_by_server = outcome.sent == 0 or outcome.refused
  local in_doubt = not untouched_by_server and method ~= "GET"
  local result = { kind = kind, reason = kind, retryable = true, cost = kind == "timeout" and 10 or 5,
    in_doubt = in_doubt, may_be_gone = in_doubt }
  if untouched_by_server or idempotent[method] then
    -- On a new connection, being refused is no accident of timing.
    local lost_before_read = (outcome.refused or code == "RESEND_REFUSED") and outcome.reused
    -- And one over which nothing came in time may be dead.
    result.retry, result.fresh = true, lost_before_read or kind == "timeout"
    result.wait = lost_before_read and 0 or verdict.backoff(attempt, random)
  end
  return result
end

--- Judges one attempt.
---@param method string
---@param outcome azion.Outcome
---@param attempt integer from 1
---@param may_be_gone boolean an earlier attempt of this call may have deleted what it names
---@param random fun(): number in [0, 1)
---@return azion.Verdict
function verdict.judge(method, outcome, attempt, may_be_gone, random)
  local status = outcome.status
  -- A refusal counts even if its body was cut; a success needs to be whole.
  if status == 429 then
    return rate_limited(outcome, attempt, random)
  elseif status and status >= 300 then
    if status == 404 and method == "DELETE" and may_be_gone then
      return { success = true, gone = true }
    end
    return failed_status(method, outcome, attempt, random)
  elseif outcome.code then
    return failed_transport(method, outcome, attempt, random)
  elseif outcome.unreadable then
    return { kind = "protocol", in_doubt = method ~= "GET" }
  end
  return success
end

return verdict
