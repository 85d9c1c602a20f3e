-- What a rule may do: what each behavior takes as its target, and which do not go together (v3.md, sections 2.6 e
-- and 4.5).

local json = require "azion.sandbox.model.json"
local rows = require "azion.sandbox.v3.rows"
local walk = require "azion.api.walk"

local behaviors = {}

local TARGET = require("azion.api.v3.rules").by_name.behaviors.of.by_name.target

-- May stand in a rule more than once.
local REPEATS = { "^add_", "^filter_", "^set_cookie$", "^run_function$", "^capture_match_groups$" }

-- Recorded for set_cache_policy.
local ENDS = { "deny", "redirect_to_301", "redirect_to_302" }
local INCOMPATIBLE = { set_cache_policy = ENDS, set_origin = ENDS }

local function may_repeat(name)
  for _, pattern in ipairs(REPEATS) do
    if name:find(pattern) then
      return true
    end
  end
  return false
end

local fits = {}

function fits.text(_, _, target)
  return type(target) == "string"
end

function fits.object(field, _, target)
  for _, member in ipairs(field.fields) do
    if type(target) ~= "table" or type(target[member.name]) ~= "string" then
      return false
    end
  end
  return true
end

function fits.reference(field, collection, target)
  local id = type(target) ~= "table" and tonumber(target) or nil
  return rows.by_id(collection.model, field.to, id, collection.parent) ~= nil
end

-- The key under which the API complains about one behavior; nil if it is well.
local function complaint(collection, entry)
  local field, is_known = walk.case(TARGET, entry.name)
  local target = entry.target
  if not is_known then
    return "invalid_behaviors"
  elseif not field then
    return nil
  elseif target == nil or target == json.null or target == "" then
    return "blank_parameter"
  end
  return not fits[field.kind](field, collection, target) and "invalid_behaviors_target" or nil
end

local function clash(list, present)
  for _, entry in ipairs(list) do
    local others = INCOMPATIBLE[entry.name]
    for _, other in ipairs(others or {}) do
      if present[other] then
        -- As Python prints it.
        return { incompatible_behaviors = { ("(u'%s', ['%s'])"):format(entry.name, table.concat(others, "', '")) } }
      end
    end
  end
end

-- What is wrong with the behaviors of a rule; what else it says is well.
function behaviors.inspect(input, collection)
  local present = {}
  for _, entry in ipairs(input.behaviors or {}) do
    local key = complaint(collection, entry)
    if not key and present[entry.name] and not may_repeat(entry.name) then
      key = "duplicated_behaviors"
    end
    if key then
      return { behaviors = { [key] = { entry.name } } }
    end
    present[entry.name] = true
  end
  local problem = clash(input.behaviors or {}, present)
  return problem and { behaviors = problem }
end

return behaviors
