-- Cache settings of an edge application (v3.md, section 4.4).

local json = require "azion.sandbox.model.json"
local rows = require "azion.sandbox.v3.rows"

local cache_settings = rows.complete {
  resource = require "azion.api.v3.cache_settings",
  first_id = 117000,
  least = 1,
  used_by = { "rules", "response_rules" },
  in_use = "Cache Settings can not be deleted because it is being used on Rules Engine.",
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

-- A list of nothing stays as it was sent where no list is wanted: the documentation writes [""], too.
function cache_settings.settle(values, _, _, input)
  for _, name in ipairs { "query_string_fields", "cookie_names" } do
    if type(input[name]) == "table" then
      values[name] = json.array(input[name])
    end
  end
end

return cache_settings
