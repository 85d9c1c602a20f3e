-- The line that says how far a job is.
local azion = require "azion"
local core = require "azion.core"
local progress = require "azion.command.progress"
local width = require "azion.command.width"

describe("the progress of a job", function()
  local client, line

  before_each(function()
    client = azion.client { token = "t", base_url = "http://127.0.0.1:9" }
    -- What does not stand on a terminal is not drawn by itself.
    line = progress.new { terminal = { stderr = false, width = 100, utf8 = true } }
  end)

  after_each(function()
    line:finish()
    client:close()
  end)

  local function event(type, path, more)
    local made = { type = type, method = "POST", path = path }
    for name, value in pairs(more or {}) do
      made[name] = value
    end
    line:listener()(made)
  end

  it("is a bar with what is left, by what was done so far", function()
    line:start("applying", { client = client, total = 8 })
    line:reach(2)
    assert.equal("applying █████░░░░░░░░░░░░░░░ 2 of 8, ETA 30 s", line:text(line.began + 10))
    line:reach(8)
    assert.equal("applying ████████████████████ 8 of 8", line:text(line.began + 10))
    assert.equal("applying ████████████████████ 8 of 8", line:text(line.began + 100))
  end)

  it("counts minutes", function()
    line:start("applying", { client = client, total = 10 })
    line:reach(1)
    assert.matches("ETA 1 min 30 s$", line:text(line.began + 10))
  end)

  it("is the count, or the requests and the time, where nobody knows the total", function()
    line:start("planning", { client = client })
    assert.equal("planning: 3 s", line:text(line.began + 2.5))
    event("request", "/a")
    event("request", "/b")
    assert.equal("planning: 2 requests, 3 s", line:text(line.began + 2.5))
    line:reach(7)
    assert.equal("planning: 7", line:text(line.began + 2.5))
  end)

  it("names the window until the last of those that wait for it has gone", function()
    line:start("applying", { client = client })
    event("wait", "/a", { wait = 9.5, bucket = "write" })
    event("wait", "/a", { wait = 9.5, bucket = "write" })
    event("wait", "/b", { wait = 9.5, bucket = "write" })
    event("request", "/c")
    event("request", "/a")
    event("request", "/b")
    local now = core.now()
    assert.matches("waiting 10 s for the rate window %(write%)$", line:text(now))
    assert.matches("waiting 3 s for the rate window %(write%)$", line:text(now + 7))
    event("request", "/a")
    assert.is_nil(line:text(now):find("waiting", 1, true))
  end)

  it("names the reason of another try, until it is made", function()
    line:start("applying", { client = client })
    event("retry", "/a", { wait = 3.5, reason = "HTTP 503" })
    assert.matches("waiting 4 s for another try: HTTP 503$", line:text(core.now()))
    event("request", "/a")
    assert.is_nil(line:text(core.now()):find("waiting", 1, true))
  end)

  it("says as much as fits, and the wait before all else", function()
    line:start("a job with a title that is rather long", { client = client, total = 8 })
    line:reach(2)
    event("wait", "/a", { wait = 95, bucket = "purge_wildcard" })
    for columns = 1, 120 do
      line.terminal.width = columns
      local text = line:text(line.began + 10)
      assert.is_true(width.of(text) < math.max(columns, 11), text)
      if columns > 60 then
        assert.truthy(text:find("waiting 1 min %d+ s for the rate window %(purge_wildcard%)"), text)
      end
    end
  end)
end)
