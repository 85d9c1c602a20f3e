-- Draws docs/plan.svg: what `lazion plan` prints on a terminal, from a run on the stand-in. `make picture` runs it.
-- With --check it draws nothing, and fails if the picture would be another.
package.path = "./?.lua;" .. package.path
local azion = require("azion")
local drawing = require("tools.site.picture.drawing")
local paths = require("tools.site.paths")

local picture = "docs/plan.svg"
local here = "tools/site/picture/"
local columns = 110

-- script(1) gives the command a terminal.
local function run_on_terminal(sandbox, command)
  local given = "TERM=xterm LC_ALL=C.UTF-8 NO_COLOR= AZION_TOKEN=%s AZION_V4_BASE_URL=%s AZION_CA_FILE=%s COLUMNS=%d"
  local pipe = assert(io.popen(("env %s script -qec '%s' /dev/null </dev/null"):format(
    given:format(sandbox.token, sandbox.base_url, sandbox.ca_file, columns), command)))
  local text = pipe:read("*a")
  assert(pipe:close(), text)
  return (text:gsub("\r", ""))
end

local sandbox = assert(azion.v4.sandbox.start({ seed = {} }))
local client = assert(sandbox:client())
assert(assert(client:plan(dofile(here .. "before.lua"))):apply())
local text = run_on_terminal(sandbox, ("lua5.4 bin/lazion plan %sshop.lua --prune"):format(here))
sandbox:stop()

local drawn = drawing.svg("$ lazion plan shop.lua --prune\n" .. text, columns)
if arg[1] ~= "--check" then
  paths.write(picture, drawn)
elseif paths.read(picture) ~= drawn then
  io.stderr:write(picture, ": is not current; `make picture` draws it\n")
  os.exit(1)
end
