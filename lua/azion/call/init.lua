--- One call, in a straight line: admission, attempt, verdict, wait, and again.
local admission = require "azion.call.admission"
local attempt = require "azion.call.attempt"
local errors = require "azion.client.errors"
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

---@class azion.Call what one call remembers from attempt to attempt
---@field engine table of its client
---@field request azion.Request
---@field started number monotonic seconds
---@field deadline number monotonic seconds
---@field timeout number seconds
---@field connect_timeout number seconds
---@field max_attempts integer
---@field attempts integer
---@field bucket string
---@field in_doubt boolean an attempt may have been carried out
---@field may_be_gone boolean an attempt may have deleted what the call names
---@field has_told_wait boolean the events of this attempt tell of its wait for a slot
---@field slot any the slot of the budget that it holds, as the budget gave it
---@field entry azion.LineEntry|false its place among those that wait for a slot
---@field ticket integer|false its turn among them, if it has to wait once more in the same attempt
---@field is_sending boolean
---@field turn azion.Semaphore|false where it may hold one of the turns
---@field mask? fun(text: string): string masks all secrets of the call; made when it is needed
---@field path? string as it may be shown; made when it is needed
---@field ended? number monotonic seconds, where the response is made later
local methods = { give_back = admission.give_back }
local metatable = { __index = methods }

-- To fill in what is there already takes no memory: what was taken can always be noted, and given back.
local function new(engine, request)
  local now, given, defaults = engine.now(), request.options, engine.options
  return setmetatable({
    engine = engine, request = request,
    started = now,
    deadline = now + (given.deadline or defaults.deadline),
    timeout = given.timeout or defaults.timeout,
    connect_timeout = given.connect_timeout or defaults.connect_timeout,
    max_attempts = given.max_attempts or defaults.max_attempts,
    attempts = 0, in_doubt = false, may_be_gone = false,
    bucket = engine.api.bucket(request.method, request.path),
    slot = false, entry = false, ticket = false, turn = false, is_sending = false, has_told_wait = false,
  }, metatable)
end

-- Tells the program's `on_event`.
function methods:emit(kind, fields)
  local on_event = self.engine.on_event
  if on_event then
    local event = { type = kind, method = self.request.method, path = result.path(self), attempt = self.attempts }
    for name, value in pairs(fields or {}) do
      event[name] = value
    end
    pcall(on_event, event)
  end
end

-- The line in which it waits for a slot says how long there will be none.
function methods:on_wait(seconds)
  if not self.has_told_wait then
    self.has_told_wait = true
    self:emit("wait", { wait = seconds, bucket = self.bucket })
  end
end

-- Longer than any window of the rate limit.
local very_long = 7 * 24 * 60 * 60

-- For a patient call the clock stands still meanwhile.
local function wait_patiently(self, wait)
  if not self.request.is_patient then
    return wait(self)
  end
  local now = self.engine.now
  local left = self.deadline - now()
  self.deadline = now() + very_long
  local ended = wait(self)
  self.deadline = now() + left
  return ended
end

-- One attempt.
local function try(self, fresh)
  local engine = self.engine
  local err = wait_patiently(self, admission.take)
  if err then
    self:give_back()
    return nil, err
  end
  self.attempts = self.attempts + 1
  self:emit("request")
  self.is_sending = true
  local outcome = attempt.run(self, fresh)
  engine.places:give(self)
  local judged = verdict.judge(self.request.method, outcome, self.attempts, self.may_be_gone, engine.random)
  admission.settle(self, { sent = outcome.sent > 0, status = outcome.status, rate = outcome.rate,
    blocked = outcome.status == 429 and judged.told or nil, backoff = judged.wait })
  self.is_sending = false
  return outcome, judged
end

-- Whether there is a next try, and how long to wait for it.
local function next_wait(self, judged)
  local engine = self.engine
  local is_for_window = self.request.is_patient and judged.reason == "rate_limited"
  local left = is_for_window and very_long or self.deadline - engine.now()
  if not judged.retry or self.attempts >= self.max_attempts or engine.closed then
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
local function last_word(self, last, err)
  if not last or err.retry_after or err.kind == "closed" then
    return err
  end
  last.elapsed = self.engine.now() - self.started
  return last
end

-- What a success gives to the caller.
local function succeed(self, outcome, judged)
  local engine = self.engine
  engine.quota:give()
  engine.has_succeeded = true
  local value = judged.gone or outcome.value
  if not self.request.tells_later then
    return value, nil, result.response(self, outcome)
  end
  outcome.json, outcome.value, self.ended = nil, nil, engine.now()
  return value, nil, function() return result.response(self, outcome) end
end

-- Tries, waits and tries again.
local function run(self)
  local engine, fresh, err = self.engine, false, nil
  while true do
    local outcome, judged = try(self, fresh)
    if not outcome then
      return nil, last_word(self, err, judged)
    end
    if engine.on_event then
      self:emit("response", { status = outcome.status, elapsed = outcome.elapsed, kind = judged.kind,
        code = outcome.code })
    end
    if judged.success then
      return succeed(self, outcome, judged)
    end
    err = result.failure(self, outcome, judged)
    self.in_doubt = self.in_doubt or judged.in_doubt or false
    self.may_be_gone = self.may_be_gone or judged.may_be_gone or false
    local wait = next_wait(self, judged)
    if not wait then
      return nil, err
    end
    self:emit("retry", { wait = wait, reason = judged.reason })
    engine.runtime:sleep(wait, engine)
    if self.request.is_patient and judged.reason == "rate_limited" then
      self.deadline = self.deadline + wait
    end
    fresh = judged.fresh or false
  end
end

-- Such requests go through one at a time.
local function run_in_turn(self)
  local engine, name = self.engine, self.request.turn
  local turn = engine.turns[name] or semaphore.new(engine.runtime, 1)
  engine.turns[name], self.turn = turn, turn
  local has_turn = wait_patiently(self, function()
    return turn:take(self, self.deadline, engine)
  end)
  if not has_turn then
    return nil, admission.timed_out(self, "the deadline passed while waiting for earlier calls")
  end
  return run(self)
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
  local ok, value, err, response = engine.runtime:run(request.turn and run_in_turn or run, new(engine, request))
  if not ok then
    error(value, 0)
  elseif err then
    return nil, err -- and no third value: LuaJIT's `assert` raises the last that it gets
  end
  return value, nil, response
end

return call
