--- One decision about a budget that many share, as a script that Redis runs (Lua 5.1), and how it is asked. The
--- simulation of a fleet runs the very same text.
--
-- What is kept of a bucket belongs to one window of the API's. A window is named by its start, the moment at which
-- the one before it ended, because its own end is not known before the first reply of it. A call is counted in the
-- window in which it was let go. One that is still out when that window ends may be counted by the API in the next:
-- so it counts there too ("carry") until it is settled, or until its holder has been silent for so long that it must
-- be dead. What others use shows in `remaining`.
--
--   KEYS[1]  the bucket
--   ARGV     the window in which this holder asked last ("" if in none, "*" if it is asking at the moment anyway),
--            slots wanted (0 or 1), then for each call that ended, eight values: window of its slot ("" if it had none), outcome, limit, remaining, reset, date,
--            age (seconds since the reply), blocked (seconds that a 429 told to wait); "" for what is not known.
--            Outcomes: counted, refused (by a 429), unused, silent (no answer); and of answers without headers
--            unlimited (2xx), answered (3xx, 4xx), failed (5xx).
--   reply    one line: slots granted, seconds to wait if none (if none is wanted: as long as a 429 keeps all waiting), the window, seconds to its end, holders, limit, the
--            window's end by the API's clock; "-" for what is not known
local decision = {}

