--- Exports all connectors of an account (version 4) as JSON, one a line: a backup, or what tomorrow's is compared with.
package.path = (arg[0]:match("^.*/") or "") .. "?.lua;" .. package.path
local support = require("support")

local parser = support.parser("Exports all connectors of the account as JSON.")
parser:option("--output", "File to write (default: standard output)."):argname("<file>")
parser:flag("--with-keys", "Export HMAC keys too; without this they are left out.")

-- Keys stand deep inside a connector.
local function without_keys(value)
  if type(value) ~= "table" then
    return value
  end
  local copy = {}
  for name, inner in pairs(value) do
    if name ~= "access_key" and name ~= "secret_key" then
      copy[name] = without_keys(inner)
    end
  end
  return setmetatable(copy, getmetatable(value))
end

support.run(parser, function(client, arguments)
  local connectors = support.check(client:connectors():all({ ordering = "id" }))
  local lines = {}
  for index, connector in ipairs(connectors) do
    lines[index] = "  " .. support.json(arguments.with_keys and connector or without_keys(connector))
  end
  local text = #lines > 0 and "[\n" .. table.concat(lines, ",\n") .. "\n]\n" or "[]\n"
  if arguments.output then
    support.write_file(arguments.output, text)
    print(("connectors written to %s: %d"):format(arguments.output, #connectors))
  else
    support.check(io.stdout:write(text))
  end
end, { version = "v4" })
