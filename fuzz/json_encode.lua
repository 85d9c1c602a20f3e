-- The JSON bridge, from values: the input is a recipe for a value of any kind, cycles and metatables
-- included. What is written means that value; what is not written has a reason.
local cjson = require "cjson"
local core = require "azion.core"

local largest_exact = 2 ^ 53
local deepest = 100

local hostile = {}
for _, event in ipairs { "__index", "__newindex", "__len", "__pairs", "__eq", "__tostring" } do
  hostile[event] = function()
    error("a metamethod was called")
  end
end

local makers = {}

local function take(input, count)
  local bytes = input.text:sub(input.at, input.at + count - 1)
  input.at = input.at + count
  return bytes
end

local function take_byte(input)
  return take(input, 1):byte() or 0
end

local function make(input, depth)
  local maker = makers[take_byte(input) % #makers + 1]
  return maker(input, depth + 1)
end

local function unpacked(format)
  return function(input)
    local bytes = take(input, 8)
    return #bytes == 8 and string.unpack(format, bytes) or 0
  end
end

local function fill(input, depth, object, next_key)
  input.open[#input.open + 1] = object
  for index = 1, depth > 120 and 0 or take_byte(input) % 8 do
    local key = next_key(input, index, depth)
    if key ~= nil and key == key then
      rawset(object, key, make(input, depth))
    end
  end
  input.open[#input.open] = nil
  return object
end

local function next_index(_, index)
  return index
end

local function next_name(input)
  return take(input, take_byte(input) % 8)
end

local function any_key(input, _, depth)
  return make(input, depth)
end

local function constant(value)
  return function()
    return value
  end
end

makers = {
  constant(nil), constant(true), constant(false), constant(core.null), constant(cjson.empty_array),
  constant(print), constant(io.stdout),
  function(input) return take_byte(input) end,
  unpacked "<i8", unpacked "<d",
  function(input) return take(input, take_byte(input)) end,
  function(input, depth) return fill(input, depth, {}, next_index) end,
  function(input, depth) return fill(input, depth, {}, next_name) end,
  function(input, depth) return fill(input, depth, {}, any_key) end,
  function(input, depth) return fill(input, depth, setmetatable({}, core.array_metatable), next_index) end,
  function(input, depth) return fill(input, depth, setmetatable({}, core.array_metatable), next_name) end,
  function(input, depth) return fill(input, depth, setmetatable({}, hostile), next_name) end,
  function(input) return input.open[take_byte(input) % (#input.open + 1)] end,
}

local function is_list(object)
  local count = 0
  for key in next, object do
    if math.type(key) ~= "integer" or key < 1 then
      return false
    end
    count = count + 1
  end
  for index = 1, count do
    if rawget(object, index) == nil then
      return false
    end
  end
  return true
end

local function is_object(object)
  for key in next, object do
    if type(key) ~= "string" or not utf8.len(key) then
      return false
    end
  end
  return getmetatable(object) ~= core.array_metatable or next(object) == nil
end

local function can_be_sent(value, depth)
  if type(value) == "table" then
    local fits = depth < deepest and (is_list(value) or is_object(value))
    for _, entry in next, fits and value or {} do
      fits = fits and can_be_sent(entry, depth + 1)
    end
    return fits
  elseif type(value) == "number" then
    return math.type(value) == "integer" or (value >= -largest_exact and value <= largest_exact)
  elseif type(value) == "string" then
    return utf8.len(value) ~= nil
  end
  return type(value) == "boolean" or value == core.null or value == cjson.empty_array and value ~= nil
end

local function means(value, got)
  if value == cjson.empty_array and value ~= nil then
    value = setmetatable({}, core.array_metatable)
  end
  if type(value) ~= "table" or type(got) ~= "table" then
    return rawequal(value, got) or (type(value) == "number" and value == got)
  end
  for key, entry in next, value do
    local dropped = entry == core.null and type(key) == "string" and got[key] == nil
    if not dropped and not means(entry, got[key]) then
      return false
    end
  end
  for key in next, got do
    if rawget(value, key) == nil then
      return false
    end
  end
  return next(value) ~= nil or (getmetatable(value) == core.array_metatable) == (getmetatable(got) ~= nil)
end

return function(text)
  local value = make({ text = text, at = 1, open = {} }, 0)
  local sent, path, problem = core.encode(value)
  if can_be_sent(value, 0) then
    assert(sent, problem)
    local got, message = core.decode(sent)
    assert(got ~= nil, message)
    assert(means(value, got), "what is written means the value")
    assert(core.encode(value) == sent, "and is written the same again")
    assert(cjson.decode(sent) ~= nil, "what is written is JSON to others")
  else
    assert(sent == nil and type(path) == "string" and type(problem) == "string", "it cannot be sent")
    assert(#problem < 160, "a problem is a phrase")
  end
end
