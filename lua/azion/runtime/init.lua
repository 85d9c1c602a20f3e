--- Where all clients of a Lua state wait: in a plain program, or under nginx.
local core = require "azion.core"
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

---@type azion.Runtime?
local shared

---@return azion.Runtime
function runtime.get()
  if not shared then
    local kind = runtime.is_nginx() and require "azion.runtime.openresty" or native
    shared = kind.new(core.now, core.wait)
  end
  return shared
end

return runtime
