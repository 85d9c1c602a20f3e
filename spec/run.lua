-- The busted command, under the Lua that runs this file and with no second process in between:
-- signals, sanitizers and valgrind reach the specs themselves.
io.stdout:setvbuf("line") -- what was said before a crash is not lost

-- For `make torture`: a collection begins when the last one ends, and gets ahead ten times as fast as memory is taken.
if os.getenv("SPEC_COLLECTS") then
  if _VERSION == "Lua 5.4" then
    collectgarbage("incremental", 1, 1000, 10)
  else
    collectgarbage("setpause", 0)
    collectgarbage("setstepmul", 1000)
  end
end

require("busted.runner")({ standalone = false })
