-- Options of a sandbox's version 4, where the real one may behave either way: the rule and the default of each.

local reader = require "azion.client.options"

local amount, flag, one_of = reader.amount, reader.flag, reader.one_of
local duration = reader.number("seconds of at least 0", function(value) return value >= 0 and value < math.huge end)

---@class azion.SandboxOptionsOfV4
---@field state? "executed"|"pending" of replies to writes; "executed"
---@field pending_for? number seconds for which a GET shows `pending`, too; 0
---@field issue_after? number seconds until a requested certificate is active; 0
---@field rate_headers? boolean whether X-RateLimit headers are sent; false
---@field past_the_end? "not_found"|"empty" a page after the last one; "not_found"
---@field hmac_keys? "shown"|"masked" in replies; "shown"
---@field patch_depth? "replace"|"merge" what PATCH does with objects; "replace"
---@field unknown_fields? "ignore"|"reject" in bodies; "ignore"
---@field deletion_lag? integer so many deletions of an item are refused first; 0
---@field error_codes? "services"|"merged" codes of 405 and 406; "services"
---@field default_rule_in_order? "maybe"|"always"|"never" whether orders of rules name it; "maybe"
---@field partial_order? "reject"|"append" orders that do not name all rules; "reject"
---@field require_modules? boolean whether behaviours need the application's modules; false

return {
  state = { one_of("executed", "pending"), "executed" },
  pending_for = { duration, 0 },
  issue_after = { duration, 0 },
  rate_headers = { flag, false },
  past_the_end = { one_of("not_found", "empty"), "not_found" },
  hmac_keys = { one_of("shown", "masked"), "shown" },
  patch_depth = { one_of("replace", "merge"), "replace" },
  unknown_fields = { one_of("ignore", "reject"), "ignore" },
  deletion_lag = { amount, 0 },
  error_codes = { one_of("services", "merged"), "services" },
  default_rule_in_order = { one_of("maybe", "always", "never"), "maybe" },
  partial_order = { one_of("reject", "append"), "reject" },
  require_modules = { flag, false },
}
