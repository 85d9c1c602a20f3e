--- lazion as specs run it: the program of the checkout, against a sandbox, with or without a terminal.
local child = require "spec.support.child"
local files = require "spec.support.files"

local command = {}

command.program = "bin/lazion"

local function quote(word)
  return "'" .. tostring(word):gsub("'", [['\'']]) .. "'"
end

-- Of the machine that runs the specs nothing must show.
local plain = { AZION_API = false, NO_COLOR = false, COLUMNS = false, TERM = "xterm", LC_ALL = "C.UTF-8" }

--- The environment that leads to a sandbox, and whatever is wanted besides.
---@param sandbox? azion.Sandbox
---@param more? table<string, string|false>
function command.environment(sandbox, more)
  local environment = {}
  for name, value in pairs(plain) do
    environment[name] = value
  end
  if sandbox then
    environment.AZION_TOKEN, environment.AZION_BASE_URL = sandbox.token, sandbox.base_url
    environment.AZION_V4_BASE_URL, environment.AZION_CA_FILE = sandbox.base_url .. "/v4", sandbox.ca_file
    environment.AZION_ACCOUNT_URL = sandbox.account_url or sandbox.base_url
  end
  for name, value in pairs(more or {}) do
    environment[name] = value
  end
  return environment
end

--- A runner against a sandbox.
---@param sandbox? azion.Sandbox
---@return fun(words: string[], more?: table, input?: string): integer, string, string
function command.against(sandbox)
  return function(words, more, input)
    local all = { command.program }
    for _, word in ipairs(words) do
      all[#all + 1] = word
    end
    return child.run(all, { environment = command.environment(sandbox, more), input = input })
  end
end

--- lazion as a shell calls it: `$lazion origins list`.
---@param environment table<string, string|false>
---@return string the lines that set this up
function command.shell_setup(environment)
  local lines = { ("export LUA_PATH=%s LUA_CPATH=%s"):format(quote(package.path), quote(package.cpath)) }
  for name, value in pairs(environment) do
    lines[#lines + 1] = value and ("export %s=%s"):format(name, quote(value)) or "unset " .. name
  end
  lines[#lines + 1] = ("lazion=%s"):format(quote(child.interpreter() .. " " .. command.program))
  return table.concat(lines, "\n") .. "\n"
end

--- A script for a shell that finds `lazion`, and the Lua of these specs as `lua5.4`, on its path, in an empty folder of
--- its own.
---@param script string
---@param interpreter string
---@return string output
---@return integer status
function command.run_installed(script, interpreter)
  return command.run_script(command.shell_setup(command.environment()) .. ([[
    checkout=$PWD folder=$(mktemp -d)
    trap 'rm -r "$folder"' EXIT
    mkdir "$folder/bin" "$folder/here"
    LUA_PATH=$(echo "$LUA_PATH" | sed "s,\(^\|;\)\./,\1$checkout/,g")
    LUA_CPATH=$(echo "$LUA_CPATH" | sed "s,\(^\|;\)\./,\1$checkout/,g")
    interpreter=$(command -v "${lazion%% *}")
    interpreter="env LUA_PATH='$LUA_PATH' LUA_CPATH='$LUA_CPATH' $interpreter"
    printf '#!/bin/sh\nexec %%s "$@"\n' "$interpreter $checkout/${lazion##* }" >"$folder/bin/lazion"
    printf '#!/bin/sh\nexec %%s "$@"\n' "$interpreter" >"$folder/bin/lua5.4"
    unset LUA_PATH LUA_CPATH
    chmod +x "$folder/bin/lazion" "$folder/bin/lua5.4"
    PATH=$folder/bin:$PATH
    touch "$folder/here/a_file"
    cat >"$folder/script" <<'SCRIPT'
%s
SCRIPT
    cd "$folder/here"
    %s "$folder/script"
]]):format(script, interpreter))
end

--- What a shell prints, both streams together, and its exit status.
---@param script string
---@param shell? string
---@return string output
---@return integer status
function command.run_script(script, shell)
  local path, out = os.tmpname(), os.tmpname()
  files.write(path, script)
  local pipe = assert(io.popen(("%s %s >%s 2>&1; echo $?"):format(shell or "bash", path, out)))
  local status = tonumber(pipe:read("*a"))
  pipe:close()
  local output = files.read(out)
  os.remove(path)
  os.remove(out)
  return output, status
end

--- Runs words on a terminal of its own.
---@param words string a shell's command line, with `$lazion`
--- What is typed, is typed when the terminal shows a certain text.
---@param settings { environment: table, columns?: integer, input?: string, input_after?: string }
---@return string output what the terminal got
---@return integer status
function command.on_terminal(words, settings)
  local inner, shown = os.tmpname(), os.tmpname()
  -- Ctrl-C is for the program, and not for the shell around it.
  files.write(inner, command.shell_setup(settings.environment)
    .. ("trap : INT\nstty cols %d rows 24\n%s\n"):format(settings.columns or 80, words))
  local _, status = command.run_script(([[
    { until grep -q -e %s %s; do sleep 0.05; done; printf %%s %s; } | script -qefc %s %s
  ]]):format(quote(settings.input_after or ""), shown, quote(settings.input or ""), quote("sh " .. inner), shown))
  local output = files.read(shown):gsub("^Script started[^\n]*\n", ""):gsub("\n?Script done[^\n]*\n$", "")
  os.remove(inner)
  os.remove(shown)
  return (output:gsub("\r\n", "\n")), status
end

return command
