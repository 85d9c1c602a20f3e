-- An account that both versions of the API speak of: version 3 at the root, version 4 below /v4, and the page that
-- says which of them the account may use.

local models = require "azion.sandbox.v3"
local replies = require "azion.sandbox.model.replies"
local tokens = require "azion.sandbox.v3.tokens"
local v4 = require "azion.sandbox.v4"

local account = {}

---@class azion.sandbox.Account
local Account = {}
Account.__index = Account

-- Each flag blocks one version.
local FLAGS = { v3 = '["block_apiv4_incompatible_endpoints"]', v4 = '["block_apiv3_access"]' }

---@param options table as model.new takes them, and those of version 4
---@return azion.sandbox.Account
function account.new(options)
  local v3 = models.new(options)
  return setmetatable({ v3 = v3, v4 = v4.new(options, v3), speaks = options.speaks or "both" }, Account)
end

local function info(self, request)
  local refusal = tokens.refuse_token(self.v3, request.headers.authorization)
  if refusal then
    return refusal
  elseif request.method ~= "GET" then
    return replies.wrong_method(request.method, "GET")
  end
  return replies.json(200, ('{"id":1001,"name":"Sandbox","client_flags":%s}'):format(FLAGS[self.speaks] or "[]"))
end

--- The model that a path belongs to.
---@param path string
---@return azion.sandbox.Model|azion.sandbox.Api4
function Account:model_of(path)
  return (path == "/v4" or path:sub(1, 4) == "/v4/") and self.v4 or self.v3
end

---@param request table
---@return table reply
function Account:handle(request)
  if request.path == "/api/account/info" then
    return info(self, request)
  end
  local model = self:model_of(request.path)
  local is_blocked = model == self.v3 and self.speaks == "v4"
    and not tokens.refuse_token(self.v3, request.headers.authorization)
  if is_blocked then
    return replies.detail(403, "You do not have permission to perform this action.")
  end
  return model:handle(request)
end

function Account:mutate(path, ...)
  return self:model_of(path):mutate(path, ...)
end

return account
