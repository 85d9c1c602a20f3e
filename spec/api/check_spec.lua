-- What a caller sends, held against a description: by kinds alone, strictly, and as a whole.
local core = require("azion.core")
local check = require("azion.api.check")
local schema = require("azion.api.schema")
local walk = require("azion.api.walk")

local text, integer, number, boolean, choice = schema.text, schema.integer, schema.number, schema.boolean, schema.choice
local list, object, own_object, reference = schema.list, schema.object, schema.own_object, schema.reference
local one_of, case, resource = schema.one_of, schema.case, schema.resource

local null = core.null
local by_sea = { by = "sea" }

local resources = walk.connect({
  resource "harbours" { item = "harbour", path = "/harbours", referred_to_by = "number",
    fields = { integer "id" { read_only = true }, integer "number" { read_only = true }, text "name" } },
  resource "ships" { item = "ship", path = "/ships", fields = {
    integer "id" { read_only = true },
    text "name" { required = true, length = { 2, 5 } },
    text "code" { also = "integer", immutable = true },
    integer "masts" { range = { 1, 4 }, default = 2 },
    number "draught",
    boolean "old",
    choice "by" { "sea", "river", default = "sea", create_only = { old = true } },
    choice "class" { 1, 2 },
    list "ports" { text { length = { 1 } }, length = { 0, 3 } },
    list "decks" { list { object { text "wood" { required = true }, list "nails" { integer } } } },
    list "doors" { integer, or_one = true },
    object "sail" { text "colour" { required = true }, list "patches" { text }, nullable = true },
    own_object "cargo",
    own_object "papers" { or_list = true },
    reference "home" { to = "harbours" },
    reference "next" { to = "harbours", as = "text", words = { "none" } },
    list "visited" { reference { to = "harbours" } },
    text "tide" { when = by_sea, required = { old = true } },
    one_of "order" {
      case { "sail", is = object { reference "to" { to = "harbours", required = true }, list "via" { text } } },
      case { "say", is = text { required = true } },
      case { "stay" },
      by = "verb", nullable = true,
    },
    choice "verb" { open = true },
    list "flags" { text, immutable = true },
    integer "lanes" { range = { 7, 7 }, when = { by = "river", old = false } },
    reference "flag" { to = "harbours", words = { "none" } },
    one_of "crew" {
      case { "captain", is = object { text "rank", list "orders" { text } } },
      case { "cook", is = object { text "rank", text "dish", list "dishes" { text } } },
      case { "guest", is = reference { to = "harbours" } },
      by = "role",
    },
    choice "role" { open = true },
  } },
})
local ships = resources.by_name.ships

