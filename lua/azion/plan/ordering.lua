--- Collections whose items have an order of their own, and the call that brings them into the one that is wanted.
local names = require "azion.plan.names"

local ordering = {}

-- The items of a collection that can be moved, as they come: the default rule stays where it is.
local function movable(scope)
  local nodes, rank, fixed = {}, {}, names.coming(scope)
  for position, node in ipairs(scope.nodes) do
    if not fixed[names.of(node)] then
      local place = node.item and tonumber(node.item[scope.resource.ordered_by])
      nodes[#nodes + 1] = node
      rank[node] = { place or math.huge, position }
    end
  end
  table.sort(nodes, function(left, right)
    local one, other = rank[left], rank[right]
    return one[1] ~= other[1] and one[1] < other[1] or one[1] == other[1] and one[2] < other[2]
  end)
  return nodes
end

--- The order of a collection as it is without a further call, and as it is wanted: first what the document has, then
--- the others as they come. Nothing where that is the same.
---@param scope azion.plan.Scope
---@return azion.plan.Node[]? from
---@return azion.plan.Node[]? to
function ordering.change(scope)
  if not scope.resource.ordered_by_call or not scope.is_listed then
    return nil
  end
  local from, to, is_there = movable(scope), {}, {}
  for _, node in ipairs(from) do
    is_there[node] = true
  end
  for _, node in ipairs(scope.nodes) do
    to[#to + 1] = node.wanted and is_there[node] and node or nil
  end
  for _, node in ipairs(from) do
    to[#to + 1] = not node.wanted and node or nil
  end
  for position, node in ipairs(from) do
    if node ~= to[position] then
      return from, to
    end
  end
end

-- The collection as it is now, with what the document wants of it.
local function current(scope, items)
  local wanted, now = {}, { resource = scope.resource, phase = scope.phase, is_listed = true, nodes = {} }
  for position, node in ipairs(scope.nodes) do
    local key = node.item and names.key(scope.resource, node.item)
    if key and node.wanted then
      wanted[key] = position
    end
  end
  for position, item in ipairs(items) do
    local place = wanted[names.key(scope.resource, item) or false]
    now.nodes[position] = { scope = now, item = item, wanted = place and {} or nil, place = place or math.huge,
      number = position }
  end
  table.sort(now.nodes, function(left, right)
    return left.place ~= right.place and left.place < right.place
      or left.place == right.place and left.number < right.number
  end)
  return now
end

local function ids_of(scope, nodes)
  local ids = {}
  for position, node in ipairs(nodes) do
    ids[position] = node.item[scope.resource.key]
  end
  return ids
end

-- With those that stay where they are, each in its place.
local function with_fixed(scope, items, nodes)
  local ids, moves = ids_of(scope, nodes), {}
  for _, id in ipairs(ids) do
    moves[id] = true
  end
  for position, item in ipairs(items) do
    local id = item[scope.resource.key]
    if not moves[id] then
      table.insert(ids, math.min(position, #ids + 1), id)
    end
  end
  return ids
end

--- Brings a collection into order.
---@param collection azion.Collection
---@param scope azion.plan.Scope
---@return table? items
---@return azion.Error? err
function ordering.run(collection, scope)
  local items, err = collection:all()
  if not items then
    return nil, err
  end
  local _, wanted = ordering.change(current(scope, items))
  if not wanted then
    return items
  end
  local method = collection[scope.resource.ordered_by_call]
  local page
  page, err = method(collection, ids_of(scope, wanted))
  if not page and err.status == 400 then
    page, err = method(collection, with_fixed(scope, items, wanted)) -- some services want to see all of them
  end
  return page, err
end

return ordering
