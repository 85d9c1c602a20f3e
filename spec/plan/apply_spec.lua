-- Carrying a plan out: conflicts, unknown outcomes, what depends on what failed, limits of the rate.
-- #seconds 15
local patience = require("spec.support.patience")
local plans = require("spec.support.plans")

local function origin(name, more)
  local item = { name = name, addresses = { { address = "a.example.net" } } }
  for key, value in pairs(more or {}) do
    item[key] = value
  end
  return item
end

local function shop(more)
  local item = { name = "shop" }
  for key, value in pairs(more or {}) do
    item[key] = value
  end
  return { edge_applications = { item } }
end

local function names_of(list)
  local names = {}
  for position, step in ipairs(list) do
    names[position] = step.action .. " " .. tostring(step.name)
  end
  table.sort(names)
  return names
end

describe("applying a plan", function()
  local account

  local function start(options)
    account = plans.start("v3", options)
  end

  after_each(function()
    account:stop()
  end)

  it("happens once, and is nothing where nothing is to do", function()
    start()
    local plan = assert(account.client:plan(shop()))
    assert.is_true(assert(plan:apply()).ok)
    local report, err = plan:apply()
    assert.is_nil(report)
    assert.equal("invalid", err.kind)
    account:requests()
    assert.same({ ok = true, applied = {}, failed = {}, skipped = {} },
      assert(account.client:plan(shop())):apply())
    assert.same({}, account:requests("^[^G]"))
  end)

  it("fails a change of what others have changed meanwhile, and goes on with the rest", function()
    start()
    account:apply(shop({ origins = { origin("a"), origin("b"), origin("c") } }))
    local application = assert(account.client:edge_applications():find("shop"))
    local origins = account.client:origins(application)
    local plan = assert(account.client:plan(shop({ origins = { origin("a", { host_header = "h" }),
      origin("b", { host_header = "h" }), origin("c", { host_header = "h" }) } })))
    assert(origins:update(assert(origins:find("a")), { origin_path = "/other" }))
    assert(origins:delete(assert(origins:find("b"))))
    assert(origins:update(assert(origins:find("c")), { host_header = "h" }))
    account:requests()
    local report = assert(plan:apply())
    assert.is_false(report.ok)
    assert.same({ "update a", "update b" }, names_of(report.failed))
    assert.equal("conflict", report.failed[1].err.kind)
    assert.matches("origin_path has changed", report.failed[1].err.message, 1, true)
    assert.equal("conflict", report.failed[2].err.kind)
    assert.same({ "update c" }, names_of(report.applied))
    assert.equal("h", report.applied[1].item.host_header)
    assert.same({}, account:requests("^[^G]"))
  end)

  -- The service moves a rule aside, or takes from a deployment what only one can be: while an apply runs, this does.
  local function apply_with(plan, after_first)
    return assert(plan:apply({ on_progress = function(done)
      if done == 1 then
        after_first()
      end
    end }))
  end

  local function placed_rule(name, order, more)
    local item = { name = name, order = order, behaviors = { { name = "deliver" } },
      criteria = { { { variable = "${uri}", operator = "exists", conditional = "if" } } } }
    for key, value in pairs(more or {}) do
      item[key] = value
    end
    return item
  end

  it("takes no change for another's that one of its own steps made in another item", function()
    start()
    account:apply(shop({ rules = { request = { placed_rule("a", 2), placed_rule("b", 3), placed_rule("c", 4) } } }))
    local application = assert(account.client:edge_applications():find("shop"))
    local rules = account:new_client():rules(application, "request")
    local client = account:new_client({ concurrency = 1 })
    local plan = assert(client:plan(shop({ rules = { request = { placed_rule("a", 3),
      placed_rule("b", nil, { description = "mine" }), placed_rule("c", nil, { description = "mine" }) } } })))
    local report = apply_with(plan, function()
      assert(rules:update(assert(rules:find("b")), { order = 4 }))
      assert(rules:update(assert(rules:find("c")), { is_active = false }))
    end)
    assert.same({ "update a", "update b" }, names_of(report.applied))
    assert.same({ "update c" }, names_of(report.failed))
    assert.matches("is_active has changed", report.failed[1].err.message, 1, true)
  end)

  it("takes a change of the very field that it is to change for another's", function()
    start()
    account:apply(shop({ rules = { request = { placed_rule("a", 2), placed_rule("b", 3) } } }))
    local application = assert(account.client:edge_applications():find("shop"))
    local rules = account:new_client():rules(application, "request")
    local plan = assert(account.client:plan(shop({ rules = { request = { placed_rule("a", 5) } } })))
    assert(rules:update(assert(rules:find("a")), { order = 9 }))
    local report = assert(plan:apply())
    assert.same({ "update a" }, names_of(report.failed))
    assert.matches("order has changed", report.failed[1].err.message, 1, true)
  end)

  it("lets a deployment lose to another of the same apply what only one can be", function()
    account = plans.start("v4")
    local function document(one, other, more)
      local function deployment(name, current)
        return { name = name, current = current, active = more,
          strategy = { attributes = { application = "app" } } }
      end
      return { applications = { { name = "app" } }, workloads = { { name = "shop", domains = { "a.example.com" },
        deployments = { deployment("blue", one), deployment("green", other) } } } }
    end
    account:apply(document(false, true, true))
    local workload = assert(account.client:workloads():find("shop"))
    local deployments = account:new_client():deployments(workload)
    local client = account:new_client({ concurrency = 1 })
    local plan = assert(client:plan(document(true, nil, false)))
    local report = apply_with(plan, function()
      assert(deployments:update(assert(deployments:find("green")), { current = false }))
    end)
    assert.is_true(report.ok, report.failed[1] and tostring(report.failed[1].err))
  end)

  it("takes what has gone for deleted, and does not delete what has changed", function()
    start()
    account:apply(shop({ origins = { origin("a"), origin("b") } }))
    local application = assert(account.client:edge_applications():find("shop"))
    local origins = account.client:origins(application)
    local plan = assert(account.client:plan(shop({ origins = {} }), { prune = true }))
    assert(origins:delete(assert(origins:find("a"))))
    assert(origins:update(assert(origins:find("b")), { origin_path = "/other" }))
    local report = assert(plan:apply())
    assert.same({ "delete a" }, names_of(report.applied))
    assert.same({ "delete b" }, names_of(report.failed))
    assert.equal("conflict", report.failed[1].err.kind)
    assert.is_truthy(origins:find("b"))
  end)

  it("takes a deletion of unknown outcome for done where the item is gone", function()
    start({ faults = { { method = "DELETE", path = "/variables*", nth = 1, status = 404, apply = true },
      { method = "DELETE", path = "/variables*", nth = 2, status = 502, apply = true },
      { method = "DELETE", path = "/variables*", nth = 3, status = 502 } } })
    local function variable(key)
      return { key = key, value = "v" }
    end
    account:apply({ variables = { variable("A"), variable("B"), variable("C") } })
    local client = account:new_client({ max_attempts = 1, concurrency = 1 })
    local report = assert(assert(client:plan({ variables = {} }, { prune = true })):apply())
    assert.same({ "delete B", "delete C" }, names_of(report.applied))
    assert.same({ "delete A" }, names_of(report.failed))
    assert.equal("server", report.failed[1].err.kind)
  end)

  it("skips what depends on a step that failed, and nothing else", function()
    start({ faults = { { method = "POST", path = "/edge_applications", nth = 1, status = 400 } } })
    local plan = assert(account.client:plan({
      edge_applications = { { name = "shop", origins = { origin("a") } }, { name = "other" } },
      domains = { { name = "d", edge_application_id = "shop" }, { name = "e", edge_application_id = "other" } },
    }))
    local report = assert(plan:apply())
    assert.same({ "create shop" }, names_of(report.failed))
    assert.same({ "create a", "create d" }, names_of(report.skipped))
    assert.matches('create of edge_applications "shop" was not done', report.skipped[1].because, 1, true)
    assert.same({ "create e", "create other" }, names_of(report.applied))
  end)

  it("goes on with the rules behind one that failed, where an order can be mended, and mends it", function()
    account = plans.start("v4", { faults = { { method = "POST", nth = 1, status = 400,
      path = "/v4/workspace/applications/1701000001/request_rules" } } })
    local list = {}
    for position, name in ipairs({ "a", "b", "c" }) do
      list[position] = { name = name, behaviors = { { type = "deliver" } },
        criteria = { { { variable = "${uri}", operator = "exists", conditional = "if" } } } }
    end
    local document = { applications = { { name = "shop", rules = { request = list } } } }
    local report = assert(assert(account.client:plan(document)):apply())
    assert.same({ "create a" }, names_of(report.failed))
    assert.same({ "create b", "create c", "create shop" }, names_of(report.applied))
    account:apply(document)
    account:rests(document)
    local application = assert(account.client:applications():find("shop"))
    local rules = assert(account.client:rules(application, "request"):all())
    assert.same({ "a", "b", "c" }, { rules[2].name, rules[3].name, rules[4].name })
  end)

  it("adopts a creation whose outcome was unknown, and brings it to what is wanted", function()
    start({ faults = { { method = "POST", path = "/edge_applications", nth = 1, status = 500, apply = true } } })
    account:apply(shop({ origins = { origin("a") } }))
    assert.same({ "POST /edge_applications" }, account:requests("^POST /edge_applications$"))
    account:rests(shop({ origins = { origin("a") } }))
  end)

  it("does not send a creation again that was not carried out", function()
    start({ faults = { { method = "POST", path = "/edge_applications", nth = 1, status = 500 } } })
    local report = assert(assert(account.client:plan(shop())):apply())
    assert.same({ "create shop" }, names_of(report.failed))
    assert.equal("server", report.failed[1].err.kind)
    assert.is_true(report.failed[1].err.maybe_applied)
    assert.same({ "POST /edge_applications" }, account:requests("^POST"))
    account:apply(shop()) -- a new plan carries on
  end)

  it("adopts what was created although the reply came too late, and finds later what came later", function()
    start({ faults = { { method = "POST", path = "/variables", nth = 1, delay = patience(3) },
      { method = "POST", path = "/variables", nth = 2, work_delay = patience(1.5) } }, repeated_names = true })
    local client = account:new_client({ timeout = patience(1), concurrency = 1 })
    local document = { variables = { { key = "A", value = "v" }, { key = "B", value = "v" } } }
    local report = assert(assert(client:plan(document)):apply())
    assert.same({ "create A" }, names_of(report.applied))
    assert.same({ "create B" }, names_of(report.failed))
    assert.equal("timeout", report.failed[1].err.kind)
    repeat
      client.engine.runtime:sleep(0.1)
    until #assert(client:variables():all()) == 2
    account:rests(document)
    assert.same({ "POST /variables", "POST /variables" }, account:requests("^[^G]"))
  end)

  it("reads a change of unknown outcome again", function()
    start({ faults = { { method = "PATCH", path = "/edge_applications*", nth = 1, status = 500, apply = true },
      { method = "PATCH", path = "/edge_applications*", nth = 2, action = "reset" } } })
    account:apply(shop())
    account:apply(shop({ http3 = true }))
    local report = assert(assert(account.client:plan(shop({ http3 = false }))):apply())
    assert.same({ "update shop" }, names_of(report.failed))
    assert.equal(2, #account:requests("^PATCH"))
  end)

  it("changes what a creation did not take", function()
    start({ faults = { { method = "POST", path = "/edge_applications", nth = 1, apply = true, status = 201,
      body = '{"results":{"id":1618339282,"name":"shop","http3":false,"debug_rules":true},"schema_version":3}' } } })
    account:apply(shop({ http3 = true, debug_rules = true }))
    assert.same({ "POST /edge_applications", "PATCH /edge_applications/1618339282" }, account:requests("^P"))
  end)

  it("begins deletions when the rest is done", function()
    start({ faults = { { method = "POST", path = "/variables", work_delay = 0.4 } } })
    account:apply({ variables = { { key = "OLD", value = "v" } } })
    account:apply({ variables = { { key = "NEW", value = "v" } } }, { prune = true })
    local times = {}
    for _, entry in ipairs(account.sandbox:journal()) do
      times[entry.method] = entry.time
    end
    assert.is_true(times.DELETE - times.POST >= 0.35, tostring(times.DELETE - times.POST))
  end)

  it("deletes no more than it is allowed to", function()
    start({ seed = { edge_applications = 1, origins = 0, rules = 0 } })
    local name = "application-001"
    local list = {}
    for number = 1, 11 do
      list[number] = origin("o" .. number)
    end
    account:apply({ edge_applications = { { name = name, origins = list } } })
    local document = { edge_applications = { { name = name, origins = {} } } }
    local plan = assert(account.client:plan(document, { prune = true }))
    account:requests()
    local report, err = plan:apply()
    assert.is_nil(report)
    assert.equal("invalid", err.kind)
    assert.same({}, account:requests())
    assert.is_nil((plan:apply({ max_deletes = 10 })))
    assert.equal(11, #assert(plan:apply({ max_deletes = 11 })).applied)
  end)

  it("tells its progress", function()
    start()
    local told = {}
    assert(assert(account.client:plan(shop({ origins = { origin("a"), origin("b") } }))):apply({
      on_progress = function(done, total, failed) told[#told + 1] = ("%d/%d/%d"):format(done, total, failed) end,
    }))
    assert.same({ "1/3/0", "2/3/0", "3/3/0" }, told)
  end)

  -- Before its calls are sent, or because they are refused.
  for way, pace in pairs({ ["in its budget"] = true, ["as it is told"] = false }) do
    it(("waits %s for windows of the rate limit, however near the deadline of a call is"):format(way), function()
      start({ limits = { read = false, write = 3 }, window = 2 })
      local client = account:new_client({ deadline = 1, pace = pace })
      local list = {}
      for number = 1, 6 do
        list[number] = origin("o" .. number)
      end
      local plan = assert(client:plan(shop({ origins = list })))
      assert.equal(7, plan.operations)
      local report = assert(plan:apply())
      assert.is_true(report.ok, report.failed[1] and tostring(report.failed[1].err))
      account:rests(shop({ origins = list }))
    end)
  end

  it("makes rules one after the other in the document's order", function()
    start({ faults = { { method = "POST", path = "/edge_applications/1618339282/rules_engine*", nth = 1,
      work_delay = 0.4 } } })
    local list = {}
    for number = 1, 6 do
      list[number] = { name = "r" .. (7 - number), behaviors = { { name = "deliver" } },
        criteria = { { { variable = "${uri}", operator = "exists", conditional = "if" } } } }
    end
    account:apply(shop({ rules = { request = list } }))
    local application = assert(account.client:edge_applications():find("shop"))
    local got = {}
    for _, rule in ipairs(assert(account.client:rules(application, "request"):all())) do
      got[#got + 1] = rule.name
    end
    assert.same({ "Default Rule", "r6", "r5", "r4", "r3", "r2", "r1" }, got)
  end)

  it("gives up a value that only one may have before another takes it, and cannot swap two", function()
    start()
    local function domains(one, other)
      return { edge_applications = { { name = "shop" } }, domains = {
        { name = "one", cnames = one, edge_application_id = "shop" },
        { name = "two", cnames = other, edge_application_id = "shop" } } }
    end
    account:apply(domains({ "a.example.com" }, { "b.example.com" }))
    account:apply(domains({ "b.example.com" }, { "c.example.com" }))
    account:rests(domains({ "b.example.com" }, { "c.example.com" }))
    local fields, message = account:mistakes(domains({ "c.example.com" }, { "b.example.com" }))
    assert.is_truthy(fields['domains "one"'] and fields['domains "two"'])
    assert.matches('update of domains "one"', message, 1, true)
    -- A deletion that gives one up goes first.
    local _, plan = account:apply({ domains = { { name = "two", cnames = { "b.example.com" },
      edge_application_id = "shop" } } }, { prune = true })
    assert.same({ "delete", "update" }, { plan.steps[1].action, plan.steps[2].action })
  end)

  it("tries a deletion again that is refused for a use that has just ended", function()
    account = plans.start("v4", { deletion_lag = 1, faults = { { method = "DELETE", status = 409,
      path = "/v4/workspace/connectors*", nth = 3, body = '{"detail":"Not yet."}' } } })
    local function document(...)
      local connectors = {}
      for position, name in ipairs({ ... }) do
        connectors[position] = { name = name, type = "http",
          attributes = { addresses = { { address = "a.example" } } } }
      end
      return { connectors = connectors, applications = { { name = "app", rules = { request = { { name = "r",
        criteria = { { { conditional = "if", variable = "${uri}", operator = "starts_with", argument = "/" } } },
        behaviors = { { type = "set_connector", attributes = { value = (...) } } } } } } } } }
    end
    account:apply(document("a", "b"))
    account:apply(document("b"), { prune = true })
    account:rests(document("b"), { prune = true })
    account:apply(document("c"), { prune = true }) -- whatever the refusal says
    assert.equal(5, #account:requests("^DELETE .*/connectors/"))
  end)

  it("tries for a minute at most, or for a call's deadline, and not what was refused for another reason", function()
    account = plans.start("v4", { deletion_lag = 1000 })
    account:apply({ connectors = { { name = "c", type = "http",
      attributes = { addresses = { { address = "a.example" } } } } } })
    local function refused(options)
      local client, late = account:new_client(options), 0
      local began, runtime = client.engine.now(), client.engine.runtime
      client.engine.now = function() return began + late end
      local sleep = runtime.sleep
      rawset(runtime, "sleep", function(self, seconds, owner)
        late = late + seconds
        return sleep(self, 0, owner)
      end)
      account:requests()
      local plan, err = client:plan({ connectors = {} }, { prune = true })
      local report = plan and plan:apply()
      rawset(runtime, "sleep", sleep)
      assert(plan, err)
      assert.equal(400, report.failed[1].err.status)
      return late, #account:requests("^DELETE")
    end
    local late, tries = refused()
    assert.same({ 60, 11 }, { math.floor(late + 0.5), tries })
    late, tries = refused({ deadline = 10 })
    assert.same({ 10, 5 }, { math.floor(late + 0.5), tries })
    account:stop()
    account = plans.start("v4", {
      faults = { { method = "DELETE", path = "/v4/workspace/connectors*", status = 400 } } })
    account:apply({ connectors = { { name = "c", type = "http",
      attributes = { addresses = { { address = "a.example" } } } } } })
    late, tries = refused()
    assert.same({ 0, 1 }, { late, tries })
  end)

  it("changes the default rule of a new application", function()
    account = plans.start("v4")
    local document = { applications = { { name = "app", rules = { request = { { name = "Default Rule",
      description = "mine", behaviors = { { type = "deliver" }, { type = "enable_gzip" } } } } } } } }
    local _, plan = account:apply(document)
    assert.same({ "create", "update" }, { plan.steps[1].action, plan.steps[2].action })
    assert.matches('~ applications "app".rules.request "Default Rule" (which comes with it)', tostring(plan), 1, true)
    account:rests(document)
  end)

  it("fails what names an item that did not come with another one", function()
    start()
    local plan = assert(account:new_client({ concurrency = 1 }):plan(shop({ rules = { request = { { name = "r",
      behaviors = { { name = "set_origin", target = "Default Origin" } },
      criteria = { { { variable = "${uri}", operator = "exists", conditional = "if" } } } } } } })))
    local report = apply_with(plan, function()
      local origins = account.client:origins(assert(account.client:edge_applications():find("shop")))
      assert(origins:update(assert(origins:find("Default Origin")), { name = "Other" }))
    end)
    assert.same({ "create r" }, names_of(report.failed))
    assert.equal("conflict", report.failed[1].err.kind)
    assert.matches('origins "Default Origin" is not there', report.failed[1].err.message, 1, true)
  end)

  it("fails only what meets an error of the server, and says so in the report", function()
    start({ faults = { { method = "PATCH", path = "/edge_applications*", nth = 1, status = 403 } } })
    account:apply({ edge_applications = { { name = "a" }, { name = "b" } } })
    local report = assert(assert(account.client:plan({ edge_applications = { { name = "a", http3 = true },
      { name = "b", http3 = true } } })):apply())
    assert.same({ false, 1, 1, 0 }, { report.ok, #report.applied, #report.failed, #report.skipped })
    assert.equal("forbidden", report.failed[1].err.kind)
  end)

  it("refuses options that it does not know", function()
    start()
    local plan = assert(account.client:plan(shop()))
    assert.has_error(function() plan:apply({ max_delete = 3 }) end)
    assert.has_error(function() plan.apply({}) end)
    assert.has_error(function() plan:text({ colour = true }) end)
    assert.has_error(function() account.client:plan(shop(), { prun = true }) end)
    account.client:close()
    assert.equal("closed", select(2, plan:apply()).kind)
    assert.equal("closed", select(2, account.client:plan(shop())).kind)
    assert.equal("closed", select(2, account.client:export()).kind)
  end)
end)
