-- Applications made side by side and one after another, on the sandbox's real server.

local shell = require "spec.support.shell"
local support = require "spec.support.sandbox"

describe("the sandbox's edge applications", function()
  local server

  before_each(function()
    server = support.start { latency = 1 }
  end)

  after_each(function()
    server:stop()
  end)

  local function creation(name)
    local options = "-sS --max-time 5 --cacert '%s' -H 'Accept: application/json; version=3' "
      .. "-H 'Authorization: token %s' -H 'Content-Type: application/json' -w '%%{http_code} ' -o /dev/null "
      .. [[-d '{"name":"%s"}' '%s/edge_applications']]
    local sandbox = server.sandbox
    return options:format(sandbox.ca_file, sandbox.token, name, sandbox.base_url)
  end

  -- The statuses of two creations by one curl, in the order of their replies.
  local function create_two(how)
    return shell.output_of(("curl %s %s --next %s 2>/dev/null"):format(how, creation "one", creation "two"))
  end

  it("are refused while another is being made", function()
    local statuses = create_two "-Z --parallel-immediate"
    assert.is_true(statuses == "201 500" or statuses == "500 201", statuses)
    assert.equal(2, #server:requests "/edge_applications")
  end)

  it("are made one after another", function()
    assert.equal("201 201", create_two "")
  end)
end)
