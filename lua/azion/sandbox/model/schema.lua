-- Reads what a client sent for an item: types, defaults and plain rules from a list of field descriptors, with the
-- messages of the API's framework.
--
-- A field: name, type; default; required; choices; minimum, maximum; max_length; not_blank; nullable;
-- fixed (the value it always has: what is sent is ignored); read(value), which gives the value to keep, or nil and
-- the problem, for type "custom". schema.list_of makes one of type "objects".

local json = require "azion.sandbox.model.json"

local schema = {}

local function choice_problem(field, value)
  for _, choice in ipairs(field.choices or { value }) do
    if choice == value then
      return nil
    end
  end
  return ('"%s" is not a valid choice.'):format(value)
end

local function is_integer(value)
  return type(value) == "number" and value % 1 == 0
end

local types = {}

function types.string(field, value)
  if type(value) ~= "string" then
    return nil, "Not a valid string."
  elseif field.not_blank and not value:find "%S" then
    return nil, "This field may not be blank."
  elseif field.max_length and #value > field.max_length then
    return nil, ("Ensure this field has no more than %d characters."):format(field.max_length)
  end
  local problem = choice_problem(field, value)
  if problem then
    return nil, problem
  end
  return value
end

function types.boolean(_, value)
  if type(value) ~= "boolean" then
    return nil, "Must be a valid boolean."
  end
  return value
end

function types.integer(field, value)
  if not is_integer(value) then
    return nil, "A valid integer is required."
  elseif field.minimum and value < field.minimum then
    return nil, ("Ensure this value is greater than or equal to %d."):format(field.minimum)
  elseif field.maximum and value > field.maximum then
    return nil, ("Ensure this value is less than or equal to %d."):format(field.maximum)
  end
  return value
end

-- One integer or a list of them; kept as a list.
function types.integers(field, value)
  if is_integer(value) then
    value = { value }
  elseif type(value) ~= "table" then
    return nil, "A valid integer is required."
  end
  local list = json.array {}
  for position, entry in ipairs(value) do
    local integer, problem = types.integer(field, entry)
    if not integer then
      return nil, problem
    end
    list[position] = integer
  end
  return list
end

-- cjson reads [] as it reads {}.
local function is_list(value)
  return type(value) == "table" and (next(value) == nil or value[1] ~= nil)
end

local function not_a_list(value)
  local got = ({ string = "str", boolean = "bool", number = "int", table = "dict" })[type(value)]
  return ('Expected a list of items but got type "%s".'):format(got)
end

function types.strings(_, value)
  if not is_list(value) then
    return nil, not_a_list(value)
  end
  for _, entry in ipairs(value) do
    if type(entry) ~= "string" then
      return nil, "Not a valid string."
    end
  end
  return json.array(value)
end

function types.object(_, value)
  if type(value) ~= "table" then
    return nil, not_a_list(value):gsub("list of items", "dictionary of items")
  end
  return value
end

function types.custom(field, value)
  return field.read(value)
end

-- A problem in any entry makes a list of problems, with {} in the place of an entry that has none.
function types.objects(field, value)
  if not is_list(value) then
    return nil, not_a_list(value)
  end
  local list, problems, failed = json.array {}, json.array {}, false
  for position, entry in ipairs(value) do
    if type(entry) ~= "table" then
      return nil, "Invalid data. Expected a dictionary."
    end
    local object, wrong = schema.read(field.fields, entry)
    list[position], problems[position] = setmetatable(object, field.entry), wrong or {}
    failed = failed or wrong ~= nil
  end
  if failed then
    return nil, problems
  end
  return list
end

--- Completes a descriptor of type "objects".
---@param field table
---@param fields table[] descriptors of the entries' fields
---@return table the same field
function schema.list_of(field, fields)
  field.type, field.fields = "objects", fields
  field.entry = json.ordered(schema.names(fields))
  return field
end

local function read_field(field, value)
  if value == json.null then
    if field.nullable then
      return json.null
    end
    return nil, "This field may not be null."
  end
  return types[field.type](field, value)
end

local function default_of(field)
  if field.type == "object" then
    return field.default and {}
  elseif type(field.default) == "table" then
    return json.array { (table.unpack or unpack)(field.default) }
  end
  return field.default
end

---@param fields table[] descriptors
---@param input table what was sent
---@param base table|nil the item as it was, whose values stay where nothing was sent; nil: defaults take their place
---@return table values
---@return table|nil problems by field name: lists of messages, or of such tables; nil if there are none
function schema.read(fields, input, base)
  local values, problems = {}, {}
  for _, field in ipairs(fields) do
    local name, given = field.name, input[field.name]
    if field.fixed ~= nil then
      values[name] = field.fixed
    elseif given ~= nil then
      local value, problem = read_field(field, given)
      values[name] = value
      if type(problem) == "string" then
        problem = json.array { problem }
      end
      problems[name] = problem
    elseif base and base[name] ~= nil then
      values[name] = base[name]
    elseif field.required then
      problems[name] = json.array { "This field is required." }
    else
      values[name] = default_of(field)
    end
  end
  return values, next(problems) and problems
end

---@param fields table[]
---@return string[] the fields' names, in their order
function schema.names(fields)
  local names = {}
  for position, field in ipairs(fields) do
    names[position] = field.name
  end
  return names
end

return schema
