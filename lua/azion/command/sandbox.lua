--- `lazion sandbox`: the stand-in as a server for any other program.
local status = require "azion.command.status"

local sandbox = {}

local function quote(word)
  return word:find("^[%w%./:_-]+$") and word or "'" .. word:gsub("'", [['\'']]) .. "'"
end

local function number_of(session, name)
  local text = session.arguments[name]
  if text and not tonumber(text) then
    status.wrong("--%s: expected a number, got '%s'", name, text)
  end
  return text and tonumber(text)
end

local function options_of(session)
  local limit = number_of(session, "limit")
  return { seed = number_of(session, "seed"), window = number_of(session, "window"),
    limits = limit and { read = limit, write = limit } or nil }
end

local function print_exports(started)
  local variables = {
    { "AZION_TOKEN", started.token },
    { "AZION_BASE_URL", started.base_url },
    { "AZION_V4_BASE_URL", started.base_url .. "/v4" },
    { "AZION_ACCOUNT_URL", started.account_url or started.base_url },
    { "AZION_CA_FILE", started.ca_file },
  }
  for _, variable in ipairs(variables) do
    io.stdout:write(("export %s=%s\n"):format(variable[1], quote(variable[2])))
  end
  io.stdout:flush()
end

local function run_here(session, options)
  local started = status.check(require("azion").sandbox.start(options))
  print_exports(started)
  if session.getenv("AZION_SANDBOX_BACKGROUND") then
    io.stdout:write(("export AZION_SANDBOX_PID=%d\n"):format(require("azion.core").pid()))
    io.stdout:flush()
  end
  local runtime = require("azion.runtime").get()
  local ok, raised = pcall(function()
    while true do
      runtime:sleep(3600, {})
    end
  end)
  started:stop()
  error(not ok and raised or "interrupted!", 0)
end

-- The words that this program was started with, its interpreter first.
local function command_line(argv)
  local first, words = 0, {}
  while argv[first - 1] do
    first = first - 1
  end
  for position = first, #argv do
    if argv[position] ~= "--background" then
      words[#words + 1] = quote(argv[position])
    end
  end
  return table.concat(words, " ")
end

-- Only what it prints before it is ready is read: then it goes on by itself, in a session of its own, so that neither
-- the end of this shell nor Ctrl-C reaches it.
local function run_in_background(argv)
  local pipe = io.popen("AZION_SANDBOX_BACKGROUND=1 setsid " .. command_line(argv) .. " </dev/null 2>&1 &", "r")
  local lines, problems, is_ready = {}, {}, false
  for line in pipe:lines() do
    table.insert(line:find("^export ") and lines or problems, line)
    if line:find("^export AZION_SANDBOX_PID=") then
      is_ready = true
      break
    end
  end
  pipe:close()
  if not is_ready then
    status.fail("%s", (table.concat(problems, " "):gsub("^lazion: ", "")))
  end
  io.stdout:write(table.concat(lines, "\n"), "\n")
end

function sandbox.run(session, argv)
  local options = options_of(session)
  if session.arguments.background then
    return run_in_background(argv)
  end
  return run_here(session, options)
end

return sandbox
