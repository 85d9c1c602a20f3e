--- What a command prints.
local shell = {}

--- @param command string
--- @return string text what it wrote to standard output, without the blanks and line ends at its end
function shell.output_of(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("*a")
  pipe:close()
  return (text:gsub("%s+$", ""))
end

return shell
