--- What nginx lets a call do where it is made.
local core = require "azion.core"
local semaphore = require "ngx.semaphore"

local phase = {}

-- Nobody ever posts to it.
local probe

-- nginx itself says whether it lets the phase wait, also of phases that newer modules add. A wait of no time never yields.
local function can_wait()
  probe = probe or semaphore.new()
  return probe:wait(0)
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

local function name()
  local known, found = pcall(ngx.get_phase)
  return known and found or "unknown"
end

--- Why a call cannot wait here, if it cannot.
---@return string? problem
function phase.refusal()
  local whole, _, problem = pcall(can_wait)
  if not whole or problem ~= "timeout" then
    if phase.may_block() then
      return nil
    end
    return ("nginx phase %s cannot yield: start the call from ngx.timer.at"):format(name())
  elseif not core.can_yield() then
    return "a C function such as table.sort, string.gsub or require cannot yield: make the call outside of it, or "
      .. "start it from ngx.timer.at"
  end
end

return phase
