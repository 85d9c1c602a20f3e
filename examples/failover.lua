--- Flips an origin to its backup, and back: with no primary address active, the platform asks the backups.
--- To name the side makes it harmless to run this twice.
package.path = (arg[0]:match("^.*/") or "") .. "?.lua;" .. package.path
local support = require("support")

local parser = support.parser("Flips a load-balancing origin to its backup addresses, or back to the primary ones.")
support.needed(parser, "application", "Id of the edge application.", "1618339282"):argname("<id>")
support.needed(parser, "origin", "Name of the origin.", "origin-004"):argname("<name>")
parser:option("--to", "Side that is to serve: backup or primary."):choices({ "backup", "primary" }):default("backup")
parser:flag("--apply", "Change the origin; without this the change is only shown.")

-- Backups are always active: they have to be there when a primary fails by itself.
local function flip(addresses, side)
  local flipped, backups = {}, 0
  for index, entry in ipairs(addresses) do
    local is_backup = entry.server_role == "backup"
    backups = backups + (is_backup and 1 or 0)
    flipped[index] = support.copy(entry, { is_active = is_backup or side == "primary" })
  end
  return flipped, backups
end

local function word(is_active)
  return is_active and "active" or "inactive"
end

support.run(parser, function(client, arguments)
  local origins = client:origins(arguments.application)
  local origin = support.check(origins:find(arguments.origin))
  local before = origin.addresses or {}
  local after, backups = flip(before, arguments.to)
  if backups == 0 then
    error(("origin %s has no backup address"):format(origin.name), 0)
  end
  if arguments.apply then
    support.check(origins:update(origin, { addresses = after }))
  end
  for index, entry in ipairs(after) do
    print(("%-8s %s: %s -> %s"):format(entry.server_role, entry.address, word(before[index].is_active),
      word(entry.is_active)))
  end
  print(("%s %s the %s addresses"):format(origin.name, arguments.apply and "now uses" or "would use", arguments.to)
    .. (arguments.apply and "" or " (--apply changes it)"))
end)
