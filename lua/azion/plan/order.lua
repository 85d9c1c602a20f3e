--- The order in which steps can be taken: a graph of what needs what, and a way through it.
local core = require "azion.core"
local errors = require "azion.client.errors"
local kinds = require "azion.api.kinds"
local references = require "azion.plan.references"
local walk = require "azion.api.walk"

local order = {}

local function need(step, other)
  if other and other ~= step and not step.needs[other] then
    step.needs[other] = true
    step.need_list[#step.need_list + 1] = other
  end
end

local function add_structure(world, steps)
  local last = {}
  for _, step in ipairs(steps) do
    local node, scope = step.node, step.scope
    if scope.parent and not scope.parent.item then
      need(step, scope.parent.step)
    end
    if node and node.resolved and step.action ~= "delete" then
      references.each(world, node, node.resolved, function(meant)
        need(step, not meant.item and not meant.is_coming and meant.step or nil)
      end)
    end
    if step.action == "create" and scope.resource.created_in_order then
      need(step, last[scope])
      step.follows = scope.resource.ordered_by_call and last[scope] or nil -- an order can be mended later
      last[scope] = step
    end
  end
  for _, step in ipairs(steps) do
    if step.action == "order" then
      for _, node in ipairs(step.scope.nodes) do
        need(step, node.step and node.step.action ~= "delete" and node.step or nil)
      end
    end
  end
end

-- What goes is gone from everything that used it before.
local function add_deletions(world, steps)
  for _, step in ipairs(steps) do
    if step.node and step.node.item and step.action ~= "create" then
      references.each(world, step.node, step.node.item, function(meant)
        if meant.step and meant.step.action == "delete" then
          need(meant.step, step)
          meant.step.ends_use = true
        end
      end)
    end
  end
end

-- Whether what belongs to an item of one resource may refer to items of another one.
local function refers_from_inside(world, outer, name)
  local refers = false
  for _, child in ipairs(world:resources_below(outer.name)) do
    walk.each_field(child, function(field)
      refers = refers or field.to == name
    end)
  end
  return refers
end

local function deletions_by_resource(steps)
  local found, lists = {}, {}
  for _, step in ipairs(steps) do
    local resource = step.scope.resource
    if step.action == "delete" then
      if not lists[resource] then
        lists[resource] = {}
        found[#found + 1] = resource
      end
      table.insert(lists[resource], step)
    end
  end
  return found, lists
end

-- What goes along with an item has not been read: it may use what else goes. A gate stands for all deletions of one
-- resource, where each of another one would need each of them.
local function add_deletions_of_holders(world, steps)
  local resources, lists = deletions_by_resource(steps)
  for _, outer in ipairs(resources) do
    local gate = { is_gate = true, number = 0, need_list = lists[outer], at = 1 }
    for _, resource in ipairs(resources) do
      if resource ~= outer and not resource.parent and refers_from_inside(world, outer, resource.name) then
        for _, step in ipairs(lists[resource]) do
          need(step, gate)
          step.ends_use = true
        end
      end
    end
  end
end

local function each_value(value, visit)
  if kinds.is_list(value) then
    for _, entry in ipairs(value) do
      visit(entry)
    end
  elseif value ~= nil and value ~= core.null and value ~= "" then
    visit(value)
  end
end

local function unique_fields(resource)
  local found = {}
  for _, field in ipairs(resource.fields) do
    if field.unique then
      found[#found + 1] = field
    end
  end
  return found
end

-- A value that only one may have is given up before another one takes it.
local function add_unique_values(world, steps)
  for _, scope in ipairs(world.scopes) do
    for _, field in ipairs(unique_fields(scope.resource)) do
      local holders = {}
      for _, node in ipairs(scope.nodes) do
        each_value(node.item and node.item[field.name], function(value)
          holders[value] = node
        end)
      end
      for _, step in ipairs(steps) do
        if step.scope == scope and step.node and step.action ~= "delete" then
          each_value(step.node.resolved and step.node.resolved[field.name], function(value)
            local holder = holders[value]
            local gives_up = holder and (holder.is_doomed or (holder.resolved or {})[field.name] ~= nil)
            if gives_up and holder ~= step.node then
              need(step, holder.step)
            end
          end)
        end
      end
    end
  end
end

local function cycle_error(path, step)
  local members, has_begun = {}, false
  for _, member in ipairs(path) do
    has_begun = has_begun or member == step
    if has_begun and not member.is_gate then
      members[#members + 1] = ("%s of %s"):format(member.action, member.place)
    end
  end
  local err = errors.invalid("these steps need each other, so none of them can be the first: "
    .. table.concat(members, ", "))
  err.fields = {}
  for _, member in ipairs(path) do
    if not member.is_gate then
      err.fields[member.place] = { "needs something that needs it" }
    end
  end
  return err
end

-- In an order in which everything comes after what it needs, else as it was.
local function sort(steps)
  local sorted, state, path, problem = {}, {}, {}, nil
  local function visit(step)
    if problem or state[step] == "done" then
      return
    elseif state[step] then
      problem = cycle_error(path, step)
      return
    end
    state[step], path[#path + 1] = "begun", step
    table.sort(step.need_list, function(left, right) return left.number < right.number end)
    for _, other in ipairs(step.need_list) do
      visit(other)
    end
    state[step], path[#path] = "done", nil
    sorted[#sorted + 1] = step -- gates, too
  end
  for _, step in ipairs(steps) do
    visit(step)
  end
  return not problem and sorted or nil, problem
end

-- Deletions are last, unless something that is no deletion needs them.
local function mark_late(sorted)
  local early = {}
  for position = #sorted, 1, -1 do
    local step = sorted[position]
    local is_early = early[step] or not step.is_gate and step.action ~= "delete"
    step.is_late = not is_early
    for _, other in ipairs(is_early and step.need_list or {}) do
      early[other] = true
    end
  end
end

--- Brings steps into the order in which they are taken.
---@param world azion.plan.World
---@param steps azion.plan.Step[]
---@return azion.plan.Step[]? sorted
---@return azion.Error? err where they need each other
function order.arrange(world, steps)
  for number, step in ipairs(steps) do
    step.number, step.needs, step.need_list = number, {}, {}
  end
  add_structure(world, steps)
  add_deletions(world, steps)
  add_deletions_of_holders(world, steps)
  add_unique_values(world, steps)
  local sorted, err = sort(steps)
  if not sorted then
    return nil, err
  end
  mark_late(sorted)
  local arranged = {}
  for _, is_late in ipairs({ false, true }) do
    for _, step in ipairs(sorted) do
      if step.is_late == is_late and not step.is_gate then
        arranged[#arranged + 1] = step
      end
    end
  end
  return arranged
end

return order
