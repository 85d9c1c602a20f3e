--- Which version of the API an account speaks: a service of its own tells.
local envelope = require "azion.api.envelope"
local problem = require "azion.api.problem"
local query = require "azion.api.query"
local version = require "azion.api.version"

---@type azion.Api
local account = {
  name = "account",
  class = "azion.api_version",
  resources = {},
  base_url = "https://sso.azion.com",
  base_option = "account_url",
  environment = "AZION_ACCOUNT_URL",
  scheme = "Token",
  accept = "application/json; version=1",
  kept = "client_flags",
  page = envelope.page,
  problem = problem.reader { prefixes = { "/data" }, fills = true, codes = true },
  info_path = "/api/account/info",
}

-- It is no part of the API, and must not be counted as such where clients share a budget.
function account.bucket()
  return "account"
end

function account.query(given)
  return query.text(given, {})
end

--- The version that an account speaks. Each flag blocks one; the newer one wins where neither or both do.
---@param body any decoded
---@return "v3"|"v4"|nil name
---@return string? problem
function account.read(body)
  local flags = type(body) == "table" and body.client_flags
  if not envelope.is_list(flags) then
    return nil, "the reply has no list `client_flags`"
  end
  local has = {}
  for _, flag in ipairs(flags) do
    has[flag] = true
  end
  return has.block_apiv4_incompatible_endpoints and not has.block_apiv3_access and "v3" or "v4"
end

return version.complete(account)
