-- Whole files, and what commands print.
local disk = {}

--- What a file holds; nil if there is none.
---@param path string
---@return string?
function disk.read(path)
  local file = io.open(path, "rb")
  local text = file and file:read("*a")
  if file then
    file:close()
  end
  return text
end

---@param path string
---@param text string
function disk.write(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  assert(file:close())
end

---@param command string
---@return string[]
function disk.lines_of(command)
  local lines = {}
  local pipe = assert(io.popen(command))
  for line in pipe:lines() do
    lines[#lines + 1] = line
  end
  pipe:close()
  return lines
end

return disk
