--- Redis inside nginx, by lua-resty-redis: it yields to nginx while it waits. A connection belongs to one request;
--- between requests it lies in nginx's pool.
local core = require "azion.core"
local redis_script = require "azion.budget.redis_script"

local pooled = {}

-- Seconds that a connection may lie in the pool, how many may, and how long what no call waits for may take.
local idle_time, pool_size, patience = 60, 32, 1

--- Whether this is nginx, whatever the phase.
---@return boolean
function pooled.is_here()
  return type(ngx) == "table" and type(ngx.socket) == "table" and ngx.socket.tcp ~= nil and ngx.timer ~= nil
end

-- OpenResty has it under the first name, Debian under the second.
local names, library = { "resty.redis", "nginx.redis" }, nil

local function find_library()
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

local function set_time(client, time)
  local left = time - core.now()
  client:set_timeout(math.max(1, left * 1000))
  return left > 0
end

-- lua-resty-redis knows TLS since 0.28, and Debian 12 has 0.27; a handshake that was made is not made again.
local function shake_hands(client, host)
  if (tonumber(library._VERSION) or 0) >= 0.28 then
    return true
  end
  return client._sock:sslhandshake(nil, host, true)
end

local function connect(self, client, time)
  local address = self.address
  if not set_time(client, time) then
    return nil, "timeout"
  end
  local ok, problem = client:connect(address.host, address.port, {
    pool = ("azion:%s:%d:%s:%s"):format(address.host, address.port, tostring(address.tls), self.login_name),
    pool_size = pool_size, ssl = address.tls, ssl_verify = true, server_name = address.host,
  })
  if ok and address.tls then
    ok, problem = shake_hands(client, address.host)
  end
  return ok, problem
end

local function open(self, time)
  local client, problem = library:new()
  if not client then
    return nil, problem
  end
  local ok
  ok, problem = connect(self, client, time)
  if not ok then
    client:close()
    return nil, problem
  end
  return client
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

local function talk(client, login, commands, time)
  if not set_time(client, time) then
    return nil, "timeout"
  end
  local called, values, problem = pcall(send, client, login, commands)
  if not called then
    return nil, "what answers is not Redis"
  elseif not values then
    return nil, problem
  end
  return replies_of(values, #login)
end

--- Sends commands and waits for their replies.
---@param commands string[][]
---@param time number monotonic seconds
---@return azion.RedisReply[]? replies
---@return string? problem
---@return boolean? was_pooled whether the connection was not a new one
function pooled:exchange(commands, time)
  local called, client, problem = pcall(open, self, time)
  if not called then
    return nil, "no sockets in this phase"
  elseif not client then
    return nil, problem
  end
  local is_fresh = client:get_reused_times() == 0
  local replies
  replies, problem = talk(client, is_fresh and self.login() or {}, commands, time)
  if replies then
    client:set_keepalive(idle_time * 1000, pool_size)
  else
    client:close()
  end
  return replies, problem, not is_fresh
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
