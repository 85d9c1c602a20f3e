--- How many TCP connections to a server are open at this end.
local shell = require "spec.support.shell"

---@param url string "https://127.0.0.1:8443"
---@return integer
return function(url)
  local list = shell.output_of("ss -Htn state established dst " .. url:match("//(.*)$"))
  return select(2, (list .. "\n"):gsub("[^\n]+\n", ""))
end
