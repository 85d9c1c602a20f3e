-- Error responses of an edge application: every application has exactly one set of them (v3.md, section 4.8).

local json = require "azion.sandbox.model.json"
local rows = require "azion.sandbox.v3.rows"

local error_responses = rows.complete {
  resource = require "azion.api.v3.error_responses",
  first_id = 41000,
  least = 1,
}

function error_responses.seed_name()
  return "Default Error Responses"
end

function error_responses.seed_input()
  return { error_responses = { { code = "any" } } }
end

local identify_by_id = error_responses.identify

function error_responses.identify(collection, serial, item)
  identify_by_id(collection, serial, item)
  item.name = error_responses.seed_name()
end

function error_responses.check(values)
  local problems = rows.each_problem(values.error_responses, function(entry)
    local is_path = entry.uri == json.null or entry.uri:sub(1, 1) == "/"
    return not is_path and { uri = { "Enter a valid path: it begins with a slash." } }
  end)
  return problems and { error_responses = problems }
end

return error_responses
