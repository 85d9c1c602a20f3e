--- One call, in a straight line: budget, attempt, verdict, wait, and again.
local errors = require "azion.errors"
local exchange = require "azion.exchange"
local report = require "azion.report"
local semaphore = require "azion.semaphore"
local v3 = require "azion.v3"
local verdict = require "azion.verdict"

local call = {}

---@class azion.Request
---@field method string
---@field path string percent-encoded, below the base URL
---@field query string "" or "?…"
---@field body? string JSON
---@field headers? string[] "Name: value"
---@field options table per-call options
---@field turn? string requests of the same turn go one at a time
---@field secrets? string[] values in the request that must not be shown
---@field takes_any? boolean any JSON will do as the result
---@field tells_later? boolean the response is given as a function that makes it: of most pages nobody asks for it
---@field read fun(body: any, status: integer): any, string? the result out of the decoded body (true if empty), or the problem

local function emit(engine, request, state, kind, fields)
  if engine.on_event then
    local event = { type = kind, method = request.method, path = report.path(engine, request, state),
      attempt = state.attempts }
    for name, value in pairs(fields or {}) do
      event[name] = value
    end
    pcall(engine.on_event, event)
  end
end

---@class azion.CallState what one call remembers from attempt to attempt
---@field started number monotonic seconds
---@field deadline number monotonic seconds
---@field timeout number seconds
---@field connect_timeout number seconds
---@field max_attempts integer
---@field attempts integer
---@field in_doubt boolean an attempt may have been carried out
---@field may_be_gone boolean an attempt may have deleted what the call names
---@field slot any the slot of the budget that it holds, as the budget gave it
---@field place azion.Semaphore|false it holds a place among the requests in flight, and sends
---@field turn azion.Semaphore|false it holds
---@field mask? fun(text: string): string masks all secrets of the call; made when it is needed
---@field path? string as it may be shown; made when it is needed
---@field ended? number monotonic seconds, where the response is made later
---@field bucket string

local function begin(engine, request)
  local now, given, defaults = engine.now(), request.options, engine.options
  return {
    started = now,
    deadline = now + (given.deadline or defaults.deadline),
    timeout = given.timeout or defaults.timeout,
    connect_timeout = given.connect_timeout or defaults.connect_timeout,
    max_attempts = given.max_attempts or defaults.max_attempts,
    attempts = 0,
    in_doubt = false,
    may_be_gone = false,
    bucket = v3.bucket(request.method, request.path),
    -- Preallocated, so recording a slot cannot fail for lack of memory.
    slot = false, place = false, turn = false,
  }
end

-- Waits for a slot of the bucket; nil, or the error that ends the call.
local function reserve(engine, request, state)
  local signal, told = engine.budget_signal, false
  while engine.options.pace and not engine.closed do
    local now = engine.now()
    local taken, wait = engine.budget:reserve(state.bucket, now)
    if taken then
      state.slot = taken
      return nil
    elseif now + (wait or 0) >= state.deadline then
      return report.error(engine, request, state, {
        kind = "rate_limited", retryable = true, retry_after = wait,
        message = wait
          and ("rate limit used up: the next slot is free in %s, after the deadline"):format(errors.seconds(wait))
          or "the deadline passed while other calls used up the rate limit",
      })
    elseif wait and not told then
      told = true
      emit(engine, request, state, "wait", { wait = wait, bucket = state.bucket })
    end
    engine.runtime:wait(signal, wait and now + wait or state.deadline)
  end
  return nil
end

local function settle(engine, state, answer)
  local budget, slot = engine.budget, state.slot
  state.slot = false
  local whole, raised = engine.runtime:protect(budget[slot and "settle" or "observe"], budget, state.bucket, answer,
    engine.now(), slot)
  if not whole then
    state.slot = slot -- for give_back
    error(raised, 0)
  end
  engine.runtime:notify(engine.budget_signal)
end

-- What the budget is told of a call without an answer.
local given_up = { [true] = { sent = true }, [false] = { sent = false } }

-- What a call holds is given back whatever happens: an error, an interrupt, the end of the light thread that
-- made it. That last comes from outside, so what is given back is marked at once.
local function give_back(engine, state)
  local sent = state.place ~= false
  if state.place then
    state.place:give(state, "place")
  end
  if state.slot then
    settle(engine, state, given_up[sent])
  end
  if state.turn then
    state.turn:give(state, "turn")
  end
