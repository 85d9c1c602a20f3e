-- What a resource's row says beside its description, and what is filled in where it says nothing.

---@class azion.sandbox.Row
---@field resource azion.Resource
---@field name string of the collection, and `phase`, where one description stands for several
---@field first_id? integer of the first item
---@field names? string[] of the fields in replies, where their order is not the description's
---@field seed_name fun(collection, serial): string
---@field seed_input fun(collection, serial): table one of the items to begin with, as a client would send it
---@field least? integer how many there are at the very least
---@field seed? fun(collection, serial): table one of the items to begin with, where more is to be done
---@field results? fun(collection, text): string what is called results in a list
---@field listed? fun(collection, serial): table further fields of an item in lists
---@field actions? table routes below the collection's path, as { [name] = { [method] = handler } }
---@field prepare? fun(input, old): table? changes the input before anything else; problems by field
---@field weigh? fun(problem, input): boolean whether one that the description finds does not count here
---@field inspect? fun(input, collection): table? problems by field, of an input with which nothing else is wrong
---@field check? fun(values, collection, input): table? problems by field
---@field problem_reply? fun(problems): table reply
---@field not_found? fun(): table reply
---@field refuse? fun(values, collection, serial): table? reply
---@field refuse_update? fun(old, input): table? reply
---@field refuse_delete? fun(collection, serial): table? reply
---@field used_by? string[] collections whose items keep what they refer to from deletion
---@field in_use? string|fun(user): table what is said then, or the reply
---@field name_clash? fun(name): table reply
---@field settle? fun(values, collection, serial, input) what follows from values once they are accepted
---@field created? fun(collection, serial, input): string? JSON of the reply's item, where it is not the item's own
---@field removed? fun(collection, serial)

local fill = require "azion.api.fill"
local json = require "azion.sandbox.model.json"
local uuids = require "azion.sandbox.model.uuids"
local values = require "azion.sandbox.model.values"

local rows = {}

-- So many ids for each item that a collection belongs to.
local SPAN = 1000000

local function first_of(row, collection)
  return row.first_id + math.max(0, collection.parent - 1) * SPAN + collection.model.id_offset
end

local function integer_serial(collection, key)
  local id = #key <= 15 and tonumber(key:match "^%d+$" or "", 10)
  return id and id - first_of(collection.row, collection) + 1
end

-- Keys and the ids by which others refer to an item are the same, or a UUID and an integer.
local function identify(collection, serial, item)
  local row = collection.row
  item[row.resource.key] = uuids.of(collection, serial)
  if row.first_id then
    item[row.resource.referred_to_by] = first_of(row, collection) + serial - 1
  end
end

local ORDERED_KINDS = { text = true, choice = true, integer = true, boolean = true, reference = true }

local function order_fields(resource)
  local fields = {}
  for _, name in ipairs(resource.lists.order_by or {}) do
    fields[name] = true
  end
  for _, field in ipairs(not resource.lists.order_by and resource.fields or {}) do
    local is_shown = not (field.secret or field.write_only)
    fields[field.name] = is_shown and ORDERED_KINDS[field.kind] or nil
  end
  return fields
end

local ORDERS = setmetatable({}, { __mode = "k" })

local function order_members(field, value)
  if field.kind == "object" then
    if not ORDERS[field] then
      local names = {}
      for position, member in ipairs(field.fields) do
        names[position] = member.name
      end
      ORDERS[field] = json.ordered(names)
    end
    setmetatable(value, ORDERS[field])
  end
end

-- JSON of an item as replies show it.
local function text_of(row, item, in_list)
  local names, hidden = fill.shown(row.resource, item, in_list)
  values.each(row.resource, item, order_members)
  local shown = setmetatable({}, { __index = item })
  for name in pairs(hidden) do
    shown[name] = ""
  end
  return json.encode_object(shown, not in_list and row.names or names)
end

local SEED_TIME = "2026-01-05T12:00:00.000000Z"

local STAMPS = { last_editor = "email", last_modified = "time", updated_at = "time", created_at = "first",
  created = "second" }

