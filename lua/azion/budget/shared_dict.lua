--- The budget of all workers of one nginx, in a shared dictionary. Calls are counted by atomic `incr` alone; what
--- else is kept are facts that replies told, and any worker's are true. The model is that of `azion.budget.decision`:
--- a window is named by its start, so that all workers find the same counter without agreeing on anything.
local dictionary = require "azion.budget.dictionary"
local mistake = require "azion.client.mistake"
local shared = require "azion.budget.shared"
local shown = require "azion.api.shown"

local add, keep, keep_larger = dictionary.add, dictionary.keep, dictionary.keep_larger

local clock_memory, date_resolution, default_window = 300, 1, 60
local shortest_carry, longest_carry, first_call_lease = 1, 10, 5
local shortest_wait, poll = 0.001, 0.02
local fact_lifetime = 86400 * 2
local no_window = "0" -- the name of the first, before which none was seen
local probe_values = 24 -- about what one bucket needs

---@class azion.SharedDictStore: azion.BudgetStore
local methods = {}
local metatable = { __index = methods }

-- The API's clock by the monotonic one, which all processes of a machine share; never ahead of the truth.
local function server_time(dict, key, now)
  local epoch = math.floor(now / clock_memory)
  local recent, earlier = dict:get(key .. ":difference:" .. epoch), dict:get(key .. ":difference:" .. epoch - 1)
  if recent and earlier then
    return now + math.max(recent, earlier)
  end
  return now + (recent or earlier or dict:get(key .. ":difference") or 0)
end

local function learn_clock(dict, key, difference, now)
  keep_larger(dict, key .. ":difference:" .. math.floor(now / clock_memory), difference, 2 * clock_memory)
  keep(dict, key .. ":difference", difference, fact_lifetime)
end

local function name_of(time)
  return ("%.6f"):format(time)
end

---@class azion.DictWindow
---@field before string the window before this one
---@field start string
---@field reset? number end of the window, if a reply told it

---@return azion.DictWindow
local function window_at(dict, key, clock)
  local before, start, reset = (dict:get(key .. ":window") or "- " .. no_window .. " -"):match("^(%S+) (%S+) (%S+)$")
  reset = tonumber(reset)
  local ends = reset
  while ends and ends <= clock do
    before, start, reset = start, name_of(ends), nil
    ends = dict:get(key .. ":expected:" .. start)
  end
  return { before = before, start = start, reset = reset }
end

-- The first window that was seen may have been nearly over: it does not tell how long windows are.
local function length_of(dict, key)
  local longest = dict:get(key .. ":length") or 0
  return dict:get(key .. ":is_length_known") and longest or math.max(longest, default_window)
end

-- Of what is counted in a window; longer once its end is known, if need be.
local function lifetime_of(dict, key)
  return 4 * math.max(length_of(dict, key), default_window)
end

local function extend(dict, key, window, clock)
  local left = window.reset - clock
  if 2 * left > lifetime_of(dict, key) then
    for _, counter in ipairs { "count", "flight", "holders", "foreign" } do
      dict:expire(("%s:%s:%s"):format(key, counter, window.start), 2 * left)
    end
  end
end

-- Calls of the window before that are still out.
local function carry_of(dict, key, window, clock)
  local length = length_of(dict, key)
  if clock < tonumber(window.start) + math.max(shortest_carry, math.min(length / 4, longest_carry)) then
    return math.max(0, dict:get(key .. ":flight:" .. window.before) or 0)
  end
  return 0
end

