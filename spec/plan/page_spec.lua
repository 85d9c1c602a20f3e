-- The examples of docs/plan.md do what the page says.
-- #seconds 8
local command = require("spec.support.command")
local plans = require("spec.support.plans")
local shell = require("spec.support.shell")

local function read(path)
  local file = assert(io.open(path))
  local text = file:read("*a")
  file:close()
  return text
end

-- What a block prints, with the locals of those before it.
local function run(code, environment)
  local printed = {}
  environment.print = function(...)
    local texts = {}
    for position = 1, select("#", ...) do
      texts[position] = tostring((select(position, ...)))
    end
    printed[#printed + 1] = table.concat(texts, "\t")
  end
  code = code:gsub("%f[%w]local ([%w_, ]+) = ", "%1 = ")
  local setfenv = rawget(_G, "setfenv")
  if setfenv then
    setfenv(assert(rawget(_G, "loadstring")(code)), environment)()
  else
    assert(load(code, "docs/plan.md", "t", environment))()
  end
  return table.concat(printed, "\n")
end

local page = read("docs/plan.md")

-- The scripts of the page and the file of its Lua in a folder of its own, where `lazion` is on the path.
local function run_shell(account, document, script)
  local exports = { "set -u" }
  for name, value in pairs(command.environment(account.sandbox)) do
    exports[#exports + 1] = value and ("export %s='%s'"):format(name, value) or "unset " .. name
  end
  local setup = ("cp %s/examples/*.sh .\ncp %s site.lua\n"):format(shell.output_of("pwd"), document)
  return command.run_installed(table.concat(exports, "\n") .. "\n" .. setup .. script, "bash")
end

describe("docs/plan.md", function()
  local account, document

  setup(function()
    account, document = plans.start("v3", { limits = { read = 200, write = 200 } }), os.tmpname()
  end)

  teardown(function()
    account:stop()
    os.remove(document)
  end)

  it("shows what its examples print", function()
    local azion = setmetatable({ client = function() return account.client end }, { __index = require("azion") })
    local environment = setmetatable({
      require = function() return azion end,
      io = {
        stderr = { write = function() end },
        open = function(name, mode)
          assert.same({ "site.lua", "w" }, { name, mode })
          return io.open(document, mode)
        end,
      },
    }, { __index = _G })
    local shown = 0
    for code, rest in page:gmatch("```lua\n(.-)\n```\n\n?([^\n]*)") do
      local printed = run(code, environment)
      if rest == "```text" then
        shown = shown + 1
        local _, at = page:find(code .. "\n```\n\n```text\n", 1, true)
        assert.equal(page:sub(at + 1):match("^(.-)\n```"), printed)
      end
    end
    assert.equal(3, shown)
    local application = plans.read_lua(read(document)).edge_applications[1]
    assert.equal("files.example.net", application.origins[2].addresses[1].address)
  end)

  it("has a script for CI that shows, and does where it is told to", function()
    local blocks = {}
    for block in page:gmatch("\n```sh\n(.-)\n```\n") do
      blocks[#blocks + 1] = block
    end
    assert.equal(1, #blocks)
    account:requests()
    local output, status = run_shell(account, document, "set -e\n" .. blocks[1])
    assert.equal(0, status, output)
    local nothing, change = "Nothing to do: everything is as the document wants it.\n", '"address":"new.example.net"'
    assert.equal(nothing, output:sub(1, #nothing))
    assert.equal(nothing, output:sub(-#nothing))
    assert.equal(2, select(2, output:gsub(change, "")), output)
    assert.same({ "PATCH" }, { account:requests("^[^G]")[1]:match("^%u+") })
    -- A mistake makes it fail, and so does what cannot be brought about.
    output, status = run_shell(account, document,
      "sed -i 's/target = \"Static files\"/target = \"Statik\"/' site.lua; APPLY=yes ./ci.sh site.lua")
    assert.equal(4, status, output)
    assert.same({}, account:requests("^[^G]"))
  end)

  it("has a line for cron that tells drift, and nothing else", function()
    local line = page:match("\n```crontab\n17 %* %* %* %* (/usr/local/bin/drift.sh [^\n]+)\n```\n")
    line = line:gsub("/usr/local/bin/", "./"):gsub("/etc/azion/", "./")
    local script = "printf %s \"$AZION_TOKEN\" >token; chmod 600 token; unset AZION_TOKEN\n"
      .. "sed -i 's/files.example.net/new.example.net/' site.lua\n" .. line
    assert.same({ "", 0 }, { run_shell(account, document, script) })
    local domains = account.client:domains()
    assert(domains:update(assert(domains:find("shop")), { cnames = { "shop.example.com" } }))
    local output, status = run_shell(account, document, script)
    assert.equal(10, status)
    assert.matches('~ domains "shop"\n    cnames:\n      + "www.shop.example.com"\n', output, 1, true)
    output, status = run_shell(account, document, "export AZION_TOKEN=0123456789\n" .. script)
    assert.equal(4, status)
    assert.matches("unauthorized", output)
  end)
end)
