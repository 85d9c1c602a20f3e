--- Moves an address from one host to another in every origin where it occurs. Ports, weights and roles stay.
package.path = (arg[0]:match("^.*/") or "") .. "?.lua;" .. package.path
local support = require("support")

local parser = support.parser("Moves an address from one host to another wherever it occurs in the given applications.")
support.applications(parser)
support.needed(parser, "from", "Host to replace.", "backend-2.example.net"):argname("<host>")
support.needed(parser, "to", "Host to put in its place.", "new.example.net"):argname("<host>")
parser:flag("--apply", "Change the origins; without this they are only listed.")

-- The address with its host replaced; nil if it names another host. A port stays, unless `to` brings its own.
local function moved(address, from, to)
  if address:lower() == from:lower() then
    return to
  end
  local host, port = address:match("^(.+)(:%d+)$")
  if host and host:lower() == from:lower() then
    return to:find(":", 1, true) and to or to .. port
  end
end

-- What the origin's addresses become; nil if none of them is to move.
local function moved_addresses(origin, from, to)
  local addresses, changes = {}, {}
  for index, entry in ipairs(origin.addresses or {}) do
    local address = moved(entry.address, from, to)
    addresses[index] = address and support.copy(entry, { address = address }) or entry
    if address then
      changes[#changes + 1] = entry.address .. " -> " .. address
    end
  end
  return #changes > 0 and addresses or nil, table.concat(changes, ", ")
end

support.run(parser, function(client, arguments)
  local count = 0
  for _, id in ipairs(arguments.application) do
    local origins = client:origins(id)
    -- The whole list first: what is changed while it is read could slip through between two pages.
    for _, origin in ipairs(support.check(origins:all())) do
      local addresses, changes = moved_addresses(origin, arguments.from, arguments.to)
      if addresses then
        if arguments.apply then
          support.check(origins:update(origin, { addresses = addresses }))
        end
        print(("%s  %s: %s"):format(id, origin.name, changes))
        count = count + 1
      end
    end
  end
  print((arguments.apply and "origins changed: %d" or "origins to change: %d (--apply changes them)"):format(count))
end)
