-- Device groups of an edge application (v3.md, section 4.6).

local json = require "azion.sandbox.model.json"
local replies = require "azion.sandbox.model.replies"
local rows = require "azion.sandbox.v3.rows"

local device_groups = rows.complete { resource = require "azion.api.v3.device_groups", first_id = 2500 }

function device_groups.seed_name(_, serial)
  return ("group%03d"):format(serial)
end

function device_groups.seed_input(_, serial)
  return { name = device_groups.seed_name(_, serial), user_agent = "(Mobile|iP(hone|od))" }
end

function device_groups.check(values)
  if values.name:find "[^%w ]" then
    return { name = { "Enter letters and digits only." } }
  end
end

-- Recorded: sentences in a list, without the fields' own keys.
function device_groups.problem_reply(problems)
  return replies.value(400, { errors = json.array(rows.sentences(problems)) })
end

return device_groups
