--- azion: the Azion edge platform from Lua.
local client = require "azion.client"
local core = require "azion.core"
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
  if type(list) ~= "table" then
    error("array takes a table, got " .. type(list), 2)
  end
  local copy = {}
  for key, value in next, list do
    copy[key] = value
  end
  return setmetatable(copy, core.array_metatable)
end

-- What most programs do not need is loaded when it is asked for.
local lazy = { budget = "azion.budget", sandbox = "azion.sandbox" }

return setmetatable(azion, {
  __index = function(self, name)
    if lazy[name] then
      local module = require(lazy[name])
      rawset(self, name, module)
      return module
    end
  end,
})
