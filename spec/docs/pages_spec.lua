-- The tools of the documentation: dead links are named, the site's pages lead to each other, the picture is current.
local files = require "spec.support.files"
local shell = require "spec.support.shell"

local folder

local function put(name, text)
  os.execute(("mkdir -p %s"):format((folder .. "/" .. name):match("^(.*)/")))
  files.write(folder .. "/" .. name, text)
end

-- The lines that a tool prints, and whether it was content.
local function run(tool, ...)
  local lines = shell.lines_of(("lua5.4 tools/site/%s.lua %s 2>&1; echo $?"):format(tool, table.concat({ ... }, " ")))
  return lines, table.remove(lines) == "0"
end

before_each(function()
  folder = shell.output_of("mktemp -d")
end)
after_each(function()
  os.execute("rm -rf " .. folder)
end)

describe("tools/site/links.lua", function()
  local page = "# Begin here\n\n[file](docs/b.md), [heading](docs/b.md#a-heading-of-azionclose), [here](#begin-here), "
    .. "[defined][b], [far](https://example.com/nowhere)\n\n`[no](link.md)` and `docs/b.md`\n\n"
    .. "```sh\ncat [no](link.md) tools/x\n```\n\n[b]: docs/b.md\n"

  before_each(function()
    put("Makefile", "")
    put("docs/b.md", "```sh\n# not a heading\n```\n\n## A heading of `azion.close()`\n\n[back](../README.md)\n")
  end)

  it("is content where all links lead somewhere", function()
    put("README.md", page)
    assert.same({}, (run("links", folder)))
    assert.is_true(select(2, run("links", folder)))
  end)

  for what, change in pairs({
    ["README.md: docs/c.md: there is no such file"] = { "docs/b.md", "docs/c.md" },
    ["README.md: docs/b.md#another: there is no such heading"] = { "a%-heading%-of%-azionclose", "another" },
    ["README.md: docs/b.md#not-a-heading: there is no such heading"] = { "a%-heading%-of%-azionclose",
      "not-a-heading" },
    ["README.md: #begin: there is no such heading"] = { "#begin%-here", "#begin" },
    ["README.md: c: this reference is defined nowhere"] = { "%]%[b%]", "][c]" },
    ["README.md: ../b.md: there is no such file"] = { "docs/b.md#a%-heading%-of%-azionclose", "../b.md" },
    ["README.md: docs/d.lua: there is no such file"] = { "`docs/b.md`", "`docs/d.lua`" },
    ["README.md: examples/e.lua: there is no such file"] = { "tools/x", "examples/e.lua" },
  }) do
    it("tells " .. what, function()
      local changed, count = page:gsub(change[1], change[2], 1)
      assert.equal(1, count)
      put("README.md", changed)
      local lines, is_content = run("links", folder)
      assert.same({ what }, lines)
      assert.is_false(is_content)
    end)
  end

  it("finds nothing in this repository", function()
    assert.same({}, (run("links", ".")))
  end)
end)

describe("the site", function()
  it("has pages that lead to each other, and sources that they show", function()
    assert.is_true(select(2, run("stage", folder)))
    assert.same({}, (run("links", folder)))
    assert.matches("^# nginx.conf\n\n```nginx\n#", files.read(folder .. "/examples/openresty/nginx.conf.md"))
    assert.truthy(files.read(folder .. "/security.md"):find("](reliability.md)", 1, true))
    assert.truthy(files.read("mkdocs.yml"):find("font: false", 1, true))
    for page in files.read("mkdocs.yml"):gmatch(": ([%w-]+%.md)\n") do
      assert.is_string(files.read(folder .. "/" .. page), page)
    end
    for page in shell.output_of("cd docs && ls *.md"):gmatch("%S+") do
      assert.truthy(files.read("mkdocs.yml"):find(": " .. page .. "\n", 1, true), page)
    end
  end)

  local page = '<link href="a.css"><a href="b.html#x">b</a> <a href="https://example.com/">far</a> <img src="a.css">'

  before_each(function()
    put("b.html", '<h1 id="x">b</h1> <a href="index.html">back</a>')
    put("a.css", "body { background: url(data:image/png;base64,AAAA) }")
  end)

  it("is content with what is there, and with links to other hosts", function()
    put("index.html", page)
    assert.same({}, (run("built", folder)))
  end)

  for what, change in pairs({
    ["index.html: c.html#x: there is no such file"] = { "b.html", "c.html" },
    ["index.html: b.html#y: there is no such id"] = { "#x", "#y" },
    ["index.html: https://example.com/a.css: is loaded from elsewhere"] = { "a.css", "https://example.com/a.css" },
    ["index.html: //example.com/a.js: is loaded from elsewhere"] = { "<img ",
      '<script src="//example.com/a.js"></script> <img ' },
  }) do
    it("tells " .. what, function()
      put("index.html", (page:gsub(change[1], change[2], 1)))
      local lines, is_content = run("built", folder)
      assert.same({ what }, lines)
      assert.is_false(is_content)
    end)
  end

  it("tells what a style sheet loads from elsewhere", function()
    put("index.html", page)
    put("a.css", "@font-face { src: url(https://example.com/font.woff2) }")
    assert.same({ "a.css: https://example.com/font.woff2: is loaded from elsewhere" }, (run("built", folder)))
  end)
end)

describe("the picture of a plan", function()
  local drawing = require "tools.site.picture.drawing"

  it("is what the command prints today", function()
    os.execute("test -e build/5.4/azion/core.so || env -u MAKEFLAGS -u MFLAGS make -s build LUA=5.4")
    assert.same({}, shell.lines_of("env LUA_PATH='./lua/?.lua;./lua/?/init.lua;;' LUA_CPATH='./build/5.4/?.so;;' "
      .. "lua5.4 tools/site/picture/init.lua --check 2>&1 || echo failed"))
  end)

  it("has the terminal's text in its colours, cut where the terminal is full", function()
    local svg = drawing.svg("a <b>\n\27[31mcd\27[0m e\n" .. ("x"):rep(12) .. "\n", 10)
    for _, wanted in ipairs({ ">a &lt;b&gt;</text>", ' fill="#ff8b85">cd</text>', 'textLength="16.8"', "> e</text>",
      ">" .. ("x"):rep(10) .. "</text>", ">xx</text>" }) do
      assert.truthy(svg:find(wanted, 1, true), wanted .. " in " .. svg)
    end
    assert.is_nil(svg:find("\27", 1, true))
  end)
end)
