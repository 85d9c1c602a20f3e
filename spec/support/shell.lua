--- What commands print.
local shell = {}

--- @param command string
--- @return string text what it wrote to standard output, without the blanks and line ends at its end
function shell.output_of(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("*a")
  pipe:close()
  return (text:gsub("%s+$", ""))
end

--- @param command string
--- @return string[] lines that it wrote to standard output
function shell.lines_of(command)
  local pipe, lines = assert(io.popen(command)), {}
  for line in pipe:lines() do
    lines[#lines + 1] = line
  end
  pipe:close()
  return lines
end

return shell
