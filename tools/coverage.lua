-- Prints how many of the executable lines of src/ and lua/ were reached, and which were not.
--
--   lua5.4 tools/coverage.lua FOLDER    FOLDER has "reached" (see coverage.c) and "gcov", what gcov printed
--
-- A line of Lua is executable if both compilers, Lua's and LuaJIT's, give it an instruction of its own: what runs
-- inside nginx is LuaJIT's. Ends of blocks are not counted: their instruction is often one that returns to nowhere.
local folder = ...
local least = { ["src/"] = 95, ["lua/"] = 97 }

local LUAJIT_LINES = [[
local util = require "jit.util"
local function visit(fn)
  local info = util.funcinfo(fn)
  for pc = 1, info.bytecodes - 1 do
    print(util.funcinfo(fn, pc).currentline)
  end
  for index = -1, -info.gcconsts, -1 do
    local constant = util.funck(fn, index)
    if type(constant) == "proto" then
      visit(constant)
    end
  end
end
visit(assert(loadfile(%q)))
]]

local function lines_of(command, pattern)
  local found = {}
  local pipe = assert(io.popen(command))
  for text in pipe:lines() do
    local line = text:match(pattern)
    if line and not text:find("VARARGPREP", 1, true) then
      found[tonumber(line)] = true
    end
  end
  assert(pipe:close(), command)
  return found
end

local function quote(text)
  return "'" .. text:gsub("'", [['\'']]) .. "'"
end

local function is_end(text)
  return text:find("^%s*end[%s,;})]*$") or text:find("^%s*[})%]]+[%s,;})]*$") or text:find("^%s*else%s*$")
end

-- { [line] = reached } for a file of Lua
local function lua_file(path, reached)
  local ours = lines_of("luac5.4 -l -p " .. quote(path), "^\t%d+\t%[(%d+)%]")
  local jits = lines_of("luajit -e " .. quote(LUAJIT_LINES:format(path)), "^(%d+)$")
  local lines, number = {}, 0
  for text in io.lines(path) do
    number = number + 1
    if ours[number] and jits[number] and not is_end(text) then
      lines[number] = reached[path .. ":" .. number] or false
    end
  end
  return lines
end

-- The same for the files of C, by name. A file may be told of more than once: a header, or where several builds ran.
local function c_files(listing)
  local files, lines = {}, nil
  for text in io.lines(listing) do
    local count, number, rest = text:match("^%s*(%S+):%s*(%d+):(.*)$")
    if number == "0" then
      local name = rest:match("^Source:(src/.*)$")
      if name then
        files[name] = files[name] or {}
        lines = files[name]
      elseif rest:find("^Source:") then
        lines = nil
      end
    elseif lines and count and count ~= "-" then
      number = tonumber(number)
      lines[number] = lines[number] or not count:find("^[#=]+$")
    end
  end
  return files
end

local function output_of(command)
  local found = {}
  local pipe = assert(io.popen(command))
  for line in pipe:lines() do
    found[#found + 1] = line
  end
  pipe:close()
  return found
end

-- "3, 7-9"
local function ranges(lines, last)
  local parts, first = {}, nil
  for number = 1, last + 1 do
    local missed = lines[number] == false
    if missed and not first then
      first = number
    elseif first and not missed and (lines[number] ~= nil or number > last) then
      local final = number - 1
      while lines[final] == nil do
        final = final - 1
      end
      parts[#parts + 1] = first == final and tostring(first) or first .. "-" .. final
      first = nil
    end
  end
  return table.concat(parts, ", ")
end

local function report(kind, files)
  local names, total, hit = {}, 0, 0
  for name in pairs(files) do
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    local count, reached, last = 0, 0, 0
    for number, was_reached in pairs(files[name]) do
      count, reached, last = count + 1, reached + (was_reached and 1 or 0), math.max(last, number)
    end
    total, hit = total + count, hit + reached
    print(("%6.2f %%  %4d of %4d  %s%s"):format(100 * reached / math.max(count, 1), reached, count, name,
      reached < count and "  not: " .. ranges(files[name], last) or ""))
  end
  local share = 100 * hit / math.max(total, 1)
  local enough = share >= least[kind]
  print(("%-7s %s: %.2f %% of %d lines, at least %d %%"):format(enough and "ok" or "failed", kind, share, total,
    least[kind]))
  return enough
end

local reached = {}
for line in io.lines(folder .. "/reached") do
  reached[line] = true
end
local lua_files = {}
for _, path in ipairs(output_of("find lua -name '*.lua'")) do
  lua_files[path] = lua_file(path, reached)
end

local failed = (report("src/", c_files(folder .. "/gcov")) and 0 or 1) + (report("lua/", lua_files) and 0 or 1)
print(("%d passed, %d failed"):format(2 - failed, failed))
os.exit(failed == 0)
