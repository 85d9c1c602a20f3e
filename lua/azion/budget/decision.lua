--- One decision about a budget that many share: state and question in, state and answer out. Redis runs the text of
--- this file (Lua 5.1, made into `decision_text` by `make describe`), the shared dictionary calls it under a lock.
--
-- What is kept of a bucket belongs to one window of the API's. A window is named by its start, the moment at which
-- the one before it ended, because its own end is not known before the first reply of it. A call is counted in the
-- window in which it was let go. One that is still out when that window ends may be counted by the API in the next:
-- so it counts there too ("carry") until it is settled, or until its holder has been silent for so long that it must
-- be dead. What others use shows in `remaining`.
--
-- What every decision keeps: `count`, the slots given in this window and not given back, plus `carry`, plus `foreign`,
-- what others are known to use, is at most `limit`, or one more call than nothing where the limit is below one.
local decision = {}

local clock_memory, date_resolution, default_window = 300, 1, 60
local shortest_carry, longest_carry, longest_delay, first_call_lease = 1, 10, 60, 5
local shortest_wait, lifetime, batch_share = 0.001, 600, 0.02

---@class azion.BudgetState of one bucket
---@field start number the window, by the API's clock
---@field count number slots given
---@field flight number of these, calls that are still out
---@field foreign number slots that others use, as far as replies tell
---@field carry number calls of the window before (`carry_start`) that were out when it ended
---@field carry_start? number
---@field holders number that have asked in this window; `last_holders` in the one before
---@field last_holders? number
---@field reset? number the window's end, as told; or `expected`, until when the first call of it has to tell
---@field expected? number
---@field limit? number
---@field unlimited? 1 as far as is known
---@field refused? 1 by a 429 while no limit is known: one call goes first when the wait is over
---@field blocked? number until when a 429 keeps all waiting, by the own clock
---@field window? number seconds, the longest told; it is the length if `is_length_known`
---@field is_length_known? 1
---@field difference? number of the API's clock and the own one; `earlier`, the same of some minutes before
---@field earlier? number
---@field clock_since? number

---@class azion.BudgetQuestion
---@field seen? number|"*" the window in which this holder asked last; "*" if it is asking at the moment anyway
---@field wants boolean a slot
---@field reports { start: number?, outcome: string, limit: number?, remaining: number?, reset: number?, date: number?, age: number, blocked: number? }[]
--- calls that ended: the window of its slot, outcome, seconds since the reply. Outcomes: counted, refused (by a 429),
--- unused, silent (no answer); and of answers without headers unlimited (2xx), answered (3xx, 4xx), failed (5xx).
---@field most number slots to give at once
---@field poll number seconds until somebody asks again whom only a reply to another call can help

---@class azion.BudgetAnswerOfStore
---@field granted number
---@field wait number seconds, if none was granted; if none is wanted: as long as a 429 keeps all waiting
---@field start number the window
---@field left? number seconds to its end
---@field reset? number its end by the API's clock
---@field holders number
---@field limit? number

---@return azion.BudgetState
function decision.new()
  return { start = 0, count = 0, flight = 0, foreign = 0, carry = 0, holders = 0 }
end

-- The API's clock, never ahead of the truth: Date is cut to seconds, so the largest difference is the best.
local function server_time(state, now)
  return now + math.max(state.difference or 0, state.earlier or -math.huge)
end

local function learn_clock(state, difference, now)
  if state.expected and not state.clock_since then
    state.expected = state.expected + difference -- until now it was by the own clock
  end
  if not state.clock_since or now - state.clock_since > clock_memory then
    state.earlier, state.difference, state.clock_since = state.difference, difference, now
  end
  -- A reply is never that old: one of the clocks was set.
  local was_set = math.abs(difference - state.difference) > longest_delay
  state.difference = was_set and difference or math.max(state.difference, difference)
end

-- The first window that was seen may have been nearly over: it does not tell how long windows are.
local function window_length(state)
  return state.is_length_known and state.window or math.max(state.window or 0, default_window)
end

-- Calls of the window before that are still out.
local function carry(state, now)
  local ends = state.start + math.max(shortest_carry, math.min(window_length(state) / 4, longest_carry))
  return server_time(state, now) < ends and state.carry or 0
end

-- As it is when the state was written and read: windows are told apart by their starts.
local function rounded(time)
  return tonumber(("%.6f"):format(time))
end

local function end_window(state, at)
  state.carry, state.carry_start = state.flight, state.start
  state.start, state.reset, state.expected = rounded(at), nil, nil
  state.count, state.flight, state.foreign = 0, 0, 0
  state.last_holders, state.holders = state.holders, 0
end

local function advance(state, now)
  local ends = state.reset or state.expected
  if not ends or ends > server_time(state, now) then
    return
  elseif state.limit or state.reset then
    end_window(state, ends)
  else
    state.count, state.expected = 0, nil -- the first call of all, and its holder is dead or very slow
  end
end

