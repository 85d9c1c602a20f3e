--- One call, in a straight line: budget, attempt, verdict, wait, and again.
local errors = require "azion.client.errors"
local attempt = require "azion.call.attempt"
local result = require "azion.call.result"
local semaphore = require "azion.runtime.semaphore"
local verdict = require "azion.call.verdict"

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
---@field keeps_nulls? boolean a null in an item stays `null`
---@field is_patient? boolean its deadline counts from when it may be sent: waits for the rate limit are no part of it
---@field tells_later? boolean the response is given as a function that makes it: of most pages nobody asks for it
---@field read fun(body: any, status: integer): any, string? the result out of the decoded body (true if empty), or the problem

local function emit(engine, request, state, kind, fields)
  if engine.on_event then
    local event = { type = kind, method = request.method, path = result.path(engine, request, state),
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
---@field has_told_wait boolean the events of this attempt tell of its wait for a slot
---@field slot any the slot of the budget that it holds, as the budget gave it
---@field entry azion.LineEntry|false its place among those that wait for a slot
---@field ticket? integer its turn among them, if it has to wait once more in the same attempt
---@field is_sending boolean
---@field turn azion.Semaphore|false where it may hold one of the turns
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
    attempts = 0, in_doubt = false, may_be_gone = false,
    bucket = engine.api.bucket(request.method, request.path),
    -- To fill in what is there already takes no memory: what was taken can always be noted, and given back.
    slot = false, entry = false, turn = false, is_sending = false, has_told_wait = false,
  }
end

local function ended_by_close(engine, request, state)
  return result.error(engine, request, state, errors.closed())
end

local function timed_out(engine, request, state, message)
  if engine.closed then
    return ended_by_close(engine, request, state)
  end
  return result.error(engine, request, state, { kind = "timeout", retryable = true, message = message })
end

-- First the budget and then the note: an error in between has the slot given back twice, which the budget bears, and
-- never not at all.
local function settle(engine, state, answer)
  local budget, slot = engine.budget, state.slot
  if slot then
    budget:settle(state.bucket, answer, engine.now(), slot)
    state.slot = false
  else
    budget:observe(state.bucket, answer, engine.now())
  end
  budget:line(state.bucket):call_first()
end

-- What the budget is told of a call without an answer.
local unsent = { sent = false }
local unanswered = { sent = true }

-- What a call holds is given back whatever happens: an error, an interrupt, the end of the light thread that made it.
local function give_back(engine, state)
  engine.places:give(state)
  if state.slot then
    settle(engine, state, state.is_sending and unanswered or unsent)
  end
  if state.entry then
    state.entry.line:leave(state.entry)
    state.entry = false
  end
  if state.turn then
    state.turn:give(state)
  end
end

-- Waits for a slot of the bucket; nil, or the error that ends the call.
local function take_slot(engine, request, state)
  local taken, wait = engine.budget:line(state.bucket):take {
    budget = engine.budget, bucket = state.bucket, deadline = state.deadline, runtime = engine.runtime, owner = engine,
    state = state,
    on_wait = function(seconds)
      if not state.has_told_wait then
        state.has_told_wait = true
        emit(engine, request, state, "wait", { wait = seconds, bucket = state.bucket })
      end
    end,
  }
  if taken then
    return nil
  elseif engine.closed then
    return ended_by_close(engine, request, state)
  end
  return result.error(engine, request, state, {
    kind = "rate_limited", retryable = true, retry_after = wait,
    message = wait
      and ("rate limit used up: the next slot is free in %s, after the deadline"):format(errors.seconds(wait))
      or "the deadline passed while other calls used the rate limit",
  })
end

