-- load.lua: prints the seconds of CPU that `require "azion"` took, libcurl's loading included.
local started = os.clock()
require "azion"
print(("%.6f"):format(os.clock() - started))
