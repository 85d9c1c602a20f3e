--- Starts a stand-in for the API and runs a command with it; without a command, prints what to set and waits.
---
---   lua5.4 examples/sandbox.lua lua5.4 first.lua     the stand-in ends with the command
---   lua5.4 examples/sandbox.lua                      for another terminal; Enter or Ctrl-C ends it
local folder = arg[0]:match("^(.*)/[^/]*$") or "."
local lua = jit and "luajit" or _VERSION:match("%d+%.%d+")

-- In a checkout that is built but not installed, the module lies here.
package.path = ("%s;%s/../lua/?.lua;%s/../lua/?/init.lua"):format(package.path, folder, folder)
package.cpath = ("%s;%s/../build/%s/?.so"):format(package.cpath, folder, lua)

local function quote(word)
  return "'" .. word:gsub("'", [['\'']]) .. "'"
end

-- The exit status of a command: Lua 5.1 gives what wait(2) gives.
local function run(command)
  local ok, _, code = os.execute(command)
  if type(ok) == "number" then
    return math.floor(ok / 256) % 256
  end
  return code or 1
end

local words = {}
for index, word in ipairs(arg) do
  words[index] = quote(word)
end

if arg[1] == "--help" or arg[1] == "-h" then
  print("Usage: " .. arg[0] .. " [command …]\n\nStarts a stand-in for both versions of the API and runs the command "
    .. "with AZION_TOKEN,\nAZION_BASE_URL, AZION_V4_BASE_URL, AZION_ACCOUNT_URL, AZION_CA_FILE and AZION_APPLICATION\n"
    .. "set for it. Without a command, prints these and waits.")
  os.exit(0)
end

local sandbox, err = require("azion").v4.sandbox.start({ seed = 5 })
if not sandbox then
  io.stderr:write(arg[0], ": ", tostring(err), "\n")
  os.exit(1)
end
local exports = ("export AZION_TOKEN=%s AZION_BASE_URL=%s\nexport AZION_V4_BASE_URL=%s AZION_ACCOUNT_URL=%s\n"
  .. "export AZION_CA_FILE=%s AZION_APPLICATION=1618339282\n"):format(sandbox.token, sandbox.account_url,
  sandbox.base_url, sandbox.account_url, quote(sandbox.ca_file))
if #words == 0 then
  io.stdout:write(exports)
  io.stdout:flush()
end
-- In a shell of its own also the wait: Ctrl-C ends the shell, and then the stand-in is stopped here.
local status = run(#words > 0 and exports .. "exec " .. table.concat(words, " ") or "read -r _")
sandbox:stop()
os.exit(#words > 0 and status or 0)
