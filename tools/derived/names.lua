-- What classes are called.
local names = {}

--- "edge application" and "edge_application" are EdgeApplication.
---@param text string
---@return string
function names.camel(text)
  return (("_" .. text):gsub("[_ ]+(%w)(%w*)", function(first, rest)
    return first:upper() .. rest
  end))
end

--- "addresses" is of "address".
---@param name string
---@return string
function names.singular(name)
  return (name:gsub("ies$", "y"):gsub("sses$", "ss"):gsub("([^s])s$", "%1"))
end

return names
