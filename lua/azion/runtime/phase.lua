--- What nginx lets a call do where it is made.
local phase = {}

local yielding = { rewrite = true, server_rewrite = true, access = true, content = true, timer = true,
  ssl_cert = true, ssl_session_fetch = true }

local yields_across = { [pcall] = true, [xpcall] = true }

-- nginx's `coroutine` has no `isyieldable`.
local function is_inside_c_function()
  local level = 3
  local frame = debug.getinfo(level, "Sf")
  while frame do
    if frame.what == "C" and not yields_across[frame.func] then
      return true
    end
    level = level + 1
    frame = debug.getinfo(level, "Sf")
  end
  return false
end

local function context()
  return ngx.ctx
end

--- A value unique to the current request.
---@return any
function phase.request()
  local _, table_or_problem = pcall(context)
  return table_or_problem
end

--- Whether a wait may block: in `init_by_lua` there is nobody else yet.
---@return boolean
function phase.may_block()
  return ngx.get_phase() == "init"
end

--- Why a call cannot wait here, if it cannot.
---@return string? problem
function phase.refusal()
  local name = ngx.get_phase()
  if name == "init" then
    return nil
  elseif not yielding[name] then
    return ("nginx phase %s cannot yield: start the call from ngx.timer.at"):format(name)
  elseif is_inside_c_function() then
    return "a C function such as table.sort, string.gsub or require cannot yield: make the call outside of it, or "
      .. "start it from ngx.timer.at"
  end
end

return phase
