--- What lua/azion/types.lua tells editors, read as text.
local types = {}

--- The classes, as { parent, fields = type and note by name }; and the class of each resource's items.
---@return table<string, { parent: string, fields: table<string, string> }> classes
---@return table<string, string> of_resource
function types.read()
  local classes, of_resource, class = {}, {}, nil
  for line in io.lines("lua/azion/types.lua") do
    local name, parent = line:match("^%-%-%-@class ([%w.]+):? ?([%w.]*)")
    if name then
      class = name
      classes[class] = { parent = parent, fields = {} }
    end
    local field, kind = line:match("^%-%-%-@field ([%w_]+)%?? (.*)$")
    if field then
      classes[class].fields[field] = kind
    end
    local resource, item = line:match("^%-%-%-@field ([%w_]+) fun%(self: azion.Client.*of (azion%.%w+)$")
    if resource then
      of_resource[resource] = item
    end
  end
  of_resource.digital_certificates = "azion.DigitalCertificate"
  return classes, of_resource
end

return types
