--- Exports all origins of edge applications as JSON, one origin a line: a backup, or what tomorrow's is compared with.
package.path = (arg[0]:match("^.*/") or "") .. "?.lua;" .. package.path
local support = require("support")

local parser = support.parser("Exports all origins of the given edge applications as JSON.")
support.applications(parser)
parser:option("--output", "File to write (default: standard output)."):argname("<file>")
parser:flag("--with-keys", "Export HMAC keys too; without this they are left out.")

local function without_keys(origin)
  local copy = support.copy(origin)
  copy.hmac_access_key, copy.hmac_secret_key = nil, nil
  return copy
end

-- {"<application id>": [<origin>, …], …}
local function json_of(applications, origins_of, with_keys)
  local parts = {}
  for _, id in ipairs(applications) do
    local lines = {}
    for index, origin in ipairs(origins_of[id]) do
      lines[index] = "    " .. support.json(with_keys and origin or without_keys(origin))
    end
    local list = #lines > 0 and "[\n" .. table.concat(lines, ",\n") .. "\n  ]" or "[]"
    parts[#parts + 1] = ("  %s: %s"):format(support.json(id), list)
  end
  return "{\n" .. table.concat(parts, ",\n") .. "\n}\n"
end

support.run(parser, function(client, arguments)
  local applications, origins_of, count = {}, {}, 0
  for _, id in ipairs(arguments.application) do
    if not origins_of[id] then
      applications[#applications + 1] = id
      origins_of[id] = support.check(client:origins(id):all())
      count = count + #origins_of[id]
    end
  end
  local text = json_of(applications, origins_of, arguments.with_keys)
  if arguments.output then
    support.write_file(arguments.output, text)
    print(("origins written to %s: %d"):format(arguments.output, count))
  else
    support.check(io.stdout:write(text))
  end
end)
