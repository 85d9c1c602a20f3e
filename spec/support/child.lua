--- Programs in processes of their own, under the Lua that runs the specs.
local files = require "spec.support.files"

local child = {}

local Child = {}
Child.__index = Child

local function quote(word)
  return "'" .. tostring(word):gsub("'", [['\'']]) .. "'"
end

--- The Lua that runs the specs, as it was called; under valgrind, the one to call instead.
---@return string
function child.interpreter()
  local position = -1
  while arg[position - 1] do
    position = position - 1
  end
  return os.getenv("SPEC_INTERPRETER") or arg[position]
end

local function command_line(words, settings)
  local environment = { LUA_PATH = package.path, LUA_CPATH = package.cpath }
  for name, value in pairs(settings.environment or {}) do
    environment[name] = value
  end
  -- `env` takes what it removes before what it sets.
  local removed, set, command = { "env" }, {}, { quote(settings.interpreter or child.interpreter()) }
  for name, value in pairs(environment) do
    table.insert(value and set or removed, value and name .. "=" .. quote(value) or "-u " .. name)
  end
  for _, word in ipairs(words) do
    command[#command + 1] = quote(word)
  end
  return table.concat({ table.concat(removed, " "), table.concat(set, " "), table.concat(command, " ") }, " ")
end

--- Starts a program; its modules are found where ours are.
---@param words string[] the command line after the interpreter
---@param settings? { environment?: table<string, string|false>, input?: string, interpreter?: string } false removes a
--- variable
---@return table child
function child.start(words, settings)
  settings = settings or {}
  local paths = { output = os.tmpname(), errors = os.tmpname(), pid = os.tmpname() }
  local pipe = assert(io.popen(("printf %%s %s | sh -c %s >%s 2>%s; echo $?"):format(quote(settings.input or ""),
    quote("echo $$ >" .. paths.pid .. "; exec " .. command_line(words, settings)), paths.output, paths.errors)))
  return setmetatable({ pipe = pipe, paths = paths }, Child)
end

--- Sends the program what Ctrl-C sends.
function Child:interrupt()
  os.execute("kill -INT $(cat " .. self.paths.pid .. ") 2>/dev/null")
end

--- Ends the program at once, as if it had crashed.
function Child:kill()
  os.execute("kill -KILL $(cat " .. self.paths.pid .. ") 2>/dev/null")
end

--- Waits for the program's end.
---@return integer status
---@return string output
---@return string errors
function Child:finish()
  local status = tonumber(self.pipe:read("*a"))
  self.pipe:close()
  local output, errors = files.read(self.paths.output), files.read(self.paths.errors)
  for _, path in pairs(self.paths) do
    os.remove(path)
  end
  return status, output, errors
end

--- Runs a program to its end: see `start` and `finish`.
function child.run(words, settings)
  return child.start(words, settings):finish()
end

return child
