-- Rules of an edge application, one collection for each phase (v3.md, section 4.5).

local behaviors = require "azion.sandbox.v3.rule_behaviors"
local fill = require "azion.api.fill"
local replies = require "azion.sandbox.model.replies"
local resource = require "azion.api.v3.rules"
local rows = require "azion.sandbox.v3.rows"
local values_of = require "azion.sandbox.model.values"

local rules = {}

local MAX_ORDER = resource.by_name.order.range[2]

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

local function read(input, phase)
  local item = fill.item(resource, input, "create")
  item.phase = phase
  return item
end

local function default_rule(origin, cache_setting)
  local list = { { name = "set_cache_policy", target = cache_setting.id } }
  if origin then
    table.insert(list, 1, { name = "set_origin", target = origin.origin_id })
  end
  return read({ name = "Default Rule", order = 1, behaviors = list, criteria = everything "/" }, "default")
end

local function seeded_default(collection)
  local function child(name)
    return collection.model:collection(name, collection.parent)
  end
  local origins = child "origins"
  local origin = origins.seeded > 1 and origins:item(origins.seeded) or nil
  return default_rule(origin, child("cache_settings"):item(1))
end

-- Targets have complaints of their own; a value that does not fit its operator is one of the whole group.
local function weigh(problem, input)
  local group = problem.at:match "^(criteria%.%d+)%.%d+%.input_value$"
  if group and (problem.rule == "required" or problem.rule == "variant") then
    local condition = values_of.at(input, problem.at:match "^(.*)%.input_value$")
    problem.at, problem.rule = group, "operator"
    problem.text = ("input_value does not fit the operator %s."):format(condition.operator)
    return condition.input_value == ""
  end
  return problem.at:find "^behaviors%.%d+%.target" ~= nil
end

local function seed_name(collection, serial)
  local row = collection.row
  return serial <= row.least and "Default Rule" or ("%s-rule-%03d"):format(row.phase, serial)
end

local function seed(collection, serial)
  local row = collection.row
  if serial <= row.least then
    return seeded_default(collection)
  end
  local kinds, position = SEEDS[row.phase], serial - row.least
  return read({
    name = seed_name(collection, serial),
    order = math.min(position, MAX_ORDER),
    behaviors = { kinds[(position - 1) % #kinds + 1] },
    criteria = everything(("/%d/"):format(serial)),
  }, row.phase)
end

local function settle(values, collection, serial)
  local row, old = collection.row, serial and collection:item(serial)
  values.phase = values.phase or row.phase
  -- The Default Rule and the first of the others may both have order 1.
  local free = math.max(1, #collection.order + 1 - row.least)
  values.order = values.order or old and old.order or math.min(free, MAX_ORDER)
end

local function refuse_delete(collection, serial)
  if collection:item(serial).phase == "default" then
    return replies.value(400, { errors = { "The Default Rule can not be deleted." } })
  end
end

local function new_row(phase, name, first_id, least)
  return rows.complete {
    resource = resource,
    name = name,
    phase = phase,
    first_id = first_id,
    least = least,
    names = { "id", "name", "behaviors", "criteria", "is_active", "order", "description", "phase" },
    seed_name = seed_name,
    seed = seed,
    default_rule = default_rule,
    weigh = weigh,
    inspect = behaviors.inspect,
    settle = settle,
    refuse_delete = refuse_delete,
  }
end

rules.request = new_row("request", "rules", 173000, 1)
rules.response = new_row("response", "response_rules", 673000, 0)

return rules
