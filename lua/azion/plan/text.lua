--- A plan for people, as a diff, and for programs, as a table.
local core = require "azion.core"
local errors = require "azion.client.errors"

local text = {}

local longest = 160

local signs = { create = "+", update = "~", delete = "-", order = "~" }
local colors = { ["+"] = "32", ["-"] = "31", ["~"] = "33" }

-- Cut in the middle: the end of a long text tells as much as its beginning.
local function cut(value)
  if #value <= longest then
    return value
  end
  local half = math.floor((longest - 3) / 2)
  local left = value:sub(1, half):gsub("[\192-\255]?[\128-\191]*$", "")
  local right = value:sub(-half):gsub("^[\128-\191]+", "")
  return left .. "…" .. right
end

local function shown(value)
  if value == nil then
    return "(nothing)"
  elseif value == core.null then
    return "null"
  end
  return cut(core.encode(value) or tostring(value))
end

local function is_list(value)
  return type(value) == "table" and (value[1] ~= nil or getmetatable(value) == core.array_metatable)
end

-- The longest common part of two lists of lines, by the usual table.
local function common(left, right)
  local lengths = {}
  for row = #left + 1, 1, -1 do
    lengths[row] = {}
    for column = #right + 1, 1, -1 do
      if row > #left or column > #right then
        lengths[row][column] = 0
      elseif left[row] == right[column] then
        lengths[row][column] = lengths[row + 1][column + 1] + 1
      else
        lengths[row][column] = math.max(lengths[row + 1][column], lengths[row][column + 1])
      end
    end
  end
  return lengths
end

local most_lines = 300

-- Only the lines that differ.
local function add_difference(lines, left, right)
  if #left > most_lines or #right > most_lines then
    lines[#lines + 1] = ("      %d entries become %d"):format(#left, #right)
    return
  end
  local lengths, row, column = common(left, right), 1, 1
  while row <= #left or column <= #right do
    if row <= #left and column <= #right and left[row] == right[column] then
      row, column = row + 1, column + 1
    elseif column > #right or row <= #left and lengths[row + 1][column] >= lengths[row][column + 1] then
      lines[#lines + 1] = "      - " .. left[row]
      row = row + 1
    else
      lines[#lines + 1] = "      + " .. right[column]
      column = column + 1
    end
  end
end

-- The entries of a list, those of lists in lists one by one.
local function entries_of(list, prefix, lines)
  for position, entry in ipairs(list) do
    if is_list(entry) then
      entries_of(entry, ("%s%d."):format(prefix, position), lines)
    else
      lines[#lines + 1] = (prefix ~= "" and prefix .. " " or "") .. shown(entry)
    end
  end
  return lines
end

local function lines_of(value)
  if type(value) == "table" then
    return entries_of(value, "", {})
  end
  local lines = {}
  for line in (value .. "\n"):gmatch("([^\n]*)\n") do
    lines[#lines + 1] = shown(line)
  end
  return lines
end

local function is_text_of_lines(value)
  return type(value) == "string" and value:find("\n", 1, true) ~= nil
end

local function is_object(value)
  return type(value) == "table" and not is_list(value)
end

local function member_names(...)
  local seen, names = {}, {}
  for _, object in ipairs({ ... }) do
    for name in pairs(object) do
      names[#names + 1] = not seen[name] and name or nil
      seen[name] = true
    end
  end
  table.sort(names, function(one, other) return tostring(one) < tostring(other) end)
  return names
end

-- Of objects the members that differ, of lists and texts the lines.
local function add_change(lines, path, from, to)
  if is_object(from) and is_object(to) then
    for _, name in ipairs(member_names(from, to)) do
      local before, after = from[name], to[name]
      local is_nothing = (before == nil or before == core.null) and (after == nil or after == core.null)
      if not is_nothing and core.encode({ before }) ~= core.encode({ after }) then
        add_change(lines, path .. "." .. name, before, after)
      end
    end
  elseif is_list(from) and is_list(to) or is_text_of_lines(from) and is_text_of_lines(to) then
    lines[#lines + 1] = ("    %s:"):format(path)
    add_difference(lines, lines_of(from), lines_of(to))
  else
    lines[#lines + 1] = ("    %s: %s -> %s"):format(path, shown(from), shown(to))
  end
end

local function field_names(step)
  local list = {}
  for _, field in ipairs(step.scope.resource.fields) do
    if step.shown.changes[field.name] then
      list[#list + 1] = field.name
    end
  end
  return list
end

local function has_below(world, step)
  return #world:resources_below(step.scope.resource.name) > 0
end

local function add_step(lines, world, step)
  local sign, note = signs[step.action], ""
  if step.action == "delete" and has_below(world, step) then
    note = " (with everything in it)"
  elseif step.action == "order" then
    note = " (order)"
  elseif step.action == "update" and step.node.is_coming then
    note = " (which comes with it)"
  end
  lines[#lines + 1] = ("%s %s%s"):format(sign, step.place, note)
  for _, name in ipairs(field_names(step)) do
    local change = step.shown.changes[name]
    if step.action == "create" or change.from == nil then
      lines[#lines + 1] = ("    %s: %s"):format(name, shown(change.to))
    else
      local count = #lines
      add_change(lines, name, change.from, change.to)
      lines[#lines + 1] = #lines == count and ("    %s: (a secret)"):format(name) or nil
    end
  end
end

local function plural(number, noun)
  return ("%d %s%s"):format(number, noun, number == 1 and "" or "s")
end

local function summary(work)
  local counts = { create = 0, update = 0, order = 0, delete = 0 }
  for _, step in ipairs(work.steps) do
    counts[step.action] = counts[step.action] + 1
  end
  local spent = work.cost
  local line = ("%d to create, %d to change, %d to delete: %s (%s, %s), %s of the rate limit, about %s"):format(
    counts.create, counts.update + counts.order, counts.delete, plural(spent.operations, "request"),
    plural(spent.counts.read, "read"), plural(spent.counts.write, "write"), plural(spent.windows, "window"),
    errors.seconds(spent.eta))
  if spent.assumed then
    line = line .. ("; no reply has told the limit yet, %d requests a window are assumed"):format(spent.assumed)
  end
  return line
end

--- The diff.
---@param work table
---@param given { color?: boolean }
---@return string
function text.of(work, given)
  if not work.steps[1] then
    return "Nothing to do: everything is as the document wants it."
  end
  local lines = {}
  for _, step in ipairs(work.steps) do
    add_step(lines, work.world, step)
  end
  if given.color then
    for position, line in ipairs(lines) do
      local color = colors[line:match("^%s*([-+~]) ")]
      lines[position] = color and ("\27[%sm%s\27[0m"):format(color, line) or line
    end
  end
  lines[#lines + 1] = ""
  lines[#lines + 1] = summary(work)
  return table.concat(lines, "\n")
end

local function copy(value)
  if type(value) ~= "table" then
    return value
  end
  local made = setmetatable({}, getmetatable(value) == core.array_metatable and core.array_metatable or nil)
  for key, member in next, value do
    made[key] = copy(member)
  end
  return made
end

--- The plan as a plain table.
---@param plan azion.Plan
---@return table
function text.table(plan)
  local list = setmetatable({}, core.array_metatable)
  for position, step in ipairs(plan.steps) do
    list[position] = copy(step)
  end
  return { steps = list, empty = plan.empty, operations = plan.operations, windows = plan.windows, eta = plan.eta }
end

return text
