--- Flips a connector of version 4 to its backup, and back: with no primary address active, the platform asks the backups.
--- To name the side makes it harmless to run this twice.
package.path = (arg[0]:match("^.*/") or "") .. "?.lua;" .. package.path
local support = require("support")

local parser = support.parser("Flips a connector with a load balancer to its backup addresses, or back to the primary "
  .. "ones.")
support.needed(parser, "connector", "Name of the connector.", "balanced"):argname("<name>")
parser:option("--to", "Side that is to serve: backup or primary."):choices({ "backup", "primary" }):default("backup")
parser:flag("--apply", "Change the connector; without this the change is only shown.")

local function role_of(entry)
  return ((entry.modules or {}).load_balancer or {}).server_role or "primary"
end

-- Backups are always active: they have to be there when a primary fails by itself.
local function flip(addresses, side)
  local flipped, backups = {}, 0
  for index, entry in ipairs(addresses) do
    local is_backup = role_of(entry) == "backup"
    backups = backups + (is_backup and 1 or 0)
    flipped[index] = support.copy(entry, { active = is_backup or side == "primary" })
  end
  return flipped, backups
end

local function word(is_active)
  return is_active and "active" or "inactive"
end

-- A nested object is replaced whole by an update: all of `attributes` is sent, with nothing but the addresses changed.
-- Keys that were read may be masked, so a connector that has some is not for this script.
local function change(connectors, connector, addresses)
  local shield = (connector.attributes.modules or {}).origin_shield or {}
  if ((shield.config or {}).hmac or {}).enabled then
    error(("connector %s signs its requests: its keys would have to be sent, too"):format(connector.name), 0)
  end
  support.check(connectors:update(connector, {
    attributes = support.copy(connector.attributes, { addresses = addresses }),
  }))
end

local function balanced()
  local function address(name, role)
    return { address = name, modules = { load_balancer = { server_role = role } } }
  end
  return { name = "balanced", type = "http", attributes = {
    addresses = { address("a.example.net", "primary"), address("standby.example.org", "backup") },
    modules = { load_balancer = { enabled = true, config = { method = "round_robin" } } },
  } }
end

support.run(parser, function(client, arguments)
  local connectors = client:connectors()
  if arguments.sandbox then -- it begins without one that has a backup
    support.check(connectors:create(balanced()))
  end
  local connector = support.check(connectors:find(arguments.connector))
  local before = connector.attributes.addresses or {}
  local after, backups = flip(before, arguments.to)
  if backups == 0 then
    error(("connector %s has no backup address"):format(connector.name), 0)
  end
  if arguments.apply then
    change(connectors, connector, after)
  end
  for index, entry in ipairs(after) do
    print(("%-8s %s: %s -> %s"):format(role_of(entry), entry.address, word(before[index].active), word(entry.active)))
  end
  print(("%s %s the %s addresses"):format(connector.name, arguments.apply and "now uses" or "would use", arguments.to)
    .. (arguments.apply and "" or " (--apply changes it)"))
end, { version = "v4" })
