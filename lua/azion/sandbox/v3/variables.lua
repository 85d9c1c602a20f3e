-- Environment variables of edge functions (v3.md, section 2.3): the one list that has no envelope.

local rows = require "azion.sandbox.model.rows"
local uuids = require "azion.sandbox.model.uuids"

local variables = rows.complete {
  name = "variables",
  path = "/variables",
  key = "uuid",
  uuid_step = 2,
  serial = uuids.serial,
  name_field = "key",
  lacks = { PATCH = true },
  bare = { GET = true, POST = true, PUT = true },
  whole_list = true,
  field_list = {
    { name = "key", type = "string", required = true, not_blank = true, max_length = 100 },
    { name = "value", type = "string", required = true, not_blank = true, max_length = 32768 },
    { name = "secret", type = "boolean", default = false },
  },
  read_only = { "last_editor", "created_at", "updated_at" },
  keep = { "created_at" },
}

function variables.seed_name(_, serial)
  return ("VARIABLE_%03d"):format(serial)
end

function variables.seed_input(collection, serial)
  return { key = variables.seed_name(collection, serial), value = ("value-%d"):format(serial) }
end

function variables.seed_values()
  return { created_at = rows.SEED_TIME, updated_at = rows.SEED_TIME }
end

function variables.identify(collection, serial, item)
  local time = rows.time_text(collection.model)
  item.uuid = uuids.of(collection, serial)
  item.last_editor = collection.model.email
  item.created_at = item.created_at or time
  item.updated_at = item.updated_at or time
  -- What is secret is not told again, not even in the reply to its creation.
  if item.secret then
    item.value = ""
  end
end

return variables
