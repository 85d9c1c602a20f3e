-- widths.lua BASE_URL CA_FILE APPLICATION NUMBER WIDTH: that many reads by map, so many tasks at once; prints how many
-- succeeded.
local base_url, ca_file, application, number, width = (table.unpack or unpack)(arg)
local client = assert(require("azion").client { token = "0123456789abcdef", base_url = base_url, ca_file = ca_file })
local origins = client:origins(application)
local keys = {}
for index = 1, tonumber(number) do
  keys[index] = ("%08d-0000-4000-8000-000000000000"):format(index)
end
local results, failures = client:map(keys, function(key)
  return origins:get(key) and true
end, { concurrency = tonumber(width) })
assert(#failures == 0, failures[1] and tostring(failures[1].err))
client:close()
print(#results)
