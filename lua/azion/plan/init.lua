--- From a document to the steps that make the account match it.
local apply = require "azion.plan.apply"
local check = require "azion.api.check"
local cost = require "azion.plan.cost"
local errors = require "azion.client.errors"
local matching = require "azion.plan.matching"
local mistake = require "azion.client.mistake"
local options = require "azion.client.options"
local order = require "azion.plan.order"
local pruning = require "azion.plan.pruning"
local reader = require "azion.plan.reader"
local reading = require "azion.plan.reading"
local references = require "azion.plan.references"
local steps = require "azion.plan.steps"
local text = require "azion.plan.text"
local worlds = require "azion.plan.world"

local plan = {}

---@class azion.PlanOptions
---@field prune? boolean delete what the listed collections have besides
---@field secrets? "send" send what the API never shows even if nothing else changes
plan.options = {
  prune = options.flag,
  secrets = { type = "string", expected = '"send"', allows = function(value) return value == "send" end },
}

---@class azion.Plan
---@field steps table[] in the order of application
---@field empty boolean
---@field operations integer requests that applying makes at least
---@field windows integer windows of the rate limit that it touches
---@field eta number seconds
local methods = {}
local metatable = { __index = methods, __name = "azion.plan" }

-- What is behind a plan, out of sight of those who print it.
local works = setmetatable({}, { __mode = "k" })

-- Whether the account may show further mistakes: a creation may lack what the API demands, a name may mean nothing.
local function may_have_more(world)
  for _, scope in ipairs(world.scopes) do
    for _, node in ipairs(scope.nodes) do
      local _, problems = check.body(scope.resource, node.wanted, "create", { whole = true, names = true })
      for _, problem in ipairs(problems or {}) do
        if problem.rule == "required" or problem.rule == "variant" then
          return true
        end
      end
      if references.want_targets(world, node) then
        return true
      end
    end
  end
  return false
end

local function settle(world)
  for _, scope in ipairs(world.scopes) do
    for _, node in ipairs(scope.nodes) do
      if node.wanted and not node.is_wrong then
        node.resolved = references.resolve(world, node)
      end
    end
  end
end

local function read(world, given)
  return reading.run(world, function()
    if given.prune then
      pruning.mark(world)
      pruning.want_referrers(world)
    end
  end)
end

local function new(world, list)
  local spent = cost.of(world.client, world.version, list)
  local self = setmetatable({ steps = {}, empty = #list == 0, operations = spent.operations, windows = spent.windows,
    eta = spent.eta }, metatable)
  for position, step in ipairs(list) do
    self.steps[position] = step.shown
  end
  works[self] = { world = world, steps = list, cost = spent, is_applied = false }
  return self
end

--- What has to be done for the account to match a document.
---@param client azion.Client
---@param api azion.Api
---@param desired table
---@param given azion.PlanOptions
---@return azion.Plan? plan
---@return azion.Error? err
function plan.make(client, api, desired, given)
  local world = worlds.new(client, api.resources)
  world.version, world.sends_secrets = api.name, given.secrets == "send"
  reader.read(world, desired)
  if world.problems[1] and not may_have_more(world) then
    return nil, world:error()
  end
  local err = read(world, given)
  if err then
    return nil, err
  end
  matching.judge(world)
  settle(world)
  local list = steps.gather(world)
  if given.prune then
    pruning.judge(world)
  end
  if world.problems[1] then
    return nil, world:error()
  end
  list, err = order.arrange(world, list)
  if not list then
    return nil, err
  end
  return new(world, list)
end

--- Carries the plan out.
---@param given? azion.ApplyOptions
---@return azion.Report? report
---@return azion.Error? err
function methods:apply(given)
  local work = works[self]
  local name, problem = options.check(given, apply.options, "apply")
  if name then
    return nil, errors.invalid(problem, name)
  elseif work.is_applied then
    return nil, errors.invalid("the plan has been applied already: make a new one")
  end
  local err = apply.refusal(work, given or {})
  if err then
    return nil, err
  end
  work.is_applied = true
  return apply.run(work, given or {})
end

--- The plan as a diff for people.
---@param given? { color?: boolean }
---@return string
function methods:text(given)
  options.check(given, { color = options.flag }, "text")
  return text.of(works[self], given or {})
end

function metatable:__tostring()
  return self:text()
end

--- The plan as a plain table, for JSON.
---@return table
function methods:table()
  return text.table(self)
end

mistake.guard(methods, metatable, "plan")

return plan
