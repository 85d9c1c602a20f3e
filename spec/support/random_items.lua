--- Items as a caller could send them, at random, from a description: every field, every choice, every variant.
local core = require("azion.core")
local walk = require("azion.api.walk")

local random_items = {}

local null = core.null

local letters = "abcdefghijklmnopqrstuvwxyz"

local function number_within(random, bounds, most)
  local low = bounds and bounds[1] or 0
  local high = math.min(bounds and bounds[2] or math.huge, low + most)
  return random(low, high)
end

local function text_of(random, field)
  local characters = {}
  for position = 1, number_within(random, field.length or { 1 }, 8) do
    local letter = random(#letters)
    characters[position] = letters:sub(letter, letter)
  end
  return table.concat(characters)
end

local make, members

local makers = {}

function makers.text(random, field)
  return field.also and random(2) == 1 and random(0, 999) or text_of(random, field)
end

function makers.integer(random, field)
  return number_within(random, field.range, 1000)
end

makers.number = makers.integer

function makers.boolean(random)
  return random(2) == 1
end

function makers.choice(random, field)
  return field.choices[random(#field.choices)]
end

function makers.list(random, field, scope)
  local list = setmetatable({}, core.array_metatable)
  for position = 1, number_within(random, field.length or field.required and { 1 }, 3) do
    list[position] = make(random, field.of, scope)
  end
  return list
end

function makers.object(random, field, scope)
  return members(random, field, scope)
end

function makers.own_object(random, field)
  return field.or_list and random(2) == 1 and { { a = 1 }, "b" } or { a = { 1, "b" }, c = { d = true } }
end

function makers.reference(random, field)
  if field.words and random(2) == 1 then
    return field.words[random(#field.words)]
  end
  local id = random(1, 10 ^ 9)
  return field.as == "text" and random(2) == 1 and ("%d"):format(id) or id
end

function makers.one_of(random, field, scope)
  local case = walk.case(field, (walk.member(scope, field.by)))
  return case and make(random, case, scope)
end

function make(random, field, scope)
  return makers[field.kind](random, field, scope)
end

function members(random, holder, outer)
  local item = {}
  local scope = { holder = holder, given = item, outer = outer, mode = "create" }
  local function member(name)
    return walk.member(scope, name)
  end
  for _, field in ipairs(holder.fields) do
    local case = field.kind == "one_of" and walk.case(field, (member(field.by)))
    local is_required = walk.holds((case or field).required, member)
    local applies = not field.read_only and (not field.when or walk.holds(field.when, member))
    if applies and not is_required and field.nullable and random(4) == 1 then
      item[field.name] = null
    elseif applies and (is_required or random(3) > 1) then
      item[field.name] = make(random, field, scope)
    end
  end
  return item
end

--- One item, as it could be created.
---@param random fun(low: integer, high?: integer): integer
---@param holder { fields: azion.Field[], by_name: table<string, azion.Field> } a resource, or one of its methods
---@return table
function random_items.make(random, holder)
  return members(random, holder)
end

return random_items
