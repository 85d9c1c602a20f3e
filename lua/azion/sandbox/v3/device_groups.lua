-- Device groups of an edge application (v3.md, section 4.6).

local json = require "azion.sandbox.model.json"
local replies = require "azion.sandbox.model.replies"
local rows = require "azion.sandbox.model.rows"

local device_groups = rows.complete {
  name = "device_groups",
  path = "/edge_applications/:edge_applications/device_groups",
  parent = "edge_applications",
  first_id = 2500,
  field_list = {
    { name = "name", type = "string", required = true, not_blank = true, max_length = 255 },
    { name = "user_agent", type = "string", required = true, not_blank = true },
  },
}

function device_groups.seed_name(_, serial)
  return ("group%03d"):format(serial)
end

function device_groups.seed_input(_, serial)
  return { name = device_groups.seed_name(_, serial), user_agent = "(Mobile|iP(hone|od))" }
end

---@param values table
---@return table|nil problems
function device_groups.check(values)
  if values.name:find "[^%w ]" then
    return { name = { "Enter letters and digits only." } }
  end
end

--- Recorded: sentences in a list, without the fields' own keys.
---@param problems table
---@return table reply
function device_groups.problem_reply(problems)
  local sentences = json.array {}
  for name, list in pairs(problems) do
    sentences[#sentences + 1] = name .. ": " .. list[1]
  end
  table.sort(sentences)
  return replies.value(400, { errors = sentences })
end

return device_groups
