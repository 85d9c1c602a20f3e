-- The descriptions, as the folders hold them.
local walk = require("azion.api.walk")
local disk = require("tools.derived.disk")

local sources = {}

sources.versions = { "v3", "v4" }

function sources.sorted_names(set)
  local names = {}
  for name in pairs(set) do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

-- Those of an item stand below it, else by name.
local function place_of(resource, by_name)
  local parent = by_name[resource.path:match("{([%l_]+)}")]
  return parent and place_of(parent, by_name) .. "/" .. resource.name or resource.name
end

--- The resources of a version, those that belong to an item behind its resource.
function sources.resources(version)
  local found, by_name = {}, {}
  for _, file in ipairs(disk.lines_of("ls lua/azion/api/" .. version)) do
    local name = file:match("^([%l_]+)%.lua$")
    local text = name and disk.read(("lua/azion/api/%s/%s"):format(version, file))
    if text and text:find('\nreturn resource "' .. name .. '"', 1, true) then
      local resource = require(("azion.api.%s.%s"):format(version, name))
      found[#found + 1], by_name[name] = resource, resource
    end
  end
  table.sort(found, function(left, right)
    return place_of(left, by_name) < place_of(right, by_name)
  end)
  return walk.connect(found)
end

return sources
