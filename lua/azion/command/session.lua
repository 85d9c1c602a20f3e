--- What a run of the command shares: its arguments, the client, where it prints, how it asks.
local catalog = require "azion.command.catalog"
local status = require "azion.command.status"

local session = {}

local methods = {}
local metatable = { __index = methods }

---@param arguments table
---@param getenv fun(name: string): string?
function session.new(arguments, getenv)
  return setmetatable({ arguments = arguments, getenv = getenv,
    asked_version = catalog.asked_version(arguments, getenv) }, metatable)
end

--- What the streams are; looked at when it is first needed.
---@return azion.Terminal
function methods:terminal()
  self.known_terminal = self.known_terminal or require("azion.command.terminal").read(self.getenv)
  return self.known_terminal
end

function methods:output()
  self.known_output = self.known_output
    or require("azion.command.output").new(self.arguments, self:terminal(), function() self:progress():clear() end)
  return self.known_output
end

function methods:progress()
  self.known_progress = self.known_progress or require("azion.command.progress").new {
    terminal = self:terminal(), verbose = self.arguments.verbose }
  return self.known_progress
end

--- Options of a client that the command line has.
---@return table
function methods:client_options()
  local given = self.arguments
  return {
    token = given.token_file and require("azion.command.input").token(given.token_file) or nil,
    base_url = given.base_url,
    account_url = given.account_url,
    ca_file = given.ca_file,
    on_event = self:progress():listener(),
  }
end

--- The client of a version of the API.
---@param version string
---@return azion.Client
function methods:client(version)
  self.version = version
  if not self.known_client then
    local azion = require "azion"
    local options = self:client_options()
    options.account_url = nil
    self.known_client = status.check(azion[version].client(options))
  end
  return self.known_client
end

--- Tells something that is no data.
---@param text string
function methods:warn(text)
  self:progress():clear()
  io.stderr:write("lazion: ", (text:gsub("%s*\n%s*", " ")), "\n")
end

--- Ends the command here, before anything is sent, where nobody could be asked.
function methods:expect_consent()
  if self.arguments.yes then
    return
  end
  local terminal = self:terminal()
  if not (terminal.stdin and terminal.stderr) then
    status.wrong("%s needs --yes where there is no terminal to ask on",
      self.arguments.method or self.arguments.command)
  end
end

--- Asks whether to go on; anything but "yes" ends the command.
---@param question string
function methods:confirm(question)
  if self.arguments.yes then
    return
  end
  local answer = require("azion.command.terminal").ask(question .. " Type yes to go on: ")
  if answer:match("^%s*(.-)%s*$") ~= "yes" then
    status.fail("nothing was done: the answer was not yes")
  end
end

function methods:close()
  if self.known_progress then
    self.known_progress:finish()
  end
  if self.known_client then
    self.known_client:close()
  end
end

return session
