local schema = require("azion.api.schema")

local text, integer, choice, list, object = schema.text, schema.integer, schema.choice, schema.list, schema.object
local reference, one_of, case, resource = schema.reference, schema.one_of, schema.case, schema.resource

local function assert_raises(pattern, fn)
  local ok, message = pcall(fn)
  assert.is_false(ok)
  assert.matches(pattern, message)
end

describe("a field", function()
  it("is its kind, its name and its words", function()
    assert.same({ kind = "text", name = "name", required = true, length = { 1, 255 } },
      text "name" { required = true, length = { 1, 255 } })
  end)

  it("needs no words, and no name where it stands in another", function()
    local field = object "about" { text "title", list "tags" { text } }
    assert.same({ kind = "text", name = "title" }, field.fields[1])
    assert.is_nil(getmetatable(field.fields[1]))
    assert.same({ kind = "text" }, field.by_name.tags.of)
    assert.same(integer { range = { 1 } }, list { integer { range = { 1 } } }.of)
  end)

  it("is made of what no word names", function()
    assert.same({ "asc", "desc" }, choice "sort" { "asc", "desc", default = "asc" }.choices)
    assert.same("asc", choice "sort" { "asc", "desc", default = "asc" }.default)
  end)

  it("knows no other words than those for its kind", function()
    assert_raises("the word 'requierd' is unknown, or not for 'text'", function()
      return text "name" { requierd = true }
    end)
    assert_raises("'range' is unknown, or not for 'text'", function()
      return text "name" { range = { 1, 2 } }
    end)
    assert_raises("'text' is not made of anything", function()
      return text "name" { "about" }
    end)
  end)

  it("is a list of one kind", function()
    assert_raises("'ports' is of one kind of entries, got 0", function()
      return list "ports" { default = {} }
    end)
    assert_raises("got 2", function()
      return list "ports" { text, integer }
    end)
  end)

  it("is an object whose members have names of their own", function()
    assert_raises("a member of 'about' has no name", function()
      return object "about" { text {} }
    end)
    assert_raises("'about' has two members called 'title'", function()
      return object "about" { text "title", integer "title" }
    end)
  end)

  it("refers to a resource or to something outside", function()
    assert.equal("integer", reference "origin" { to = "origins" }.as)
    assert.equal("text", reference "bucket" { to = "buckets", as = "text" }.as)
    assert_raises("either to a resource or to something outside", function()
      return reference "origin" {}
    end)
    assert_raises("either to a resource or to something outside", function()
      return reference "origin" { to = "origins", outside = "origins" }
    end)
  end)

  it("is one of several, and the member that decides takes the values of the cases", function()
    local field = object "behavior" {
      choice "type" { required = true },
      one_of "value" {
        case { "deny", "deliver", phase = "request" },
        case { "redirect", is = text },
        by = "type",
      },
    }
    assert.same({ "deny", "deliver", "redirect" }, field.by_name.type.choices)
    assert.same({ values = { "deny", "deliver" }, phase = "request" }, field.by_name.value.cases[1])
    assert.same({ values = { "redirect" }, field = { kind = "text" } }, field.by_name.value.cases[2])
  end)
end)

describe("a resource", function()
  it("has what follows from its words", function()
    local described = resource "shops" {
      item = "shop", path = "/shops", lacks = { "update" }, stamps = { "last_editor" },
      fields = { integer "id" { read_only = true }, text "name" },
    }
    assert.equal("shops", described.name)
    assert.equal("id", described.key)
    assert.equal("id", described.referred_to_by)
    assert.same({ "name" }, described.named_by)
    assert.same({ update = true }, described.lacks)
    assert.same({ "id", "name" }, described.columns)
    assert.same({ kind = "text", name = "last_editor", read_only = true, nullable = true },
      described.by_name.last_editor)
    assert.equal(3, #described.fields)
  end)

  it("may be found and referred to by other fields", function()
    local described = resource "shops" {
      item = "shop", path = "/shops", key = "code", named_by = { "city", "street" },
      fields = { text "code", text "city", text "street" },
    }
    assert.equal("code", described.referred_to_by)
    assert.same({ "city", "street" }, described.named_by)
    assert.is_nil(resource "signs" { item = "sign", path = "/signs", fields = { text "colour" } }.named_by)
    assert.is_nil(resource "signs" { item = "sign", path = "/sign", single = true, fields = { text "colour" } }.key)
  end)

  it("knows no other words", function()
    assert_raises("the word 'paths' is unknown to the resource 'shops'", function()
      return resource "shops" { item = "shop", paths = "/shops", fields = {} }
    end)
  end)
end)
