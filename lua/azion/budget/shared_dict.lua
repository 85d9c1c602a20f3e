--- The budget of all workers of one nginx, in a shared dictionary: the state of a bucket is one value, and whoever
--- decides holds its lock meanwhile. The decision is the one that Redis takes, too.
local core = require "azion.core"
local decision = require "azion.budget.decision"
local mistake = require "azion.client.mistake"
local shared = require "azion.budget.shared"
local shown = require "azion.api.shown"

-- Seconds after which a lock is that of a dead worker: a decision takes some microseconds, and a worker that the
-- machine lets stand still for longer finds that it has lost its lock.
local lock_lifetime = 0.5

local poll = 0.02
local probe_values = 24 -- about what one bucket needs

---@class azion.SharedDictStore: azion.BudgetStore
---@field dict table
---@field locks integer how often this worker had a lock
local methods = {}
local metatable = { __index = methods }

-- Waits by asking again: nothing here may let another light thread go on.
local function lock(dict, key, mark)
  local ok, problem = dict:safe_add(key, mark, lock_lifetime)
  while not ok and problem == "exists" do
    ok, problem = dict:safe_add(key, mark, lock_lifetime)
  end
  return ok, problem
end

-- Runs `change(state)` and keeps what it made of the state. Nothing here pushes out what somebody else keeps in the
-- dictionary: where there is no room, it is nil and the problem.
local function update(self, key, now, change)
  local dict, name = self.dict, "azion:" .. key
  local lock_name = name .. ":lock"
  self.locks = self.locks + 1
  local mark = ("%d %d"):format(core.pid(), self.locks)
  while true do
    local ok, problem = lock(dict, lock_name, mark)
    local answer
    if ok then
      local state = decision.unpack(dict:get(name) or "", decision.new())
      answer = change(state)
      if dict:get(lock_name) == mark then
        ok, problem = dict:safe_set(name, decision.pack(state), decision.lifetime(state, now))
        dict:delete(lock_name)
      else
        ok, problem = false, nil -- lost: whoever has it now did not see this decision
      end
    end
    if ok then
      return answer
    elseif problem then
      return nil, "the shared dictionary: " .. problem
    end
  end
end

local function question_of(seen, reports, now)
  local question = { seen = seen, wants = seen ~= nil, reports = {}, most = 1, poll = poll }
  for index, report in ipairs(reports) do
    local rate = report.rate
    question.reports[index] = {
      start = report.start, outcome = report.outcome, limit = rate.limit, remaining = rate.remaining,
      reset = rate.reset, date = rate.date, age = now - report.at, blocked = report.blocked,
    }
  end
  return question
end

---@return azion.BudgetDecision? decision
---@return string? problem
function methods:ask(key, seen, reports, now)
  local question = question_of(seen, reports, now)
  return update(self, key, now, function(state) return decision.make(state, question, now) end)
end

function methods:tell(key, reports, now)
  self:ask(key, nil, reports, now)
end

-- A 429 of any worker holds back calls that have their slots already, and wait for a place to be sent.
function methods:blocked(key, now)
  local blocked_until = (self.dict:get("azion:" .. key) or ""):match "%f[%w_]blocked=(%S+)"
  blocked_until = tonumber(blocked_until)
  return blocked_until and blocked_until > now and blocked_until - now or nil
end

-- Room for one small value says nothing: nginx keeps values of a size together.
function methods:probe()
  local is_roomy = true
  for index = 1, probe_values do
    local value = ("x"):rep(index % 2 == 0 and 20 or 500)
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
  return shared.new(setmetatable({ dict = ngx.shared[name], locks = 0 }, metatable))
end
