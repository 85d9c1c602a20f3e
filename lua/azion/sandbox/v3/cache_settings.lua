-- Cache settings of an edge application (v3.md, section 4.4).

local json = require "azion.sandbox.model.json"
local replies = require "azion.sandbox.model.replies"
local rows = require "azion.sandbox.model.rows"
local rules = require "azion.sandbox.v3.rules"
local schema = require "azion.sandbox.model.schema"

local MAX_TTL = 31536000

local function choice(name, default, ...)
  return { name = name, type = "string", default = default, choices = { default, ... } }
end

local function flag(name)
  return { name = name, type = "boolean", default = false }
end

local function seconds(name, default)
  return { name = name, type = "integer", default = default, minimum = 0, maximum = MAX_TTL }
end

local cache_settings = rows.complete {
  name = "cache_settings",
  path = "/edge_applications/:edge_applications/cache_settings",
  parent = "edge_applications",
  first_id = 117000,
  least = 1,
  field_list = {
    { name = "name", type = "string", required = true, not_blank = true, max_length = 255 },
    choice("browser_cache_settings", "honor", "override", "ignore"),
    seconds("browser_cache_settings_maximum_ttl", 0),
    choice("cdn_cache_settings", "honor", "override"),
    seconds("cdn_cache_settings_maximum_ttl", 60),
    choice("cache_by_query_string", "ignore", "whitelist", "blacklist", "all"),
    { name = "query_string_fields", type = "strings", nullable = true, default = json.null },
    flag "enable_query_string_sort",
    choice("cache_by_cookies", "ignore", "whitelist", "blacklist", "all"),
    { name = "cookie_names", type = "strings", nullable = true, default = json.null },
    choice("adaptive_delivery_action", "ignore", "whitelist", "optimize"),
    { name = "device_group", type = "integers", default = {} },
    flag "enable_caching_for_post",
    flag "enable_caching_for_options",
    flag "l2_caching_enabled",
    {
      name = "l2_region",
      type = "string",
      nullable = true,
      default = json.null,
      choices = { "sa-brazil", "na-united-states" },
    },
    flag "is_slice_configuration_enabled",
    flag "is_slice_edge_caching_enabled",
    flag "is_slice_l2_caching_enabled",
    {
      name = "slice_configuration_range",
      type = "integer",
      nullable = true,
      default = json.null,
      minimum = 1024,
      maximum = 1024,
    },
    flag "enable_stale_cache",
  },
}

function cache_settings.seed_name(_, serial)
  return serial == 1 and "Default Cache Settings" or ("cache-setting-%03d"):format(serial)
end

function cache_settings.seed_input(_, serial)
  local input = { name = cache_settings.seed_name(_, serial) }
  if serial % 2 == 0 then
    input.cache_by_query_string, input.query_string_fields = "whitelist", { "page", "size" }
  end
  return input
end

local LISTS = { cache_by_query_string = "query_string_fields", cache_by_cookies = "cookie_names" }

-- The documentation writes a list of nothing as [""] too.
local function has_entries(list)
  return list ~= json.null and list[1] ~= nil and list[1] ~= ""
end

---@param values table
---@return table|nil problems
function cache_settings.check(values)
  local problems = {}
  for name, list in pairs(LISTS) do
    local wanted = values[name] == "whitelist" or values[name] == "blacklist"
    if wanted and not has_entries(values[list]) then
      problems[list] = { "This field is required." }
    elseif not wanted and has_entries(values[list]) then
      problems[list] = { ("This field is allowed only if %s is whitelist or blacklist."):format(name) }
    end
  end
  return next(problems) and problems
end

---@param collection azion.sandbox.Collection
---@param serial integer
---@return table|nil reply
function cache_settings.refuse_delete(collection, serial)
  local id = collection:item(serial).id
  if rules.use(collection.model, collection.parent, "set_cache_policy", id) then
    return replies.value(409, "Cache Settings can not be deleted because it is being used on Rules Engine.")
  end
end

--- The cache setting that comes with a new application; its default rule uses it.
---@param collection azion.sandbox.Collection
---@param input table what the application was created with
---@return table item
function cache_settings.add_default(collection, input)
  local item = schema.read(cache_settings.field_list, {
    name = "Default Cache Settings",
    browser_cache_settings = input.browser_cache_settings,
    browser_cache_settings_maximum_ttl = input.browser_cache_settings_maximum_ttl,
    cdn_cache_settings = input.cdn_cache_settings,
    cdn_cache_settings_maximum_ttl = input.cdn_cache_settings_maximum_ttl,
  })
  return collection:item(collection:insert(item))
end

return cache_settings
