--- What the command is given: files, standard input, documents in JSON or Lua, the token.
local core = require "azion.core"
local repeated = require "azion.command.repeated"
local status = require "azion.command.status"

local input = {}

local function shell_quote(word)
  return "'" .. word:gsub("'", [['\'']]) .. "'"
end

local is_stdin_read = false

-- Ctrl-C ends cat, where Lua's own read would go on.
local function open_stdin()
  if is_stdin_read then
    status.wrong("-: standard input can be read only once")
  end
  is_stdin_read = true
  return io.popen("cat")
end

--- The whole of a file; "-" is standard input.
---@param path string
---@return string
function input.read(path)
  local file, problem, text
  if path == "-" then
    file, problem = open_stdin()
  else
    file, problem = io.open(path, "rb")
  end
  if file then
    text, problem = file:read("*a")
    problem = ("%s: %s"):format(path, tostring(problem))
    file:close()
  end
  if not text then
    status.fail("cannot read %s", problem)
  end
  return text
end

--- The lines of standard input that are not blank.
---@return string[]
function input.lines()
  local lines = {}
  for line in input.read("-"):gmatch("[^\r\n]+") do
    lines[#lines + 1] = line:match("^%s*(.-)%s*$")
  end
  return lines
end

--- The token in a file that nobody else can read.
---@param path string
---@return string
function input.token(path)
  local pipe = io.popen("LC_ALL=C ls -ldL -- " .. shell_quote(path) .. " 2>/dev/null")
  local mode = pipe and (pipe:read("*a") or ""):match("^%S+") or ""
  if pipe then
    pipe:close()
  end
  if mode ~= "" and not mode:find("^[-p]rw%-%-%-%-%-%-%-[.]?$") then
    status.refuse("%s: its mode has to be 0600, so that nobody else can read the token: chmod 600", path)
  end
  local token = input.read(path):match("^%s*(.-)%s*$")
  if token == "" then
    status.refuse("%s is empty: it has to hold the token", path)
  end
  return token
end

--- A JSON text, with its nulls.
---@param text string
---@param name string for messages
---@return any
function input.json(text, name)
  local value, problem = core.decode(text)
  if value == nil and problem then
    status.refuse("%s is not JSON: %s", name, (tostring(problem):gsub("^not JSON: ", "")))
  end
  local key = repeated.key(text)
  if key then
    status.refuse('%s: "%s" is there twice', name, key)
  end
  return core.decode("[" .. text .. "]", true)[1] -- nulls are kept inside, and all of the text is
end

local function folder_of(path)
  return path:match("^(.*/)[^/]*$") or ""
end

-- All that a document in Lua sees. Secrets need not stand in it: they come from the environment, and from files.
local function environment_of(path)
  local function copy(library)
    local made = {}
    for name, value in pairs(library) do
      made[name] = value
    end
    return made
  end
  return {
    string = copy(string), table = copy(table), math = copy(math), ipairs = ipairs, pairs = pairs,
    tostring = tostring, tonumber = tonumber, null = core.null,
    env = function(name)
      local value = os.getenv(tostring(name))
      if not value then
        error(("the environment has no %s"):format(tostring(name)), 2)
      end
      return value
    end,
    file = function(name)
      name = tostring(name)
      local handle, problem = io.open(name:sub(1, 1) == "/" and name or folder_of(path) .. name, "rb")
      if not handle then
        error("cannot read " .. tostring(problem), 2)
      end
      local text = handle:read("*a")
      handle:close()
      return text or error("cannot read " .. name, 2)
    end,
  }
end

local function compile(text, path)
  local chunk, problem
  if text:byte() == 27 then
    problem = path .. ": is bytecode, and has to be text"
  elseif setfenv then -- luacheck: ignore 113
    chunk, problem = loadstring(text, "=" .. path) -- luacheck: ignore 113
    if chunk then
      setfenv(chunk, environment_of(path)) -- luacheck: ignore 113
    end
  else
    chunk, problem = load(text, "=" .. path, "t", environment_of(path))
  end
  return chunk, problem
end

--- What a document in Lua returns.
---@param text string
---@param path string
---@return any
function input.lua(text, path)
  local chunk, problem = compile(text, path)
  if not chunk then
    status.refuse("%s", problem)
  end
  if jit then
    jit.off(chunk, true) -- Ctrl-C does not end what LuaJIT has compiled
  end
  local ok, value = pcall(chunk)
  if not ok and type(value) == "string" and value:find("interrupted!", 1, true) then
    error(value, 0)
  elseif not ok then
    status.refuse("%s", tostring(value))
  end
  return value
end

-- Editors put a mark of UTF-8 in front; a script of Lua may begin with the line that names its interpreter.
local function without_lead(text, is_lua)
  text = text:gsub("^\239\187\191", "")
  return is_lua and (text:gsub("^#[^\n]*", "")) or text
end

--- A document: Lua where the name ends in .lua, or where it does not begin as JSON does.
---@param path string "-" is standard input
---@return table
function input.document(path)
  local text = without_lead(input.read(path))
  local is_lua = path:find("%.lua$") or not (path:find("%.json$") or text:find("^%s*[%[{]"))
  local name = path == "-" and "standard input" or path
  local value
  if is_lua then
    value = input.lua(without_lead(text, true), name)
  else
    value = input.json(text, name)
  end
  if type(value) ~= "table" then
    local got = value == nil and "nothing" or value == core.null and "null" or type(value)
    if is_lua and value == nil and text:find("%S") then
      got = got .. ": a document in Lua has to `return` it"
    end
    status.refuse("%s: expected a table or an object, got %s", name, got)
  end
  return value
end

return input
