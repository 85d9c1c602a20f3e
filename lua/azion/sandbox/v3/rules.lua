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

local function new_row(phase, name, first_id)
  local has_default = phase == "request"
  local row = rows.complete {
    resource = resource,
    name = name,
    phase = phase,
    first_id = first_id,
    least = has_default and 1 or 0,
    names = { "id", "name", "behaviors", "criteria", "is_active", "order", "description", "phase" },
    weigh = weigh,
    inspect = behaviors.inspect,
    default_rule = default_rule,
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
    return read({
      name = row.seed_name(collection, serial),
      order = math.min(position, MAX_ORDER),
      behaviors = { kinds[(position - 1) % #kinds + 1] },
      criteria = everything(("/%d/"):format(serial)),
    }, phase)
  end

  function row.settle(values, collection, serial)
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

return rules
