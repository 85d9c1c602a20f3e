--- Many calls at once: one task an item, so many of them at a time.
local options = require "azion.client.options"

local map = {}

---@class azion.MapOptions
---@field concurrency? integer items worked on at once (default: the client's)
---@field on_progress? fun(done: integer, total: integer, failed: integer)
map.options = {
  concurrency = options.count,
  on_progress = { type = "function" },
}

---@class azion.MapFailure
---@field index integer
---@field item any
---@field err any what `fn` raised, or returned after nil

-- What has come of an item: the result, or the failure.
local function conclude(work, index, ok, result, err)
  if work.running[index] == nil then
    return -- told before, and ended by an error in the middle
  end
  if ok and (result ~= nil or err == nil) then
    work.results[index] = result
  else
    if not ok then
      err = result == nil and "nil was raised" or result
    end
    work.failures[#work.failures + 1] = { index = index, item = work.items[index], err = err }
  end
  work.running[index] = nil
  work.active = work.active - 1
  work.done = work.done + 1
end

local function begin_next(work, runtime, fn)
  local index = work.next
  work.next, work.active, work.running[index] = index + 1, work.active + 1, false
  runtime:spawn(function(item)
    work.running[index] = runtime:running_task() -- not by whoever began it: an error there would lose it
    return fn(item, index)
  end, function(_, ok, result, err)
    conclude(work, index, ok, result, err)
    if work.waiter then
      runtime:wake(work.waiter, "ended")
    end
  end, work.items[index])
end

-- Where no task of the user's can go on, inside a `table.sort` of another one perhaps, items are done one by one.
local function carry_out_next(work, fn)
  local index = work.next
  work.next, work.active, work.running[index] = index + 1, work.active + 1, false
  conclude(work, index, pcall(fn, work.items[index], index))
end

local function run_all(work, runtime, fn, given)
  local told, is_side_by_side = 0, runtime:can_run_others()
  while work.done < work.results.n do
    local done = work.done
    while work.active < work.width and work.next <= work.results.n do
      if is_side_by_side then
        begin_next(work, runtime, fn)
      else
        carry_out_next(work, fn)
        break
      end
    end
    -- A light thread runs at once: it may have ended before anybody waits for it.
    if work.done == done then
      work.waiter = runtime:waiter()
      runtime:wait(work.waiter)
      work.waiter = false
    end
    while given.on_progress and told < work.done do
      told = told + 1
      given.on_progress(told, work.results.n, #work.failures)
    end
  end
end

--- Calls `fn(item, index)` for every item; see `azion.Client.map`.
---@param engine table
---@param items any[]
---@param fn fun(item: any, index: integer): any, any
---@param given azion.MapOptions
---@return table results
---@return azion.MapFailure[] failures
function map.run(engine, items, fn, given)
  local runtime = engine.runtime
  local work = { items = items, results = { n = #items }, failures = {}, running = {}, waiter = false,
    next = 1, active = 0, done = 0, width = given.concurrency or engine.options.concurrency }
  local whole, raised = runtime:protect(run_all, work, runtime, fn, given)
  if not whole then
    for _, task in pairs(work.running) do
      if task then
        runtime:cancel(task)
      end
    end
    error(raised, 0)
  end
  table.sort(work.failures, function(left, right) return left.index < right.index end)
  return work.results, work.failures
end

return map
