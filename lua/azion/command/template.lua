--- `--template`: a document in Lua with every field that can be written, its kind, its default and what is said of it.
local core = require "azion.core"
local kinds = require "azion.api.kinds"
local notes = require "azion.api.notes"
local values = require "azion.command.values"
local walk = require "azion.api.walk"

local template = {}

local function cases(field)
  local parts = {}
  for _, case in ipairs(field.cases) do
    if case.field then
      parts[#parts + 1] = ("%s: %s"):format(table.concat(case.values, ", "), kinds.expected { case.field })
    end
  end
  return "by " .. field.by .. (#parts > 0 and "; " .. table.concat(parts, "; ") or "")
end

local function expected(field)
  if field.kind == "one_of" then
    return cases(field)
  elseif field.kind == "reference" then
    return "the id of one of " .. (field.to or field.outside)
  end
  return kinds.expected { field }
end

-- All that is said of a field, in one line.
local function remark(field)
  local parts, choices = { expected(field) }, {}
  for position, choice in ipairs(field.choices or {}) do
    choices[position] = values.json_line(choice)
  end
  if choices[1] then
    parts[2] = table.concat(choices, ", ") .. (field.open and ", …" or "")
  end
  for _, note in ipairs(notes.of(field, '"%s"')) do
    parts[#parts + 1] = note
  end
  return (table.concat(parts, "; "):gsub("%s+", " "))
end

local empty = { text = '""', integer = "0", number = "0", boolean = "false", own_object = "{}", one_of = "null",
  reference = "0" }

local function plain_value(field)
  if field.default ~= nil and field.default ~= core.null then
    return values.lua(field.default)
  elseif field.kind == "choice" then
    return field.choices[1] ~= nil and values.lua(field.choices[1]) or '""'
  elseif field.kind == "list" then
    return "{}"
  end
  return field.nullable and "null" or empty[field.kind] or "{}"
end

local add_members

-- Whether a field is needed where the others have their defaults.
local function is_needed(field, holder)
  local function member(name)
    local beside = holder.by_name[name]
    return beside and beside.default, beside ~= nil
  end
  return walk.holds(field.required, member) == true
    and (field.when == nil or walk.holds(field.when, member) == true)
end

-- What is required stands open; the rest behind the marks of a comment.
local function add_field(lines, field, indent, is_open)
  local name = field.name and field.name .. " = " or ""
  local lead = indent .. (is_open and "" or "-- ")
  local inner = field.kind == "list" and field.of or field
  if field.name then
    lines[#lines + 1] = indent .. "-- " .. remark(field)
  end
  if inner.kind == "object" then
    local is_list = field.kind == "list"
    lines[#lines + 1] = lead .. name .. (is_list and "{ {" or "{")
    add_members(lines, inner, indent .. "  ", is_open)
    lines[#lines + 1] = lead .. (is_list and "} }," or "},")
  elseif field.kind == "list" and field.of.kind == "list" then
    lines[#lines + 1] = lead .. name .. "{"
    add_field(lines, field.of, indent .. "  ", is_open)
    lines[#lines + 1] = lead .. "},"
  else
    lines[#lines + 1] = lead .. name .. plain_value(field) .. ","
  end
end

function add_members(lines, holder, indent, is_open)
  for _, field in ipairs(holder.fields) do
    if not field.read_only and not field.only_in_lists then
      add_field(lines, field, indent, is_open and is_needed(field, holder))
    end
  end
end

--- The template for a method of a resource.
---@param descriptor table the resource, or a further method
---@param resource azion.Resource
---@param method string
---@return string
function template.text(descriptor, resource, method)
  local lines = { ("-- lazion %s %s: fill this in, and take the dashes away from what you need."):format(resource.name,
    method), "return {" }
  add_members(lines, descriptor, "  ", true)
  lines[#lines + 1] = "}"
  return table.concat(lines, "\n")
end

return template
