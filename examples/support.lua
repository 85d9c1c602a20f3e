--- What the examples share: their command line, their client, JSON as text, and how they end.
local folder = arg[0]:match("^(.*)/[^/]*$") or "."
local lua = jit and "luajit" or _VERSION:match("%d+%.%d+")

-- In a checkout that is built but not installed, the module lies here.
package.path = ("%s;%s/../lua/?.lua;%s/../lua/?/init.lua"):format(package.path, folder, folder)
package.cpath = ("%s;%s/../build/%s/?.so"):format(package.cpath, folder, lua)

local azion = require("azion")
local argparse = require("argparse")
local core = require("azion.core")

local support = {}

-- The ids of the first two applications that a sandbox has.
local sandbox_applications = { "1618339282", "1618339283" }

-- Values of options by name, for the sandbox only: on an account they have to be given, unless a flag makes them idle.
local sandbox_values, unless = {}, {}

--- The value, or the error raised. (`assert` takes only strings as errors on Lua 5.1 and 5.2.)
function support.check(value, err, ...)
  if err then
    error(err, 0)
  end
  return value, err, ...
end

--- A command line parser with the options of every example.
---@param description string
---@return table
function support.parser(description)
  local parser = argparse():description(description)
    :epilog("The token is read from the environment variable AZION_TOKEN.")
  parser:flag("--sandbox", "Run on a sandbox that is started for it; no account is touched.")
  parser:flag("--verbose", "Say on stderr what is waited for. On a terminal it is always said.")
  return parser
end

--- Adds an option that is needed, except on the sandbox, which has a value for it.
---@param parser table
---@param name string
---@param description string
---@param sandbox_value string
---@param flag? string with which it is not needed
---@return table option
function support.needed(parser, name, description, sandbox_value, flag)
  sandbox_values[name], unless[name] = sandbox_value, flag
  return parser:option("--" .. name, ("%s (sandbox: %s)"):format(description, sandbox_value))
end

--- Adds --application, which may be given more than once.
---@param parser table
function support.applications(parser)
  parser:option("--application", "Id of an edge application; may be given more than once."):count("*"):argname("<id>")
  sandbox_values.application = sandbox_applications
end

local function fill_in(parser, arguments)
  for name, sandbox_value in pairs(sandbox_values) do
    local value = arguments[name]
    local is_needed = not (unless[name] and arguments[unless[name]])
    if is_needed and (value == nil or (type(value) == "table" and #value == 0)) then
      if not arguments.sandbox then
        parser:error("option '--" .. name .. "' is needed")
      end
      arguments[name] = sandbox_value
    end
  end
end

-- A script that waits for the rate limit says so, or it would look as if it hung.
local function tell_waits(event)
  if event.type == "wait" and event.wait then
    io.stderr:write(("waiting %.1f s for the rate limit (%s)\n"):format(event.wait, event.bucket))
  elseif event.type == "retry" then
    io.stderr:write(("%s: trying again in %.1f s\n"):format(event.reason, event.wait))
  end
end

local function client_options(arguments, given)
  local options = support.copy(given or {})
  local on_terminal = os.execute("test -t 2")
  if not options.on_event and (arguments.verbose or on_terminal == true or on_terminal == 0) then
    options.on_event = tell_waits
  end
  return options
end

local default_sandboxes = { v3 = { seed = { edge_applications = 2, origins = 40 } }, v4 = {} }

--- Runs a script: `body(client, arguments, sandbox)`. What it raises becomes one line on stderr and exit status 1.
---@param parser table
---@param body fun(client: azion.Client, arguments: table, sandbox?: azion.Sandbox)
---@param settings? { sandbox?: table, client?: azion.ClientOptions, version?: "v3"|"v4" }
function support.run(parser, body, settings)
  settings = settings or {}
  local arguments = parser:parse()
  fill_in(parser, arguments)
  local version = arguments.api or settings.version or "v3"
  local sandbox, client
  local ok, err = pcall(function()
    if arguments.sandbox then
      sandbox = support.check(azion[version].sandbox.start(settings.sandbox or default_sandboxes[version]))
      client = support.check(sandbox:client(client_options(arguments, settings.client)))
    else
      client = support.check(azion[version].client(client_options(arguments, settings.client)))
    end
    body(client, arguments, sandbox)
    support.check(io.stdout:flush())
  end)
  if client then
    client:close()
  end
  if sandbox then
    sandbox:stop()
  end
  if not ok then
    local message = tostring(err):gsub("%s*\n%s*", " "):gsub("^.*interrupted!$", "interrupted")
    io.stderr:write(arg[0], ": ", message, "\n")
    os.exit(1)
  end
end

--- Carries a plan out. What failed is told, and raised.
---@param plan azion.Plan
function support.carry_out(plan)
  local report = support.check(plan:apply())
  local function tell(steps, why)
    for _, step in ipairs(steps) do
      io.stderr:write(("%s of %s %s: %s\n"):format(step.action, step.resource, step.name or "", tostring(step[why])))
    end
  end
  tell(report.skipped, "because")
  tell(report.failed, "err")
  if not report.ok then
    error(("failed: %d, skipped: %d; run it again"):format(#report.failed, #report.skipped), 0)
  end
end

--- Writes a file, under another name first: an export that fails half-way must not replace a good one.
---@param path string
---@param text string
function support.write_file(path, text)
  local unfinished = path .. ".unfinished"
  local file = support.check(io.open(unfinished, "wb"))
  support.check(file:write(text))
  support.check(file:close())
  support.check(os.rename(unfinished, path))
end

--- JSON with the names in alphabetical order: the same data always gives the same text.
---@param value any
---@return string
function support.json(value)
  if type(value) ~= "table" then
    return (assert(core.encode(value)))
  end
  local parts = {}
  if value[1] ~= nil or getmetatable(value) == core.array_metatable then
    for index, entry in ipairs(value) do
      parts[index] = support.json(entry)
    end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  local names = {}
  for name in pairs(value) do
    names[#names + 1] = name
  end
  table.sort(names)
  for index, name in ipairs(names) do
    parts[index] = support.json(name) .. ":" .. support.json(value[name])
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

--- A copy of a table, with some of its fields changed.
---@param original table
---@param changes? table
---@return table
function support.copy(original, changes)
  local copy = {}
  for name, value in pairs(original) do
    copy[name] = value
  end
  for name, value in pairs(changes or {}) do
    copy[name] = value
  end
  return copy
end

return support
