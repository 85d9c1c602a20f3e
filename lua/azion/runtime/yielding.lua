--- Whether a coroutine can yield where it is, which each Lua shows in another way: `is_possible`, and `try`, which yields
--- and gives false if that was not possible after all. `begin` is told that a task begins to run.
local core = require "azion.core"

local yield, isyieldable = coroutine.yield, coroutine.isyieldable

local yielding = { is_certain = true }

local function do_nothing() end

if isyieldable then
  yielding.begin = do_nothing
  yielding.is_possible = function() return isyieldable() end
  yielding.try = function()
    yield()
    return true
  end
elseif _VERSION == "Lua 5.1" then
  -- Each call through C (pcall, a generic `for`, a metamethod) lies further up the C stack than the resume.
  yielding.begin = function(task)
    task.stack_mark = core.stack_mark()
  end
  yielding.is_possible = function(task)
    return core.stack_mark() == task.stack_mark
  end
  yielding.try = function(task)
    yield()
    task.stack_mark = core.stack_mark()
    return true
  end
else -- 5.2 can yield across pcall, and tells otherwise only by failing
  yielding.is_certain = false
  yielding.begin = do_nothing
  yielding.is_possible = function() return true end
  yielding.try = function()
    return (pcall(yield))
  end
end

return yielding
