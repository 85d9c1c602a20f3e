--- Every fault of the raw server, by what it makes of the path and by name.
local faults = { by_path = {} }

for _, module in ipairs({ "connections", "certificates", "replies", "frames", "idle", "tunnels" }) do
  faults[module] = require("spec.support.faults." .. module)
  for _, row in ipairs(faults[module]) do
    row.path = row[1]:gsub("[^%w]+", "-")
    assert(not faults.by_path[row.path], row[1])
    faults.by_path[row.path] = row
  end
end

return faults
