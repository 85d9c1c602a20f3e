-- The examples of docs/plan.md do what the page says.
local plans = require("spec.support.plans")

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

describe("docs/plan.md", function()
  it("shows what its examples print", function()
    local account = plans.start("v3", { limits = { read = 200, write = 200 } })
    local azion = setmetatable({ client = function() return account.client end }, { __index = require("azion") })
    local exited
    local environment = setmetatable({
      require = function() return azion end,
      io = { stderr = { write = function() end } },
      os = { exit = function(status) exited = status end },
    }, { __index = _G })
    local shown = 0
    for code, rest in read("docs/plan.md"):gmatch("```lua\n(.-)\n```\n\n?([^\n]*)") do
      local printed = run(code, environment)
      if rest == "```text" then
        shown = shown + 1
        local _, at = read("docs/plan.md"):find(code .. "\n```\n\n```text\n", 1, true)
        assert.equal(read("docs/plan.md"):sub(at + 1):match("^(.-)\n```"), printed)
      end
    end
    assert.equal(3, shown)
    assert.is_nil(exited) -- nothing has drifted
    account:stop()
  end)
end)
