--- azion: the Azion edge platform from Lua.
local client = require "azion.client"
local core = require "azion.core"
local mistake = require "azion.mistake"
local runtime = require "azion.runtime"
local tokens = require "azion.tokens"
local version = require "azion.version"

---@class azion
local azion = {}

azion._VERSION = version.name

---@type userdata null in JSON; equal to `cjson.null` and `ngx.null`
azion.null = core.null

azion.client = client.new
azion.create_token = tokens.create
azion.revoke_token = tokens.revoke

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

-- What a client never needs is loaded when it is first asked for, so that most programs start sooner.
local lazy = { budget = "azion.budget", sandbox = "azion.sandbox" }

-- Lua 5.1 takes a module that could not be loaded, be it for want of memory, for one that loads itself for ever.
local function load(name)
  local whole, module = pcall(require, name)
  if not whole then
    package.loaded[name] = nil
    error(module, 0)
  end
  return module
end

-- A worker of nginx may not be allowed to read what its master could.
if runtime.is_nginx() then
  for _, name in ipairs { "budget", "budget.redis", "budget.shared_dict", "runtime.openresty", "sandbox" } do
    load("azion." .. name)
  end
  load("azion.budget.redis_resty").missing() -- loads lua-resty-redis where there is one
end

return setmetatable(azion, {
  __index = function(self, name)
    if lazy[name] then
      local module = load(lazy[name])
      rawset(self, name, module)
      return module
    end
  end,
})
