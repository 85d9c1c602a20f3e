-- The busted command, under the Lua that runs this file and with no second process in between:
-- signals, sanitizers and valgrind reach the specs themselves.
io.stdout:setvbuf("line") -- what was said before a crash is not lost
require("busted.runner")({ standalone = false })
