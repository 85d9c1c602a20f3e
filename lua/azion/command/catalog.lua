--- The resources as commands: which there are, in which version of the API, with which methods. All of it is read off
--- the descriptions; no resource is known by name here.
local status = require "azion.command.status"

local catalog = {}

catalog.versions = { "v3", "v4" }

--- The resources of a version.
---@param version string
---@return azion.Resources
function catalog.resources(version)
  return require("azion.api." .. version .. ".resources")
end

--- A resource of a version; nil where there is none of that name.
---@param version string
---@param name string
---@return azion.Resource?
function catalog.find(version, name)
  local resource = catalog.resources(version).by_name[name]
  return resource and not resource.single and resource or nil
end

--- The versions that have a collection of that name.
---@param name string
---@return string[]
function catalog.versions_of(name)
  local versions = {}
  for _, version in ipairs(catalog.versions) do
    if catalog.find(version, name) then
      versions[#versions + 1] = version
    end
  end
  return versions
end

--- The names of all collections, those of all versions together.
---@return string[]
function catalog.names()
  local names, seen = {}, {}
  for _, version in ipairs(catalog.versions) do
    for _, resource in ipairs(catalog.resources(version)) do
      if not resource.single and not seen[resource.name] then
        seen[resource.name], names[#names + 1] = true, resource.name
      end
    end
  end
  table.sort(names)
  return names
end

---@class azion.CommandMethod
---@field name string
---@field about string
---@field takes_id? boolean the key of an item
---@field takes_ids? boolean keys of items
---@field takes_name? boolean
---@field takes_fields? boolean a file, or --set
---@field may_lack_fields? boolean
---@field confirms? boolean
---@field descriptor table the resource or further method whose fields are taken

local common = {
  { name = "list", about = "List all items." },
  { name = "get", about = "Show one %s, by its key.", takes_id = true },
  { name = "find", about = "Show the %s of exactly that name.", takes_name = true },
  { name = "create", about = "Create one %s.", takes_fields = true },
  { name = "update", about = "Change the given fields of one %s.", takes_id = true, takes_fields = true },
  { name = "overwrite", about = "Replace one %s as a whole.", takes_id = true, takes_fields = true },
  { name = "delete", about = "Delete items, by their keys.", takes_ids = true, confirms = true },
}

-- A further method that opens something without a key shows it, or changes its fields.
local function further(name, method, resources)
  local opened = method.opens and resources.by_name[method.opens]
  return {
    name = name,
    about = (method.about or opened and "Show " .. opened.item .. ", or change it." or name):match("^[^.:]+") .. ".",
    takes_id = opened and true or (method.path or ""):find("{id}", 1, true) and true or nil,
    takes_ids = method.takes == "ids" or nil,
    takes_fields = opened and true or method.fields and true or nil,
    may_lack_fields = opened and true or nil,
    descriptor = opened or method,
    is_further = true,
    opens = method.opens,
  }
end

--- The methods of a resource as commands, in a fixed order.
---@param version string
---@param resource azion.Resource
---@return azion.CommandMethod[]
function catalog.methods(version, resource)
  local methods = {}
  for _, method in ipairs(common) do
    if not resource.lacks[method.name] and not (method.takes_name and not resource.named_by) then
      local copy = { descriptor = resource }
      for key, value in pairs(method) do
        copy[key] = value
      end
      copy.about = method.about:format(resource.item)
      methods[#methods + 1] = copy
    end
  end
  local names = {}
  for name in pairs(resource.methods) do
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    methods[#methods + 1] = further(name, resource.methods[name], catalog.resources(version))
  end
  return methods
end

---@param version string
---@param resource azion.Resource
---@param name string
---@return azion.CommandMethod?
function catalog.method(version, resource, name)
  for _, method in ipairs(catalog.methods(version, resource)) do
    if method.name == name then
      return method
    end
  end
end

--- The version that is asked for; nil where nothing says it.
---@param arguments table
---@param getenv fun(name: string): string?
---@return string?
function catalog.asked_version(arguments, getenv)
  local version = arguments.api or getenv("AZION_API")
  if version and version ~= "" then
    if version ~= "v3" and version ~= "v4" then
      status.wrong("AZION_API: expected v3 or v4, got %s", version)
    end
    return version
  end
end

local of_other_version = "%s is a collection of version %s of the API: --api %s"

--- The version in which to look for a collection.
---@param name string
---@param asked string?
---@return string
function catalog.version_for(name, asked)
  local versions = catalog.versions_of(name)
  if not asked then
    return versions[1] or "v3"
  elseif not catalog.find(asked, name) then
    status.wrong(of_other_version, name, versions[1]:sub(2), versions[1])
  end
  return asked
end

--- The version whose collections all these are.
---@param names string[]
---@param asked string?
---@param complain fun(message: string, ...: string) where one of them is of another version than was asked for
---@return string
function catalog.version_of_all(names, asked, complain)
  local only = {}
  for _, name in ipairs(names) do
    local versions = catalog.versions_of(name)
    if #versions == 1 then
      only[versions[1]] = only[versions[1]] or name
    end
  end
  if only.v3 and only.v4 then
    status.wrong("%s is a collection of version 3 of the API, %s one of version 4: they cannot be together", only.v3,
      only.v4)
  end
  local version, name = next(only)
  if asked and version and version ~= asked then
    complain(of_other_version, name, version:sub(2), version)
  end
  return asked or only.v4 and "v4" or "v3"
end

return catalog
