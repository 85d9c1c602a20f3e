--- Values of items: found by a dotted name, and written as JSON or as Lua.
local core = require "azion.core"
local document = require "azion.plan.document"

local values = {}

--- The parts of a dotted name; positions are numbers.
---@param name string
---@return (string|integer)[]
function values.parts(name)
  local parts = {}
  for part in name:gmatch("[^.]+") do
    local position = part:match("^[1-9]%d*$")
    parts[#parts + 1] = position and math.floor(tonumber(position)) or part
  end
  return parts
end

--- The value at a dotted name: "addresses.1.address".
---@param item any
---@param name string
---@return any
function values.at(item, name)
  if type(item) == "table" and item[name] ~= nil then
    return item[name]
  end
  for _, part in ipairs(values.parts(name)) do
    if type(item) ~= "table" then
      return nil
    end
    item = item[part]
  end
  return item
end

---@param value any
---@return boolean
function values.is_list(value)
  return type(value) == "table" and (value[1] ~= nil or getmetatable(value) == core.array_metatable)
end

--- The names of a table in a fixed order: those that name an item first.
---@param value table
---@return string[]
function values.names(value)
  local names = {}
  for name in pairs(value) do
    names[#names + 1] = name
  end
  table.sort(names, function(left, right)
    if (left == "name") ~= (right == "name") then
      return left == "name"
    end
    return tostring(left) < tostring(right)
  end)
  return names
end

--- JSON on one line, its names in alphabetical order.
---@param value any
---@return string
function values.json_line(value)
  return (assert(core.encode(value)))
end

local function add_json(out, value, indent)
  if type(value) ~= "table" or next(value) == nil then
    out[#out + 1] = values.json_line(value)
    return
  end
  local is_list, inner, first = values.is_list(value), indent .. "  ", true
  out[#out + 1] = is_list and "[" or "{"
  for position, name in ipairs(is_list and value or values.names(value)) do
    out[#out + 1] = (first and "\n" or ",\n") .. inner
    first = false
    if is_list then
      add_json(out, value[position], inner)
    else
      out[#out + 1] = values.json_line(tostring(name)) .. ": "
      add_json(out, value[name], inner)
    end
  end
  out[#out + 1] = "\n" .. indent .. (is_list and "]" or "}")
end

--- JSON for people and programs.
---@param value any
---@return string
function values.json(value)
  local out = {}
  add_json(out, value, "")
  return table.concat(out)
end

--- A value as Lua writes it.
---@param value any
---@return string
function values.lua(value)
  return (document.lua({ value = value }):match("^return {%s*value = (.*),%s*}%s*$"))
end

return values
