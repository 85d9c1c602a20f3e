-- What a resource's row says, and what is filled in where it says nothing.
--
--   name, path, parent        of the collection; `parent` is the name of the row whose items it belongs to
--   field_list                descriptors of the fields (schema.lua); or fields(input, old), where they depend
--   first_id                  id of the first item; or serial, identify, where the key is not an integer called id
--   read_only                 names of further fields, which the row's own functions fill in; they come last
--   keep                      names of those that stay when the item is changed
--   hidden                    names of fields that are taken and never shown
--   seed_name(collection, serial), seed_input(collection, serial): items to begin with, as a client would send them;
--   seed_values(collection, serial): their read-only fields
--   least                     how many there are at the very least; name_field: where it is not "name"
--   order_fields, natural_order; unique = false: names may repeat; one_at_a_time: creation is
--   lacks, statuses, bare     by method: not allowed; status of success; the item stands in the reply by itself
--   whole_list                a list is a bare array of all; results(collection, text): what is called results in one
--   list_item(collection, serial): JSON of an item as it stands in lists
--   actions                   routes below the collection's path, as { [name] = { [method] = handler } }
--   check(values, collection, input) -> problems by field; problem_reply(problems), not_found() -> reply
--   refuse(values, collection, serial), refuse_update(old, input), refuse_delete(collection, serial),
--   name_clash(name) -> reply
--   settle(values, collection, serial): what follows from values once they are accepted
--   created(collection, serial, input) -> JSON of the reply's item, where it is not the item's own
--   removed(collection, serial, item)

local json = require "azion.sandbox.model.json"
local schema = require "azion.sandbox.model.schema"

local rows = {}

-- So many ids for each item that a collection belongs to.
local SPAN = 1000000

local function first_of(row, collection)
  return row.first_id + math.max(0, collection.parent - 1) * SPAN + collection.model.id_offset
end

local function integer_serial(collection, key)
  local id = #key <= 15 and tonumber(key:match "^%d+$" or "", 10)
  local serial = id and id - first_of(collection.row, collection) + 1
  return serial and serial >= 1 and serial or nil
end

local function integer_identify(collection, serial, item)
  item.id = first_of(collection.row, collection) + serial - 1
end

local function shown_names(row)
  local names, hidden = { row.key or "id" }, {}
  for _, name in ipairs(row.hidden or {}) do
    hidden[name] = true
  end
  for _, field in ipairs(row.field_list) do
    if not hidden[field.name] then
      names[#names + 1] = field.name
    end
  end
  for _, name in ipairs(row.read_only or {}) do
    names[#names + 1] = name
  end
  return names
end

local ORDERED_TYPES = { string = true, integer = true, boolean = true }

local function complete_order(row)
  local fields = { [row.key or "id"] = true }
  for _, field in ipairs(row.field_list) do
    fields[field.name] = ORDERED_TYPES[field.type]
  end
  for _, name in ipairs(row.read_only or {}) do
    fields[name] = true
  end
  row.order_fields = fields
end

local function complete_fields(row)
  local names = shown_names(row)
  function row.fields()
    return row.field_list
  end
  row.names = row.names or function()
    return names
  end
  if not row.order_fields then
    complete_order(row)
  end
end

local function plain_seed(collection, serial)
  local row = collection.row
  local item = schema.read(row.field_list, row.seed_input(collection, serial))
  for name, value in pairs(row.seed_values and row.seed_values(collection, serial) or {}) do
    item[name] = value
  end
  return item
end

---@param row table
---@return table the same row, completed
function rows.complete(row)
  if row.field_list then
    complete_fields(row)
  end
  row.natural_order = row.natural_order or "id"
  row.serial = row.serial or integer_serial
  row.identify = row.identify or integer_identify
  row.seed = row.seed or plain_seed
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

--- The item of a collection of the account that a field names by its id.
---@param model azion.sandbox.Model
---@param name string of the collection
---@param id any
---@param parent integer|nil
---@return table|nil item
function rows.by_id(model, name, id, parent)
  local collection = model:collection(name, parent)
  local serial = type(id) == "number" and collection:find(("%d"):format(id))
  return serial and collection:item(serial) or nil
end

--- As the framework says that nothing has the id that a field names.
---@param id integer
---@return table problem
function rows.no_such(id)
  return json.array { ('Invalid pk "%d" - object does not exist.'):format(id) }
end

---@param model azion.sandbox.Model
---@return string
function rows.time_text(model)
  return os.date("!%Y-%m-%dT%H:%M:%S.000000Z", math.floor(model.now()))
end

rows.SEED_TIME = "2026-01-05T12:00:00.000000Z"

return rows
