-- The reference against the library: every public function, method, option, field and kind of error has its entry on one
-- of its pages. Every page: its code. (Its links are for tools/links.)
local azion = require("azion")
local client_module = require("azion.client")
local operation = require("azion.client.operation")
local map = require("azion.client.map")
local request = require("azion.client.request")
local resources = require("azion.api.v3").resources
local walk = require("azion.api.walk")
local sandboxes = require("azion.sandbox")
local shell = require("spec.support.shell")

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

-- The pages that are the reference together.
local texts = {}
for position, name in ipairs({ "reference", "resources-v3", "errors", "rate-limits", "concurrency", "sandbox" }) do
  texts[position] = read("docs/" .. name .. ".md")
end
local reference = table.concat(texts)

-- The text under each heading, up to the next of any level; headings without their marks and ticks.
local function sections_of(text)
  local sections, heading, fenced = {}, "", false
  for line in text:gmatch("([^\n]*)\n") do
    local found = not fenced and line:match("^#+ (.*)$")
    fenced = fenced ~= (line:sub(1, 3) == "```")
    if found then
      heading = found:gsub("`", "")
      assert(not sections[heading], "two sections are called " .. heading)
      sections[heading] = ""
    else
      sections[heading] = (sections[heading] or "") .. line .. "\n"
    end
  end
  return sections
end

local sections = sections_of(reference)

local function section(name)
  return assert(sections[name], "no section is called " .. name)
end

