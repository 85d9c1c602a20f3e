-- What `make release` looks at before it writes rockspecs, in a repository of its own; and that the version agrees
-- everywhere with lua/azion/version.lua.
-- #seconds 8
local child = require "spec.support.child"
local command = require "spec.support.command"
local files = require "spec.support.files"
local shell = require "spec.support.shell"

local number = require("azion.version").number
local rockspec_files = {
  ("azion-%s-1.rockspec"):format(number),
  ("src-redis/azion-redis-%s-1.rockspec"):format(number),
}

-- The parts of X.Y.Z, so that they compare as they stand.
local function order_of(version)
  return ("%05d.%05d.%05d"):format(version:match("^(%d+)%.(%d+)%.(%d+)$"))
end

local function read_rockspec(path)
  local fields = {}
  assert(loadfile(path, "t", fields))()
  return fields
end

describe("the version", function()
  it("is that of the module, the command and the newest section of the changelog", function()
    assert.matches("^%d+%.%d+%.%d+$", number)
    assert.equal("azion " .. number, require("azion")._VERSION)
    assert.equal("lazion " .. number .. "\n", select(2, child.run({ "bin/lazion", "--version" })))
    local heading = files.read("CHANGELOG.md"):match("\n## ([^\n]*)")
    assert.equal(number, heading:match("^(%S+) %- unreleased$") or heading:match("^(%S+) %- %d%d%d%d%-%d%d%-%d%d$"))
  end)

  it("is older in no rockspec that it was released with", function()
    local changelog = files.read("CHANGELOG.md")
    for _, path in ipairs(shell.lines_of("ls *.rockspec src-redis/*.rockspec")) do
      local released = path:match("%-(%d+%.%d+%.%d+)%-1%.rockspec$")
      if released then
        assert.truthy(changelog:find(("\n## %s - 20"):format(released), 1, true), path)
      end
    end
  end)

  it("is enough for azion-redis, which names the one that it needs", function()
    local rockspec = read_rockspec("src-redis/azion-redis-scm-1.rockspec")
    local needed = table.concat(rockspec.dependencies, "\n"):match("\nazion >= (%d+%.%d+%.%d+)$")
    assert.is_true(order_of(needed) <= order_of(number))
  end)
end)

