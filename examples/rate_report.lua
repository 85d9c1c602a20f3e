--- Reports the rate budget: how many calls are left, and when they come back. For a monitor: --minimum.
package.path = (arg[0]:match("^.*/") or "") .. "?.lua;" .. package.path
local support = require("support")

local parser = support.parser("Reports what is left of the API's rate limit for reads. Costs one read. "
  .. "The limit for writes is told only in replies to writes, and this makes none.")
parser:option("--minimum", "Fail if fewer reads than this are left."):convert(tonumber):argname("<number>")
parser:flag("--json", "Print JSON.")

local function text_of(value, format)
  return value and format:format(value) or "-"
end

local function show(rates)
  local names = {}
  for name in pairs(rates) do
    names[#names + 1] = name
  end
  table.sort(names)
  local row = "%-16s %8s %8s %14s"
  print(row:format("bucket", "limit", "left", "window ends in"))
  for _, name in ipairs(names) do
    local rate = rates[name]
    print(row:format(name, text_of(rate.limit, "%d"), text_of(rate.remaining, "%d"),
      text_of(rate.reset_after, "%.1f s")))
  end
end

support.run(parser, function(client, arguments)
  support.check(client:request("GET", "/edge_applications", { query = { page_size = 1 } }))
  local rates = client:rate()
  if not rates.read then
    error("the API announced no rate limit", 0)
  end
  if arguments.json then
    print(support.json(rates))
  else
    show(rates)
  end
  if arguments.minimum and (rates.read.remaining or 0) < arguments.minimum then
    error(("reads left: %d, fewer than %d"):format(rates.read.remaining or 0, arguments.minimum), 0)
  end
end)
