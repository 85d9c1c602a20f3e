--- Collections of the other version of the API, for messages to those who look for them in this one.
local elsewhere = {}

-- What took another name with version 4.
local counterparts = {}
for older, newer in pairs {
  edge_applications = "applications", origins = "connectors", domains = "workloads",
  digital_certificates = "certificates", functions_instances = "function_instances", error_responses = "custom_pages",
} do
  counterparts[older], counterparts[newer] = newer, older
end

--- What a name is that only the other version has; nil for any other name.
---@param name any
---@param resources azion.Resources of the version in use
---@return string?
function elsewhere.text(name, resources)
  for number = 3, 4 do
    -- The other version may not be loaded yet, and its files not be readable any more: then there is no hint.
    local is_here, version = pcall(require, "azion.api.v" .. number)
    local others = is_here and version.resources or resources
    local other = others ~= resources and not resources.by_name[name] and others.by_name[name]
    if other and not other.single then
      local here = counterparts[name] and ("; version %d has '%s'"):format(7 - number, counterparts[name]) or ""
      return ("a collection of version %d of the API%s"):format(number, here)
    end
  end
end

return elsewhere
