--- The server's own words out of a reply that reports a failure. The API has more than a dozen body
--- shapes for that: named objects, lists, nested validation errors, plain text, HTML.
local core = require "azion.core"

local problem = {}

local longest = 1000
-- A field's name stands before the names of all its members: if long ones were kept whole, what a body says of its
-- fields could take far more room than the body.
local longest_name = 200

-- How much of a page of HTML is searched for words.
local longest_page = 16384

-- Names under which a body carries its message, the most telling first.
local message_names = { "detail", "details", "message", "errors", "error", "title", "msg" }
local not_a_field = { detail = true, details = true, message = true, errors = true, error = true, title = true,
  msg = true, schema_version = true, links = true, meta = true, source = true, non_field_errors = true }
-- Fields of some resource when they hold a list of complaints, notes about the error when they hold a value.
local note_if_plain = { status = true, code = true, id = true }

local reasons = { [400] = "Bad Request", [401] = "Unauthorized", [403] = "Forbidden", [404] = "Not Found",
  [405] = "Method Not Allowed", [406] = "Not Acceptable", [408] = "Request Timeout", [409] = "Conflict",
  [415] = "Unsupported Media Type", [422] = "Unprocessable Content", [429] = "Too Many Requests",
  [500] = "Internal Server Error", [502] = "Bad Gateway", [503] = "Service Unavailable", [504] = "Gateway Timeout" }

local function add(list, text)
  if text ~= nil and text ~= "" then
    list[#list + 1] = text
  end
end

-- In time that grows with the length only, whatever a server sends.
local function trim(text)
  local first = text:find("%S")
  return first and text:match(".*%S", first) or ""
end

local function leaf(value)
  if type(value) == "string" then
    return trim(value)
  elseif type(value) == "number" or type(value) == "boolean" then
    return tostring(value)
  end
end

-- The keys of an object are strings, those of a list numbers.
local function sorted_names(object)
  local names = {}
  for name in pairs(object) do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

-- Never in the middle of a character.
local function cut(text, length)
  local last = length
  while last > length - 4 and text:find("^[\128-\191]", last + 1) do
    last = last - 1
  end
  return text:sub(1, last)
end

local function shorten(text, length)
  return #text <= length and text or cut(text, length) .. "…"
end

-- {"addresses":[{"address":["…"]}]} -> fields["addresses.1.address"] = {"…"}
local function collect_fields(value, name, fields)
  local text = leaf(value)
  if text then
    fields[name] = fields[name] or {}
    add(fields[name], text)
  elseif type(value) == "table" then
    for _, key in ipairs(sorted_names(value)) do
      local inner = value[key]
      if type(key) == "number" and leaf(inner) then
        collect_fields(inner, name, fields)
      else
        collect_fields(inner, shorten(name .. "." .. key, longest_name), fields)
      end
    end
  end
end

-- JSON:API points at a member of the request: "/data/attributes/addresses/0/address".
local function pointed_field(pointer)
  local path = type(pointer) == "string" and pointer:gsub("^/data", ""):gsub("^/attributes", ""):gsub("^/", "")
  if not path or path == "" then
    return nil
  end
  path = path:gsub("[^/]+", function(part)
    return #part < 10 and part:find("^%d+$") and ("%d"):format(tonumber(part) + 1) or part
  end)
  return shorten(path:gsub("/", "."), longest_name)
end

local read

local function read_list(list, fields)
  local texts = {}
  for _, entry in ipairs(list) do
    add(texts, (read(entry, fields)))
  end
  return table.concat(texts, "; ")
end

-- Beside a message, a plain value is a note about the error and no complaint about a field.
local function read_fields(body, fields, has_message)
  local found = {}
  for _, name in ipairs(sorted_names(body)) do
    if not not_a_field[name] and not ((has_message or note_if_plain[name]) and leaf(body[name])) then
      collect_fields(body[name], shorten(tostring(name), longest_name), found)
    end
  end
  local texts = {}
  for _, name in ipairs(sorted_names(found)) do
    if #found[name] > 0 then
      fields[name] = found[name]
      texts[#texts + 1] = name .. ": " .. table.concat(found[name], " ")
    end
  end
  return table.concat(texts, "; ")
end

local function read_object(body, fields)
  local told
  for _, name in ipairs(message_names) do
    if body[name] ~= nil then
      told = read(body[name], fields)
      if told ~= "" then
        break
      end
    end
  end
  local field = type(body.source) == "table" and pointed_field(body.source.pointer)
  if field and told then
    fields[field] = fields[field] or {}
    add(fields[field], told)
  end
  if (not told or told == "") and body.non_field_errors ~= nil then
    told = read(body.non_field_errors, fields)
  end
  local has_message = told ~= nil and told ~= ""
  local of_fields = read_fields(body, fields, has_message)
  return has_message and told or of_fields
end

--- The message in a decoded body; what it says of fields is added to `fields`.
function read(body, fields)
  local text = leaf(body)
  if text then
    return text
  elseif type(body) ~= "table" then
    return ""
  elseif body[1] ~= nil then
    return read_list(body, fields)
  end
  return read_object(body, fields)
end

-- The title of a page of HTML, or the words outside its tags.
local function read_page(page)
  local title = page:match("<[Tt][Ii][Tt][Ll][Ee][^<>]*>([^<]*)<")
  if title and title:find("%S") then
    return title
  end
  return (page:gsub("<[Ss][Tt][Yy][Ll][Ee].-</[Ss][Tt][Yy][Ll][Ee]>", " "):gsub("<[^<>]*>", " "))
end

local function read_text(text)
  if text:find("^%s*<") then
    text = read_page(cut(text, longest_page))
  end
  return trim((text:gsub("%s+", " ")))
end

---@class azion.Problem
---@field message string
---@field fields? table<string, string[]>
---@field body any decoded, or the text if it was not JSON; nil if there was none

--- Reads the body of a reply that is not a success.
---@param status integer
---@param text string? the body as it came
---@return azion.Problem
function problem.read(status, text)
  local fields, message, body = {}, "", nil
  if text and text:find("%S") then
    -- Messages are in UTF-8, whatever a proxy on the way speaks.
    local readable = core.utf8(text)
    body = core.decode(readable)
    if body == nil then
      body, message = text, read_text(readable)
    else
      message = read(body, fields)
    end
  end
  if message == "" then
    message = reasons[status] or ("HTTP status " .. status)
  end
  return { message = shorten(message, longest), fields = next(fields) and fields or nil, body = body }
end

return problem
