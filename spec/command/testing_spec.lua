-- docs/testing.md: what it prints is run as it stands.
-- #seconds 20
local core = require "azion.core"
local command = require "spec.support.command"
local pages = require "spec.support.pages"

local parts = pages.parts("docs/testing.md")

local function run(heading)
  local blocks, lines = assert(parts[heading], heading), { "set -eu -o pipefail" }
  for _, block in ipairs(blocks) do
    lines[#lines + 1] = pages.saved(block) or block.text
  end
  local output, status = command.run_installed(table.concat(lines, "\n"), "bash")
  assert.equal(0, status, output)
  return output
end

local function objects(text)
  local found = {}
  for line in text:gsub("}{", "}\n{"):gmatch("{[^\n]*}") do
    found[#found + 1] = assert(core.decode(line))
  end
  return found
end

describe("the page on testing", function()
  it("leads curl to the stand-in, and tells what arrived", function()
    local output = run("From curl")
    local replies = objects(output)
    assert.same({ "connector-001", "connector-002" }, { replies[1].results[1].name, replies[1].results[2].name })
    assert.equal("shop", replies[2].data.name)
    assert.equal("application-001", replies[3].results[1].name)
    assert.matches("}1\n$", output)
  end)

  it("has seeds, limits and faults", function()
    local output = run("Faults, limits, latency, seeds")
    assert.matches("^500\n30\nbucket +limit +remaining +reset_after\nread +50 +49 +[%d.]+\n", output)
    assert.matches("\n200\n503\n", output)
    local hang, after = output:match("\n503\n(.-\ncurl: 28\n)(.*)$")
    assert.matches("^curl: %(28%) [^\n]*\n000\ncurl: 28\n$", hang)
    assert.matches("^curl: %(%d+%) [^\n]*\n000\ncurl: %d+\nname +shop\n$", after)
  end)

  it("has a spec for busted that passes", function()
    local output = run("From a Lua test suite")
    assert.matches("3 successes / 0 failures / 0 errors", output)
  end)

  local can_unshare = os.execute("unshare --map-root-user --mount --net true 2>/dev/null")
  can_unshare = can_unshare == true or can_unshare == 0

  it("leads a client with a fixed address to it", function()
    local blocks = parts["A client whose address is fixed"]
    if not can_unshare then -- a container may forbid it
      table.remove(blocks)
    end
    local replies = objects(run("A client whose address is fixed"))
    assert.equal(can_unshare and 2 or 1, #replies)
    for _, reply in ipairs(replies) do
      assert.equal("waf-001", reply.results[1].name)
    end
  end)

  -- The variables that it names for other programs, where these are.
  for program, request in pairs {
    python3 = [[python3 -c 'import os, urllib.request as u; print(u.urlopen(u.Request("https://api.azion.com/v4/%s",
headers={"Authorization": "Token " + os.environ["AZION_TOKEN"]})).read().decode())']],
    node = [[node -e 'fetch("https://api.azion.com/v4/%s", { headers: { Authorization: "Token "
+ process.env.AZION_TOKEN } }).then(reply => reply.text()).then(text => console.log(text))']],
    lazion = "env -u AZION_V4_BASE_URL lazion wafs list --jsonl",
  } do
    local is_there = program == "lazion" or os.execute("command -v " .. program .. " >/dev/null 2>&1")
    if can_unshare and (is_there == true or is_there == 0) then
      it("leads " .. program .. " there, too", function()
        local script = parts["A client whose address is fixed"][2].text
        request = "\n" .. request:format("workspace/wafs")
        local other, replaced = script:gsub("\ncurl [^\n]*", function() return request end)
        assert.equal(1, replaced)
        local output = command.run_installed("cat >fixed.sh <<'END_OF_FILE'\n" .. other
          .. "\nEND_OF_FILE\nunshare --map-root-user --mount --net sh -e fixed.sh", "bash")
        assert.truthy(output:find('"name":"waf-001"', 1, true), output)
      end)
    end
  end
end)
