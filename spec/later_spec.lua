-- Modules that are loaded when they are first used.
local child = require "spec.support.child"
local later = require "azion.later"
local shell = require "spec.support.shell"

describe("what many programs do without", function()
  local function loaded_after(program)
    return shell.output_of(([[LUA_PATH='%s' LUA_CPATH='%s' %s -e '
      local azion = require "azion"
      %s
      for _, name in ipairs { "ahead", "budget", "map", "paging", "purge", "request", "sandbox", "tokens" } do
        if package.loaded["azion." .. name] then io.write(name, " ") end
      end']]):format(package.path, package.cpath, child.interpreter(), program))
  end

  local client = 'local client = assert(azion.client { token = "x" })'
  local cases = {
    { "", "" },
    { client, "" },
    { client .. " local list = client:origins(1).each", "" },
    { client .. " client:map({}, print)", "map" },
    { client .. " pcall(client.purge, client, { url = 1 })", "purge" },
    { client .. ' client:request("GET", "/x", { deadline = -1 })', "request" },
    { "local create = azion.create_token", "tokens" },
    { "local revoke = azion.revoke_token", "tokens" },
  }
  for index, case in ipairs(cases) do
    it("is not loaded before (" .. index .. ")", function()
      assert.are.equal(case[2], loaded_after(case[1]))
    end)
  end

  it("is what it is when loaded at once", function()
    local azion = require "azion"
    local tokens = require "azion.tokens"
    assert.are.equal(tokens.create, azion.create_token)
    assert.are.equal(tokens.revoke, azion.revoke_token)
    assert.are.equal(tokens.create, rawget(azion, "create_token"))
    assert.is_nil(azion.create_tokens)
    assert.are.equal(require("azion.map").run, later.module("azion.map").run)
    assert.is_nil(later.module("azion.map").walk)
  end)

  it("can be loaded once what was in the way is gone", function()
    local tries = 0
    package.preload["azion.late"] = function()
      tries = tries + 1
      if tries == 1 then
        error("not enough memory", 0)
      end
      return { answer = 42 }
    end
    finally(function() package.preload["azion.late"], package.loaded["azion.late"] = nil, nil end)
    local late = later.module "azion.late"
    assert.are.equal(0, tries)
    local whole, raised = pcall(function() return late.answer end)
    assert.is_false(whole)
    assert.is_truthy(tostring(raised):find("not enough memory", 1, true))
    assert.are.equal(42, late.answer)
    assert.are.equal(42, late.answer)
    assert.are.equal(2, tries)
  end)
end)
