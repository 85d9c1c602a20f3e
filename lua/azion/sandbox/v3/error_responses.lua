-- Error responses of an edge application: every application has exactly one set of them (v3.md, section 4.8).

local json = require "azion.sandbox.model.json"
local rows = require "azion.sandbox.model.rows"
local schema = require "azion.sandbox.model.schema"

local error_responses = rows.complete {
  name = "error_responses",
  path = "/edge_applications/:edge_applications/error_responses",
  parent = "edge_applications",
  first_id = 41000,
  least = 1,
  lacks = { POST = true, PUT = true, DELETE = true },
  statuses = { PATCH = 202 },
  field_list = {
    { name = "name", type = "string", fixed = "Default Error Responses" },
    { name = "origin_id", type = "integer", nullable = true, default = json.null },
    schema.list_of({ name = "error_responses", required = true }, {
      { name = "code", type = "string", required = true, not_blank = true },
      { name = "uri", type = "string", nullable = true, default = json.null },
      { name = "custom_status_code", type = "string", nullable = true, default = json.null },
      { name = "timeout", type = "integer", default = 0, minimum = 0 },
    }),
  },
}

local function initial()
  return { error_responses = { { code = "any" } } }
end

function error_responses.seed_name()
  return "Default Error Responses"
end

error_responses.seed_input = initial

---@param collection azion.sandbox.Collection
function error_responses.add_default(collection)
  collection:insert((schema.read(error_responses.field_list, initial())))
end

---@param values table
---@return table|nil problems
function error_responses.check(values)
  local problems, failed = json.array {}, false
  for position, entry in ipairs(values.error_responses) do
    local is_path = entry.uri == json.null or entry.uri:sub(1, 1) == "/"
    problems[position] = is_path and {} or { uri = { "Enter a valid path: it begins with a slash." } }
    failed = failed or not is_path
  end
  return failed and { error_responses = problems } or nil
end

return error_responses
