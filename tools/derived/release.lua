-- The rockspecs of a release, from those of the checkout.
local disk = require("tools.derived.disk")

local release = {}

-- What lazion and the stand-in need besides. The rockspec of the checkout says why it does not name them.
local rocks = { "argparse >= 0.7.1", "lua-cjson >= 2.1.0" }

-- Exactly one place, or the rockspec has become another than this file knows.
local function replaced(text, old, new)
  local before, after = text:find(old, 1, true)
  assert(before and not text:find(old, after + 1, true), "not once in the rockspec: " .. old)
  return text:sub(1, before - 1) .. new .. text:sub(after + 1)
end

local function tagged(text, number)
  text = replaced(text, 'version = "scm-1"', ('version = "%s-1"'):format(number))
  return replaced(text, 'azion.git",\n', ('azion.git",\n  tag = "%s",\n'):format(release.tag(number)))
end

local function with_rocks(text)
  local lua = '  "lua >= 5.1, < 5.5",\n'
  local lines = {}
  for index, rock in ipairs(rocks) do
    lines[index] = ("  %q,\n"):format(rock)
  end
  return replaced(text, lua, lua .. table.concat(lines))
end

-- Both are released together, and the one calls functions of the other.
local function with_azion(text, number)
  local needed = assert(text:match('"azion >= [%d.]+"'), "no azion in the rockspec")
  return replaced(text, needed, ('"azion ~> %s"'):format(number:match("^%d+%.%d+")))
end

local function without_opening(text)
  return (text:gsub("^%-%-[^\n]*\n", ""))
end

--- What the tag of a version is called.
---@param number string
---@return string
function release.tag(number)
  return "v" .. number
end

--- The paths of a version's rockspecs, each with its text.
---@param number string as in lua/azion/version.lua
---@return table<string, string>
function release.rockspecs(number)
  local main = assert(disk.read("azion-scm-1.rockspec"))
  local redis = assert(disk.read("src-redis/azion-redis-scm-1.rockspec"))
  return {
    [("azion-%s-1.rockspec"):format(number)] = with_rocks(tagged(main, number)),
    [("src-redis/azion-redis-%s-1.rockspec"):format(number)] =
      with_azion(tagged(without_opening(redis), number), number),
  }
end

--- Writes them.
---@param number string
---@return string[] paths
function release.write(number)
  local paths = {}
  for path, text in pairs(release.rockspecs(number)) do
    disk.write(path, text)
    paths[#paths + 1] = path
  end
  table.sort(paths)
  return paths
end

return release