-- A slot of the budget and a place among the requests in flight; nil, or the error that ends the call. Whatever came
-- while the call waited for its place counts: a 429 sends it back to wait for a slot, before those that came later.
local function acquire(engine, request, state)
  state.ticket, state.has_told_wait = nil, false
  while true do
    local paces = engine.options.pace
    local err = paces and take_slot(engine, request, state) or nil
    if err or engine.closed then
      return err or ended_by_close(engine, request, state)
    end
    local since = engine.now()
    if not engine.places:take(state, state.deadline, engine) then
      return timed_out(engine, request, state, "the deadline passed while other requests were in flight")
    end
    local is_blocked = paces and engine.budget:blocked(state.bucket, engine.now(), since)
    if engine.now() >= state.deadline then
      return timed_out(engine, request, state, "the deadline passed before the request could be sent")
    elseif not is_blocked then
      return nil
    end
    engine.places:give(state)
    settle(engine, state, unsent)
  end
end

-- Longer than any window of the rate limit.
local very_long = 7 * 24 * 60 * 60

-- For a patient call the clock stands still meanwhile.
local function wait_patiently(engine, request, state, wait)
  if not request.is_patient then
    return wait(engine, request, state)
  end
  local left = state.deadline - engine.now()
  state.deadline = engine.now() + very_long
  local ended = wait(engine, request, state)
  state.deadline = engine.now() + left
  return ended
end

-- One attempt.
local function try(engine, request, state, fresh)
  local err = wait_patiently(engine, request, state, acquire)
  if err then
    give_back(engine, state)
    return nil, err
  end
  state.attempts = state.attempts + 1
  if engine.on_event then
    emit(engine, request, state, "request")
  end
  state.is_sending = true
  local outcome = attempt.run(engine, request, state, fresh)
  engine.places:give(state)
  local judged = verdict.judge(request.method, outcome, state.attempts, state.may_be_gone, engine.random)
  settle(engine, state, { sent = outcome.sent > 0, status = outcome.status, rate = outcome.rate,
    blocked = outcome.status == 429 and judged.told or nil, backoff = judged.wait })
  state.is_sending = false
  return outcome, judged
end

-- Whether there is a next try, and how long to wait for it.
local function next_wait(engine, request, state, judged)
  local is_for_window = request.is_patient and judged.reason == "rate_limited"
  local left = is_for_window and very_long or state.deadline - engine.now()
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
      engine.has_succeeded = true
      local value = outcome.value
      if judged.gone then
        value = true
      end
      if not request.tells_later then
        return value, nil, result.response(engine, request, state, outcome)
      end
      outcome.json, outcome.value, state.ended = nil, nil, engine.now()
      return value, nil, function() return result.response(engine, request, state, outcome) end
    end
    err = result.failure(engine, request, state, outcome, judged)
    state.in_doubt = state.in_doubt or judged.in_doubt or false
    state.may_be_gone = state.may_be_gone or judged.may_be_gone or false
    local wait = next_wait(engine, request, state, judged)
    if not wait then
      return nil, err
    end
    emit(engine, request, state, "retry", { wait = wait, reason = judged.reason })
    engine.runtime:sleep(wait, engine)
    if request.is_patient and judged.reason == "rate_limited" then
      state.deadline = state.deadline + wait
    end
    fresh = judged.fresh or false
  end
end

-- Such requests go through one at a time.
local function run_in_turn(engine, request, state)
  local turn = engine.turns[request.turn] or semaphore.new(engine.runtime, 1)
  engine.turns[request.turn], state.turn = turn, turn
  local has_turn = wait_patiently(engine, request, state, function()
    return turn:take(state, state.deadline, engine)
  end)
  if not has_turn then
    return nil, timed_out(engine, request, state, "the deadline passed while waiting for earlier calls")
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
  local ok, value, err, response = engine.runtime:run(request.turn and run_in_turn or run, give_back, engine, request,
    begin(engine, request))
  if not ok then
    error(value, 0)
  elseif err then
    return nil, err -- and no third value: LuaJIT's `assert` raises the last that it gets
  end
  return value, nil, response
end

return call
