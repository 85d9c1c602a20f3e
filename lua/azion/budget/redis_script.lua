--- The script that decides, and how Redis is asked to run it: by its digest, so that a decision is one short command.
--- Redis forgets scripts when it is restarted or told to; then it gets it again together with the question.
local decision = require "azion.budget.decision"

local redis_script = {}

--- Seconds that a decision may take. (Specs that are not about slowness set more.)
redis_script.patience = 0.25

--- The commands of a question, to be sent at once; the last one's reply is the answer.
---@param store azion.RedisStore
---@param words string[] the key, and what the script is given
---@return string[][]
function redis_script.question(store, words)
  local command = { "EVALSHA", store.digest, "1" }
  if not store.digest then
    command[1], command[2] = "EVAL", decision.script
  end
  for _, word in ipairs(words) do
    command[#command + 1] = word
  end
  return store.digest and { command } or { { "SCRIPT", "LOAD", decision.script }, command }
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
