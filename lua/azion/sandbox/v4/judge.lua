-- Whether the API takes an item: by the description, by what is there already, and by the rules that no description
-- can say (rules.lua).

local check = require "azion.api.check"
local kinds = require "azion.api.kinds"
local references = require "azion.sandbox.v4.references"
local rules = require "azion.sandbox.v4.rules"
local special = require "azion.sandbox.v4.special"
local values = require "azion.sandbox.model.values"

local judge = {}

local function translate(problem, input)
  local field = problem.field
  if problem.rule == "required" then
    return { at = problem.at, code = "10059", detail = "The {field} field is required." }
  end
  local list = problem.rule == "length" and field.kind == "list" and values.at(input, problem.at)
  if list and #list < field.length[1] then
    local detail = "Ensure this field has at least %d elements."
    return { at = problem.at, code = "10049", detail = detail:format(field.length[1]) }
  end
  return { at = problem.at, detail = problem.text:sub(1, 1):upper() .. problem.text:sub(2) .. "." }
end

--- What the description says of what was sent.
---@param api azion.sandbox.Api4
---@param holder azion.Resource|azion.ResourceMethod
---@param input any
---@param mode "create"|"overwrite"|"update"
---@param base table|nil
---@return azion.sandbox.Problem[]
function judge.body(api, holder, input, mode, base)
  local _, found = check.body(holder, input, mode, {
    whole = true, strict = api.options.unknown_fields == "reject", base = base,
  })
  local problems = {}
  for position, problem in ipairs(found or {}) do
    problems[position] = translate(problem, input)
  end
  for _, name in ipairs(mode == "update" and not found and holder.always_sends or {}) do
    if input[name] == nil then
      problems[#problems + 1] = { at = name, code = "10059", detail = "The {field} field is required." }
    end
  end
  return problems
end

--- References that lead nowhere.
---@param api azion.sandbox.Api4
---@param holder azion.Resource|azion.ResourceMethod
---@param parent table|nil
---@param item table
---@param problems azion.sandbox.Problem[]
function judge.references(api, holder, parent, item, problems)
  values.each_reference(holder, item, function(field, value, at)
    if field.to and not references.find(api.store, holder, parent, field, value) then
      local detail = 'Invalid id "%s": there is no such %s.'
      local target = api.store.resources.by_name[field.to]
      value = type(value) == "number" and ("%d"):format(value) or value
      problems[#problems + 1] = { at = at, detail = detail:format(value, target.item) }
    end
  end)
end

local function same_value(value, other)
  if type(value) ~= "table" then
    return value == other and not kinds.is_empty(value)
  end
  for _, entry in ipairs(value) do
    for _, taken in ipairs(type(other) == "table" and other or {}) do
      if entry == taken then
        return true
      end
    end
  end
  return false
end

--- Values that another item has and only one may have.
---@param api azion.sandbox.Api4
---@param place table { resource, parent, phase, entry }
---@param item table
---@param problems azion.sandbox.Problem[]
function judge.unique(api, place, item, problems)
  local resource = place.resource
  for _, field in ipairs(resource.fields) do
    local is_free = not field.unique or (api.options.repeated_names and field.unique ~= "everywhere")
    for _, other in ipairs(not is_free and api.store:list(resource, place.parent, place.phase) or {}) do
      if other ~= place.entry and same_value(item[field.name], other.item[field.name]) then
        local detail = ("This %s %s is already in use."):format(resource.item, field.name)
        problems[#problems + 1] = { at = field.name, detail = detail }
      end
    end
  end
end

--- All of it for an item that is about to be kept.
---@param api azion.sandbox.Api4
---@param place table { resource, parent, phase, entry }
---@param item table as it would be kept
---@param given table as it was sent
---@param mode "create"|"overwrite"|"update"
---@return azion.sandbox.Problem[]
function judge.item(api, place, item, given, mode)
  local problems = {}
  judge.references(api, place.resource, place.parent, item, problems)
  judge.unique(api, place, item, problems)
  local rule = rules[place.resource.name]
  if rule then
    rule {
      api = api, place = place, item = item, given = given, mode = mode,
      old = place.entry and place.entry.item or nil,
      report = function(at, detail, code)
        problems[#problems + 1] = { at = at, detail = detail, code = code }
      end,
    }
  end
  return problems
end

--- What stands in the way of a deletion.
---@param api azion.sandbox.Api4
---@param entry table
---@return azion.sandbox.Problem[]
function judge.deletion(api, entry)
  local rule = special.keeps[entry.resource.name]
  local reason = rule and rule(entry)
  if reason then
    return { { at = "", detail = reason } }
  end
  local count, holder = references.count(api.store, entry)
  if count == 0 and (entry.refusals or 0) < api.options.deletion_lag then
    entry.refusals = (entry.refusals or 0) + 1
    return { { at = "", detail = "Cannot delete: referenced by another resource." } }
  elseif count > 0 then
    return { { at = "", detail = "Cannot delete: referenced by another resource ({field}).",
      refers = { (holder.resource.item:lower():gsub(" ", "_")) } } }
  end
  return {}
end

return judge
