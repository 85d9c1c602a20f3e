-- lua/azion/budget/decision_text.lua: what Redis runs, out of the file that all decide by and of what Redis needs around it.
local script = {}

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

-- Comments stay here: each Redis server is sent the text.
local function without_comments(text)
  return (("\n" .. text):gsub("\n%s*%-%-[^\n]*", ""):gsub("^\n+", ""):gsub("\n\n+", "\n"))
end

---@return string
function script.text()
  return table.concat {
    "--- What Redis runs. Written by `make describe` out of decision.lua and src-redis/decide.lua.\n",
    "return [==[\nlocal decision = (function()\n",
    without_comments(read "lua/azion/budget/decision.lua"),
    "end)()\n",
    without_comments(read "src-redis/decide.lua"),
    "]==]\n",
  }
end

return script
