-- Version 4's replies: envelopes, and errors as JSON:API has them.

local json = require "azion.sandbox.model.json"
local shared = require "azion.sandbox.model.replies"

local replies = {}

---@class azion.sandbox.Problem
---@field at? string dotted name of the field; "": the whole object
---@field parameter? string of the query
---@field detail string
---@field code? string
---@field refers? string[] kinds of what stands in the way

local TITLES = {
  ["10000"] = "Validation Error",
  ["10001"] = "Authentication Failed",
  ["10003"] = "Permission Denied",
  ["10004"] = "Not Found",
  ["10010"] = "Throttled",
  ["10049"] = "Min Length List Field",
  ["10059"] = "Required Field",
  ["29002"] = "Cant Deactivate Function Instance",
}

-- Their codes are not the same everywhere.
local TITLES_BY_STATUS = { [405] = "Method Not Allowed", [406] = "Not Acceptable" }

-- "addresses.1.address" is /data/addresses/0/address.
local function pointer(at)
  local parts = { "/data" }
  for name in at:gmatch "[^.]+" do
    local position = tonumber(name)
    parts[#parts + 1] = position and ("%d"):format(position - 1) or name:gsub("~", "~0"):gsub("/", "~1")
  end
  return table.concat(parts, "/")
end

local ERROR = json.ordered { "status", "code", "title", "detail", "source", "meta" }

local function error_object(status, problem)
  local code = problem.code or "10000"
  local refers
  for position, name in ipairs(problem.refers or {}) do
    refers = refers or json.array {}
    refers[position] = { resource_type = name }
  end
  return setmetatable({
    status = ("%d"):format(status),
    code = code,
    title = TITLES_BY_STATUS[status] or TITLES[code],
    detail = problem.detail,
    source = problem.at and { pointer = pointer(problem.at) }
      or problem.parameter and { parameter = problem.parameter } or nil,
    meta = refers and { offending_refs = refers },
  }, ERROR)
end

---@param status integer
---@param problems azion.sandbox.Problem[]
---@param headers table|nil
---@return table reply
function replies.errors(status, problems, headers)
  local errors = json.array {}
  for position, problem in ipairs(problems) do
    errors[position] = error_object(status, problem)
  end
  return shared.value(status, { errors = errors }, headers)
end

---@param status integer
---@param code string
---@param detail string
---@param headers table|nil
---@return table reply
function replies.error(status, code, detail, headers)
  return replies.errors(status, { { code = code, detail = detail } }, headers)
end

---@return table reply
function replies.not_found()
  return replies.error(404, "10004", "The requested resource was not found.")
end

local ITEM = json.ordered { "state", "data" }

---@param status integer
---@param state "executed"|"pending"
---@param data table|nil nothing: a deletion
---@return table reply
function replies.item(status, state, data)
  return shared.value(status, setmetatable({ state = state, data = data }, ITEM))
end

replies.value = shared.value

return replies
