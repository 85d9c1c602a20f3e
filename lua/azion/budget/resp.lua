--- The protocol that Redis speaks: https://redis.io/docs/reference/protocol-spec/ (RESP 2).
local resp = {}

-- A reply to what we ask is far smaller; whatever is larger does not come from a Redis.
local largest = 65536

--- A command.
---@param words string[]
---@return string
function resp.command(words)
  local parts = { ("*%d\r\n"):format(#words) }
  for _, word in ipairs(words) do
    parts[#parts + 1] = ("$%d\r\n%s\r\n"):format(#word, word)
  end
  return table.concat(parts)
end

local read

local kinds = {}

kinds["+"] = function(_, line, after)
  return { value = line }, after
end

kinds["-"] = function(_, line, after)
  return { problem = line }, after
end

kinds[":"] = function(_, line, after)
  return { value = tonumber(line) }, after
end

kinds["$"] = function(bytes, line, after)
  local length = tonumber(line)
  if not length or length > largest then
    return false
  elseif length < 0 then
    return {}, after
  elseif #bytes < after + length + 1 then
    return nil
  end
  return { value = bytes:sub(after, after + length - 1) }, after + length + 2
end

kinds["*"] = function(bytes, line, after)
  local count, values = tonumber(line), {}
  if not count or count > largest then
    return false
  end
  for index = 1, count do
    local reply
    reply, after = read(bytes, after)
    if not reply then
      return reply
    end
    values[index] = reply.value
  end
  return { value = values }, after
end

function read(bytes, position)
  local ends = bytes:find("\r\n", position, true)
  if not ends then
    return nil
  end
  local kind = kinds[bytes:sub(position, position)]
  if not kind then
    return false
  end
  return kind(bytes, bytes:sub(position + 1, ends - 1), ends + 2)
end

---@class azion.RedisReply
---@field value? any
---@field problem? string the error that Redis answered with

--- The reply that begins at a place.
---@param bytes string
---@param position integer
---@return azion.RedisReply|false|nil reply nil while it is not there as a whole, false if that is no reply
---@return integer? after the place after it
function resp.read(bytes, position)
  if #bytes - position > 2 * largest then
    return false
  end
  return read(bytes, position)
end

return resp
