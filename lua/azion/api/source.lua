--- What an error in a body is about: the fields that its source names, and what stands for "{field}" in its words.
local texts = require "azion.api.texts"

local source = {}

-- To fill in what is longer could take far more room than the body.
local longest_filled = 1000

-- Without the escapes of a pointer. (RFC 6901, 4.)
local function plain(part)
  return (part:gsub("~1", "/"):gsub("~0", "~"))
end

-- JSON:API points at a member of the request: "/data/attributes/addresses/0/address".
local function field_of(pointer, style)
  if type(pointer) ~= "string" then
    return nil
  end
  for _, prefix in ipairs(style.prefixes) do
    if (pointer .. "/"):sub(1, #prefix + 1) == prefix .. "/" then
      pointer = pointer:sub(#prefix + 1)
    end
  end
  local parts = {}
  for part in pointer:gmatch("[^/]+") do
    parts[#parts + 1] = #part < 10 and part:find("^%d+$") and ("%d"):format(tonumber(part) + 1)
      or plain(part)
  end
  return parts[1] and texts.shorten(table.concat(parts, "."), texts.longest_name)
end

--- The fields that an entry is about, by pointer and by the name of a parameter.
---@param entry table
---@param style azion.ProblemStyle
---@return string[]
function source.fields(entry, style)
  local fields, from = {}, entry.source
  if type(from) == "table" then
    fields[1] = field_of(from.pointer, style)
    if type(from.parameter) == "string" and from.parameter ~= "" then
      fields[#fields + 1] = texts.shorten(from.parameter, texts.longest_name)
    end
  end
  return fields
end

-- What "{field}" stands for in a detail: what it offends against, or the last part of the pointer.
local function subject_of(entry, style)
  for _, holder in ipairs { type(entry.meta) == "table" and entry.meta or {}, entry } do
    for _, offending in ipairs(type(holder.offending_refs) == "table" and holder.offending_refs or {}) do
      local kind = type(offending) == "table" and offending.resource_type
      if type(kind) == "string" and kind:find("%S") then
        return (kind:gsub("_", " "))
      end
    end
  end
  local pointer = type(entry.source) == "table" and entry.source.pointer
  return field_of(pointer, style) and plain(pointer:match("([^/]+)/*$"))
end

--- What an entry says, with the name filled in that it is about.
---@param told string
---@param entry table
---@param style azion.ProblemStyle
---@return string
function source.fill(told, entry, style)
  local is_open = style.fills and #told <= longest_filled and told:find("{field}", 1, true)
  local subject = is_open and subject_of(entry, style)
  if not subject then
    return told
  end
  subject = texts.shorten(subject, texts.longest_name)
  return texts.shorten((told:gsub("{field}", function() return subject end)), longest_filled)
end

return source
