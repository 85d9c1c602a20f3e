-- docs/version-4.md against the library: calls that there are, fields that the descriptions have, code that works.
local azion = require("azion")
local child = require("spec.support.child")
local elsewhere = require("azion.api.elsewhere")
local files = require("spec.support.files")
local walk = require("azion.api.walk")

local text = files.read("docs/version-4.md")

local resources = { v3 = require("azion.api.v3").resources, v4 = require("azion.api.v4").resources }

-- Each table: its heads, and rows of cells.
local function tables_of(page)
  local tables, current = {}, nil
  for line in page:gmatch("([^\n]*)\n") do
    local cells = {}
    for cell in line:gmatch("| ([^|]*)") do
      cells[#cells + 1] = cell:match("^(.-)%s*$")
    end
    if line:sub(1, 1) ~= "|" then
      current = nil
    elseif not current then
      current = { heads = cells, rows = {} }
      tables[#tables + 1] = current
    elseif not line:find("^|%-") then
      table.insert(current.rows, cells)
    end
  end
  return tables
end

local function ticked(cell)
  return cell:gmatch("`([^`]+)`")
end

local function paths_of(resource)
  local paths = {}
  walk.each_field(resource, function(_, path)
    paths[(path:gsub("%[%]", ""))] = true
  end)
  return paths
end

describe("the page about version 4", function()
  local tables = tables_of(text)

  it("names fields that each version has", function()
    local fields = 0
    for _, found in ipairs(tables) do
      local left, right = found.heads[1]:match("^`([%l_]+)`$"), (found.heads[2] or ""):match("^`([%l_]+)`$")
      if left then
        local known = { paths_of(resources.v3.by_name[left]), paths_of(resources.v4.by_name[right]) }
        for _, row in ipairs(found.rows) do
          for column = 1, 2 do
            for name in ticked(row[column]) do
              fields = fields + 1
              assert.is_true(known[column][name], found.heads[column] .. ": " .. name)
            end
          end
        end
      end
    end
    assert.is_true(fields > 120, fields)
  end)

  it("tells of every field of an origin, a domain and a cache setting what it becomes", function()
    for name, unsaid in pairs({
      origins = { origin_id = true, origin_key = true },
      domains = { id = true, edge_application_id = true, edge_firewall_id = true },
      cache_settings = { id = true, name = true, is_slice_edge_caching_enabled = true,
        is_slice_l2_caching_enabled = true },
    }) do
      local said = {}
      for _, found in ipairs(tables) do
        for _, row in ipairs(found.heads[1] == "`" .. name .. "`" and found.rows or {}) do
          for field in ticked(row[1]) do
            said[field] = true
          end
        end
      end
      for path in pairs(paths_of(resources.v3.by_name[name])) do
        assert.is_true(said[path] or unsaid[path], name .. ": " .. path)
      end
    end
  end)

  it("makes calls that each face has", function()
    local clients = { assert(azion.v3.client({ token = "t" })), assert(azion.v4.client({ token = "t" })) }
    local calls = 0
    for _, row in ipairs(tables[1].rows) do
      for column = 1, 2 do
        for name in row[column]:gmatch("client:([%l_]+)%(") do
          calls = calls + 1
          assert.is_function(clients[column][name], name)
        end
        local version = column == 1 and "v3" or "v4"
        for name, method in row[column]:gmatch("client:([%l_]+)%(%):([%l_]+)%(") do
          assert.is_function(clients[column][name](clients[column])[method], version .. ": " .. method)
        end
      end
    end
    assert.is_true(calls > 30, calls)
  end)

  it("has the names that a mistake with them tells", function()
    local names = 0
    for _, row in ipairs(tables[1].rows) do
      local older, newer = row[1]:match("^`client:([%l_]+)%("), row[2]:match("^`client:([%l_]+)%(")
      if older and newer and older ~= newer and older ~= "request" then
        names = names + 1
        assert.matches("; version 4 has '" .. newer .. "'$", elsewhere.text(older, resources.v4))
        assert.matches("; version 3 has '" .. older .. "'$", elsewhere.text(newer, resources.v3))
      end
    end
    assert.is_true(names >= 6, names)
  end)

  it("has a beginning that speaks what the account speaks", function()
    local block = text:match("\n```lua\n(.-)\n```\n")
    for _, version in ipairs({ "v3", "v4" }) do
      local sandbox = assert(azion.sandbox.start({ speaks = version }))
      local status, output, errors = child.run({ "-" }, { input = block .. "\nio.write(tostring(client))",
        environment = { AZION_TOKEN = sandbox.token, AZION_ACCOUNT_URL = sandbox.account_url,
          AZION_CA_FILE = sandbox.ca_file } })
      sandbox:stop()
      assert.equal("", errors)
      assert.equal(0, status)
      assert.matches("^azion%." .. (version == "v4" and "v4%.client" or "client"), output)
    end
  end)
end)