local function learn_window(dict, key, rate, now)
  keep_larger(dict, key .. ":length", rate.reset - rate.date, fact_lifetime)
  local clock = server_time(dict, key, now)
  local window = window_at(dict, key, clock)
  if window.reset and rate.reset >= window.reset + dict:get(key .. ":length") / 2
    and rate.date + date_resolution > window.reset then
    window = { before = window.start, start = name_of(window.reset) }
  end
  if rate.reset > tonumber(window.start) and rate.reset >= (window.reset or 0) then
    if rate.reset ~= window.reset then
      window.reset = rate.reset
      if window.start ~= no_window then
        keep(dict, key .. ":is_length_known", true, fact_lifetime)
      end
      extend(dict, key, window, clock)
      keep(dict, key .. ":window", ("%s %s %.6f"):format(window.before, window.start, rate.reset), fact_lifetime)
    end
    local count = dict:get(key .. ":count:" .. window.start) or 0
    keep(dict, key .. ":limit", rate.limit or (rate.remaining and rate.remaining + count) or math.huge, fact_lifetime)
  end
  return window
end

local function settle_slot(dict, key, report, window)
  if not report.start then
    return
  end
  dict:incr(key .. ":flight:" .. report.start, -1)
  local is_current = report.start == window.start
  if is_current and not dict:get(key .. ":limit") then
    dict:incr(key .. ":first", -1)
    dict:incr(key .. ":count:" .. window.start, -1)
  elseif is_current and (report.outcome == "unused" or report.outcome == "refused") then
    dict:incr(key .. ":count:" .. window.start, -1)
  elseif not is_current and report.outcome == "counted" and report.rate.reset > tonumber(window.start) then
    add(dict, key .. ":count:" .. window.start, 1, lifetime_of(dict, key))
  end
end

-- Whether there is no limit, as far as is known: as in the model.
local function is_without_limit(dict, key, report, now)
  local outcome, limit = report.outcome, dict:get(key .. ":limit")
  local is_refused = limit == math.huge and dict:get(key .. ":refused")
  if outcome ~= "unlimited" and (limit and not is_refused or outcome ~= "answered" and outcome ~= "failed") then
    return false
  end
  return not (is_refused and (outcome == "failed" or now < (dict:get(key .. ":blocked") or 0)))
end

-- Without a known limit one call goes first when the wait is over: to settle that one lets another try.
local function learn_refusal(dict, key, report)
  local limit = dict:get(key .. ":limit")
  if report.outcome == "refused" and (limit or math.huge) == math.huge then
    keep(dict, key .. ":limit", math.huge, fact_lifetime)
    keep(dict, key .. ":refused", true, fact_lifetime)
  end
  if limit == math.huge then
    dict:delete(key .. ":probe")
  end
end

local function settle(dict, key, report, now)
  local rate = report.rate
  if rate.date then
    learn_clock(dict, key, rate.date - report.at, now)
  end
  local clock = server_time(dict, key, now)
  local window = rate.reset and learn_window(dict, key, rate, now) or window_at(dict, key, clock)
  if is_without_limit(dict, key, report, now) then
    keep(dict, key .. ":limit", math.huge, fact_lifetime)
    dict:delete(key .. ":refused")
  end
  settle_slot(dict, key, report, window)
  learn_refusal(dict, key, report)
  local limit = dict:get(key .. ":limit")
  if limit and rate.remaining and rate.reset == window.reset then
    local ours = (dict:get(key .. ":count:" .. window.start) or 0) + carry_of(dict, key, window, clock)
    keep_larger(dict, key .. ":foreign:" .. window.start, limit - rate.remaining - ours, lifetime_of(dict, key))
  end
  if report.blocked then
    keep_larger(dict, key .. ":blocked", report.at + report.blocked, report.blocked + 1)
  end
end

-- Counts one more; takes it back where that was one too many.
local function count_up(dict, counter, allowed, lifetime)
  if add(dict, counter, 1, lifetime) <= allowed then
    return true
  end
  dict:incr(counter, -1)
  return false
end

local function take(dict, key, window, allowed)
  local lifetime = lifetime_of(dict, key)
  if count_up(dict, key .. ":count:" .. window.start, allowed, lifetime) then
    add(dict, key .. ":flight:" .. window.start, 1, lifetime)
    return true
  end
  return false
end

