--- What can be read off a description: all fields, what is secret, what refers to what.
local walk = {}

local visit

-- The fields that stand directly in a field: of a list its entries, of a one_of its cases.
local function visit_parts(field, path, around, fn)
  if field.kind == "list" then
    visit(field.of, path .. "[]", around, fn)
  elseif field.kind == "object" then
    walk.each_field(field, fn, path .. ".", around)
  elseif field.kind == "one_of" then
    for _, case in ipairs(field.cases) do
      if case.field then
        visit(case.field, path, around, fn)
      end
    end
  end
end

function visit(field, path, around, fn)
  fn(field, path, around)
  visit_parts(field, path, around, fn)
end

--- Calls `fn(field, path, around)` for every field, those in lists, objects and cases included, in the API's order.
--- The path is as in `addresses[].address`; `around` are the objects that the field stands in, the innermost first.
---@param holder { fields: azion.Field[], by_name: table<string, azion.Field> } a resource, a method or an object
---@param fn fun(field: azion.Field, path: string, around: table[])
---@param prefix? string
---@param around? table[]
function walk.each_field(holder, fn, prefix, around)
  local inner = { holder }
  for position, outer in ipairs(around or {}) do
    inner[position + 1] = outer
  end
  for _, field in ipairs(holder.fields) do
    visit(field, (prefix or "") .. field.name, inner, fn)
  end
end

--- The same over the fields of a resource and those that its further methods take.
---@param resource azion.Resource
---@param fn fun(field: azion.Field, path: string, around: table[])
function walk.everything(resource, fn)
  walk.each_field(resource, fn)
  for _, method in pairs(resource.methods) do
    if method.fields then
      walk.each_field(method, fn)
    end
  end
end

--- Whether a condition holds; nil where that cannot be known.
---@param condition any true, nil, or a condition
---@param member fun(name: string): any the value of a member, and whether it is known
---@return boolean?
function walk.holds(condition, member)
  if type(condition) ~= "table" then
    return condition and true or false
  end
  local unknown = false
  for name, wanted in pairs(condition) do
    local value, known = member(name)
    local met = value == wanted
    for _, one in ipairs(type(wanted) == "table" and wanted or {}) do
      met = met or value == one
    end
    if not known then
      unknown = true
    elseif not met then
      return false
    end
  end
  if unknown then
    return nil
  end
  return true
end

---@class azion.Scope where a field stands
---@field holder { by_name: table<string, azion.Field> }
---@field given table the members that are given
---@field base? table those that are there
---@field mode "create"|"overwrite"|"update"
---@field outer? azion.Scope

--- The value of a member beside a field, or around it, and whether it is known: what an update does not name stays as
--- it is, whatever that be.
---@param scope azion.Scope
---@param name string
---@return any value
---@return boolean known
function walk.member(scope, name)
  local field = scope.holder.by_name[name]
  if not field then
    if scope.outer then
      return walk.member(scope.outer, name)
    end
    return nil, false
  end
  local value, base = scope.given[name], scope.base
  if value == nil and base and scope.mode ~= "overwrite" then
    value = base[name]
  end
  if value == nil and (scope.mode ~= "update" or base) then
    return field.default, true
  end
  return value, value ~= nil
end

--- The case of a one_of for a value of the member that decides: its field, whether there is such a case, and the only
--- phase in which it may stand.
---@param field azion.Field
---@param value any
---@return azion.Field? field
---@return boolean known
---@return string? phase
function walk.case(field, value)
  for _, case in ipairs(field.cases) do
    for _, one in ipairs(case.values) do
      if one == value then
        return case.field, true, case.phase
      end
    end
  end
  return nil, false
end

---@class azion.Resources: { [integer]: azion.Resource }
---@field by_name table<string, azion.Resource>

--- Makes resources know each other: `parent` from the path, and of each reference which field of the other it holds.
---@param resources azion.Resource[]
---@return azion.Resources
function walk.connect(resources)
  local by_name = {}
  for _, resource in ipairs(resources) do
    by_name[resource.name] = resource
    local parent = resource.path:match("{([%l_]+)}")
    resource.parent = parent ~= "phase" and parent or nil
  end
  for _, resource in ipairs(resources) do
    walk.everything(resource, function(field)
      local target = field.kind == "reference" and by_name[field.to]
      if target then
        field.by = field.by or target.referred_to_by
      elseif field.kind == "reference" then
        field.by = field.by or "id"
      end
    end)
  end
  resources.by_name = by_name
  return resources
end

--- The resources that the files of a folder describe, knowing each other.
---@param folder string as required: "azion.api.v3"
---@param names string[] of files
---@return azion.Resources
function walk.gather(folder, names)
  local resources = {}
  for position, name in ipairs(names) do
    resources[position] = require(folder .. "." .. name)
  end
  return walk.connect(resources)
end

--- The names of fields that hold the id of an item of a resource, in items of any other: a domain says of which
--- application it is, and can stand for it.
---@param resources azion.Resources
---@param name string
---@return string[]
function walk.held_in(resources, name)
  local names, seen = {}, {}
  for _, resource in ipairs(resources) do
    for _, field in ipairs(resource.fields) do
      if field.to == name and not seen[field.name] then
        seen[field.name], names[#names + 1] = true, field.name
      end
    end
  end
  table.sort(names)
  return names
end

--- Whether a reference means an item that belongs to the same item as its holder does, and not one of the account.
---@param holder azion.Resource
---@param target azion.Resource
---@return boolean
function walk.is_sibling(holder, target)
  return target.parent ~= nil and target.parent == holder.parent
end

-- As a pattern: any id, any phase.
local function pattern_of(path)
  return "^" .. path:gsub("[%-%.%+]", "%%%0"):gsub("{[%l_]+}", "[^/]+")
end

---@class azion.Secrets
---@field anywhere table<string, true> names that stand for a secret wherever they stand
---@field here { pattern: string, names: table<string, true> }[] names that do in the calls to one resource only

--- The names under which resources hold secrets.
---@param resources azion.Resource[]
---@return azion.Secrets
function walk.secrets(resources)
  local anywhere, here = {}, {}
  for _, resource in ipairs(resources) do
    local names = {}
    walk.everything(resource, function(field)
      if field.secret == true then
        anywhere[field.name] = true
      elseif field.secret then
        names[field.name] = true
      end
    end)
    if next(names) then
      here[#here + 1] = { pattern = pattern_of(resource.path), names = names }
    end
  end
  return { anywhere = anywhere, here = here }
end

--- The filter of a list that looks for the field that names an item, if there is one.
---@param resource azion.Resource
---@return string?
function walk.name_filter(resource)
  local name = resource.named_by and resource.named_by[1]
  for _, filter in ipairs(resource.lists.filters or {}) do
    if filter == name then
      return filter
    end
  end
  return resource.lists.by_name
end

--- Whether lists give less of an item than the item's own page.
---@param resource azion.Resource
---@return boolean
function walk.lists_less(resource)
  return resource.lists.give ~= nil or resource.lists.lack ~= nil
end

return walk
