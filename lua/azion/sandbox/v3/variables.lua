-- Environment variables of edge functions (v3.md, section 2.3): the one list that has no envelope.

local rows = require "azion.sandbox.v3.rows"

local variables = rows.complete { resource = require "azion.api.v3.variables", uuid_step = 2 }

function variables.seed_name(_, serial)
  return ("VARIABLE_%03d"):format(serial)
end

function variables.seed_input(collection, serial)
  return { key = variables.seed_name(collection, serial), value = ("value-%d"):format(serial) }
end

return variables
