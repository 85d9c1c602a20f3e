-- each.lua BASE_URL CA_FILE APPLICATION PAGE_SIZE: iterates over all origins and prints their number.
local base_url, ca_file, application, page_size = (table.unpack or unpack)(arg)
local client = assert(require("azion").client { token = "0123456789abcdef", base_url = base_url, ca_file = ca_file })
local count = 0
for _ in client:origins(application):each { page_size = tonumber(page_size) } do
  count = count + 1
end
client:close()
print(count)
