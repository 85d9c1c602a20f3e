--- The server's own words out of a reply that reports a failure. The API has more than a dozen body
--- shapes for that: named objects, lists, nested validation errors, plain text, HTML.
local core = require "azion.core"
local source = require "azion.api.source"
local texts = require "azion.api.texts"

local problem = {}

---@class azion.ProblemStyle what a version's bodies are like
---@field prefixes string[] what pointers to fields begin with, and fields' names do not
---@field fills? boolean whether details have a "{field}" to be filled in
---@field codes? boolean whether errors have codes

local read

local longest = 1000
-- How much of a page of HTML is searched for words.
local longest_page = 16384

-- Names under which a body carries its message, the most telling first.
local message_names = { "detail", "details", "message", "errors", "error", "title", "msg" }
local not_a_field = { detail = true, details = true, message = true, errors = true, error = true, title = true,
  msg = true, schema_version = true, links = true, meta = true, source = true, offending_refs = true,
  non_field_errors = true }
-- Fields of some resource when they hold a list of complaints, notes about the error when they hold a value.
local note_if_plain = { status = true, state = true, code = true, id = true }

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
        collect_fields(inner, texts.shorten(name .. "." .. key, texts.longest_name), fields)
      end
    end
  end
end

local function read_list(list, fields, style)
  local parts = {}
  for _, entry in ipairs(list) do
    add(parts, (read(entry, fields, style)))
  end
  return table.concat(parts, "; ")
end

-- Beside a message, a plain value is a note about the error and no complaint about a field.
local function read_fields(body, fields, has_message)
  local found = {}
  for _, name in ipairs(sorted_names(body)) do
    if not not_a_field[name] and not ((has_message or note_if_plain[name]) and leaf(body[name])) then
      collect_fields(body[name], texts.shorten(tostring(name), texts.longest_name), found)
    end
  end
  local parts = {}
  for _, name in ipairs(sorted_names(found)) do
    if #found[name] > 0 then
      fields[name] = found[name]
      parts[#parts + 1] = name .. ": " .. table.concat(found[name], " ")
    end
  end
  return table.concat(parts, "; ")
end

local function read_object(body, fields, style)
  local told
  for _, name in ipairs(message_names) do
    if body[name] ~= nil then
      told = source.fill(read(body[name], fields, style), body, style)
      if told ~= "" then
        break
      end
    end
  end
  for _, field in ipairs(told ~= nil and told ~= "" and source.fields(body, style) or {}) do
    fields[field] = fields[field] or {}
    add(fields[field], told)
  end
  if (not told or told == "") and body.non_field_errors ~= nil then
    told = read(body.non_field_errors, fields, style)
  end
  local has_message = told ~= nil and told ~= ""
  local of_fields = read_fields(body, fields, has_message)
  return has_message and told or of_fields
end

--- The message in a decoded body; what it says of fields is added to `fields`.
function read(body, fields, style)
  local text = leaf(body)
  if text then
    return text
  elseif type(body) ~= "table" then
    return ""
  elseif body[1] ~= nil then
    return read_list(body, fields, style)
  end
  return read_object(body, fields, style)
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
    text = read_page(texts.cut(text, longest_page))
  end
  return trim((text:gsub("%s+", " ")))
end

-- The first code among the errors, as the text that came.
local function first_code(body)
  if type(body) ~= "table" then
    return nil
  end
  local entries = body.errors or body.error
  entries = type(entries) == "table" and entries or body
  for _, list in ipairs { entries, { entries, body } } do
    for _, entry in ipairs(list) do
      local code = type(entry) == "table" and type(entry.code) ~= "boolean" and leaf(entry.code)
      if code and code ~= "" then
        return code
      end
    end
  end
end

local function read_body(text, fields, style)
  -- Messages are in UTF-8, whatever a proxy on the way speaks.
  local readable = core.utf8(text)
  local body = core.decode(readable)
  if body == nil then
    return read_text(readable), text
  end
  return read(body, fields, style), body
end

---@class azion.Problem
---@field message string
---@field fields? table<string, string[]>
---@field api_code? string
---@field body any decoded, or the text if it was not JSON; nil if there was none

--- A reader of the bodies of replies that are no success.
---@param style azion.ProblemStyle
---@return fun(status: integer, text: string?): azion.Problem
function problem.reader(style)
  return function(status, text)
    local fields, message, body = {}, "", nil
    if text and text:find("%S") then
      message, body = read_body(text, fields, style)
    end
    if message == "" then
      message = reasons[status] or ("HTTP status " .. status)
    end
    return { message = texts.shorten(message, longest), fields = next(fields) and fields or nil, body = body,
      api_code = style.codes and first_code(body) or nil }
  end
end

return problem
