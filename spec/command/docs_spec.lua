-- docs/command.md: its examples run as they stand, in their order.
local command = require "spec.support.command"
local files = require "spec.support.files"

local page = files.read("docs/command.md")

describe("the page on the command", function()
  it("has examples that work", function()
    -- Without pipefail: a program whose reader is `head` may be ended by SIGPIPE, as others are.
    local blocks, count = { "set -eu" }, 0
    for block in page:gmatch("\n```sh\n(.-)\n```\n") do
      count = count + 1
      blocks[#blocks + 1] = block
    end
    assert.is_true(count >= 7, count)
    blocks[#blocks + 1] = "cat origins.csv; echo the end"
    local output, status = command.run_installed(table.concat(blocks, "\n"), "bash")
    assert.equal(0, status, output)
    assert.matches("\nthe end\n$", output)
    assert.equal(121, select(2, output:match("\nname,addresses.1.address\n.*$"):gsub("\n", "")) - 2)
    assert.truthy(output:find('~ edge_applications "application-001".origins "origin-001"', 1, true), output)
    assert.truthy(output:find('"host_header": "h.example"', 1, true), output)
    assert.truthy(output:find("\nv4\n", 1, true), output)
  end)

  it("tells the exit statuses", function()
    for _, status in ipairs { 0, 1, 2, 3, 4, 5, 10, 130 } do
      assert.truthy(page:find(("\n| %d | "):format(status), 1, true), status)
    end
  end)
end)