local function problems_of(given, mode, settings)
  local found = {}
  local _, problems = check.body(ships, given, mode, settings)
  for _, problem in ipairs(problems or {}) do
    found[#found + 1] = ("%s: %s: %s"):format(problem.at, problem.rule, problem.text)
  end
  return found
end

local function body_of(given, mode, settings)
  local body, problems = check.body(ships, given, mode, settings)
  assert.is_nil(problems)
  return core.encode(body)
end

local function marked(value)
  return setmetatable(value, core.array_metatable)
end

describe("a value of the right kind", function()
  for _, given in ipairs({
    { name = "" }, { code = "7" }, { code = 7 }, { masts = 900 }, { masts = 2.0 }, { draught = 1.5 }, { old = false },
    { by = "air" }, { class = 9 }, { ports = { "a", "b", "c", "d" } }, { doors = 3 }, { doors = { 3, 4 } },
    { sail = { colour = "red" } }, { sail = {} }, { cargo = { any = { 1 } } }, { cargo = {} }, { papers = { 1 } },
    { home = 5 }, { next = 5 }, { next = "5" }, { next = "whatever" }, { visited = { 1, 2 } },
    { verb = "stay", order = "x" }, { verb = "swim", order = { to = 1 } }, { order = "x" }, { unknown = { print } },
    { id = "not looked at" },
  }) do
    it(("passes: %s = %s"):format(next(given), tostring(select(2, next(given)))), function()
      assert.same({}, problems_of(given))
    end)
  end

  it("is null for any field", function()
    for _, field in ipairs(ships.fields) do
      assert.same({}, problems_of({ [field.name] = null }), field.name)
    end
  end)
end)

describe("a value of the wrong kind", function()
  for _, row in ipairs({
    { { name = 5 }, "name: kind: expected a string, got a number" },
    { { name = {} }, "name: kind: expected a string, got a list" },
    { { code = true }, "code: kind: expected a string or an integer, got a boolean" },
    { { masts = "2" }, "masts: kind: expected an integer, got \"2\"" },
    { { masts = 2.5 }, "masts: kind: expected an integer, got 2.5" },
    { { masts = 0 / 0 }, "masts: kind: expected an integer, got nan" },
    { { draught = "" }, "draught: kind: expected a number, got an empty string" },
    { { old = 1 }, "old: kind: expected a boolean, got a number" },
    { { by = 1 }, "by: kind: expected a string, got a number" },
    { { class = "1" }, "class: kind: expected an integer, got \"1\"" },
    { { ports = "a" }, "ports: kind: expected a list, got a string" },
    { { ports = { a = "b" } }, "ports: kind: expected a list, got a table with named fields" },
    { { ports = { "a", 2 } }, "ports.2: kind: expected a string, got a number" },
    { { ports = { null } }, "ports.1: kind: expected a string, got null" },
    { { decks = { { { wood = 1 } } } }, "decks.1.1.wood: kind: expected a string, got a number" },
    { { decks = { {}, { {}, { nails = { 1, "2" } } } } },
      "decks.2.2.nails.2: kind: expected an integer, got \"2\"" },
    { { doors = "3" }, "doors: kind: expected an integer or a list, got a string" },
    { { doors = { "3" } }, "doors.1: kind: expected an integer, got \"3\"" },
    { { sail = "red" }, "sail: kind: expected an object, got a string" },
    { { sail = marked {} }, "sail: kind: expected an object, got a list" },
    { { sail = { colour = 1 } }, "sail.colour: kind: expected a string, got a number" },
    { { cargo = { 1 } }, "cargo: kind: expected an object, got a list" },
    { { papers = "x" }, "papers: kind: expected an object or a list, got a string" },
    { { home = "x" }, "home: kind: expected an integer or an item, got \"x\"" },
    { { home = { id = 5 } }, "home: kind: expected an integer or an item, got a table with named fields" },
    { { next = true }, "next: kind: expected an integer, a string or an item, got a boolean" },
    { { flag = 1.5 }, "flag: kind: expected an integer, a string or an item, got 1.5" },
    { { visited = { 1, {} } }, "visited.2: kind: expected an integer or an item, got a list" },
    { { verb = "say", order = { to = 1 } }, "order: kind: expected a string, got a table with named fields" },
    { { verb = "sail", order = { to = "x" } }, "order.to: kind: expected an integer or an item, got \"x\"" },
    { { order = 5 }, "order: kind: expected an object or a string, got a number" },
  }) do
    it("is told: " .. row[2], function()
      assert.same({ row[2] }, problems_of(row[1]))
    end)
  end

  it("is told in every place, in the order of names", function()
    assert.same({
      "masts: kind: expected an integer, got a boolean",
      "name: kind: expected a string, got a number",
      "sail.colour: kind: expected a string, got a boolean",
    }, problems_of({ name = 1, sail = { colour = true }, masts = true }))
  end)

  it("is told of a list in the place of all fields", function()
    assert.same({ ": kind: expected named fields, got a list" }, problems_of({ "a" }))
  end)
end)

describe("what is sent", function()
  it("is the caller's table where nothing in it had to be replaced", function()
    local given = { name = "Ann", ports = { "a" }, sail = { colour = "red" }, ports2 = {} }
    assert.equal(given, (check.body(ships, given)))
  end)

  it("has lists as arrays, also when they are empty, at any depth", function()
    assert.equal('{"ports":[]}', body_of({ ports = {} }))
    assert.equal('{"decks":[[]]}', body_of({ decks = { {} } }))
    assert.equal('{"decks":[[{"nails":[],"wood":"oak"}]]}', body_of({ decks = { { { wood = "oak", nails = {} } } } }))
    assert.equal('{"sail":{"patches":[]}}', body_of({ sail = { patches = {} } }))
    assert.equal('{"order":{"via":[]}}', body_of({ order = { via = {} } }))
    assert.equal('{"cargo":{},"papers":{},"unknown":{}}', body_of({ cargo = {}, papers = {}, unknown = {} }))
  end)

  it("has ids in the place of items, by the field that references hold", function()
    local harbour = { id = 5, number = 77, name = "Lisbon" }
    assert.equal('{"home":77}', body_of({ home = harbour }))
    assert.equal('{"next":"77"}', body_of({ next = harbour }))
    assert.equal('{"visited":[1,77]}', body_of({ visited = { 1, harbour } }))
    assert.equal('{"order":{"to":77},"verb":"sail"}', body_of({ verb = "sail", order = { to = harbour } }))
    assert.equal('{"order":{"to":77}}', body_of({ order = { to = harbour } }))
  end)

  it("leaves the caller's tables as they are", function()
    local harbour, deck = { number = 77 }, { wood = "oak", nails = {} }
    local given = { home = harbour, ports = {}, decks = { { deck } }, visited = { harbour } }
    body_of(given)
    assert.same({ home = { number = 77 }, ports = {}, decks = { { { wood = "oak", nails = {} } } },
      visited = { { number = 77 } } }, given)
    assert.equal(harbour, given.home)
    assert.equal(deck, given.decks[1][1])
    for _, value in ipairs({ given.ports, deck.nails, given.decks }) do
      assert.is_nil(getmetatable(value))
    end
  end)
end)

describe("what stands where the member that decides is not known", function()
  it("is taken for the case that knows most of it", function()
    assert.equal('{"crew":{"dish":"x","dishes":[],"rank":"y"}}',
      body_of({ crew = { rank = "y", dish = "x", dishes = {} } }))
    assert.equal('{"crew":{"orders":[],"rank":"y"}}', body_of({ crew = { rank = "y", orders = {} } }))
    assert.same({ "crew.dish: kind: expected a string, got a boolean" },
      problems_of({ crew = { rank = "y", dish = true } }))
  end)

  it("may be an item in the place of its id", function()
    assert.equal('{"crew":77}', body_of({ crew = 77 }))
    assert.equal('{"crew":77,"role":"guest"}', body_of({ role = "guest", crew = { number = 77 } }))
    assert.equal('{"crew":77}', body_of({ crew = { number = 77 } }))
    assert.equal('{"crew":{"id":77}}', body_of({ crew = { id = 77 } }))
    assert.same({ "crew: kind: expected an object, an integer or an item, got a boolean" },
      problems_of({ crew = true }))
  end)
end)

describe("a strict check", function()
  local strict = { strict = true }

  it("refuses unknown names, and tells the nearest known one where one is near", function()
    assert.same({ "nam: unknown: unknown; the nearest known name is 'name'" }, problems_of({ nam = 1 }, nil, strict))
    assert.same({ "sail.color: unknown: unknown; the nearest known name is 'colour'" },
      problems_of({ sail = { color = 1 } }, nil, strict))
    assert.same({ "decks.1.2.nail: unknown: unknown; the nearest known name is 'nails'" },
      problems_of({ decks = { { {}, { nail = 1 } } } }, nil, strict))
    assert.same({ "wheelbarrow: unknown: unknown", "z: unknown: unknown" },
      problems_of({ wheelbarrow = 1, z = 1 }, nil, strict))
  end)

  it("lets pass what was read, and what is the caller's own", function()
    assert.same({}, problems_of({ id = 5, name = "Ann", cargo = { anything = 1 } }, nil, strict))
  end)

  it("survives names that are no texts", function()
    assert.same({ "2: unknown: unknown", "true: unknown: unknown" }, problems_of({ [true] = 1, [2] = 1 }, nil, strict))
    assert.same({}, problems_of({ [true] = 1, [2] = 1, name = "Ann" }))
  end)
end)

describe("a whole check", function()
  local function whole(given, mode, base)
    return problems_of(given, mode, { whole = true, base = base })
  end

  it("demands what is required, on creation and overwrite", function()
    assert.same({ "name: required: is required" }, whole({}))
    assert.same({ "name: required: is required" }, whole({}, "overwrite"))
    assert.same({}, whole({}, "update"))
    assert.same({ "name: required: is required", "sail.colour: required: is required" }, whole({ sail = {} }))
    assert.same({ "sail.colour: required: is required" }, whole({ sail = {} }, "update"))
    assert.same({ "order: required: is required" }, whole({ name = "Ann", verb = "say" }))
  end)

  it("demands what is required on a condition", function()
    assert.same({ "tide: required: is required" }, whole({ name = "Ann", old = true }))
    assert.same({}, whole({ name = "Ann", old = false }))
    assert.same({}, whole({ name = "Ann", old = true, by = "river" }))
    assert.same({}, whole({ name = "Ann", old = true, tide = "high" }))
    assert.same({ "tide: required: is required" }, whole({ old = true }, "update", { name = "Ann", by = "sea" }))
    assert.same({}, whole({ old = true }, "update", { name = "Ann", by = "sea", tide = "low" }))
    assert.same({}, whole({ old = true }, "update"))
  end)

  it("refuses what belongs to another variant, unless it is empty", function()
    local problem = 'tide: variant: can be given only if by is "sea"'
    assert.same({ problem }, whole({ name = "Ann", by = "river", tide = "high" }))
    assert.same({ problem }, whole({ tide = "high" }, "update", { by = "river" }))
    assert.same({ 'lanes: variant: can be given only if by is "river" and old is false' },
      whole({ name = "Ann", lanes = 7 }))
    assert.same({ "lanes: range: expected 7, got 8" },
      whole({ name = "Ann", lanes = 8, by = "river", old = false }))
    assert.same({}, whole({ name = "Ann", by = "river", tide = "" }))
    assert.same({}, whole({ tide = "high" }, "update"))
    assert.same({ "order: variant: takes nothing here" }, whole({ name = "Ann", verb = "stay", order = "x" }))
    assert.same({}, whole({ name = "Ann", verb = "stay", order = null }))
  end)

  it("knows choices, ranges, lengths and nulls", function()
    assert.same({ 'by: choice: expected "sea" or "river", got "air"' }, whole({ name = "Ann", by = "air" }))
    assert.same({}, whole({ name = "Ann", verb = "swim" }))
    for value, problem in pairs({ [0] = true, [1] = false, [4] = false, [5] = true }) do
      assert.same(problem and { "masts: range: expected 1 to 4, got " .. value } or {},
        whole({ name = "Ann", masts = value }))
    end
    assert.same({ "name: length: expected 2 to 5 characters, got 1" }, whole({ name = "A" }))
    assert.same({ "name: length: expected 2 to 5 characters, got 6" }, whole({ name = "Annika" }))
    assert.same({}, whole({ name = "Ännïk" })) -- five characters, seven bytes
    assert.same({ "ports: length: expected 0 to 3 entries, got 4" },
      whole({ name = "Ann", ports = { "a", "b", "c", "d" } }))
    assert.same({ "ports.2: length: expected at least 1 characters, got 0" },
      whole({ name = "Ann", ports = { "a", "" } }))
    assert.same({ "old: null: cannot be null" }, whole({ name = "Ann", old = null }))
    assert.same({}, whole({ name = "Ann", sail = null }))
  end)

  it("refuses changes of what stays as it was made", function()
    assert.same({ "code: immutable: cannot be changed" }, whole({ code = "b" }, "update", { code = "a" }))
    assert.same({}, whole({ code = "a" }, "update", { code = "a" }))
    local base = { flags = { "a", "b" } }
    assert.same({}, whole({ flags = { "a", "b" } }, "update", base))
    assert.same({ "flags: immutable: cannot be changed", "flags: kind: expected a list, got a string" },
      whole({ flags = "a" }, "update", base))
    for _, flags in ipairs({ { "a" }, { "a", "c" }, { "a", "b", "c" }, {} }) do
      assert.same({ "flags: immutable: cannot be changed" }, whole({ flags = flags }, "update", base))
    end
    assert.same({ "by: create_only: can be set on creation only" },
      whole({ by = "river" }, "update", { by = "sea", old = true }))
    assert.same({}, whole({ by = "river" }, "update", { by = "sea", old = false }))
    -- As the item was, not as it is to be.
    assert.same({}, whole({ by = "river", old = true }, "update", { by = "sea", old = false }))
    assert.same({ "by: create_only: can be set on creation only" },
      whole({ by = "river", old = false }, "update", { by = "sea", old = true }))
  end)

  it("takes names in the place of ids where that is asked for", function()
    assert.same({ "home: kind: expected an integer or an item, got \"Lisbon\"" },
      problems_of({ home = "Lisbon" }))
    assert.same({}, problems_of({ home = "Lisbon", visited = { "Porto" } }, "create", { names = true }))
    assert.same({ "home: kind: expected an integer or an item, got a boolean" },
      problems_of({ home = true }, "create", { names = true }))
  end)
end)

describe("an item in the place of an id", function()
  it("is refused where its number may mean another item", function()
    local problem = "next: kind: expected an integer, a string or an item, got a table with named fields"
    assert.same({ problem }, problems_of({ next = { number = 2 ^ 53 } }))
    assert.same({ problem }, problems_of({ next = { number = 5.5 } }))
    assert.equal('{"next":"9007199254740991"}', body_of({ next = { number = 2 ^ 53 - 1 } }))
  end)
end)
