--- How long specs wait for what comes by itself, such as a server that starts.

-- Under valgrind, and with the collector always at work, all takes many times as long.
local slowness = (os.getenv("SPEC_INTERPRETER") or os.getenv("SPEC_COLLECTS")) and 12 or 1

--- Seconds to wait in this run for what full speed does in so many.
---@param seconds number
---@return number
return function(seconds)
  return seconds * slowness
end
