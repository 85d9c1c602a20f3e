--- `lazion`: the API at the command line. What the words mean is in grammar.lua; each area has a module of its own.
local arguments = require "azion.command.arguments"
local grammar = require "azion.command.grammar"
local session = require "azion.command.session"
local status = require "azion.command.status"

local command = {}

-- Commands by the module that carries them out; every other one is a collection.
local areas = {
  plan = "documents", apply = "documents", export = "documents", purge = "purge", request = "request",
  rate = "account", ["api-version"] = "account", completion = "completion", sandbox = "sandbox",
}

local function print_lines(lines)
  for _, line in ipairs(lines) do
    io.stderr:write(line, "\n")
  end
end

-- The command whose help may tell what is wrong: "origins list", as far as that is one.
local function command_of(argv)
  local name = (argv[1] or ""):gsub("%-", "_")
  if grammar.command(argv[1]) then
    return argv[1]
  end
  for _, method in ipairs((grammar.collection(name) or { commands = {} }).commands) do
    if method.name == argv[2] then
      return name .. " " .. method.name
    end
  end
  return grammar.collection(name) and name or nil
end

local bad_descriptor = 9 -- EBADF

-- The number of a closed stream goes to the next file or connection that is opened, which would then get what is meant
-- for the stream.
local function check_streams(state)
  for _, stream in ipairs { io.stdin, io.stdout, io.stderr } do
    local _, problem, code = stream:seek "cur"
    if code == bad_descriptor then
      state[stream] = io.open("/dev/null", "r+")
      if stream == io.stdout then
        status.fail("cannot write: %s", problem)
      end
    end
  end
end

local function run(argv, state)
  check_streams(state)
  -- A shell that completes asks in words that are no command line yet.
  if argv[1] == "--complete" then
    return require("azion.command.completion").answer(argv)
  end
  local given = arguments.read(argv)
  state.session = session.new(given, os.getenv)
  local area = require("azion.command." .. (areas[given.command] or "collection"))
  return area.run(state.session, argv) or status.done
end

--- Runs the command.
---@param argv string[] its words; below 1 what it was called as
---@return integer exit status
function command.main(argv)
  local state = {}
  local ok, result = xpcall(function() return run(argv, state) end, function(err) return err end)
  local closed, problem = pcall(function()
    if state.session then
      state.session:close()
    end
    status.written(io.stdout:flush())
  end)
  if ok and closed then
    return result
  end
  local err = problem
  if not ok then
    err = result
  end
  local lines, code = status.explain(err, { program = argv[0], version = state.session and state.session.version,
    command = type(err) == "table" and err.is_wrong_use and command_of(argv) or nil })
  print_lines(lines)
  return code
end

return command
