--- `--template`: a document in Lua with every field that can be written, its kind, its default and what is said of it.
local core = require "azion.core"
local kinds = require "azion.api.kinds"
local notes = require "azion.api.notes"
local values = require "azion.command.values"
local walk = require "azion.api.walk"

local template = {}

local function expected(field)
  if field.kind == "one_of" then
    return "depends on " .. field.by
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
    return (values.lua(field.default):gsub("%s*\n%s*", " "))
  elseif field.kind == "choice" then
    return field.choices[1] ~= nil and values.lua(field.choices[1]) or '""'
  elseif field.kind == "list" then
    return "{}"
  end
  return field.nullable and "null" or empty[field.kind] or "{}"
end

-- Names that Lua does not take as they are.
local keywords = {}
for word in ("and break do else elseif end false for function goto if in local nil not or repeat return then true "
  .. "until while"):gmatch("%a+") do
  keywords[word] = true
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
local function add_value(lines, field, indent, is_open)
  local name = field.name and (keywords[field.name] and '["%s"] = ' or "%s = "):format(field.name) or ""
  local lead = indent .. (is_open and "" or "-- ")
  local inner = field.kind == "list" and field.of or field
  if inner.kind == "object" then
    local is_list = field.kind == "list"
    lines[#lines + 1] = lead .. name .. (is_list and "{ {" or "{")
    add_members(lines, inner, indent .. "  ", is_open)
    lines[#lines + 1] = lead .. (is_list and "} }," or "},")
  elseif field.kind == "list" and field.of.kind == "list" then
    lines[#lines + 1] = lead .. name .. "{"
    add_value(lines, field.of, indent .. "  ", is_open)
    lines[#lines + 1] = lead .. "},"
  else
    lines[#lines + 1] = lead .. name .. plain_value(field) .. ","
  end
end

-- Which case stands open: that of the value that the template has for the deciding member.
local function has_value(case, decider)
  local value = decider and (decider.default or decider.choices and decider.choices[1])
  for _, one in ipairs(case.values) do
    if one == value then
      return true
    end
  end
  return false
end

local function add_cases(lines, field, indent, is_open, holder)
  for _, case in ipairs(field.cases) do
    if case.field then
      local named = setmetatable({ name = field.name }, { __index = case.field })
      lines[#lines + 1] = ("%s-- with %s %s: %s"):format(indent, field.by, table.concat(case.values, ", "),
        remark(case.field))
      add_value(lines, named, indent, is_open and has_value(case, holder.by_name[field.by])
        and (is_needed(field, holder) or is_needed(case.field, holder)))
    end
  end
end

function add_members(lines, holder, indent, is_open)
  for _, field in ipairs(holder.fields) do
    if not field.read_only and not field.only_in_lists then
      lines[#lines + 1] = indent .. "-- " .. remark(field)
      if field.kind == "one_of" then
        add_cases(lines, field, indent, is_open, holder)
      else
        add_value(lines, field, indent, is_open and is_needed(field, holder))
      end
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
