--- What a caller wants to send, held against the description, and written as JSON.
local check = require "azion.api.check"
local core = require "azion.core"
local errors = require "azion.client.errors"

local body = {}

-- More problems than these help nobody to read the message; all are among the fields.
local most_told = 5

local function refusal(problems)
  local fields, texts = {}, {}
  for position, problem in ipairs(problems) do
    local at = problem.at ~= "" and problem.at or "fields"
    fields[at] = fields[at] or {}
    table.insert(fields[at], problem.text)
    texts[position] = position <= most_told and at .. ": " .. problem.text or nil
  end
  if #problems > most_told then
    texts[#texts + 1] = ("and %d more"):format(#problems - most_told)
  end
  local err = errors.invalid(table.concat(texts, "; "))
  err.fields = fields
  return err
end

--- The body of a request.
---@param holder { fields: azion.Field[], by_name: table<string, azion.Field> } a resource, or one of its methods
---@param given table
---@param mode "create"|"overwrite"|"update"
---@param strict? boolean whether unknown fields are refused
---@return string? json
---@return azion.Error? err
function body.encode(holder, given, mode, strict)
  local made, problems = check.body(holder, given, mode, { strict = strict })
  if problems then
    return nil, refusal(problems)
  end
  return body.json(made, "fields")
end

--- Any table as JSON.
---@param value any
---@param name string of the whole, for the error
---@return string? json
---@return azion.Error? err
function body.json(value, name)
  local text, field, problem = core.encode(value)
  if not text then
    return nil, errors.invalid("expected " .. problem, field ~= "" and field or name)
  end
  return text
end

return body
