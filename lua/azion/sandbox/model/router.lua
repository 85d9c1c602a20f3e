-- From a path to the route that it takes.

local router = {}

---@param path string
---@return string[] its segments, decoded
function router.split(path)
  local segments = {}
  for segment in path:gmatch "/([^/]*)" do
    segments[#segments + 1] = segment:gsub("%%(%x%x)", function(digits)
      return string.char(tonumber(digits, 16))
    end)
  end
  -- Both forms are in use: with a slash at the end and without, under /v3 and not.
  if segments[#segments] == "" then
    segments[#segments] = nil
  end
  if segments[1] == "v3" then
    table.remove(segments, 1)
  end
  return segments
end

local function match(route, segments)
  if #route.segments ~= #segments then
    return nil
  end
  local keys = {}
  for position, segment in ipairs(segments) do
    local wanted = route.segments[position]
    if wanted:sub(1, 1) == ":" then
      keys[#keys + 1] = segment
    elseif wanted ~= segment then
      return nil
    end
  end
  return keys
end

---@param routes table[] each with its `segments`; the first that fits counts
---@param path string
---@return table|nil route
---@return string[]|nil keys what stands in the path where the route has a name
function router.find(routes, path)
  local segments = router.split(path)
  for _, route in ipairs(routes) do
    local keys = match(route, segments)
    if keys then
      return route, keys
    end
  end
end

--- The methods of a route, as the header Allow names them.
---@param route { methods: table<string, function> }
---@return string
function router.allow(route)
  local names = {}
  for name in pairs(route.methods) do
    names[#names + 1] = name
  end
  table.sort(names)
  return table.concat(names, ", ")
end

return router
