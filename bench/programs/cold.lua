-- cold.lua BASE_URL CA_FILE|"" APPLICATION NUMBER: that many reads of one origin, one after another, from a server that ends
-- the connection after each; prints how many connections that took.
local base_url, ca_file, application, number = (table.unpack or unpack)(arg)
local client = assert(require("azion").client { token = "0123456789abcdef", base_url = base_url,
  ca_file = ca_file ~= "" and ca_file or nil })
local origins = client:origins(application)
for _ = 1, tonumber(number) do
  assert(origins:get("00000001-0000-4000-8000-000000000000"))
end
print(client.engine.session:connections())
client:close()
