--- What a call takes before it is sent, and gives back whatever happens: a slot of the rate budget, and a place among
--- the client's requests in flight.
local errors = require "azion.client.errors"
local result = require "azion.call.result"

local admission = {}

-- First the budget and then the note: an error in between has the slot given back twice, which the budget bears, and
-- never not at all.
---@param call azion.Call
---@param answer table what became of the request, for the budget
function admission.settle(call, answer)
  local engine, slot = call.engine, call.slot
  local budget = engine.budget
  if slot then
    budget:settle(call.bucket, answer, engine.now(), slot)
    call.slot = false
  else
    budget:observe(call.bucket, answer, engine.now())
  end
  budget:line(call.bucket):call_first()
end

-- What the budget is told of a call without an answer.
local unsent = { sent = false }
local unanswered = { sent = true }

--- Gives back what a call holds: after an error, an interrupt, the end of the light thread that made it, too.
---@param call azion.Call
function admission.give_back(call)
  call.engine.places:give(call)
  if call.slot then
    admission.settle(call, call.is_sending and unanswered or unsent)
  end
  if call.entry then
    call.entry.line:leave(call.entry)
    call.entry = false
  end
  if call.turn then
    call.turn:give(call)
  end
end

---@param call azion.Call
---@return azion.Error
local function closed(call)
  return result.error(call, errors.closed())
end

--- The error of a call whose deadline passed while it waited, or whose client was closed meanwhile.
---@param call azion.Call
---@param message string
---@return azion.Error
function admission.timed_out(call, message)
  if call.engine.closed then
    return closed(call)
  end
  return result.error(call, { kind = "timeout", retryable = true, message = message })
end

-- Waits for a slot of the bucket; nil, or the error that ends the call.
local function take_slot(call)
  local engine = call.engine
  local taken, wait = engine.budget:line(call.bucket):take(call)
  if taken then
    return nil
  elseif engine.closed then
    return closed(call)
  end
  return result.error(call, {
    kind = "rate_limited", retryable = true, retry_after = wait,
    message = wait
      and ("rate limit used up: the next slot is free in %s, after the deadline"):format(errors.seconds(wait))
      or "the deadline passed while other calls used the rate limit",
  })
end

--- Takes both. Whatever came while the call waited for its place counts: a 429 sends it back to wait for a slot,
--- before those that came later.
---@param call azion.Call
---@return azion.Error? err that ends the call
function admission.take(call)
  local engine = call.engine
  local paces = engine.options.pace
  call.ticket, call.has_told_wait = false, false
  while true do
    local err = paces and take_slot(call) or nil
    if err or engine.closed then
      return err or closed(call)
    end
    local since = engine.now()
    if not engine.places:take(call, call.deadline, engine) then
      return admission.timed_out(call, "the deadline passed while other requests were in flight")
    end
    local is_blocked = paces and engine.budget:blocked(call.bucket, engine.now(), since)
    if engine.now() >= call.deadline then
      return admission.timed_out(call, "the deadline passed before the request could be sent")
    elseif not is_blocked then
      return nil
    end
    engine.places:give(call)
    admission.settle(call, unsent)
  end
end

return admission