--- Who made or changed an item, and when.
---@param collection azion.sandbox.Collection
---@param item table
---@param old table|nil the item as it was
---@param time string|nil default: now
function rows.stamp(collection, item, old, time)
  time = time or os.date("!%Y-%m-%dT%H:%M:%S.000000Z", math.floor(collection.model.now()))
  local stamps = { email = collection.model.email, time = time, second = time:gsub("%.%d+", "") }
  for name, what in pairs(STAMPS) do
    if collection.row.resource.by_name[name] then
      item[name] = what == "first" and (old and old[name] or time) or stamps[what]
    end
  end
end

--- An item as the API makes it without asking.
---@param collection azion.sandbox.Collection
---@param input table|nil default: as every one begins
---@param time string|nil
---@return table item
local function new(collection, input, time)
  local row = collection.row
  input = input or row.seed_input(collection, 1)
  local item = fill.item(row.resource, input, "create")
  rows.stamp(collection, item, nil, time)
  if row.settle then
    row.settle(item, collection, nil, input)
  end
  return item
end

local function seed(collection, serial)
  return new(collection, collection.row.seed_input(collection, serial), SEED_TIME)
end

--- Completes a row.
---@param row azion.sandbox.Row
---@return azion.sandbox.Row the same row
function rows.complete(row)
  local resource = row.resource
  local first = resource.fields[1]
  row.name = row.name or resource.name
  row.parent = resource.path:match "{([%l_]+)}"
  row.path = resource.path:gsub("{phase}", row.phase or ""):gsub("{([%l_]+)}", ":%1")
  row.name_field = resource.named_by[1]
  row.natural_order = first.kind == "integer" and first.name or nil
  row.order_fields = order_fields(resource)
  row.text = text_of
  row.serial = resource.by_name[resource.key].kind == "integer" and integer_serial or uuids.serial
  row.identify = row.identify or identify
  row.new, row.seed = new, row.seed or seed
  return row
end

--- A name for each item of a seed: the word and a number.
---@param word string
---@return function
function rows.numbered(word)
  return function(_, serial)
    return ("%s-%03d"):format(word, serial)
  end
end

--- What is wrong with the entries of a list, with {} in the place of one that is well; nil if all are.
---@param list table[]
---@param problem_of fun(entry: table, position: integer): table|false|nil
---@return table[]|nil
function rows.each_problem(list, problem_of)
  local problems, failed = json.array {}, false
  for position, entry in ipairs(list) do
    local problem = problem_of(entry, position)
    problems[position] = problem or {}
    failed = failed or problem
  end
  return failed and problems or nil
end

--- Problems as sentences that begin with the field's name.
---@param problems table
---@return string[]
function rows.sentences(problems)
  local sentences = {}
  for name, list in pairs(problems) do
    sentences[#sentences + 1] = ("%s: %s"):format(name, list[1])
  end
  table.sort(sentences)
  return sentences
end

--- The first item of a collection for which `test` holds.
---@param collection azion.sandbox.Collection
---@param test fun(item: table): boolean|nil
---@return table|nil item
function rows.first(collection, test)
  for _, serial in ipairs(collection.order) do
    local item = collection:item(serial)
    if test(item) then
      return item
    end
  end
end

--- The first item that uses another one, of those that keep it from deletion.
---@param collection azion.sandbox.Collection
---@param serial integer
---@return table|nil item
function rows.user_of(collection, serial)
  local row = collection.row
  local id = collection:item(serial)[row.resource.referred_to_by]
  for _, name in ipairs(row.used_by or {}) do
    local others = collection.model:collection(name, row.parent and collection.parent)
    local user = rows.first(others, function(item)
      local uses = false
      values.each_reference(others.row.resource, item, function(field, value)
        uses = uses or (field.to == row.name and (value == id or value == ("%d"):format(id)))
      end)
      return uses
    end)
    if user then
      return user
    end
  end
end

--- The item that a reference means.
---@param model azion.sandbox.Model
---@param name string of the collection
---@param id any
---@param parent integer|nil
---@return table|nil item
function rows.by_id(model, name, id, parent)
  local collection = model:collection(name, parent)
  local serial = type(id) == "number" and id - first_of(collection.row, collection) + 1
  return serial and collection:holds(serial) and collection:item(serial) or nil
end

return rows
