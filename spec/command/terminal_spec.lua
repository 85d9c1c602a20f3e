-- lazion on a terminal: widths, colours, progress, questions, Ctrl-C.
-- #seconds 30
local command = require "spec.support.command"
local files = require "spec.support.files"
local sandboxes = require "spec.support.sandbox"
local width = require "azion.command.width"

local application = tostring(sandboxes.application)

local function without_styles(text)
  return (text:gsub("\27%[[%d;]*m", ""))
end

describe("on a terminal, lazion", function()
  local server, environment

  setup(function()
    server = sandboxes.start { seed = { edge_applications = 1, origins = 12 }, faults = {
      { path = "/hang", action = "hang" } } }
    environment = command.environment(server.sandbox)
  end)

  teardown(function()
    server:stop()
  end)

  local function run(words, settings)
    settings = settings or {}
    settings.environment = command.environment(settings.sandbox or server.sandbox, settings.more)
    return command.on_terminal(words, settings)
  end

  local function lines_of(text)
    local lines = {}
    for line in without_styles(text):gmatch("[^\n]+") do
      lines[#lines + 1] = line
    end
    return lines
  end

  for _, columns in ipairs { 40, 57, 80, 200 } do
    it(("prints a table that fits %d columns"):format(columns), function()
      local output, status = run("$lazion origins list --of " .. application, { columns = columns })
      assert.equal(0, status)
      local lines, widest = lines_of(output), 0
      assert.equal(13, #lines)
      for _, line in ipairs(lines) do
        widest = math.max(widest, width.of(line))
      end
      assert.is_true(widest <= columns, widest)
      assert.equal(columns < 100, output:find("…", 1, true) ~= nil)
    end)
  end

  it("prints a few lines for each item where a line cannot hold it", function()
    local output = run("$lazion origins list --of " .. application
      .. " --columns origin_key,name,origin_type,host_header,method,origin_id,addresses,bucket", { columns = 40 })
    local lines = lines_of(output)
    assert.equal(12 * 8, #lines)
    assert.matches("^origin_key +%x", lines[1])
    for _, line in ipairs(lines) do
      assert.is_true(width.of(line) <= 40, line)
    end
  end)

  it("fits one item, too", function()
    local output = run("$lazion origins find origin-004 --of " .. application, { columns = 40 })
    for _, line in ipairs(lines_of(output)) do
      assert.is_true(width.of(line) <= 40, line)
    end
  end)

  it("has colours, unless NO_COLOR or a dumb terminal", function()
    local words = "$lazion edge_applications list"
    assert.matches("\27%[1m *id", (run(words)))
    assert.is_nil((run(words, { more = { NO_COLOR = "1" } })):find("\27", 1, true))
    assert.is_nil((run(words, { more = { TERM = "dumb" } })):find("\27", 1, true))
    assert.matches("\27%[1m *id", (run(words, { more = { NO_COLOR = "" } })))
  end)

  it("cuts in ASCII where the locale is not UTF-8", function()
    local output = run("$lazion origins list --of " .. application, { columns = 40, more = { LC_ALL = "C" } })
    assert.is_nil(output:find("[\128-\255]"))
    assert.truthy(output:find("...", 1, true))
  end)

  it("shows no progress for what takes no second", function()
    local slow = sandboxes.start { latency = 0.5 }
    assert.is_nil((run("$lazion edge_applications list", { sandbox = slow.sandbox })):find("\r", 1, true)) -- #time
    slow:stop()
  end)

  it("asks before it deletes, and takes yes and nothing else", function()
    local make = "key=$($lazion origins create --of %s --set name=asked --set addresses.1.address=a.example --jsonl "
      .. "--columns origin_key | cut -d '\"' -f 4); "
    make = make:format(application)
    local delete = "$lazion origins delete $key --of " .. application
    local output, status = run(make .. delete, { input = "y\n", input_after = "Type yes" })
    assert.equal(1, status)
    assert.truthy(output:find("Delete ", 1, true) and output:find("lazion: nothing was done", 1, true), output)
    assert.equal(0, select(2, run("$lazion origins find asked --of " .. application)))
    output, status = run(("key=$($lazion origins find asked --of %s --jsonl --columns origin_key | cut -d '\"' -f 4); ")
      :format(application) .. delete, { input = "yes\n", input_after = "Type yes" })
    assert.equal(0, status, output)
    assert.equal(3, select(2, run("$lazion origins find asked --of " .. application)))
  end)

  it("does not ask where nobody could answer, or see the question", function()
    local before = #server:requests()
    for _, elsewhere in ipairs { "</dev/null", "2>/dev/null" } do
      assert.equal(2, select(2, run("$lazion origins delete x --of application-001 " .. elsewhere)), elsewhere)
    end
    assert.equal(before, #server:requests())
  end)

  it("ends on Ctrl-C with one line, also at a question", function()
    local words = { "$lazion request GET /hang", "$lazion origins delete x --of " .. application }
    for _, line in ipairs(words) do
      local output, status = run(line, { input = "\3", input_after = "GET /hang: \\|Type yes" })
      assert.equal(130, status, output)
      assert.matches("lazion: interrupted\n$", output)
      assert.is_nil(output:find("stack traceback", 1, true))
    end
  end)

  it("shows how far it is, when it will be done, and what it waits for", function()
    local limited = sandboxes.start { seed = { edge_applications = 1, origins = 450 }, window = 4,
      limits = { read = 3, write = 100 } }
    local output, status = run("$lazion origins list --of " .. application .. " --csv --columns name >/dev/null",
      { sandbox = limited.sandbox, columns = 100 })
    assert.equal(0, status)
    local first = output:match("^\r([^\27]*)\27%[K")
    assert.matches("^origins [^ ]+ %d+ of 450, ETA %d+ s, waiting %d+ s for the rate window %(read%)$", first)
    assert.truthy(first:find("█", 1, true) and first:find("░", 1, true), first)
    local counted = {}
    for seconds in output:gmatch("waiting (%d+) s for") do
      counted[seconds] = true
    end
    assert.is_true(counted["2"] and counted["1"], output)
    assert.matches("\r\27%[K$", output)
    output = run("$lazion origins list --of " .. application .. " >/dev/null", { sandbox = limited.sandbox,
      columns = 40 })
    assert.truthy(output:find("waiting %d s for the rate window %(read%)\27"), output)
    for line in output:gmatch("\r([^\27\r]*)") do
      assert.is_true(width.of(line) < 40, line)
    end
    limited:stop()
  end)

  it("keeps its lines and the progress apart", function()
    local limited = sandboxes.start { seed = { edge_applications = 1, origins = 450 }, window = 3,
      limits = { read = 3, write = 100 } }
    local output = run("$lazion origins list --of " .. application .. " --jsonl --columns name", {
      sandbox = limited.sandbox })
    assert.matches("waiting %d s for the rate window", output)
    local lines = 0
    for line in output:gmatch('[^\r\n]*{"name":"[^\n]*') do
      lines = lines + 1
      assert.matches('^{"name":"[^"]*"}$', (line:gsub("^\27%[K", "")))
    end
    assert.equal(450, lines)
    limited:stop()
  end)

  it("goes on telling what it waits for, window after window", function()
    local limited = sandboxes.start { window = 3, limits = { read = 50, write = 2 } }
    local path, parts = os.tmpname(), {}
    for index = 1, 6 do
      parts[index] = ('{"key":"K%d","value":"v"}'):format(index)
    end
    files.write(path, '{"variables":[' .. table.concat(parts, ",") .. "]}")
    local output, status = run("$lazion apply --yes " .. path .. " >/dev/null", { sandbox = limited.sandbox })
    os.remove(path)
    assert.equal(0, status, output)
    for _, done in ipairs { 2, 4 } do
      local shown = ("\rapplying [^ ]+ %d of 6, ETA %%d s, waiting %%d s for the rate window %%(write%%)"):format(done)
      assert.matches(shown, output)
    end
    limited:stop()
  end)

  it("shows no progress to a file", function()
    local limited = sandboxes.start { seed = { edge_applications = 1, origins = 1 }, latency = 1.5 }
    local output = run("$lazion edge_applications list 2>/dev/null", { sandbox = limited.sandbox })
    assert.is_nil(output:find("\r", 1, true))
    output = run("$lazion edge_applications list", { sandbox = limited.sandbox })
    assert.truthy(output:find("\redge_applications: ", 1, true), output)
    limited:stop()
  end)

  it("is looked at as a terminal, in these specs", function()
    assert.is_string(environment.AZION_TOKEN)
    assert.equal("yes\n", (run("test -t 1 && test -t 2 && echo yes")))
  end)
end)
