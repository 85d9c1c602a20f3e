--- Redis in plain Lua: libhiredis writes the commands and reads the replies, LuaSocket and LuaSec carry them. There is
--- one connection, which is kept.
local core = require "azion.core"
local luasocket = require "azion.budget.luasocket"
local redis_script = require "azion.budget.redis_script"

local plain = {}

-- Seconds that the look whether a lost Redis is back may take, beside the calls.
local probe_patience = 1

---@class azion.RedisReply
---@field value? any
---@field problem? string the error that Redis answered with

--- What has to be installed first.
---@param tls boolean
---@return string? problem
function plain.missing(tls)
  if not pcall(require, "azion.hiredis") then
    return "outside of nginx a budget in Redis needs azion.hiredis; on Debian: apt-get install libhiredis-dev, then"
      .. " `luarocks make src-redis/azion-redis-scm-1.rockspec`, or `make` in a checkout"
  end
  return luasocket.missing(tls)
end

-- ---- a line: a connection, what was read from it, and how many replies are to come ----

local function new_line(self)
  return { connection = luasocket.new(self.address), reader = require("azion.hiredis").reader(), replies = {}, due = 0,
    login_due = 0, is_new = true }
end

-- That of this process: a child of a fork opens its own.
local function line_of(self)
  if not self.line or not self.line.connection:is_ours() then
    self.line = new_line(self)
  end
  return self.line
end

local function drop(self)
  if self.line then
    self.line.connection:close()
    self.line = nil
  end
end

-- Sends commands; "timeout" if not all is sent yet, then it goes on later.
local function say(self, line, commands, time)
  local parts = {}
  local function add(list)
    for _, words in ipairs(list) do
      parts[#parts + 1] = require("azion.hiredis").command(words)
    end
  end
  if line.is_new then
    add(self.login())
    line.is_new, line.login_due = false, #self.login()
  end
  add(commands)
  line.replies, line.due = {}, line.due + #parts
  return line.connection:send(table.concat(parts), time)
end

-- A refusal, if that is what the reply is.
local function take(line, reply)
  line.due = line.due - 1
  if line.login_due > 0 then
    line.login_due = line.login_due - 1
    return reply.problem
  end
  line.replies[#line.replies + 1] = reply
end

-- Reads until nothing is due any more. The replies to what was said last are the last ones.
local function listen(line, time)
  while line.due > 0 do
    local reply, refusal = line.reader:next(), nil
    if reply == false then
      return nil, "what answers is not Redis"
    elseif reply then
      refusal = take(line, reply)
    else
      local bytes, problem = line.connection:receive(time)
      if not bytes then
        return nil, problem
      end
      line.reader:feed(bytes)
    end
    if refusal then
      return nil, refusal
    end
  end
  return line.replies
end

local function talk(self, line, commands, time)
  local ok, problem = say(self, line, commands, time)
  if not ok then
    return nil, problem
  end
  return listen(line, time)
end

-- ---- what a budget does with it ----

--- Sends commands and waits for their replies: the last ones of those returned.
---@param commands string[][]
---@param time number monotonic seconds
---@return azion.RedisReply[]? replies
---@return string? problem
---@return boolean was_kept whether the connection was not a new one
function plain:exchange(commands, time)
  local was_kept = self.line ~= nil
  local replies, problem = talk(self, line_of(self), commands, time)
  -- A late reply would be taken for that to the next question.
  if not replies then
    drop(self)
  end
  return replies, problem, was_kept
end

--- Lets the script know what needs no answer. Waits for nothing.
---@param words string[]
function plain:tell(words)
  local replies, problem = talk(self, line_of(self), redis_script.question(self, words), core.now())
  if not replies and problem ~= "timeout" then
    drop(self)
  end
end

--- Whether the script can be run, on a new connection; nil while that is not known. Waits for nothing.
---@param words string[]
---@param now number monotonic seconds
---@return boolean?
function plain:probe(words, now)
  local commands = {}
  if not self.probe_until then
    drop(self)
    self.probe_until, self.digest = now + probe_patience, nil -- Redis may have forgotten the script
    commands = redis_script.question(self, words)
  end
  local replies, problem = talk(self, line_of(self), commands, now)
  if problem == "timeout" and now < self.probe_until then
    return nil
  end
  self.probe_until = nil
  local answer = replies and replies[#replies]
  if not answer or answer.problem then
    drop(self)
    return false
  end
  return true
end

return plain
