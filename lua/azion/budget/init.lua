--- Where a rate budget is kept: in this process, by all workers of one nginx, or by a fleet.
local memory = require "azion.budget.memory"

local budget = {}

--- A budget in this process, for clients that use the same token.
---@return azion.Budget
budget.memory = memory.new

-- Each is loaded when it is asked for: they need what not every machine has.
local lazy = { shared_dict = "azion.budget.shared_dict", redis = "azion.budget.redis" }

return setmetatable(budget, {
  __index = function(self, name)
    if lazy[name] then
      local make = require(lazy[name])
      rawset(self, name, make)
      return make
    end
  end,
})
