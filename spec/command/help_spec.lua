-- Help, examples, and how fast lazion is there.
-- #alone
local child = require "spec.support.child"
local command = require "spec.support.command"
local catalog = require "azion.command.catalog"
local grammar = require "azion.command.grammar"
local arguments = require "azion.command.arguments"
local width = require "azion.command.width"

local lazion = command.against()

local function lines_of(text)
  local lines = {}
  for line in text:gmatch("([^\n]*)\n") do
    lines[#lines + 1] = line
  end
  return lines
end

describe("lazion's help", function()
  it("fits a screen, and names all that there is", function()
    local status, output, errors = lazion { "--help" }
    assert.equal(0, status)
    assert.equal("", errors)
    local lines = lines_of(output)
    assert.is_true(#lines <= 24, #lines)
    for _, line in ipairs(lines) do
      assert.is_true(width.of(line) <= 80, line)
    end
    for _, name in ipairs(catalog.names()) do
      assert.truthy(output:find("[ \n]" .. name .. "[ \n]"), name)
    end
    for _, known in ipairs(grammar.commands) do
      assert.truthy(output:find("\nlazion " .. known.name .. " ", 1, true), known.name)
    end
    assert.equal(output, (select(2, lazion { "-h" })))
  end)

  it("tells the version", function()
    local status, output = lazion { "--version" }
    assert.equal(0, status)
    assert.matches("^lazion %d+%.%d+%.%d+\n$", output)
  end)

  it("has an example for each command, which is one", function()
    local function check(words, example)
      local text = {}
      for position, word in ipairs(words) do
        text[position] = word
      end
      text[#text + 1] = "--help"
      local status, output = lazion(text)
      assert.equal(0, status, table.concat(words, " "))
      assert.truthy(output:gsub("%s+", " "):find("Example: " .. example, 1, true), output)
    end
    for _, known in ipairs(grammar.commands) do
      check({ known.name }, known.example)
    end
    check({ "origins" }, grammar.collection("origins").example)
    check({ "rules", "order" }, "lazion rules order KEY… --of shop --phase request")
    check({ "waf_exceptions", "create" }, "lazion waf_exceptions create")
  end)

  it("gives examples that are read as they stand", function()
    local function words_of(example)
      local words = {}
      for word in example:gsub(" >.*$", ""):gmatch("%S+") do
        words[#words + 1] = word
      end
      return words
    end
    local function check(example)
      local words = words_of(example:match("%$%((lazion .-)%)") or example)
      assert.equal("lazion", table.remove(words, 1), example)
      assert.is_table(arguments.read(words))
    end
    for _, known in ipairs(grammar.commands) do
      check(known.example)
    end
    for _, name in ipairs(catalog.names()) do
      for _, method in ipairs(grammar.collection(name).commands) do
        check(method.example)
      end
    end
  end)
end)

describe("lazion", function()
  -- The least of a few runs: what else the machine does only adds to it.
  local function cpu_milliseconds(words)
    local least = math.huge
    for _ = 1, 5 do
      local output = command.run_script(command.shell_setup(command.environment())
        .. ("TIMEFORMAT='%%U %%S'\ntime $lazion %s >/dev/null 2>&1\n"):format(words))
      local user, system = output:match("([%d.]+) ([%d.]+)")
      least = math.min(least, (user + system) * 1000)
    end
    return least
  end

  for _, words in ipairs { "--help", "origins create --help", "--complete origins create --set ''",
    "rate --base-url http://127.0.0.1:1/?" } do
    it("starts in under 60 ms of CPU: " .. words, function()
      local used = cpu_milliseconds(words)
      assert.is_true(used > 0 and used < 60, used) -- #time
    end)
  end

  it("says what is missing without argparse", function()
    local status, output, errors = child.run({ "-e", "package.preload.argparse = function() error('none') end",
      command.program, "rate" }, { environment = command.environment() })
    assert.equal(1, status)
    assert.equal("", output)
    assert.matches("^lazion: lazion needs argparse: apt%-get install lua%-argparse", errors)
  end)
end)
