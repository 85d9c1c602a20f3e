-- The JSON bridge, from text: what it reads, whichever way it takes, is what cjson reads too, and comes
-- back as it was from being written.
local cjson = require "cjson"
local core = require "azion.core"

local byte_order_mark = "\239\187\191"
local largest_exact = 2 ^ 53

local function same(left, right)
  if type(left) ~= "table" or type(right) ~= "table" then
    -- 2^53 that was not written in plain digits is a float, and leaves in plain digits.
    return left == right and (math.type(left) == math.type(right) or math.abs(left) == largest_exact)
  end
  for name, value in next, left do
    if not same(value, right[name]) then
      return false
    end
  end
  for name in next, right do
    if left[name] == nil then
      return false
    end
  end
  return getmetatable(left) == getmetatable(right)
end

-- What cjson makes of the same text differs in kinds of numbers, null fields and marks of lists.
local function agrees(value, plain)
  if type(value) == "number" and type(plain) == "number" then
    return value + 0.0 == plain -- cjson has doubles only
  elseif type(value) ~= "table" or type(plain) ~= "table" then
    return value == plain
  end
  for name, entry in next, plain do
    local dropped = entry == cjson.null and type(name) == "string" and value[name] == nil
    if not dropped and not agrees(value[name], entry) then
      return false
    end
  end
  for name in next, value do
    if plain[name] == nil then
      return false
    end
  end
  return true
end

local function can_be_sent(value)
  if type(value) == "string" then
    return utf8.len(value) ~= nil
  elseif type(value) == "number" then
    return math.type(value) == "integer" or math.abs(value) <= largest_exact
  elseif type(value) == "table" then
    for name, entry in next, value do
      if not can_be_sent(entry) or not can_be_sent(name) then
        return false
      end
    end
  end
  return true
end

local function check_refusal(text, value, message)
  assert(value == nil and type(message) == "string" and #message < 100, "a refusal says why")
  if text:sub(1, 3) ~= byte_order_mark then
    assert(core.decode(" " .. text) == nil, "a blank in front makes no JSON")
  end
end

local function check_other_ways(text, value)
  if text:sub(1, 3) == byte_order_mark then
    text = text:sub(4)
  end
  for _, spelt in ipairs { " " .. text, text .. "\n", byte_order_mark .. text } do
    local again, message = core.decode(spelt)
    assert(again ~= nil, message)
    assert(same(value, again), "the same value, however it is reached")
  end
  assert(agrees(value, cjson.decode(text)), "what cjson reads")
end

local function check_round_trip(value)
  local text, path, problem = core.encode(value)
  if not can_be_sent(value) then
    assert(text == nil and type(path) == "string" and type(problem) == "string", "it cannot be sent")
    return
  end
  assert(text, problem)
  local again = core.decode(text)
  assert(same(value, again), "what is written reads the same")
  assert(core.encode(again) == text, "and is written the same again")
  assert(agrees(value, cjson.decode(text)), "what is written is JSON to others")
end

return function(text)
  local value, message = core.decode(text)
  if value == nil then
    check_refusal(text, value, message)
  else
    assert(message == nil)
    check_other_ways(text, value)
    check_round_trip(value)
  end
end
