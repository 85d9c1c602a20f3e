--- `lazion`: the API at the command line. What the words mean is in grammar.lua; each area has a module of its own.
local arguments = require "azion.command.arguments"
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

local function run(argv, state)
  -- A shell that completes asks in words that are no command line yet.
  if argv[1] == "--complete" then
    return require("azion.command.completion").answer(argv)
  end
  local given, text = arguments.read(argv)
  if not given then
    io.stdout:write(text, "\n")
    return status.done
  end
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
    io.stdout:flush()
  end)
  if ok and closed then
    return result
  end
  local lines, code = status.explain(ok and problem or result, state.session and {
    version = state.session.version, command = state.session.arguments.command })
  print_lines(lines)
  return code
end

return command
