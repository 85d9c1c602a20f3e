--- The command line, read by argparse. Only the commands whose names are among the words are built: to build all of
--- them would take longer than most calls.
local catalog = require "azion.command.catalog"
local grammar = require "azion.command.grammar"
local status = require "azion.command.status"
local version = require "azion.version"

local arguments = {}

-- Prints something, and that is all.
local function show(text)
  status.written(io.stdout:write(text, "\n"))
  status.written(io.stdout:flush())
  status.stop()
end

local function add_option(parser, option)
  local given = parser:option((option.short and option.short .. " " or "") .. option[1])
  given:description(option[2])
  if not option.value then
    given:args(0)
  else
    given:argname("<" .. option.value .. ">"):args(option.several and "+" or 1)
  end
  if option.many then
    given:count("*")
  end
  if option.choices then
    given:choices(option.choices)
  end
  return given
end

local function add_argument(parser, argument)
  local given = parser:argument(argument[1]):description(argument[2]):args(argument.count or 1)
  if argument.choices then
    given:choices(argument.choices)
  end
end

local fill

local function add_command(parser, command, is_wanted)
  local given = parser:command(command.name):summary(command.about):description(command.about)
  if is_wanted(command.name) then
    fill(given, command, is_wanted)
  end
end

-- argparse's own help does not see whether it can be written.
local function add_help(parser)
  return parser:add_help { action = function() show(parser:get_help()) end }
end

function fill(parser, command, is_wanted)
  add_help(parser):help_max_width(80)
  for _, argument in ipairs(command.arguments) do
    add_argument(parser, argument)
  end
  for _, option in ipairs(command.options) do
    add_option(parser, option):count(option.required and not is_wanted("--template") and "1" or option.many and "*"
      or "0-1")
  end
  if command.commands then
    parser:command_target("method")
    for _, inner in ipairs(command.commands) do
      add_command(parser, inner, is_wanted)
    end
  end
  parser:epilog(("Example: %s\n\nOptions of all commands: lazion --help"):format(command.example))
end

local head = [[
Usage: lazion [options] COMMAND …            lazion COMMAND --help says more

lazion COLLECTION list | get KEY | find NAME | create FILE | delete KEY… |
                  update KEY --set FIELD=VALUE | overwrite KEY FILE, of
]]

-- Names side by side, on lines that fit.
local function wrapped(names, indent)
  local lines, line = {}, indent
  for _, name in ipairs(names) do
    if #line + #name + 1 > 79 then
      lines[#lines + 1], line = line, indent
    end
    line = line .. " " .. name
  end
  lines[#lines + 1] = line
  return table.concat(lines, "\n")
end

local function left(text, width)
  return text .. (" "):rep(width - #text)
end

local function option_lines()
  local names = {}
  for _, option in ipairs(grammar.shared) do
    names[#names + 1] = (option.short and option.short .. ", " or "") .. option[1]
      .. (option.value and " " .. option.value or "")
  end
  return wrapped(names, " ")
end

--- The help of the command as a whole: it fits a screen.
---@return string
function arguments.help()
  local lines = { head .. wrapped(catalog.names(), " ") }
  for _, command in ipairs(grammar.commands) do
    lines[#lines + 1] = ("lazion %s %s"):format(left(command.name, 11), command.about)
  end
  lines[#lines + 1] = "Options:\n" .. option_lines()
  lines[#lines + 1] = "The token is in AZION_TOKEN, or in a file. Example: lazion domains list --csv"
  return table.concat(lines, "\n")
end

local function words_of(argv)
  local words = {}
  for _, word in ipairs(argv) do
    words[word], words[word:gsub("%-", "_")] = true, true
  end
  return function(name)
    return words[name] or words[(name:gsub("%-", "_"))] or false
  end
end

local function new_parser(argv)
  local is_there, argparse = pcall(require, "argparse")
  if not is_there and tostring(argparse):find("interrupted!", 1, true) then
    error(argparse, 0)
  elseif not is_there then
    status.fail("lazion needs argparse: apt-get install lua-argparse, or luarocks install argparse")
  end
  local is_wanted = words_of(argv)
  local parser = add_help(argparse("lazion")):help(arguments.help()):command_target("command")
  function parser:error(message) -- luacheck: ignore 212
    message = message:gsub("^(unknown option '%-[^-].*)\n.*$", "%1")
      :gsub("^unknown option '%-[^-].*", "%0: a key that begins with a dash stands after --")
    status.wrong("%s", (message:gsub("\n", "; ")))
  end
  for _, option in ipairs(grammar.shared) do
    add_option(parser, option)
  end
  for _, command in ipairs(grammar.commands) do
    add_command(parser, command, is_wanted)
  end
  for _, name in ipairs(catalog.names()) do
    local command = is_wanted(name) and grammar.collection(name)
    add_command(parser, command or { name = name, about = "" }, is_wanted)
  end
  return parser
end

local function check_formats(given)
  local formats = {}
  for _, name in ipairs { "json", "jsonl", "csv", "lua" } do
    formats[#formats + 1] = given[name] and "--" .. name or nil
  end
  if #formats > 1 then
    status.wrong("%s and %s exclude each other", formats[1], formats[2])
  end
end

-- argparse sees to what is needed only after it has seen all options: these two need nothing else.
local function answer_alone(argv)
  for _, word in ipairs(argv) do
    if word == "--" then
      return
    elseif word == "--version" then
      show("lazion " .. version.name:match("%S+$"))
    end
  end
  if argv[1] == nil then
    status.wrong("a command is required")
  elseif argv[1] == "help" and not argv[2] then
    show(arguments.help())
  end
end

--- Reads the words of a command line. Where they ask for help or the version, that is printed, and the command ends.
---@param argv string[]
---@return table given
function arguments.read(argv)
  answer_alone(argv)
  local given = new_parser(argv):parse(argv)
  check_formats(given)
  return given
end

return arguments
