-- What LuaRocks installs from a checkout: what it names, how it compiles, that it loads. `make rock-trial` installs the
-- rock of a release, for each Lua.
-- #seconds 15
local command = require "spec.support.command"
local files = require "spec.support.files"
local shell = require "spec.support.shell"

local rockspec_file = "azion-scm-1.rockspec"
local redis_rockspec_file = "src-redis/azion-redis-scm-1.rockspec"

local function read_rockspec(file)
  local fields = {}
  assert(loadfile(file, "t", fields))()
  return fields
end

local function execute(words)
  local result, _, code = os.execute(words)
  return result == true and 0 or type(result) == "number" and result or code
end

local function module_of(path)
  return (path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", "."))
end

-- The entries of one table that the other has not, or not with this value.
local function entries_beyond(entries, others)
  local beyond = {}
  for key, value in pairs(entries) do
    if others[key] ~= value then
      beyond[#beyond + 1] = ("[%q] = %q"):format(key, value)
    end
  end
  table.sort(beyond)
  return beyond
end

-- How many of the Makefile's flags there are; a command has to have them all.
local function count_hardening(build_command)
  local flags = 0
  for _, name in ipairs { "HARDENING", "HARDENING_LINK" } do
    for line in io.lines("Makefile") do
      for flag in (line:match("^" .. name .. " := (.*)") or ""):gmatch("%S+") do
        flags = flags + 1
        assert.truthy((build_command .. " "):find(" " .. flag .. " ", 1, true), flag)
      end
    end
  end
  return flags
end

describe("the rockspec", function()
  local rockspec = read_rockspec(rockspec_file)
  local modules = rockspec.build.install.lua

  it("is named as LuaRocks wants it", function()
    assert.equal(rockspec_file, rockspec.package .. "-" .. rockspec.version .. ".rockspec")
    assert.equal("3.0", rockspec.rockspec_format)
  end)

  it("compiles every C file of src", function()
    assert.truthy(rockspec.build.build_command:find(" src/*.c ", 1, true))
    assert.same({}, shell.lines_of("find src -mindepth 2 -name '*.c'"))
  end)

  it("compiles and links with the Makefile's hardening", function()
    assert.is_true(count_hardening(rockspec.build.build_command) >= 4)
  end)

  it("gives the C core the name under which it is required", function()
    assert.same({ ["azion.core"] = "build/rock/core.so" }, rockspec.build.install.lib)
  end)

  it("does without rocks that Debian has as packages: LuaRocks would not see those", function()
    assert.same({ "lua >= 5.1, < 5.5" }, rockspec.dependencies)
    assert.is_nil(rockspec.test_dependencies)
  end)

  it("names every Lua module, by the path under which it is required, and no other", function()
    local on_disk, named = {}, {}
    for _, path in ipairs(shell.lines_of("find lua -name '*.lua'")) do
      on_disk[module_of(path)] = path
    end
    for name, path in pairs(modules) do
      named[name] = path
    end
    assert.equal("lua/azion/init.lua", named["azion"])
    assert.same({}, entries_beyond(on_disk, named))
    assert.same({}, entries_beyond(named, on_disk))
  end)
end)

describe("the rockspec of what a budget in Redis needs", function()
  it("lies where luarocks does not take it for the main one, and compiles as that does", function()
    local rockspec = read_rockspec(redis_rockspec_file)
    for _, name in ipairs(shell.lines_of("ls *.rockspec rockspec rockspecs 2>/dev/null")) do
      assert.matches("^azion%-[%d.scm]+%-1%.rockspec$", name)
    end
    assert.equal(redis_rockspec_file, "src-redis/" .. rockspec.package .. "-" .. rockspec.version .. ".rockspec")
    assert.is_true(count_hardening(rockspec.build.build_command) >= 4)
    assert.same({ ["azion.hiredis"] = "build/rock/hiredis.so" }, rockspec.build.install.lib)
  end)
end)

local version, interpreter = "5.4", "lua5.4"
if jit then
  version, interpreter = "5.1", "luajit" -- it loads what was built for 5.1
end

local where_from = [[
  local azion = require("azion")
  print(azion._VERSION)
  print(debug.getinfo(azion.client, "S").source)
  for line in io.lines("/proc/self/maps") do
    local core = line:match("/%S*azion/core%.so$")
    if core then print(core) break end
  end
]]

local ping = [[print((require("azion.hiredis").command({ "PING" }):gsub("%s+", " ")))]]

-- What the flags leave behind in a module. (That of the Makefile is looked at in the same way.)
local function assert_hardened(path)
  local sections = table.concat(shell.lines_of(("readelf -W -d -l '%s'"):format(path)), "\n")
  assert.truthy(sections:find("BIND_NOW", 1, true), "binds when it is loaded")
  assert.truthy(sections:find("GNU_RELRO", 1, true), "what was bound is read-only")
  assert.truthy(sections:match("GNU_STACK[^\n]*"):find("RW ", 1, true), "no code on the stack")
  assert.is_nil(sections:find("TEXTREL", 1, true))
  local needed = table.concat(shell.lines_of(("nm -D --undefined-only '%s'"):format(path)), "\n")
  assert.truthy(needed:find("__stack_chk_fail", 1, true), "guards the stack")
  assert.truthy(needed:find("__%l+_chk"), "checks what it copies")
  assert.matches("^%x+ T luaopen_azion_core$",
    table.concat(shell.lines_of(("nm -D --defined-only '%s'"):format(path)), "\n"))
end

describe("the module that make builds", function()
  it("is hardened", function()
    local path = assert(package.searchpath("azion.core", package.cpath)) -- luacheck: ignore 143
    -- Builds of other kinds (build/asan-5.4 and so on) have what they are for instead.
    if not path:find("build/%l+%-") then
      assert_hardened(path)
    end
  end)
end)

describe("the installed rock", function()
  local scratch

  setup(function()
    scratch = assert(shell.lines_of("mktemp -d")[1])
    -- LuaRocks compiles in place. In a copy that disturbs nobody.
    assert.equal(0, execute(("cp -r %s src src-redis lua bin docs examples '%s'"):format(rockspec_file, scratch)))
    assert.equal(0, execute(("mkdir '%s/empty'"):format(scratch)))
    -- Those of releases lie beside it. LuaRocks takes the checkout's.
    files.write(scratch .. "/azion-99.0.0-1.rockspec", "error('the wrong one')\n")
  end)

  teardown(function()
    execute(("rm -rf '%s'"):format(scratch))
  end)

  local function make_rock(rockspec, tree)
    local build = "cd '%s' && luarocks --lua-version=%s make --tree='%s' %s >build.log 2>&1"
    if execute(build:format(scratch, version, tree, rockspec)) ~= 0 then
      error(table.concat(shell.lines_of(("cat '%s/build.log'"):format(scratch)), "\n"))
    end
  end

  it("loads in an empty directory with " .. interpreter, function()
    local tree = scratch .. "/tree"
    local lazion = tree .. "/bin/lazion"
    make_rock("", tree)
    local share = tree .. "/share/lua/" .. version
    local lib = tree .. "/lib/lua/" .. version
    local run = "cd '%s/empty' && env -i LUA_PATH='%s/?.lua;%s/?/init.lua;;' LUA_CPATH='%s/?.so;;' %s -e '%s' 2>&1"
    local program = "$(command -v " .. interpreter .. ")"
    local out = shell.lines_of(run:format(scratch, share, share, lib, program, where_from))
    assert.matches("^azion %d+%.%d+%.%d+$", out[1])
    assert.equal("@" .. share .. "/azion/", out[2]:match("^.*/"))
    assert.equal(lib .. "/azion/core.so", out[3])
    assert_hardened(out[3])
    local plain = "cd '%s/empty' && env -i PATH=/usr/bin:/bin sh -c '%s' 2>&1"
    assert.same({ "lazion " .. out[1]:match("%S+$") }, shell.lines_of(plain:format(scratch, lazion .. " --version")))
    out = shell.lines_of(plain:format(scratch,
      ('eval "$(%s sandbox --background)"; %s rate --csv; kill $AZION_SANDBOX_PID'):format(lazion, lazion)))
    assert.matches("^read,200,199,", out[2])

    make_rock(redis_rockspec_file, tree)
    out = shell.lines_of(run:format(scratch, share, share, lib, program, ping))
    assert.same({ "*1 $4 PING " }, out)
  end)
end)

describe("luarocks test", function()
  local folder

  setup(function()
    folder = assert(shell.lines_of("mktemp -d")[1])
    local spec = 'it("runs", function() assert.is_true(%s and require("azion.core") ~= nil) end)\n'
    for name, expected in pairs({ sound = "true", wrong = "false" }) do
      files.write(("%s/%s_spec.lua"):format(folder, name), spec:format(expected))
    end
  end)

  teardown(function()
    execute("rm -rf " .. folder)
  end)

  it("builds, runs the files that are given with Debian's busted, and fails as they do", function()
    local test = ("luarocks --lua-version=%s test -- %s/%%s_spec.lua"):format(version, folder)
    local output, status = command.run_script(test:format("sound"))
    assert.equal(0, status, output)
    assert.matches("sound_spec.lua on lua" .. version .. ": 1 passed, 0 failed", output, 1, true)
    output, status = command.run_script(test:format("wrong"))
    assert.matches("wrong_spec.lua on lua" .. version .. ": 0 passed, 1 failed", output, 1, true)
    assert.not_equal(0, status)
  end)
end)
