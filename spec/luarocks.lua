-- `luarocks test`: builds for the Lua that LuaRocks runs this file with, and runs the specs on it.
-- `luarocks --lua-version=5.4 test -- spec/core/json_spec.lua` runs one file.
local version = _VERSION:match("%d+%.%d+")
local lua = jit and "luajit" or version

local tests = "spec:" .. lua
if arg[1] then
  tests = ("--only='%s' %s"):format(table.concat(arg, " "), tests)
elseif not jit and version < "5.4" then
  tests = tests .. " smoke:" .. lua
end

-- Lua 5.1 gives a status, which is 0 or not; later ones true or nil.
local status = os.execute(("make --no-print-directory -s build LUA=%s && tools/test %s"):format(lua, tests))
os.exit((status == true or status == 0) and 0 or 1)
