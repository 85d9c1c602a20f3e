-- The further methods of collections, by their names in the descriptions.

local bodies = require "azion.sandbox.v4.bodies"
local crud = require "azion.sandbox.v4.crud"
local fill = require "azion.api.fill"
local json = require "azion.sandbox.model.json"
local judge = require "azion.sandbox.v4.judge"
local listing = require "azion.sandbox.v4.listing"
local replies = require "azion.sandbox.v4.replies"
local stores = require "azion.sandbox.v4.store"
local special = require "azion.sandbox.v4.special"
local values = require "azion.sandbox.model.values"

local methods = {}

local function refuse(at, detail, code)
  return replies.errors(400, { { at = at, detail = detail, code = code } })
end

-- What a method was given, and the item that follows: nil and the reply where it is refused.
local function read(api, place, request, name)
  local given, refusal = bodies.read(request)
  if not given then
    return nil, refusal
  end
  local method = place.resource.methods[name]
  local problems = judge.body(api, method, given, "create")
  judge.references(api, method, place.parent, given, problems)
  judge.unique(api, { resource = place.resource, parent = place.parent }, { name = given.name }, problems)
  if problems[1] then
    return nil, replies.errors(400, problems)
  end
  return fill.item(method, given, "create")
end

local function add_certificate(api, place, wanted, more)
  local entry, problems = crud.add(api, place, { name = wanted.name })
  if not entry then
    return nil, replies.errors(400, problems)
  end
  local names = json.array { wanted.common_name }
  for _, name in ipairs(wanted.alternative_names) do
    names[#names + 1] = name
  end
  more.subject_name, more.key_algorithm = names, wanted.key_algorithm
  for name, value in pairs(more) do
    entry.item[name] = value
  end
  return entry
end

local REQUEST = "-----BEGIN CERTIFICATE REQUEST-----\nc2FuZGJveA==\n-----END CERTIFICATE REQUEST-----\n"

function methods.create_csr(api, place, request)
  local wanted, refusal = read(api, place, request, "create_csr")
  local entry
  if wanted then
    entry, refusal = add_certificate(api, place, wanted, { csr = REQUEST })
  end
  return entry and crud.reply(api, entry, "create", request.query) or refusal
end

function methods.request(api, place, request)
  local wanted, refusal = read(api, place, request, "request")
  local entry
  if wanted then
    entry, refusal = add_certificate(api, place, wanted,
      { managed = true, challenge = wanted.challenge, authority = wanted.authority })
  end
  if not entry then
    return refusal
  end
  entry.issued_at = api.now() + api.options.issue_after
  return crud.reply(api, entry, "create", request.query)
end

-- Items that lie below another one; references among them mean the copies.
local function copy_below(api, from, to)
  local copies, by_id = {}, {}
  for _, resource in ipairs(api.store.resources) do
    for _, phase in ipairs(resource.parent == from.resource.name and (resource.phases or { false }) or {}) do
      for _, entry in ipairs(api.store:list(resource, from, phase or nil)) do
        local item = bodies.copy(entry.item)
        item.id = api.store:new_id(resource)
        local copy = api.store:add(resource, to, phase or nil, item)
        copy.is_default = entry.is_default
        by_id[resource.name] = by_id[resource.name] or {}
        by_id[resource.name][entry.item.id] = item.id
        copies[#copies + 1] = copy
      end
    end
  end
  for _, copy in ipairs(copies) do
    values.each_reference(copy.resource, copy.item, function(field, value, _, holder, key)
      local known = by_id[field.to]
      holder[key] = known and known[value] or value
    end)
  end
end

function methods.clone(api, place, request)
  local wanted, refusal = read(api, place, request, "clone")
  if not wanted then
    return refusal
  end
  local item = bodies.copy(place.entry.item)
  item.id, item.name = api.store:new_id(place.resource), wanted.name
  local entry = api.store:add(place.resource, nil, nil, item)
  copy_below(api, place.entry, entry)
  return crud.reply(api, entry, "create", request.query)
end

-- The entries in a wanted order; nil and what is wrong with it.
local function in_order(list, ids)
  local entries, seen = {}, {}
  for position, id in ipairs(ids) do
    local entry = list.by_key[type(id) == "number" and ("%d"):format(id) or ""]
    if not entry then
      return nil, "order." .. position, "There is no such rule."
    elseif seen[entry] then
      return nil, "order." .. position, "The rule is named twice."
    end
    entries[position], seen[entry] = entry, true
  end
  return entries, seen
end

-- The Default Rule, which may have to be left out, is the first then.
local function completed(api, list, entries, seen)
  local default = list[1] and list[1].is_default and list[1] or nil
  local rule = api.options.default_rule_in_order
  if default and (seen[default] and rule == "never" or not seen[default] and rule == "always") then
    return nil, rule == "never" and "The Default Rule cannot be ordered." or "The Default Rule is missing."
  elseif default and not seen[default] then
    table.insert(entries, 1, default)
    seen[default] = true
  end
  for _, entry in ipairs(list) do
    if not seen[entry] and api.options.partial_order == "reject" then
      return nil, "All rules must be in the order."
    elseif not seen[entry] then
      entries[#entries + 1] = entry
    end
  end
  return entries
end

function methods.order(api, place, request)
  local given, refusal = bodies.read(request)
  if not given then
    return refusal
  elseif type(given.order) ~= "table" then
    return refuse("order", "The {field} field is required.", "10059")
  elseif not given.order[1] then
    return refuse("order", "Ensure this field has at least 1 elements.", "10049")
  end
  local entries, seen, detail = in_order(place.list, given.order)
  if not entries then
    return refuse(seen, detail)
  end
  entries, detail = completed(api, place.list, entries, seen)
  if not entries then
    return refuse("order", detail)
  end
  stores.reorder(place.list, entries)
  return listing.page(api, place.list, request, 1, math.max(1, #place.list))
end

--- A certificate that was asked for, when its time has come.
---@param api azion.sandbox.Api4
---@param entry table
function methods.issue(api, entry)
  if entry.issued_at and api.now() >= entry.issued_at then
    entry.issued_at = nil
    entry.item.certificate = "-----BEGIN CERTIFICATE-----\nc2FuZGJveA==\n-----END CERTIFICATE-----\n"
    special.adds.certificates(entry.item)
  end
end

return methods
