--- `azion.api_version`: which version of the API the account of a token speaks.
local call = require "azion.call"
local client = require "azion.client"
local api = require "azion.api.account"

local account = {}

local new_client = client.of(api)

---@class azion.AccountOptions: azion.ClientOptions all of them but `base_url`
---@field account_url? string default: AZION_ACCOUNT_URL, else https://sso.azion.com

--- Asks which version of the API an account speaks.
---@param given? azion.AccountOptions
---@return string? name of the version
---@return azion.Error? err
---@return azion.Response? response
function account.api_version(given)
  local asking, err = new_client(given)
  if not asking then
    return nil, err
  end
  local name, response
  name, err, response = call.run(asking.engine, { method = "GET", path = api.info_path, query = "", options = {},
    read = api.read })
  asking:close()
  if not name then
    return nil, err
  end
  return name, nil, response
end

return account
