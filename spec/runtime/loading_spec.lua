-- What the library asks of the program that loads it, on every Lua that it was built for: no lua-cjson, no module that
-- is found later, no global that is not there.
local openresty = require "spec.support.openresty"
local shell = require "spec.support.shell"
local support = require "spec.support.sandbox"

local function is_built(name)
  local core = io.open("build/" .. name .. "/azion/core.so")
  return core and core:close()
end

-- The interpreters whose core is built; the one that runs the specs is always among them.
local function luas()
  local found = { { name = "this Lua", command = require("spec.support.child").interpreter(), cpath = package.cpath } }
  for _, name in ipairs { "5.1", "5.2", "5.3", "5.4", "luajit" } do
    if is_built(name) then
      found[#found + 1] = { name = name, command = name == "luajit" and name or "lua" .. name,
        cpath = "build/" .. name .. "/?.so;;" }
    end
  end
  -- Debian's packages have one build for the two.
  if is_built "5.1" then
    found[#found + 1] = { name = "luajit with the build for 5.1", command = "luajit", cpath = "build/5.1/?.so;;" }
  end
  return found
end

-- Every kind of call that a client has, on a sandbox of another process.
local calls = [[
  local client = assert(azion.client(options))
  local origins = client:origins(1618339282)
  local count = 0
  for item in origins:each { page_size = 10 } do count = count + 1 end
  assert(count == 25, count)
  for page in origins:pages { page_size = 10, prefetch = 1 } do count = count - #page.results end
  assert(count == 0)
  for item in origins:each { page_size = 10 } do break end
  collectgarbage() collectgarbage()
  local items = assert(origins:all())
  assert(#items == 25 and assert(origins:list()).count == 25)
  assert(origins:get(items[1]).name == items[1].name)
  assert(origins:find(items[2].name).origin_key == items[2].origin_key)
  local created = assert(origins:create { name = "made", addresses = { { address = "a.example" } } })
  assert(origins:update(created, { name = "changed" }) and origins:delete(created))
  local names = assert(client:map(items, function(item) return assert(origins:get(item)).name end))
  assert(names[25] == items[25].name)
  assert(client:purge { urls = { "www.example.com/a" } })
  assert(client:request("GET", "/domains"))
  assert(client:rate() and client:eta(1))
  local item, err = origins:get "nobody"
  assert(item == nil and err.kind == "not_found" and tostring(err):find("404", 1, true))
  item, err = origins:create { name = 5 }
  assert(item == nil and err.kind == "invalid" and err.fields.name)
  local raised = select(2, pcall(function() for _ in client:origins(7):each() do end end))
  assert(raised.kind == "not_found", tostring(raised))
  local tokens = { email = email, password = password, base_url = options.base_url, ca_file = options.ca_file }
  local token = assert(azion.create_token(tokens))
  tokens.token = token.token
  assert(azion.revoke_token(tokens))
  assert(azion.array {} and azion.null ~= nil and tostring(client))
  client:close()
  assert(select(2, origins:list()).kind == "closed")
]]

-- What is loaded when it is first used.
local others = [[
  options.budget = azion.budget.memory()
  local shared = assert(azion.client(options))
  assert(shared:origins(1618339282):list())
  shared:close()
  options.budget = azion.budget.shared_dict "rates"
  local nobody, problem = azion.client(options)
  assert(not nobody and problem.message:find("nginx", 1, true), tostring(problem))
  options.budget = azion.budget.redis { port = 1 }
  nobody, problem = azion.client(options)
  assert(nobody or problem.message:find("needs", 1, true), tostring(problem))
  assert(azion.nothing == nil)
  local sandbox = assert(azion.sandbox.start())
  local own = assert(sandbox:client())
  assert(own:request("GET", "/edge_applications"))
  own:close()
  sandbox:stop()
  sandbox, own, shared = nil, nil, nil
  collectgarbage() collectgarbage()
]]

describe("the library", function()
  local server, settings

  setup(function()
    server = support.start { seed = 25 }
    local sandbox = server.sandbox
    settings = ("local email, password = %q, %q\nlocal options = { token = %q, base_url = %q, ca_file = %q }\n"):format(
      sandbox.email, sandbox.password, sandbox.token, sandbox.base_url, sandbox.ca_file)
  end)
  teardown(function() server:stop() end)

  local function run(lua, ...)
    local script = os.tmpname()
    local file = assert(io.open(script, "w"))
    file:write(settings, table.concat({ ... }, "\n"), "\nprint 'done'\n")
    file:close()
    finally(function() os.remove(script) end)
    assert.equal("done", shell.output_of(("LUA_PATH='%s' LUA_CPATH='%s' %s %s 2>&1"):format(package.path, lua.cpath,
      lua.command, script)))
  end

  local no_cjson = [[
    for _, name in ipairs { "cjson", "cjson.safe" } do
      package.preload[name] = function() error("lua-cjson was asked for", 0) end
    end
  ]]
  local nothing_found = 'package.path, package.cpath = "", ""'
  local strict = [[
    setmetatable(_G, {
      __index = function(_, name) error("undeclared " .. tostring(name), 2) end,
      __newindex = function(_, name) error("undeclared " .. tostring(name), 2) end,
    })
  ]]
  local load = 'local azion = require "azion"'

  for _, lua in ipairs(luas()) do
    it("needs no lua-cjson on " .. lua.name, function()
      run(lua, no_cjson, load, calls, "options.budget = azion.budget.memory()",
        "assert(not package.loaded.cjson and not package.loaded['cjson.safe'])")
    end)

    it("has all that a client needs once it is loaded, on " .. lua.name, function()
      run(lua, load, nothing_found, calls)
    end)

    it("works where undeclared globals are forbidden, on " .. lua.name, function()
      run(lua, strict, load, calls, others)
    end)

    it("works where they are forbidden after it was loaded, on " .. lua.name, function()
      run(lua, load, strict, calls, others)
    end)
  end

  it("can load the rest once what was in the way is gone", function()
    for _, lua in ipairs(luas()) do
      run(lua, load, [[
        local path = package.path
        package.path = ""
        local whole, problem = pcall(function() return azion.sandbox end)
        assert(not whole and problem:find("azion.sandbox", 1, true), problem)
        package.path = path
        package.preload["azion.sandbox"] = function() error("not enough memory", 0) end
        whole, problem = pcall(function() return azion.sandbox end)
        assert(not whole and problem == "not enough memory", problem)
        package.preload["azion.sandbox"] = nil
        assert(azion.sandbox.start and rawget(azion, "sandbox") == require "azion.sandbox")
        assert(azion.budget.memory and rawget(azion, "budget") == require "azion.budget")
      ]])
    end
  end)

  it("leaves to a plain program what a client does not need", function()
    for _, lua in ipairs(luas()) do
      run(lua, load, [[
        assert(not package.loaded["azion.sandbox"] and not package.loaded["azion.budget"])
        assert(not package.loaded["azion.runtime.openresty"])
        for name in pairs(package.loaded) do
          assert(not name:find("azion.api.v4", 1, true), name)
        end
        assert(azion.v4.client { token = "t" } and package.loaded["azion.api.v4"])
      ]])
    end
  end)

  -- A worker may not be allowed to read what its master could.
  local function run_under_nginx(build)
    local nginx = openresty.start(server.sandbox, {
      package_cpath = ("%s/build/%s/?.so;"):format(shell.output_of "pwd", build),
      http = [[ init_by_lua_block {
        azion = require "azion"
        package.path, package.cpath = "", ""
        setmetatable(_G, { __index = function(_, name) error("undeclared " .. tostring(name), 2) end })
      } ]],
      locations = "location = /run { content_by_lua_block {\n" .. settings .. [[
        options.budget = azion.budget.shared_dict "counts"
      ]] .. calls .. [[
        assert(azion.client { token = "t", budget = azion.budget.redis {} }):close()
        for _, name in ipairs { "budget.memory", "budget.redis", "sandbox.start", "v4.client" } do
          local part, member = name:match "(.*)%.(.*)"
          assert(azion[part][member], name)
        end
        local refusal
        table.sort({ 2, 1 }, function() refusal = refusal or select(2, azion.client(options):request("GET", "/")) end)
        assert(refusal.message:find("table.sort", 1, true), tostring(refusal))
        ngx.print "done"
      } }]],
    })
    finally(function() nginx:stop() end)
    local reply = nginx:get("/run")
    assert.equal("done", reply.body, table.concat(nginx:errors(), "\n"))
  end

  it("is loaded as a whole under nginx, and forbids no strictness there either", function()
    run_under_nginx "luajit"
  end)

  if is_built "5.1" then
    it("works under nginx in the build for 5.1, the one in Debian's packages", function()
      run_under_nginx "5.1"
    end)
  end

  -- In time of the processor, into which other processes do not count, and the least of several runs.
  -- Linking takes 5 ms where the library takes 9: a slower machine has more of both.
  it("takes 15 ms to start at most, on top of what it takes to link libcurl", function()
    local function cost(lua, statement)
      local least = math.huge
      for _ = 1, 7 do
        local spent = shell.output_of(("LUA_PATH='%s' LUA_CPATH='%s' %s -e '%s print(os.clock())' 2>&1"):format(
          package.path, lua.cpath, lua.command, statement))
        least = math.min(least, (assert(tonumber(spent), spent)))
      end
      return least
    end
    local plain = { command = "lua5.4", cpath = "" }
    local linking = cost(plain, 'assert(package.loadlib("libcurl.so.4", "*"))') - cost(plain, "")
    for _, lua in ipairs(luas()) do
      local ours = cost(lua, 'require "azion"') - cost(lua, "") - linking
      assert.is_true(ours > 0 and ours < math.max(0.015, 3 * linking), lua.name .. ": " .. ours) -- #time
    end
  end)
end)
