--- azion: the Azion edge platform from Lua.
local client = require "azion.client"
local core = require "azion.core"
local later = require "azion.later"
local mistake = require "azion.mistake"
local version = require "azion.version"

---@class azion
---@field create_token fun(given: azion.Credentials): table?, azion.Error?, azion.Response?
---@field revoke_token fun(given: azion.Credentials): true?, azion.Error?, azion.Response?
local azion = {}

azion._VERSION = version.name

---@type userdata null in JSON; equal to `cjson.null` and `ngx.null`
azion.null = core.null

azion.client = client.new

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

-- What most programs do not need is loaded when it is asked for: a module, or a function of one.
local lazy = {
  budget = { "azion.budget" },
  sandbox = { "azion.sandbox" },
  create_token = { "azion.tokens", "create" },
  revoke_token = { "azion.tokens", "revoke" },
}

return setmetatable(azion, {
  __index = function(self, name)
    local place = lazy[name]
    if place then
      local module = later.load(place[1])
      local value = place[2] and module[place[2]] or module
      rawset(self, name, value)
      return value
    end
  end,
})
