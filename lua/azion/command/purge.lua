--- `lazion purge`: by URL, by cache key or by wildcard.
local input = require "azion.command.input"
local status = require "azion.command.status"

local purge = {}

-- With the lines of standard input in the place of "-".
local function from_input(list)
  local whole = {}
  for _, entry in ipairs(list) do
    for _, line in ipairs(entry == "-" and input.lines() or { entry }) do
      whole[#whole + 1] = line
    end
  end
  return whole
end

-- Exactly one way: what is given.
local function wanted(arguments)
  local ways = {}
  if #arguments.url > 0 then
    ways[#ways + 1] = { urls = arguments.url }
  end
  if arguments.cachekeys then
    ways[#ways + 1] = { cachekeys = arguments.cachekeys }
  end
  if arguments.wildcard then
    ways[#ways + 1] = { wildcard = arguments.wildcard }
  end
  if #ways ~= 1 then
    status.wrong("expected URLs, or --cachekeys, or --wildcard")
  end
  local what = ways[1]
  what.urls, what.cachekeys = what.urls and from_input(what.urls), what.cachekeys and from_input(what.cachekeys)
  what.layer = arguments.layer
  return what
end

-- One row for each URL, whatever the groups of the reply are.
local function rows_of(results)
  local rows, code = {}, status.done
  for _, group in ipairs(results) do
    local is_done = group.status and group.status >= 200 and group.status < 300
    if not is_done and code == status.done then
      code = group.err and status.of(group.err) or status.of_http(group.status)
    end
    for _, url in ipairs(group.urls or {}) do
      rows[#rows + 1] = { url = url, status = group.status, detail = group.err and tostring(group.err) or group.detail }
    end
  end
  return rows, code
end

function purge.run(session)
  local what = wanted(session.arguments)
  local output, client = session:output(), session:client(session.asked_version or "v3")
  session:progress():start("purging", { client = client, counts = "purge" })
  local results = status.check(client:purge(what))
  session:progress():finish()
  local rows, code = rows_of(results)
  output:list(rows, { "status", "url", "detail" })
  return code
end

return purge