decision.script = [==[
local clock_memory, date_resolution, default_window = 300, 1, 60
local shortest_carry, longest_carry, longest_delay, first_call_lease = 1, 10, 60, 5
local shortest_wait, poll, lifetime = 0.001, 0.1, 600
local largest_batch, batch_share = 32, 0.02

local state = { start = 0, count = 0, flight = 0, foreign = 0, carry = 0, holders = 0 }
for name, value in string.gmatch(redis.call("GET", KEYS[1]) or "", "(%S+)=(%S+)") do
  state[name] = tonumber(value)
end
local time = redis.call("TIME")
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000

-- The API's clock, never ahead of the truth: Date is cut to seconds, so the largest difference is the best.
local function server_time()
  return now + math.max(state.difference or 0, state.earlier or -math.huge)
end

local function learn_clock(difference)
  if not state.clock_since or now - state.clock_since > clock_memory then
    state.earlier, state.difference, state.clock_since = state.difference, difference, now
  end
  -- A reply is never that old: one of the clocks was set.
  local was_set = math.abs(difference - state.difference) > longest_delay
  state.difference = was_set and difference or math.max(state.difference, difference)
end

-- The first window that was seen may have been nearly over: it does not tell how long windows are.
local function window_length()
  return state.is_length_known and state.window or math.max(state.window or 0, default_window)
end

-- Calls of the window before that are still out.
local function carry()
  local ends = state.start + math.max(shortest_carry, math.min(window_length() / 4, longest_carry))
  return server_time() < ends and state.carry or 0
end

local function end_window(at)
  state.carry, state.carry_start = state.flight, state.start
  state.start, state.reset, state.expected = at, nil, nil
  state.count, state.flight, state.foreign = 0, 0, 0
  state.last_holders, state.holders = state.holders, 0
end

local function advance()
  local clock = server_time()
  local ends = state.reset or state.expected
  if ends and ends <= clock and (state.limit or state.reset) then
    end_window(ends)
  elseif ends and ends <= clock then
    state.count, state.expected = 0, nil -- the first call of all, and its holder is dead or very slow
  end
end

-- A later reset is that of the next window if the server's clock may have passed the end of this one. If not,
-- windows slide: then all slots of this one are held until the latest reset.
local function learn_window(reply)
  state.window = math.max(state.window or 0, reply.reset - reply.date)
  if state.reset and reply.reset >= state.reset + state.window / 2
    and reply.date + date_resolution > state.reset then
    end_window(state.reset)
  end
  if reply.reset > state.start and reply.reset >= (state.reset or 0) then
    state.reset, state.expected = reply.reset, nil
    state.is_length_known = state.start > 0 and 1 or nil
    state.limit = reply.limit or (reply.remaining and reply.remaining + state.count)
    state.unlimited = not state.limit and 1 or nil
  end
end

-- Without headers there is no limit, as far as is known; only a success ends one that was. What was sent before a 429
-- says nothing about the time after it, and what the server could not carry out does not end the caution.
local function learn_without_headers(reply)
  local is_success = reply.outcome == "unlimited"
  if not is_success and (state.limit or reply.outcome ~= "answered" and reply.outcome ~= "failed") then
    return
  elseif state.refused and (reply.outcome == "failed" or now < (state.blocked or 0)) then
    return
  end
  state.limit, state.unlimited, state.refused = nil, 1, nil
end

local function settle_slot(reply)
  if reply.start == state.start then
    state.flight = math.max(0, state.flight - 1)
    if reply.outcome == "unused" or reply.outcome == "refused" then
      state.count = math.max(0, state.count - 1)
    end
  elseif reply.start then
    if reply.start == state.carry_start then
      state.carry = math.max(0, state.carry - 1)
    end
    if reply.outcome == "counted" and reply.reset > state.start then
      state.count = state.count + 1
    end
  end
end

local function settle(reply)
  if reply.date then
    learn_clock(reply.date + reply.age - now)
  end
  advance()
  if reply.reset then
    learn_window(reply)
  else
    learn_without_headers(reply)
  end
  settle_slot(reply)
  if reply.outcome == "refused" and not state.limit then
    state.unlimited, state.refused = nil, 1 -- one call goes first when the wait is over
  end
  if not state.limit and not state.unlimited and state.flight == 0 then
    state.count = 0 -- the first call taught nothing: the next one may
  end
  if reply.remaining and reply.reset == state.reset then
    state.foreign = math.max(state.foreign, state.limit - reply.remaining - state.count - carry())
  end
  if reply.blocked then
    state.blocked = math.max(state.blocked or 0, now + reply.blocked - reply.age)
  end
end

local function take(count, lease)
  state.count, state.flight = state.count + count, state.flight + count
  if not state.reset and not state.expected then
    state.expected = server_time() + lease
  end
  return count, 0
end

-- Slots granted, or 0 and how long to wait.
local function reserve()
  local clock = server_time()
  if state.blocked and now < state.blocked then
    return 0, state.blocked - now
  elseif state.unlimited then
    return 1, 0
  elseif not state.limit then
    if state.count > 0 then
      return 0, poll
    end
    return take(1, first_call_lease)
  end
  local free = math.max(1, state.limit) - state.count - state.foreign
  local carried = carry()
  if free - carried >= 1 then
    local holders = math.max(1, state.holders, state.last_holders or 1)
    local batch = state.reset and math.floor(state.limit * batch_share / holders) or 1
    return take(math.max(1, math.min(batch, largest_batch, free - carried)), window_length() + date_resolution)
  end
  return 0, free < 1 and state.reset and math.max(shortest_wait, state.reset - clock) or poll
end

for index = 3, #ARGV, 8 do
  settle {
    start = tonumber(ARGV[index]), outcome = ARGV[index + 1],
    limit = tonumber(ARGV[index + 2]), remaining = tonumber(ARGV[index + 3]), reset = tonumber(ARGV[index + 4]),
    date = tonumber(ARGV[index + 5]), age = tonumber(ARGV[index + 6]), blocked = tonumber(ARGV[index + 7]),
  }
end
advance()
local granted, wait = 0, 0
if tonumber(ARGV[2]) > 0 then
  if ARGV[1] ~= "*" and tonumber(ARGV[1]) ~= state.start then
    state.holders = state.holders + 1
  end
  granted, wait = reserve()
elseif state.blocked then
  wait = math.max(0, state.blocked - now)
end

local parts = {}
for name, value in pairs(state) do
  parts[#parts + 1] = string.format("%s=%.6f", name, value)
end
local left = state.reset and state.reset - server_time() or 0
redis.call("SET", KEYS[1], table.concat(parts, " "), "EX", math.ceil(math.max(lifetime, 4 * window_length(), 2 * left)))
return { ok = table.concat({
  string.format("%d", granted), string.format("%.6f", wait), string.format("%.6f", state.start),
  state.reset and string.format("%.6f", state.reset - server_time()) or "-",
  string.format("%d", math.max(1, state.holders, state.last_holders or 1)),
  state.limit and string.format("%d", state.limit) or "-",
  state.reset and string.format("%.6f", state.reset) or "-",
}, " ") }
]==]

local function text_of(value)
  return value and ("%.6f"):format(value) or ""
end

--- What the script is told.
---@param seen string the window in which this holder asked last
---@param want "0"|"1"
---@param reports azion.BudgetReport[]
---@param now number monotonic seconds
---@return string[]
function decision.words(seen, want, reports, now)
  local words = { seen, want }
  for _, report in ipairs(reports) do
    local rate = report.rate
    for _, word in ipairs {
      report.start or "", report.outcome, text_of(rate.limit), text_of(rate.remaining), text_of(rate.reset),
      text_of(rate.date), text_of(now - report.at), text_of(report.blocked),
    } do
      words[#words + 1] = word
    end
  end
  return words
end

--- What the script said.
---@param value any
---@return azion.BudgetDecision?
function decision.read(value)
  local pattern = "^(%d+) (%d+%.%d+) (%d+%.%d+) (%S+) (%d+) (%S+) (%S+)$"
  local granted, wait, start, left, holders, limit, reset = (type(value) == "string" and value or ""):match(pattern)
  return granted and {
    granted = tonumber(granted), wait = tonumber(wait), start = start, left = tonumber(left),
    holders = tonumber(holders), limit = tonumber(limit), reset = tonumber(reset),
  } or nil
end

return decision
