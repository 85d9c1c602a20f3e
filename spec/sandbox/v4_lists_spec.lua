-- Lists of version 4 of the sandbox: order, search, filters, pages, fields.
local resources = require("azion.api.v4.resources")
local sandboxes = require("spec.support.sandbox_v4")

local CONNECTORS, LISTS, FUNCTIONS = "/workspace/connectors", "/workspace/network_lists", "/workspace/functions"

describe("a list of version 4 of the sandbox", function()
  local server, application

  setup(function()
    server = sandboxes.start({ seed = {} })
    for number, name in ipairs({ "beta", "Alpha", "gamma", "alphabet" }) do
      server:expect(201, "POST", CONNECTORS, number == 3
        and { name = name, type = "live_ingest", active = false, attributes = { region = "us-east-1" } }
        or sandboxes.connector(name))
    end
    application = server:expect(201, "POST", "/workspace/applications", { name = "a" })
    application = ("/workspace/applications/%d"):format(application.id)
  end)

  teardown(function()
    server:stop()
  end)

  local function names(query)
    return server:listed(CONNECTORS, "name", query)
  end

  it("is in the order of creation, or of a field, up or down", function()
    assert.same({ "beta", "Alpha", "gamma", "alphabet" }, names({}))
    assert.same({ "Alpha", "alphabet", "beta", "gamma" }, names({ ordering = "name" }))
    assert.same({ "gamma", "beta", "alphabet", "Alpha" }, names({ ordering = "-name" }))
    assert.same({ "gamma", "beta", "Alpha", "alphabet" }, names({ ordering = "active" }))
    assert.same({ "alphabet", "gamma", "Alpha", "beta" }, names({ ordering = "-id" }))
    assert.same({ "ordering 10000 attributes is not a field to order by." },
      server:refused("GET", CONNECTORS, nil, { ordering = "attributes" }))
    assert.same({ "ordering 10000 order_by is not a field to order by." },
      server:refused("GET", CONNECTORS, nil, { ordering = "order_by" }))
  end)

  it("takes every field of order that is documented for its resource, and no other", function()
    for _, resource in ipairs(resources) do
      local path = resource.path
      if not path:find("{", 1, true) then
        for _, field in ipairs(resource.lists.order_by or {}) do
          server:expect(200, "GET", path, nil, { ordering = field })
          server:expect(200, "GET", path, nil, { ordering = "-" .. field })
        end
      end
    end
  end)

  it("is searched in the documented fields, whatever the case", function()
    assert.same({ "Alpha", "alphabet" }, names({ search = "ALPHA" }))
    assert.same({ "gamma" }, names({ search = "live_ing" }))
    assert.same({}, names({ search = "a.example" }))
  end)

  it("is filtered: by part of a text, by one of several, by a boolean, by bounds", function()
    local ids = server:listed(CONNECTORS, "id")
    assert.same({ "Alpha", "alphabet" }, names({ name = "alpha" }))
    assert.same({ "beta", "gamma" }, names({ id = ("%d,%d"):format(ids[1], ids[3]) }))
    assert.same({ "gamma" }, names({ active = false }))
    assert.same({ "gamma" }, names({ ["type__in"] = "storage,live_ingest" }))
    assert.same({}, names({ ["type__in"] = "live" }))
    assert.same({}, names({ last_editor = "nobody" }))
    assert.equal(4, #names({ last_editor = "USER@" }))
    assert.equal(4, #names({ ["last_modified__gte"] = "2020-01-01T00:00:00Z" }))
    assert.same({}, names({ ["last_modified__lte"] = "2020-01-01T00:00:00Z" }))
    assert.equal(4, #names({ colour = "red" }))
    local second = server:expect(200, "GET", ("%s/%d"):format(CONNECTORS, ids[2])).last_modified
    assert.truthy(#names({ ["last_modified__lte"] = second }) >= 2)
  end)

  it("knows some fields by the names of their columns", function()
    server:expect(201, "POST", FUNCTIONS, { name = "f", code = "x", execution_environment = "firewall" })
    server:expect(201, "POST", FUNCTIONS, { name = "a", code = "x" })
    assert.same({ "f" }, server:listed(FUNCTIONS, "name", { ["runtime_environment__in"] = "firewall" }))
    assert.same({ "a", "f" }, server:listed(FUNCTIONS, "name", { ordering = "runtime_environment" }))
    server:expect(201, "POST", LISTS, { name = "n", type = "ip_cidr", items = { "::1", "192.0.2.1", "192.0.2.0/24" } })
    server:expect(201, "POST", LISTS, { name = "m", type = "asn", items = { "7" } })
    assert.same({ "m", "n" }, server:listed(LISTS, "name", { ordering = "list_type" }))
    assert.same({ "n" }, server:listed(LISTS, "name", { ["list_type__in"] = "ip_cidr,countries" }))
    local workload = server:expect(201, "POST", "/workspace/workloads", { name = "w", infrastructure = 2 })
    assert.same({ "w" }, server:listed("/workspace/workloads", "name", { map_name = ".MAP.", infrastructure = 2 }))
    assert.same({}, server:listed("/workspace/workloads", "name", { infrastructure = 1 }))
    local deployments = ("/workspace/workloads/%d/deployments"):format(workload.id)
    local id = tonumber(application:match("%d+$"))
    for _, name in ipairs({ "second", "first" }) do
      server:expect(201, "POST", deployments, { name = name, strategy = { attributes = { application = id } } })
    end
    assert.same({ "first", "second" }, server:listed(deployments, "name", { ordering = "tag" }))
    assert.same({ "first" }, server:listed(deployments, "name", { tag = "RST" }))
    assert.equal(2, #server:listed(deployments, "name", { name = "first" }))
    local settings = application .. "/cache_settings"
    server:expect(201, "POST", settings, { name = "c", browser_cache = { behavior = "override" } })
    server:expect(201, "POST", settings, { name = "b" })
    assert.same({ "b", "c" }, server:listed(settings, "name", { ordering = "browser_cache_settings" }))
  end)

  it("orders rules by number, and filters by it", function()
    local rules = application .. "/request_rules"
    for number = 1, 11 do
      server:expect(201, "POST", rules, sandboxes.rule(("r%02d"):format(number)))
    end
    assert.same({ 11, 10, 9 }, (function(list)
      return { list[1], list[2], list[3] }
    end)(server:listed(rules, "order", { ordering = "-order" })))
    assert.same({ 9, 10, 11 }, server:listed(rules, "order", { ["order__gte"] = 9 }))
    assert.same({ 0, 1 }, server:listed(rules, "order", { ["order__lte"] = 1 }))
  end)

  it("gives network lists without their items, and items of one family", function()
    local id = server:expect(201, "POST", LISTS, { name = "mixed", type = "ip_cidr",
      items = { "2001:db8::/32", "192.0.2.1", "10.0.0.1 #a: comment" } }).id
    for _, item in ipairs(server:expect(200, "GET", LISTS).results) do
      assert.is_nil(item.items)
      assert.truthy(item.name)
    end
    local path = ("%s/%d"):format(LISTS, id)
    local function items(query)
      return server:expect(200, "GET", path, nil, query).items
    end
    assert.equal(3, #items({}))
    assert.same({ "192.0.2.1", "10.0.0.1 #a: comment" }, items({ ipv6 = false }))
    assert.same({ "2001:db8::/32" }, items({ ipv4 = false, ipv6 = true }))
  end)

  it("gives the fields that are asked for, in items and in lists, through objects and lists", function()
    local query = { fields = "name,attributes.addresses.address,nothing", ordering = "name" }
    local first = server:expect(200, "GET", CONNECTORS, nil, query).results[1]
    assert.same({ name = "Alpha", attributes = { addresses = { { address = "a.example" } } } }, first)
    local id = server:listed(CONNECTORS, "id")[1]
    local path = ("%s/%d"):format(CONNECTORS, id)
    assert.same({ attributes = server:expect(200, "GET", path).attributes },
      (server:expect(200, "GET", path, nil, { fields = "attributes" })))
    assert.same({ id = id, active = true },
      (server:expect(200, "GET", path, nil, { fields = "id,active" })))
  end)

  it("is paged, ten at a time unless it is said, a hundred at most", function()
    local path = application .. "/device_groups"
    for number = 1, 103 do
      server:expect(201, "POST", path, { name = ("g%03d"):format(number), user_agent = "x" })
    end
    local page = server:expect(200, "GET", path)
    assert.same({ 103, 11, 1, 10, 10 }, { page.count, page.total_pages, page.page, page.page_size, #page.results })
    assert.is_nil(page.previous)
    page = server:expect(200, "GET", path, nil, { page_size = 1000, page = 2, name = "g" })
    assert.same({ 103, 2, 2, 100, 3 }, { page.count, page.total_pages, page.page, page.page_size, #page.results })
    assert.same({ "g101", "g102", "g103" },
      { page.results[1].name, page.results[2].name, page.results[3].name })
    assert.matches("/v4/workspace/applications/%d+/device_groups%?name=g&page=1&page_size=1000$", page.previous)
    assert.is_nil(page.next)
    server:expect(404, "GET", path, nil, { page = 12 })
  end)

  it("can change behind the client's back", function()
    local other = sandboxes.start({ seed = 5, faults = {
      { path = "/v4" .. CONNECTORS, action = "mutate", nth = 2, delete = { 1, 3 }, insert = 1 },
    } })
    assert.equal(5, #other:listed(CONNECTORS, "name"))
    local after = other:listed(CONNECTORS, "name")
    assert.same({ "connector-002", "connector-004", "connector-005" }, { after[1], after[2], after[3] })
    assert.equal(4, #after)
    other:stop()
  end)
end)
