--- Where a client waits: in a plain program, or under nginx.
local native = require "azion.runtime.native"

local runtime = {}

-- Not whether there is an `ngx`: the one inside `ngx.run_worker_thread` can neither sleep nor start a thread, and a
-- thread of the system's may as well block.
---@return boolean
function runtime.is_nginx()
  local ngx = package.loaded.ngx
  return type(ngx) == "table" and type(ngx.sleep) == "function" and type(ngx.get_phase) == "function"
    and type(ngx.thread) == "table" and type(ngx.thread.spawn) == "function"
end

---@param session userdata
---@param now fun(): number monotonic seconds
---@return azion.Runtime
function runtime.new(session, now)
  if runtime.is_nginx() then
    return require("azion.runtime.openresty").new(session, now)
  end
  return native.new(session, now)
end

return runtime
