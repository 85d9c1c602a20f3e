--- One attempt: the request on the wire, and what came back as an outcome that can be judged.
local verdict = require "azion.call.verdict"

local attempt = {}

-- The caller's own headers take the place of ours.
local function headers_of(engine, request)
  if not request.headers or #request.headers == 0 then
    return engine.headers(request.body ~= nil)
  end
  local lines = {}
  for _, line in ipairs(engine.headers(request.body ~= nil)) do
    lines[#lines + 1] = line
  end
  for _, line in ipairs(request.headers) do
    local name = line:match("^[^:]+"):lower()
    for index = #lines, 1, -1 do
      if lines[index]:match("^[^:]+"):lower() == name then
        table.remove(lines, index)
      end
    end
    lines[#lines + 1] = line
  end
  return lines
end

local function send(call, fresh)
  local engine, request = call.engine, call.request
  local left = call.deadline - engine.now()
  if left <= 0 then
    return { code = "OPERATION_TIMEDOUT", message = "the deadline passed before the request could be sent", sent = 0,
      elapsed = 0 }
  end
  local transfer, message = engine.session:start {
    method = request.method,
    url = engine.base_url .. request.path .. request.query,
    headers = headers_of(engine, request),
    body = request.body,
    timeout = math.min(call.timeout, left),
    connect_timeout = call.connect_timeout,
    deadline = math.max(0.001, left),
    max_bytes = engine.options.max_response_bytes,
    resend_safe = request.method == "GET",
    fresh = fresh or false,
  }
  if not transfer then
    return { code = engine.closed and "CLOSED" or "FAILED_INIT", message = message, sent = 0, elapsed = 0 }
  end
  engine.runtime:await(engine.session, transfer)
  return transfer:take_result(true, engine.api.kept, request.keeps_nulls)
end

-- The body of a success, through the caller's reader.
local function read_success(request, outcome)
  local body = outcome.json
  if outcome.problem then
    return nil, outcome.problem
  elseif body == nil then
    return request.read(true, outcome.status)
  elseif body == true and not request.takes_any then
    return nil, "the reply is the bare value `true`" -- which must not pass for an empty reply
  end
  return request.read(body, outcome.status)
end

--- Sends a request once and waits for the reply.
---@param call azion.Call
---@param fresh boolean on a new connection
---@return azion.Outcome
function attempt.run(call, fresh)
  local engine = call.engine
  local outcome = send(call, fresh)
  local headers, message = outcome.headers, outcome.message
  outcome.rate = headers and engine.api.rate(headers, engine.time(), call.bucket)
  if message then
    outcome.handshake_cut = verdict.is_cut(message)
  end
  if outcome.code == "TOO_LARGE" then
    outcome.body = nil
  elseif outcome.status and outcome.status < 300 and not outcome.code then
    outcome.state = engine.api.state(outcome.json)
    outcome.value, outcome.unreadable = read_success(call.request, outcome)
  end
  return outcome
end

return attempt
