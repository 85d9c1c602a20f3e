-- What a sandbox's version 4 does where Azion's own does either: each with its rule and its default.

local reader = require "azion.client.options"

local amount, flag, one_of = reader.amount, reader.flag, reader.one_of
local duration = reader.number("seconds of at least 0", function(value) return value >= 0 and value < math.huge end)

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
