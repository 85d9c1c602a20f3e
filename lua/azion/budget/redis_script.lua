--- The script that decides, and how Redis is asked to run it: by its digest, so that a decision is one short command.
--- Redis forgets scripts when it is restarted or told to; then it gets it again together with the question.
local decision = require "azion.budget.decision"
local text = require "azion.budget.decision_text"

local redis_script = {}

--- Seconds that a decision may take. (Specs that are not about slowness set more.)
redis_script.patience = 0.25

local function word(value)
  return type(value) == "number" and ("%.6f"):format(value) or value or ""
end

--- What the script is told.
---@param seen number|string the window in which this holder asked last
---@param want "0"|"1"
---@param reports azion.BudgetReport[]
---@param now number monotonic seconds
---@return string[]
function redis_script.words(seen, want, reports, now)
  local words = { word(seen), want }
  for _, report in ipairs(reports) do
    local rate = report.rate
    for _, value in ipairs { report.start or false, report.outcome, rate.limit or false, rate.remaining or false,
      rate.reset or false, rate.date or false, now - report.at, report.blocked or false } do
      words[#words + 1] = word(value)
    end
  end
  return words
end

--- What the script said.
---@param value any
---@return azion.BudgetDecision?
function redis_script.read(value)
  local read = decision.unpack(type(value) == "string" and value or "", {})
  return read.granted and read.wait and read.start and read.holders and read or nil
end

--- The commands of a question, to be sent at once; the last one's reply is the answer.
---@param store azion.RedisStore
---@param words string[] the key, and what the script is given
---@return string[][]
function redis_script.question(store, words)
  local command = { "EVALSHA", store.digest, "1" }
  if not store.digest then
    command[1], command[2] = "EVAL", text
  end
  for _, argument in ipairs(words) do
    command[#command + 1] = argument
  end
  return store.digest and { command } or { { "SCRIPT", "LOAD", text }, command }
end

-- A connection that was kept may have been closed in the meantime: that says nothing of the server.
local function exchange(store, commands, time)
  local replies, problem, was_kept = store.way.exchange(store, commands, time)
  if not replies and was_kept and problem ~= "timeout" then
    replies, problem = store.way.exchange(store, commands, time)
  end
  return replies, problem
end

--- Lets the script decide.
---@param store azion.RedisStore
---@param words string[]
---@param time number monotonic seconds
---@return any value what the script returned
---@return string? problem
function redis_script.evaluate(store, words, time)
  local answer
  for _ = 1, 2 do
    local commands = redis_script.question(store, words)
    local replies, problem = exchange(store, commands, time)
    if not replies then
      return nil, problem
    end
    answer = replies[#replies]
    if #commands == 2 then
      store.digest = replies[#replies - 1].value
    end
    if not (answer.problem or ""):find("^NOSCRIPT") then
      break
    end
    store.digest = nil
  end
  return answer.value, answer.problem or "no answer"
end

return redis_script
