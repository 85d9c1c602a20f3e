-- Rules of an edge application, one collection for each phase (v3.md, section 4.5).

local behaviors = require "azion.sandbox.v3.rule_behaviors"
local json = require "azion.sandbox.model.json"
local replies = require "azion.sandbox.model.replies"
local rows = require "azion.sandbox.model.rows"
local schema = require "azion.sandbox.model.schema"

local rules = {}

local MAX_ORDER = 10000

local GROUP = schema.list_of({ name = "group", required = true }, {
  { name = "variable", type = "string", required = true, not_blank = true },
  {
    name = "operator",
    type = "string",
    required = true,
    choices = {
      "is_equal", "is_not_equal", "starts_with", "does_not_start_with",
      "matches", "does_not_match", "exists", "does_not_exist",
    },
  },
  { name = "conditional", type = "string", required = true, choices = { "if", "and", "or" } },
  { name = "input_value", type = "string" },
})

local ALONE = { exists = true, does_not_exist = true }

local function read_group(entries)
  local values, problems = schema.read({ GROUP }, { group = entries })
  if problems then
    return nil, problems.group
  elseif #values.group == 0 then
    return nil, "This list may not be empty."
  end
  for _, condition in ipairs(values.group) do
    if (condition.input_value == nil) ~= (ALONE[condition.operator] or false) then
      return nil, ("input_value does not fit the operator %s."):format(condition.operator)
    end
  end
  return values.group
end

local function read_criteria(value)
  if type(value) ~= "table" or value[1] == nil then
    return nil, "This list may not be empty."
  end
  local criteria = json.array {}
  for position, entries in ipairs(value) do
    local group, problem = read_group(entries)
    if not group then
      return nil, problem
    end
    criteria[position] = group
  end
  return criteria
end

local FIELDS = {
  { name = "name", type = "string", required = true, not_blank = true, max_length = 255 },
  behaviors.field,
  { name = "criteria", type = "custom", required = true, read = read_criteria },
  { name = "is_active", type = "boolean", default = true },
  { name = "order", type = "integer", minimum = 1, maximum = MAX_ORDER },
  { name = "description", type = "string", nullable = true, default = "", max_length = 1000 },
}

-- What the rules of a seed do; the Default Rule is the first of its phase.
local SEEDS = {
  request = {
    { name = "deliver" },
    { name = "redirect_to_301", target = "https://www.example.com/new" },
    { name = "capture_match_groups", target = { captured_array = "parts", subject = "${uri}", regex = "^/(.*)$" } },
    { name = "add_request_header", target = "X-Sandbox: yes" },
  },
  response = {
    { name = "enable_gzip" },
    { name = "add_response_header", target = "X-Sandbox: yes" },
  },
}

local function everything(prefix)
  return { { { variable = "${uri}", operator = "starts_with", conditional = "if", input_value = prefix } } }
end

local function read(input)
  local item = schema.read(FIELDS, input)
  behaviors.settle(item.behaviors)
  return item
end

local function default_rule(origin, cache_setting)
  local list = { { name = "set_cache_policy", target = cache_setting.id } }
  if origin then
    table.insert(list, 1, { name = "set_origin", target = origin.origin_id })
  end
  local item = read { name = "Default Rule", order = 1, behaviors = list, criteria = everything "/" }
  item.phase = "default"
  return item
end

local function seeded_default(collection)
  local function child(name)
    return collection.model:collection(name, collection.parent)
  end
  local origins = child "origins"
  local origin = origins.seeded > 1 and origins:item(origins.seeded) or nil
  return default_rule(origin, child("cache_settings"):item(1))
end

local function new_row(phase, name, first_id)
  local has_default = phase == "request"
  local row = rows.complete {
    name = name,
    path = "/edge_applications/:edge_applications/rules_engine/" .. phase .. "/rules",
    parent = "edge_applications",
    first_id = first_id,
    least = has_default and 1 or 0,
    field_list = FIELDS,
    read_only = { "phase" },
    keep = { "phase" },
  }

  function row.seed_name(_, serial)
    return has_default and serial == 1 and "Default Rule" or ("%s-rule-%03d"):format(phase, serial)
  end

  function row.seed(collection, serial)
    if has_default and serial == 1 then
      return seeded_default(collection)
    end
    local kinds = SEEDS[phase]
    local position = has_default and serial - 1 or serial
    local item = read {
      name = row.seed_name(collection, serial),
      order = math.min(position, MAX_ORDER),
      behaviors = { kinds[(position - 1) % #kinds + 1] },
      criteria = everything(("/%d/"):format(serial)),
    }
    item.phase = phase
    return item
  end

  function row.check(values, collection)
    return behaviors.check(values.behaviors, collection)
  end

  function row.settle(values, collection, serial)
    behaviors.settle(values.behaviors)
    values.phase = values.phase or phase
    local old = serial and collection:item(serial)
    -- The Default Rule and the first of the others may both have order 1.
    local free = math.max(1, #collection.order + (has_default and 0 or 1))
    values.order = values.order or old and old.order or math.min(free, MAX_ORDER)
  end

  function row.refuse_delete(collection, serial)
    if collection:item(serial).phase == "default" then
      return replies.value(400, { errors = { "The Default Rule can not be deleted." } })
    end
  end

  return row
end

rules.request = new_row("request", "rules", 173000)
rules.response = new_row("response", "response_rules", 673000)

--- The rule that comes with a new application.
---@param collection azion.sandbox.Collection
---@param origin table
---@param cache_setting table
function rules.request.add_default(collection, origin, cache_setting)
  collection:insert(default_rule(origin, cache_setting))
end

--- Whether a rule of an application names something of it.
---@param model azion.sandbox.Model
---@param application integer serial number
---@param behavior string
---@param id integer
---@return boolean
function rules.use(model, application, behavior, id)
  local target = ("%d"):format(id)
  local function names_it(rule)
    for _, entry in ipairs(rule.behaviors) do
      if entry.name == behavior and entry.target == target then
        return true
      end
    end
  end
  for _, row in ipairs { rules.request, rules.response } do
    if rows.first(model:collection(row.name, application), names_it) then
      return true
    end
  end
  return false
end

return rules
