-- What goes, what stays, and in which order.
local plans = require("spec.support.plans")

local function origin(name)
  return { name = name, addresses = { { address = "a.example.net" } } }
end

local function rule(name, target)
  return { name = name, behaviors = { { name = "set_origin", target = target } },
    criteria = { { { variable = "${uri}", operator = "exists", conditional = "if" } } } }
end

local function steps_of(plan)
  local list = {}
  for position, step in ipairs(plan.steps) do
    list[position] = ("%s %s %s"):format(step.action, step.resource, tostring(step.name))
  end
  return list
end

describe("pruning", function()
  local account

  before_each(function()
    account = plans.start("v3")
    account:apply({
      edge_applications = {
        { name = "shop", origins = { origin("a"), origin("b") }, rules = { request = { rule("r", "a") } },
          device_groups = { { name = "phones", user_agent = "Mobile" } } },
        { name = "old", origins = { origin("c") }, rules = { request = { rule("r", "c") } } },
      },
      domains = { { name = "shop", edge_application_id = "shop" }, { name = "old", edge_application_id = "old" } },
    })
    account:requests()
  end)

  after_each(function()
    account:stop()
  end)

  it("happens only where it is asked for, and only in the collections that are listed", function()
    account:rests({ edge_applications = { { name = "shop", origins = {}, rules = { request = {} } } }, domains = {} })
    local plan = assert(account.client:plan({ edge_applications = { { name = "shop", rules = { request = {} } },
      { name = "old" } } }, { prune = true }))
    assert.same({ "delete rules r" }, steps_of(plan))
    assert.equal("shop", plan.steps[1].parent)
    assert.equal("request", plan.steps[1].phase)
    assert.same({}, account:requests("^[^G]"))
  end)

  it("deletes what refers before what is referred to, and what belongs to an item with it", function()
    local document = { edge_applications = { { name = "shop", origins = { origin("b") }, rules = { request = {
      rule("new", "b") } } } }, domains = { { name = "shop", edge_application_id = "shop" } } }
    local _, plan = account:apply(document, { prune = true })
    assert.same({ "create rules new", "delete rules r", "delete origins a", "delete domains old",
      "delete edge_applications old" }, steps_of(plan))
    assert.matches('- edge_applications "old" (with everything in it)', tostring(plan), 1, true)
    account:rests(document, { prune = true })
    assert.same({ "Default Origin", "b" }, (function()
      local names = {}
      for _, item in ipairs(assert(account.client:origins(assert(account.client:edge_applications():find("shop")))
        :all())) do
        names[#names + 1] = item.name
      end
      return names
    end)())
  end)

  it("keeps what something staying refers to, and names both", function()
    local fields = account:mistakes({ edge_applications = { { name = "shop", origins = { origin("b") } },
      { name = "old" } } }, { prune = true })
    assert.same({ 'cannot be deleted: edge_applications "shop".rules.request "r" refers to it' },
      fields['edge_applications "shop".origins "a"'])
    fields = account:mistakes({ edge_applications = { { name = "shop" } } }, { prune = true })
    assert.same({ 'cannot be deleted: domains "old" refers to it' }, fields['edge_applications "old"'])
    -- Unless the document ends the use.
    account:apply({ edge_applications = { { name = "shop", origins = { origin("b") },
      rules = { request = { rule("r", "b") } } }, { name = "old" } } }, { prune = true })
  end)

  it("leaves what the API makes and keeps", function()
    account:apply({ domains = { { name = "shop", digital_certificate_id = "lets_encrypt",
      cnames = { "a.example.com" } } } })
    account:rests({ digital_certificates = {}, edge_applications = {
      { name = "shop", cache_settings = {}, error_responses = {} }, { name = "old" } } }, { prune = true })
    account:rests({ domains = { { name = "shop", digital_certificate_id = "lets_encrypt" } } })
    local exported = assert(account.client:export({ domains = { "shop" } }))
    assert.equal("lets_encrypt", exported.domains[1].digital_certificate_id)
    account:requests()
    account:apply({ domains = { { name = "new", edge_application_id = "shop", digital_certificate_id = "lets_encrypt",
      cnames = { "b.example.com" } } } })
    assert.same({ "POST /domains" }, account:requests("^[^G]")) -- the word again would make another certificate
  end)
end)

describe("pruning in version 4", function()
  it("finds what refers to an item in all applications", function()
    local account = plans.start("v4")
    local connector = { name = "c", type = "http", attributes = { addresses = { { address = "a.example" } } } }
    account:apply({ connectors = { connector }, applications = { { name = "app", rules = { request = { { name = "r",
      criteria = { { { conditional = "if", variable = "${uri}", operator = "starts_with", argument = "/" } } },
      behaviors = { { type = "set_connector", attributes = { value = "c" } } } } } } } } })
    local fields = account:mistakes({ connectors = {} }, { prune = true })
    assert.same({ 'cannot be deleted: applications "app".rules.request "r" refers to it' }, fields['connectors "c"'])
    local _, plan = account:apply({ connectors = {}, applications = {} }, { prune = true })
    assert.same({ "delete applications app", "delete connectors c" }, steps_of(plan))
    account:stop()
  end)

  it("finds what refers to an item from inside of what is changed", function()
    local account = plans.start("v4")
    local function document(group, setting)
      return { applications = { { name = "app", device_groups = group, cache_settings = { { name = "s",
        modules = { application_accelerator = setting } } } } } }
    end
    account:apply(document({ { name = "phones", user_agent = "Mobile" } }, {
      cache_vary_by_devices = { behavior = "allowlist", device_group = { "phones" } } }))
    local changed = document({}, { cache_vary_by_method = { "post" } })
    local fields = account:mistakes(changed, { prune = true })
    assert.same({ 'cannot be deleted: applications "app".cache_settings "s" refers to it' },
      fields['applications "app".device_groups "phones"'])
    account:apply(document({}, { cache_vary_by_devices = { behavior = "ignore" } }), { prune = true })
    account:stop()
  end)

  it("begins no deletion while something may refer to the item that could not be deleted", function()
    local account = plans.start("v4", { seed = { applications = 3, connectors = 2, functions = 1 }, faults = {
      { method = "DELETE", path = "/v4/workspace/applications*", nth = 2, status = 403 } } })
    local plan = assert(account.client:plan({ applications = {}, connectors = {}, functions = {} }, { prune = true }))
    local report = assert(plan:apply())
    assert.same({ 2, 1, 3 }, { #report.applied, #report.failed, #report.skipped })
    local failed = report.failed[1].name
    for _, step in ipairs(report.skipped) do
      assert.equal(('delete of applications "%s" was not done'):format(failed), step.because)
    end
    for _, entry in ipairs(account:requests("^DELETE")) do
      assert.matches("/applications/", entry)
    end
    account:stop()
  end)
end)