describe("make release", function()
  local folder

  local function run(words)
    local output, status = command.run_script(("cd '%s' && %s"):format(folder, words))
    return status, output
  end

  local function must_run(words)
    local status, output = run("{ " .. words .. "; }")
    assert.equal(0, status, output)
  end

  -- All that it says, by itself: what lint finds is told before.
  local function problems_of(version)
    local status, output = run("tools/release " .. version)
    local problems = {}
    for line in output:gmatch("[^\n]+") do
      problems[#problems + 1] = line:match("^release: (.*)")
    end
    for _, path in ipairs(rockspec_files) do
      assert.is_nil(files.read(folder .. "/" .. path))
    end
    return status, problems
  end

  -- Another state of the files, which the tag is on.
  local function tag_change(change)
    must_run(("%s && git commit -qam change && git tag -f v%s"):format(change, number))
  end

  setup(function()
    folder = assert(shell.lines_of("mktemp -d")[1])
    command.run_script(("cp -r Makefile CHANGELOG.md azion-scm-1.rockspec tools src-redis '%s'"):format(folder))
    must_run("mkdir -p lua/azion")
    command.run_script(("cp lua/azion/version.lua '%s/lua/azion/'"):format(folder))
    -- What lint finds is decided here; and that it was asked is seen.
    files.write(folder .. "/tools/check", '#!/bin/sh\necho "asked for $1"\ntest ! -e lua/azion/finding.lua\n')
    -- Needs nothing of the machine.
    files.write(folder .. "/tools/bootstrap", "#!/bin/sh\n")
    must_run(([[rm -f azion-[0-9]*.rockspec src-redis/azion-redis-[0-9]*.rockspec &&
      sed -i '0,/^## .*/s//## %s - 2026-01-31/' CHANGELOG.md &&
      git init -q && git config user.name spec && git config user.email spec@localhost &&
      git add -A && git commit -qm "The release" && git tag base]]):format(number))
  end)

  before_each(function()
    must_run(("git reset -q --hard base && git clean -qfd && git tag -f v%s"):format(number))
  end)

  teardown(function()
    command.run_script("rm -rf " .. folder)
  end)

  it("asks for a version", function()
    for _, version in ipairs({ "", "1.2", "v1.2.3", "1.2.3-1" }) do
      local status, problems = problems_of(version)
      assert.equal(2, status)
      assert.same({ ("%q is not a version; try: make release VERSION=1.2.3"):format(version) }, problems)
    end
    local status, output = run("make -s release")
    assert.equal(2, status)
    assert.matches('release: "" is not a version', output, 1, true)
  end)

  it("refuses another version than the module's, and says all that is wrong at once", function()
    local status, problems = problems_of("9.8.7")
    assert.equal(1, status)
    assert.equal(3, #problems)
    assert.equal(("lua/azion/version.lua has %s, not 9.8.7"):format(number), problems[1])
    assert.matches('^CHANGELOG.md begins with "' .. number .. ' %- 2026%-01%-31"; a release has a date there: ## 9.8.7',
      problems[2])
    assert.equal('there is no tag v9.8.7; try: git tag -a -m "azion 9.8.7" v9.8.7', problems[3])
  end)

  it("refuses a changelog without a date, or without a word", function()
    tag_change("sed -i 's/2026-01-31/unreleased/' CHANGELOG.md")
    local status, problems = problems_of(number)
    assert.equal(1, status)
    assert.equal(1, #problems)
    assert.matches(('CHANGELOG.md begins with "%s - unreleased"; a release has a date'):format(number), problems[1], 1,
      true)
    tag_change(([[printf '\n## %s - 2026-01-31\n\n## 0.0.1 - 2026-01-01\n\n- Older.\n' >CHANGELOG.md]]):format(number))
    status, problems = problems_of(number)
    assert.equal(1, status)
    assert.same({ "CHANGELOG.md says nothing of " .. number }, problems)
  end)

  it("refuses a tree with changes, or with files that git does not know", function()
    must_run("echo >>Makefile")
    local status, problems = problems_of(number)
    assert.equal(1, status)
    assert.same({ "the tree is not clean: Makefile; commit it, or remove it" }, problems)
    must_run("git checkout -q Makefile && echo >lua/stray.lua")
    status, problems = problems_of(number)
    assert.equal(1, status)
    assert.same({ "the tree is not clean: lua/stray.lua; commit it, or remove it" }, problems)
  end)

  it("refuses where there is no tag, or where it is on another commit", function()
    must_run("git tag -d v" .. number)
    local status, problems = problems_of(number)
    assert.equal(1, status)
    assert.equal(1, #problems)
    assert.matches("there is no tag v" .. number .. "; try: git tag -a ", problems[1], 1, true)
    must_run(("git tag v%s && git commit -q --allow-empty -m later"):format(number))
    status, problems = problems_of(number)
    assert.equal(1, status)
    assert.equal(1, #problems)
    assert.matches(("^the tag v%s is %%x+, but %%x+ is checked out$"):format(number), problems[1])
  end)

  it("refuses what lint finds, and asks for that last", function()
    must_run("echo >lua/azion/finding.lua && git add -A")
    tag_change("true")
    local status, problems = problems_of(number)
    assert.equal(1, status)
    assert.same({ "lint has findings: see above" }, problems)
    assert.matches("asked for lint", select(2, run("tools/release " .. number)), 1, true)
    assert.is_nil(select(2, run("tools/release 9.8.7")):find("asked for lint", 1, true))
  end)

  it("writes the rockspecs, also once more over its own", function()
    for _ = 1, 2 do
      assert.same({ 0, "asked for lint\n" .. table.concat(rockspec_files, "\n") .. "\n" },
        { run("make -s release VERSION=" .. number) })
    end
    for _, path in ipairs(rockspec_files) do
      must_run("luarocks lint " .. path)
    end
    local checkout = read_rockspec("azion-scm-1.rockspec")
    local released = read_rockspec(folder .. "/" .. rockspec_files[1])
    assert.equal(number .. "-1", released.version)
    assert.same({ url = checkout.source.url, tag = "v" .. number }, released.source)
    assert.same({ "lua >= 5.1, < 5.5", "argparse >= 0.7.1", "lua-cjson >= 2.1.0" }, released.dependencies)
    assert.same({ "docs", "examples" }, released.build.copy_directories)
    assert.same({ lazion = "bin/lazion" }, released.build.install.bin)
    assert.same(checkout.build, released.build)
    assert.same(checkout.external_dependencies, released.external_dependencies)
    local redis = read_rockspec(folder .. "/" .. rockspec_files[2])
    assert.same({ url = checkout.source.url, tag = "v" .. number }, redis.source)
    assert.same({ "lua >= 5.1, < 5.5", "azion ~> " .. number:match("^%d+%.%d+") }, redis.dependencies)
  end)
end)
