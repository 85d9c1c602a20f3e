-- A document as text: what a person would have written, and the same when it is read back.
local azion = require("azion")
local core = require("azion.core")
local generator = require("spec.support.random")
local plans = require("spec.support.plans")

local documents = { v3 = require("spec.support.random_documents"), v4 = require("spec.support.random_documents_v4") }
local seed = tonumber(os.getenv("SPEC_SEED")) or os.time()

describe("a document as text", function()
  it("reads back to the same", function()
    for version, made in pairs(documents) do
      for round = seed + 1, seed + 20 do
        local document = made.make(generator(round))
        local where = ("%s, SPEC_SEED=%d"):format(version, round - 1)
        assert.same(document, plans.read_lua(azion.document.lua(document)), where)
        assert.equal(core.encode(document), core.encode(core.decode(azion.document.json(document), true)), where)
      end
    end
  end)

  it("keeps odd texts, names and numbers", function()
    local odd = { variables = { { key = 'a]]b\n]=]\\"é', value = "\r\n\0\t\27", ["end"] = true, ["a-b"] = { {} },
      big = 9007199254740991, small = -0.1, third = 1 / 3, huge = 1e300, nothing = azion.null, lines = "a\n]]\n]=" } } }
    assert.same(odd, plans.read_lua(azion.document.lua(odd)))
    assert.same(odd.variables[1].key, core.decode(azion.document.json(odd)).variables[1].key)
    assert.matches("small = -0.1,", azion.document.lua(odd), 1, true)
  end)

  it("has fields in the API's order, short objects on one line, and what belongs to an item last", function()
    assert.equal([[
return {
  domains = {
    { name = "shop", cnames = {}, edge_application_id = "shop" },
  },
  edge_applications = {
    {
      name = "shop",
      delivery_protocol = "http,https",
      origins = { { name = "Static files", addresses = { { address = "static.example.net", weight = 3 } } } },
      rules = {
        request = {
          {
            name = "r",
            criteria = { { { variable = "${uri}", operator = "starts_with", conditional = "if", input_value = "/" } } },
            behaviors = { { name = "deliver" } },
          },
        },
      },
    },
  },
}
]], azion.document.lua({
      domains = { { edge_application_id = "shop", cnames = azion.array({}), name = "shop" } },
      edge_applications = { { origins = { { addresses = { { weight = 3, address = "static.example.net" } },
        name = "Static files" } }, delivery_protocol = "http,https", rules = { request = { { name = "r",
          criteria = { { { conditional = "if", input_value = "/", operator = "starts_with", variable = "${uri}" } } },
          behaviors = { { name = "deliver" } } } } }, name = "shop" } },
    }))
  end)

  it("raises where it gets none", function()
    assert.has_error(function() azion.document.lua("x") end)
    assert.has_error(function() azion.document.json() end)
  end)
end)
