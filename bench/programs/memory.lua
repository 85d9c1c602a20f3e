-- memory.lua BASE_URL CA_FILE APPLICATION resident|heap: iterates over all origins and prints by how many bytes memory
-- grew after the first 2,000, at most: "ITEMS BYTES". `resident` is looked at every 500 items as the program goes; `heap`
-- every 10,000 after a full collection, in a run of its own: to collect would spoil the other figure.
local base_url, ca_file, application, what = (table.unpack or unpack)(arg)
local client = assert(require("azion").client { token = "0123456789abcdef", base_url = base_url, ca_file = ca_file })

local function resident()
  local file = assert(io.open("/proc/self/status"))
  local kilobytes = file:read("*a"):match "VmRSS:%s*(%d+)"
  file:close()
  return tonumber(kilobytes) * 1024
end

local function heap()
  collectgarbage()
  collectgarbage()
  return collectgarbage("count") * 1024
end

local look = what == "heap" and heap or resident
local step = what == "heap" and 10000 or 500
local count, first, most = 0, nil, 0
for _ in client:origins(application):each() do
  count = count + 1
  if count == 2000 then
    first = look()
  elseif first and count % step == 0 then
    most = math.max(most, look() - first)
  end
end
client:close()
print(("%d %.0f"):format(count, most))
