--- What is said on one connection to Redis: commands and, in their order, the replies. Several commands may be on
--- their way; each has a purpose, by which its reply is known: "login", "load", "tell", "answer".
local decision = require "azion.budget.decision"
local resp = require "azion.budget.resp"

local conversation = {}

---@class azion.RedisConversation
---@field connection azion.Connection|azion.PooledConnection
---@field script table `digest`: how the server knows the script
---@field purposes string[] of the commands that have no reply yet
---@field greeting string goes before the first command
local methods = {}
local metatable = { __index = methods }

local function command(self, purpose, words)
  self.purposes[#self.purposes + 1] = purpose
  return resp.command(words)
end

---@param connection azion.Connection|azion.PooledConnection
---@param script table shared by all conversations with a server
---@param login string[][] what a new connection has to say first
---@return azion.RedisConversation
function conversation.new(connection, script, login)
  local self = setmetatable({ connection = connection, script = script, purposes = {} }, metatable)
  local parts = {}
  for index, words in ipairs(login) do
    parts[index] = command(self, "login", words)
  end
  self.greeting = table.concat(parts)
  return self
end

--- Sends a command; "timeout" if not all is sent yet, then it goes on later.
---@param purpose string
---@param words string[]
---@param time number monotonic seconds
---@return boolean? sent
---@return string? problem
function methods:say(purpose, words, time)
  local text = self.greeting .. command(self, purpose, words)
  self.greeting = ""
  return self.connection:send(text, time)
end

-- Nil, or what the reply says of itself as the answer.
local function take_reply(self, reply)
  local purpose = table.remove(self.purposes, 1)
  if purpose == "login" and reply.problem then
    return { refusal = reply.problem }
  elseif purpose == "load" then
    self.script.digest = reply.value
  end
  return purpose == "answer" and reply or nil
end

--- Reads until every command has its reply; gives the one to the question, if one was asked.
---@param time number monotonic seconds
---@return azion.RedisReply? answer
---@return string? problem
function methods:listen(time)
  local answer, connection = {}, self.connection
  while self.purposes[1] do
    local reply, after = resp.read(connection.received, 1)
    if reply then
      connection.received = connection.received:sub(after)
      answer = take_reply(self, reply) or answer
      if answer.refusal then
        return nil, answer.refusal
      end
    elseif reply == false then
      return nil, "what answers is not Redis"
    else
      local ok, problem = connection:receive(time)
      if not ok then
        return nil, problem
      end
    end
  end
  return answer
end

--- Sends a command and waits for its reply.
---@param purpose string
---@param words string[]
---@param time number monotonic seconds
---@return azion.RedisReply? answer
---@return string? problem
function methods:ask(purpose, words, time)
  local ok, problem = self:say(purpose, words, time)
  if not ok then
    return nil, problem
  end
  return self:listen(time)
end

--- Asks by the script, whose digest belongs into the second word. Redis forgets scripts when it is restarted or told
--- to: then it gets it again.
---@param words string[]
---@param time number monotonic seconds
---@return any value
---@return string? problem
function methods:evaluate(words, time)
  local script, answer, problem = self.script, {}, nil
  for _ = 1, 2 do
    if not script.digest then
      answer, problem = self:ask("load", { "SCRIPT", "LOAD", decision.script }, time)
    end
    if answer then
      words[2] = script.digest or ""
      answer, problem = self:ask("answer", words, time)
    end
    if not answer or not (answer.problem or ""):find("^NOSCRIPT") then
      break
    end
    script.digest = nil
  end
  if not answer then
    return nil, problem
  end
  return answer.value, answer.problem or "no answer"
end

return conversation
