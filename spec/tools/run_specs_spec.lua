-- The program that runs spec files side by side: what it tells of them, in which order, and that nothing outlives it.
local core = require "azion.core"
local files = require "spec.support.files"
local patience = require "spec.support.patience"
local shell = require "spec.support.shell"

local version = jit and "luajit" or _VERSION:match("%d+%.%d+")

describe("tools/test", function()
  local folder

  local function put(name, text)
    files.write(("%s/%s_spec.lua"):format(folder, name), text)
  end

  local function command(options)
    return ("env -u SPEC_COLLECTS tools/test --only=%s %s spec:%s 2>&1"):format(folder, options or "", version)
  end

  -- The lines that it prints; then its exit code.
  local function run(options)
    local lines = shell.lines_of(command(options) .. "; echo $?")
    return lines, tonumber(table.remove(lines))
  end

  before_each(function()
    folder = shell.output_of("mktemp -d")
  end)
  after_each(function()
    os.execute("rm -rf " .. folder)
  end)

  it("adds up what passed, and names with its output what did not", function()
    for name, text in pairs { good = "", bad = 'print("said by bad") assert.equal("wanted", "had")',
      crashed = 'print("said by crashed") io.stdout:flush() os.exit(3)' } do
      put(name, ('it("first", function() end) it("second", function() %s end)'):format(text))
    end
    put("empty", "")
    local lines, code = run()
    assert.equal(1, code)
    assert.equal("3 passed, 3 failed", lines[#lines])
    local text = table.concat(lines, "\n")
    assert.matches("/good_spec%.lua on %S+: 2 passed, 0 failed", text)
    -- Between its own name and the next there is all that it said, and nothing else. The last is followed by what failed.
    local told = text:gsub("\n%-%- failed: .*", "\n== ")
    local said = told:match("/bad_spec%.lua on %S+: 1 passed, 1 failed[^\n]*\n(.-)\n== ")
    assert.truthy(said:find("said by bad", 1, true), text)
    assert.is_nil(said:find("said by crashed", 1, true), text)
    said = told:match("/crashed_spec%.lua on %S+: 0 passed, 1 failed[^\n]*\n(.-)\n== ")
    assert.matches("said by crashed\n%-%- ended with exit code 3$", said)
    assert.matches("/empty_spec%.lua on %S+: 0 passed, 1 failed[^\n]*\n.*\n%-%- no spec ran\n", text)
    for _, name in ipairs { "bad", "crashed", "empty" } do
      assert.matches("\n%-%- failed: %S+/" .. name .. "_spec%.lua on ", text)
    end
    assert.matches("\n%-%- failed: [^\n]*Expected objects to be equal", text)
  end)

  it("begins with the longest, and leaves what wants to be alone for the end", function()
    local body = '\nit("passes", function() end)'
    for name, head in pairs { alone = "-- #alone", short = "", longest = "-- #seconds 20", long = "-- #seconds 9" } do
      put(name, head .. body)
    end
    local order = {}
    local lines, code = run("--width=1")
    for _, line in ipairs(lines) do
      order[#order + 1] = line:match("^== %S+/(%l+)_spec%.lua on ")
    end
    assert.same({ "longest", "long", "short", "alone" }, order)
    assert.equal(0, code)
  end)

  local meet = [[
    it("meets its neighbour", function()
      os.execute("mkdir %s/%s; for _ in $(seq 200); do test -d %s/%s && exit; sleep 0.05; done")
      assert.is_true(io.open("%s/%s/.") ~= nil)
    end)]]

  local function put_pair(head)
    put("one", head .. meet:format(folder, "one", folder, "other", folder, "other"))
    put("other", head .. meet:format(folder, "other", folder, "one", folder, "one"))
  end

  it("runs files side by side", function()
    put_pair("")
    local lines = run("--width=2")
    assert.equal("2 passed, 0 failed", lines[#lines], table.concat(lines, "\n"))
  end)

  it("ends everything when it is interrupted", function()
    put("hanging", ([[it("hangs", function()
      os.execute("cd %s && { sleep 60 & echo $! >new; mv new pid; sleep 60; }")
    end)]]):format(folder))
    local pipe = assert(io.popen("echo $$; exec " .. command()))
    local runner, sleeper = pipe:read("*l"), nil
    local limit = core.now() + patience(20)
    while not sleeper and core.now() < limit do
      os.execute("sleep 0.05")
      sleeper = files.read(folder .. "/pid")
    end
    -- Who ends is still there until its new parent takes notice.
    local wait = ("for _ in $(seq %%d); do kill -0 %d 2>/dev/null || exit; sleep 0.05; done; echo runs"):format(sleeper)
    assert.equal("runs", shell.output_of(wait:format(1)))
    limit = core.now() + patience(20)
    os.execute("kill -INT " .. runner)
    assert.is_nil(pipe:read("*a"):find("passed", 1, true))
    pipe:close()
    assert.is_true(core.now() < limit)
    assert.equal("", shell.output_of(wait:format(100)))
  end)
end)
