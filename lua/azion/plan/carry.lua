--- One step: reads what is there again, sends what is still missing, and finds out what became of it where the reply
--- did not say.
local differences = require "azion.plan.differences"
local errors = require "azion.client.errors"
local lookup = require "azion.plan.lookup"
local ordering = require "azion.plan.ordering"
local references = require "azion.plan.references"

local carry = {}

-- Deletions that are refused for a use that has just ended are tried again: the API may need a while to see it.
local longest_refusal, longest_pause = 60, 8

local function conflict(message)
  return errors.new { kind = "conflict", message = message }
end

-- With the ids of all that the fields refer to. What came with a new item has to be looked up first.
local function body_of(run, node, body)
  while true do
    local missing
    local filled = references.fill(node.scope.resource, body, node.item, function(reference)
      missing = reference.node
    end)
    if not missing then
      return filled
    elseif not missing.is_coming or missing.scope.is_learnt then
      return nil, conflict(("%s is not there"):format(missing.place))
    end
    local learnt, err = lookup.learn(run, missing.scope)
    if not learnt then
      return nil, err
    end
  end
end

local function write(run, node, item, body)
  local filled, err = body_of(run, node, body)
  if not filled then
    return nil, err
  end
  local collection, resource = run.world:collection(node.scope), node.scope.resource
  local method = resource.lacks.update and "overwrite" or "update"
  if resource.single then
    return collection[method](collection, filled)
  end
  return collection[method](collection, item, filled)
end

-- After a change of which nobody knows whether it was made.
local function look_again(run, node, err)
  local item = lookup.get(run, node)
  if item and not differences.update(run.world, node, node.resolved, item) then
    return item
  end
  return nil, err
end

-- Sends what is still missing of an item that is there.
local function bring_to(run, node, item, wanted)
  local body, _, secrets = differences.update(run.world, node, wanted, item)
  if not body then
    return item
  elseif secrets[1] then
    return nil, errors.invalid("would send a secret that was only read", node.place .. "." .. secrets[1])
  end
  local reply, err = write(run, node, item, body)
  if not reply and err.maybe_applied then
    return look_again(run, node, err)
  end
  return reply, err
end

local function update(run, node)
  local was_seen = node.item ~= nil
  if not was_seen then
    local learnt, err = lookup.learn(run, node.scope)
    if not learnt then
      return nil, err
    elseif not node.item then
      return carry.create(run, node)
    end
    return bring_to(run, node, node.item, node.resolved)
  end
  local item, err = lookup.get(run, node)
  if not item then
    return nil, err.kind == "not_found" and conflict("is gone since the plan was made") or err
  end
  local body = differences.update(run.world, node, node.resolved, item)
  local field = body and lookup.changed(run, node, item)
  if field then
    return nil, conflict(("%s has changed since the plan was made"):format(field))
  end
  return bring_to(run, node, item, node.resolved)
end

-- What the reply to a creation shows otherwise than it was wanted: some fields are only taken by a change.
local function complete(run, node, item)
  local wanted = {}
  for name, value in pairs(differences.create(node, node.resolved)) do
    local field = node.scope.resource.by_name[name]
    if item[name] ~= nil and not references.is_word(field, value) then
      wanted[name] = value
    end
  end
  return differences.between(run.world, node, wanted, item)[1] and bring_to(run, node, item, wanted) or item
end

function carry.create(run, node)
  local body, err = body_of(run, node, differences.create(node, node.resolved))
  if not body then
    return nil, err
  end
  local item
  item, err = run.world:collection(node.scope):create(body)
  if item == true then
    item = lookup.created(run, node)
    err = not item and conflict("was created, but is not in the list") or nil
  elseif not item and err.maybe_applied then
    local found = lookup.created(run, node)
    if found then
      node.item = found
      return bring_to(run, node, found, node.resolved)
    end
  end
  if not item then
    return nil, err
  end
  node.item = item
  return complete(run, node, item)
end

local function is_gone(run, node)
  local item, err = lookup.get(run, node)
  return not item and err.kind == "not_found"
end

-- Nothing that stays uses it: the plan has looked.
local function is_refused_for_use(step, err)
  if err.status ~= 400 and err.status ~= 409 then
    return false
  end
  local message = err.message:lower()
  return step.ends_use or message:find("referenced", 1, true) ~= nil or message:find("in use", 1, true) ~= nil
    or message:find("being used", 1, true) ~= nil
end

local function remove(run, step)
  local node, engine = step.node, run.engine
  local item, err = lookup.get(run, node)
  if not item then
    if err.kind == "not_found" then
      return true
    end
    return nil, err
  end
  local field = lookup.changed(run, node, item)
  if field then
    return nil, conflict(("%s has changed since the plan was made"):format(field))
  end
  local pause, ends = 1, nil
  while true do
    local done
    done, err = run.world:collection(node.scope):delete(item)
    if done or err.kind == "not_found" or err.maybe_applied and is_gone(run, node) then
      return true
    end
    local now = engine.now()
    ends = ends or now + math.min(longest_refusal, engine.options.deadline)
    if not is_refused_for_use(step, err) or now >= ends then
      return nil, err
    end
    run.runtime:sleep(math.min(pause, ends - now), engine)
    pause = math.min(pause * 2, longest_pause)
  end
end

--- Carries a step out.
---@param run table
---@param step azion.plan.Step
---@return any item what is there now; true for a deletion
---@return azion.Error? err
function carry.step(run, step)
  lookup.expect(run, step)
  if step.action == "delete" then
    return remove(run, step)
  elseif step.action == "order" then
    return ordering.run(run.world:collection(step.scope), step.scope)
  end
  local node = step.node
  local item, err = (step.action == "create" and carry.create or update)(run, node)
  if item == true then
    item, err = lookup.get(run, node)
  end
  if item then
    node.item = item
  end
  return item, err
end

return carry
