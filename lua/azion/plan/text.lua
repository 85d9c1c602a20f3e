--- A plan for people, as a diff, and for programs, as a table.
local change = require "azion.plan.change"
local core = require "azion.core"
local errors = require "azion.client.errors"

local text = {}

local signs = { create = "+", update = "~", delete = "-", order = "~" }
local colors = { ["+"] = "32", ["-"] = "31", ["~"] = "33" }

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
  if step.action == "order" then
    local order = step.shown.changes[step.scope.resource.ordered_by]
    change.add_moves(lines, order.from, order.to)
    return
  end
  for _, name in ipairs(field_names(step)) do
    local from, to, count = step.shown.changes[name].from, step.shown.changes[name].to, #lines
    if step.action == "create" or from == nil then
      lines[#lines + 1] = ("    %s: %s"):format(name, change.value(to))
    else
      change.add(lines, name, from, to)
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
