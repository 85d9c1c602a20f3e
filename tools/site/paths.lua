-- Paths with forward slashes, and whole files.
local paths = {}

---@param path string
---@return string? text nil where there is no such file
function paths.read(path)
  local file = io.open(path, "rb")
  local text = file and file:read("*a") -- nil of a folder
  if file then
    file:close()
  end
  return text
end

---@param path string
---@param text string
function paths.write(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  file:close()
end

---@param path string
---@return boolean
function paths.exists(path)
  local file = io.open(path)
  return file ~= nil and file:close() ~= nil
end

--- Where a relative path leads from a file; nil if it leaves the folder that all paths are relative to.
---@param from string
---@param path string
---@return string?
function paths.resolve(from, path)
  local parts = {}
  for part in ((from:match("^.*/") or "") .. path):gmatch("[^/]+") do
    if part == ".." then
      if not table.remove(parts) then
        return nil
      end
    elseif part ~= "." then
      parts[#parts + 1] = part
    end
  end
  return table.concat(parts, "/")
end

--- The relative path from a file to another.
---@param from string
---@param to string
---@return string
function paths.relative(from, to)
  local up = from
  while up:find("/") and to:sub(1, #up:match("^[^/]*/")) == up:match("^[^/]*/") do
    to, up = to:sub(#up:match("^[^/]*/") + 1), up:gsub("^[^/]*/", "")
  end
  return ("../"):rep(select(2, up:gsub("/", ""))) .. to
end

--- The files below a folder whose names end so, relative to it, sorted. What is built or installed there is left out.
---@param folder string
---@param ending string
---@return string[]
function paths.below(folder, ending)
  local found = {}
  local pipe = assert(io.popen(("cd '%s' && find . \\( -name .git -o -name lua_modules -o -path ./build \\) -prune -o "
    .. "-type f -name '*%s' -print | sort"):format(folder, ending)))
  for line in pipe:lines() do
    found[#found + 1] = line:sub(3)
  end
  pipe:close()
  return found
end

return paths
