-- `lazion plan`, `apply` and `export`.
-- #seconds 15
local command = require "spec.support.command"
local core = require "azion.core"
local files = require "spec.support.files"
local sandboxes = require "spec.support.sandbox"
local shell = require "spec.support.shell"

local shop = [[
return {
  edge_applications = {
    { name = "shop", delivery_protocol = "http,https",
      origins = { { name = "Static files", addresses = { { address = "static.example.net" } } } } },
  },
}
]]

describe("documents", function()
  local server, lazion, folder

  before_each(function()
    server = sandboxes.start { seed = { edge_applications = 1, origins = 3 } }
    lazion = command.against(server.sandbox)
    folder = assert(shell.lines_of("mktemp -d")[1])
  end)

  after_each(function()
    server:stop()
    os.execute("rm -r " .. folder)
  end)

  local function write(name, text)
    files.write(folder .. "/" .. name, text)
    return folder .. "/" .. name
  end

  local function writes()
    local found = {}
    for _, entry in ipairs(server:requests()) do
      if entry.method ~= "GET" then
        found[#found + 1] = entry.method .. " " .. entry.path
      end
    end
    return found
  end

  it("are planned, applied, and then at rest", function()
    local site = write("site.lua", shop)
    local status, output, errors = lazion { "plan", site }
    assert.equal("", errors)
    assert.equal(0, status)
    assert.matches('%+ edge_applications "shop"\n', output)
    assert.is_nil(output:find("\27", 1, true))
    assert.equal(10, (lazion { "plan", site, "--exit-code" }))
    status, output = lazion { "plan", site, "--json" }
    assert.equal(0, status)
    assert.equal(2, #core.decode(output).steps)
    status, output = lazion { "plan", site, "--csv" }
    assert.equal(0, status)
    assert.equal("action,resource,parent,name\ncreate,edge_applications,,shop\ncreate,origins,shop,Static files\n",
      output)
    assert.same({}, writes())
    status, output, errors = lazion { "apply", site, "--yes", "--csv", "--columns", "outcome,name" }
    assert.equal(0, status)
    assert.equal("outcome,name\napplied,shop\napplied,Static files\n", output)
    assert.matches('%+ edge_applications "shop"\n', errors)
    assert.equal(2, #writes())
    assert.equal(0, (lazion { "plan", site, "--exit-code" }))
    assert.equal(0, (lazion { "apply", site, "--yes" }))
    assert.equal(2, #writes())
  end)

  it("are not applied without consent", function()
    local site = write("site.lua", shop)
    local before = #server:requests()
    local status, output, errors = lazion { "apply", site }
    assert.equal(2, status)
    assert.equal("", output)
    assert.matches("^lazion: apply needs %-%-yes", errors)
    assert.equal(before, #server:requests())
    local settings = { environment = command.environment(server.sandbox), input = "n\n", input_after = "Type yes" }
    output, status = command.on_terminal("$lazion apply " .. site, settings)
    assert.equal(1, status)
    assert.truthy(output:find('\27%[32m%s*%+ edge_applications "shop"'), output)
    assert.same({}, writes())
    settings.input = "yes\n"
    output, status = command.on_terminal("$lazion apply " .. site, settings)
    assert.equal(0, status, output)
    assert.equal(2, #writes())
  end)

  it("of several files are one, in JSON and Lua", function()
    local site = write("site.lua", shop)
    local more = write("more.json", '{"domains":[{"name":"shop","cnames":["shop.example.com"],'
      .. '"edge_application_id":"shop"}]}')
    local status, output = lazion { "plan", site, more, "--jsonl" }
    assert.equal(0, status)
    assert.equal(3, select(2, output:gsub("\n", "")))
    local errors
    status, output, errors = lazion { "plan", site, write("again.json", '{"edge_applications":[{"name":"shop"}]}') }
    assert.equal(4, status)
    assert.equal("", output)
    assert.matches('^lazion: edge_applications "shop" is in [^\n]*site.lua and in [^\n]*again.json\n$', errors)
  end)

  it("are of one version of the API, which they tell", function()
    local before = #server:requests()
    local status, _, errors = lazion { "plan", write("both.json",
      '{"edge_applications":[{"name":"a"}],"connectors":[{"name":"b"}]}') }
    assert.equal(2, status)
    assert.matches("edge_applications is a collection of version 3 of the API, connectors one of version 4", errors)
    assert.equal(before, #server:requests())
    local functions = write("functions.json", '{"functions":[{"name":"f","code":"x"}]}')
    local output
    status, output = lazion { "plan", functions, "--csv" }
    assert.equal(0, status)
    assert.matches("\ncreate,functions,,f\n", output)
    assert.matches("^/v4/", server:requests()[#server:requests()].path)
    status, _, errors = lazion { "plan", functions, "--api", "v3" }
    assert.equal(4, status)
    assert.equal("lazion: functions is a collection of version 4 of the API: --api v4\n", errors)
  end)

  it("tell all that is wrong with them, and send nothing", function()
    local status, _, errors = lazion { "plan", write("wrong.json",
      '{"edge_applications":[{"nmae":"a"},{"name":"b","origins":[{"name":"o","adresses":[]}]}]}') }
    assert.equal(4, status)
    assert.matches("^lazion: invalid, in %d places:\n", errors)
    assert.matches("\n  edge_applications%.1%.nmae: unknown [^\n]* 'name'\n", errors)
    assert.matches('\n  edge_applications "b".origins "o".adresses: unknown [^\n]* \'addresses\'\n', errors)
    assert.same({}, writes())
  end)

  it("delete only with --prune, and no more than allowed", function()
    local site = write("site.json", '{"edge_applications":[{"name":"application-001","device_groups":[]}]}')
    assert.equal(0, (lazion { "plan", site, "--exit-code" }))
    local status, output = lazion { "plan", site, "--prune", "--exit-code", "--csv" }
    assert.equal(10, status)
    assert.matches("\ndelete,device_groups,application%-001,", output)
    local errors
    status, output, errors = lazion { "apply", site, "--prune", "--yes", "--max-deletes", "1" }
    assert.equal(4, status)
    assert.equal("", output)
    assert.matches("lazion: invalid: max_deletes: [^\n]*\n$", errors)
    assert.same({}, writes())
    assert.equal(2, (lazion { "apply", site, "--prune", "--yes", "--max-deletes", "-1" }))
    status, output = lazion { "apply", site, "--prune", "--yes", "--csv", "--max-deletes", "2" }
    assert.equal(0, status)
    assert.equal(2, select(2, output:gsub("applied,delete,device_groups", "")))
  end)

  it("tell which steps failed, and end as the first of these did", function()
    server:stop()
    server = sandboxes.start { seed = { edge_applications = 1 }, faults = { { method = "POST", path = "/domains",
      status = 403, body = '{"detail":"not yours"}' } } }
    lazion = command.against(server.sandbox)
    local site = write("site.json",
      '{"domains":[{"name":"d","edge_application_id":"application-001"}],"variables":[{"key":"K","value":"V"}]}')
    local status, output = lazion { "apply", site, "--yes", "--csv", "--columns", "outcome,resource,why" }
    assert.equal(4, status)
    assert.matches("\nfailed,domains,[^\n]*not yours", output)
    assert.matches("\napplied,variables,\n", output)
  end)

  it("take secrets from the environment, and do not show them", function()
    local site = write("site.lua", [[
      return { edge_applications = { { name = "application-001", origins = { { name = "signed",
        addresses = { { address = "a.example" } }, hmac_authentication = true, hmac_region_name = "r",
        hmac_access_key = env "ACCESS", hmac_secret_key = env "SECRET" } } } } }]])
    local secrets = { ACCESS = "the-access-key", SECRET = "the-secret-key" }
    local status, output, errors = lazion({ "apply", site, "--yes", "-v" }, secrets)
    assert.equal(0, status)
    assert.is_nil((output .. errors):find("the-access-key", 1, true))
    assert.is_nil((output .. errors):find("the-secret-key", 1, true))
    assert.truthy(server:requests()[#server:requests()].body:find("the%-secret%-key"))
    status, output = lazion({ "plan", site, "--json", "--secrets", "send" }, secrets)
    assert.equal(0, status)
    assert.is_nil(output:find("the-secret-key", 1, true))
  end)

  it("are exported whole or in parts, as JSON or Lua that is at rest", function()
    local status, output, errors = lazion { "export" }
    assert.equal(0, status)
    local whole = core.decode(output)
    assert.equal("application-001", whole.edge_applications[1].name)
    assert.matches("^lazion: not carried over: [^\n]*: [^\n]*\n", errors)
    local text
    status, text, errors = lazion { "export", "edge_applications=application-001", "--lua" }
    assert.equal(0, status)
    assert.matches("^return {\n", text)
    assert.is_nil(text:find("digital_certificates", 1, true))
    assert.matches("not carried over", errors)
    assert.equal(0, (lazion { "plan", write("out.lua", text), "--exit-code" }))
    status, output = lazion { "export", "variables", "--jsonl" }
    assert.equal(0, status)
    assert.matches('^{"variables":%[', output)
    for _, option in ipairs { "--csv", "--columns=name", "--lua" } do
      status, output, errors = lazion { "export", "variables", option, option == "--lua" and "--json" or nil }
      assert.equal(2, status)
      assert.equal("", output)
      assert.matches("%-%-json", errors)
    end
    assert.equal(3, (lazion { "export", "edge_applications=nothing" }))
    assert.equal(2, (lazion { "export", "edge_aplications" }))
    assert.equal(2, (lazion { "export", "edge_applications", "connectors" }))
    status, output = lazion { "export", "connectors" }
    assert.equal(0, status)
    assert.is_table(core.decode(output).connectors)
  end)
end)
