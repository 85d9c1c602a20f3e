-- Pages, as both versions count and link them.

local paging = {}

local DEFAULT_SIZE, MAX_SIZE = 10, 100

local function whole_number(text)
  local number = tonumber((text or ""):match "^%d+$")
  return number and number >= 1 and number or nil
end

--- What a query asks for.
---@param query table<string, string>
---@param over "clamp"|"reject" what becomes of a size above the greatest
---@return integer|nil size nil where it is refused
---@return integer|string|nil page nil where it is none; why the size is refused
function paging.read(query, over)
  local size = whole_number(query.page_size) or DEFAULT_SIZE
  if size > MAX_SIZE and over == "reject" then
    return nil, ("Ensure this value is less than or equal to %d."):format(MAX_SIZE)
  end
  return math.min(size, MAX_SIZE), (query.page or "") == "" and 1 or whole_number(query.page)
end

--- How many pages there are of so many items; nothing fills one.
---@param count integer
---@param size integer
---@return integer
function paging.pages(count, size)
  return math.max(1, math.ceil(count / size))
end

local function escape(text)
  return (text:gsub("[^%w%-._~]", function(character)
    return ("%%%02X"):format(character:byte())
  end))
end

--- The address of another page; other parameters stay, in alphabetical order.
---@param host string
---@param request table
---@param page integer|nil nil: is not named
---@return string
function paging.link(host, request, page)
  local parts = { page and ("page=%d"):format(page) }
  for name, value in pairs(request.query) do
    if name ~= "page" then
      parts[#parts + 1] = escape(name) .. "=" .. escape(value)
    end
  end
  table.sort(parts)
  return host .. request.path .. (parts[1] and "?" .. table.concat(parts, "&") or "")
end

return paging
