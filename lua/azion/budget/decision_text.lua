--- What Redis runs. Written by `make describe` out of decision.lua and src-redis/decide.lua.
return [==[
local decision = (function()
local decision = {}
local clock_memory, date_resolution, default_window = 300, 1, 60
local shortest_carry, longest_carry, longest_delay, first_call_lease = 1, 10, 60, 5
local shortest_wait, lifetime, batch_share = 0.001, 600, 0.02
function decision.new()
  return { start = 0, count = 0, flight = 0, foreign = 0, carry = 0, holders = 0 }
end
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
  local was_set = math.abs(difference - state.difference) > longest_delay
  state.difference = was_set and difference or math.max(state.difference, difference)
end
local function window_length(state)
  return state.is_length_known and state.window or math.max(state.window or 0, default_window)
end
local function carry(state, now)
  local ends = state.start + math.max(shortest_carry, math.min(window_length(state) / 4, longest_carry))
  return server_time(state, now) < ends and state.carry or 0
end
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
function decision.lifetime(state, now)
  local left = state.reset and state.reset - server_time(state, now) or 0
  return math.ceil(math.max(lifetime, 4 * window_length(state), 2 * left))
end
function decision.pack(values)
  local parts = {}
  for name, value in pairs(values) do
    parts[#parts + 1] = (value % 1 == 0 and "%s=%d" or "%s=%.6f"):format(name, value)
  end
  return table.concat(parts, " ")
end
function decision.unpack(text, into)
  for name, value in text:gmatch "(%S+)=(%S+)" do
    into[name] = tonumber(value)
  end
  return into
end
return decision
end)()
local question = { seen = tonumber(ARGV[1]) or ARGV[1], wants = ARGV[2] == "1", reports = {}, most = 32, poll = 0.1 }
for index = 3, #ARGV, 8 do
  question.reports[#question.reports + 1] = {
    start = tonumber(ARGV[index]), outcome = ARGV[index + 1],
    limit = tonumber(ARGV[index + 2]), remaining = tonumber(ARGV[index + 3]), reset = tonumber(ARGV[index + 4]),
    date = tonumber(ARGV[index + 5]), age = tonumber(ARGV[index + 6]), blocked = tonumber(ARGV[index + 7]),
  }
end
local time = redis.call("TIME")
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local state = decision.unpack(redis.call("GET", KEYS[1]) or "", decision.new())
local answer = decision.make(state, question, now)
redis.call("SET", KEYS[1], decision.pack(state), "EX", decision.lifetime(state, now))
return { ok = decision.pack(answer) }
]==]
