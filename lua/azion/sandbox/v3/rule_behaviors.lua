-- What a rule may do: behaviors, what each takes as its target, and which do not go together (v3.md, sections 2.6 e
-- and 4.5).

local json = require "azion.sandbox.model.json"
local origin_seeds = require "azion.sandbox.v3.origin_seeds"
local rows = require "azion.sandbox.model.rows"
local schema = require "azion.sandbox.model.schema"

local behaviors = {}

-- The kind of each one's target; `repeats`: may stand in a rule more than once.
local BEHAVIORS = {}
local function kind(target, repeats, names)
  for name in names:gmatch "%S+" do
    BEHAVIORS[name] = { target = target, repeats = repeats }
  end
end
kind("nothing", false, [[bypass_cache_phase deliver deny enable_gzip finish_request_phase forward_cookies no_content
  optimize_images redirect_http_to_https]])
kind("text", true, [[add_request_cookie add_request_header add_response_header filter_request_cookie
  filter_request_header filter_response_cookie filter_response_header set_cookie]])
kind("text", false, "redirect_to_301 redirect_to_302 rewrite_request set_host_header")
kind("origin", false, "set_origin")
kind("cache_setting", false, "set_cache_policy")
kind("function_instance", true, "run_function")
kind("capture", true, "capture_match_groups")

-- Recorded for set_cache_policy.
local ENDS = { "deny", "redirect_to_301", "redirect_to_302" }
local INCOMPATIBLE = { set_cache_policy = ENDS, set_origin = ENDS }

behaviors.field = schema.list_of({ name = "behaviors", required = true }, {
  { name = "name", type = "string", required = true, not_blank = true },
  {
    name = "target",
    type = "custom",
    nullable = true,
    default = json.null,
    read = function(value)
      return value
    end,
  },
})

local finds = {}

function finds.origin(collection, id)
  return origin_seeds.find(collection.model:collection("origins", collection.parent), id)
end

function finds.cache_setting(collection, id)
  return rows.by_id(collection.model, "cache_settings", id, collection.parent)
end

function finds.function_instance(collection, id)
  return rows.by_id(collection.model, "functions_instances", id, collection.parent)
end

local function is_capture(target)
  return type(target) == "table"
    and type(target.captured_array) == "string"
    and type(target.subject) == "string"
    and type(target.regex) == "string"
end

-- The key under which the API complains about one behavior; nil if it is well.
local function complaint(collection, entry)
  local known, target = BEHAVIORS[entry.name], entry.target
  if not known then
    return "invalid_behaviors"
  elseif known.target == "nothing" then
    return nil
  elseif target == json.null or target == "" then
    return "blank_parameter"
  elseif known.target == "capture" then
    return not is_capture(target) and "invalid_behaviors_target" or nil
  elseif known.target == "text" then
    return type(target) ~= "string" and "invalid_behaviors_target" or nil
  end
  local id = type(target) ~= "table" and tonumber(target) or nil
  return not finds[known.target](collection, id) and "invalid_behaviors_target" or nil
end

-- As Python prints it.
local function incompatible_text(name, others)
  return ("(u'%s', ['%s'])"):format(name, table.concat(others, "', '"))
end

local function clash(list, present)
  for _, entry in ipairs(list) do
    for _, other in ipairs(INCOMPATIBLE[entry.name] or {}) do
      if present[other] then
        return { incompatible_behaviors = { incompatible_text(entry.name, INCOMPATIBLE[entry.name]) } }
      end
    end
  end
end

---@param list table[] as schema.read made it
---@param collection azion.sandbox.Collection the rules
---@return table|nil problems
function behaviors.check(list, collection)
  if #list == 0 then
    return { behaviors = { "This list may not be empty." } }
  end
  local present = {}
  for _, entry in ipairs(list) do
    local key = complaint(collection, entry)
    if not key and present[entry.name] and not BEHAVIORS[entry.name].repeats then
      key = "duplicated_behaviors"
    end
    if key then
      return { behaviors = { [key] = { entry.name } } }
    end
    present[entry.name] = true
  end
  local problem = clash(list, present)
  return problem and { behaviors = problem }
end

--- Targets as the API gives them back: ids are strings.
---@param list table[]
function behaviors.settle(list)
  for _, entry in ipairs(list) do
    if BEHAVIORS[entry.name].target == "nothing" then
      entry.target = json.null
    elseif type(entry.target) == "number" then
      entry.target = ("%d"):format(entry.target)
    end
  end
end

return behaviors