end

-- One attempt with a slot of the budget and a place among the requests in flight.
local function try(engine, request, state, fresh)
  local err = reserve(engine, request, state)
  if err or engine.closed then
    return nil, err or report.error(engine, request, state, errors.closed())
  end
  if not engine.places:take(state.deadline, state, "place") then
    give_back(engine, state)
    return nil, report.error(engine, request, state, engine.closed and errors.closed() or {
      kind = "timeout", retryable = true, message = "the deadline passed while other requests were in flight" })
  end
  state.attempts = state.attempts + 1
  if engine.on_event then
    emit(engine, request, state, "request")
  end
  local outcome = exchange.run(engine, request, state, fresh)
  engine.places:give(state, "place")
  local judged = verdict.judge(request.method, outcome, state.attempts, state.may_be_gone, engine.random)
  settle(engine, state, { sent = outcome.sent > 0, status = outcome.status, rate = outcome.rate,
    blocked = outcome.status == 429 and judged.told or nil })
  return outcome, judged
end

-- Whether there is a next try, and how long to wait for it.
local function next_wait(engine, state, judged)
  local left = state.deadline - engine.now()
  if not judged.retry or state.attempts >= state.max_attempts or engine.closed then
    return nil
  elseif (judged.told or judged.wait) >= left then
    return nil
  elseif not engine.quota:take(judged.cost) then
    return nil
  end
  -- Drop the jitter if it would leave no time for the retry.
  return judged.wait < left and judged.wait or judged.told
end

-- Where the deadline passed before the next try could be sent, the last one says what was wrong.
local function last_word(engine, state, last, err)
  if not last or err.retry_after or err.kind == "closed" then
    return err
  end
  last.elapsed = engine.now() - state.started
  return last
end

-- Tries, waits and tries again.
local function run(engine, request, state)
  local fresh, err = false, nil
  while true do
    local outcome, judged = try(engine, request, state, fresh)
    if not outcome then
      return nil, last_word(engine, state, err, judged)
    end
    if engine.on_event then
      emit(engine, request, state, "response", { status = outcome.status, elapsed = outcome.elapsed, kind = judged.kind,
        code = outcome.code })
    end
    if judged.success then
      engine.quota:give()
      local value = outcome.value
      if judged.gone then
        value = true
      end
      if not request.tells_later then
        return value, nil, report.response(engine, request, state, outcome)
      end
      outcome.json, outcome.value, state.ended = nil, nil, engine.now()
      return value, nil, function() return report.response(engine, request, state, outcome) end
    end
    err = report.failure(engine, request, state, outcome, judged)
    state.in_doubt = state.in_doubt or judged.in_doubt or false
    state.may_be_gone = state.may_be_gone or judged.may_be_gone or false
    local wait = next_wait(engine, state, judged)
    if not wait then
      return nil, err
    end
    emit(engine, request, state, "retry", { wait = wait, reason = judged.reason })
    engine.runtime:sleep(wait)
    fresh = judged.fresh or false
  end
end

-- Such requests go through one at a time.
local function run_in_turn(engine, request, state)
  local turn = engine.turns[request.turn] or semaphore.new(engine.runtime, 1)
  engine.turns[request.turn] = turn
  if not turn:take(state.deadline, state, "turn") then
    return nil, report.error(engine, request, state, engine.closed and errors.closed() or {
      kind = "timeout", retryable = true, message = "the deadline passed while waiting for earlier calls" })
  end
  return run(engine, request, state)
end

--- Carries a request out, with retries as the contract's table says.
---@param engine table
---@param request azion.Request
---@return any value
---@return azion.Error? err
---@return azion.Response? response
function call.run(engine, request)
  local refusal = engine.runtime.refusal()
  if refusal then
    return nil, errors.invalid(refusal)
  end
  local state = begin(engine, request)
  local lifeline = engine.runtime:attach(give_back, engine, state)
  local carry_out = request.turn and run_in_turn or run
  local whole, value, err, response = engine.runtime:protect(carry_out, engine, request, state)
  engine.runtime:detach(lifeline)
  give_back(engine, state)
  if not whole then
    error(value, 0)
  elseif err then
    return nil, err -- and no third value: LuaJIT's `assert` raises the last that it gets
  end
  return value, nil, response
end

return call
