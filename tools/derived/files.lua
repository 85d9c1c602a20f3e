-- The files that are written from the descriptions, and what belongs in them.
local disk = require("tools.derived.disk")
local manual = require("tools.derived.manual")
local reference = require("tools.derived.reference")
local script = require("tools.derived.script")
local sources = require("tools.derived.sources")
local types = require("tools.derived.types")

local files = {}

local function list_of(version)
  local out = {
    "--- The resources of this version: one for each file of this folder. Written by `make describe`.",
    'local walk = require "azion.api.walk"',
    "",
    ('return walk.gather("azion.api.%s", {'):format(version),
  }
  for _, resource in ipairs(sources.resources(version)) do
    out[#out + 1] = ('  "%s",'):format(resource.name)
  end
  out[#out + 1] = "})\n"
  return table.concat(out, "\n")
end

-- The rockspec names every module by the path under which it is required.
local function rockspec_of(text)
  local lines = {}
  for _, path in ipairs(disk.lines_of("find lua -name '*.lua'")) do
    local name = path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", ".")
    lines[#lines + 1] = name ~= "azion" and ("      [%q] = %q,"):format(name, path) or nil
  end
  table.sort(lines)
  table.insert(lines, 1, '      azion = "lua/azion/init.lua",')
  return (text:gsub("(\n    lua = {\n).-(\n    },)", function(opening, closing)
    return opening .. table.concat(lines, "\n") .. closing
  end))
end

-- Each in its turn: the later ones name the earlier ones.
local makers = {}

local function add(path, make)
  makers[#makers + 1] = { path = path, make = make }
end

for _, version in ipairs(sources.versions) do
  add(("lua/azion/api/%s/resources.lua"):format(version), function()
    return list_of(version)
  end)
end
add("lua/azion/types.lua", types.text)
add("lua/azion/budget/decision_text.lua", script.text)
add("docs/resources-v3.md", function(text)
  return reference.filled(text)
end)
add("docs/resources-v4.md", function()
  return reference.page("v4")
end)
add("docs/lazion.1", manual.text)
add("azion-scm-1.rockspec", rockspec_of)

local function each_stale(fn)
  local paths = {}
  for _, file in ipairs(makers) do
    local now = disk.read(file.path)
    local wanted = file.make(now)
    if now ~= wanted then
      paths[#paths + 1] = file.path
      fn(file.path, wanted)
    end
  end
  return paths
end

--- The paths of those that are not as they should be.
---@return string[]
function files.stale()
  return each_stale(function() end)
end

--- Writes those that are not as they should be.
---@return string[] paths
function files.write()
  return each_stale(disk.write)
end

return files
