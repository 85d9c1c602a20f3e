local schema = require("azion.api.schema")
local walk = require("azion.api.walk")

local text, integer, list, object, reference = schema.text, schema.integer, schema.list, schema.object, schema.reference
local one_of, case, resource = schema.one_of, schema.case, schema.resource

local function described()
  return walk.connect({
    resource "ships" { item = "ship", path = "/ships", fields = { integer "id", text "name" },
      lists = { filters = { "id", "label" }, by_name = "label", lack = { "crew" } },
      methods = { launch = { path = "/ships/launch", fields = { text "password" { secret = true } } } } },
    resource "boats" { item = "boat", path = "/ships/{ships}/boats", referred_to_by = "number",
      fields = { integer "id", integer "number" } },
    resource "orders" { item = "order", path = "/ships/{ships}/{phase}/orders", phases = { "day", "night" }, fields = {
      text "verb",
      list "seats" { object { text "code" { secret = true }, text "key" { secret = "here" } } },
      one_of "where" { by = "verb", case { "row", is = reference { to = "boats" } }, case { "call", is = object {
        reference "ship" { to = "ships" }, reference "king" { outside = "kings" } } } },
    } },
  })
end

describe("a walk over a description", function()
  it("visits every field, in its place and in the API's order", function()
    local paths = {}
    walk.each_field(described().by_name.orders, function(field, path, around)
      paths[#paths + 1] = ("%s %s %d"):format(path, field.kind, #around)
    end)
    assert.same({ "verb text 1", "seats list 1", "seats[] object 1", "seats[].code text 2", "seats[].key text 2",
      "where one_of 1", "where reference 1", "where object 1", "where.ship reference 2", "where.king reference 2" },
      paths)
  end)

  it("finds the parent of a resource, and which field a reference holds", function()
    local resources = described()
    local boats, orders = resources.by_name.boats, resources.by_name.orders
    assert.is_nil(resources.by_name.ships.parent)
    assert.equal("ships", boats.parent)
    assert.equal("ships", orders.parent)
    assert.equal("number", orders.by_name.where.cases[1].field.by)
    assert.equal("id", orders.by_name.where.cases[2].field.by_name.ship.by)
    assert.equal("id", orders.by_name.where.cases[2].field.by_name.king.by)
    assert.is_true(walk.is_sibling(orders, boats))
    assert.is_false(walk.is_sibling(orders, resources.by_name.ships))
    assert.is_false(walk.is_sibling(resources.by_name.ships, resources.by_name.ships))
  end)

  it("finds the secrets, and where the common names among them count", function()
    local secrets = walk.secrets(described())
    assert.same({ code = true, password = true }, secrets.anywhere)
    assert.equal(1, #secrets.here)
    assert.same({ key = true }, secrets.here[1].names)
    assert.truthy(("/ships/5/day/orders/7"):find(secrets.here[1].pattern))
    assert.is_nil(("/ships/5/6/day/orders"):find(secrets.here[1].pattern))
    assert.is_nil(("/ships/5"):find(secrets.here[1].pattern))
    assert.is_nil(("/v4/ships/5/day/orders"):find(secrets.here[1].pattern))
  end)

  it("finds the filter that means the name, and lists that give less", function()
    local resources = described()
    assert.equal("label", walk.name_filter(resources.by_name.ships))
    assert.is_nil(walk.name_filter(resources.by_name.boats))
    assert.is_true(walk.lists_less(resources.by_name.ships))
    assert.is_false(walk.lists_less(resources.by_name.boats))
  end)
end)

describe("a condition", function()
  local function holds(condition, members)
    return walk.holds(condition, function(name)
      return members[name], members[name] ~= nil
    end)
  end

  it("is yes, no, or what members have to be", function()
    assert.is_true(holds(true, {}))
    assert.is_false(holds(nil, {}))
    assert.is_true(holds({ a = 1 }, { a = 1 }))
    assert.is_false(holds({ a = 1 }, { a = 2 }))
    assert.is_true(holds({ a = { 1, 2 } }, { a = 2 }))
    assert.is_false(holds({ a = { 1, 2 } }, { a = 3 }))
    assert.is_true(holds({ a = 1, b = false }, { a = 1, b = false }))
    assert.is_false(holds({ a = 1, b = false }, { a = 1, b = true }))
  end)

  it("is unknown where a member is, unless another one settles it", function()
    assert.is_nil(holds({ a = 1 }, {}))
    assert.is_nil(holds({ a = 1, b = 2 }, { b = 2 }))
    assert.is_false(holds({ a = 1, b = 2 }, { b = 3 }))
  end)
end)
