--- Whole files at once.
local files = {}

--- @param path string
--- @return string? text nil where there is no such file
function files.read(path)
  local file = io.open(path, "rb")
  local text = file and file:read("*a")
  if file then
    file:close()
  end
  return text
end

--- @param path string
--- @param text string
function files.write(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  file:close()
end

return files
