--- A document as text that a person could have written: fields in the API's order, short objects on one line.
local core = require "azion.core"
local kinds = require "azion.api.kinds"
local mistake = require "azion.client.mistake"
local walk = require "azion.api.walk"

local document = {}

local width = 120

local words = {}
for word in ([[and break do else elseif end false for function goto if in local nil not or repeat return then true
  until while]]):gmatch("%a+") do
  words[word] = true
end

local lua = { open = "{ ", close = " }", list_open = "{ ", list_close = " }", empty = "{}", empty_list = "{}",
  null = "null", last_comma = "," }
local json = { open = "{ ", close = " }", list_open = "[", list_close = "]", empty = "{}", empty_list = "[]",
  null = "null", last_comma = "" }

local escapes = { ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ['"'] = '\\"', ["\\"] = "\\\\" }

-- A text of several lines as it is, where nothing in it would change that.
local function long_text(value)
  local level = ""
  while value:find("]" .. level .. "]", 1, true) or value:sub(-#level - 1) == "]" .. level do
    level = level .. "="
  end
  return ("[%s[\n%s]%s]"):format(level, value, level)
end

function lua.text(value)
  if value:find("\n", 1, true) and not value:find("[%z\1-\8\11-\31\127]") then
    return long_text(value)
  end
  return '"' .. value:gsub('[%c"\\]', function(character)
    return escapes[character] or ("\\%03d"):format(character:byte())
  end) .. '"'
end

function lua.key(name)
  if name:find("^[%a_][%w_]*$") and not words[name] then
    return name .. " = "
  end
  return "[" .. lua.text(name) .. "] = "
end

function json.text(value)
  return (core.encode({ value }):sub(2, -2))
end

function json.key(name)
  return json.text(name) .. ": "
end

local function number_text(value)
  local short = ("%.15g"):format(value)
  return kinds.digits(value) or tonumber(short) == value and short or ("%.17g"):format(value)
end

local function scalar(syntax, value)
  if value == core.null then
    return syntax.null
  elseif type(value) == "string" then
    return syntax.text(value)
  elseif type(value) == "number" then
    return number_text(value)
  end
  return tostring(value)
end

-- The places of the names that a description gives an order.
local function places(holder, children)
  local ranks, count = {}, 0
  for _, list in ipairs({ holder and holder.fields or {}, children or {} }) do
    for _, field in ipairs(list) do
      count = count + 1
      ranks[field.name] = count
    end
  end
  for _, child in ipairs(children or {}) do
    ranks[child.name] = ranks[child.name] + count
  end
  return ranks
end

local function sorted_keys(value, ranks)
  local keys = {}
  for key in next, value do
    keys[#keys + 1] = key
  end
  table.sort(keys, function(left, right)
    local one, other = ranks[left] or math.huge, ranks[right] or math.huge
    return one ~= other and one < other or one == other and tostring(left) < tostring(right)
  end)
  return keys
end

local function children_of(resources, name)
  local children = {}
  for _, resource in ipairs(resources or {}) do
    if resource.parent == name then
      children[#children + 1] = resource
    end
  end
  return children
end

-- What describes a member: a collection inside, or a field, by the case that fits.
local function describe_member(shape, value, name)
  for _, child in ipairs(shape.children or {}) do
    if child.name == name then
      return { holder = child, children = children_of(shape.resources, child.name), resources = shape.resources,
        is_phased = child.phases ~= nil }
    end
  end
  if shape.is_phased then
    return { holder = shape.holder, children = shape.children, resources = shape.resources }
  end
  local field = shape.holder and shape.holder.by_name and shape.holder.by_name[name]
  local scope = { holder = shape.holder, given = value, mode = "create", outer = shape.scope }
  if field and field.kind == "one_of" then
    field = walk.case(field, (walk.member(scope, field.by)))
  end
  while field and field.kind == "list" do
    field = field.of
  end
  return { holder = field, scope = scope }
end

local write

local function entry_texts(syntax, value, shape, depth)
  local texts = {}
  if kinds.is_list(value) and (value[1] ~= nil or getmetatable(value) == core.array_metatable) then
    for position, entry in ipairs(value) do
      texts[position] = write(syntax, entry, shape, depth + 1)
    end
    return texts, true
  end
  local ranks = places(shape.holder, shape.children)
  for position, key in ipairs(sorted_keys(value, ranks)) do
    texts[position] = syntax.key(tostring(key)) .. write(syntax, value[key], describe_member(shape, value, key),
      depth + 1)
  end
  return texts, false
end

function write(syntax, value, shape, depth)
  if type(value) ~= "table" then
    return scalar(syntax, value)
  end
  local texts, is_list = entry_texts(syntax, value, shape, depth)
  if not texts[1] then
    return is_list and syntax.empty_list or syntax.empty
  end
  local open, close = syntax.open, syntax.close
  if is_list then
    open, close = syntax.list_open, syntax.list_close
  end
  local line = open .. table.concat(texts, ", ") .. close
  if depth > 1 and #line + 2 * depth <= width and not line:find("\n", 1, true) then
    return line
  end
  local indent = ("  "):rep(depth + 1)
  return ("%s\n%s%s%s\n%s%s"):format(open:sub(1, 1), indent, table.concat(texts, ",\n" .. indent), syntax.last_comma,
    ("  "):rep(depth), close:sub(-1))
end

-- The collections of one version have other names than those of the other one.
local function resources_for(desired)
  for _, version in ipairs({ "v3", "v4" }) do
    local resources = require("azion.api." .. version .. ".resources")
    for name in next, desired do
      if resources.by_name[name] then
        return resources
      end
    end
  end
end

local function text_of(syntax, desired)
  local resources = resources_for(desired)
  return write(syntax, desired, { children = children_of(resources, nil), resources = resources }, 0)
end

--- As a Lua file that returns the document; `null` in it is `azion.null`.
---@param desired table
---@return string
function document.lua(desired)
  mistake.check(desired, "table", "document.lua: the document")
  return "return " .. text_of(lua, desired) .. "\n"
end

--- As JSON.
---@param desired table
---@return string
function document.json(desired)
  mistake.check(desired, "table", "document.json: the document")
  return text_of(json, desired) .. "\n"
end

return document
