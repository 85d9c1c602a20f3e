-- docs/jobs.md: each job is done as it is printed, and what is there afterwards is looked at.
-- #seconds 20
local pages = require "spec.support.pages"

local parts = pages.parts("docs/jobs.md")

local function count(text, pattern)
  return select(2, text:gsub(pattern, ""))
end

-- The requests of the journal that change something: "PATCH /edge_applications".
local function writes(journal)
  local found = {}
  for _, entry in ipairs(journal) do
    if entry.method ~= "GET" then
      assert.is_true(entry.status >= 200 and entry.status < 300, entry.method .. " " .. entry.path)
      found[#found + 1] = entry.method .. " " .. entry.path:gsub("/%x[%x-]+%f[^%w_-]", "/ID")
    end
  end
  return found
end

local function counted(list)
  local counts = {}
  for _, entry in ipairs(list) do
    counts[entry] = (counts[entry] or 0) + 1
  end
  return counts
end

local function run(heading, looks)
  return pages.run(parts[""], assert(parts[heading], heading), looks)
end

describe("of the five jobs", function()
  it("the CSV has each origin of each application", function()
    local seen, journal = run("A CSV of all origins of all applications",
      { "cat origins.csv", "cat connectors.csv", "cat origins.csv" })
    assert.equal(1 + 3 * 12, count(seen[1], "\n"))
    assert.matches("^application,origin,address\n1618339282,origin%-001,backend%-2.example.net\n", seen[1])
    for application = 1618339282, 1618339284 do
      assert.equal(12, count(seen[1], "\n" .. application .. ",[%w-]+,[%w.:-]*"))
    end
    assert.equal(1 + 12, count(seen[2], "\n"))
    assert.matches("\nconnector%-012,http,www%-012.example.com\n$", seen[2])
    assert.equal(1 + 3 * 12, count(seen[3], "\n"))
    assert.matches('\n"application%-003","origin%-001","backend%-2.example.net"\n', seen[3])
    local addresses = seen[1]:gsub("\n%d+,", "\n"):gsub("^[^\n]*", "")
    assert.equal(addresses, (seen[3]:gsub('\n"[^"]*",', "\n"):gsub('"', ""):gsub("^[^\n]*", "")))
    assert.same({}, writes(journal))
  end)

  it("the address is moved everywhere, and only after a look", function()
    local addresses = "for id in 1618339282 1618339283 1618339284; do "
      .. "lazion origins list --of $id --csv --columns addresses; done"
    local look = addresses .. "; grep -vc '\"method\":\"GET\"' journal || :"
    local seen, journal, output = run("An address moved everywhere, with a dry run", { look, look })
    assert.equal(0, count(seen[1], "backend%-2"))
    assert.equal(3 * 2, count(seen[1], '"new.example.net"'))
    assert.equal(3, count(seen[1], '"new.example.net:8080"'))
    assert.equal(3 * 3, count(seen[1], "backend%-1.example.net"))
    assert.matches("\n9\n$", seen[1])
    assert.equal(0, count(seen[2], "backend%-[12]"))
    assert.equal(3 * 6, count(seen[2], "new.example.net"))
    assert.matches("\n18\n$", seen[2])
    assert.same({ ["PATCH /edge_applications/ID/origins/ID"] = 18 }, counted(writes(journal)))
    assert.equal(4, count(output, "0 to create, 9 to change, 0 to delete"))
    for _, entry in ipairs(journal) do
      assert.is_true(entry.method == "GET" or entry.body:find('^{"addresses":') ~= nil, entry.body)
    end
  end)

  it("the site is built and taken down, twice", function()
    local look = "for name in connectors applications workloads; do lazion $name list --csv --columns name; done"
    local rules = "; lazion rules list --of shop --phase request --api v4 --jsonl "
      .. "--columns name,behaviors.1.attributes.value,behaviors.1.type"
    local seen, journal = run("A site built and taken down", { look .. rules, look, look })
    assert.matches("\nshop\nshop%-static\nname\napplication%-001\nshop\nname\nworkload%-001\nshop\n", seen[1])
    local static = seen[1]:match('{"behaviors.1.attributes.value":(%d+),"behaviors.1.type":"set_connector",'
      .. '"name":"Static files"}')
    local pages_to = seen[1]:match('{"behaviors.1.attributes.value":(%d+),[^\n]*"name":"Pages"}')
    assert.is_true(tonumber(static) > 0 and tonumber(pages_to) > 0 and static ~= pages_to)
    assert.is_nil(seen[2]:find("shop", 1, true))
    assert.equal(seen[2], seen[3])
    local once = { ["POST /v4/workspace/connectors"] = 2, ["POST /v4/workspace/applications"] = 1,
      ["POST /v4/workspace/applications/ID/request_rules"] = 2, ["POST /v4/workspace/workloads"] = 1,
      ["POST /v4/workspace/workloads/ID/deployments"] = 1, ["DELETE /v4/workspace/connectors/ID"] = 2,
      ["DELETE /v4/workspace/applications/ID"] = 1, ["DELETE /v4/workspace/workloads/ID"] = 1 }
    local done = counted(writes(journal))
    for name, number in pairs(once) do
      assert.equal(2 * number, done[name], name)
      done[name] = nil
    end
    assert.is_nil(next(done), next(done))
  end)

  it("300 URLs are purged, each once", function()
    local seen, journal = run("300 URLs purged", { "cat purged.csv", ":" })
    assert.equal(300, count(seen[1], "\n201,https://www.example.com/images/%d+.jpg,"))
    local purged = {}
    for _, entry in ipairs(journal) do
      assert.equal("POST /purge/url 201", ("%s %s %d"):format(entry.method, entry.path, entry.status))
      for number in entry.body:gmatch("images\\?/(%d+).jpg") do
        purged[#purged + 1] = number
      end
    end
    assert.equal(2 * 6, #journal)
    local times = counted(purged)
    for number = 1, 300 do
      assert.equal(2, times[tostring(number)], number)
    end
  end)

  it("the account is brought back to the file", function()
    local look = "lazion variables list --csv --columns key; lazion plan account.lua --prune --exit-code >/dev/null"
    local seen, journal, output = run("An account held to a file", { ":", "lazion variables list --csv --columns key",
      look, look })
    assert.matches("\nDEBUG\n$", seen[2])
    assert.is_nil(seen[3]:find("DEBUG", 1, true))
    assert.is_nil(seen[4]:find("TRACE", 1, true))
    assert.equal(2, count(output, "\nexit status 10\n"))
    assert.same({ "POST /variables", "DELETE /variables/ID", "POST /variables", "DELETE /variables/ID" },
      writes(journal))
  end)
end)
