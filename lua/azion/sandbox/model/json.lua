-- JSON for the sandbox. Decoding is lua-cjson's; encoding is done here, because a reply must list its keys in the
-- order that the API uses and write an empty list as a list, neither of which every cjson does.

local cjson = require "cjson"

local json = {}

-- An instance of its own: settings of the shared one belong to the program.
local codec = cjson.new()
codec.decode_invalid_numbers(false)

json.null = cjson.null

-- The core's own where there is one: what the descriptions make of a list is marked by it.
local has_core, core = pcall(require, "azion.core")
local array_metatable = has_core and core.array_metatable or {}

--- A metatable for objects whose keys stand in a certain order.
---@param names string[]
---@return table
function json.ordered(names)
  return { names = names }
end

--- Marks a table as a JSON array, so that an empty one is written as one.
---@param list table
---@return table the same table
function json.array(list)
  return setmetatable(list, array_metatable)
end

---@param text string
---@return any value, nil if the text is not JSON
---@return string|nil message
function json.decode(text)
  local ok, value = pcall(codec.decode, text)
  if ok then
    return value
  end
  return nil, tostring(value)
end

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function escape(character)
  return ESCAPES[character] or ("\\u%04x"):format(character:byte())
end

local function encode_string(text)
  return '"' .. text:gsub('[%c"\\]', escape) .. '"'
end

local function encode_number(number)
  if number % 1 == 0 and number > -2 ^ 53 and number < 2 ^ 53 then
    return ("%d"):format(number)
  end
  return ("%.17g"):format(number)
end

local function encode_list(list)
  local parts = {}
  for position, entry in ipairs(list) do
    parts[position] = json.encode(entry)
  end
  return "[" .. table.concat(parts, ",") .. "]"
end

--- Writes an object; `names` are the keys to write and their order, else all of them in alphabetical order.
---@param object table
---@param names string[]|nil
---@return string
function json.encode_object(object, names)
  if not names then
    names = {}
    for name in pairs(object) do
      names[#names + 1] = name
    end
    table.sort(names)
  end
  local parts = {}
  for _, name in ipairs(names) do
    if object[name] ~= nil then
      parts[#parts + 1] = encode_string(name) .. ":" .. json.encode(object[name])
    end
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

---@param value any a table is a list if it is marked as one or has a first entry
---@return string
function json.encode(value)
  local kind = type(value)
  if kind == "string" then
    return encode_string(value)
  elseif kind == "number" then
    return encode_number(value)
  elseif kind == "boolean" then
    return tostring(value)
  elseif kind ~= "table" then
    return "null"
  end
  local metatable = getmetatable(value)
  if metatable == array_metatable or value[1] ~= nil then
    return encode_list(value)
  end
  return json.encode_object(value, metatable and metatable.names)
end

return json
