-- What is said of a field beside its name and type.
local notes = {}

local function values_of(wanted)
  local texts = {}
  for position, value in ipairs(type(wanted) == "table" and wanted or { wanted }) do
    texts[position] = tostring(value)
  end
  return table.concat(texts, " or ")
end

local function condition_text(condition)
  local texts = {}
  for name, wanted in pairs(condition) do
    texts[#texts + 1] = wanted == true and name or wanted == false and "without " .. name
      or ("%s %s"):format(name, values_of(wanted))
  end
  table.sort(texts)
  return table.concat(texts, " and ")
end

local function bounds_text(bounds, what)
  if not bounds[2] then
    return bounds[1] > 1 and ("at least %d%s"):format(bounds[1], what) or nil
  elseif bounds[1] == bounds[2] then
    return ("%d%s"):format(bounds[1], what)
  end
  return (bounds[1] > 1 or what == "") and ("%d to %d%s"):format(bounds[1], bounds[2], what)
    or ("at most %d%s"):format(bounds[2], what)
end

local function size_text(field)
  if field.range then
    return bounds_text(field.range, "")
  end
  return field.length and bounds_text(field.length, field.kind == "list" and " entries" or " characters") or nil
end

local function required_text(field)
  if field.required == true then
    return "required"
  end
  return field.required and "required with " .. condition_text(field.required) or nil
end

local function kept_text(field)
  if field.not_kept == true then
    return "taken, but the API keeps its own value"
  end
  return field.not_kept and "not kept with " .. condition_text(field.not_kept) or nil
end

local function default_text(field, quote)
  local default = field.default
  if default == nil or type(default) == "table" and (#default ~= 1 or type(default[1]) == "table") then
    return nil
  end
  default = type(default) == "table" and default[1] or default
  if default == "" then
    return nil
  end
  return "default: " .. (type(default) == "string" and quote:format(default) or tostring(default))
end

--- The notes on a field, in the order in which a reader wants them.
---@param field azion.Field
---@param quote string how a text is written: '"%s"'
---@return string[]
function notes.of(field, quote)
  local found = {}
  local function add(text)
    found[#found + 1] = text
  end
  add(field.only_in_lists and "in lists" or nil)
  add(required_text(field))
  add(field.when and "only with " .. condition_text(field.when) or nil)
  add(field.unit)
  add(size_text(field))
  add(field.about)
  add(field.nullable and not field.read_only and "or null" or nil)
  add(default_text(field, quote))
  add(field.secret and "secret" or nil)
  add(field.create_only == true and "create only" or field.create_only
    and "create only with " .. condition_text(field.create_only) or nil)
  add(field.immutable and "cannot be changed" or nil)
  add(field.write_only and not field.shown_as and "never in a reply" or nil)
  add(field.shown_as and ("shown as `%s`"):format(field.shown_as) or nil)
  add(field.sent_with and ("together with `%s`"):format(field.sent_with) or nil)
  add(kept_text(field))
  add(field.hidden and "not shown with " .. condition_text(field.hidden) or nil)
  return found
end

return notes
