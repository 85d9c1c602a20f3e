--- azion: the Azion edge platform from Lua.
local account = require "azion.client.account"
local client = require "azion.client"
local core = require "azion.core"
local mistake = require "azion.client.mistake"
local runtime = require "azion.runtime"
local tokens = require "azion.client.tokens"
local v3 = require "azion.api.v3"
local version = require "azion.version"

---@class azion.v3 what speaks version 3
---@field client fun(given?: azion.ClientOptions): azion.v3.Client?, azion.Error?
---@field create_token fun(given: azion.Credentials): table?, azion.Error?, azion.Response?
---@field revoke_token fun(given: azion.Credentials): true?, azion.Error?, azion.Response?
---@field sandbox table

---@class azion.v4 what speaks version 4
---@field client fun(given?: azion.ClientOptions): azion.v4.Client?, azion.Error?
---@field sandbox table

---@class azion: azion.v3
---@field v3 azion.v3
---@field v4 azion.v4
---@field budget table
local azion = {}

azion._VERSION = version.name

---@type userdata null in JSON; equal to `cjson.null` and `ngx.null`
azion.null = core.null

azion.api_version = account.api_version

--- A list that is sent as `[…]` even when it is empty. The table that is passed stays as it is.
---@param list table
---@return table
function azion.array(list)
  mistake.check(list, "table", "azion.array: the list")
  local copy = {}
  for key, value in next, list do
    copy[key] = value
  end
  return setmetatable(copy, core.array_metatable)
end

-- Lua 5.1 takes a module that could not be loaded, be it for want of memory, for one that loads itself for ever.
local function load(name)
  local whole, module = pcall(require, name)
  if not whole then
    package.loaded[name] = nil
    error(module, 0)
  end
  return module
end

-- What a program may never need is loaded when it is first asked for, so that most of them start sooner.
local function lazily(face, lazy)
  return setmetatable(face, { __index = function(self, name)
    if lazy[name] then
      local value = lazy[name]()
      rawset(self, name, value)
      return value
    end
  end })
end

local function load_sandbox()
  return load "azion.sandbox"
end

local function load_sandbox_v4()
  local sandbox = load_sandbox()
  return { start = function(options) return sandbox.start(options, "v4") end }
end

azion.v3 = lazily({ client = client.of(v3) }, { sandbox = load_sandbox })
azion.v3.create_token, azion.v3.revoke_token = tokens.of(v3)
azion.client, azion.create_token, azion.revoke_token = azion.v3.client, azion.v3.create_token, azion.v3.revoke_token

lazily(azion, {
  sandbox = load_sandbox,
  budget = function() return load "azion.budget" end,
  document = function() return load "azion.plan.document" end,
  v4 = function()
    return lazily({ client = client.of(load "azion.api.v4") }, { sandbox = load_sandbox_v4 })
  end,
})

-- A worker of nginx may not be allowed to read what its master could.
if runtime.is_nginx() then
  for _, name in ipairs { "budget", "budget.redis", "budget.shared_dict", "runtime.openresty", "sandbox", "api.v4",
    "plan", "plan.document", "plan.export" } do
    load("azion." .. name)
  end
  load("azion.budget.redis_resty").missing() -- loads lua-resty-redis where there is one
end

return azion
