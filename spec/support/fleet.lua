--- A fleet on one budget, on a virtual clock. The client's side of the budget, the script that Redis runs and the code
--- of the shared dictionary are the real ones; the API, Redis and the dictionary are models.
local decision_text = require "azion.budget.decision_text"
local dictionaries = require "spec.support.dictionary"
local generator = require "spec.support.random"
local memory = require "azion.budget.memory"
local redis_script = require "azion.budget.redis_script"
local rate_server = require "spec.support.rate_server"
local shared = require "azion.budget.shared"

local fleet = {}

local decision_time, epoch = 0.001, 1700000000

-- ---- events, earliest first ----

local agenda = {}
agenda.__index = agenda

function agenda:add(time, action)
  local index = #self + 1
  self.count = self.count + 1
  local entry = { time = time, order = self.count, action = action }
  while index > 1 do
    local parent = math.floor(index / 2)
    if self[parent].time <= time then
      break
    end
    self[index], index = self[parent], parent
  end
  self[index] = entry
end

local function is_before(left, right)
  return left.time < right.time or (left.time == right.time and left.order < right.order)
end

function agenda:take()
  local first, last = self[1], table.remove(self)
  local index = 1
  while first ~= last do
    local child = 2 * index
    if self[child + 1] and is_before(self[child + 1], self[child]) then
      child = child + 1
    end
    if not self[child] or not is_before(self[child], last) then
      self[index] = last
      break
    end
    self[index], index = self[child], child
  end
  return first
end

-- ---- Redis, as far as the script needs it ----

local function new_store(world)
  local values = {}
  local commands = {}
  function commands.GET(key)
    return values[key] or false
  end
  function commands.SET(key, value)
    values[key] = value
  end
  function commands.TIME()
    local now = world.now + epoch
    return { ("%d"):format(math.floor(now)), ("%d"):format(math.floor(now % 1 * 1e6)) }
  end
  local environment = setmetatable({ redis = { call = function(name, ...) return commands[name](...) end } },
    { __index = _G })
  local script
  if setfenv then -- luacheck: ignore 113
    script = setfenv(assert(loadstring(decision_text)), environment) -- luacheck: ignore 113
  else
    script = assert(load(decision_text, "decision", "t", environment))
  end
  local store = { operations = 0, seconds = {} }
  local function run(key, seen, want, reports)
    local second = math.floor(world.now)
    store.operations, store.seconds[second] = store.operations + 1, (store.seconds[second] or 0) + 1
    environment.KEYS, environment.ARGV = { key }, redis_script.words(seen, want, reports, world.now)
    return script()
  end
  function store.ask(_, key, seen, reports)
    return redis_script.read(run(key, seen, "1", reports).ok)
  end
  function store.tell(_, key, reports)
    run(key, "*", "0", reports)
  end
  return store
end

-- ---- the shared dictionary ----

local function new_dict_budget(world)
  local before = rawget(_G, "ngx")
  rawset(_G, "ngx", { shared = { fleet = dictionaries.new(function() return world.now end) } })
  local budget = require("azion.budget.shared_dict")("fleet")
  rawset(_G, "ngx", before)
  return budget
end

-- ---- one run ----

local function new_machine(world, budget)
  local machine = { waiting = {} }
  local begin

  local function reply(slot, answer)
    budget:settle("read", answer, world.now, slot)
    world.agenda:add(answer.blocked and world.now + answer.blocked or world.next_begin(), begin)
    local waiting = machine.waiting
    machine.waiting = {}
    for _, ticket in ipairs(waiting) do
      if not ticket.done then
        ticket.done = true
        begin()
      end
    end
  end

  local function send(slot)
    world.agenda:add(world.now + decision_time + world.latency * (0.1 + 0.9 * world.random()), function()
      local answer = rate_server.receive(world.server, world.now)
      world.count(answer)
      world.agenda:add(world.now + world.latency * (0.1 + 0.9 * world.random()), function()
        reply(slot, answer)
      end)
    end)
  end

  function begin()
    local slot, wait = budget:reserve("read", world.now)
    if slot then
      return send(slot)
    end
    local ticket = {}
    machine.waiting[#machine.waiting + 1] = ticket
    if wait then
      world.agenda:add(world.now + wait, function()
        if not ticket.done then
          ticket.done = true
          begin()
        end
      end)
    end
  end

  for _ = 1, world.callers do
    world.agenda:add(math.max(world.now + world.random(), world.next_begin()), begin)
  end
end

-- The share of what the API allowed: of its windows, all but the first and the last.
local function share_used(used, limit)
  local sum, least, count = 0, limit, 0
  for index = 2, #used - 1 do
    sum, least, count = sum + used[index], math.min(least, used[index]), count + 1
  end
  return sum / (count * limit), least / limit
end

---@class azion.FleetRun
---@field machines integer
---@field kind "aligned"|"first_call"|"sliding" of the API's windows
---@field limit integer calls a window
---@field keep "redis"|"dict"|"apart" where the budget is kept
---@field window? number seconds; 60
---@field windows? integer how long; 20
---@field callers? integer calls that each machine makes at once, for ever; 4
---@field latency? number seconds, at most, of each way of a call; 0.1
---@field seed? integer
---@field bursts? boolean all callers call once, shortly before the end of each second window, and then wait
---@field offset? number seconds that the API's clock is ahead of Redis'

--- Lets a fleet call for some windows.
---@param options azion.FleetRun
---@return table result
function fleet.run(options)
  local window, windows = options.window or 60, options.windows or 20
  local world = { now = 1000, random = generator(options.seed or options.machines + options.limit),
    agenda = setmetatable({ count = 0 }, agenda), callers = options.callers or 4, latency = options.latency or 0.1 }
  world.server = rate_server.new { kind = options.kind, limit = options.limit, window = window,
    phase = window * world.random(), offset = epoch + (options.offset or 0.37) }
  -- Windows on the server's grid end at these moments of ours.
  local shift = world.server.phase - world.server.offset
  function world.next_begin()
    if not options.bursts then
      return world.now
    end
    local pair = math.floor((world.now + world.latency - shift) / (2 * window)) + 1
    return pair * 2 * window + shift - world.latency * world.random()
  end
  local used, reset = {}, nil
  function world.count(answer)
    if answer.rate.reset ~= reset then
      reset, used[#used + 1] = answer.rate.reset, 0
    end
    used[#used] = used[#used] + (answer.status == 200 and 1 or 0)
  end
  local store = new_store(world)
  local common = options.keep == "redis" and shared.new(store) or options.keep == "dict" and new_dict_budget(world)
  for _ = 1, options.machines do
    new_machine(world, common and common:bind("fleet", error) or memory.new())
  end
  local ends = world.now + windows * window
  while world.agenda[1].time < ends do
    local event = world.agenda:take()
    world.now = event.time
    event.action()
  end
  local peak = 0
  for _, count in pairs(store.seconds) do
    peak = math.max(peak, count)
  end
  local result = { refused = world.server.throttled, accepted = world.server.accepted,
    rate = store.operations / (windows * window), peak = peak, each = store.operations / world.server.accepted }
  if options.kind ~= "sliding" then
    result.share, result.least = share_used(used, options.limit)
  end
  return result
end

return fleet
