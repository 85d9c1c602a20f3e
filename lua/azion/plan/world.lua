--- What a plan knows: collections with their items as they are and as they are wanted, and what is wrong with the
--- document. An item is a node, whether it is in the account, in the document, or in both.
local core = require "azion.core"
local errors = require "azion.client.errors"
local kinds = require "azion.api.kinds"
local walk = require "azion.api.walk"

local world = {}

---@class azion.plan.Node
---@field scope azion.plan.Scope
---@field wanted? table what the document gives, without read-only fields; nil: the document does not mention it
---@field place string where it stands in the document, or would stand
---@field key? string as the document gives it
---@field item? table as it is in the account, with nulls
---@field body? table what is sent to create or change it, with references
---@field is_wrong? boolean nobody knows which item is meant, or to which it belongs: told already
---@field is_coming? boolean made by the API together with its parent, which is still to be created
---@field is_doomed? boolean to be deleted
---@field step? azion.plan.Step

---@class azion.plan.Scope one collection
---@field resource azion.Resource
---@field parent? azion.plan.Node
---@field phase? string
---@field place string
---@field nodes azion.plan.Node[] those of the document first
---@field is_listed? boolean the document has the collection
---@field is_wanted? boolean to be read
---@field is_read? boolean
---@field is_new? boolean its parent is still to be created

---@class azion.plan.World
---@field client azion.Client
---@field resources azion.Resources
---@field scopes azion.plan.Scope[] in the order in which they were first needed
---@field problems { place: string, text: string }[]
local methods = {}
local metatable = { __index = methods }

---@param client azion.Client
---@param resources azion.Resources
---@return azion.plan.World
function world.new(client, resources)
  return setmetatable({ client = client, resources = resources, scopes = {}, by_place = {}, problems = {},
    children = {} }, metatable)
end

function methods:report(place, text)
  self.problems[#self.problems + 1] = { place = place, text = text }
end

--- The resources whose items belong to those of another one; without a name, those of the account.
---@param name? string
---@return azion.Resource[]
function methods:resources_below(name)
  local found = self.children[name or ""]
  if not found then
    found = {}
    for _, resource in ipairs(self.resources) do
      if resource.parent == name and resource.in_documents ~= false then
        found[#found + 1] = resource
      end
    end
    self.children[name or ""] = found
  end
  return found
end

--- The collection of a resource.
---@param resource azion.Resource
---@param parent? azion.plan.Node
---@param phase? string
---@return azion.plan.Scope
function methods:scope(resource, parent, phase)
  local known = parent or self
  known.below = known.below or {}
  local at = phase and resource.name .. "." .. phase or resource.name
  if not known.below[at] then
    local scope = { resource = resource, parent = parent, phase = phase, nodes = {},
      place = parent and parent.place .. "." .. at or at }
    known.below[at] = scope
    self.scopes[#self.scopes + 1] = scope
  end
  return known.below[at]
end

--- All collections of a resource that belong to one item, or to the account: one for each phase.
---@param resource azion.Resource
---@param parent? azion.plan.Node
---@return azion.plan.Scope[]
function methods:scopes_of(resource, parent)
  local scopes = {}
  for position, phase in ipairs(resource.phases or { false }) do
    scopes[position] = self:scope(resource, parent, phase or nil)
  end
  return scopes
end

--- Where a reference of a holder looks for what it means.
---@param holder azion.plan.Scope
---@param field azion.Field
---@return azion.plan.Scope?
function methods:target(holder, field)
  local target = field.to and self.resources.by_name[field.to]
  if not target then
    return nil
  end
  return self:scope(target, walk.is_sibling(holder.resource, target) and holder.parent or nil)
end

--- The collection, by the client's own methods.
---@param scope azion.plan.Scope
---@return table
function methods:collection(scope)
  local resource, parent = scope.resource, scope.parent
  local id = parent and parent.item[parent.scope.resource.key]
  local collection
  if resource.single then
    local holder = self.client[parent.scope.resource.name](self.client)
    collection = holder[resource.name](holder, id)
  else
    collection = self.client[resource.name](self.client, id, scope.phase)
  end
  collection.is_of_plan = true
  return collection
end

--- The items of a collection as they are now.
---@param scope azion.plan.Scope
---@return table? items
---@return azion.Error? err
function methods:items(scope)
  local collection = self:collection(scope)
  if scope.resource.single then
    local item, err = collection:get()
    return item and { item }, err
  end
  return collection:all()
end

--- An id as text: digits for a whole number of any kind.
---@param id any
---@return string?
function world.id_text(id)
  if id == nil or id == core.null or id == "" then
    return nil
  elseif type(id) == "number" then
    return kinds.digits(id) or tostring(id)
  end
  return type(id) == "string" and id or nil
end

--- The error that tells all mistakes of the document.
---@return azion.Error?
function methods:error()
  if not self.problems[1] then
    return nil
  end
  local fields, texts, seen = {}, {}, {}
  for _, problem in ipairs(self.problems) do
    local text = problem.place .. ": " .. problem.text
    if not seen[text] then
      seen[text], texts[#texts + 1] = true, text
      fields[problem.place] = fields[problem.place] or {}
      table.insert(fields[problem.place], problem.text)
    end
  end
  return errors.new { kind = "invalid", message = table.concat(texts, "; "), fields = fields }
end

return world
