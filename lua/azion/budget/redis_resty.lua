--- Redis inside nginx, by lua-resty-redis: it yields to nginx while it waits. A connection belongs to one request;
--- between requests it lies in nginx's pool.
local core = require "azion.core"
local redis_script = require "azion.budget.redis_script"
local runtimes = require "azion.runtime"

local pooled = {}

-- Seconds that a connection may lie in the pool, how many may, and how long what no call waits for may take.
local idle_time, pool_size, patience = 60, 32, 1

--- Whether this is nginx, whatever the phase.
---@return boolean
function pooled.is_here()
  local ngx = rawget(_G, "ngx") or package.loaded.ngx -- a program may forbid to ask for globals that are not there
  return type(ngx) == "table" and type(ngx.socket) == "table" and ngx.socket.tcp ~= nil and ngx.timer ~= nil
end

-- OpenResty has it under the first name, Debian under the second.
local names, library = { "resty.redis", "nginx.redis" }, nil

local function find_library()
  library = nil
  for _, name in ipairs(names) do
    local found, module = pcall(require, name)
    library = library or (found and module)
  end
  return library
end

--- What has to be installed first.
---@return string? problem
function pooled.missing()
  if not find_library() then
    return "inside nginx a budget in Redis needs lua-resty-redis; on Debian: apt-get install lua-nginx-redis"
  end
end

-- lua-resty-redis knows TLS since 0.28, and Debian 12 has 0.27; a handshake that was made is not made again.
local function shake_hands(client, host)
  if (tonumber(library._VERSION) or 0) >= 0.28 then
    return true
  end
  return client._sock:sslhandshake(nil, host, true)
end

local function connect(self, client, seconds)
  local address = self.address
  client:set_timeout(math.max(1, seconds * 1000))
  local ok, problem = client:connect(address.host, address.port, {
    pool = ("azion:%s:%d:%s:%s"):format(address.host, address.port, tostring(address.tls), self.login_name),
    pool_size = pool_size, ssl = address.tls, ssl_verify = true, server_name = address.host,
  })
  if ok and address.tls then
    ok, problem = shake_hands(client, address.host)
  end
  return ok, problem
end

local function open(self, seconds)
  local client, problem = library:new()
  if not client then
    return nil, problem
  end
  -- Of a handshake that fails at once lua-resty-core 0.1.25 says so by a failed assertion.
  local called, ok
  called, ok, problem = pcall(connect, self, client, seconds)
  if called and ok then
    return client
  end
  client:close()
  return nil, called and problem or "the connection failed, as nginx's log says"
end

-- Sends all lists of commands at once.
local function send(client, ...)
  client:init_pipeline()
  for _, list in ipairs { ... } do
    for _, words in ipairs(list) do
      client[words[1]:lower()](client, unpack(words, 2))
    end
  end
  return client:commit_pipeline()
end

-- A refusal is one of the login.
local function replies_of(values, login_count)
  local replies = {}
  for index, value in ipairs(values) do
    local is_error = type(value) == "table" and value[1] == false
    local reply = is_error and { problem = value[2] } or { value = value ~= ngx.null and value or nil }
    if index <= login_count and reply.problem then
      return nil, reply.problem
    elseif index > login_count then
      replies[#replies + 1] = reply
    end
  end
  return replies
end

local function talk(client, login, commands)
  local called, values, problem = pcall(send, client, login, commands)
  if not called then
    return nil, "what answers is not Redis"
  elseif not values then
    return nil, problem
  end
  return replies_of(values, #login)
end

local function exchange(self, commands, seconds)
  local client, problem = open(self, seconds)
  if not client then
    return nil, problem
  end
  local is_fresh = client:get_reused_times() == 0
  local replies
  replies, problem = talk(client, is_fresh and self.login() or {}, commands)
  if replies then
    client:set_keepalive(idle_time * 1000, pool_size)
  else
    client:close()
  end
  return replies, problem, not is_fresh
end

--- Sends commands and waits for their replies.
---@param commands string[][]
---@param time number monotonic seconds
---@return azion.RedisReply[]? replies
---@return string? problem
---@return boolean? was_pooled whether the connection was not a new one
function pooled:exchange(commands, time)
  local seconds = time - core.now()
  if seconds <= 0 then
    return nil, "timeout"
  end
  ngx.update_time() -- nginx's timers count from when it last looked at the clock, which may be long ago
  local runtime, answer = runtimes.get(), { problem = "timeout" }
  local waiter = runtime:waiter()
  -- Each read has its own time in lua-resty-redis: a server that sends byte by byte must not get more than one. And the
  -- runtime finds out if the call ends meanwhile, for which others wait that come after it.
  local called, thread = pcall(ngx.thread.spawn, function()
    local done, replies, problem, was_pooled = pcall(exchange, self, commands, seconds)
    answer.replies, answer.was_pooled = done and replies or nil, was_pooled
    answer.problem = done and problem or "no sockets in this phase"
    runtime:wake(waiter, "answered")
  end)
  if not called then
    return nil, "no sockets in this phase"
  end
  local whole, raised = pcall(runtime.wait, runtime, waiter, time)
  ngx.thread.kill(thread)
  if not whole then
    error(raised, 0)
  end
  return answer.replies, answer.problem, answer.was_pooled
end

local function in_background(call)
  local called, begun = pcall(ngx.timer.at, 0, call)
  return called and begun and true or false
end

--- Lets the script know what needs no answer. Waits for nothing.
---@param words string[]
function pooled:tell(words)
  in_background(function()
    redis_script.evaluate(self, words, core.now() + patience)
  end)
end

--- Whether the script can be run; nil while that is not known. Waits for nothing.
---@param words string[]
---@return boolean?
function pooled:probe(words)
  local is_back = self.probed
  self.probed = nil
  if is_back == nil and not self.is_probing then
    self.is_probing = in_background(function()
      self.probed = redis_script.evaluate(self, words, core.now() + patience) ~= nil
      self.is_probing = false
    end)
    if not self.is_probing then
      return false
    end
  end
  return is_back
end

return pooled
