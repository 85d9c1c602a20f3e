--- Carries steps out: what needs nothing that is still to be done goes side by side.
local carry = require "azion.plan.carry"
local errors = require "azion.client.errors"
local options = require "azion.client.options"

local apply = {}

---@class azion.ApplyOptions
---@field on_progress? fun(done: integer, total: integer, failed: integer)
---@field max_deletes? integer more deletions are refused (default 10)
apply.options = {
  on_progress = { type = "function" },
  max_deletes = options.amount,
}

local default_max_deletes = 10

---@class azion.Report
---@field ok boolean
---@field applied table[] steps, each with its `item`
---@field failed table[] steps, each with its `err`
---@field skipped table[] steps, each with `because`

--- Why steps are not begun at all.
---@param work table
---@param given azion.ApplyOptions
---@return azion.Error?
function apply.refusal(work, given)
  local count, most = 0, given.max_deletes or default_max_deletes
  for _, step in ipairs(work.steps) do
    count = count + (step.action == "delete" and 1 or 0)
  end
  if work.world.client.engine.closed then
    return errors.closed()
  elseif count > most then
    return errors.invalid(("the plan deletes %d items, and at most %d are allowed"):format(count, most), "max_deletes")
  end
end

local function with(step, name, value)
  local entry = {}
  for key, field in pairs(step.shown) do
    entry[key] = field
  end
  entry[name] = value
  return entry
end

-- What became of a step, and which others that skips.
local function note(run, step, outcome, value)
  step.outcome, step.result = outcome, value
  run.done = run.done + 1
  run.failed = run.failed + (outcome == "failed" and 1 or 0)
  if run.on_progress then
    run.on_progress(run.done, #run.steps, run.failed)
  end
end

-- A gate stands for many steps, and remembers how far they have come.
local function outcome_of(step)
  local member = step.is_gate and step.need_list[step.at]
  while member and member.outcome do
    step.hindered = step.hindered or member.outcome ~= "applied" and member or nil
    step.at = step.at + 1
    member = step.need_list[step.at]
  end
  if step.is_gate then
    return not member and (step.hindered and "failed" or "applied") or nil
  end
  return step.outcome
end

local function obstacle(step)
  for _, other in ipairs(step.need_list) do
    if other ~= step.follows and outcome_of(other) ~= "applied" then
      return other.hindered or other
    end
  end
end

local function is_ready(run, step)
  for _, other in ipairs(step.need_list) do
    if not outcome_of(other) then
      return false
    end
  end
  return not step.is_late or run.early == 0
end

-- The next step that can go; those that cannot go any more are skipped on the way.
local function take(run)
  local position = run.first
  while run.steps[position] do
    local step = run.steps[position]
    if not step.is_begun and is_ready(run, step) then
      local hindered = obstacle(step)
      step.is_begun = true
      if not hindered then
        return step
      end
      run.early = run.early - (step.is_late and 0 or 1)
      note(run, step, "skipped", ("%s of %s was not done"):format(hindered.action, hindered.place))
      position = run.first - 1
    elseif step.outcome and position == run.first then
      run.first = position + 1
    end
    position = position + 1
  end
end

local function wake_all(run)
  local waiting = run.waiting
  run.waiting = {}
  for _, waiter in ipairs(waiting) do
    run.runtime:wake(waiter, "ready")
  end
end

local function carry_out(run, step)
  local item, err = carry.step(run, step)
  run.early = run.early - (step.is_late and 0 or 1)
  if item ~= nil then
    note(run, step, "applied", item)
  else
    note(run, step, "failed", err)
  end
end

local function work_on(run)
  while true do
    local step = not run.has_raised and take(run)
    if step then
      run.active = run.active + 1
      carry_out(run, step)
      run.active = run.active - 1
      wake_all(run)
    elseif run.has_raised or run.active == 0 or run.done == #run.steps then
      return true
    else
      local waiter = run.runtime:waiter(run.engine)
      run.waiting[#run.waiting + 1] = waiter
      run.runtime:wait(waiter)
    end
  end
end

local function report_of(run)
  local report = { ok = true, applied = {}, failed = {}, skipped = {} }
  local as = { applied = "item", failed = "err", skipped = "because" }
  for _, step in ipairs(run.steps) do
    local list = report[step.outcome]
    list[#list + 1] = with(step, as[step.outcome], step.result)
    report.ok = report.ok and step.outcome == "applied"
  end
  return report
end

--- Takes all steps.
---@param work table
---@param given azion.ApplyOptions
---@return azion.Report? report
---@return azion.Error? err
function apply.run(work, given)
  local engine, workers = work.world.client.engine, {}
  local run = { world = work.world, steps = work.steps, on_progress = given.on_progress, engine = engine,
    runtime = engine.runtime, moved = {}, waiting = {}, first = 1, done = 0, failed = 0, active = 0, early = 0 }
  for position, step in ipairs(work.steps) do
    run.early = run.early + (step.is_late and 0 or 1)
    workers[position] = position <= engine.options.concurrency and position or nil
  end
  if workers[1] then
    local results, failures = work.world.client:map(workers, function() return work_on(run) end, {
      on_progress = function(_, _, failed) -- what a worker raises ends the others too
        run.has_raised = failed > 0
        wake_all(run)
      end,
    })
    if not results then
      return nil, failures
    elseif failures[1] then
      error(failures[1].err, 0)
    end
  end
  return report_of(run)
end

return apply