local function has_heading(name)
  for heading in pairs(sections) do
    if heading == name or heading:sub(1, #name + 1) == name .. "(" then
      return true
    end
  end
  return false
end

-- The row of a table whose first cell names it.
local function line_of(text, name)
  for line in text:gmatch("[^\n]+") do
    local cell = line:match("^| ([^|]*)|")
    if cell and cell:find("`" .. name .. "`", 1, true) then
      return line
    end
  end
end

local function has_row(text, name)
  return line_of(text, name) ~= nil
end

local function assert_headings(prefix, names)
  local count = 0
  for name in pairs(names) do
    if name:sub(1, 2) ~= "__" then
      count = count + 1
      assert.is_true(has_heading(prefix .. name), prefix .. name)
    end
  end
  assert.is_true(count > 0)
end

local function assert_rows(heading, names)
  assert.is_not_nil(next(names), heading)
  for name in pairs(names) do
    assert.is_true(has_row(section(heading), name), heading .. ": " .. name)
  end
end

-- The fields of a class, as the annotations in a file tell them.
local function annotated(path, class)
  local names, inside = {}, false
  for line in read(path):gmatch("[^\n]+") do
    local found = line:match("^%-%-%-@class ([%w.]+)")
    if found then
      inside = found == class
    elseif not line:find("^%-%-%-") then
      inside = false
    end
    local field = inside and line:match("^%-%-%-@field ([%w_]+)")
    if field then
      names[field] = true
    end
  end
  assert(next(names), class)
  return names
end

describe("the reference has an entry for", function()
  local client, made

  setup(function()
    client = assert(azion.client({ token = "the-token" }))
  end)

  teardown(function()
    client:close()
  end)

  -- What a module has, what it loads when it is asked for included.
  local function names_in(module)
    local names, position = {}, 1
    for name in pairs(module) do
      names[name] = true
    end
    local index = (getmetatable(module) or {}).__index
    while index do
      local upvalue, value = debug.getupvalue(index, position)
      for name in pairs(upvalue == "lazy" and value or {}) do
        names[name] = true
      end
      position, index = position + 1, upvalue and index
    end
    return names
  end

  it("everything in the module, what is loaded later included", function()
    local names = names_in(azion)
    assert.is_true(names.sandbox)
    for name in pairs(names) do
      assert.is_true(has_heading("azion." .. name), name)
      -- The faces have what the module itself has.
      if type(azion[name]) == "table" and not name:find("^v%d$") then
        for inner in pairs(names_in(azion[name])) do
          assert.is_true(has_heading("azion." .. name .. "." .. inner), name .. "." .. inner)
        end
      end
    end
  end)

  it("every method of a client; resources are sections of their own", function()
    local names, collections = {}, {}
    for name in pairs(getmetatable(client).__index) do
      (resources.by_name[name] and collections or names)[name] = true
    end
    assert_headings("client:", names)
    for name in pairs(collections) do
      assert.is_truthy(section(name):find("`client:" .. name .. "(", 1, true), name)
    end
    for name in pairs(resources.by_name) do
      assert.is_true(collections[name], name)
    end
  end)

  it("every method of a collection", function()
    made = client:origins(1)
    local names = getmetatable(made).__index
    assert_headings("c:", names)
    for name in pairs(names) do
      assert.is_truthy(section("Collections"):find("| `c:" .. name .. "(", 1, true), name)
    end
    for _, row in pairs(resources.by_name) do
      for action in pairs(row.methods) do
        assert.is_true(has_heading("c:" .. action), action)
      end
    end
  end)

  it("everything of a sandbox", function()
    local sandbox = assert(sandboxes.start({ seed = 1 }))
    assert_headings("sandbox:", getmetatable(sandbox).__index)
    for name, value in pairs(sandbox) do
      if type(value) ~= "userdata" then
        assert.is_truthy(section("Fields of a sandbox"):find("`sandbox." .. name .. "`", 1, true), name)
      end
    end
    sandbox:stop()
    local path = "lua/azion/sandbox/init.lua"
    assert_rows("azion.sandbox.start(options)", annotated(path, "azion.SandboxOptions"))
    assert_rows("azion.sandbox.start(options)", annotated(path, "azion.SandboxFault"))
    local of_v4 = annotated("lua/azion/sandbox/v4/options.lua", "azion.SandboxOptionsOfV4")
    assert_rows("azion.sandbox.start(options)", of_v4)
  end)

  it("every option", function()
    assert_rows("azion.client(options)", client_module.options)
    assert_rows("client:request(method, path, options)", request.options)
    for name in pairs(map.options) do
      assert.is_truthy(section("client:map(items, fn, options)"):find("`" .. name .. "`", 1, true), name)
    end
    for name in pairs(operation.call_options) do
      assert.is_truthy(section("Options of a call"):find("`" .. name .. "`", 1, true), name)
    end
    for name in pairs(annotated("lua/azion/client/collection.lua", "azion.Query")) do
      local text = section("c:list(query, call_options)") .. section("c:each(query, call_options)")
      assert.is_truthy(text:find("`" .. name .. "`", 1, true), name)
    end
    assert_rows("azion.budget.redis(options)", annotated("lua/azion/budget/redis.lua", "azion.RedisOptions"))
    assert_rows("Purge", annotated("lua/azion/client/purge.lua", "azion.Purge"))
  end)

  it("every field of an error, every kind, and every field of a response", function()
    assert_rows("Fields of an error", annotated("lua/azion/client/errors.lua", "azion.Error"))
    assert_rows("The response", annotated("lua/azion/call/result.lua", "azion.Response"))
    local kinds = 0
    for kind in read("lua/azion/client/errors.lua"):match("@field kind ([^\n]*)"):gmatch('"([%l_]+)"') do
      kinds = kinds + 1
      assert.is_true(has_row(section("Kinds of errors"), kind), kind)
    end
    assert.equal(14, kinds)
  end)

  it("every event that is sent, and its fields", function()
    local sandbox = assert(sandboxes.start({ seed = 1, limits = { read = 2 }, window = 1,
      faults = { { method = "GET", nth = 1, status = 503 }, { method = "POST", action = "reset" } } }))
    local kinds, names = { budget = true }, {}
    local watched = assert(sandbox:client({ on_event = function(event)
      kinds[event.type] = true
      for name in pairs(event) do
        names[name] = true
      end
    end }))
    for _ = 1, 3 do
      assert(watched:domains():list())
    end
    assert.is_nil((watched:domains():create({})))
    watched:close()
    sandbox:stop()
    for _, kind in ipairs({ "budget", "request", "response", "retry", "wait" }) do
      assert.is_true(kinds[kind], kind)
    end
    for kind in pairs(kinds) do
      assert.is_true(has_row(section("Events"), '"' .. kind .. '"'), kind)
    end
    for _, name in ipairs({ "wait", "bucket", "reason", "code", "kind" }) do
      assert.is_true(names[name], name)
    end
    for name in pairs(names) do
      assert.is_truthy(section("Events"):find("`[%l.]*" .. name .. "`"), name)
    end
  end)

  for name, row in pairs(resources.by_name) do
    it(("%s, its fields and what it lacks"):format(name), function()
      local text = section(name)
      walk.each_field(row, function(field, path)
        assert.is_true(not field.name or has_row(text, path), path)
      end)
      for method in pairs(row.lacks or {}) do
        assert.is_truthy(text:find("`" .. method .. "`", 1, true), method)
      end
      assert.is_truthy(reference:find("](#" .. name .. ")", 1, true))
    end)
  end
end)

-- Without those that show whole programs for Lua 5.4, and say so.
local pages = shell.output_of("ls *.md docs/*.md examples/openresty/README.md | grep -v -e /jobs -e /testing")

describe("every page", function()
  -- It hides an error that is a table on Lua 5.1 and 5.2, and in nginx on any.
  it("shows no assert in its code, and nor do the examples of a call to the library", function()
    local blocks = 0
    for page in pages:gmatch("%S+") do
      for block in read(page):gmatch("\n```%l+\n(.-)\n```\n") do
        blocks = blocks + 1
        assert.is_nil(block:find("assert(", 1, true), page .. ": " .. block)
      end
    end
    assert.is_true(blocks > 20)
    for path in shell.output_of("find examples -name '*.lua'"):gmatch("%S+") do
      for call in read(path):gmatch("assert(%b())") do
        assert.is_truthy(call:find("^%(io%.") or call:find("^%(ngx%.") or call:find("^%(core%."), path .. ": " .. call)
      end
    end
  end)
end)

describe("the reference", function()
  it("has examples that compile", function()
    local count = 0
    for block in reference:gmatch("\n```lua\n(.-)\n```\n") do
      count = count + 1
      local given = false
      assert(load(function()
        local text = not given and block or nil
        given = true
        return text
      end, "=" .. block:match("^[^\n]*")))
    end
    assert.is_true(count >= 12)
  end)
end)
