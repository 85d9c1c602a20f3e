local azion = require("azion")
local child = require("spec.support.child")
local command = require("spec.support.command")

local function lines_of(path)
  local lines = {}
  for line in io.lines(path) do
    lines[#lines + 1] = line
  end
  return lines
end

-- The fenced blocks: { language, first = number of the first line, lines }.
local function blocks_of(lines)
  local blocks, open = {}, nil
  for number, line in ipairs(lines) do
    local language = line:match("^```(%l*)$")
    if open and language then
      open = nil
    elseif language then
      open = { language = language, first = number + 1, lines = {} }
      blocks[#blocks + 1] = open
    elseif open then
      open.lines[#open.lines + 1] = line
    end
  end
  return blocks
end

-- The Lua blocks, each with what is printed after it, if anything.
local function examples_of(blocks)
  local examples = {}
  for index, block in ipairs(blocks) do
    if block.language == "lua" then
      local after = blocks[index + 1]
      block.output = after and after.language == "text" and table.concat(after.lines, "\n") .. "\n" or ""
      examples[#examples + 1] = block
    end
  end
  return examples
end

-- What the README says that the later blocks go on from: the locals of the first.
local function beginning(example)
  local locals = {}
  for _, line in ipairs(example.lines) do
    if line:find("^local ") then
      locals[#locals + 1] = line:gsub("%s*%-%-.*$", "")
    end
  end
  return table.concat(locals, "; ")
end

describe("the README", function()
  local lines = lines_of("README.md")
  local examples = examples_of(blocks_of(lines))
  local sandbox

  before_each(function()
    sandbox = assert(azion.v4.sandbox.start({ seed = 5 }))
  end)

  after_each(function()
    sandbox:stop()
  end)

  it("begins with a script of under ten lines, and goes on with more", function()
    assert.is_true(#examples[1].lines < 10)
    assert.is_true(#examples >= 7)
  end)

  for index, example in ipairs(examples) do
    it("prints an example in line " .. example.first .. " that works", function()
      local source = table.concat(example.lines, "\n")
      if index > 1 then
        source = beginning(examples[1]) .. "\n" .. source
      end
      local environment = { AZION_TOKEN = sandbox.token, AZION_BASE_URL = sandbox.account_url,
        AZION_V4_BASE_URL = sandbox.base_url, AZION_ACCOUNT_URL = sandbox.account_url, AZION_CA_FILE = sandbox.ca_file }
      local status, output, errors = child.run({ "-" },
        { input = source, environment = environment })
      assert.equal("", errors)
      assert.equal(0, status)
      assert.equal(example.output, output)
    end)
  end

  it("runs its first script on the stand-in as it says", function()
    local name = os.tmpname()
    local file = assert(io.open(name, "wb"))
    file:write(table.concat(examples[1].lines, "\n"))
    file:close()
    local line
    for _, block in ipairs(blocks_of(lines)) do
      line = line or block.language == "sh" and block.lines[1]:match("^lua5.4 (.*)first.lua$")
    end
    local words = { name }
    for word in line:gmatch("%S+") do
      table.insert(words, #words, (word:gsub("^lua5.4$", child.interpreter())))
    end
    local status, output, errors = child.run(words)
    os.remove(name)
    assert.equal("", errors)
    assert.equal(0, status)
    assert.equal(examples[1].output, output)
  end)

  it("names every kind of error and every option of the client", function()
    local text = table.concat(lines, "\n")
    local errors_text = table.concat(lines_of("lua/azion/client/errors.lua"), "\n")
    local kinds = 0
    for kind in errors_text:match("@field kind ([^\n]*)"):gmatch('"([%l_]+)"') do
      assert.matches("\n| [^|]*`" .. kind .. "`[^|]* |", text)
      kinds = kinds + 1
    end
    assert.equal(14, kinds)
    for name in pairs(require("azion.client").options) do
      assert.matches("\n| `" .. name .. "` |", text)
    end
  end)

  it("shows lines for the shell that work as they stand", function()
    local script
    for _, block in ipairs(blocks_of(lines)) do
      local text = table.concat(block.lines, "\n")
      script = script or text:find("lazion sandbox", 1, true) and "set -eu\n" .. text
    end
    local output, status = command.run_installed(script, "bash")
    assert.equal(0, status, output)
    assert.matches('\n%+ connectors "shop"\n', output)
    assert.matches("\nNothing to do[^\n]*\n*$", output)
  end)

  it("begins like the first page of the documentation", function()
    local page = lines_of("docs/index.md")
    assert.equal(lines[1], page[1])
    assert.same({ lines[3], lines[4] }, { page[3], page[4] })
    local _, _, code = table.concat(page, "\n"):find("\n```lua\n(.-)\n```")
    assert.equal(table.concat(examples[1].lines, "\n"), code)
    local commands = table.concat(lines, "\n")
    for _, block in ipairs(blocks_of(page)) do
      local text = table.concat(block.lines, "\n")
      assert.is_truthy(not text:find("apt-get", 1, true) or commands:find(text, 1, true), text)
    end
  end)
end)

-- An `assert` would hide the error on 5.1 and 5.2, and so would an iterator's error on 5.1.
describe("the README's first script tells why it fails", function()
  local source = table.concat(examples_of(blocks_of(lines_of("README.md")))[1].lines, "\n")
  local sandbox

  setup(function()
    sandbox = assert(azion.v4.sandbox.start({ seed = 1 }))
    local made = os.execute("env -u MAKEFLAGS -u MFLAGS make -s all-luas")
    assert.is_true(made == true or made == 0)
  end)

  teardown(function()
    sandbox:stop()
  end)

  for _, lua in ipairs({ "5.1", "5.2", "5.3", "5.4", "jit" }) do
    local function assert_fails(message, environment)
      environment.LUA_CPATH = ("./build/%s/?.so;;"):format(lua == "jit" and "luajit" or lua)
      environment.LUA_PATH = "./lua/?.lua;./lua/?/init.lua;./?.lua;;"
      local status, output, errors = child.run({ "-" },
        { input = source, environment = environment, interpreter = "lua" .. lua })
      assert.equal(1, status)
      assert.equal("", output)
      assert.matches("^[^\n ]*lua" .. lua .. ": azion: " .. message, errors)
    end

    it("on lua" .. lua, function()
      assert_fails("invalid: token: [^\n]*AZION_TOKEN", { AZION_TOKEN = false, AZION_V4_BASE_URL = sandbox.base_url })
      assert_fails("unauthorized: GET /workspace/connectors: HTTP 401: %u", {
        AZION_TOKEN = "wrong-token", AZION_V4_BASE_URL = sandbox.base_url, AZION_CA_FILE = sandbox.ca_file })
    end)
  end
end)
