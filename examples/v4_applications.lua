--- An edge application of version 3, its rules and function instances, as the application that they become in version 4.
--- What cannot be carried over is told to `lost(field, why)`.
local v4_applications = {}

local gone = { device_detection = "version 4 has no such module", raw_logs = "version 4 has no such module",
  websocket = "version 4 has no such module",
  web_application_firewall = "it is a module of a firewall, which a deployment names" }

--- The application itself.
---@param application table
---@param lost fun(field: string, why: string)
---@return table
function v4_applications.application(application, lost)
  for _, name in ipairs({ "device_detection", "raw_logs", "web_application_firewall", "websocket" }) do
    if application[name] then
      lost(name, gone[name])
    end
  end
  return {
    name = application.name, active = application.active, debug = application.debug_rules,
    modules = {
      cache = { enabled = application.caching ~= false },
      functions = { enabled = application.edge_functions },
      application_accelerator = { enabled = application.application_acceleration },
      image_processor = { enabled = application.image_optimization },
    },
  }
end

--- A device group, which stays as it is.
---@param group table
---@return table
function v4_applications.device_group(group)
  return { name = group.name, user_agent = group.user_agent }
end

--- The instance of a function. `name` is the function's in version 4.
---@param instance table
---@param name? string
---@param lost fun(field: string, why: string)
---@return table
function v4_applications.function_instance(instance, name, lost)
  if not name then
    lost("edge_function_id", ("%s: the function cannot be read, and its id may be another in version 4; name it in "
      .. "function"):format(tostring(instance.edge_function_id)))
  end
  return { name = instance.name, ["function"] = name,
    args = next(instance.args or {}) ~= nil and instance.args or nil }
end

--- The function itself.
---@param given table
---@param lost fun(field: string, why: string)
---@return table
function v4_applications.edge_function(given, lost)
  if given.language and given.language ~= "javascript" then
    lost("language", given.language .. ": version 4 runs JavaScript only")
  end
  return { name = given.name, code = given.code, active = given.active, default_args = given.json_args,
    execution_environment = given.initiator_type == "edge_firewall" and "firewall" or "application" }
end

-- How behaviors that refer to something are called, and of what kind that is.
local references = { set_origin = { "set_connector", "connectors" }, set_cache_policy = { "set_cache_policy",
  "cache_settings" }, run_function = { "run_function", "function_instances" } }
local renamed = { bypass_cache_phase = "bypass_cache" }

local function behavior_of(given, names, lost)
  local reference = references[given.name]
  if given.name == "set_host_header" then
    return lost("behaviors", "set_host_header: the host is the connector's attributes.connection_options.host")
  elseif reference then
    local name = names[reference[2]][tonumber(given.target)]
    if not name then
      return lost("behaviors", ("%s %s: this application has none of this id"):format(given.name,
        tostring(given.target)))
    end
    return { type = reference[1], attributes = { value = name } }
  elseif type(given.target) == "table" then
    return { type = given.name, attributes = { subject = given.target.subject, regex = given.target.regex,
      captured_array = given.target.captured_array } }
  end
  local value = given.target ~= nil and given.target ~= "" and tostring(given.target) or nil
  return { type = renamed[given.name] or given.name, attributes = value and { value = value } }
end

local function criteria_of(groups)
  local made = {}
  for index, group in ipairs(groups) do
    made[index] = {}
    for position, condition in ipairs(group) do
      made[index][position] = { conditional = condition.conditional, variable = condition.variable,
        operator = condition.operator, argument = condition.input_value }
    end
  end
  return made
end

--- A rule; nil if nothing that it does is left.
---@param rule table
---@param names table<string, table<integer, string>> of what rules refer to, by kind and id of version 3
---@param lost fun(field: string, why: string)
---@return table?
function v4_applications.rule(rule, names, lost)
  local behaviors = {}
  for _, given in ipairs(rule.behaviors) do
    behaviors[#behaviors + 1] = behavior_of(given, names, lost)
  end
  if #behaviors == 0 then
    return lost("behaviors", "none of them is left: the rule is left out")
  end
  return { name = rule.name, description = rule.description ~= "" and rule.description or nil,
    active = rule.phase ~= "default" and rule.is_active or nil, criteria = criteria_of(rule.criteria),
    behaviors = behaviors }
end

return v4_applications
