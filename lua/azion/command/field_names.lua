--- What may stand after `--set`: the names of fields at any depth, and their values.
local values = require "azion.command.values"

local field_names = {}

local function parts_of_field(field)
  while field.kind == "list" do
    field = field.of
  end
  if field.kind == "object" then
    return field.fields
  end
  local fields = {}
  for _, case in ipairs(field.cases or {}) do
    for _, inner in ipairs(case.field and parts_of_field(case.field) or {}) do
      fields[#fields + 1] = inner
    end
  end
  return fields
end

-- The fields that may stand at a dotted name, and the field that is there.
local function fields_at(holder, parts)
  local fields, field = holder.fields, nil
  for _, part in ipairs(parts) do
    if type(part) ~= "number" then
      field = nil
      for _, one in ipairs(fields) do
        field = field or one.name == part and one or nil
      end
      if not field then
        return {}
      end
      fields = parts_of_field(field)
    end
  end
  return fields, field
end

local function values_of(field)
  if not field then
    return {}
  end
  local inner = field.kind == "list" and field.of or field
  local list = inner.kind == "boolean" and { "true", "false" } or inner.choices or inner.words or {}
  local texts = {}
  for position, value in ipairs(list) do
    texts[position] = tostring(value)
  end
  return texts
end

-- Where more has to follow: a member, a position, a value.
local function opening_of(field)
  local inner, opening = field, ""
  while inner.kind == "list" and (inner.of.kind == "list" or inner.of.kind == "object") do
    inner, opening = inner.of, opening .. ".1"
  end
  return #parts_of_field(field) > 0 and inner.kind ~= "one_of" and opening .. "." or "="
end

--- For `--set`: fields, and behind the = their values.
---@param holder table a resource or a further method
---@param word string
---@return azion.Candidate[]
function field_names.of(holder, word)
  local found = {}
  local name = word:match("^([^=]*)=")
  if name then
    local _, field = fields_at(holder, values.parts(name))
    for _, value in ipairs(values_of(field)) do
      found[#found + 1] = { name .. "=" .. value }
    end
    return found
  end
  local prefix = word:match("^(.*%.)") or ""
  for _, field in ipairs((fields_at(holder, values.parts(prefix)))) do
    if not field.read_only and field.name then
      found[#found + 1] = { prefix .. field.name .. opening_of(field), field.kind:gsub("_", " ") }
    end
  end
  return found
end

return field_names
