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

-- A list or object as lines: its entries, those of lists in lists one by one.
local function lines_of(value, prefix, lines)
  lines = lines or {}
  if is_list(value) then
    for position, entry in ipairs(value) do
      if is_list(entry) then
        lines_of(entry, ("%s%d."):format(prefix or "", position), lines)
      else
        lines[#lines + 1] = (prefix and prefix .. " " or "") .. shown(entry)
      end
    end
    return lines
  end
  local members = {}
  for name in pairs(value) do
    members[#members + 1] = name
  end
  table.sort(members, function(one, other) return tostring(one) < tostring(other) end)
  for _, name in ipairs(members) do
    lines[#lines + 1] = ("%s: %s"):format(name, shown(value[name]))
  end
  return lines
end

local function add_change(lines, name, change, is_new)
  if is_new or change.from == nil then
    lines[#lines + 1] = ("    %s: %s"):format(name, shown(change.to))
  elseif type(change.from) == "table" and type(change.to) == "table" then
    lines[#lines + 1] = ("    %s:"):format(name)
    add_difference(lines, lines_of(change.from), lines_of(change.to))
  else
    lines[#lines + 1] = ("    %s: %s -> %s"):format(name, shown(change.from), shown(change.to))
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
    add_change(lines, name, step.shown.changes[name], step.action == "create")
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
