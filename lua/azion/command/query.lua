--- The query of a list or of a request: --query NAME=VALUE.
local check = require "azion.api.query"
local status = require "azion.command.status"

local query = {}

--- The names and values of a query.
---@param words string[]?
---@return table<string, string|integer>
function query.of(words)
  local given = {}
  for _, word in ipairs(words or {}) do
    local name, value = word:match("^([^=]+)=(.*)$")
    if not name then
      status.wrong("--query: expected NAME=VALUE, got '%s'", word)
    end
    given[name] = value:find("^[1-9]%d*$") and math.floor(tonumber(value)) or value
  end
  return given
end

--- Warns of a name that is near a known one: the API takes any, and ignores those that it does not know.
---@param session azion.Session
---@param given table<string, any>
---@param resource azion.Resource
function query.warn(session, given, resource)
  local names = require("azion.api." .. session.version).query_names
  local name, problem = check.wrong_name(given, names, resource, true)
  if name and not names.renamed[name] and problem ~= "unknown" then
    session:warn(("--query: the name '%s' is %s"):format(name, problem))
  end
end

return query
