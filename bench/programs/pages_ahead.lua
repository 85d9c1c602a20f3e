-- pages_ahead.lua BASE_URL CA_FILE APPLICATION: iterates over all origins, 16 pages ahead, and prints their number.
local base_url, ca_file, application = (table.unpack or unpack)(arg)
local client = assert(require("azion").client { token = "0123456789abcdef", base_url = base_url, ca_file = ca_file,
  concurrency = 16 })
local count = 0
for _ in client:origins(application):each { prefetch = 16 } do
  count = count + 1
end
client:close()
print(count)
