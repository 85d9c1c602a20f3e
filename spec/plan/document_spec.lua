-- What a document may say: places of mistakes, keys, names in the place of ids.
local azion = require("azion")
local plans = require("spec.support.plans")

local function origin(name, more)
  local item = { name = name, addresses = { { address = "a.example.net" } } }
  for key, value in pairs(more or {}) do
    item[key] = value
  end
  return item
end

local function rule(name, target, more)
  local item = { name = name, behaviors = { { name = "set_origin", target = target } },
    criteria = { { { variable = "${uri}", operator = "starts_with", conditional = "if", input_value = "/a" } } } }
  for key, value in pairs(more or {}) do
    item[key] = value
  end
  return item
end

local function with_application(item)
  return { edge_applications = { item } }
end

describe("a document", function()
  local account

  before_each(function()
    account = plans.start("v3")
  end)

  after_each(function()
    account:stop()
  end)

  it("is refused without a request, with all mistakes and the nearest names", function()
    local fields, message = account:mistakes({
      domain = {},
      zzz = {},
      connectors = {},
      wafs = {},
      origins = {},
      personal_tokens = {},
      edge_applications = { { name = "shop", http_prot = { 80 }, http3 = "yes", cache_setings = {} }, 7 },
    })
    assert.same({
      domain = { "unknown collection; the nearest known name is 'domains'" },
      zzz = { "unknown collection" },
      connectors = { "a collection of version 4 of the API; version 3 has 'origins'" },
      wafs = { "a collection of version 4 of the API" },
      origins = { "belongs inside the items of edge_applications" },
      personal_tokens = { "is no part of documents" },
      ['edge_applications "shop".http_prot'] = { "unknown field; the nearest known name is 'http_port'" },
      ['edge_applications "shop".http3'] = { 'expected a boolean, got "yes"' },
      ['edge_applications "shop".cache_setings'] = { "unknown field; the nearest known name is 'cache_settings'" },
      ["edge_applications.2"] = { "expected an item with named fields" },
    }, fields)
    assert.matches("domain: unknown collection; the nearest known name is 'domains'", message, 1, true)
    assert.same({}, account:requests())
  end)

  it("is refused where it holds what is no JSON", function()
    local function with(args)
      return with_application({ name = "shop",
        functions_instances = { { name = "i", edge_function_id = 1, args = args } } })
    end
    local place = 'edge_applications "shop".functions_instances "i".args.'
    assert.same({ "expected a JSON value, got a function" }, account:mistakes(with({ a = print }))[place .. "a"])
    assert.matches("^expected a number", account:mistakes(with({ b = { 0 / 0 } }))[place .. "b.1"][1])
    assert.same({}, account:requests())
    -- However wrong it is, what the account shows besides is told, too.
    account:apply(with_application({ name = "shop" }))
    local fields = account:mistakes({ edge_applications = { { name = "shop", http_port = { 0 / 0 },
      origins = { { name = "o" } } } } })
    assert.same({ "expected an integer, got nan" }, fields['edge_applications "shop".http_port.1'])
    assert.same({ "is required" }, fields['edge_applications "shop".origins "o".addresses'])
  end)

  it("is exported by collections that there are in this version", function()
    for wanted, parts in pairs({
      ["workloads: a collection of version 4 of the API; version 3 has 'domains'"] = { workloads = true },
      ["domain: unknown collection; the nearest known name is 'domains'"] = { domain = true },
      ["rules: unknown collection"] = { rules = true },
      ["1: expected collections by their names, as in { domains = true }"] = { "domains" },
    }) do
      local document, err = account.client:export(parts)
      assert.is_nil(document)
      assert.same({ "invalid", wanted }, { err.kind, err.message })
    end
    assert.same({}, account:requests())
  end)

  it("tells what a creation lacks, another variant's fields and names of nothing, all at once", function()
    account:apply(with_application({ name = "shop", origins = { origin("Static files") } }))
    account:requests()
    local fields = account:mistakes({
      edge_applications = { { name = "shop", colour = 1,
        origins = { { name = "new" }, origin("odd", { bucket = "b", prefix = "" }) },
        rules = { request = { rule("Static", "Statik") } } } },
      domains = { { name = "shop" } },
    })
    assert.same({
      ['edge_applications "shop".colour'] = { "unknown field" },
      ['edge_applications "shop".origins "new".addresses'] = { "is required" },
      ['edge_applications "shop".origins "odd".bucket'] = { 'can be given only if origin_type is "object_storage"' },
      ['edge_applications "shop".rules.request "Static".behaviors.1.target'] =
        { 'no origin, in the account or in this document, is named "Statik"; there is "Static files"' },
      ['domains "shop".edge_application_id'] = { "is required" },
    }, fields)
    assert.same({}, account:requests("^[^G]"))
  end)

  it("names items by their key, so that they can be renamed", function()
    account:apply(with_application({ name = "shop", origins = { origin("old") } }))
    local application = assert(account.client:edge_applications():find("shop"))
    local found = assert(account.client:origins(application):find("old"))
    local document = with_application({ id = application.id + 0.0, name = "store",
      origins = { origin("new", { origin_key = found.origin_key }) },
      rules = { request = { rule("r", "new") } } })
    account:apply(document)
    account:rests(document)
    assert.equal("store", assert(account.client:edge_applications():get(application)).name)
    assert.equal(found.origin_key, assert(account.client:origins(application):find("new")).origin_key)
    account:rests(with_application({ name = "store", origins = { { origin_id = found.origin_id, name = "new" } } }))

    assert.same({ 'no origin has the origin_key 00000000-0000-0000-0000-000000000000' },
      account:mistakes(with_application({ name = "store", origins = {
        { origin_key = "00000000-0000-0000-0000-000000000000", name = "x" } } }))
        ['edge_applications "store".origins "x"'])
    assert.same({ "no edge application has the id 7" },
      account:mistakes({ edge_applications = { { id = 7, active = false } } })["edge_applications.1"])
  end)

  it("means items by the names that they have when the plan is done", function()
    account:apply(with_application({ name = "shop", origins = { origin("a"), origin("b") } }))
    local application = assert(account.client:edge_applications():find("shop"))
    local a = assert(account.client:origins(application):find("a"))
    local renamed = with_application({ name = "shop",
      origins = { { origin_key = a.origin_key, name = "c" }, origin("a") },
      rules = { request = { rule("to a", "a"), rule("to c", "c") } } })
    account:apply(renamed) -- the name is given up before another origin takes it
    local rules = account.client:rules(application, "request")
    assert.equal(tostring(a.origin_id), assert(rules:find("to c")).behaviors[1].target)
    assert.equal(tostring(assert(account.client:origins(application):find("a")).origin_id),
      assert(rules:find("to a")).behaviors[1].target)
    local place = 'edge_applications "shop".rules.request "r".behaviors.1.target'
    assert.is_truthy(account:mistakes(with_application({ name = "shop",
      origins = { { origin_key = a.origin_key, name = "d" } }, rules = { request = { rule("r", "c") } } }))[place])
    assert.is_truthy(account:mistakes(with_application({ name = "shop", origins = { origin("a"), { name = "c" } },
      rules = { request = { rule("to a", "a"), rule("to c", "c"), rule("r", "b") } } }), { prune = true })[place])
  end)

  it("takes ids, items and digits in the place of names", function()
    account:apply(with_application({ name = "shop", origins = { origin("7"), origin("12345678") } }))
    local application = assert(account.client:edge_applications():find("shop"))
    local origins = account.client:origins(application)
    local seven = assert(origins:find("7"))
    for _, target in ipairs({ "7", seven.origin_id, tostring(seven.origin_id), seven }) do
      account:apply(with_application({ name = "shop", rules = { request = { rule("r", target) } } }))
      assert.equal(tostring(seven.origin_id),
        assert(account.client:rules(application, "request"):find("r")).behaviors[1].target)
    end
    account:rests(with_application({ name = "shop", rules = { request = { rule("r", seven.origin_id + 0.0) } } }))
    account:apply({ domains = { { name = "d", edge_application_id = application } } })
    -- A name of digits that is the id of another one means that one.
    account:apply(with_application({ name = "shop", origins = { origin(tostring(seven.origin_id)) } }))
    account:rests(with_application({ name = "shop", rules = { request = { rule("r", tostring(seven.origin_id)) } } }))
  end)

  it("may name what comes with a new item", function()
    local document = { edge_applications = { { name = "shop", address = "first.example.net",
      rules = { request = { rule("r", "Default Origin", { behaviors = {
        { name = "set_cache_policy", target = "Default Cache Settings" },
        { name = "set_origin", target = "Default Origin" } } }) } },
      cache_settings = { { name = "Default Cache Settings", cdn_cache_settings_maximum_ttl = 99 } },
      error_responses = { origin_id = "Default Origin", error_responses = { { code = "any", timeout = 5 } } } } } }
    local report, plan = account:apply(document)
    assert.same({ "create", "update", "update", "create" }, { plan.steps[1].action, plan.steps[2].action,
      plan.steps[3].action, plan.steps[4].action })
    assert.equal(4, #report.applied)
    account:rests(document)
    local application = assert(account.client:edge_applications():find("shop"))
    assert.equal(1, #assert(account.client:cache_settings(application):all()))
    assert.equal("first.example.net", assert(account.client:origins(application):find("Default Origin"))
      .addresses[1].address)
  end)

  it("takes no name where the library knows no collection", function()
    local function with(id)
      return with_application({ name = "shop", functions_instances = { { name = "i", edge_function_id = id } } })
    end
    local place = 'edge_applications "shop".functions_instances "i".edge_function_id'
    assert.same({ "no name can stand here, as the library does not know the edge functions of the account: "
      .. "give the id" }, account:mistakes({ edge_applications = { { name = "shop", functions_instances = {
        { name = "i", edge_function_id = "resize" } } } } })[place] or { "not reported" })
    account:apply(with(5001))
    account:rests(with(5001.0))
  end)

  it("cannot have two of one name, unless their keys are given", function()
    local fields = account:mistakes(with_application({ name = "shop", origins = { origin("a"), origin("a") } }))
    assert.same({ "is there twice: give the keys of both, or another name" },
      fields['edge_applications "shop".origins "a"'])
    account:apply(with_application({ name = "shop", origins = { origin("a"), origin("b") } }))
    local origins = account.client:origins(assert(account.client:edge_applications():find("shop")))
    local a = assert(origins:find("a"))
    local renamed = with_application({ name = "shop", origins = { { origin_key = a.origin_key, name = "b" } } })
    assert.same({ ['edge_applications "shop".origins "b"'] =
      { "another item of the account has this name: give its origin_key, too, or another name" } },
      (account:mistakes(renamed)))
    account:apply(renamed, { prune = true })
    account:apply(with_application({ name = "shop", origins = { { origin_key = a.origin_key, name = "a" },
      origin("b") } }))
    local b = assert(origins:find("b"))
    account:apply(with_application({ name = "shop", origins = { { origin_key = a.origin_key, name = "b" },
      { origin_key = b.origin_key, name = "c" } } }))
  end)

  it("cannot have an item by its key, and make another one of the name that this one keeps", function()
    account:apply(with_application({ name = "shop", origins = { origin("a") } }))
    local origins = account.client:origins(assert(account.client:edge_applications():find("shop")))
    local a = assert(origins:find("a"))
    local document = with_application({ name = "shop", origins = {
      { origin_key = a.origin_key, host_header = "h.example" }, origin("a") } })
    assert.same({ ['edge_applications "shop".origins.1'] =
      { 'another item of the document is named "a", too: give it another name' } }, (account:mistakes(document)))
    document.edge_applications[1].origins[1].name = "b"
    account:apply(document)
    account:rests(document)
  end)

  it("has keys of a key's kind", function()
    account:apply(with_application({ name = "shop" }))
    for _, key in ipairs({ true, "", {}, 0.5 }) do
      local fields = account:mistakes(with_application({ id = key, name = "shop", http3 = true }))
      assert.is_truthy(fields['edge_applications "shop".id'] or fields['edge_applications "shop"'], tostring(key))
    end
    account:rests(with_application({ id = azion.null, name = "shop" }))
  end)

  it("is what it was when the plan was made", function()
    local instance = { name = "i", edge_function_id = 5001, args = { list = { 1 } } }
    local document = with_application({ name = "shop", functions_instances = { instance } })
    local plan = assert(account.client:plan(document))
    instance.args.list[1] = 2
    plan.steps[2].changes.args.to.list[1] = 3
    assert.is_true(assert(plan:apply()).ok)
    local application = assert(account.client:edge_applications():find("shop"))
    assert.same({ list = { 1 } }, assert(account.client:functions_instances(application):find("i")).args)
  end)

  it("is not sure of a name that two items of the account have", function()
    account:stop()
    account = plans.start("v3", { repeated_names = true })
    account:apply({ edge_applications = { { name = "twice" } } })
    local applications = account.client:edge_applications()
    local other = assert(applications:create({ name = "twice", delivery_protocol = "http",
      origin_type = "single_origin", address = "a.example.net" }))
    assert.same({ ['edge_applications "twice"'] =
      { "2 items of the account have this name: give the id of the one that is meant" } },
      (account:mistakes(with_application({ name = "twice", origins = { { name = "new" } } }))))
    assert.same({ '2 items of edge_applications are named "twice": give the id' }, account:mistakes({ domains = {
      { name = "d", edge_application_id = "twice" } } })['domains "d".edge_application_id'])
    account:apply(with_application({ id = other.id, name = "twice", http3 = true }))
    account:apply(with_application({ id = other.id, name = "once" }))
    account:rests(with_application({ name = "twice" }))
  end)

  it("leaves a null out where a creation takes none", function()
    local document = with_application({ name = "shop", http3 = azion.null, websocket = azion.null })
    account:apply(document)
    account:rests(document) -- it is the default
    account:apply(with_application({ name = "shop", http3 = true }))
    assert.same({ "cannot be null" }, account:mistakes(document)['edge_applications "shop".http3'])
  end)
end)
