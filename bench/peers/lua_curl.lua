-- lua_curl.lua BASE_URL CA_FILE APPLICATION PAGES PAGE_SIZE: Debian's lua-curl (for Lua 5.1 and LuaJIT) and lua-cjson,
-- one easy handle that is kept alive. Prints the number of origins.
local cjson = require "cjson"
local curl = require "curl"

local base_url, ca_file, application, pages, page_size = unpack(arg)
local easy = curl.easy_init()
easy:setopt(curl.OPT_CAINFO, ca_file)
easy:setopt(curl.OPT_HTTPHEADER, { "Authorization: token 0123456789abcdef", "Accept: application/json; version=3" })
local pieces = {}
easy:setopt(curl.OPT_WRITEFUNCTION, function(bytes)
  pieces[#pieces + 1] = bytes
  return #bytes
end)

local count = 0
for page = 1, tonumber(pages) do
  pieces = {}
  easy:setopt(curl.OPT_URL, ("%s/edge_applications/%s/origins?page=%d&page_size=%s"):format(base_url, application, page,
    page_size))
  assert(easy:perform() == 0)
  for _ in ipairs(cjson.decode(table.concat(pieces)).results) do
    count = count + 1
  end
end
print(count)