-- A later reset is that of the next window if the server's clock may have passed the end of this one. If not,
-- windows slide: then all slots of this one are held until the latest reset.
local function learn_window(state, report)
  state.window = math.max(state.window or 0, report.reset - report.date)
  if state.reset and report.reset >= state.reset + state.window / 2
    and report.date + date_resolution > state.reset then
    end_window(state, state.reset)
  end
  if report.reset > state.start and report.reset >= (state.reset or 0) then
    state.reset, state.expected = report.reset, nil
    state.is_length_known = state.start > 0 and 1 or nil
    state.limit = report.limit or (report.remaining and report.remaining + state.count)
    state.unlimited = not state.limit and 1 or nil
  end
end

-- Without headers there is no limit, as far as is known; only a success ends one that was. What was sent before a 429
-- says nothing about the time after it, and what the server could not carry out does not end the caution.
local function learn_without_headers(state, report, now)
  local is_success = report.outcome == "unlimited"
  if not is_success and (state.limit or report.outcome ~= "answered" and report.outcome ~= "failed") then
    return
  elseif state.refused and (report.outcome == "failed" or now < (state.blocked or 0)) then
    return
  end
  state.limit, state.unlimited, state.refused = nil, 1, nil
end

local function settle_slot(state, report)
  if report.start == state.start then
    state.flight = math.max(0, state.flight - 1)
    if report.outcome == "unused" or report.outcome == "refused" then
      state.count = math.max(0, state.count - 1)
    end
  elseif report.start then
    if report.start == state.carry_start then
      state.carry = math.max(0, state.carry - 1)
    end
    if report.outcome == "counted" and report.reset > state.start then
      state.count = state.count + 1
    end
  end
end

local function settle(state, report, now)
  if report.date then
    learn_clock(state, report.date + report.age - now, now)
  end
  advance(state, now)
  if report.reset then
    learn_window(state, report)
  else
    learn_without_headers(state, report, now)
  end
  settle_slot(state, report)
  if report.outcome == "refused" and not state.limit then
    state.unlimited, state.refused = nil, 1
  end
  if not state.limit and not state.unlimited and state.flight == 0 then
    state.count = 0 -- the first call taught nothing: the next one may
  end
  if report.remaining and report.reset == state.reset then
    state.foreign = math.max(state.foreign, state.limit - report.remaining - state.count - carry(state, now))
  end
  if report.blocked then
    state.blocked = math.max(state.blocked or 0, now + report.blocked - report.age)
  end
end

local function take(state, now, count, lease)
  state.count, state.flight = state.count + count, state.flight + count
  if not state.reset and not state.expected then
    state.expected = server_time(state, now) + lease
  end
  return count, 0
end

local function holders_of(state)
  return math.max(1, state.holders, state.last_holders or 1)
end

-- Slots granted, or 0 and how long to wait.
local function reserve(state, now, most, poll)
  if state.blocked and now < state.blocked then
    return 0, state.blocked - now
  elseif state.unlimited then
    return 1, 0
  elseif not state.limit then
    if state.count > 0 then
      return 0, poll
    end
    return take(state, now, 1, first_call_lease)
  end
  local free = math.max(1, state.limit) - state.count - state.foreign
  local carried = carry(state, now)
  if free - carried >= 1 then
    local batch = state.reset and math.floor(state.limit * batch_share / holders_of(state)) or 1
    return take(state, now, math.max(1, math.min(batch, most, free - carried)), window_length(state) + date_resolution)
  end
  return 0, free < 1 and state.reset and math.max(shortest_wait, state.reset - server_time(state, now)) or poll
end

--- Decides. The state is changed.
---@param state azion.BudgetState
---@param question azion.BudgetQuestion
---@param now number seconds, by one clock for all that share the state
---@return azion.BudgetAnswerOfStore
function decision.make(state, question, now)
  for _, report in ipairs(question.reports) do
    settle(state, report, now)
  end
  advance(state, now)
  local granted, wait = 0, math.max(0, (state.blocked or now) - now)
  if question.wants then
    if question.seen ~= "*" and question.seen ~= state.start then
      state.holders = state.holders + 1
    end
    granted, wait = reserve(state, now, question.most, question.poll)
  end
  return {
    granted = granted, wait = wait, start = state.start, reset = state.reset,
    left = state.reset and state.reset - server_time(state, now), holders = holders_of(state), limit = state.limit,
  }
end

--- How long a state is of use, in seconds.
---@param state azion.BudgetState
---@param now number
---@return integer
function decision.lifetime(state, now)
  local left = state.reset and state.reset - server_time(state, now) or 0
  return math.ceil(math.max(lifetime, 4 * window_length(state), 2 * left))
end

--- The text of a state, or of an answer.
---@param values table<string, number>
---@return string
function decision.pack(values)
  local parts = {}
  for name, value in pairs(values) do
    parts[#parts + 1] = (value % 1 == 0 and "%s=%d" or "%s=%.6f"):format(name, value)
  end
  return table.concat(parts, " ")
end

--- Reads such a text into a table, that of a new state for one.
---@param text string
---@param into table<string, number>
---@return table<string, number>
function decision.unpack(text, into)
  for name, value in text:gmatch "(%S+)=(%S+)" do
    into[name] = tonumber(value)
  end
  return into
end

return decision
