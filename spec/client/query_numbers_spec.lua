-- The numbers of a query: what is too large or odd is refused, by every method that takes a query, and nothing is sent.
local support = require("spec.support.sandbox")

local odd = { 0, -1, -2 ^ 40, 0.5, 1.5, 2.0 ^ 53, 2.0 ^ 64, 1e300, 0 / 0, 1 / 0, -1 / 0, true, {}, print,
  "0", "00", "-1", "+1", "1.5", "1.0", "1e3", "0x10", " 1", "1 ", "x", "\0", "9007199254740992",
  "9223372036854775807", "9223372036854775808", "99999999999999999999", ("9"):rep(400) }
local fine = { 1, 2, 1.0, 2 ^ 31, 2 ^ 53 - 1, "1", "01", "2", "9007199254740991" }
if math.type then
  odd[#odd + 1] = math.maxinteger
  odd[#odd + 1] = math.mininteger
end

describe("a number of a query", function()
  local server, client

  setup(function()
    server = support.start({ seed = 3 })
    client = server:client()
  end)
  teardown(function() server:stop() end)

  -- Each gives what went wrong; an iterator raises it.
  local readers = {
    list = function(origins, query) return select(2, origins:list(query)) end,
    all = function(origins, query) return select(2, origins:all(query)) end,
    each = function(origins, query)
      return select(2, pcall(function() for _ in origins:each(query) do return end end))
    end,
    pages = function(origins, query)
      return select(2, pcall(function() for _ in origins:pages(query) do return end end))
    end,
  }

  local function assert_refused(name, value, read, method)
    local before = #server:requests()
    local err = read(client:origins(support.application), { [name] = value })
    local where = ("%s { %s = %s }"):format(method, name, tostring(value))
    assert.equal("table", type(err), where .. ": " .. tostring(err))
    assert.equal("invalid", err.kind, where)
    assert.is_not_nil(err.fields[name], where)
    assert.matches("^expected a whole number ", err.fields[name][1])
    assert.equal(before, #server:requests(), where)
  end

  for _, name in ipairs({ "page", "page_size" }) do
    it(name .. " is refused where it is odd, whatever reads", function()
      for method, read in pairs(readers) do
        for _, value in ipairs(odd) do
          assert_refused(name, value, read, method)
        end
      end
    end)

    it(name .. " is sent where it is whole, up to 2^53", function()
      for method, read in pairs(readers) do
        for _, value in ipairs(fine) do
          local before = #server:requests()
          local err = read(client:origins(support.application), { [name] = value })
          assert.is_true(type(err) ~= "table" or err.kind == "not_found" or err.kind == "rejected",
            ("%s { %s = %s }: %s"):format(method, name, tostring(value), tostring(err)))
          assert.is_true(#server:requests() > before)
        end
      end
    end)
  end

  it("of pages ahead is refused where it is odd", function()
    for _, method in ipairs({ "all", "each", "pages" }) do
      for _, value in ipairs(odd) do
        if value ~= 0 then
          assert_refused("prefetch", value, readers[method], method)
        end
      end
      assert_refused("prefetch", "4", readers[method], method)
    end
  end)

  it("is refused by request too", function()
    for _, value in ipairs(odd) do
      local before = #server:requests()
      local body, err = client:request("GET", "/domains", { query = { page = value } })
      assert.is_nil(body)
      assert.equal("invalid", err.kind)
      assert.equal(before, #server:requests())
    end
  end)
end)

describe("find", function()
  -- As the API's documentation has it, for these two lists alone.
  local filters = { domains = true, digital_certificates = true }

  it("asks the API for the name where its list takes one, and only there", function()
    local resources = require("azion.api.v3").resources
    local server = support.start({ seed = 3 })
    finally(function() server:stop() end)
    local client = server:client()
    for name in pairs(resources.by_name) do
      local before = #server:requests()
      client[name](client, support.application, "request"):find("a name")
      local request = server:requests()[before + 1]
      assert.equal(filters[name] or nil, request.query:find("name=a%20name", 1, true) and true, name)
    end
  end)
end)
