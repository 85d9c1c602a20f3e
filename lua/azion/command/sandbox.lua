--- `lazion sandbox`: the stand-in as a server for any other program.
local input = require "azion.command.input"
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

local function add_seed(seed, word)
  local known = require "azion.sandbox.options"
  local name, number = word:match("^([%w_]+)=(%d+)$")
  number = number or word:match("^%d+$")
  if not number then
    status.wrong("--seed: expected NUMBER or NAME=NUMBER, got '%s'", word)
  end
  local is_known = false
  for version, amounts in pairs(known.amounts) do
    local called = name or known.number_of[version]
    if amounts[called] then
      seed[version] = seed[version] or {}
      seed[version][called], is_known = tonumber(number), true
    end
  end
  if not is_known then
    status.wrong("--seed: the stand-in has no '%s'", name)
  end
end

-- What the file says, and over it what the options say.
local function options_of(session)
  local given = session.arguments
  local options, limit = given.file and input.document(given.file) or {}, number_of(session, "limit")
  for _, name in ipairs { "window", "latency", "port" } do
    options[name] = number_of(session, name) or options[name]
  end
  if limit then
    options.limits = options.limits or {}
    options.limits.read, options.limits.write = limit, limit
  end
  if given.seed[1] then
    options.seed = { v3 = {}, v4 = {} }
    for _, word in ipairs(given.seed) do
      add_seed(options.seed, word)
    end
  end
  return options
end

-- An option that does not exist is here no mistake of a program.
local function start(options)
  local ok, started, err = pcall(require("azion").sandbox.start, options)
  if not ok and type(started) == "string" and started:find("azion.sandbox.start: ", 1, true) then
    status.refuse("%s", (started:gsub("^.*azion%.sandbox%.start: ", "")))
  elseif not ok then
    error(started, 0)
  end
  return status.check(started, err)
end

local function export(name, value)
  status.written(io.stdout:write(("export %s=%s\n"):format(name, quote(tostring(value)))))
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
    export(variable[1], variable[2])
  end
end

local function run_here(session, options)
  local started = start(options)
  print_exports(started)
  if session.getenv("AZION_SANDBOX_BACKGROUND") then
    export("AZION_SANDBOX_PID", require("azion.core").pid())
  end
  status.written(io.stdout:flush())
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
    status.refuse("%s", (table.concat(problems, " "):gsub("^lazion: ", "")))
  end
  status.written(io.stdout:write(table.concat(lines, "\n"), "\n"))
end

function sandbox.run(session, argv)
  if session.arguments.background and session.arguments.file == "-" then
    status.wrong("--background reads no standard input: name a file")
  end
  local options = options_of(session)
  if session.arguments.background then
    return run_in_background(argv)
  end
  return run_here(session, options)
end

return sandbox
