-- The files that are written from the descriptions are current, and tell what the descriptions say.
local disk = require("tools.derived.disk")
local files = require("tools.derived.files")
local notes = require("azion.api.notes")
local reference = require("tools.derived.reference")
local schema = require("azion.api.schema")

local function resources_of(version)
  return require("azion.api." .. version .. ".resources")
end

local function has(text, ...)
  for _, wanted in ipairs({ ... }) do
    assert.truthy(text:find(wanted, 1, true), wanted)
  end
end

describe("what is written from the descriptions", function()
  it("is current: `make describe` writes it", function()
    assert.same({}, files.stale())
  end)

  it("lists every file of a version's folder that describes a resource", function()
    for version, count in pairs({ v3 = 11, v4 = 23 }) do
      local resources, named = resources_of(version), 0
      for name, resource in pairs(resources.by_name) do
        named = named + 1
        assert.equal(name, resource.name)
      end
      assert.equal(count, named)
      assert.equal(count, #resources)
    end
  end)

  it("tells editors of each collection, what it takes and what it gives", function()
    local text = disk.read("lua/azion/types.lua")
    has(text, "---@field origins fun(self: azion.v3.Client, edge_application: azion.Id): azion.OriginsCollection\n",
      "---@field create fun(self: azion.OriginsCollection, fields: azion.OriginFields, options?: azion.CallOptions): "
        .. "azion.Origin?, azion.Error?, azion.Response?\n",
      "---@class azion.Origin: azion.OriginFields\n", "---@field addresses? azion.OriginAddress[] ",
      '---@field server_role? "primary"|"backup" ',
      '---@field rules fun(self: azion.v4.Client, application: azion.Id, phase: "request"|"response"): '
        .. "azion.v4.RulesCollection\n",
      "---@field clone fun(self: azion.v4.WafsCollection, id: azion.Id, fields: azion.v4.WAFCloneFields, ",
      "---@field dnssec fun(self: azion.v4.DnsZonesCollection, id: azion.Id): azion.v4.DnssecObject\n")
    for _, version in ipairs({ "v3", "v4" }) do
      for _, resource in ipairs(resources_of(version)) do
        for _, field in ipairs(resource.fields) do
          has(text, ("---@field %s? "):format(field.name))
        end
      end
    end
  end)

  it("does not offer methods that the API lacks", function()
    local text = disk.read("lua/azion/types.lua")
    has(text, "---@field overwrite fun(self: azion.VariablesCollection,")
    assert.is_nil(text:find("---@field update fun(self: azion.VariablesCollection,", 1, true))
    assert.is_nil(text:find("---@field get fun(self: azion.v4.PersonalTokensCollection,", 1, true))
  end)

  it("has a section for each resource of version 4, with its fields in their places", function()
    local text = disk.read("docs/resources-v4.md")
    for _, resource in ipairs(resources_of("v4")) do
      has(text, ("\n## %s\n"):format(resource.name), ("](#%s)"):format(resource.name), resource.path)
    end
    has(text, "| `attributes.addresses[].http_port` | integer | 1 to 65535; default: 80 |",
      "### `applications:clone(id, fields)`", "### `rules:order(ids)`", "### `certificates:request(fields)`")
  end)

  it("replaces the tables of a page between their marks and nothing else", function()
    local page = "before\n<!-- fields of variables -->\nold\n<!-- end -->\nbetween `old`\n"
      .. "<!-- fields of create_csr -->\n<!-- end -->\nafter\n"
    local filled = reference.filled(page)
    assert.matches("^before\n<!%-%- fields of variables %-%->\n\n| field | type | |\n", filled)
    has(filled, "| `secret` | boolean |", "\n<!-- end -->\nbetween `old`\n", "| `sans` | list of strings |")
    assert.matches("\nafter\n$", filled)
    assert.is_nil(filled:find("\nold\n", 1, true))
    assert.equal(filled, reference.filled(filled))
  end)
end)

describe("the notes on a field", function()
  it("tell what a reader has to know", function()
    assert.same({ "required", "seconds", "1 to 9", "of the whole", "default: 3" }, notes.of(schema.integer "time" {
      required = true, unit = "seconds", range = { 1, 9 }, about = "of the whole", default = 3 }, "%s"))
    assert.same({ "required with signed", "only with kind a or b", "at most 7 characters", "or null", 'default: "x"',
      "secret", "create only" }, notes.of(schema.text "key" { required = { signed = true }, secret = true,
      when = { kind = { "a", "b" } }, length = { 0, 7 }, nullable = true, default = "x", create_only = true }, '"%s"'))
    local all = schema.list "all" { schema.text, length = { 2 }, default = {} }
    assert.same({ "at least 2 entries" }, notes.of(all, "%s"))
    assert.same({}, notes.of(schema.boolean "plain" {}, "%s"))
  end)
end)