local function reserve(dict, key, now, clock, window)
  local blocked_until, limit = dict:get(key .. ":blocked"), dict:get(key .. ":limit")
  if blocked_until and now < blocked_until then
    return 0, blocked_until - now
  elseif not limit then
    -- The first call of all tells the limit; if its holder dies, another may try.
    if count_up(dict, key .. ":first", 1, first_call_lease) then
      take(dict, key, window, math.huge)
      return 1, 0
    end
    return 0, poll
  elseif limit == math.huge and dict:get(key .. ":refused")
    and not count_up(dict, key .. ":probe", 1, first_call_lease) then
    return 0, poll
  end
  local allowed = math.max(1, limit) - math.max(0, dict:get(key .. ":foreign:" .. window.start) or 0)
  if take(dict, key, window, allowed - carry_of(dict, key, window, clock)) then
    if not window.reset then
      dictionary.keep_first(dict, key .. ":expected:" .. window.start, clock + length_of(dict, key) + date_resolution,
        lifetime_of(dict, key))
    end
    return 1, 0
  end
  local is_full = (dict:get(key .. ":count:" .. window.start) or 0) >= allowed
  return 0, is_full and window.reset and math.max(shortest_wait, window.reset - clock) or poll
end

local function count_holders(dict, key, seen, window)
  if seen ~= "*" and seen ~= window.start then
    add(dict, key .. ":holders:" .. window.start, 1, lifetime_of(dict, key))
  end
  local counter = key .. ":holders:"
  return math.max(1, dict:get(counter .. window.start) or 0, dict:get(counter .. window.before) or 0)
end

local function decide(dict, key, seen, reports, now)
  for _, report in ipairs(reports) do
    settle(dict, key, report, now)
  end
  if not seen then
    return nil
  end
  local clock = server_time(dict, key, now)
  local window = window_at(dict, key, clock)
  local granted, wait = reserve(dict, key, now, clock, window)
  return {
    granted = granted, wait = wait, start = window.start, reset = window.reset,
    left = window.reset and window.reset - clock,
    holders = count_holders(dict, key, seen, window), limit = dict:get(key .. ":limit"),
  }
end

---@return azion.BudgetDecision? decision
---@return string? problem
function methods:ask(key, seen, reports, now)
  local ok, decision = pcall(decide, self.dict, "azion:" .. key, seen, reports, now)
  if ok then
    return decision
  elseif type(decision) == "table" then
    return nil, decision.problem
  end
  error(decision, 0)
end

function methods:tell(key, reports, now)
  self:ask(key, nil, reports, now)
end

-- A 429 of any worker holds back calls that have their slots already, and wait for a place to be sent.
function methods:blocked(key, now)
  local blocked_until = self.dict:get("azion:" .. key .. ":blocked")
  return blocked_until and blocked_until > now and blocked_until - now or nil
end

-- Room for one small value says nothing: nginx keeps values of a size together.
function methods:probe()
  local is_roomy = true
  for index = 1, probe_values do
    local value = ("x"):rep(index % 2 == 0 and 20 or 160)
    is_roomy = is_roomy and self.dict:safe_set("azion:probe:" .. index, value, 1)
  end
  for index = 1, probe_values do
    self.dict:delete("azion:probe:" .. index)
  end
  return is_roomy or false
end

--- A budget in an nginx shared dictionary (`lua_shared_dict name 1m;`), best in one of its own.
---@param name string
---@return table budget for the option of `azion.client`, which says what is missing where it cannot work
return function(name)
  local ngx = rawget(_G, "ngx") or package.loaded.ngx -- a program may forbid to ask for globals that are not there
  mistake.check(name, "string", "azion.budget.shared_dict: the name of the dictionary")
  if type(ngx) ~= "table" or type(ngx.shared) ~= "table" then
    return shared.missing("a budget in a shared dictionary works inside nginx only")
  elseif not ngx.shared[name] then
    return shared.missing(("nginx has no shared dictionary %s: add `lua_shared_dict %s 1m;` to its configuration")
      :format(shown.text(name), (name:gsub("[^%w_]", "?"))))
  end
  return shared.new(setmetatable({ dict = ngx.shared[name] }, metatable))
end
